/** Snapshots of the exchange's records for the outside. */
import type { FeeTerms } from '../../domain/fees.js';
import { quantity, seconds, ZERO_QUANTITY, type EpochUs, type Quantity } from '../../domain/units.js';
import type { EventState, Group, MarketState, Order, Position } from './records.js';
import type { BookView, EventView, GroupView, MarketView, OrderView, PositionView, TickerView } from './types.js';

export const orderView = (order: Order): OrderView => {
  const { market, wallet } = order.position;
  return {
    orderId: order.id,
    account: wallet.account.id,
    clientOrderId: order.clientId,
    ticker: market.ticker,
    event: market.event.listing.ticker,
    shard: market.shard,
    subaccount: wallet.subaccount,
    side: order.side,
    status: order.status,
    price: order.price,
    payout: market.grid.payout,
    initial: order.initial,
    filled: order.filled,
    remaining: order.remaining,
    takerCost: order.takerCost,
    makerCost: order.makerCost,
    takerFees: order.takerFees,
    makerFees: order.makerFees,
    expiresAt: order.expiresAt,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    selfTrade: order.selfTrade,
    group: order.group?.id ?? null,
    cancelOnPause: order.cancelOnPause,
    reason: order.reason,
  };
};

export const positionView = (position: Position): PositionView => ({
  account: position.wallet.account.id,
  ticker: position.market.ticker,
  event: position.market.event.listing.ticker,
  shard: position.wallet.shard,
  subaccount: position.wallet.subaccount,
  quantity: position.quantity,
  cost: position.cost,
  realized: position.realized,
  fees: position.fees,
  openFees: position.openFees,
  traded: position.traded,
  volume: position.volume,
  settled: position.settled,
  at: position.updatedAt,
});

export const groupView = (group: Group): GroupView => ({
  group: group.id,
  subaccount: group.subaccount,
  shard: group.shard,
  limit: group.limit,
  active: group.active,
  orders: [...group.orders].map((order) => order.id),
});

export const tickerView = (market: MarketState): TickerView => {
  const bid = market.book.best('bid');
  const ask = market.book.best('ask');
  return {
    bid: bid?.price ?? null,
    ask: ask?.price ?? null,
    bidSize: bid?.total ?? ZERO_QUANTITY,
    askSize: ask?.total ?? ZERO_QUANTITY,
    last: market.last,
    lastSize: market.lastSize,
    volume: market.volume,
    openInterest: market.openInterest,
    turnover: market.turnover,
  };
};

/** An event's own fee terms where it has any, else those of its series. */
export const feeTermsOf = (event: EventState): FeeTerms => ({
  type: event.override?.type ?? event.series.fees.type,
  multiplierMicros: event.override?.multiplierMicros ?? event.series.fees.multiplierMicros,
});

const HOUR = seconds(3600);

export const hourOf = (at: EpochUs): number => Math.floor(at / HOUR);

const volumeOfDay = (market: MarketState, now: EpochUs): Quantity =>
  quantity(market.hours.reduce((sum, { hour, volume }) => (hour > hourOf(now) - 24 ? sum + volume : sum), 0));

export const marketView = (market: MarketState, now: EpochUs): MarketView => ({
  listing: market.listing,
  ticker: market.ticker,
  event: market.event.listing.ticker,
  series: market.event.listing.series,
  shard: market.shard,
  status: market.status,
  structure: market.structure,
  grid: market.grid,
  payout: market.grid.payout,
  mutuallyExclusive: market.event.listing.mutuallyExclusive,
  fees: feeTermsOf(market.event),
  opensAt: market.opensAt,
  closesAt: market.closesAt,
  updatedAt: market.updatedAt,
  ticks: tickerView(market),
  volume24h: volumeOfDay(market, now),
  result: market.result === null ? null : market.result.kind === 'void' ? 'scalar' : market.result.kind,
  settlementValue: market.settlementValue,
  determinedAt: market.determinedAt,
  settledAt: market.settledAt,
});

export const eventView = (event: EventState): EventView => ({
  listing: event.listing,
  ticker: event.listing.ticker,
  series: event.listing.series,
  shard: event.listing.shard,
  mutuallyExclusive: event.listing.mutuallyExclusive,
  feeOverride: event.override,
  markets: event.markets.map((market) => market.ticker),
});

export const bookView = (market: MarketState, at: EpochUs): BookView => ({
  ticker: market.ticker,
  payout: market.grid.payout,
  bids: market.book.view('bid'),
  asks: market.book.view('ask'),
  at,
});
