/** How deep takers reach: fill intensity from the trades of everybody (quoting reference e.2). */
import type { Estimate } from '../domain/estimates.js';

export interface TakerIntensity {
  /** kappa, per unit of the depths. */
  readonly decay: Estimate;
  /** A: takers per second at distance 0. */
  readonly intensity: Estimate;
}

/**
 * (e1): depths on a continuous scale beyond the smallest that can be seen.
 * @param depths side * (deepest trade price - fair)
 * @param least smallest observable depth: half of the spread
 * @param seconds over which they came
 * @returns null where no depth lies beyond the smallest
 */
export const takersBeyond = (depths: readonly number[], least: number, seconds: number): TakerIntensity | null => {
  const n = depths.length;
  const excess = meanOf(depths) - least;
  if (n === 0 || excess <= 0) return null;
  return intensityOf(1 / excess, 1 / excess / Math.sqrt(n), n, least, seconds);
};

/** (e2): depths on a grid, `least` + k `step`. On a cent grid (e1) is half as large again. */
export const takersOnGrid = (depths: readonly number[], least: number, step: number, seconds: number): TakerIntensity | null => {
  const n = depths.length;
  const decay = n === 0 ? null : gridDecay((meanOf(depths) - least) / step, step, n);
  return decay === null ? null : intensityOf(decay.value, decay.error ?? 0, n, least, seconds);
};

/**
 * kappa of (e2) alone.
 * @param meanSteps mean of k: by how many steps takers reach beyond the touch
 * @returns null where none reaches beyond it
 */
export const gridDecay = (meanSteps: number, step: number, n: number): Estimate | null =>
  meanSteps > 0 ? { value: Math.log1p(1 / meanSteps) / step, error: 1 / (step * Math.sqrt(n * meanSteps * (1 + meanSteps))) } : null;

const intensityOf = (decay: number, error: number, n: number, least: number, seconds: number): TakerIntensity => {
  const intensity = (n / seconds) * Math.exp(decay * least);
  return {
    decay: { value: decay, error },
    intensity: { value: intensity, error: intensity * Math.hypot(1 / Math.sqrt(n), least * error) },
  };
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
