/**
 * The bounded model: exact indifference prices of a contract that pays 1 or nothing, for a maker with exponential utility. Prices stay between 0 and 1
 * whatever is held, and the risk is the variance that is left to be revealed, never more. Quoting reference c.3 and c.5, our own derivation; (c4) is also
 * the curve of Hanson's logarithmic market scoring rule with liquidity 1 / theta.
 *
 * Money is counted in payouts: a contract is worth 1 where it settles YES.
 */
import { staticHalfSpread } from './half-spread.js';
import { clamp, logOdds, sigmoid } from './log-odds.js';

/** Below this theta |z| the series is exact to the last digit, and the logarithm would lose them. */
const SERIES_BELOW = 1e-8;
/** Beyond this theta |z| the exponential of a short position nears what a double can hold. */
const OTHER_SIDE_BEYOND = 30;

/**
 * (c3) C(z) = -(1 / theta) ln(1 - p + p e^(-theta z)): what holding z contracts to settlement is worth for certain.
 * @param contracts z, signed
 * @param probability p in [0, 1]
 * @param risk theta, at least 0
 */
export const certaintyEquivalent = (contracts: number, probability: number, risk: number): number => {
  const exponent = risk * contracts;
  if (Math.abs(exponent) < SERIES_BELOW) return contracts * probability * (1 - 0.5 * exponent * (1 - probability));
  // Short of YES is long of NO plus cash.
  if (exponent < -OTHER_SIDE_BEYOND) return contracts + certaintyEquivalent(-contracts, 1 - probability, risk);
  return -Math.log1p(probability * Math.expm1(-exponent)) / risk;
};

/** Log-odds of (c4), x - theta q. */
export const leaningOdds = (contracts: number, probability: number, risk: number): number => logOdds(probability) - risk * contracts;

/** (c4) r(q) = C'(q) = S(x - theta q): what a first small piece more or less is worth. */
export const marginalPrice = (contracts: number, probability: number, risk: number): number =>
  sigmoid(leaningOdds(contracts, probability, risk));

export interface LotPrices {
  /** Most that a lot more is worth, per contract. */
  readonly bid: number;
  /** Least for which a lot is given away, per contract. */
  readonly ask: number;
}

/** From here on differences of the softened steps are as exact as the logarithm, which then loses the other side. */
const STEPS_BEYOND = 1;

/** ln(1 + e^y). */
const softplus = (y: number): number => (y > 0 ? y + Math.log1p(Math.exp(-y)) : Math.log1p(Math.exp(y)));

/**
 * (c5) r_bid = [C(q + D) - C(q)] / D and r_ask = [C(q) - C(q - D)] / D. The difference is taken under the logarithm, where nothing cancels: r_bid is C(D) / D
 * of a contract of probability r(q). A large lot needs C in log-odds instead, [softplus(y) - softplus(y - theta D)] / theta with y those of r(q).
 * @param leaning log-odds of r(q), of this market alone (c4) or of all outcomes together (g2)
 */
export const lotPrices = (leaning: number, lot: number, risk: number): LotPrices => {
  const step = risk * lot;
  if (step <= STEPS_BEYOND) {
    const marginal = sigmoid(leaning);
    return { bid: certaintyEquivalent(lot, marginal, risk) / lot, ask: -certaintyEquivalent(-lot, marginal, risk) / lot };
  }
  const here = softplus(leaning);
  return { bid: (here - softplus(leaning - step)) / step, ask: (softplus(leaning + step) - here) / step };
};

/** An opinion moves the fair value before everything else, and never nearer to certainty than this unless the market itself is there. */
const SHIFTED_LEAST = 0.01;

/** p + a within [0.01, 0.99]; a market beyond that is moved inward only. */
export const shifted = (probability: number, shift: number): number =>
  shift === 0 ? probability : clamp(probability + shift, Math.min(SHIFTED_LEAST, probability), Math.max(1 - SHIFTED_LEAST, probability));

export interface BoundedInputs {
  /** p after every opinion. */
  readonly probability: number;
  /** q: contracts held, signed. */
  readonly inventory: number;
  /** gamma per payout: sets the half-spread. */
  readonly riskAversion: number;
  /** theta = gamma phi per payout: the risk that is borne (held-risk.ts). */
  readonly risk: number;
  /** kappa per payout. */
  readonly fillDecay: number;
  /** D: contracts per order. */
  readonly lot: number;
  /** w: added to each side. */
  readonly staleAllowance: number;
}

export interface BoundedQuotes {
  /** r(q). */
  readonly reservation: number;
  /** r_bid and r_ask. */
  readonly lotBid: number;
  readonly lotAsk: number;
  /** h0. */
  readonly halfSpread: number;
  /** (c9) without fee and least edge, which come with rounding. */
  readonly bid: number;
  readonly ask: number;
}

/** @param leaning log-odds of r(q) where other outcomes have a say in it (g2); those of this market alone otherwise */
export const boundedQuotes = (inputs: BoundedInputs, leaning?: number): BoundedQuotes => {
  const { risk, lot, staleAllowance } = inputs;
  const odds = leaning ?? leaningOdds(inputs.inventory, inputs.probability, risk);
  const reservation = sigmoid(odds);
  const { bid, ask } = lotPrices(odds, lot, risk);
  const halfSpread = staticHalfSpread(inputs);
  return {
    reservation,
    lotBid: bid,
    lotAsk: ask,
    halfSpread,
    bid: bid - halfSpread - staleAllowance,
    ask: ask + halfSpread + staleAllowance,
  };
};
