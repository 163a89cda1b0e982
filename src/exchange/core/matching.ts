/** Price-time priority matching with self-trade prevention: exchange reference 4.1. */
import { assert } from '../../domain/errors.js';
import { opposite, type BookSide } from '../../domain/market.js';
import { minQuantity, quantity, addCash, type Price, type Quantity } from '../../domain/units.js';
import { bookFill, reserve, turnoverOf } from './booking.js';
import type { BookLevel } from './book.js';
import { cancelResting, forget } from './cancelling.js';
import { countMatch } from './groups.js';
import type { Kernel } from './kernel.js';
import type { MarketState, Match, Order } from './records.js';
import type { FillView, TradeView } from './types.js';
import { hourOf } from './views.js';

const reaches = (side: BookSide, limit: Price, price: Price): boolean => (side === 'bid' ? price <= limit : price >= limit);

const firstOf = (level: BookLevel<Order>): Order => {
  for (const order of level.orders) return order;
  assert(false, 'a level without orders');
};

/** What a fill-or-kill order would find: enough, too little, or an own order in its way before either is known. */
export const restingVolume = (order: Order): 'enough' | 'too-little' | 'own-order' => {
  const { market, wallet } = order.position;
  const levels = market.book.levels(opposite(order.side));
  let found = 0;
  for (let i = levels.length - 1; i >= 0; i--) {
    const level = levels[i] as BookLevel<Order>;
    if (!reaches(order.side, order.price, level.price)) break;
    for (const maker of level.orders) {
      if (maker.wallet.account === wallet.account) return 'own-order';
      found += maker.remaining;
      if (found >= order.remaining) return 'enough';
    }
  }
  return 'too-little';
};

const recordTrade = (kernel: Kernel, market: MarketState, trade: TradeView, match: Match): void => {
  market.last = trade.price;
  market.lastSize = trade.quantity;
  market.volume = quantity(market.volume + trade.quantity);
  market.turnover = addCash(market.turnover, turnoverOf(match, market.grid.payout));
  market.trades.push(trade);
  // Dropped in blocks, so that the list is not shifted at every trade.
  if (market.trades.length > 2 * kernel.settings.tradesKept) market.trades.splice(0, market.trades.length - kernel.settings.tradesKept);
  const hour = hourOf(kernel.now);
  const latest = market.hours.at(-1);
  if (latest?.hour === hour) latest.volume = quantity(latest.volume + trade.quantity);
  else market.hours.push({ hour, volume: trade.quantity });
  if (market.hours.length > 25) market.hours.shift();
};

const tellFill = (kernel: Kernel, order: Order, fill: FillView): void => {
  const { account } = order.wallet;
  if (account.keepsHistory) {
    account.fills.push(fill);
    const kept = kernel.settings.historyKept;
    if (account.fills.length > kept * 1.25) account.fills.splice(0, account.fills.length - kept);
  }
  kernel.publish({ type: 'fill', at: kernel.now, account: account.id, fill });
  // A taker's order is told once, when all its matching is done (so recorded); a resting one at every fill.
  if (fill.role === 'maker') kernel.orderChanged(order, 'Trade');
  kernel.positionChanged(order.position);
};

const matchOnce = (kernel: Kernel, taker: Order, maker: Order, limit: Quantity): Quantity => {
  const { market } = taker.position;
  const size = minQuantity(minQuantity(taker.remaining, maker.remaining), limit);
  const match: Match = { tradeId: kernel.newTradeId(), price: maker.price, quantity: size };
  const done = size === maker.remaining;
  if (done) market.book.remove(maker);
  else market.book.resize(maker, quantity(-size));
  kernel.bookChanged(maker, maker.price, quantity(-size));
  const makerFill = bookFill(kernel, maker, match, 'maker');
  const takerFill = bookFill(kernel, taker, match, 'taker');
  if (done) {
    maker.status = 'executed';
    forget(kernel, maker);
  } else reserve(kernel, maker);
  if (taker.remaining === 0) taker.status = 'executed';
  const trade: TradeView = {
    tradeId: match.tradeId,
    ticker: market.ticker,
    price: match.price,
    payout: market.grid.payout,
    quantity: size,
    takerSide: taker.side,
    at: kernel.now,
  };
  recordTrade(kernel, market, trade, match);
  kernel.publish({ type: 'trade', at: kernel.now, trade });
  tellFill(kernel, maker, makerFill);
  tellFill(kernel, taker, takerFill);
  kernel.endMoment();
  if (maker.group !== null) countMatch(kernel, maker.group, size);
  if (taker.group !== null) countMatch(kernel, taker.group, size);
  return size;
};

/** Why matching stopped: nothing left to meet, an own order, the group was triggered by these fills, or the allowed size was reached. */
export type MatchEnd = 'done' | 'self-trade' | 'group-triggered' | 'capped';

/**
 * Matches an incoming order against the book until one of them is exhausted. The order itself must not rest.
 * @param cap most contracts it may take (reduce-only)
 */
export const matchIncoming = (kernel: Kernel, taker: Order, cap: Quantity): MatchEnd => {
  const { market, wallet } = taker.position;
  let allowed: number = cap;
  while (taker.remaining > 0) {
    const level = market.book.best(opposite(taker.side));
    if (level === null || !reaches(taker.side, taker.price, level.price)) return 'done';
    if (allowed <= 0) return 'capped';
    const maker = firstOf(level);
    if (maker.wallet.account === wallet.account) {
      if (taker.selfTrade === 'taker-at-cross') return 'self-trade';
      cancelResting(kernel, maker, 'SelfTradeCancel');
      continue;
    }
    allowed -= matchOnce(kernel, taker, maker, quantity(allowed));
    if (taker.group !== null && !taker.group.active) return 'group-triggered';
  }
  return 'done';
};
