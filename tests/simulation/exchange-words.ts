/** The exchange's records in the words of the engine's facts, as the connector's decoders would make them. */
import type { MarketIndex } from '../../src/domain/ids.js';
import type { Market } from '../../src/domain/market.js';
import type { FillReport, VenueOrder } from '../../src/domain/order.js';
import type { FillView, MarketView, OrderView } from '../../src/exchange/core/types.js';

export const orderOf = (order: OrderView, market: MarketIndex): VenueOrder => ({
  orderId: order.orderId,
  clientId: order.clientOrderId,
  market,
  side: order.side,
  price: order.price,
  initial: order.initial,
  filled: order.filled,
  remaining: order.remaining,
  status: order.status === 'canceled' ? 'cancelled' : order.status,
  expiresAt: order.expiresAt,
  group: order.group,
});

/** As the stream tells it; over REST `clientId` and `positionAfter` are missing. */
export const fillOf = (fill: FillView, market: MarketIndex): FillReport => ({
  fillId: fill.tradeId,
  orderId: fill.orderId,
  clientId: fill.clientOrderId,
  market,
  side: fill.side,
  price: fill.price,
  quantity: fill.quantity,
  fee: fill.fee,
  role: fill.role,
  positionAfter: fill.positionAfter,
  exchangeAt: fill.at,
});

export const marketOf = (view: MarketView): Market => ({
  ticker: view.ticker,
  event: view.event,
  series: view.series,
  shard: view.shard,
  status: view.status,
  payout: view.payout,
  grid: view.grid,
  fees: view.fees,
  closesAt: view.closesAt,
  mutuallyExclusive: view.mutuallyExclusive,
  assumed: [],
});
