/** What a strategy needs from a view, or the reason why the view does not give it. */
import type { NoQuote } from '../domain/actions.js';
import type { Estimate, MarketEstimates } from '../domain/estimates.js';
import { contractsOf, formatPrice, type Price } from '../domain/units.js';
import type { MarketView, Trail } from '../domain/view.js';

export interface Reading {
  /** In price units. */
  readonly mid: number;
  /** Mid shifted by the outside opinion, in price units. */
  readonly fair: number;
  /** Inventory in contracts, positive for long YES. */
  readonly contracts: number;
}

/** Answers a NoQuote (it has a `code`) where the book is one-sided or a number is none: a strategy then says so and does not throw. */
export const readView = (view: MarketView): Reading | NoQuote => {
  const { mid, alpha, inventory, market } = view;
  if (mid === null || view.bestBid === null || view.bestAsk === null) return { code: 'one-sided-book', text: emptySides(view) };
  if (view.bestBid >= view.bestAsk) return { code: 'crossed-book', text: crossed(view.bestBid, view.bestAsk) };
  if (!(mid > 0 && mid < market.payout)) return invalid('mid', mid, `a price between 0 and the payout ${market.payout}`);
  if (!Number.isFinite(alpha)) return invalid('alpha', alpha, 'a finite number of price units');
  if (!Number.isFinite(inventory)) return invalid('inventory', inventory, 'a finite quantity');
  return { mid, fair: mid + alpha, contracts: contractsOf(inventory) };
};

/** The reason for an input that is no sensible number. */
export const invalid = (what: string, received: number, expected: string): NoQuote => ({
  code: 'invalid-input',
  text: `${what} is ${received}, expected ${expected}`,
});

/** Names, units, and the least that makes sense: an estimate of zero is one, but nobody can quote without fills. */
const ESTIMATES: Readonly<Record<keyof MarketEstimates, { readonly name: string; readonly unit: string; readonly positive: boolean }>> = {
  beliefVolatility: { name: 'belief volatility', unit: 'per square root of a second', positive: false },
  jumpRate: { name: 'jump rate', unit: 'per second', positive: false },
  jumpSize: { name: 'jump size', unit: 'log-odds', positive: false },
  fillDecay: { name: 'fill decay', unit: 'per dollar', positive: true },
  fillIntensity: { name: 'fill intensity', unit: 'per second', positive: true },
};

/** The first of the named estimates that is none, in words; null where all are sound. */
export const invalidEstimates = (view: MarketView, needed: readonly (keyof MarketEstimates)[]): NoQuote | null => {
  for (const key of needed) {
    const { value } = view.estimates[key];
    const { name, positive } = ESTIMATES[key];
    if (!(Number.isFinite(value) && (positive ? value > 0 : value >= 0)))
      return invalid(name, value, positive ? 'a finite number above 0' : 'a finite number of at least 0');
  }
  return null;
};

/** Seconds to the close, 0 when it has come; a reason where nobody knows. */
export const timeToClose = ({ secondsToClose }: MarketView): number | NoQuote => {
  if (secondsToClose === null)
    return { code: 'no-close-time', text: 'the finite horizon needs the time of the close, which this market does not state' };
  return Number.isFinite(secondsToClose) ? Math.max(0, secondsToClose) : invalid('time to close', secondsToClose, 'a number of seconds');
};

/** For the models that know prices only. */
export const invalidVolatility = ({ volatility }: MarketView): NoQuote | null =>
  volatility >= 0 && Number.isFinite(volatility) ? null : invalid('volatility', volatility, 'a finite number of at least 0');

/** Whether the time to the settlement and the outside price are numbers at all. */
export const invalidOutlook = ({ secondsToSettlement, valuation }: MarketView): NoQuote | null => {
  if (secondsToSettlement !== null && !Number.isFinite(secondsToSettlement))
    return invalid('time to settlement', secondsToSettlement, 'a number of seconds');
  const belief = valuation?.beliefVolatility ?? 0;
  return Number.isFinite(belief) && belief >= 0
    ? null
    : invalid('belief volatility of the valuation', belief, 'a finite number of at least 0');
};

/** Tells what a quote is made from, with the errors of what was learnt. */
export const tellInputs = (trail: Trail, view: MarketView, needed: readonly (keyof MarketEstimates)[]): void => {
  trail.input('inventory', contractsOf(view.inventory), 'contracts');
  for (const key of needed) {
    const { value, error }: Estimate = view.estimates[key];
    trail.input(ESTIMATES[key].name, value, ESTIMATES[key].unit, error);
  }
  if (view.valuation !== null)
    trail.input(`value by ${view.valuation.source}`, view.valuation.probability, '', view.valuation.standardError);
  if (view.secondsToSettlement !== null) trail.input('time to settlement', view.secondsToSettlement, 'seconds');
};

const crossed = (bid: Price, ask: Price): string => `the best bid ${formatPrice(bid)} is not below the best ask ${formatPrice(ask)}`;

const emptySides = (view: MarketView): string => {
  if (view.bestBid === null && view.bestAsk === null) return 'the book is empty but for our own orders, so it has no mid';
  if (view.bestBid === null) return 'nobody else bids, so the book has no mid';
  if (view.bestAsk === null) return 'nobody else offers, so the book has no mid';
  return 'both sides have a best price but no mid was given';
};
