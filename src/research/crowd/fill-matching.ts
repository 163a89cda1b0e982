/**
 * Fills of a paper run held against those of the real one.
 *
 * What filled at one moment, on one side and at one price is one execution. Executions of the same side and price are paired one to one, in order of time: the earliest
 * of both that lie within the tolerance belong together, and one that has nobody within the tolerance stays alone. Of a pair the smaller size counts as matched.
 */
import { contractsOf, type EpochUs } from '../../domain/units.js';
import type { CrowdFill } from './ledger.js';

interface Execution {
  readonly at: EpochUs;
  readonly contracts: number;
}

/** Contracts, but for the times. */
export interface Matching {
  readonly truth: number;
  readonly paper: number;
  readonly matched: number;
  /** Of the pairs: truth's sizes, and the sum of the differences without sign. */
  readonly paired: number;
  readonly sizeApart: number;
  /** Sum of the differences in microseconds without sign, each as often as contracts matched. */
  readonly timeApart: number;
}

export const NO_MATCHES: Matching = { truth: 0, paper: 0, matched: 0, paired: 0, sizeApart: 0, timeApart: 0 };

type Sums = { -readonly [Key in keyof Matching]: number };

const executionsOf = (fills: readonly CrowdFill[]): Map<string, Execution[]> => {
  const found = new Map<string, Execution[]>();
  for (const { at, side, price, quantity } of fills) {
    const key = `${side} ${price}`;
    const list = found.get(key) ?? [];
    if (list.length === 0) found.set(key, list);
    const last = list.at(-1);
    if (last?.at === at) list[list.length - 1] = { at, contracts: last.contracts + contractsOf(quantity) };
    else list.push({ at, contracts: contractsOf(quantity) });
  }
  return found;
};

/** @param tolerance in microseconds; both lists in order of time */
export const matchFills = (truth: readonly CrowdFill[], paper: readonly CrowdFill[], tolerance: number): Matching => {
  const sum: Sums = { ...NO_MATCHES };
  const [real, assumed] = [executionsOf(truth), executionsOf(paper)];
  for (const list of real.values()) for (const { contracts } of list) sum.truth += contracts;
  for (const list of assumed.values()) for (const { contracts } of list) sum.paper += contracts;
  for (const [key, ours] of real) pair(ours, assumed.get(key) ?? [], tolerance, sum);
  return sum;
};

const pair = (truth: readonly Execution[], paper: readonly Execution[], tolerance: number, sum: Sums): void => {
  let [i, j] = [0, 0];
  for (let a = truth[i], b = paper[j]; a !== undefined && b !== undefined; a = truth[i], b = paper[j]) {
    const apart = Math.abs(a.at - b.at);
    if (apart > tolerance) {
      if (a.at < b.at) i++;
      else j++;
      continue;
    }
    const matched = Math.min(a.contracts, b.contracts);
    sum.matched += matched;
    sum.paired += a.contracts;
    sum.sizeApart += Math.abs(a.contracts - b.contracts);
    sum.timeApart += apart * matched;
    i++;
    j++;
  }
};

export const addMatching = (a: Matching, b: Matching): Matching => ({
  truth: a.truth + b.truth,
  paper: a.paper + b.paper,
  matched: a.matched + b.matched,
  paired: a.paired + b.paired,
  sizeApart: a.sizeApart + b.sizeApart,
  timeApart: a.timeApart + b.timeApart,
});
