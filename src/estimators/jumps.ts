/** News that comes in one step: which changes of the log-odds are jumps, how often they come and how large they are (quoting reference e.1, c.1). */
import type { Estimate } from '../domain/estimates.js';
import { inverseMills, normalTail } from './normal-tail.js';
import { bipowerVariance } from './realised-variance.js';

/** A change beyond so many standard deviations of the even movement is a jump. */
export const JUMP_DEVIATIONS = 4;

export interface JumpCount {
  /** Changes beyond the threshold. */
  readonly count: number;
  /** Mean of their squares; 0 where there is none. */
  readonly meanSquare: number;
  /** Smallest change that counts. */
  readonly threshold: number;
  /** Mean square of all others: variance of the even movement per change. */
  readonly calmVariance: number;
}

/**
 * Counts |d| > 4 sqrt(BV / n).
 * @param changes of the log-odds over equal times, at least 2
 * @param least the threshold is never lower: on a coarse grid most changes are 0 and BV says nothing
 */
export const countJumps = (changes: ArrayLike<number>, least = 0): JumpCount => {
  const n = changes.length;
  const threshold = Math.max(least, JUMP_DEVIATIONS * Math.sqrt(bipowerVariance(changes, 'finite-sample') / n));
  let count = 0;
  let jumped = 0;
  let calm = 0;
  for (let i = 0; i < n; i++) {
    const square = (changes[i] as number) ** 2;
    if (Math.sqrt(square) > threshold) {
      count++;
      jumped += square;
    } else calm += square;
  }
  return { count, threshold, meanSquare: count === 0 ? 0 : jumped / count, calmVariance: calm / Math.max(1, n - count) };
};

export interface Jumps {
  /** lambda_J per second. */
  readonly rate: Estimate;
  /** s_J of the log-odds. */
  readonly size: Estimate;
}

/** Least s_J that the threshold lets us tell, as a part of it: below, hardly any jump would be seen, and nothing can be said of those that are not. */
const SIZE_MIN = 0.5;

/**
 * lambda_J and s_J with the jumps that stayed below the threshold put back. What is seen is the tail of a normal distribution, so its mean square
 * v (1 + a m(a)), a = threshold / sqrt(v), m density over tail, gives v, and 2 P(Z > a) the share that is seen. Of v the even movement in the same interval is taken off;
 * what is left is s^2 + s^4 / 4, the mean square of a jump N(+-s^2/2, s^2).
 * @param seconds over which was counted, above 0
 * @returns null where there are fewer than 2 jumps
 */
export const jumpsBehind = ({ count, meanSquare, threshold, calmVariance }: JumpCount, seconds: number): Jumps | null => {
  if (count < 2) return null;
  const least = (SIZE_MIN * threshold) ** 2;
  const v = Math.max(least, varianceBehind(meanSquare, threshold));
  const slope = (tailSquare(v * (1 + STEP), threshold) - tailSquare(v * (1 - STEP), threshold)) / (2 * STEP * v);
  const variance = tailFourth(v, threshold) - tailSquare(v, threshold) ** 2;
  const errorOfV = Math.sqrt(variance / count) / slope;
  const seen = (of: number): number => 2 * normalTail(threshold / Math.sqrt(of));
  const pull = Math.log(seen(v * (1 + STEP)) / seen(v * (1 - STEP))) / (2 * STEP * v);
  const rate = count / seconds / seen(v);
  const size = Math.sqrt(2 * (Math.sqrt(1 + Math.max(0, v - calmVariance)) - 1));
  // d(s^2 + s^4/4) = (2 s + s^3) ds
  const errorOfSize = size === 0 ? Math.sqrt(errorOfV) : errorOfV / (2 * size + size ** 3);
  return {
    rate: { value: rate, error: rate * Math.hypot(1 / Math.sqrt(count), pull * errorOfV) },
    size: { value: size, error: errorOfSize },
  };
};

/** Of the numerical slopes, relative. */
const STEP = 1e-4;

/** Mean square of N(0, v) beyond the threshold on either side. */
const tailSquare = (v: number, threshold: number): number => {
  const a = threshold / Math.sqrt(v);
  return v * (1 + a * inverseMills(a));
};

/** Mean fourth power of the same. */
const tailFourth = (v: number, threshold: number): number => {
  const a = threshold / Math.sqrt(v);
  return v * v * (3 + (a ** 3 + 3 * a) * inverseMills(a));
};

/** The v whose tail has this mean square; 0 where even the smallest would have more. */
const varianceBehind = (meanSquare: number, threshold: number): number => {
  let low = 0;
  let high = meanSquare;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (tailSquare(middle, threshold) < meanSquare) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
