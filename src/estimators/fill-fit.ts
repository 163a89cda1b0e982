/** Fill intensity lambda(delta) = A e^(-kappa delta) from fills counted at tested distances (quoting reference e.2). */
import type { Estimate } from '../domain/estimates.js';

/** Fills at one distance. */
export interface FillCell {
  /** delta, in any unit of price; kappa comes out per that unit. */
  readonly distance: number;
  /** N: fills, counted in lots, so that parts of one are possible. */
  readonly fills: number;
  /** T: seconds for which a quote rested there, above 0. */
  readonly seconds: number;
}

export interface LogLinearFit {
  readonly decay: number;
  readonly intensity: number;
}

/**
 * Least squares of ln(N/T) = ln A - kappa delta over the cells that have fills.
 * @param weights `fills` gives each cell the weight of its count
 * @returns null where fewer than two distances have fills
 */
export const logLinearFit = (cells: readonly FillCell[], weights: 'equal' | 'fills'): LogLinearFit | null => {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (const { distance: x, fills, seconds } of cells) {
    if (!(fills > 0)) continue;
    const weight = weights === 'equal' ? 1 : fills;
    const y = Math.log(fills / seconds);
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const spread = w * wxx - wx * wx;
  if (!(spread > 1e-12 * w * wxx)) return null;
  const slope = (w * wxy - wx * wy) / spread;
  return { decay: -slope, intensity: Math.exp((wy - slope * wx) / w) };
};

/** What is believed of kappa before: worth so many fills whose depths were seen in full, each of which tells 1 / kappa^2. */
export interface DecayPrior {
  readonly decay: number;
  readonly fills: number;
}

export interface FillFit {
  readonly decay: Estimate;
  /** A of each group of cells, without any prior. */
  readonly intensities: readonly Estimate[];
}

const ITERATIONS_MAX = 100;

/**
 * Poisson maximum likelihood of kappa, common to all groups, with an A of its own for each group of cells: one group for both sides together, or one per side where
 * flow is one-sided. A drops out (A = sum N / sum T e^(-kappa delta)), and what is left is concave in kappa alone:
 *
 *     0 = sum_groups N (E[delta] - mean depth of the fills) - n0 (kappa - kappa0) / kappa0^2
 *
 * E over the group's weights T e^(-kappa delta). The last term is the prior; where depths are seen in full the answer is (n kappa^ + n0 kappa0) / (n + n0).
 * Cells without fills count. Standard errors come from the Fisher information.
 * @param bounds kappa stays within them
 * @returns null where there is neither a fill nor a prior, or where without a prior the fills lie all at one end: then no finite kappa is best
 */
export const fitFills = (
  groups: readonly (readonly FillCell[])[],
  options: { readonly prior?: DecayPrior; readonly bounds?: { readonly low: number; readonly high: number } } = {},
): FillFit | null => {
  const { prior } = options;
  const total = groups.flat().reduce((sum, { fills }) => sum + fills, 0);
  if (prior === undefined && (total <= 0 || !groups.some(isBetween))) return null;
  const [low, high] = [options.bounds?.low ?? -Infinity, options.bounds?.high ?? Infinity];
  const start = prior?.decay ?? logLinearFit(groups.flat(), 'fills')?.decay ?? 0;
  const decay = Math.min(high, Math.max(low, solve(groups, prior, start)));
  const information = slopes(groups, decay, prior).information;
  const error = information > 0 ? 1 / Math.sqrt(information) : null;
  return { decay: { value: decay, error }, intensities: groups.map((cells) => intensityOf(cells, decay, error ?? 0)) };
};

/** Newton's method held within a bracket that narrows: the slope falls with kappa everywhere. */
const solve = (groups: readonly (readonly FillCell[])[], prior: DecayPrior | undefined, start: number): number => {
  let [low, high] = [-Infinity, Infinity];
  let kappa = start;
  for (let i = 0; i < ITERATIONS_MAX; i++) {
    const { slope, information } = slopes(groups, kappa, prior);
    if (slope > 0) low = kappa;
    else high = kappa;
    const step = information > 0 ? slope / information : 0;
    let next = kappa + step;
    if (next <= low || next >= high) next = (low + high) / 2;
    if (!Number.isFinite(next) || Math.abs(next - kappa) <= 1e-14 * Math.max(1, Math.abs(kappa))) return kappa;
    kappa = next;
  }
  return kappa;
};

const slopes = (
  groups: readonly (readonly FillCell[])[],
  kappa: number,
  prior: DecayPrior | undefined,
): { readonly slope: number; readonly information: number } => {
  const certainty = prior === undefined ? 0 : prior.fills / prior.decay ** 2;
  let slope = prior === undefined ? 0 : certainty * (prior.decay - kappa);
  let information = certainty;
  for (const cells of groups) {
    const { fills, depth, mean, variance } = momentsOf(cells, kappa);
    if (fills === 0) continue;
    slope += fills * mean - depth;
    information += fills * variance;
  }
  return { slope, information };
};

/** Fills, the sum of their distances, and mean and variance of the distance under the weights T e^(-kappa delta). */
const momentsOf = (
  cells: readonly FillCell[],
  kappa: number,
): { readonly fills: number; readonly depth: number; readonly mean: number; readonly variance: number; readonly exposure: number } => {
  const origin = cells[0]?.distance ?? 0;
  let [fills, depth, w, wx, wxx] = [0, 0, 0, 0, 0];
  for (const { distance, fills: n, seconds } of cells) {
    // From the first cell on, so that nothing overflows and the variance does not cancel.
    const x = distance - origin;
    const weight = seconds * Math.exp(-kappa * x);
    fills += n;
    depth += n * distance;
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
  }
  const mean = w > 0 ? wx / w : 0;
  const variance = w > 0 ? Math.max(0, wxx / w - mean * mean) : 0;
  return { fills, depth, mean: mean + origin, variance, exposure: w * Math.exp(-kappa * origin) };
};

const intensityOf = (cells: readonly FillCell[], kappa: number, error: number): Estimate => {
  const { fills, mean, exposure } = momentsOf(cells, kappa);
  const value = exposure > 0 ? fills / exposure : 0;
  return { value, error: fills > 0 ? value * Math.hypot(1 / Math.sqrt(fills), mean * error) : null };
};

/** Seconds at distance 0 that would bring as many fills as all the cells together. */
export const exposureAtZero = (cells: readonly FillCell[], kappa: number): number => momentsOf(cells, kappa).exposure;

/** Mean distance of what the cells should have filled. */
export const meanDistance = (cells: readonly FillCell[], kappa: number): number => momentsOf(cells, kappa).mean;

/** Some fill lies below, and some above, the ends of the tested distances. */
const isBetween = (cells: readonly FillCell[]): boolean => {
  const tested = cells.filter(({ seconds }) => seconds > 0).map(({ distance }) => distance);
  const [least, most] = [Math.min(...tested), Math.max(...tested)];
  const filled = cells.filter(({ fills }) => fills > 0);
  return filled.some(({ distance }) => distance < most) && filled.some(({ distance }) => distance > least);
};
