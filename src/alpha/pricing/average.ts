/** Contracts that settle on the average of the last readings of an index (quoting reference f.2). One reading is the plain digital. */
import { distance, SECONDS_PER_YEAR } from './digital.js';

/** How the settlement value is formed: n readings, the last one at settlement. Read the contract's rules. */
export interface AverageTerms {
  /** n, at least 1. */
  readonly samples: number;
  /** Seconds from one reading to the next. */
  readonly spacing: number;
}

/** How far the average has come. */
export interface AverageProgress {
  /** m: readings taken. */
  readonly seen: number;
  /** Their sum. */
  readonly sum: number;
  /** Seconds until the next reading, at least 0. */
  readonly untilNext: number;
}

/** Seconds from now to settlement, told as progress where the window has not begun. */
export const beforeWindow = (terms: AverageTerms, secondsLeft: number): AverageProgress => ({
  seen: 0,
  sum: 0,
  untilNext: secondsLeft - (terms.samples - 1) * terms.spacing,
});

/**
 * tau_eff: the time over which a plain index would vary as much as the rest of the average does.
 * (f2): (u - spacing) + spacing (r + 1)(2r + 1) / (6r) with r readings to come. Before the window it is (f1), the same with r = n.
 */
export const effectiveSeconds = ({ samples, spacing }: AverageTerms, { seen, untilNext }: AverageProgress): number => {
  const left = samples - seen;
  return left <= 0 ? 0 : untilNext - spacing + (spacing * (left + 1) * (2 * left + 1)) / (6 * left);
};

/** K*: what the readings to come must average for the whole to be at the strike. At or below 0: they cannot miss it. */
export const remainingStrike = (strike: number, { samples }: AverageTerms, { seen, sum }: AverageProgress): number =>
  (samples * strike - sum) / (samples - seen);

export interface AverageInputs {
  readonly spot: number;
  readonly strike: number;
  /** A result at the strike itself does not pay. */
  readonly strict: boolean;
  /** sigma of the logarithm, per square root of a year. */
  readonly volatility: number;
  readonly terms: AverageTerms;
  readonly progress: AverageProgress;
}

/**
 * Standard deviations of the average from the strike; N(d) is the chance of ending above. Infinite once it is decided.
 * Strictness matters only where nothing is left to chance: the last reading has been taken, or nothing moves.
 */
export const averageDistance = ({ spot, strike, strict, volatility, terms, progress }: AverageInputs): number => {
  if (progress.seen >= terms.samples) return decided(progress.sum / terms.samples, strike, strict);
  const rest = remainingStrike(strike, terms, progress);
  if (rest <= 0) return Infinity;
  const variance = (volatility ** 2 * effectiveSeconds(terms, progress)) / SECONDS_PER_YEAR;
  return variance > 0 ? distance(spot, rest, variance) : decided(spot, rest, strict);
};

const decided = (value: number, strike: number, strict: boolean): number =>
  value > strike || (value === strike && !strict) ? Infinity : -Infinity;
