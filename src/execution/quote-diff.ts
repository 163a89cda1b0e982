/**
 * From what works to what is wanted, with the fewest commands that keep the place in the queue.
 *
 * Per side, one order at most is kept: the best match; others of ours are cancelled. For the kept one:
 * - same price and size: left alone (its expiry is renewed elsewhere, see `Renewals`);
 * - same price, smaller size: decrease, which keeps the queue place;
 * - other price or larger size: amend in one call where the amend policy allows it, else cancel and place anew in the same step;
 * - nothing wanted: cancel.
 *
 * A change is small where the price moves by fewer than `debounceTicks` ticks, or only the size differs. A small change waits `debounce`, so that it may still be
 * undone by the next quote. A dangerous order never waits. An order is dangerous where
 * - nothing is wanted on its side, or
 * - its price is more aggressive than wanted, and by at least `debounceTicks` ticks (at least one), or beyond fair value or reservation price, or at or through
 *   the best opposite price, or at or through our own wanted price on the other side.
 *
 * Orders in flight are left until they are answered, except that a dangerous one is cancelled as soon as its exchange id is known; of an amend on its way the new
 * price is judged. While an order of ours on a
 * side is unanswered or unknown, no second one is placed there, save the replacement of one whose cancel is on its way. So at most one order per side and one
 * being cancelled can fill. A quote that would meet our own order on the other side waits until that order has moved.
 */
import { assert } from '../domain/errors.js';
import type { ClientIds, ClientOrderId, MarketIndex, OrderGroupId } from '../domain/ids.js';
import type { BookSide, Market } from '../domain/market.js';
import type { Amend, Cancel, Decrease, Place, VenueCommand } from '../domain/order.js';
import type { ExecutionSettings } from '../domain/settings.js';
import { UNKNOWN_TIME, addQuantity, between, later, millis, seconds, type EpochUs, type Price } from '../domain/units.js';
import type { Quote, Target } from '../domain/view.js';
import type { WorkingOrder } from './working-order.js';

/**
 * When an amend may replace cancel and new: `retreat` only where the price does not become more aggressive, because an amend carries no post-only flag and may
 * trade on arrival.
 */
export type AmendPolicy = 'never' | 'retreat' | 'always';

export interface DiffInput {
  readonly index: MarketIndex;
  readonly market: Market;
  readonly target: Target;
  /** Our own live orders of each side. */
  readonly bids: readonly WorkingOrder[];
  readonly asks: readonly WorkingOrder[];
  /** Best prices without our own orders. */
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  readonly now: EpochUs;
  /** Order group for new orders. */
  readonly group: OrderGroupId | null;
  /** When new and amended orders end; null where they do not. */
  readonly expiresAt: EpochUs | null;
}

export interface Diff {
  /** Cancels, then decreases, amends (retreating ones first), placements. Shared and empty where nothing is to do. */
  readonly commands: readonly VenueCommand[];
  /** Orders that are dangerous: where risk refuses the amend of one, it must be cancelled (`cancelOf`). */
  readonly dangerous: readonly ClientOrderId[];
  /** When a held change is due, so that a tick finds it; null where none is held. */
  readonly dueAt: EpochUs | null;
}

const NO_COMMANDS: readonly VenueCommand[] = Object.freeze([]);
const NO_IDS: readonly ClientOrderId[] = Object.freeze([]);
const NOTHING: Diff = Object.freeze({ commands: NO_COMMANDS, dangerous: NO_IDS, dueAt: null });

/** A refused or unanswered cancel is tried again after this: at once would flood an exchange that is paused or out of reach. */
const CANCEL_RETRY = millis(250);
/** Each refusal doubles the wait, up to this: an exchange that pauses refuses for minutes. */
const CANCEL_RETRY_MOST = seconds(4);
/** A price refused for crossing is not tried again for this long: the book we see is older than the exchange's. */
const REFUSED_PRICE_HOLD = seconds(1);

/** What the debounce and the refusals of one side remember. */
interface SideMemory {
  waitingSince: EpochUs;
  refusedPrice: Price | null;
  refusedUntil: EpochUs;
}

interface Draft {
  readonly cancels: Cancel[];
  readonly decreases: Decrease[];
  readonly retreats: Amend[];
  readonly advances: Amend[];
  readonly places: Place[];
  readonly dangerous: ClientOrderId[];
  dueAt: EpochUs | null;
}

export const cancelOf = (order: WorkingOrder): Cancel | null =>
  order.cancellable && order.orderId !== null
    ? { type: 'cancel', clientId: order.clientId, orderId: order.orderId, market: order.market }
    : null;

export class QuoteDiff {
  readonly #settings: ExecutionSettings;
  readonly #ids: ClientIds;
  readonly #amends: AmendPolicy;
  readonly #memory: (Record<BookSide, SideMemory> | undefined)[] = [];

  /** @param amends by default `retreat` where orders are post-only, else `always` */
  constructor(settings: ExecutionSettings, ids: ClientIds, amends?: AmendPolicy) {
    this.#settings = settings;
    this.#ids = ids;
    this.#amends = amends ?? (settings.postOnly ? 'retreat' : 'always');
  }

  diff(input: DiffInput): Diff {
    if (this.#isSettled(input, 'bid') && this.#isSettled(input, 'ask')) return NOTHING;
    const draft: Draft = { cancels: [], decreases: [], retreats: [], advances: [], places: [], dangerous: [], dueAt: null };
    this.#side(input, 'bid', draft);
    this.#side(input, 'ask', draft);
    const commands = [...draft.cancels, ...draft.decreases, ...draft.retreats, ...draft.advances, ...draft.places];
    if (commands.length === 0 && draft.dangerous.length === 0 && draft.dueAt === null) return NOTHING;
    return { commands: commands.length === 0 ? NO_COMMANDS : commands, dangerous: draft.dangerous, dueAt: draft.dueAt };
  }

  /** Cancels for all of these orders that can be cancelled now: for pulling a market, at once and without a target. */
  pull(orders: readonly WorkingOrder[], now: EpochUs): Cancel[] {
    const cancels: Cancel[] = [];
    for (const order of orders) this.#cancel(order, now, cancels);
    return cancels;
  }

  /** A placement or amend at this price was refused because it would have crossed: it is not tried again at once, nor anything more aggressive. */
  noteCrossRefused(market: MarketIndex, side: BookSide, at: Price, now: EpochUs): void {
    const memory = this.#memoryOf(market)[side];
    memory.refusedPrice = at;
    memory.refusedUntil = later(now, REFUSED_PRICE_HOLD);
  }

  /** The usual case, decided without allocating: one resting order as wanted, or none of either. */
  #isSettled(input: DiffInput, side: BookSide): boolean {
    const orders = side === 'bid' ? input.bids : input.asks;
    const wanted = side === 'bid' ? input.target.bid : input.target.ask;
    if (orders.length === 0) return wanted === null;
    const order = orders[0];
    if (orders.length !== 1 || order === undefined || wanted === null) return false;
    if (order.phase !== 'resting' || order.price !== wanted.price || order.remaining !== wanted.size) return false;
    const memory = this.#memory[input.index]?.[side];
    if (memory !== undefined) memory.waitingSince = UNKNOWN_TIME;
    return true;
  }

  #side(input: DiffInput, side: BookSide, draft: Draft): void {
    const orders = side === 'bid' ? input.bids : input.asks;
    const wanted = side === 'bid' ? input.target.bid : input.target.ask;
    const memory = this.#memoryOf(input.index)[side];
    const kept = wanted === null ? null : pickKept(orders, wanted, side);
    for (const order of orders) if (order !== kept && order.phase !== 'pending-cancel') this.#drop(order, input.now, draft);
    if (wanted === null) {
      memory.waitingSince = UNKNOWN_TIME;
      return;
    }
    if (kept !== null) {
      this.#keep(input, side, kept, wanted, memory, draft);
      return;
    }
    memory.waitingSince = UNKNOWN_TIME;
    // One order that is being cancelled may still be there; anything else that could yet rest blocks a new one.
    const leaving = orders.filter((order) => order.phase === 'pending-cancel').length;
    if (leaving > 1 || orders.some((order) => order.phase !== 'pending-cancel')) return;
    this.#place(input, side, wanted, draft);
  }

  /** The one order of a side that stays: brings it to what is wanted. */
  #keep(input: DiffInput, side: BookSide, order: WorkingOrder, wanted: Quote, memory: SideMemory, draft: Draft): void {
    // While an amend is on its way its new price is judged: the old one is being left already. Once its outcome is unknown the worse of both counts.
    const judged = order.phase === 'pending-amend' && order.pending !== null ? order.pending.price : order.worstPrice;
    const dangerous = this.#isDangerous(input, side, judged, wanted);
    if (dangerous) draft.dangerous.push(order.clientId);
    if (order.phase !== 'resting') {
      if (dangerous) this.#cancel(order, input.now, draft.cancels);
      return;
    }
    const samePrice = order.price === wanted.price;
    if (samePrice && order.remaining === wanted.size) {
      memory.waitingSince = UNKNOWN_TIME;
      return;
    }
    if (!dangerous && this.#isHeld(input, order, wanted, memory, draft)) return;
    if (samePrice && wanted.size < order.remaining) {
      memory.waitingSince = UNKNOWN_TIME;
      draft.decreases.push(decreaseOf(order, wanted));
      return;
    }
    if (this.#mustWait(input, side, wanted, draft)) {
      if (dangerous) this.#cancel(order, input.now, draft.cancels);
      return;
    }
    memory.waitingSince = UNKNOWN_TIME;
    const advances = isMoreAggressive(side, wanted.price, order.price);
    if (this.#amends === 'always' || (this.#amends === 'retreat' && !advances)) {
      (advances ? draft.advances : draft.retreats).push(amendOf(order, wanted, input.expiresAt));
      return;
    }
    const before = draft.cancels.length;
    this.#cancel(order, input.now, draft.cancels);
    const others = side === 'bid' ? input.bids.length : input.asks.length;
    if (draft.cancels.length > before && others === 1) this.#place(input, side, wanted, draft);
  }

  #isDangerous(input: DiffInput, side: BookSide, at: Price, wanted: Quote): boolean {
    if (!isMoreAggressive(side, at, wanted.price)) return false;
    const ticks = Math.abs(input.market.grid.ticksBetween(wanted.price, at));
    if (ticks >= Math.max(1, this.#settings.debounceTicks)) return true;
    const { target } = input;
    if (target.fair !== null && isBeyond(side, at, target.fair)) return true;
    if (target.reservation !== null && isBeyond(side, at, target.reservation)) return true;
    const bestOpposite = side === 'bid' ? input.bestAsk : input.bestBid;
    if (bestOpposite !== null && meets(side, at, bestOpposite)) return true;
    const ownOpposite = side === 'bid' ? target.ask : target.bid;
    return ownOpposite !== null && meets(side, at, ownOpposite.price);
  }

  /** True while a small change still waits for its time. */
  #isHeld(input: DiffInput, order: WorkingOrder, wanted: Quote, memory: SideMemory, draft: Draft): boolean {
    const { debounceTicks, debounce } = this.#settings;
    const ticks = Math.abs(input.market.grid.ticksBetween(order.price, wanted.price));
    const small = ticks === 0 || ticks < debounceTicks;
    if (!small || debounce <= 0) return false;
    if (memory.waitingSince === UNKNOWN_TIME) memory.waitingSince = input.now;
    const dueAt = later(memory.waitingSince, debounce);
    if (dueAt <= input.now) return false;
    dueNoLaterThan(draft, dueAt);
    return true;
  }

  /** A new price must not meet an own order on the other side that may still rest there, nor repeat one just refused for crossing. */
  #mustWait(input: DiffInput, side: BookSide, wanted: Quote, draft: Draft): boolean {
    const others = side === 'bid' ? input.asks : input.bids;
    if (others.some((order) => meets(side, wanted.price, order.worstPrice))) return true;
    const memory = this.#memoryOf(input.index)[side];
    if (memory.refusedPrice === null || isMoreAggressive(side, memory.refusedPrice, wanted.price)) return false;
    if (memory.refusedUntil <= input.now) {
      memory.refusedPrice = null;
      return false;
    }
    dueNoLaterThan(draft, memory.refusedUntil);
    return true;
  }

  #place(input: DiffInput, side: BookSide, wanted: Quote, draft: Draft): void {
    if (this.#mustWait(input, side, wanted, draft)) return;
    const { postOnly, cancelOnPause, selfTrade } = this.#settings;
    draft.places.push({
      type: 'place',
      clientId: this.#ids.next(),
      market: input.index,
      side,
      price: wanted.price,
      quantity: wanted.size,
      timeInForce: 'good-till-cancelled',
      postOnly,
      reduceOnly: false,
      cancelOnPause,
      selfTrade,
      expiresAt: input.expiresAt,
      group: input.group,
    });
  }

  /** An order that is not kept: unwanted, so dangerous. */
  #drop(order: WorkingOrder, now: EpochUs, draft: Draft): void {
    draft.dangerous.push(order.clientId);
    this.#cancel(order, now, draft.cancels);
  }

  #cancel(order: WorkingOrder, now: EpochUs, cancels: Cancel[]): void {
    if (order.cancelRefusedAt !== UNKNOWN_TIME && between(order.cancelRefusedAt, now) < retryAfter(order.cancelRefusals)) return;
    // A connection that breaks at once would otherwise be asked again as fast as it breaks.
    if (order.cancelSentAt !== UNKNOWN_TIME && between(order.cancelSentAt, now) < CANCEL_RETRY) return;
    const cancel = cancelOf(order);
    if (cancel !== null) cancels.push(cancel);
  }

  #memoryOf(market: MarketIndex): Record<BookSide, SideMemory> {
    let memory = this.#memory[market];
    if (memory === undefined) {
      memory = { bid: emptyMemory(), ask: emptyMemory() };
      this.#memory[market] = memory;
    }
    return memory;
  }
}

const retryAfter = (refusals: number): number => Math.min(CANCEL_RETRY * 2 ** Math.max(0, refusals - 1), CANCEL_RETRY_MOST);

const emptyMemory = (): SideMemory => ({ waitingSince: UNKNOWN_TIME, refusedPrice: null, refusedUntil: UNKNOWN_TIME });

/**
 * The order of a side that stays, or null where all are on their way out. First one that rests, then one at the wanted price, then one that need not grow,
 * then the nearest price, then the oldest.
 */
const pickKept = (orders: readonly WorkingOrder[], wanted: Quote, side: BookSide): WorkingOrder | null => {
  let best: WorkingOrder | null = null;
  for (const order of orders) {
    if (order.phase === 'pending-cancel') continue;
    if (best === null || isBetterKept(order, best, wanted, side)) best = order;
  }
  return best;
};

const isBetterKept = (a: WorkingOrder, b: WorkingOrder, wanted: Quote, side: BookSide): boolean => {
  const preference = (order: WorkingOrder): readonly number[] => [
    order.phase === 'resting' ? 0 : 1,
    order.price === wanted.price ? 0 : 1,
    order.remaining >= wanted.size ? 0 : 1,
    isMoreAggressive(side, order.price, wanted.price) ? 1 : 0,
    Math.abs(order.price - wanted.price),
  ];
  const [left, right] = [preference(a), preference(b)];
  for (const [i, value] of left.entries()) {
    const other = right[i] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
};

const decreaseOf = (order: WorkingOrder, wanted: Quote): Decrease => ({
  type: 'decrease',
  clientId: order.clientId,
  orderId: idOf(order),
  market: order.market,
  remaining: wanted.size,
});

/** The total names what the exchange has filled so far plus what shall rest. */
const amendOf = (order: WorkingOrder, wanted: Quote, expiresAt: EpochUs | null): Amend => ({
  type: 'amend',
  clientId: order.clientId,
  orderId: idOf(order),
  market: order.market,
  side: order.side,
  price: wanted.price,
  total: addQuantity(order.filled, wanted.size),
  ...(expiresAt === null ? {} : { expiresAt }),
});

const idOf = (order: WorkingOrder): Amend['orderId'] => {
  assert(order.orderId !== null, `order ${order.clientId} rests without an exchange id`);
  return order.orderId;
};

/** Closer to, or further through, the other side of the book. */
const isMoreAggressive = (side: BookSide, a: Price, b: Price): boolean => (side === 'bid' ? a > b : a < b);
const isBeyond = (side: BookSide, at: Price, centre: number): boolean => (side === 'bid' ? at > centre : at < centre);
/** An order of this side at `at` trades with one of the other side at `other`. */
const meets = (side: BookSide, at: Price, other: Price): boolean => (side === 'bid' ? at >= other : at <= other);

const dueNoLaterThan = (draft: Draft, at: EpochUs): void => {
  if (draft.dueAt === null || at < draft.dueAt) draft.dueAt = at;
};
