/** A small trading floor for tests: two markets on shard 0, one on shard 2, accounts by dollars, orders in cents and contracts. */
import { eventTicker, seriesTicker, ticker, clientOrderId, type Ticker, type VenueOrderId } from '../../../../src/domain/ids.js';
import type { BookSide } from '../../../../src/domain/market.js';
import type { FeeType } from '../../../../src/domain/fees.js';
import {
  cash,
  durationUs,
  epochUs,
  later,
  price,
  quantity,
  seconds,
  type Cash,
  type Price,
  type Quantity,
} from '../../../../src/domain/units.js';
import { Exchange } from '../../../../src/exchange/core/exchange.js';
import { gridOf, type Structure } from '../../../../src/exchange/core/grids.js';
import { DEFAULT_SWITCHES, type Switches } from '../../../../src/exchange/core/switches.js';
import type {
  Answer,
  CreateOrder,
  Created,
  ExchangeEvent,
  ExchangeSettings,
  OrderAddress,
  Result,
} from '../../../../src/exchange/core/types.js';
import type { AccountId, Refusal } from '../../../../src/exchange/core/words.js';

/** 2026-11-21 15:00 UTC. */
export const START = epochUs(1_795_273_200_000_000);
export const A = ticker('KXTEST-26NOV21-A');
export const B = ticker('KXTEST-26NOV21-B');
/** On shard 2. */
export const COIN = ticker('KXCOIN-26NOV21-C');
export const EVENT = eventTicker('KXTEST-26NOV21');
export const SERIES = seriesTicker('KXTEST');

export const cents = (c: number): Price => price(Math.round(c * 100));
export const lots = (n: number): Quantity => quantity(Math.round(n * 100));
export const usd = (d: number): Cash => cash(Math.round(d * 1_000_000));

export interface FloorOptions {
  readonly switches?: Partial<Switches>;
  readonly structure?: Structure;
  readonly fees?: FeeType;
  readonly multiplierMicros?: number;
  readonly settings?: Partial<ExchangeSettings>;
  readonly result?: Result | null;
  readonly opensAfter?: number;
  readonly startAt?: typeof START;
}

const HOUR = seconds(3600);

export const settingsOf = (options: FloorOptions = {}): ExchangeSettings => {
  const startAt = options.startAt ?? START;
  const structure = options.structure ?? 'linear_cent';
  const event = (name: string, series: string, shard: number) => ({
    ticker: eventTicker(name),
    series: seriesTicker(series),
    title: name,
    subTitle: '',
    mutuallyExclusive: false,
    shard,
    feeOverride: null,
  });
  const market = (name: Ticker, of: string) => ({
    ticker: name,
    event: eventTicker(of),
    title: name,
    yesSubTitle: 'Yes',
    noSubTitle: 'No',
    rules: '',
    strike: null,
    structure,
    grid: gridOf(structure),
    createdAt: startAt,
    opensAt: later(startAt, seconds(options.opensAfter ?? 0)),
    closesAt: later(startAt, HOUR),
    expectedExpirationAt: later(startAt, HOUR),
    latestExpirationAt: later(startAt, HOUR),
    determinationDelay: seconds(100),
    settlementTimer: seconds(60),
    canCloseEarly: true,
    result: options.result ?? null,
  });
  const series = (name: string, shard: number) => ({
    ticker: seriesTicker(name),
    title: name,
    category: 'Test',
    frequency: 'daily',
    fees: { type: options.fees ?? 'quadratic', multiplierMicros: options.multiplierMicros ?? 1_000_000 },
    shard,
  });
  return {
    seed: 'floor',
    startAt,
    world: {
      series: [series('KXTEST', 0), series('KXCOIN', 2)],
      events: [event('KXTEST-26NOV21', 'KXTEST', 0), event('KXCOIN-26NOV21', 'KXCOIN', 2)],
      markets: [market(A, 'KXTEST-26NOV21'), market(B, 'KXTEST-26NOV21'), market(COIN, 'KXCOIN-26NOV21')],
    },
    crowd: null,
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
    readLag: { min: durationUs(0), max: durationUs(0) },
    shards: [],
    weeklyPause: false,
    tradesKept: 1000,
    historyKept: 1000,
    ...options.settings,
  };
};

export class Floor {
  readonly exchange: Exchange;
  readonly events: ExchangeEvent[] = [];
  #next = 1;

  constructor(options: FloorOptions = {}) {
    this.exchange = new Exchange(settingsOf(options));
    this.exchange.onEvent((event) => this.events.push(event));
  }

  /** A direct member with this many dollars on shards 0 and 2. */
  account(dollars = 1000, name = 'someone', precision = cash(100)): AccountId {
    const amount = usd(dollars);
    return this.exchange.openAccount({
      name,
      precision,
      deposits: [
        { shard: 0, amount },
        { shard: 2, amount },
      ],
    });
  }

  /** A resting order of `n` contracts at `c` cents in market A unless changed. */
  request(side: BookSide, c: number, n: number, changes: Partial<CreateOrder> = {}): CreateOrder {
    return {
      ticker: A,
      side,
      price: cents(c),
      quantity: lots(n),
      timeInForce: 'good-till-cancelled',
      selfTrade: 'taker-at-cross',
      clientOrderId: clientOrderId(`c${this.#next++}`),
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
      cancelOnPause: false,
      group: null,
      subaccount: 0,
      shard: null,
      ...changes,
    };
  }

  send(account: AccountId, side: BookSide, c: number, n: number, changes: Partial<CreateOrder> = {}): Answer<Created> {
    return this.exchange.createOrder(account, this.request(side, c, n, changes));
  }

  /** The same where it must be accepted. */
  place(account: AccountId, side: BookSide, c: number, n: number, changes: Partial<CreateOrder> = {}): Created {
    return accepted(this.send(account, side, c, n, changes));
  }

  ioc(account: AccountId, side: BookSide, c: number, n: number, changes: Partial<CreateOrder> = {}): Created {
    return this.place(account, side, c, n, { timeInForce: 'immediate-or-cancel', ...changes });
  }

  address(orderId: VenueOrderId, changes: Partial<OrderAddress> = {}): OrderAddress {
    return { orderId, subaccount: 0, shard: null, ticker: A, ...changes };
  }

  /** Lets seconds pass. */
  pass(span: number): void {
    this.exchange.advance(later(this.exchange.now, seconds(span)));
  }

  /** Book of A as [cents, contracts] lists, best first. */
  book(of: Ticker = A): { bids: [number, number][]; asks: [number, number][] } {
    const book = this.exchange.book(of);
    const plain = (levels: readonly { price: number; quantity: number }[] = []): [number, number][] =>
      levels.map((level) => [level.price / 100, level.quantity / 100]);
    return { bids: plain(book?.bids), asks: plain(book?.asks) };
  }

  position(account: AccountId, of: Ticker = A): number {
    return (this.exchange.positions(account, { ticker: of }).markets[0]?.quantity ?? 0) / 100;
  }

  /** Dollars of subaccount 0 on shard 0. */
  cash(account: AccountId, shard = 0): number {
    return this.exchange.balance(account, { shard }).balance / 1_000_000;
  }

  held(account: AccountId, shard = 0): number {
    return this.exchange.balance(account, { shard }).held / 1_000_000;
  }

  /** The reason words told to one account since the start, latest last. */
  reasons(account: AccountId): (string | null)[] {
    return this.events.flatMap((event) => (event.type === 'order' && event.account === account ? [event.reason] : []));
  }
}

export const accepted = <T>(answer: Answer<T>): T => {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
  return answer;
};

export const refused = (answer: Answer<unknown>): Refusal => {
  if (answer.ok) throw new Error('accepted, though it should have been refused');
  return answer.refusal;
};

/** Status, code and details in one text. */
export const refusal = (answer: Answer<unknown>): string => {
  const { status, code, details } = refused(answer);
  return `${status} ${code}${details === undefined ? '' : `: ${details}`}`;
};

/** The i-th item, which must be there. */
export const nth = <T>(list: readonly T[], i: number): T => {
  const item = list[i];
  if (item === undefined) throw new Error(`no item ${i} in a list of ${list.length}`);
  return item;
};
