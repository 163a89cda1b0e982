/** What a difference between two runs is worth: intervals from pairs that are independent, and from blocks of time that are not quite. */
import type { Chance } from '../domain/ports.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Where 95 % of the truth lies, if the pairs are what they are taken for. */
export const CONFIDENCE = 0.95;

/** Resamples of a bootstrap: the ends of a 95 % interval then wander by about a twentieth of its width. */
export const RESAMPLES = 2000;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Standard deviation of a sample, with n - 1; 0 for fewer than two values. */
export const deviation = (values: readonly number[]): number => {
  if (values.length < 2) return 0;
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
};

/**
 * The sum of independent differences by Student's t.
 * @param confidence such as 0.95
 * @returns null for fewer than two differences, which say nothing about their spread
 */
export const pairedInterval = (differences: readonly number[], confidence: number = CONFIDENCE): Interval | null => {
  const n = differences.length;
  if (n < 2) return null;
  const reach = studentQuantile((1 + confidence) / 2, n - 1) * deviation(differences) * Math.sqrt(n);
  const total = sum(differences);
  return { low: total - reach, high: total + reach };
};

/** One series of equal spans of time per source; a block never reaches over the end of its source, but wraps to its beginning. */
export type Series = readonly (readonly number[])[];

/**
 * Sums of resampled series, by the circular block bootstrap (Politis and Romano 1992): the same blocks for every candidate, so that their sums stay paired.
 * @param candidates one series each, all of one shape
 * @returns one list of RESAMPLES sums per candidate
 */
export const bootstrapSums = (candidates: readonly Series[], chance: Chance, resamples: number = RESAMPLES): readonly Float64Array[] => {
  const sums = candidates.map(() => new Float64Array(resamples));
  const shape = (candidates[0] ?? []).map((part) => part.length);
  for (let r = 0; r < resamples; r++)
    for (const [part, length] of shape.entries()) {
      const block = blockLength(length);
      for (let filled = 0; filled < length; filled += block) {
        const start = Math.floor(chance.next() * length);
        const take = Math.min(block, length - filled);
        for (const [c, candidate] of candidates.entries()) {
          const values = candidate[part] as readonly number[];
          let added = 0;
          for (let i = 0; i < take; i++) added += values[(start + i) % length] as number;
          (sums[c] as Float64Array)[r] = ((sums[c] as Float64Array)[r] as number) + added;
        }
      }
    }
  return sums;
};

/** Spans that are drawn together: the cube root of their number, the order that is best for a mean (Hall, Horowitz and Jing 1995). */
export const blockLength = (spans: number): number => Math.max(1, Math.round(Math.cbrt(spans)));

/** The middle part of resampled sums. */
export const percentileInterval = (sums: Float64Array, confidence: number = CONFIDENCE): Interval => {
  const sorted = Float64Array.from(sums).sort();
  return { low: quantileOf(sorted, (1 - confidence) / 2), high: quantileOf(sorted, (1 + confidence) / 2) };
};

/**
 * Factor on the standard errors by which the intervals of all candidates hold at once: the quantile of the largest deviation over them, in standard errors.
 * @param sums as of `bootstrapSums`; @param totals what was found for each
 */
export const simultaneousFactor = (sums: readonly Float64Array[], totals: readonly number[], confidence: number = CONFIDENCE): number => {
  const errors = sums.map((values) => deviation([...values]));
  const resamples = sums[0]?.length ?? 0;
  const largest = new Float64Array(resamples);
  for (const [c, values] of sums.entries()) {
    const error = errors[c] as number;
    if (error === 0) continue;
    for (let r = 0; r < resamples; r++)
      largest[r] = Math.max(largest[r] as number, Math.abs((values[r] as number) - (totals[c] as number)) / error);
  }
  return quantileOf(largest.sort(), confidence);
};

/** Linear between the neighbours. */
const quantileOf = (sorted: Float64Array, share: number): number => {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? 0, sorted[Math.min(below + 1, sorted.length - 1)] ?? 0];
  return low + (high - low) * (place - below);
};

/** The value that Student's t with `df` degrees of freedom stays below with probability `share`, in (0, 1). */
export const studentQuantile = (share: number, df: number): number => {
  if (share === 0.5) return 0;
  const tail = 2 * Math.min(share, 1 - share);
  // tail = I_x(df/2, 1/2) with x = df/(df + t^2), which grows with x.
  let [low, high] = [0, 1];
  for (let i = 0; i < 200 && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, df / 2, 0.5) < tail) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return Math.sign(share - 0.5) * Math.sqrt((df * (1 - x)) / x);
};

/** I_x(a, b), by the continued fraction of Lentz; Abramowitz and Stegun 26.5.8. */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const safe = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
};

/** Lanczos, g = 7, nine terms: better than 1e-14 for positive arguments. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

const logGamma = (z: number): number => {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const shifted = z - 1;
  const series = LANCZOS.reduce<number>((total, term, i) => (i === 0 ? term : total + term / (shifted + i)), 0);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series);
};
