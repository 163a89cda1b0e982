/** The single checks before an order leaves. Each looks at one thing and answers null, or what is wrong with the number, the limit and the setting's name. */
import type { BookSide, Market } from '../domain/market.js';
import type { RiskSettings } from '../domain/settings.js';
import {
  between,
  cash,
  dollarsOfPrice,
  formatCash,
  formatPrice,
  formatQuantity,
  quantity,
  toSeconds,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import type { WorstCases } from './exposure.js';
import type { Violation } from './violation.js';

export const checkMarketOpen = (market: Market, now: EpochUs, stopBeforeClose: DurationUs): Violation | null => {
  if (market.status !== 'active')
    return { code: 'market-not-open', text: `market is ${market.status}, orders are accepted in active only` };
  if (market.closesAt === null) return null;
  const left = between(now, market.closesAt);
  if (left > stopBeforeClose) return null;
  return {
    code: 'near-close',
    text: `closes in ${toSeconds(left).toFixed(0)} s, no quotes in the last ${toSeconds(stopBeforeClose)} s (engine.stop_before_close_seconds)`,
  };
};

export const checkBook = (problem: string | null): Violation | null =>
  problem === null ? null : { code: 'book', text: `the book cannot be trusted: ${problem}` };

export const checkGrid = (market: Market, at: Price): Violation | null =>
  market.grid.has(at) ? null : { code: 'off-grid', text: `price ${formatPrice(at)} is not on the market's grid` };

export const checkBand = (settings: RiskSettings, at: Price): Violation | null => {
  const { low, high } = settings.band;
  if (at >= low && at <= high) return null;
  return {
    code: 'band',
    text: `price ${formatPrice(at)} outside ${formatPrice(low)} to ${formatPrice(high)} (risk.band_low_cents, risk.band_high_cents)`,
  };
};

/** Without a mid there is nothing to measure the price against, so it does not pass. */
export const checkCollar = (settings: RiskSettings, at: Price, mid: number | null): Violation | null => {
  if (mid === null)
    return {
      code: 'collar',
      text: `price ${formatPrice(at)} cannot be held against a mid: one side of the book is empty (risk.collar_cents)`,
    };
  const distance = Math.abs(at - mid);
  if (distance <= settings.collar) return null;
  return {
    code: 'collar',
    text: `price ${formatPrice(at)} is ${decimal(distance)} from the mid ${decimal(mid)}, limit ${formatPrice(settings.collar)} (risk.collar_cents)`,
  };
};

/** An order of nothing is as wrong as one that is too large. */
export const checkSize = (settings: RiskSettings, size: Quantity): Violation | null => {
  if (size <= 0) return { code: 'order-size', text: `order of ${formatQuantity(size)} contracts` };
  if (size <= settings.orderSizeMax) return null;
  return {
    code: 'order-size',
    text: `order of ${formatQuantity(size)} contracts, limit ${formatQuantity(settings.orderSizeMax)} (risk.order_size_max_contracts)`,
  };
};

export const checkPostOnly = (side: BookSide, at: Price, bestBid: Price | null, bestAsk: Price | null): Violation | null => {
  const against = side === 'bid' ? bestAsk : bestBid;
  if (against === null || (side === 'bid' ? at < against : at > against)) return null;
  return { code: 'post-only', text: `${side} ${formatPrice(at)} would trade with ${formatPrice(against)} at once (execution.post_only)` };
};

/** @param own the most aggressive price at which an order of this account may rest on the other side */
export const checkSelfCross = (side: BookSide, at: Price, own: Price | null): Violation | null => {
  if (own === null || (side === 'bid' ? at < own : at > own)) return null;
  return { code: 'self-cross', text: `${side} ${formatPrice(at)} would meet our own order at ${formatPrice(own)}` };
};

export const checkOpenOrders = (settings: RiskSettings, open: number): Violation | null =>
  open < settings.openOrdersMax
    ? null
    : { code: 'open-orders', text: `${open} orders are open, limit ${settings.openOrdersMax} (risk.open_orders_max)` };

/**
 * Position and capital limits in the worst case. What does not make a worst case worse passes even beyond the limit, so that a position that is too large can
 * be reduced. For the sums over markets it must then add to neither side of its own: a worst case is the larger of several, and what is larger now may be about to be cancelled.
 * One exception is real: where outcomes exclude each other, closing one position at a loss can take a hedge from another; the capital limit then says no.
 */
export const checkWorstCases = (settings: RiskSettings, before: WorstCases, after: WorstCases): Violation | null => {
  const moreLong = after.longs > before.longs;
  const moreShort = after.shorts > before.shorts;
  const { positionMaxPerMarket } = settings;
  if ((moreLong && after.longs > positionMaxPerMarket) || (moreShort && after.shorts > positionMaxPerMarket))
    return contracts(
      'position-market',
      'this market',
      moreLong ? after.longs : after.shorts,
      positionMaxPerMarket,
      'risk.position_max_contracts',
    );
  const grows = moreLong || moreShort;
  if (after.event > settings.positionMaxPerEvent && (grows || after.event > before.event))
    return contracts('position-event', 'this event', after.event, settings.positionMaxPerEvent, 'risk.position_max_event_contracts');
  if (after.account > settings.positionMaxPerAccount && (grows || after.account > before.account))
    return contracts(
      'position-account',
      'the account',
      after.account,
      settings.positionMaxPerAccount,
      'risk.position_max_account_contracts',
    );
  const { settlementLossMaxPerMarket, settlementLossMaxPerEvent, capitalMax } = settings;
  // A worse price for the same size costs more too. Where no side can be left open at settlement, what a closing costs is for the limits of losses to judge.
  const worseIfNo = after.longs > 0 && after.ifNo > before.ifNo && after.ifNo > settlementLossMaxPerMarket;
  const worseIfYes = after.shorts > 0 && after.ifYes > before.ifYes && after.ifYes > settlementLossMaxPerMarket;
  if (worseIfNo || worseIfYes)
    return money(
      'settlement-market',
      'at the settlement of this market',
      worseIfNo ? after.ifNo : after.ifYes,
      settlementLossMaxPerMarket,
      'risk.settlement_loss_max_market_dollars',
    );
  if (after.eventLoss > settlementLossMaxPerEvent && (grows || after.eventLoss > before.eventLoss))
    return money(
      'settlement-event',
      'by the worst outcome of this event',
      after.eventLoss,
      settlementLossMaxPerEvent,
      'risk.settlement_loss_max_event_dollars',
    );
  if (after.loss > capitalMax && (grows || after.loss > before.loss))
    return money('capital', 'in all events together', after.loss, capitalMax, 'risk.capital_max_dollars');
  return null;
};

export const isWithinLimits = (settings: RiskSettings, worst: WorstCases): boolean =>
  worst.market <= settings.positionMaxPerMarket &&
  worst.event <= settings.positionMaxPerEvent &&
  worst.account <= settings.positionMaxPerAccount &&
  worst.ifNo <= settings.settlementLossMaxPerMarket &&
  worst.ifYes <= settings.settlementLossMaxPerMarket &&
  worst.eventLoss <= settings.settlementLossMaxPerEvent &&
  worst.loss <= settings.capitalMax;

const money = (code: string, where: string, worst: number, limit: Cash, key: string): Violation => ({
  code,
  text: `${formatCash(cash(worst))} dollars would be at risk ${where}, limit ${formatCash(limit)} (${key})`,
});

const contracts = (code: string, where: string, worst: number, limit: Quantity, key: string): Violation => ({
  code,
  text: `${formatQuantity(quantity(worst))} contracts in ${where} in the worst case, limit ${formatQuantity(limit)} (${key})`,
});

/** A price or distance that may lie between prices, for people. */
const decimal = (value: number): string => dollarsOfPrice(value as Price).toFixed(5);
