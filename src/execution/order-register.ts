/** Every order that counts, found by either of its names and by its side of a market. Keeps the lists true; what a fact means is decided in the files beside it. */
import { assert } from '../domain/errors.js';
import { clientOrderId, type ClientOrderId, type MarketIndex, type VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { VenueOrder } from '../domain/order.js';
import { ZERO_QUANTITY, addQuantity, type EpochUs, type Quantity } from '../domain/units.js';
import type { Terms } from './terms-trail.js';
import { OrderRecord, type DoneReason, type WorkingOrder } from './working-order.js';

const NO_ORDERS: readonly OrderRecord[] = Object.freeze([]);
const SIDES = ['bid', 'ask'] as const;

/** Orders of one side of one market that count. */
interface SideOrders {
  /** Our own live ones, oldest first. */
  readonly own: OrderRecord[];
  /** Live ones of others on this account, and ended ones with reported fills still to come. */
  readonly others: OrderRecord[];
}

export class OrderRegister {
  /** Client ids that begin so are ours, of this run or an earlier one. */
  readonly #ownPrefix: string;
  readonly #remembered: number;
  readonly #byClient = new Map<ClientOrderId, OrderRecord>();
  readonly #byVenue = new Map<VenueOrderId, OrderRecord>();
  readonly #live = new Set<OrderRecord>();
  readonly #ended = new Set<OrderRecord>();
  readonly #sides: (Record<BookSide, SideOrders> | undefined)[] = [];
  /** Contracts filled on exchange ids that no order has claimed yet. Bound: `remembered`, the oldest are dropped. */
  readonly #unclaimed = new Map<VenueOrderId, Quantity>();
  #ownLive = 0;
  #cancelled = 0;

  /** @param remembered ended orders that are kept so that late facts are recognised; the oldest are forgotten first, one that still owes fills last */
  constructor(ownPrefix: string, remembered: number) {
    this.#ownPrefix = ownPrefix;
    this.#remembered = remembered;
  }

  get live(): ReadonlySet<OrderRecord> {
    return this.#live;
  }

  get ended(): ReadonlySet<OrderRecord> {
    return this.#ended;
  }

  /** Own orders that ended before they were filled, however that became known. */
  get cancelled(): number {
    return this.#cancelled;
  }

  get ownLive(): number {
    return this.#ownLive;
  }

  own(market: MarketIndex, side: BookSide): readonly OrderRecord[] {
    return this.#sides[market]?.[side].own ?? NO_ORDERS;
  }

  others(market: MarketIndex, side: BookSide): readonly OrderRecord[] {
    return this.#sides[market]?.[side].others ?? NO_ORDERS;
  }

  find(clientId: ClientOrderId): OrderRecord | undefined {
    return this.#byClient.get(clientId);
  }

  findByOrderId(orderId: VenueOrderId): OrderRecord | undefined {
    return this.#byVenue.get(orderId);
  }

  /** By the exchange's id, else by ours. */
  recognise(orderId: VenueOrderId, clientId: ClientOrderId | null): OrderRecord | undefined {
    return this.#byVenue.get(orderId) ?? (clientId === null ? undefined : this.#byClient.get(clientId));
  }

  add(order: OrderRecord): void {
    assert(!this.#byClient.has(order.clientId), `client id ${order.clientId} used twice`);
    this.#byClient.set(order.clientId, order);
    if (order.orderId !== null) this.#byVenue.set(order.orderId, order);
    this.#enlist(order);
  }

  /** Takes up an order that rests at the exchange and is not tracked. `booked` of its contracts are in the inventory already. */
  adopt(told: VenueOrder, booked: Quantity, at: EpochUs): OrderRecord {
    const own = told.clientId !== null && told.clientId.startsWith(this.#ownPrefix);
    // Somebody else's order need not have a client id; the exchange's then stands in for it.
    const name = told.clientId ?? clientOrderId(told.orderId);
    const order = new OrderRecord(name, told.market, told.side, told.price, addQuantity(told.filled, told.remaining), !own, at);
    order.orderId = told.orderId;
    order.booked = booked;
    order.reported = told.filled;
    order.expiresAt = told.expiresAt;
    order.group = told.group;
    order.answered = true;
    order.doubtful = told.status === 'unknown';
    order.refreshRemaining();
    this.#unclaimed.delete(told.orderId);
    this.add(order);
    this.settle(order, at);
    return order;
  }

  /** Learns the exchange's id of an order. @returns contracts that had filled under it before we knew whose they were; null where the order has another id */
  link(order: OrderRecord, orderId: VenueOrderId): Quantity | null {
    if (order.orderId === orderId) return ZERO_QUANTITY;
    if (order.orderId !== null) return null;
    order.orderId = orderId;
    this.#byVenue.set(orderId, order);
    const early = this.unclaimed(orderId);
    this.#unclaimed.delete(orderId);
    return early;
  }

  unclaimed(orderId: VenueOrderId): Quantity {
    return this.#unclaimed.get(orderId) ?? ZERO_QUANTITY;
  }

  addUnclaimed(orderId: VenueOrderId, size: Quantity): void {
    this.#unclaimed.set(orderId, addQuantity(this.unclaimed(orderId), size));
    if (this.#unclaimed.size <= this.#remembered) return;
    for (const oldest of this.#unclaimed.keys()) {
      this.#unclaimed.delete(oldest);
      return;
    }
  }

  /** Ends an order. `most` bounds what it can have filled. */
  finish(order: OrderRecord, reason: DoneReason, most: Quantity, at: EpochUs): void {
    if (order.doneReason === null) this.#unlist(order);
    // Gone without word of how, and not filled whole: somebody has cancelled it.
    if (!order.external && (reason === 'cancelled' || (reason === 'vanished' && order.filled < order.total))) this.#cancelled++;
    order.finish(reason, most, at);
    this.#ended.add(order);
    this.settle(order, at);
    this.#forgetOldest();
  }

  /** An order taken to have ended has not: it is live again on these terms. */
  revive(order: OrderRecord, terms: Terms): void {
    const { others } = this.#sidesOf(order);
    const at = others.indexOf(order);
    if (at >= 0) others.splice(at, 1);
    this.#ended.delete(order);
    order.revive(terms);
    this.#enlist(order);
  }

  /** Brings the order's end and its place in the lists in line after its numbers changed. */
  settle(order: OrderRecord, at: EpochUs): void {
    if (order.doneReason === null) {
      if (order.exposure === 0) this.finish(order, 'filled', order.total, at);
      return;
    }
    const { others } = this.#sidesOf(order);
    const place = others.indexOf(order);
    if (order.exposure > 0 && place < 0) others.push(order);
    else if (order.exposure === 0 && place >= 0) others.splice(place, 1);
  }

  /** Asserts that the lists agree with the orders. For tests and simulations. */
  assertConsistent(): void {
    let own = 0;
    for (const order of this.#live) {
      assert(order.doneReason === null && order.exposure > 0, `order ${order.clientId} is listed as live and is not`);
      assert(this.#listOf(order).includes(order), `order ${order.clientId} is missing from its market`);
      if (!order.external) own++;
    }
    assert(own === this.#ownLive, 'own live orders are miscounted');
    for (const sides of this.#sides)
      for (const side of SIDES) {
        for (const order of sides?.[side].own ?? []) assert(this.#live.has(order), `order ${order.clientId} is listed and not live`);
        for (const order of sides?.[side].others ?? []) assert(order.exposure > 0, `order ${order.clientId} is listed and counts nothing`);
      }
    for (const order of this.#ended)
      assert(
        order.exposure === 0 || this.others(order.market, order.side).includes(order),
        `order ${order.clientId} owes and is not listed`,
      );
  }

  #enlist(order: OrderRecord): void {
    this.#live.add(order);
    if (!order.external) this.#ownLive++;
    this.#listOf(order).push(order);
  }

  #unlist(order: OrderRecord): void {
    const list = this.#listOf(order);
    const at = list.indexOf(order);
    assert(at >= 0, `order ${order.clientId} is live but not listed`);
    list.splice(at, 1);
    this.#live.delete(order);
    if (!order.external) this.#ownLive--;
  }

  #listOf(order: OrderRecord): OrderRecord[] {
    const sides = this.#sidesOf(order);
    return order.external ? sides.others : sides.own;
  }

  #sidesOf(order: OrderRecord): SideOrders {
    let sides = this.#sides[order.market];
    if (sides === undefined) {
      sides = { bid: { own: [], others: [] }, ask: { own: [], others: [] } };
      this.#sides[order.market] = sides;
    }
    return sides[order.side];
  }

  #forgetOldest(): void {
    if (this.#ended.size <= this.#remembered) return;
    for (const order of this.#ended) {
      this.#ended.delete(order);
      if (order.exposure > 0) this.#ended.add(order);
      else {
        this.#byClient.delete(order.clientId);
        if (order.orderId !== null) this.#byVenue.delete(order.orderId);
      }
      return;
    }
  }
}

/** The worst case still to arrive in the inventory from these orders. */
export const exposureOf = (orders: readonly WorkingOrder[]): Quantity => {
  let sum = ZERO_QUANTITY;
  for (const order of orders) sum = addQuantity(sum, order.exposure);
  return sum;
};
