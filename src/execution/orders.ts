/**
 * The life of every order, told by facts. The REST answer, the order stream and the fills of one order may arrive in any order, late, twice or never:
 * whatever the arrival, the same facts lead to the same state, and until they do the worst case is counted.
 *
 * Three numbers of one order are kept apart: what is booked (fills seen, by id), what has been reported (the exchange's own count) and the total that can
 * ever fill. Exposure is total less booked, so a fill that is known of but not yet in the inventory is never counted in neither place.
 */
import { assert, quote } from '../domain/errors.js';
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
import { clientOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { FillReport, Place, VenueCommand, VenueOrder } from '../domain/order.js';
import {
  UNKNOWN_TIME,
  ZERO_CASH,
  ZERO_QUANTITY,
  addCash,
  addQuantity,
  complement,
  formatPrice,
  formatQuantity,
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
import { reconcileOrders, type FillCoverage, type ReconcileOutcome, type ReconcileSettings } from './reconcile.js';
import { OrderRecord, type DoneReason, type OrderPhase, type WorkingOrder } from './working-order.js';

/** What one fact did to one order. */
export interface OrderChange {
  /** null where the fact names no order that we know. */
  readonly order: WorkingOrder | null;
  /** Its phase after the fact. */
  readonly became: OrderPhase | null;
  readonly changed: boolean;
  /** For people: the fact does not fit what we believed. Counted all the same, on the safe side. */
  readonly surprise: string | null;
}

export interface FillChange extends OrderChange {
  /** True exactly once per fill id: book the fill in the inventory now. */
  readonly fresh: boolean;
}

export interface OrdersOptions {
  /** Client ids that start with `<prefix>-` are ours, of this run or an earlier one. */
  readonly prefix: string;
  /** Ended orders and counted fills that are remembered, so that late facts are recognised; the oldest are forgotten first. */
  readonly remembered?: number;
}

const REMEMBERED = 100_000;
const SIDES = ['bid', 'ask'] as const;
const NO_ORDERS: readonly WorkingOrder[] = Object.freeze([]);

/** Orders of one side of one market that count: live ones of our own, and others (external, or ended with fills still to come). */
interface SideOrders {
  readonly own: OrderRecord[];
  readonly others: OrderRecord[];
}

export class Orders {
  readonly #prefix: string;
  readonly #remembered: number;
  readonly #byClient = new Map<ClientOrderId, OrderRecord>();
  readonly #byVenue = new Map<VenueOrderId, OrderRecord>();
  readonly #live = new Set<OrderRecord>();
  readonly #ended = new Set<OrderRecord>();
  readonly #sides: (Record<BookSide, SideOrders> | undefined)[] = [];
  readonly #fills: FillMemory;
  /** Contracts filled on exchange ids that no order of ours has claimed yet. */
  readonly #unclaimed = new Map<VenueOrderId, Quantity>();
  #ownLive = 0;
  #coverage: FillCoverage | null = null;

  constructor(options: OrdersOptions) {
    this.#prefix = `${options.prefix}-`;
    this.#remembered = options.remembered ?? REMEMBERED;
    this.#fills = new FillMemory(this.#remembered);
  }

  // ---- reading ----

  /** Our own live orders of one side, oldest first. Lent: valid until the next fact. */
  forMarket(market: MarketIndex, side: BookSide): readonly WorkingOrder[] {
    return this.#sides[market]?.[side].own ?? NO_ORDERS;
  }

  /** Live orders that somebody else placed on this account, and ended ones whose reported fills have not all been seen. Lent. */
  othersFor(market: MarketIndex, side: BookSide): readonly WorkingOrder[] {
    return this.#sides[market]?.[side].others ?? NO_ORDERS;
  }

  find(clientId: ClientOrderId): WorkingOrder | null {
    return this.#byClient.get(clientId) ?? null;
  }

  findByOrderId(orderId: VenueOrderId): WorkingOrder | null {
    return this.#byVenue.get(orderId) ?? null;
  }

  /** Every live order, ours and external, oldest first. */
  live(): readonly WorkingOrder[] {
    return [...this.#live];
  }

  /** Our own live orders whose state only a fact or a reading can tell. */
  unknowns(): readonly WorkingOrder[] {
    return [...this.#live].filter((order) => !order.external && order.phase === 'unknown');
  }

  /** Own live orders, unknown ones included. */
  get openCount(): number {
    return this.#ownLive;
  }

  get externalCount(): number {
    return this.#live.size - this.#ownLive;
  }

  /** Fills up to this moment are all counted, as readings have proven; ask the next reading for fills since a little before it. */
  get fillsKnownUntil(): EpochUs {
    return this.#coverage?.until ?? UNKNOWN_TIME;
  }

  /** Worst case still to arrive in the inventory on one side: everything live, in flight, unknown or external, and fills reported but not yet seen. */
  exposure(market: MarketIndex, side: BookSide): Quantity {
    let sum = ZERO_QUANTITY;
    const orders = this.#sides[market]?.[side];
    if (orders === undefined) return sum;
    for (const order of orders.own) sum = addQuantity(sum, order.exposure);
    for (const order of orders.others) sum = addQuantity(sum, order.exposure);
    return sum;
  }

  /** Most money that `exposure` can lose at settlement: a bid its price, an ask the payout less its price, each at the worse of old and new terms. */
  exposureCash(market: MarketIndex, side: BookSide, payout: Price): Cash {
    let sum = ZERO_CASH;
    const orders = this.#sides[market]?.[side];
    if (orders === undefined) return sum;
    for (const list of [orders.own, orders.others])
      for (const order of list) {
        const at = side === 'bid' ? order.worstPrice : complement(order.worstPrice, payout);
        sum = addCash(sum, notional(at, order.exposure));
      }
    return sum;
  }

  /** What rests in the book to the best of our knowledge; for showing, never for limits. */
  restingTotal(market: MarketIndex, side: BookSide): Quantity {
    let sum = ZERO_QUANTITY;
    for (const order of this.forMarket(market, side)) if (order.orderId !== null) sum = addQuantity(sum, order.remaining);
    return sum;
  }

  // ---- what we do ----

  /** Notes a command before it leaves. @throws AssertionFailure for a reused id or a step that the order's phase does not allow */
  sent(command: VenueCommand, now: EpochUs): WorkingOrder {
    if (command.type === 'place') return this.#sentPlace(command, now);
    const order = this.#byClient.get(command.clientId);
    assert(order !== undefined, `${command.type} of an order that was never placed: ${command.clientId}`);
    assert(order.orderId === command.orderId, `${command.type} of ${command.clientId} names a wrong exchange id`);
    assert(order.market === command.market, `${command.type} of ${command.clientId} names a wrong market`);
    switch (command.type) {
      case 'cancel':
        assert(order.cancellable, `cancel of ${command.clientId}, which is ${order.phase}`);
        order.cancel = 'in-flight';
        order.cancelSentAt = now;
        break;
      case 'amend':
        this.#assertChangeable(order, command.type);
        assert(order.side === command.side, `amend of ${command.clientId} names a wrong side`);
        assert(command.total > order.booked, `amend of ${command.clientId} to no more than is filled`);
        this.#beginChange(order, now, command.price, command.total, command.expiresAt);
        break;
      case 'decrease':
        this.#assertChangeable(order, command.type);
        assert(command.remaining > 0 && command.remaining < order.remaining, `decrease of ${command.clientId} that lowers nothing`);
        order.wanted = {
          kind: 'decrease',
          price: order.price,
          total: addQuantity(order.filled, command.remaining),
          remaining: command.remaining,
          expiresAt: order.expiresAt,
        };
        order.change = 'in-flight';
        order.changed = true;
        order.changeSentAt = now;
        break;
    }
    order.touchedAt = now;
    return order;
  }

  #sentPlace(command: Place, now: EpochUs): OrderRecord {
    assert(!this.#byClient.has(command.clientId), `client id ${command.clientId} used twice`);
    assert(command.quantity > 0, `order ${command.clientId} of nothing`);
    const order = new OrderRecord(command.clientId, command.market, command.side, command.price, command.quantity, false, now);
    order.place = 'in-flight';
    order.placeSentAt = now;
    order.expiresAt = command.expiresAt;
    this.#register(order);
    return order;
  }

  #assertChangeable(order: OrderRecord, what: string): void {
    assert(order.phase === 'resting', `${what} of ${order.clientId}, which is ${order.phase}`);
    assert(!order.external, `${what} of ${order.clientId}, which is not ours`);
  }

  #beginChange(order: OrderRecord, now: EpochUs, price: Price, total: Quantity, expiresAt: EpochUs | null | undefined): void {
    order.wanted = {
      kind: 'amend',
      price,
      total,
      remaining: quantity(total - order.filled),
      expiresAt: expiresAt === undefined ? order.expiresAt : expiresAt,
    };
    order.asked = maxQuantity(order.asked, total);
    order.change = 'in-flight';
    order.changed = true;
    order.changeSentAt = now;
  }

  /** Commands unanswered for `span` become unknown. @returns the orders that this happened to */
  timeouts(now: EpochUs, span: DurationUs): WorkingOrder[] {
    const late: WorkingOrder[] = [];
    for (const order of this.#live) {
      if (!order.awaiting) continue;
      const before = order.phase;
      if (order.place === 'in-flight' && later(order.placeSentAt, span) <= now) order.place = 'unknown';
      if (order.change === 'in-flight' && later(order.changeSentAt, span) <= now) order.change = 'unknown';
      if (order.cancel === 'in-flight' && later(order.cancelSentAt, span) <= now) order.cancel = 'unknown';
      if (order.phase !== before) late.push(order);
    }
    return late;
  }

  // ---- answers to commands ----

  accepted(fact: OrderAccepted): OrderChange {
    const order = this.#byClient.get(fact.clientId);
    if (order === undefined) return nobody(`the exchange accepted ${quote(fact.clientId)}, which we did not place`);
    const before = order.phase;
    let surprise = this.#link(order, fact.orderId);
    const first = !order.answered;
    order.answered = true;
    order.report(fact.filled);
    if (order.doneReason !== null) return this.#afterAcceptOfDone(order, fact, surprise);
    order.confirmPlaced();
    if (first && !order.changed) {
      const stated = addQuantity(fact.filled, fact.remaining);
      if (stated > order.total)
        surprise ??= `order ${order.clientId}: accepted for ${formatQuantity(stated)}, asked ${formatQuantity(order.total)}`;
      // What neither filled nor rests was cancelled on arrival (self-trade prevention, immediate-or-cancel).
      if (fact.remaining === 0) this.#finish(order, fact.filled >= order.total ? 'filled' : 'cancelled', fact.filled, fact.at);
      else if (stated !== order.total) order.setTerms({ price: order.price, total: stated });
    }
    if (order.doneReason === null) order.refreshRemaining();
    this.#settle(order, fact.at);
    return changeOf(order, before, surprise);
  }

  /** A late 201. Where we had concluded that the order was never there, it is: it counts again. */
  #afterAcceptOfDone(order: OrderRecord, fact: OrderAccepted, surprise: string | null): OrderChange {
    const stated = addQuantity(fact.filled, fact.remaining);
    if (order.doneReason === 'absent' || order.doneReason === 'rejected') {
      const text = `order ${order.clientId} was taken to be ${order.doneReason}, yet the exchange accepted it`;
      if (fact.remaining > 0) this.#revive(order, stated);
      else order.total = maxQuantity(order.total, fact.filled);
      this.#settle(order, fact.at);
      return changeOf(order, 'done', surprise ?? text);
    }
    if (fact.filled > order.total) order.total = fact.filled;
    this.#settle(order, fact.at);
    return changeOf(order, 'done', surprise);
  }

  refused(fact: CommandRefused): OrderChange {
    const order = this.#byClient.get(fact.clientId);
    if (order === undefined) return nobody(`refusal of ${fact.command} for ${quote(fact.clientId)}, which we did not place`);
    const before = order.phase;
    if (before === 'done') return changeOf(order, before, null);
    let surprise: string | null = null;
    switch (fact.command) {
      case 'place':
        surprise = this.#placeRefused(order, fact);
        break;
      case 'amend':
      case 'decrease':
        surprise = this.#changeRefused(order, fact);
        break;
      case 'cancel':
        order.cancel = 'idle';
        order.cancelRefusedAt = fact.at;
        if (fact.code === 'not-found') order.gone = true;
        break;
    }
    order.touchedAt = fact.at;
    this.#settle(order, fact.at);
    return changeOf(order, before, surprise);
  }

  #placeRefused(order: OrderRecord, fact: CommandRefused): string | null {
    order.answered = true;
    if (fact.code === 'duplicate-client-id') {
      // The id is taken, so an earlier copy of this very request got in: the order exists, in a state that we do not know.
      order.confirmPlaced();
      order.doubtful = true;
      return `order ${order.clientId}: the exchange already has this id`;
    }
    if (order.orderId !== null || order.booked > 0) {
      order.confirmPlaced();
      order.doubtful = true;
      return `order ${order.clientId} was refused (${fact.code}) after the exchange had shown it`;
    }
    this.#finish(order, 'rejected', ZERO_QUANTITY, fact.at);
    return null;
  }

  #changeRefused(order: OrderRecord, fact: CommandRefused): string | null {
    if (fact.code === 'not-found') order.gone = true;
    if (order.change === 'idle') {
      // The stream had already shown the change in force.
      order.doubtful = true;
      return `${fact.command} of ${order.clientId} was refused (${fact.code}) after it had been seen in force`;
    }
    order.dropChange();
    return null;
  }

  unknown(fact: CommandUnknown): OrderChange {
    const order = this.#byClient.get(fact.clientId);
    if (order === undefined) return nobody(`no answer to ${fact.command} of ${quote(fact.clientId)}, which we did not place`);
    const before = order.phase;
    if (fact.command === 'place' && order.place === 'in-flight') order.place = 'unknown';
    else if (fact.command === 'cancel' && order.cancel === 'in-flight') order.cancel = 'unknown';
    else if ((fact.command === 'amend' || fact.command === 'decrease') && order.change === 'in-flight') order.change = 'unknown';
    if (order.doneReason === null) order.touchedAt = fact.at;
    return changeOf(order, before, null);
  }

  amended(fact: OrderAmended): OrderChange {
    const order = this.#byClient.get(fact.clientId);
    if (order === undefined) return nobody(`amend of ${quote(fact.clientId)}, which we did not place, was answered`);
    const before = order.phase;
    const surprise = this.#link(order, fact.orderId);
    if (order.doneReason !== null) return changeOf(order, before, surprise);
    order.applyChange(fact.remaining);
    order.touchedAt = fact.at;
    if (fact.remaining === 0) this.#finish(order, order.filled >= order.total ? 'filled' : 'cancelled', order.total, fact.at);
    this.#settle(order, fact.at);
    return changeOf(order, before, surprise);
  }

  cancelled(fact: OrderCancelled): OrderChange {
    const order = this.#byClient.get(fact.clientId) ?? this.#byVenue.get(fact.orderId);
    if (order === undefined) return nobody(`cancel of ${quote(fact.clientId)}, which we did not place, was answered`);
    const before = order.phase;
    const surprise = this.#link(order, fact.orderId);
    if (before === 'done') return changeOf(order, before, surprise);
    // With an amend in flight the total is one of two: the larger bounds what has filled.
    const most = order.wanted === null ? order.total : maxQuantity(order.total, order.wanted.total);
    const filled = maxQuantity(quantity(most - fact.reducedBy), ZERO_QUANTITY);
    this.#finish(order, fact.reducedBy === 0 ? 'filled' : 'cancelled', filled, fact.at);
    return changeOf(order, before, surprise);
  }

  // ---- the stream ----

  update(fact: OrderUpdate): OrderChange {
    const told = fact.order;
    const order = this.#recognise(told);
    if (order === null) return this.#stranger(told, fact.at);
    const before = order.phase;
    let surprise = this.#link(order, told.orderId);
    if (order.market !== told.market || order.side !== told.side)
      surprise ??= `order ${order.clientId}: the exchange tells another market or side than we asked for`;
    order.report(told.filled);
    if (order.doneReason !== null) return this.#updateOfDone(order, fact, surprise);
    order.touchedAt = fact.at;
    switch (told.status) {
      case 'resting':
        surprise ??= this.#stillResting(order, told);
        break;
      case 'cancelled':
        this.#finish(order, 'cancelled', told.filled, fact.at);
        break;
      case 'executed':
        this.#finish(order, 'filled', told.filled, fact.at);
        break;
      case 'unknown':
        order.doubtful = true;
        surprise ??= `order ${order.clientId}: the exchange calls its state unknown`;
        break;
    }
    this.#settle(order, fact.at);
    return changeOf(order, before, surprise);
  }

  #updateOfDone(order: OrderRecord, fact: OrderUpdate, surprise: string | null): OrderChange {
    const told = fact.order;
    const terminal = told.status === 'cancelled' || told.status === 'executed';
    // The exchange's final count is exact; until now we may have held only a bound.
    if (terminal) order.total = maxQuantity(told.filled, order.booked);
    else if (told.filled > order.total) order.total = told.filled;
    const wrongly = order.doneReason === 'absent' || order.doneReason === 'rejected' || order.doneReason === 'vanished';
    if (told.status === 'resting' && wrongly && told.remaining > 0) {
      surprise ??= `order ${order.clientId} was taken to be ${order.doneReason}, yet it rests`;
      this.#revive(order, addQuantity(told.filled, told.remaining));
    }
    this.#settle(order, fact.at);
    return changeOf(order, 'done', surprise);
  }

  /** The exchange says that the order rests on these terms: present ones, those under way, superseded ones told late, or somebody else's. */
  #stillResting(order: OrderRecord, told: VenueOrder): string | null {
    order.confirmPlaced();
    const total = addQuantity(told.filled, told.remaining);
    const wanted = order.wanted;
    if (wanted !== null && this.#showsChange(order, told, total)) {
      order.dropChange();
      order.expiresAt = wanted.expiresAt;
      order.setTerms({ price: told.price, total });
      order.confirmTerms();
      return null;
    }
    const present = told.price === order.price && total === order.total;
    // After a decrease the total is a bound. What rests can only have become less since, so a larger figure is an older one.
    const tightens = order.loose && told.price === order.price && total <= order.total && told.remaining <= order.remaining;
    if (tightens) order.setTerms({ price: told.price, total });
    if (tightens || (present && !order.loose)) {
      order.confirmTerms();
      return null;
    }
    order.refreshRemaining();
    if (present || order.isPast(told.price, total)) return null;
    if (wanted !== null) {
      order.doubtful = true;
      return `order ${order.clientId} rests at ${terms(told)} while ${formatPrice(wanted.price)} was asked for`;
    }
    const text = `order ${order.clientId} rests at ${terms(told)}, not at ${formatQuantity(order.remaining)} @ ${formatPrice(order.price)}`;
    order.setTerms({ price: told.price, total });
    order.refreshRemaining();
    return text;
  }

  #showsChange(order: OrderRecord, told: VenueOrder, total: Quantity): boolean {
    const wanted = order.wanted;
    if (wanted === null || told.price !== wanted.price) return false;
    if (wanted.kind === 'decrease') return total < order.total && told.remaining <= wanted.remaining;
    if (total !== wanted.total) return false;
    const differs = wanted.price !== order.price || wanted.total !== order.total;
    return differs || (wanted.expiresAt !== order.expiresAt && told.expiresAt === wanted.expiresAt);
  }

  /** An order that we do not track: of an earlier run of ours, or somebody else's. Counted as long as it rests. */
  #stranger(told: VenueOrder, at: EpochUs): OrderChange {
    if (told.status !== 'resting' && told.status !== 'unknown') return nobody(null);
    const order = this.#adopt(told, at, this.#unclaimed.get(told.orderId) ?? ZERO_QUANTITY);
    const text = order.external
      ? `order ${told.orderId} (${terms(told)}) rests on this account and is not ours`
      : `order ${order.clientId} (${terms(told)}) is ours and was not tracked`;
    return changeOf(order, null, text);
  }

  // ---- fills ----

  /** Counts a fill once by its id. Book it in the inventory where `fresh`, whether or not its order is known. */
  filled(fill: FillReport, at: EpochUs): FillChange {
    const order = this.#byVenue.get(fill.orderId) ?? (fill.clientId === null ? undefined : this.#byClient.get(fill.clientId));
    const seen = this.#fills.note(fill.fillId, fill.exchangeAt);
    if (seen === 'repeat') return { order: order ?? null, became: order?.phase ?? null, changed: false, surprise: null, fresh: false };
    if (seen === 'forgotten')
      return { ...nobody(`fill ${fill.fillId} is older than our memory of fills: not counted, the position decides`), fresh: false };
    if (order === undefined) {
      this.#unclaimed.set(fill.orderId, addQuantity(this.#unclaimed.get(fill.orderId) ?? ZERO_QUANTITY, fill.quantity));
      this.#boundUnclaimed();
      return { ...nobody(`fill ${fill.fillId} belongs to order ${fill.orderId}, which we do not know`), fresh: true };
    }
    const before = order.phase;
    let surprise = this.#link(order, fill.orderId);
    if (order.market !== fill.market || order.side !== fill.side)
      surprise ??= `fill ${fill.fillId} tells another market or side than order ${order.clientId}`;
    surprise ??= this.#book(order, fill.quantity, at);
    return { ...changeOf(order, before, surprise), changed: true, fresh: true };
  }

  /** Fills that an adopted position already contains: never to be counted again. */
  markSeen(fills: readonly { readonly fillId: FillId; readonly exchangeAt: EpochUs }[]): void {
    for (const fill of fills) this.#fills.note(fill.fillId, fill.exchangeAt);
  }

  #book(order: OrderRecord, size: Quantity, at: EpochUs): string | null {
    const wasDone = order.doneReason;
    order.booked = addQuantity(order.booked, size);
    order.touchedAt = at;
    if (wasDone === null) {
      order.confirmPlaced();
      // Nothing says whether a fill came before or after a decrease took hold: count it against what rests, and doubt the order once that is used up.
      if (order.loose) {
        order.remaining = maxQuantity(quantity(order.remaining - size), ZERO_QUANTITY);
        if (order.remaining === 0 && order.booked < order.total) order.doubtful = true;
      } else order.refreshRemaining();
      const most = order.wanted === null ? order.total : maxQuantity(order.total, order.wanted.total);
      const over = order.booked > most;
      if (over) order.total = order.booked;
      this.#settle(order, at);
      return over ? `order ${order.clientId} filled ${formatQuantity(order.booked)}, more than its ${formatQuantity(most)}` : null;
    }
    const over = order.booked > order.total;
    if (over && (wasDone === 'absent' || wasDone === 'rejected')) {
      this.#revive(order, order.asked);
      order.doubtful = order.doneReason === null;
      this.#settle(order, at);
      return `order ${order.clientId} was taken to be ${wasDone}, yet it filled`;
    }
    if (over) order.total = order.booked;
    this.#settle(order, at);
    return over ? `order ${order.clientId} filled more than the exchange had reported when it ended` : null;
  }

  // ---- readings of the account ----

  /**
   * Holds our orders against a reading of the account. Book `reading.fills` through `filled` first.
   * A complete reading that the exchange vouches for up to a moment later than an order's last command or fact plus `margin` proves: what rests is in it, what is
   * not in it does not rest. Anything less proves nothing, and serves only to learn of orders that we did not know.
   */
  reconcile(reading: AccountReading, now: EpochUs, settings: ReconcileSettings): ReconcileOutcome {
    const result = reconcileOrders(reading, settings, this.#coverage, {
      live: [...this.#live],
      owing: [...this.#ended].filter((order) => order.exposure > 0),
      recognise: (told) => this.#recognise(told),
      link: (order, orderId) => this.#link(order, orderId),
      adopt: (told) => this.#adopt(told, now, maxQuantity(told.filled, this.#unclaimed.get(told.orderId) ?? ZERO_QUANTITY)),
      finish: (order, reason, most) => this.#finish(order, reason, most, now),
      revive: (order, total) => this.#revive(order, total),
      settle: (order) => this.#settle(order, now),
    });
    this.#coverage = result.coverage;
    return result.outcome;
  }

  /** Takes up an order that rests at the exchange and is not tracked. `booked` of its contracts are in the inventory already. */
  #adopt(told: VenueOrder, at: EpochUs, booked: Quantity): OrderRecord {
    const own = told.clientId !== null && told.clientId.startsWith(this.#prefix);
    const name = told.clientId !== null && !this.#byClient.has(told.clientId) ? told.clientId : clientOrderId(told.orderId);
    assert(!this.#byClient.has(name), `order ${name} adopted twice`);
    const order = new OrderRecord(name, told.market, told.side, told.price, addQuantity(told.filled, told.remaining), !own, at);
    order.booked = booked;
    order.reported = told.filled;
    order.expiresAt = told.expiresAt;
    order.answered = true;
    order.doubtful = told.status === 'unknown';
    order.orderId = told.orderId;
    order.refreshRemaining();
    this.#byVenue.set(told.orderId, order);
    this.#unclaimed.delete(told.orderId);
    this.#register(order);
    this.#settle(order, at);
    return order;
  }

  // ---- keeping the indices ----

  #recognise(told: VenueOrder): OrderRecord | null {
    return this.#byVenue.get(told.orderId) ?? (told.clientId === null ? null : (this.#byClient.get(told.clientId) ?? null));
  }

  #link(order: OrderRecord, orderId: VenueOrderId): string | null {
    if (order.orderId === orderId) return null;
    if (order.orderId !== null) return `order ${order.clientId} has two exchange ids: ${order.orderId} and ${orderId}`;
    order.orderId = orderId;
    this.#byVenue.set(orderId, order);
    const early = this.#unclaimed.get(orderId);
    if (early === undefined) return null;
    this.#unclaimed.delete(orderId);
    return this.#book(order, early, order.touchedAt);
  }

  #register(order: OrderRecord): void {
    this.#byClient.set(order.clientId, order);
    this.#live.add(order);
    if (!order.external) this.#ownLive++;
    this.#listOf(order).push(order);
  }

  #listOf(order: OrderRecord): OrderRecord[] {
    let sides = this.#sides[order.market];
    if (sides === undefined) {
      sides = { bid: { own: [], others: [] }, ask: { own: [], others: [] } };
      this.#sides[order.market] = sides;
    }
    return order.external || order.doneReason !== null ? sides[order.side].others : sides[order.side].own;
  }

  /** Brings the order's phase and its place in the lists in line after its numbers changed. */
  #settle(order: OrderRecord, now: EpochUs): void {
    if (order.doneReason === null && order.exposure === 0) {
      this.#finish(order, 'filled', order.total, now);
      return;
    }
    if (order.doneReason === null) return;
    const others = this.#listOf(order);
    const at = others.indexOf(order);
    if (order.exposure > 0 && at < 0) others.push(order);
    else if (order.exposure === 0 && at >= 0) others.splice(at, 1);
  }

  #finish(order: OrderRecord, reason: DoneReason, most: Quantity, now: EpochUs): void {
    if (order.doneReason === null) this.#unlist(order);
    order.finish(reason, most, now);
    this.#ended.add(order);
    this.#settle(order, now);
    this.#boundEnded();
  }

  #unlist(order: OrderRecord): void {
    const list = this.#listOf(order);
    const at = list.indexOf(order);
    assert(at >= 0, `order ${order.clientId} is live but not listed`);
    list.splice(at, 1);
    this.#live.delete(order);
    if (!order.external) this.#ownLive--;
  }

  #revive(order: OrderRecord, total: Quantity): void {
    const others = this.#listOf(order);
    const at = others.indexOf(order);
    if (at >= 0) others.splice(at, 1);
    this.#ended.delete(order);
    order.revive(total);
    this.#register(order);
  }

  /** Forgets the oldest ended orders beyond the bound; one that still owes fills is kept longer. */
  #boundEnded(): void {
    if (this.#ended.size <= this.#remembered) return;
    for (const order of this.#ended) {
      this.#ended.delete(order);
      if (order.exposure > 0) {
        this.#ended.add(order);
        return;
      }
      this.#byClient.delete(order.clientId);
      if (order.orderId !== null) this.#byVenue.delete(order.orderId);
      return;
    }
  }

  #boundUnclaimed(): void {
    if (this.#unclaimed.size <= this.#remembered) return;
    for (const orderId of this.#unclaimed.keys()) {
      this.#unclaimed.delete(orderId);
      return;
    }
  }

  /** @internal for tests and end-of-run checks: the lists agree with the orders. */
  assertConsistent(): void {
    let own = 0;
    for (const order of this.#live) {
      assert(order.doneReason === null && order.exposure > 0, `order ${order.clientId} is listed as live and is not`);
      assert(this.#listOf(order).includes(order), `order ${order.clientId} is missing from its market`);
      if (!order.external) own++;
    }
    assert(own === this.#ownLive, 'own live orders are miscounted');
    for (const sides of this.#sides)
      for (const side of SIDES)
        for (const order of sides?.[side].others ?? [])
          assert(order.exposure > 0, `order ${order.clientId} is listed as owing and owes nothing`);
  }
}

const nobody = (surprise: string | null): OrderChange => ({ order: null, became: null, changed: false, surprise });

const changeOf = (order: OrderRecord, before: OrderPhase | null, surprise: string | null): OrderChange => {
  const became = order.phase;
  return { order, became, changed: became !== before || surprise !== null, surprise };
};

const terms = (told: VenueOrder): string => `${formatQuantity(told.remaining)} @ ${formatPrice(told.price)}`;
