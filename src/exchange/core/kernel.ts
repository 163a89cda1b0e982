import { assert } from '../../domain/errors.js';
import {
  fillId,
  orderGroupId,
  venueOrderId,
  type EventTicker,
  type FillId,
  type OrderGroupId,
  type SeriesTicker,
  type Ticker,
  type VenueOrderId,
} from '../../domain/ids.js';
import { cash, ZERO_CASH, ZERO_QUANTITY, type Cash, type EpochUs, type Price, type Quantity } from '../../domain/units.js';
import { Lagged } from './lagged.js';
import { Random } from './random.js';
import {
  SUBACCOUNTS,
  walletKey,
  type Account,
  type EventState,
  type Group,
  type MarketState,
  type Order,
  type Position,
  type SeriesState,
  type Wallet,
} from './records.js';
import type { PublishKind } from './switches.js';
import { Timeline } from './timeline.js';
import type { ExchangeEvent, ExchangeSettings, Listener } from './types.js';
import { groupView, orderView, positionView, tickerView } from './views.js';
import type { AccountId, UpdateReason } from './words.js';

const kindOf = (event: ExchangeEvent): PublishKind => {
  switch (event.type) {
    case 'book':
    case 'trade':
    case 'fill':
    case 'order':
    case 'position':
    case 'group':
    case 'ticker':
      return event.type;
    case 'lifecycle':
    case 'status':
    case 'event-created':
    case 'event-fees':
    case 'settlement':
    case 'exchange-status':
    case 'index':
    case 'refused':
      return 'other';
  }
};

export interface ShardState {
  readonly index: number;
  readonly description: string;
  exchangeActive: boolean;
  tradingActive: boolean;
  resumesAt: EpochUs | null;
}

/** The common ground of all rules: what exists, what time it is, what is planned, what has been told. Holds no rule of trading itself. */
export class Kernel {
  now: EpochUs;
  readonly series = new Map<SeriesTicker, SeriesState>();
  readonly events = new Map<EventTicker, EventState>();
  readonly markets = new Map<Ticker, MarketState>();
  readonly accounts = new Map<AccountId, Account>();
  readonly shards = new Map<number, ShardState>();
  readonly timeline = new Timeline();
  /** Everything ever paid in, and everything the exchange has kept. */
  deposited: Cash = ZERO_CASH;
  feesCollected: Cash = ZERO_CASH;
  /** Settlement value of a market as the crowd's world knows it, once closed. */
  outcome: (ticker: Ticker) => 'yes' | 'no' | null = () => null;
  readonly touchedMarkets = new Set<MarketState>();
  readonly touchedWallets = new Set<Wallet>();
  readonly #ids: Random;
  readonly #tails: Random;
  readonly #listeners: Listener[] = [];
  readonly #ranks: Readonly<Record<PublishKind, number>>;
  #moment: ExchangeEvent[] = [];
  #outbox: ExchangeEvent[] = [];
  #delivering = false;

  constructor(readonly settings: ExchangeSettings) {
    this.now = settings.startAt;
    this.#ids = new Random(`${settings.seed}/ids`);
    this.#tails = new Random(`${settings.seed}/cancel-all`);
    const ranks: Record<PublishKind, number> = { book: 0, trade: 0, fill: 0, order: 0, position: 0, group: 0, other: 0, ticker: 0 };
    settings.switches.publishOrder.forEach((kind, rank) => (ranks[kind] = rank));
    this.#ranks = ranks;
  }

  // ---- names and chance ----

  newOrderId(): VenueOrderId {
    return venueOrderId(this.#ids.uuid());
  }
  newTradeId(): FillId {
    return fillId(this.#ids.uuid());
  }
  newGroupId(): OrderGroupId {
    return orderGroupId(this.#ids.uuid());
  }
  newAccountId(): AccountId {
    return this.#ids.uuid() as AccountId;
  }
  /** A moment within a cancel-all tail, as a share of its length. */
  tailMoment(): number {
    return this.#tails.next();
  }

  // ---- looking up ----

  account(id: AccountId): Account {
    const account = this.accounts.get(id);
    assert(account !== undefined, `no account ${id}`);
    return account;
  }

  shard(index: number): ShardState {
    const shard = this.shards.get(index);
    assert(shard !== undefined, `no shard ${index}`);
    return shard;
  }

  wallet(account: Account, shard: number, subaccount: number): Wallet {
    assert(subaccount >= 0 && subaccount < SUBACCOUNTS, `no subaccount ${subaccount}`);
    const key = walletKey(shard, subaccount);
    let wallet = account.wallets.get(key);
    if (wallet === undefined) {
      wallet = { account, shard, subaccount, cash: ZERO_CASH, gross: ZERO_CASH, feesPaid: ZERO_CASH, positions: new Map() };
      account.wallets.set(key, wallet);
    }
    return wallet;
  }

  position(wallet: Wallet, market: MarketState): Position {
    let position = wallet.positions.get(market.ticker);
    if (position === undefined) {
      position = {
        wallet,
        market,
        quantity: ZERO_QUANTITY,
        cost: ZERO_CASH,
        realized: ZERO_CASH,
        fees: ZERO_CASH,
        openFees: ZERO_CASH,
        traded: ZERO_CASH,
        volume: ZERO_QUANTITY,
        settled: false,
        updatedAt: this.now,
        resting: new Set(),
      };
      wallet.positions.set(market.ticker, position);
      market.positions.push(position);
    }
    return position;
  }

  // ---- money ----

  /** The only place where cash comes from or goes to; `change` is signed. */
  move(wallet: Wallet, change: Cash): void {
    wallet.cash = cash(wallet.cash + change);
    this.touchedWallets.add(wallet);
    if (wallet.account.keepsHistory) {
      const { cashHistory } = wallet.account;
      let past = cashHistory.get(wallet);
      if (past === undefined) cashHistory.set(wallet, (past = new Lagged()));
      past.record(this.now, wallet.cash, this.settings.readLag.max);
    }
  }

  // ---- telling ----

  onEvent(listener: Listener): void {
    this.#listeners.push(listener);
  }

  get observed(): boolean {
    return this.#listeners.length > 0;
  }

  publish(event: ExchangeEvent): void {
    if (this.observed) this.#moment.push(event);
  }

  /** One match, or one change of one order, is complete: its events go out in the configured order. */
  endMoment(): void {
    if (this.#moment.length === 0) return;
    if (this.#moment.length > 1) this.#moment.sort((a, b) => this.#ranks[kindOf(a)] - this.#ranks[kindOf(b)]);
    for (const event of this.#moment) this.#outbox.push(event);
    this.#moment = [];
  }

  /** One command or planned act is complete: tickers that changed, then everything to the listeners. */
  endOperation(): void {
    this.endMoment();
    if (this.observed) this.#tellTickers();
    if (this.#delivering) return;
    this.#delivering = true;
    for (let i = 0; i < this.#outbox.length; i++) for (const listener of this.#listeners) listener(this.#outbox[i] as ExchangeEvent);
    this.#outbox = [];
    this.#delivering = false;
  }

  #tellTickers(): void {
    for (const market of this.touchedMarkets) {
      const ticks = tickerView(market);
      const told = market.told;
      if (
        ticks.bid === told.bid &&
        ticks.ask === told.ask &&
        ticks.bidSize === told.bidSize &&
        ticks.askSize === told.askSize &&
        ticks.volume === told.volume &&
        ticks.openInterest === told.openInterest
      )
        continue;
      market.told = ticks;
      this.#outbox.push({ type: 'ticker', at: this.now, ticker: market.ticker, payout: market.grid.payout, ticks });
    }
  }

  bookChanged(order: Order, price: Price, change: Quantity): void {
    const { market, wallet } = order.position;
    this.touchedMarkets.add(market);
    if (!this.observed) return;
    const owner = { account: wallet.account.id, subaccount: wallet.subaccount, clientOrderId: order.clientId };
    this.publish({ type: 'book', at: this.now, ticker: market.ticker, side: order.side, price, payout: market.grid.payout, change, owner });
  }

  /** An order changed (or was born): stamps it, keeps the version for lagging reads, and tells. */
  orderChanged(order: Order, reason: UpdateReason | null): void {
    const { account } = order.wallet;
    order.updatedAt = this.now;
    order.reason = reason;
    if (!this.observed && !account.keepsHistory) return;
    const view = orderView(order);
    if (account.keepsHistory) {
      let past = account.orderHistory.get(order.id);
      if (past === undefined) {
        account.orderHistory.set(order.id, (past = new Lagged()));
        account.restedLately.add(order.id);
        this.#forgetOrders(account);
      }
      past.record(this.now, view, this.settings.readLag.max);
    }
    this.publish({ type: 'order', at: this.now, account: account.id, order: view, reason });
  }

  /** Drops the oldest orders that are done, in blocks, once there are a quarter too many. */
  #forgetOrders(account: Account): void {
    const { orderHistory } = account;
    const kept = this.settings.historyKept + account.resting.size;
    if (orderHistory.size <= kept * 1.25) return;
    for (const id of orderHistory.keys()) {
      if (orderHistory.size <= kept) break;
      if (!account.resting.has(id)) orderHistory.delete(id);
    }
  }

  positionChanged(position: Position): void {
    const { account } = position.wallet;
    position.updatedAt = this.now;
    if (!this.observed && !account.keepsHistory) return;
    const view = positionView(position);
    if (account.keepsHistory) {
      let past = account.positionHistory.get(position);
      if (past === undefined) account.positionHistory.set(position, (past = new Lagged()));
      past.record(this.now, view, this.settings.readLag.max);
    }
    this.publish({ type: 'position', at: this.now, account: account.id, position: view });
  }

  groupChanged(group: Group, change: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit-updated'): void {
    this.groupNoted(group, change === 'deleted');
    const { account, shard, subaccount, limit } = group;
    this.publish({ type: 'group', at: this.now, account: account.id, change, group: group.id, shard, subaccount, limit });
  }

  /** Keeps a group's version for lagging reads, for instance after its list of orders changed. */
  groupNoted(group: Group, deleted = false): void {
    const { account } = group;
    if (!account.keepsHistory) return;
    let past = account.groupHistory.get(group.id);
    if (past === undefined) account.groupHistory.set(group.id, (past = new Lagged()));
    past.record(this.now, deleted ? null : groupView(group), this.settings.readLag.max);
  }
}
