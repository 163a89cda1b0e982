/** Belief volatility and jumps of a whole series of log-odds, for those who have it all before them (quoting reference e.1). */
import type { Estimate } from '../domain/estimates.js';
import { countJumps, jumpsBehind, type JumpCount, type Jumps } from './jumps.js';

export interface BeliefSeries {
  /** sigma_b per square root of a second. */
  readonly volatility: Estimate;
  readonly jumps: JumpCount;
  /** With those put back that were too small to tell; null where fewer than two were seen. */
  readonly jumpsBehind: Jumps | null;
  readonly changes: number;
}

/** Fewer changes tell nothing that is worth writing down. */
export const CHANGES_MIN = 100;

/** Lags up to which errors of neighbouring terms are taken to hang together. */
const LAGS = 5;

/**
 * sigma_b from the changes that are no jumps, corrected for bounce after Zhou: terms d_i^2 + 2 d_i d_{i-1}, the product left out next to a jump. Its error is
 * that of the mean of these terms, with their autocorrelation up to 5 lags (Newey and West), so it holds for noise and for changing volatility too.
 * @param runs changes over equal times; one run per stretch without a hole
 * @param step seconds between two samples
 * @param leastThreshold smallest change that may count as a jump, such as a few ticks
 * @returns null for fewer than 100 changes
 */
export const beliefOf = (runs: readonly (readonly number[])[], step: number, leastThreshold = 0): BeliefSeries | null => {
  const all = runs.flat();
  if (all.length < CHANGES_MIN) return null;
  const jumps = countJumps(all, leastThreshold);
  const terms = runs.flatMap((run) => termsOf(run, jumps.threshold));
  if (terms.length === 0) return null;
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  const perChange = Math.max(mean, 0);
  const error = Math.sqrt(varianceOfMean(terms, mean));
  const value = Math.sqrt(perChange / step);
  return {
    // Where bounce is all there is, the error of the variance is all that bounds it.
    volatility: { value, error: error / step / (2 * Math.max(value, Math.sqrt(error / step))) },
    jumps,
    jumpsBehind: jumpsBehind(jumps, all.length * step),
    changes: all.length,
  };
};

const termsOf = (changes: readonly number[], threshold: number): number[] => {
  const terms: number[] = [];
  let before = 0;
  for (const change of changes) {
    const isJump = Math.abs(change) > threshold;
    if (!isJump) terms.push(change * change + 2 * change * before);
    before = isJump ? 0 : change;
  }
  return terms;
};

const varianceOfMean = (terms: readonly number[], mean: number): number => {
  const n = terms.length;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += ((terms[i] ?? 0) - mean) * ((terms[i - lag] ?? 0) - mean);
    return sum / n;
  };
  let variance = covariance(0);
  for (let lag = 1; lag <= LAGS; lag++) variance += 2 * (1 - lag / (LAGS + 1)) * covariance(lag);
  return Math.max(variance, 0) / n;
};
