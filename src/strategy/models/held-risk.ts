/**
 * How much of a contract's variance p(1 - p) a maker really bears who trades positions away again. Quoting reference c.4.
 * Times in seconds, rates per second.
 */
import { inside, logOdds } from './log-odds.js';

const STEP = 0.25;
const REACH = 9;
const POINTS = (2 * REACH) / STEP + 1;

/** Weights of a standard normal at -9, -8.75 .. 9: the error of (c6) is below 1e-9 for v up to 4 and below 1e-6 for any. */
const WEIGHTS = ((): Float64Array => {
  const weights = Float64Array.from({ length: POINTS }, (_, i) => Math.exp(-0.5 * (i * STEP - REACH) ** 2));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
})();

/** With so much to come, all is revealed; the exponentials below stay finite up to here. */
const ALL_REVEALED = 1000;

/**
 * (c6) phi_d = Var(p after v) / (p (1 - p)), exactly: given the outcome, log-odds are normal with mean x + v / 2 or x - v / 2 and variance v.
 * @param probability p
 * @param variance v: variance of the log-odds while the position is held, at least 0
 */
export const revealedShare = (probability: number, variance: number): number => {
  if (variance <= 0) return 0;
  if (variance >= ALL_REVEALED) return 1;
  const p = inside(probability);
  const x = logOdds(p);
  const sd = Math.sqrt(variance);
  // e^-(x +- v/2 + sd z) at the first point, and its factor from point to point: two exponentials instead of 146.
  const factor = Math.exp(-sd * STEP);
  let won = Math.exp(-(x + variance / 2 - sd * REACH));
  let lost = Math.exp(-(x - variance / 2 - sd * REACH));
  let square = 0;
  for (let i = 0; i < POINTS; i++) {
    const afterWin = 1 / (1 + won);
    const afterLoss = 1 / (1 + lost);
    square += (WEIGHTS[i] as number) * (p * afterWin * afterWin + (1 - p) * afterLoss * afterLoss);
    won *= factor;
    lost *= factor;
  }
  return Math.max(0, Math.min(1, (square - p * p) / (p * (1 - p))));
};

/** The cheap way: good for p in [0.2, 0.8] and v up to 1, and too low in the tails. */
export const revealedShareRough = (probability: number, variance: number): number =>
  -Math.expm1(-probability * (1 - probability) * variance);

export interface HoldingTerms {
  /** p. */
  readonly probability: number;
  /** sigma_b, per square root of a second. */
  readonly beliefVolatility: number;
  /** lambda_J, per second. */
  readonly jumpRate: number;
  /** s_J, of the log-odds. */
  readonly jumpSize: number;
  /** tau: seconds until settlement; null where nobody knows. */
  readonly toSettlement: number | null;
  /** H: seconds until a position has been traded away. */
  readonly holding: number;
  /** nu: settlements before their time, per second. */
  readonly earlySettlement: number;
}

/** Variance of the log-odds per second: diffusion and jumps. */
export const beliefVariance = ({ beliefVolatility, jumpRate, jumpSize }: HoldingTerms): number =>
  beliefVolatility * beliefVolatility + jumpRate * jumpSize * jumpSize;

/** h = min(tau, H). */
export const heldFor = ({ toSettlement, holding }: HoldingTerms): number =>
  toSettlement === null ? holding : Math.max(0, Math.min(toSettlement, holding));

/**
 * (c7) phi: revealed while held, or settled early while held, or still held at the settlement.
 * @param share the part that is revealed (c6); handed in so that it may be remembered
 */
export const borneShare = (terms: HoldingTerms, share: number): number => {
  const early = share + (1 - share) * -Math.expm1(-terms.earlySettlement * heldFor(terms));
  return terms.toSettlement === null ? early : early + (1 - early) * Math.exp(-Math.max(0, terms.toSettlement) / terms.holding);
};

/** No market is so fast that the raw variance counts for more than this many whole budgets. */
const RAW_MOST = 4;

/** `raw variance`: at least p (1 - p) times the variance over the holding time, for markets that move fast. */
export const borneShareRaw = (terms: HoldingTerms, share: number): number => {
  const { probability: p, holding } = terms;
  return Math.min(RAW_MOST, Math.max(borneShare(terms, share), p * (1 - p) * beliefVariance(terms) * holding));
};

/** w = c p (1 - p) sigma_b sqrt(t): what the price moves from one quote to the next, c standard deviations of it. */
export const staleAllowance = (part: number, probability: number, beliefVolatility: number, requote: number): number =>
  part * probability * (1 - probability) * beliefVolatility * Math.sqrt(requote);
