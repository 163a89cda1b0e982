/** Where the mid will be in the end, from the imbalance and the spread of the book now (quoting reference e.4). */
import { solveLinear } from './linear.js';

/** How a book goes on from each state, as probabilities: the rows of `still` and `moves` together sum to 1, those of `moves` and `sizes` are the same. */
export interface Transitions {
  /** Q: to another state without a change of the mid. */
  readonly still: readonly (readonly number[])[];
  /** T: to another state with a change of the mid. */
  readonly moves: readonly (readonly number[])[];
  /** R: changes of the mid by their size. */
  readonly sizes: readonly (readonly number[])[];
  /** K: the sizes. */
  readonly steps: readonly number[];
}

/** The sum goes on until its terms are this small; where it would never end, so many of them count. */
const NEGLIGIBLE = 1e-13;
const TERMS_MAX = 20_000;

/**
 * G1 = (I - Q)^-1 R K, the expected next change of the mid, and G* = sum of B^i G1 with B = (I - Q)^-1 T, all changes to come.
 * @see Stoikov (2018), "The micro-price: a high-frequency estimator of future prices"
 */
export const adjustments = ({
  still,
  moves,
  sizes,
  steps,
}: Transitions): { readonly first: readonly number[]; readonly all: readonly number[] } => {
  const stays = still.map((row, i) => row.map((value, j) => (i === j ? 1 : 0) - value));
  const expected = sizes.map((row) => row.reduce((sum, share, k) => sum + share * (steps[k] ?? 0), 0));
  const solved = solveLinear(
    stays,
    moves.map((row, i) => [...row, expected[i] ?? 0]),
  );
  const n = still.length;
  const first = solved.map((row) => row[n] ?? 0);
  const all = [...first];
  let term = first;
  for (let i = 0; i < TERMS_MAX && term.some((value) => Math.abs(value) > NEGLIGIBLE); i++) {
    const before = term;
    term = solved.map((row) => before.reduce((sum, value, j) => sum + (row[j] ?? 0) * value, 0));
    for (const [j, value] of term.entries()) all[j] = (all[j] ?? 0) + value;
  }
  return { first, all };
};
