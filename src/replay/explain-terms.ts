/** A quote as a sum: the steps it went through become terms that add up to it, digit for digit. */
import type { Explanation } from '../engine/explain.js';

/** What one step added, in 1e-4 cents; null where the side is gone by then or was gone before. */
export interface Term {
  readonly name: string;
  readonly bid: number | null;
  readonly ask: number | null;
}

/** A price unit is a hundredth of a cent. */
const PER_PRICE_UNIT = 100;
export const TERMS_PER_CENT = 10_000;

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * PER_PRICE_UNIT));
const difference = (now: number | null, before: number | null): number | null => (now === null || before === null ? null : now - before);

/** The first step stands as it is. Where each quote stands is rounded, never a difference: so the terms of a side sum to its quote exactly. */
export const termsOf = ({ steps }: Pick<Explanation, 'steps'>): readonly Term[] => {
  let bid: number | null = 0;
  let ask: number | null = 0;
  return steps.map((step) => {
    const now = { bid: rounded(step.bid), ask: rounded(step.ask) };
    const term = { name: step.name, bid: difference(now.bid, bid), ask: difference(now.ask, ask) };
    ({ bid, ask } = now);
    return term;
  });
};
