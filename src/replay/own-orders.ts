/**
 * Our orders as the records of a run show them: what rests, since when it has its place in the queue, and what a change does to that place. Read for reports, where the
 * latest word is good enough; what trading relies on is the order state machine of the execution room.
 */
import type { Booked } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import type { ClientOrderId, MarketIndex, VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { VenueCommand, VenueOrder } from '../domain/order.js';
import {
  between,
  later,
  maxQuantity,
  seconds,
  subtractQuantity,
  ZERO_QUANTITY,
  type DurationUs,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import type { PlaceEnd } from '../report/run-items.js';

/** Terms that an unanswered change will bring. */
interface Wanted {
  readonly price: Price;
  readonly remaining: Quantity;
  readonly keepsPlace: boolean;
}

interface Known {
  readonly clientId: ClientOrderId;
  readonly market: MarketIndex;
  readonly side: BookSide;
  price: Price;
  remaining: Quantity;
  filled: Quantity;
  wanted: Wanted | null;
  /** Since when it has its place; null while it does not rest. */
  since: EpochUs | null;
  touchedAt: EpochUs;
}

export interface PlaceEnded {
  readonly market: MarketIndex;
  readonly kept: DurationUs;
  readonly end: PlaceEnd;
}

const NONE: readonly PlaceEnded[] = Object.freeze([]);
/** A reading that does not show an order says that it is gone, if the order was quiet for so long before. */
const SURE = seconds(1);

export class OwnOrders {
  readonly #orders = new Map<ClientOrderId, Known>();
  readonly #names = new Map<VenueOrderId, ClientOrderId>();

  /** What rests in a market, as the book shows it. */
  *resting(market: MarketIndex): Generator<Known, void, undefined> {
    for (const order of this.#orders.values()) if (order.market === market && order.since !== null) yield order;
  }

  /** @returns of an amend or decrease whether the order keeps its place in the queue; null for other commands */
  sent(command: VenueCommand, at: EpochUs): boolean | null {
    if (command.type === 'place') {
      const { clientId, market, side, price, quantity: remaining } = command;
      this.#orders.set(clientId, {
        clientId,
        market,
        side,
        price,
        remaining,
        filled: ZERO_QUANTITY,
        wanted: null,
        since: null,
        touchedAt: at,
      });
      return null;
    }
    const order = this.#orders.get(command.clientId);
    if (order !== undefined) order.touchedAt = at;
    if (command.type === 'cancel') return null;
    if (command.type === 'decrease') {
      if (order !== undefined) order.wanted = { price: order.price, remaining: command.remaining, keepsPlace: true };
      return true;
    }
    if (order === undefined) return null;
    const remaining = subtractQuantity(command.total, order.filled);
    const keepsPlace = command.price === order.price && remaining <= order.remaining;
    order.wanted = { price: command.price, remaining, keepsPlace };
    return keepsPlace;
  }

  /** @returns places that came to an end by this fact */
  event(event: EngineEvent): readonly PlaceEnded[] {
    switch (event.type) {
      case 'order-accepted':
        this.#names.set(event.orderId, event.clientId);
        return this.#with(event.clientId, event.at, (order) => {
          order.remaining = event.remaining;
          order.since ??= event.at;
          return event.remaining > 0 ? NONE : this.#end(order, event.filled > 0 ? 'filled' : 'cancelled', event.at);
        });
      case 'order-amended':
        return this.#with(event.clientId, event.at, (order) => this.#amended(order, event.remaining, event.at));
      case 'order-cancelled':
        return this.#with(event.clientId, event.at, (order) => this.#end(order, 'cancelled', event.at));
      case 'command-refused':
        return this.#with(event.clientId, event.at, (order) => {
          order.wanted = null;
          return event.command === 'place' ? this.#end(order, 'cancelled', event.at) : NONE;
        });
      case 'order-update':
        return this.#told(event.order, event.at);
      case 'account-reading':
        return event.complete ? this.#read(event.resting, event.validUntil, event.at) : NONE;
      default:
        return NONE;
    }
  }

  /** @returns whether it was the first fill of its order (true where the order is not known), and the places that it ended */
  booked(fill: Booked, at: EpochUs): { readonly isFirst: boolean; readonly ended: readonly PlaceEnded[] } {
    const name = fill.clientId ?? this.#names.get(fill.orderId);
    const order = name === undefined ? undefined : this.#orders.get(name);
    if (order === undefined) return { isFirst: name === undefined, ended: NONE };
    const isFirst = order.filled === 0;
    order.filled = (order.filled + fill.quantity) as Quantity;
    order.remaining = maxQuantity(subtractQuantity(order.remaining, fill.quantity), ZERO_QUANTITY);
    order.since ??= at;
    order.touchedAt = at;
    return { isFirst, ended: order.remaining === 0 ? this.#end(order, 'filled', at) : NONE };
  }

  #amended(order: Known, remaining: Quantity | null, at: EpochUs): readonly PlaceEnded[] {
    const { wanted } = order;
    order.wanted = null;
    if (wanted === null) {
      order.remaining = remaining ?? order.remaining;
      return NONE;
    }
    order.price = wanted.price;
    order.remaining = remaining ?? wanted.remaining;
    if (order.remaining === 0) return this.#end(order, 'cancelled', at);
    return wanted.keepsPlace ? NONE : this.#moved(order, at);
  }

  #moved(order: Known, at: EpochUs): readonly PlaceEnded[] {
    const { since } = order;
    order.since = at;
    return since === null ? NONE : [{ market: order.market, kept: between(since, at), end: 'moved' }];
  }

  #told(told: VenueOrder, at: EpochUs): readonly PlaceEnded[] {
    const name = told.clientId ?? this.#names.get(told.orderId);
    if (name === undefined) return NONE;
    this.#names.set(told.orderId, name);
    return this.#with(name, at, (order) => {
      if (told.status === 'executed' || told.status === 'cancelled')
        return this.#end(order, told.status === 'executed' ? 'filled' : 'cancelled', at);
      if (told.status !== 'resting') return NONE;
      order.since ??= at;
      if (told.price === order.price) return NONE;
      return order.wanted?.price === told.price ? this.#amended(order, told.remaining, at) : NONE;
    });
  }

  #read(resting: readonly VenueOrder[], validUntil: EpochUs, at: EpochUs): readonly PlaceEnded[] {
    const shown = new Set(resting.map(({ clientId, orderId }) => clientId ?? this.#names.get(orderId)));
    return [...this.#orders.values()]
      .filter((order) => !shown.has(order.clientId) && later(order.touchedAt, SURE) < validUntil)
      .flatMap((order) => this.#end(order, 'cancelled', at));
  }

  #with(name: ClientOrderId, at: EpochUs, change: (order: Known) => readonly PlaceEnded[]): readonly PlaceEnded[] {
    const order = this.#orders.get(name);
    if (order === undefined) return NONE;
    order.touchedAt = at;
    return change(order);
  }

  #end(order: Known, end: PlaceEnd, at: EpochUs): readonly PlaceEnded[] {
    this.#orders.delete(order.clientId);
    return order.since === null ? NONE : [{ market: order.market, kept: between(order.since, at), end }];
  }
}
