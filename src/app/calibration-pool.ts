/** Several markets as one: the configuration holds one value for all. Each counts by what it knows. */
import type { Estimate } from '../domain/estimates.js';
import type { MarketCalibration } from './calibration-market.js';

export interface PooledCalibration {
  readonly volatility: Estimate | null;
  readonly jumpRate: Estimate | null;
  readonly jumpSize: Estimate | null;
  readonly decay: Estimate | null;
  readonly intensity: Estimate | null;
}

const KEYS = ['volatility', 'jumpRate', 'jumpSize', 'decay', 'intensity'] as const;

export const poolOf = (markets: readonly MarketCalibration[]): PooledCalibration => {
  const pooled = KEYS.map((key) => [key, pooledOf(markets.flatMap((market) => market[key] ?? []))] as const);
  return Object.fromEntries(pooled) as Record<(typeof KEYS)[number], Estimate | null>;
};

/**
 * Mean of the logarithms, each with the weight of its information 1 / (error / value)^2: all are positive scales, and markets differ by factors. The error is that of
 * the weights, or that of the scatter between the markets where it is larger: then they are not alike, and the mean says less about any one of them.
 */
export const pooledOf = (estimates: readonly Estimate[]): Estimate | null => {
  const known = estimates.flatMap(({ value, error }) =>
    value > 0 && error !== null && error > 0 ? [{ log: Math.log(value), weight: (value / error) ** 2 }] : [],
  );
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return null;
  const log = known.reduce((sum, each) => sum + each.weight * each.log, 0) / total;
  const scatter = known.reduce((sum, each) => sum + each.weight * (each.log - log) ** 2, 0) / Math.max(1, known.length - 1);
  const value = Math.exp(log);
  return { value, error: value * Math.sqrt(Math.max(1, scatter) / total) };
};
