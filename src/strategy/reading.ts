/** What a strategy needs from a view, or the reason why the view does not give it. */
import type { NoQuote } from '../domain/actions.js';
import { contractsOf } from '../domain/units.js';
import type { MarketView } from '../domain/view.js';

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

const emptySides = (view: MarketView): string => {
  if (view.bestBid === null && view.bestAsk === null) return 'the book is empty but for our own orders, so it has no mid';
  if (view.bestBid === null) return 'nobody else bids, so the book has no mid';
  if (view.bestAsk === null) return 'nobody else offers, so the book has no mid';
  return 'both sides have a best price but no mid was given';
};
