/** One market on paper: the real book as the feed shows it, our orders beside it, and what the feed does to them. */
import type { BookDelta, BookSnapshot, Level, PublicTrade } from '../domain/events.js';
import type { VenueOrderId } from '../domain/ids.js';
import { opposite, type BookSide } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import { quantity, type EpochUs, type Price } from '../domain/units.js';
import { OrderBook } from '../orderbook/order-book.js';
import { LevelQueue } from './level-queue.js';
import { fillOrder, passes, reaches, type PaperExecution, type PaperOrder } from './paper-order.js';
import type { PaperSettings } from './paper-settings.js';
import { TakenSizes } from './taken.js';
import { TradeMatch } from './trade-match.js';

export type BookRules = Pick<PaperSettings, 'fills' | 'cancels' | 'splitPower' | 'takenFor'>;

const NONE: readonly PaperExecution[] = [];

export class PaperBook {
  readonly #rules: BookRules;
  readonly #public: OrderBook;
  /** Oldest first: among our own at one price the order of arrival counts. */
  readonly #orders: PaperOrder[] = [];
  readonly #queues = new Map<number, LevelQueue>();
  readonly #taken: TakenSizes;
  readonly #match: TradeMatch;
  /** What the book showed before it was lost; null while it is not. */
  #lastSeen: Record<BookSide, readonly Level[]> | null = { bid: [], ask: [] };
  /** Public messages so far. */
  #count = 0;

  constructor(grid: PriceGrid, rules: BookRules) {
    this.#rules = rules;
    this.#public = new OrderBook(grid);
    this.#taken = new TakenSizes(rules.takenFor);
    this.#match = new TradeMatch(
      (reduction) => this.#queueAt(reduction.side, reduction.price)?.cancelled(reduction.size),
      (trade) => this.#queueAt(trade.side, trade.price)?.joined(trade.size),
    );
  }

  get orders(): readonly PaperOrder[] {
    return this.#orders;
  }

  find(orderId: VenueOrderId): PaperOrder | undefined {
    return this.#orders.find((order) => order.orderId === orderId);
  }

  /** Size of others ahead of a resting order at its price, as its model has it; Infinity where nobody knows. */
  ahead(order: PaperOrder): number {
    switch (this.#rules.fills) {
      case 'optimistic':
        return 0;
      case 'pessimistic':
        return Infinity;
      case 'queue':
        return this.#queueAt(order.side, order.price)?.ahead(order) ?? 0;
    }
  }

  /** Size that an order of ours can still take at a price: what the book shows there less what we have taken. */
  takeable(side: BookSide, at: Price): number {
    return Math.max(this.#public.sizeAt(side, at) - this.#taken.at(side, at), 0);
  }

  /** The best public price of a side, or the next one behind `after`. */
  bestPublic(side: BookSide, after: Price | null = null): Price | null {
    if (after !== null) return this.#public.nextWorse(side, after);
    return side === 'bid' ? this.#public.bestBid() : this.#public.bestAsk();
  }

  /** Whether an order would trade on arrival, with the public or with an order of ours. */
  crosses(side: BookSide, at: Price): boolean {
    const other = this.bestPublic(opposite(side));
    if (other !== null && reaches(side, at, other)) return true;
    return this.#orders.some((order) => order.side !== side && reaches(side, at, order.price));
  }

  // ---- our orders ----

  /** Puts an order at the end of the queue of its price. */
  rest(order: PaperOrder): void {
    order.since = this.#count;
    this.#orders.push(order);
    this.#enter(order);
  }

  /** Moves an order to the end of the queue of a price, also where it is its own. */
  requeue(order: PaperOrder, price: Price): void {
    this.remove(order);
    order.price = price;
    this.rest(order);
  }

  remove(order: PaperOrder): void {
    const at = this.#orders.indexOf(order);
    if (at < 0) return;
    this.#orders.splice(at, 1);
    const key = keyOf(order.side, order.price);
    const queue = this.#queues.get(key);
    queue?.leave(order);
    if (queue?.isEmpty === true) this.#queues.delete(key);
  }

  /** Carries out one execution of an order that takes: what it took is not there for us again. */
  took({ order, price, quantity: size }: PaperExecution, now: EpochUs): void {
    this.#taken.take(opposite(order.side), price, size, now);
    fillOrder(order, size);
  }

  /** Takes out the orders whose life is over. */
  expired(now: EpochUs): readonly PaperOrder[] {
    const gone = this.#orders.filter((order) => order.expiresAt !== null && order.expiresAt <= now);
    for (const order of gone) this.remove(order);
    return gone;
  }

  // ---- the feed ----

  snapshot(event: BookSnapshot): readonly PaperExecution[] {
    this.#passTo(event.at);
    const before = this.#lastSeen ?? { bid: this.#public.levels('bid'), ask: this.#public.levels('ask') };
    const wasLost = this.#lastSeen !== null;
    if (this.#public.applySnapshot(event.bids, event.asks) !== null) {
      this.lost(before);
      return NONE;
    }
    this.#lastSeen = null;
    if (wasLost) this.#match.clear();
    for (const [key, queue] of this.#queues) queue.rebase(this.#accountedAt(sideOf(key), priceOf(key)));
    // Only what is new can meet us: the rest has met us before.
    return [...this.#grown('bid', event.bids, before.bid, event.at), ...this.#grown('ask', event.asks, before.ask, event.at)];
  }

  delta({ side, price, change, at, exchangeAt }: BookDelta): readonly PaperExecution[] {
    this.#passTo(at);
    if (!this.#public.isValid) return NONE;
    const couldTrade = this.bestPublic(side) === price;
    if (this.#public.applyDelta(side, price, change) !== null) {
      this.lost();
      return NONE;
    }
    if (change > 0) {
      this.#queueAt(side, price)?.joined(change);
      return this.#orders.length === 0 ? NONE : this.#meet(side, price, change, at);
    }
    const size = -change;
    this.#taken.reduced(side, price, size);
    if (couldTrade) this.#match.reduced({ side, price, size, count: this.#count, at, exchangeAt });
    else this.#queueAt(side, price)?.cancelled(size);
    return NONE;
  }

  trade({ takerSide, price, quantity: size, at, exchangeAt }: PublicTrade): readonly PaperExecution[] {
    this.#passTo(at);
    const side = opposite(takerSide);
    // A trade that the book showed before one of our orders came has nothing to do with that order.
    const happened = this.#match.traded({ side, price, size, count: this.#count, at, exchangeAt });
    const executions = this.#orders.length === 0 ? NONE : this.#hit(side, price, size, happened);
    this.#queueAt(side, price)?.traded(size);
    this.#clean(executions);
    return executions;
  }

  /** The book cannot be believed until the next snapshot; places in queues stay as they are. */
  lost(seen: Record<BookSide, readonly Level[]> = { bid: this.#public.levels('bid'), ask: this.#public.levels('ask') }): void {
    if (this.#lastSeen === null) this.#lastSeen = seen;
    this.#public.markLost();
  }

  regrid(grid: PriceGrid): void {
    const seen = { bid: this.#public.levels('bid'), ask: this.#public.levels('ask') };
    if (this.#public.regrid(grid) !== null) this.lost(seen);
  }

  // ---- inside ----

  #passTo(now: EpochUs): void {
    this.#count++;
    this.#match.passTo(now);
    this.#taken.passTo(now);
  }

  #queueAt(side: BookSide, price: Price): LevelQueue | undefined {
    return this.#queues.size === 0 ? undefined : this.#queues.get(keyOf(side, price));
  }

  /** Size of others at a price as far as it is accounted for: trades count when they are told, wherever the book stands. */
  #accountedAt(side: BookSide, price: Price): number {
    return Math.max(this.#public.sizeAt(side, price) + this.#match.open(side, price), 0);
  }

  #enter(order: PaperOrder): void {
    const key = keyOf(order.side, order.price);
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      const size = this.#public.isValid ? this.#accountedAt(order.side, order.price) : Infinity;
      queue = new LevelQueue(size, this.#rules.cancels, this.#rules.splitPower);
      this.#queues.set(key, queue);
    }
    queue.enter(order);
  }

  /** Our orders of one side, best price first, then oldest. */
  #bestFirst(side: BookSide): PaperOrder[] {
    const sign = side === 'bid' ? -1 : 1;
    return this.#orders.filter((order) => order.side === side).sort((a, b) => sign * (a.price - b.price));
  }

  /** A trade against the resting `side` at `at`: who of ours stands there first takes part of it. */
  #hit(side: BookSide, at: Price, size: number, happened: number): readonly PaperExecution[] {
    const executions: PaperExecution[] = [];
    let left = size;
    for (const order of this.#bestFirst(side)) {
      if (left <= 0 || !reaches(side, order.price, at)) break;
      if (order.since >= happened) continue;
      const isBeyond = passes(side, order.price, at);
      if (isBeyond) this.#queueAt(side, order.price)?.passed(order);
      const filled = Math.min(order.remaining, left - (isBeyond ? 0 : this.ahead(order)));
      if (filled <= 0) continue;
      left -= filled;
      executions.push(execution(order, filled));
    }
    return executions;
  }

  /** Size appears on the other side at or beyond our price: without us in the world it rests, with us it would have traded. */
  #meet(side: BookSide, at: Price, size: number, now: EpochUs): readonly PaperExecution[] {
    const ours = opposite(side);
    if (!this.#orders.some((order) => order.side === ours && reaches(ours, order.price, at))) return NONE;
    const executions: PaperExecution[] = [];
    let left = size;
    for (const order of this.#bestFirst(ours)) {
      if (left <= 0 || !reaches(ours, order.price, at)) break;
      const filled = Math.min(order.remaining, left);
      left -= filled;
      executions.push(execution(order, filled));
    }
    this.#taken.take(side, at, size - left, now);
    this.#clean(executions);
    return executions;
  }

  #grown(side: BookSide, levels: readonly Level[], before: readonly Level[], now: EpochUs): readonly PaperExecution[] {
    if (this.#orders.length === 0) return NONE;
    return levels.flatMap((level) => {
      const more = level.quantity - (before.find((each) => each.price === level.price)?.quantity ?? 0);
      return more > 0 ? this.#meet(side, level.price, more, now) : NONE;
    });
  }

  #clean(executions: readonly PaperExecution[]): void {
    for (const { order } of executions) if (order.remaining === 0) this.remove(order);
  }
}

const execution = (order: PaperOrder, size: number): PaperExecution => {
  const filled = quantity(size);
  fillOrder(order, filled);
  return { order, price: order.price, quantity: filled };
};

const keyOf = (side: BookSide, price: Price): number => price * 2 + (side === 'ask' ? 1 : 0);
const sideOf = (key: number): BookSide => (key % 2 === 1 ? 'ask' : 'bid');
const priceOf = (key: number): Price => Math.floor(key / 2) as Price;
