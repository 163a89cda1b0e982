/** Probability and log-odds: x = ln(p / (1 - p)), p = S(x). */

/** Nothing is more certain than this: beyond, log-odds say more about a rounding than about a market. */
const PROBABILITY_LEAST = 1e-6;

/** S(x) = 1 / (1 + e^-x). */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** p, kept away from 0 and 1. */
export const inside = (probability: number): number => clamp(probability, PROBABILITY_LEAST, 1 - PROBABILITY_LEAST);

/** @param probability in [0, 1]; certainty is taken for 1e-6 less than that */
export const logOdds = (probability: number): number => {
  const p = inside(probability);
  return Math.log(p / (1 - p));
};
