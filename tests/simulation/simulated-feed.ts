/**
 * The stream between exchange and bot. It tells the facts that the connector's session would tell of the same messages: books by snapshot and numbered
 * change, private channels each in its own order, everything of a dead connection lost.
 */
import type { EngineEvent } from '../../src/domain/events.js';
import type { MarketIndex, Ticker } from '../../src/domain/ids.js';
import type { Feed } from '../../src/domain/ports.js';
import { durationUs, later, millis, seconds, type DurationUs, type EpochUs, type Quantity } from '../../src/domain/units.js';
import type { Exchange } from '../../src/exchange/core/exchange.js';
import type { ExchangeEvent, MarketView } from '../../src/exchange/core/types.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import { orderOf, fillOf } from './exchange-words.js';
import type { Misfortune } from './misfortune.js';
import type { VirtualTime } from './virtual-time.js';

/** A fact that lacks only the moment of its arrival. */
export type Undated<T> = T extends EngineEvent ? Omit<T, 'at'> : never;
export type UndatedFact = Undated<EngineEvent>;

/** Channels keep the order of their own messages; `fill` does not where fills are shuffled. */
type Channel = 'public' | 'fill' | 'order' | 'position';

export interface FeedParts {
  readonly time: VirtualTime;
  readonly exchange: Exchange;
  readonly account: AccountId;
  readonly tickers: readonly Ticker[];
  readonly misfortune: Misfortune;
  readonly deliver: (fact: UndatedFact) => void;
}

type State = 'down' | 'up' | 'dead';

const DEAF_FOR = seconds(8);

export class SimulatedFeed implements Feed {
  readonly #parts: FeedParts;
  readonly #index: ReadonlyMap<Ticker, MarketIndex>;
  readonly #lastAt: Record<Channel, EpochUs>;
  /** The session's own picture: deltas of books that are not live are dropped. */
  readonly #live = new Set<MarketIndex>();
  #state: State = 'down';
  /** Messages of earlier connections never arrive. */
  #connection = 0;
  /** Deltas whose number is skipped: the next one of any market shows the gap. */
  #gap = false;
  /** All of the stream is this late. */
  #late: DurationUs = durationUs(0);
  /** Private messages that are on their way. */
  privateUnderWay = 0;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#index = new Map(parts.tickers.map((ticker, i) => [ticker, i as MarketIndex]));
    const { now } = parts.time;
    this.#lastAt = { public: now, fill: now, order: now, position: now };
    parts.exchange.onEvent((event) => this.#hear(event));
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get connection(): number {
    return this.#connection;
  }

  // ---- the connection ----

  connect(): void {
    if (this.#state !== 'down') return;
    this.#state = 'up';
    this.#connection++;
    this.privateUnderWay = 0;
    this.#gap = false;
    this.#late = durationUs(0);
    this.#tell('public', { type: 'feed-up' });
    for (const [ticker, index] of this.#index) this.#tellBook(ticker, index);
  }

  /** The connection dies; found out after `unnoticed`. */
  drop(unnoticed: DurationUs): void {
    if (this.#state !== 'up') return;
    this.#state = 'dead';
    const connection = ++this.#connection;
    this.privateUnderWay = 0;
    this.#parts.time.after(unnoticed, () => {
      if (this.#connection !== connection || this.#state !== 'dead') return;
      this.#state = 'down';
      this.#parts.deliver({ type: 'feed-down', reason: 'simulated' });
      for (const market of this.#live) this.#parts.deliver({ type: 'book-lost', market, reason: 'disconnected' });
      this.#live.clear();
    });
  }

  /** The process at this end is gone. */
  forget(): void {
    this.#state = 'down';
    this.#connection++;
    this.privateUnderWay = 0;
    this.#live.clear();
  }

  requestSnapshot(market: MarketIndex): void {
    const connection = this.#connection;
    this.#parts.time.after(this.#parts.misfortune.travel(), () => {
      const ticker = this.#parts.tickers[market];
      if (this.#connection === connection && this.#state === 'up' && ticker !== undefined) this.#tellBook(ticker, market);
    });
  }

  skipNumber(): void {
    this.#gap = true;
  }

  /** Everything is late by so much from now on; what is on its way stays ahead. */
  setLate(by: DurationUs): void {
    this.#late = by;
  }

  /** The session hears nothing, tells it, and hears again what had waited. */
  beDeaf(): void {
    if (this.#state !== 'up') return;
    const connection = this.#connection;
    this.setLate(DEAF_FOR);
    this.#parts.deliver({ type: 'feed-silence', silent: true });
    this.#parts.time.after(DEAF_FOR, () => {
      this.setLate(durationUs(0));
      if (this.#connection === connection && this.#state === 'up') this.#parts.deliver({ type: 'feed-silence', silent: false });
    });
  }

  // ---- what the exchange tells ----

  #hear(event: ExchangeEvent): void {
    if (this.#state !== 'up') return;
    switch (event.type) {
      case 'book':
        return this.#delta(event);
      case 'trade': {
        const market = this.#index.get(event.trade.ticker);
        if (market === undefined) return;
        const { price, quantity, takerSide } = event.trade;
        return this.#tell('public', { type: 'trade', market, price, quantity, takerSide, exchangeAt: stamp(event.at) });
      }
      case 'lifecycle': {
        const market = this.#index.get(event.market.ticker);
        const fact = market === undefined ? null : changeOf(event.change, event.market, market);
        if (fact !== null) this.#tell('public', fact);
        return;
      }
      case 'fill':
        return this.#fill(event);
      case 'order': {
        const market = this.#index.get(event.order.ticker);
        if (event.account !== this.#parts.account || market === undefined) return;
        const fact = { type: 'order-update', order: orderOf(event.order, market), reason: event.reason } as const;
        this.#tell('order', fact);
        if (this.#parts.misfortune.strikes('repeated-private', 0.1)) this.#tell('order', fact);
        return;
      }
      case 'position': {
        const market = this.#index.get(event.position.ticker);
        if (event.account === this.#parts.account && market !== undefined)
          this.#tell('position', { type: 'position-update', market, position: event.position.quantity });
        return;
      }
      case 'ticker':
      case 'status':
      case 'event-created':
      case 'event-fees':
      case 'group':
      case 'settlement':
      case 'exchange-status':
      case 'refused':
        return;
    }
  }

  #fill(event: Extract<ExchangeEvent, { type: 'fill' }>): void {
    const market = this.#index.get(event.fill.ticker);
    const { misfortune } = this.#parts;
    if (event.account !== this.#parts.account || market === undefined) return;
    if (misfortune.strikes('lost-fills', 0.1)) return;
    const fact = { type: 'fill', source: 'stream', fill: { ...fillOf(event.fill, market), exchangeAt: stamp(event.at) } } as const;
    this.#tell('fill', fact);
    if (misfortune.strikes('repeated-private', 0.15)) this.#tell('fill', fact);
  }

  #delta(event: Extract<ExchangeEvent, { type: 'book' }>): void {
    const market = this.#index.get(event.ticker);
    if (market === undefined) return;
    const { misfortune } = this.#parts;
    if (this.#gap) {
      // This message is the missing one; the next shows it.
      this.#gap = false;
      const connection = this.#connection;
      this.#schedule('public', connection, () => this.#showGap());
      return;
    }
    const change = misfortune.strikes('corrupt-deltas', 0.002) ? ((event.change - 100_000_000) as Quantity) : event.change;
    const { side, price } = event;
    const fact = { type: 'book-delta', market, side, price, change, exchangeAt: stamp(event.at) } as const;
    this.#schedule('public', this.#connection, () => {
      if (this.#live.has(market)) this.#parts.deliver(fact);
    });
  }

  #showGap(): void {
    for (const market of this.#live) this.#parts.deliver({ type: 'book-lost', market, reason: 'sequence-gap' });
    this.#live.clear();
    for (const market of this.#index.values()) this.requestSnapshot(market);
  }

  #tellBook(ticker: Ticker, market: MarketIndex): void {
    const book = this.#parts.exchange.book(ticker);
    if (book === null) return;
    const { bids, asks } = book;
    const fact = { type: 'book-snapshot', market, bids, asks, exchangeAt: stamp(this.#parts.time.now) } as const;
    this.#schedule('public', this.#connection, () => {
      this.#live.add(market);
      this.#parts.deliver(fact);
    });
  }

  #tell(channel: Channel, fact: UndatedFact): void {
    this.#schedule(channel, this.#connection, () => this.#parts.deliver(fact));
  }

  #schedule(channel: Channel, connection: number, run: () => void): void {
    const { time, misfortune } = this.#parts;
    const isShuffled = channel === 'fill' && misfortune.has('shuffled-fills');
    const travel = isShuffled ? misfortune.within(seconds(3)) : misfortune.travel();
    const due = later(later(time.now, travel), this.#late);
    const at = isShuffled || due > this.#lastAt[channel] ? due : this.#lastAt[channel];
    if (!isShuffled) this.#lastAt[channel] = at;
    const isPrivate = channel !== 'public';
    if (isPrivate) this.privateUnderWay++;
    time.at(at, () => {
      if (this.#connection !== connection) return;
      if (isPrivate) this.privateUnderWay--;
      run();
    });
  }
}

/** The exchange stamps its stream in milliseconds. */
const stamp = (at: EpochUs): EpochUs => (at - (at % millis(1))) as EpochUs;

/** As the lifecycle channel tells it: openings and closes at the planned time are not told. */
const changeOf = (change: string, view: MarketView, market: MarketIndex): UndatedFact | null => {
  switch (change) {
    case 'activated':
      return { type: 'market-changed', market, status: 'active' };
    case 'deactivated':
      return { type: 'market-changed', market, status: 'inactive' };
    case 'close-date-updated':
      return { type: 'market-changed', market, closesAt: view.closesAt };
    case 'determined':
      return {
        type: 'market-changed',
        market,
        status: 'determined',
        ...(view.settlementValue === null ? {} : { settlesAt: view.settlementValue }),
      };
    case 'settled':
      return { type: 'market-changed', market, status: 'finalized' };
    case 'price-levels-updated':
      return { type: 'market-changed', market, grid: view.grid };
    default:
      return null;
  }
};
