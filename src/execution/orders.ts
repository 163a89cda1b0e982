/**
 * The life of every order, told by facts. The REST answer, the order stream and the fills of one order may arrive in any order, late, twice or never:
 * whatever the arrival, the same facts lead to the same state, and until they do the worst case is counted.
 *
 * Three numbers of one order are kept apart: what is booked (fills seen, by id), what has been reported (the exchange's own count) and the total that can
 * ever fill. Exposure is total less booked, so a fill that is known of but not yet in the inventory is never counted in neither place.
 */
import { assert } from '../domain/errors.js';
import type {
  AccountReading,
  CommandRefused,
  CommandUnknown,
  OrderAccepted,
  OrderAmended,
  OrderCancelled,
  OrderUpdate,
} from '../domain/events.js';
import type { ClientOrderId, FillId, MarketIndex, VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { Amend, Decrease, FillReport, Place, VenueCommand } from '../domain/order.js';
import {
  UNKNOWN_TIME,
  ZERO_CASH,
  ZERO_QUANTITY,
  addCash,
  addQuantity,
  complement,
  later,
  maxQuantity,
  notional,
  quantity,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { FillMemory } from './fill-memory.js';
import { onAccepted, onAmended, onCancelled, onRefused, onUnknown } from './order-answers.js';
import type { FillChange, OrderChange } from './order-change.js';
import { onFill } from './order-fills.js';
import { OrderRegister, exposureOf } from './order-register.js';
import { onUpdate } from './order-updates.js';
import { reconcileOrders, type FillCoverage, type ReconcileOutcome, type ReconcileSettings } from './reconcile.js';
import { OrderRecord, type Change, type WorkingOrder } from './working-order.js';

export type { FillChange, OrderChange } from './order-change.js';

export interface OrdersOptions {
  /** Client ids that start with `<prefix>-` are ours, of this run or an earlier one. */
  readonly prefix: string;
  /** Ended orders and counted fills that are remembered, so that late facts are recognised; the oldest are forgotten first. */
  readonly remembered?: number;
}

const REMEMBERED = 100_000;

export class Orders {
  readonly #register: OrderRegister;
  readonly #fills: FillMemory;
  #coverage: FillCoverage | null = null;

  constructor(options: OrdersOptions) {
    const remembered = options.remembered ?? REMEMBERED;
    this.#register = new OrderRegister(`${options.prefix}-`, remembered);
    this.#fills = new FillMemory(remembered);
  }

  // ---- reading ----

  /** Our own live orders of one side, oldest first. Lent: valid until the next fact. */
  forMarket(market: MarketIndex, side: BookSide): readonly WorkingOrder[] {
    return this.#register.own(market, side);
  }

  /** Live orders that somebody else placed on this account, and ended ones whose reported fills have not all been seen. Lent. */
  othersFor(market: MarketIndex, side: BookSide): readonly WorkingOrder[] {
    return this.#register.others(market, side);
  }

  find(clientId: ClientOrderId): WorkingOrder | null {
    return this.#register.find(clientId) ?? null;
  }

  findByOrderId(orderId: VenueOrderId): WorkingOrder | null {
    return this.#register.findByOrderId(orderId) ?? null;
  }

  /** Every live order, ours and external, oldest first. */
  live(): readonly WorkingOrder[] {
    return [...this.#register.live];
  }

  /** Visits our own live orders, oldest first. */
  forOwn(visit: (order: WorkingOrder) => void): void {
    for (const order of this.#register.live) if (!order.external) visit(order);
  }

  /** Our own live orders whose state only a fact or a reading can tell. */
  unknowns(): readonly WorkingOrder[] {
    return [...this.#register.live].filter((order) => !order.external && order.phase === 'unknown');
  }

  /** Own live orders, unknown ones included. */
  get openCount(): number {
    return this.#register.ownLive;
  }

  /** Own orders that ended before they were filled: by a cancel of ours, of their group or of the exchange. */
  get cancelledCount(): number {
    return this.#register.cancelled;
  }

  get externalCount(): number {
    return this.#register.live.size - this.#register.ownLive;
  }

  /** Fills up to this moment are all counted, as readings have proven; ask the next reading for fills since a little before it. */
  get fillsKnownUntil(): EpochUs {
    return this.#coverage?.until ?? UNKNOWN_TIME;
  }

  /** Worst case still to arrive in the inventory on one side: everything live, in flight, unknown or external, and fills reported but not yet seen. */
  exposure(market: MarketIndex, side: BookSide): Quantity {
    return addQuantity(exposureOf(this.#register.own(market, side)), exposureOf(this.#register.others(market, side)));
  }

  /** Most money that `exposure` can lose at settlement: a bid its price, an ask the payout less its price, each at the worse of old and new terms. */
  exposureCash(market: MarketIndex, side: BookSide, payout: Price): Cash {
    let sum = ZERO_CASH;
    for (const list of [this.#register.own(market, side), this.#register.others(market, side)])
      for (const order of list) {
        const at = side === 'bid' ? order.worstPrice : complement(order.worstPrice, payout);
        sum = addCash(sum, notional(at, order.exposure));
      }
    return sum;
  }

  /** What rests in the book to the best of our knowledge; for showing, never for limits. */
  restingTotal(market: MarketIndex, side: BookSide): Quantity {
    let sum = ZERO_QUANTITY;
    for (const order of this.#register.own(market, side)) if (order.orderId !== null) sum = addQuantity(sum, order.remaining);
    return sum;
  }

  // ---- what we do ----

  /** Notes a command before it leaves. @throws AssertionFailure for a reused id or a step that the order's phase does not allow */
  sent(command: VenueCommand, now: EpochUs): WorkingOrder {
    if (command.type === 'place') return this.#sentPlace(command, now);
    const order = this.#register.find(command.clientId);
    assert(order !== undefined, `${command.type} of an order that was never placed: ${command.clientId}`);
    assert(order.orderId === command.orderId, `${command.type} of ${command.clientId} names a wrong exchange id`);
    assert(order.market === command.market, `${command.type} of ${command.clientId} names a wrong market`);
    if (command.type === 'cancel') {
      assert(order.cancellable, `cancel of ${command.clientId}, which is ${order.phase}`);
      order.cancel = 'in-flight';
      order.cancelSentAt = now;
      order.cancelTouchedAt = now;
    } else {
      assert(order.phase === 'resting', `${command.type} of ${order.clientId}, which is ${order.phase}`);
      assert(!order.external, `${command.type} of ${order.clientId}, which is not ours`);
      order.beginChange(command.type === 'amend' ? changeByAmend(order, command) : changeByDecrease(order, command), now);
      order.touchedAt = now;
    }
    return order;
  }

  #sentPlace(command: Place, now: EpochUs): WorkingOrder {
    assert(command.quantity > 0, `order ${command.clientId} of nothing`);
    const order = new OrderRecord(command.clientId, command.market, command.side, command.price, command.quantity, false, now);
    order.place = 'in-flight';
    order.placeSentAt = now;
    order.expiresAt = command.expiresAt;
    order.group = command.group;
    this.#register.add(order);
    return order;
  }

  /** Commands unanswered for `span` become unknown. @returns the orders that this happened to */
  timeouts(now: EpochUs, span: DurationUs): WorkingOrder[] {
    const late: WorkingOrder[] = [];
    for (const order of this.#register.live) {
      if (!order.awaiting) continue;
      const before = order.phase;
      if (order.place === 'in-flight' && later(order.placeSentAt, span) <= now) order.loseAnswer('place');
      if (order.change === 'in-flight' && later(order.changeSentAt, span) <= now) order.loseAnswer('amend');
      if (order.cancel === 'in-flight' && later(order.cancelSentAt, span) <= now) order.loseAnswer('cancel');
      if (order.phase === before) continue;
      // Until now it may have been on its way.
      order.touchedAt = now;
      late.push(order);
    }
    return late;
  }

  // ---- facts ----

  accepted(fact: OrderAccepted): OrderChange {
    return onAccepted(this.#register, fact);
  }

  refused(fact: CommandRefused): OrderChange {
    return onRefused(this.#register, fact);
  }

  unknown(fact: CommandUnknown): OrderChange {
    return onUnknown(this.#register, fact);
  }

  amended(fact: OrderAmended): OrderChange {
    return onAmended(this.#register, fact);
  }

  cancelled(fact: OrderCancelled): OrderChange {
    return onCancelled(this.#register, fact);
  }

  update(fact: OrderUpdate): OrderChange {
    return onUpdate(this.#register, fact);
  }

  /** Counts a fill once by its id. Book it in the inventory where `fresh`, whether or not its order is known. */
  filled(fill: FillReport, at: EpochUs): FillChange {
    return onFill(this.#register, this.#fills, fill, at);
  }

  /** Fills that an adopted position already contains: never to be counted again. */
  markSeen(fills: readonly { readonly fillId: FillId; readonly exchangeAt: EpochUs }[]): void {
    for (const fill of fills) this.#fills.note(fill.fillId, fill.exchangeAt);
  }

  /**
   * Holds our orders against a reading of the account. Book `reading.fills` through `filled` first.
   * A complete reading that the exchange vouches for up to a moment later than an order's last command or fact plus `margin` proves: what rests is in it, what is
   * not in it does not rest. Anything less proves nothing, and serves only to learn of orders that we did not know.
   */
  reconcile(reading: AccountReading, now: EpochUs, settings: ReconcileSettings): ReconcileOutcome {
    const { outcome, coverage } = reconcileOrders(this.#register, reading, now, settings, this.#coverage);
    this.#coverage = coverage;
    return outcome;
  }

  /** Asserts that the lists agree with the orders. For tests and simulations. */
  assertConsistent(): void {
    this.#register.assertConsistent();
  }
}

const changeByAmend = (order: OrderRecord, command: Amend): Change => {
  assert(order.side === command.side, `amend of ${command.clientId} names a wrong side`);
  assert(command.total > order.booked, `amend of ${command.clientId} to no more than is filled`);
  return {
    kind: 'amend',
    price: command.price,
    total: command.total,
    remaining: maxQuantity(quantity(command.total - order.filled), ZERO_QUANTITY),
    expiresAt: command.expiresAt === undefined ? order.expiresAt : command.expiresAt,
  };
};

const changeByDecrease = (order: OrderRecord, command: Decrease): Change => {
  assert(command.remaining > 0 && command.remaining < order.remaining, `decrease of ${command.clientId} that lowers nothing`);
  return {
    kind: 'decrease',
    price: order.price,
    total: addQuantity(order.filled, command.remaining),
    remaining: command.remaining,
    expiresAt: order.expiresAt,
  };
};
