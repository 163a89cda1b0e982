/** The default: quotes that know that a contract ends at nothing or at its payout. Quoting reference c, with g for related outcomes. */
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { sigmoid } from './models/log-odds.js';
import { boundedQuotes, leaningOdds, shifted } from './models/bounded.js';
import {
  beliefVariance,
  borneShare,
  borneShareRaw,
  heldFor,
  revealedShare,
  staleAllowance,
  type HoldingTerms,
} from './models/held-risk.js';
import { linkedOdds } from './linked.js';
import { Memo } from './memo.js';
import { makeTarget, refused } from './quote-rounding.js';
import { invalidEstimates, invalidOutlook, readView, tellInputs, type Reading } from './reading.js';

const NEEDED = ['beliefVolatility', 'jumpRate', 'jumpSize', 'fillDecay'] as const;

type Settings = Extract<StrategySettings, { readonly name: 'bounded' }>;

export class Bounded implements Strategy {
  readonly name = 'bounded';
  readonly linksOutcomes: boolean;
  readonly #settings: Settings;
  readonly #lot: number;
  /** phi_d depends on price and news only, and both repeat. */
  readonly #revealed = new Memo(revealedShare);

  constructor(settings: Settings) {
    assert(settings.riskAversion >= 0 && Number.isFinite(settings.riskAversion), 'risk aversion must be a finite number of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    assert(settings.holding > 0 && Number.isFinite(settings.holding), 'holding time must be above 0 seconds');
    for (const key of ['earlySettlement', 'staleAllowance', 'requote'] as const)
      assert(settings[key] >= 0 && Number.isFinite(settings[key]), `${key} must be a finite number of at least 0`);
    this.#settings = settings;
    this.linksOutcomes = settings.linkOutcomes;
    this.#lot = contractsOf(settings.lot);
  }

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    trail?.step('mid', reading.mid, reading.mid);
    const why = invalidEstimates(view, NEEDED) ?? invalidOutlook(view);
    if (why !== null) return refused(why, reading.fair, trail);
    return this.#solve(reading, view, trail);
  }

  /** The model counts money in payouts, the view in price units: here they meet. */
  #solve(reading: Reading, view: MarketView, trail: Trail | undefined): Target {
    const { riskAversion } = this.#settings;
    const { payout } = view.market;
    const dollars = dollarsOfPrice(payout);
    const probability = shifted(reading.mid / payout, view.alpha / payout);
    const terms = this.#terms(probability, view);
    const share = this.#share(terms);
    const risk = riskAversion * dollars * share;
    const alone = leaningOdds(reading.contracts, probability, risk);
    const linked = this.#settings.linkOutcomes ? linkedOdds(view, probability, risk) : null;
    if (linked !== null && typeof linked !== 'number') return refused(linked, probability * payout, trail);
    const allowance = this.#allowance(terms, view);
    const quotes = boundedQuotes(
      {
        probability,
        inventory: reading.contracts,
        riskAversion: riskAversion * dollars,
        risk,
        fillDecay: view.estimates.fillDecay.value * dollars,
        lot: this.#lot,
        staleAllowance: allowance,
      },
      linked ?? alone,
    );
    const { reservation, lotBid, lotAsk, halfSpread, bid, ask } = quotes;
    if (trail !== undefined) {
      tellInputs(trail, view, NEEDED);
      trail.input('belief volatility in force', terms.beliefVolatility, 'per square root of a second');
      trail.input('share of the variance borne', share, '');
      trail.input('reservation price', reservation * payout, 'price units');
      const step = (name: string, low: number, high: number): void => trail.step(name, low * payout, high * payout);
      step('alpha', probability, probability);
      step('inventory', sigmoid(alone), sigmoid(alone));
      if (linked !== null) step('related outcomes', reservation, reservation);
      step('lot', lotBid, lotAsk);
      step('half-spread', lotBid - halfSpread, lotAsk + halfSpread);
      step('stale allowance', bid, ask);
    }
    return makeTarget(
      {
        fair: probability * payout,
        reservation: reservation * payout,
        bid: bid * payout,
        ask: ask * payout,
        costs: 'added',
        fills: { decay: view.estimates.fillDecay.value / PRICE_PER_DOLLAR, bidWorth: lotBid * payout, askWorth: lotAsk * payout },
      },
      view,
      this.#settings,
      trail,
    );
  }

  /** An index that drives the market knows its belief volatility better than a book that follows it; the larger of both counts. */
  #terms(probability: number, { estimates, valuation, secondsToSettlement }: MarketView): HoldingTerms {
    return {
      probability,
      beliefVolatility: Math.max(estimates.beliefVolatility.value, valuation?.beliefVolatility ?? 0),
      jumpRate: estimates.jumpRate.value,
      jumpSize: estimates.jumpSize.value,
      toSettlement: secondsToSettlement,
      holding: this.#settings.holding,
      earlySettlement: this.#settings.earlySettlement,
    };
  }

  /** phi: theta / gamma. */
  #share(terms: HoldingTerms): number {
    const revealed = this.#revealed.of(terms.probability, beliefVariance(terms) * heldFor(terms));
    return this.#settings.variance === 'raw' ? borneShareRaw(terms, revealed) : borneShare(terms, revealed);
  }

  #allowance({ probability, beliefVolatility }: HoldingTerms, view: MarketView): number {
    const { staleAllowance: part, staleIn, requote } = this.#settings;
    return staleIn === 'indexed' && view.valuation === null ? 0 : staleAllowance(part, probability, beliefVolatility, requote);
  }
}
