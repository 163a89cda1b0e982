/** kappa and A of our own fills: what the cells of both sides say, held against the prior. */
import type { Estimate } from '../domain/estimates.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { exposureAtZero, fitFills, meanDistance, type FillCell, type FillFit } from './fill-fit.js';

export interface FillIntensity {
  /** kappa per dollar. */
  readonly decay: Estimate;
  /** A per second and side. */
  readonly intensity: Estimate;
  /** Lots filled, and seconds that quotes have rested, over both sides. */
  readonly fills: number;
  readonly seconds: number;
}

type FillPrior = Pick<EstimatorSettings['fills'], 'decay' | 'intensity' | 'weight' | 'decayLow' | 'decayHigh'>;

/** Sides differ where their rates at distance 0 lie further apart than this many standard errors. */
const ONE_SIDED = 2;

/**
 * kappa with the prior worth `weight` fills (see `fitFills`), then A given kappa: (N + n0) / (T + n0 / A0), T the exposure at distance 0, averaged over the sides
 * where flow is one-sided. kappa stays within its bounds, which a prior beyond them widens: what a person has set is never overruled by a default.
 */
export const intensityOf = (bids: readonly FillCell[], asks: readonly FillCell[], prior: FillPrior): FillIntensity => {
  const groups = sidesOf(bids, asks, prior.decay);
  const cells = groups.flat();
  const fills = sum(cells, 'fills');
  const seconds = sum(cells, 'seconds');
  if (seconds === 0)
    return { decay: { value: prior.decay, error: null }, intensity: { value: prior.intensity, error: null }, fills, seconds };
  const bounds = { low: Math.min(prior.decayLow, prior.decay), high: Math.max(prior.decayHigh, prior.decay) };
  const fit = fitFills(groups, { bounds, ...(prior.weight > 0 && { prior: { decay: prior.decay, fills: prior.weight } }) });
  const decay = fit === null || fills === 0 ? { value: prior.decay, error: null } : fit.decay;
  const sides = groups.map((group) => sideOf(group, decay, prior, fit));
  const value = sides.reduce((total, side) => total + side.value, 0) / sides.length;
  const error = Math.sqrt(sides.reduce((total, side) => total + side.error ** 2, 0)) / sides.length;
  return { decay, intensity: { value, error: Number.isFinite(error) ? error : null }, fills, seconds };
};

const sideOf = (
  cells: readonly FillCell[],
  decay: Estimate,
  { intensity, weight }: FillPrior,
  fit: FillFit | null,
): { readonly value: number; readonly error: number } => {
  const known = sum(cells, 'fills') + weight;
  const value = known / (exposureAtZero(cells, decay.value) + weight / intensity);
  const errorOfDecay = fit === null ? 0 : (decay.error ?? 0);
  // The prior's fills lie at distance 0 and say nothing of kappa: only the others carry its error into A.
  const own = known > 0 ? sum(cells, 'fills') / known : 0;
  return { value, error: value * Math.hypot(1 / Math.sqrt(known), own * meanDistance(cells, decay.value) * errorOfDecay) };
};

/** Both sides as one group of cells, or each by itself where one is hit clearly more often. @param kappa by which distances are made comparable */
export const sidesOf = (bids: readonly FillCell[], asks: readonly FillCell[], kappa: number): readonly (readonly FillCell[])[] =>
  isOneSided(bids, asks, kappa) ? [bids, asks] : [[...bids, ...asks]];

const isOneSided = (bids: readonly FillCell[], asks: readonly FillCell[], kappa: number): boolean => {
  const [n, m] = [sum(bids, 'fills'), sum(asks, 'fills')];
  const [t, u] = [exposureAtZero(bids, kappa), exposureAtZero(asks, kappa)];
  if (!(t > 0 && u > 0) || n + m === 0) return false;
  const rate = (n + m) / (t + u);
  return Math.abs(n / t - m / u) > ONE_SIDED * Math.sqrt(rate / t + rate / u);
};

const sum = (cells: readonly FillCell[], key: 'fills' | 'seconds'): number => cells.reduce((total, cell) => total + cell[key], 0);
