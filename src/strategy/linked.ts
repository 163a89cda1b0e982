/** What positions in related outcomes add to the lean of one market. Quoting reference g. */
import type { NoQuote } from '../domain/actions.js';
import { contractsOf } from '../domain/units.js';
import type { MarketView, RelatedMarkets } from '../domain/view.js';
import { logOdds } from './models/log-odds.js';
import { bucketPositions, bucketsOf, repairedSurvivals } from './models/nested-strikes.js';
import { inventoryLean, normalised } from './models/outcomes.js';
import { invalid } from './reading.js';

/**
 * Log-odds of r_i of all outcomes together (g2) around the fair value of this market: the others only lean, they do not move what the market itself is taken to be
 * worth. For exclusive outcomes that is (g2) to the letter, with the probabilities of the others scaled to what this one leaves.
 * @param probability p of the market that is quoted, after every opinion
 * @param risk theta per payout
 * @returns null where the market stands alone: nothing related, or mids that do not add up
 */
export const linkedOdds = (view: MarketView, probability: number, risk: number): number | null | NoQuote => {
  const { related } = view;
  if (related === null) return null;
  const why = senseless(related);
  if (why !== null) return why;
  const held = related.markets.map(({ contracts }, k) => (k === related.own ? contractsOf(view.inventory) : contracts));
  const lean = leanOf(related, held, risk);
  return Number.isFinite(lean) ? logOdds(probability) + lean : null;
};

/** Change of the log-odds by all that is held; NaN where the outcomes cannot be linked. */
const leanOf = ({ kind, markets, own }: RelatedMarkets, held: readonly number[], risk: number): number => {
  const mids = markets.map(({ probability }) => probability);
  if (kind === 'nested') return inventoryLean(bucketsOf(repairedSurvivals(mids)), bucketPositions(held), (bucket) => bucket > own, risk);
  const probabilities = normalised(mids);
  return probabilities === null ? NaN : inventoryLean(probabilities, held, (k) => k === own, risk);
};

const senseless = ({ markets, own }: RelatedMarkets): NoQuote | null => {
  if (markets[own] === undefined) return invalid('place among related markets', own, `an index below ${markets.length}`);
  for (const { probability, contracts } of markets) {
    if (!(probability >= 0 && probability <= 1)) return invalid('probability of a related market', probability, 'a number from 0 to 1');
    if (!Number.isFinite(contracts)) return invalid('inventory of a related market', contracts, 'a finite number of contracts');
  }
  return null;
};
