/** An order on paper and what becomes of it. */
import type { FeeAccumulator } from '../domain/fees.js';
import type { ClientOrderId, MarketIndex, VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { VenueOrder } from '../domain/order.js';
import { addQuantity, subtractQuantity, type EpochUs, type Price, type Quantity } from '../domain/units.js';

export interface PaperOrder {
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly postOnly: boolean;
  readonly cancelOnPause: boolean;
  price: Price;
  filled: Quantity;
  remaining: Quantity;
  expiresAt: EpochUs | null;
  /** The market's count of public messages when it took its present place: it has no part in what was before. */
  since: number;
  readonly fees: FeeAccumulator;
}

/** Part of an order that traded, at the price at which it did. */
export interface PaperExecution {
  readonly order: PaperOrder;
  readonly price: Price;
  readonly quantity: Quantity;
}

/** True where an order at `at` on the other side would trade with ours at `ours`. */
export const reaches = (side: BookSide, ours: Price, at: Price): boolean => (side === 'bid' ? at <= ours : at >= ours);
/** True where `at` lies beyond our price: whoever traded there would have met us first. */
export const passes = (side: BookSide, ours: Price, at: Price): boolean => (side === 'bid' ? at < ours : at > ours);

export const fillOrder = (order: PaperOrder, size: Quantity): void => {
  order.filled = addQuantity(order.filled, size);
  order.remaining = subtractQuantity(order.remaining, size);
};

/** The order as the exchange would list it. */
export const listed = (order: PaperOrder, status: VenueOrder['status'] = 'resting'): VenueOrder => ({
  orderId: order.orderId,
  clientId: order.clientId,
  market: order.market,
  side: order.side,
  price: order.price,
  initial: addQuantity(order.filled, order.remaining),
  filled: order.filled,
  remaining: order.remaining,
  status,
  expiresAt: order.expiresAt,
  group: null,
});
