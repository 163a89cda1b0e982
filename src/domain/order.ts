/** Orders: what we want, what we send, what becomes of it. */
import type { ClientOrderId, FillId, MarketIndex, OrderGroupId, VenueOrderId } from './ids.js';
import type { BookSide } from './market.js';
import type { Cash, EpochUs, Price, Quantity } from './units.js';

export type TimeInForce = 'good-till-cancelled' | 'immediate-or-cancel' | 'fill-or-kill';
export type SelfTradePrevention = 'taker-at-cross' | 'maker';

export interface Place {
  readonly type: 'place';
  readonly clientId: ClientOrderId;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly cancelOnPause: boolean;
  readonly selfTrade: SelfTradePrevention;
  /** null: rests until cancelled. */
  readonly expiresAt: EpochUs | null;
  readonly group: OrderGroupId | null;
}

/** Changes price or size in place. A price change or an increase loses the queue place; a pure decrease or expiry change keeps it. */
export interface Amend {
  readonly type: 'amend';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  /** Total of the order: already filled plus wanted remaining. */
  readonly total: Quantity;
  /** undefined keeps the present expiry, null removes it. */
  readonly expiresAt?: EpochUs | null;
}

/** Lowers the remaining size and keeps the queue place. */
export interface Decrease {
  readonly type: 'decrease';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  readonly market: MarketIndex;
  readonly remaining: Quantity;
}

export interface Cancel {
  readonly type: 'cancel';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  readonly market: MarketIndex;
}

export type VenueCommand = Place | Amend | Decrease | Cancel;

declare const approved: unique symbol;
/** Only the risk stage makes one, so nothing else can be sent to a venue. */
export type Approved<T> = T & { readonly [approved]: true };

/** How commands travel together: a batch draws on the account's unscoped bucket, single calls with a shard on that shard's. */
export interface Call {
  readonly mode: 'single' | 'batch';
  readonly commands: readonly Approved<VenueCommand>[];
}

/** An order as the exchange tells it, over REST list or stream. */
export interface VenueOrder {
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  readonly initial: Quantity;
  readonly filled: Quantity;
  readonly remaining: Quantity;
  readonly status: 'resting' | 'cancelled' | 'executed' | 'unknown';
  readonly expiresAt: EpochUs | null;
  readonly group: OrderGroupId | null;
  /** When the exchange last changed it, by its own clock; missing where it does not say. Older words may come later. */
  readonly updatedAt?: EpochUs;
}

export interface FillReport {
  readonly fillId: FillId;
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  /** Contracts executed, positive. */
  readonly quantity: Quantity;
  readonly fee: Cash;
  readonly role: 'maker' | 'taker';
  /** Signed position after the fill as the exchange counts it; null where it does not say (REST). */
  readonly positionAfter: Quantity | null;
  readonly exchangeAt: EpochUs;
}

export interface VenuePosition {
  readonly market: MarketIndex;
  readonly position: Quantity;
  /** Cost of the open position as the exchange states it (`market_exposure_dollars`), positive. */
  readonly cost: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
}
