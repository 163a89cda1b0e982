/** Pressure on the best prices of a book from what comes and goes there (quoting reference e.3). */

/** One level of both sides: sizes in any unit, an empty side infinitely far away with size 0. */
export interface LevelPair {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

/**
 * (e3): what the change from one look to the next added to the bid side or took from the ask side, less the opposite.
 * @see Cont, Kukanov and Stoikov (2014), "The price impact of order book events"
 */
export const pressureOf = (before: LevelPair, now: LevelPair): number =>
  (now.bid >= before.bid ? now.bidSize : 0) -
  (now.bid <= before.bid ? before.bidSize : 0) -
  (now.ask <= before.ask ? now.askSize : 0) +
  (now.ask >= before.ask ? before.askSize : 0);

/** Weights of the levels that fall by `ratio` from one to the next, absolute values summing to 1. */
export const fallingWeights = (levels: number, ratio: number): number[] => {
  const raw = Array.from({ length: levels }, (_, m) => ratio ** m);
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
};

const POWER_STEPS = 200;

/**
 * First principal component of the levels' pressures: one weight per level, absolute values summing to 1, positive in sum.
 * @param products sums of products of the levels' pressures, row by row: a symmetric matrix
 * @returns null where nothing has happened
 * @see Cont, Cucuringu and Zhang (2023), "Cross-impact of order flow imbalance in equity markets"
 */
export const firstComponent = (products: readonly (readonly number[])[]): number[] | null => {
  let weights = products.map((row, m) => Math.sqrt(Math.max(0, row[m] ?? 0)));
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = products.map((row) => row.reduce((sum, value, m) => sum + value * (weights[m] ?? 0), 0));
    const norm = next.reduce((sum, value) => sum + Math.abs(value), 0);
    if (!(norm > 0)) return null;
    weights = next.map((value) => value / norm);
  }
  return weights.reduce((sum, weight) => sum + weight, 0) < 0 ? weights.map((weight) => -weight) : weights;
};
