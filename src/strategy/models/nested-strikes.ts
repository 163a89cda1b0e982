/**
 * Strikes of one number in rising order, each YES where the number ends above it: outcomes are the buckets between them. Quoting reference g.
 */
import { marginalPrices } from './outcomes.js';

/**
 * Pool-adjacent-violators: the non-increasing sequence nearest to the given one (least squares). A higher strike cannot be likelier than a lower one, but
 * mids of thin books say so at times.
 */
export const repairedSurvivals = (survivals: readonly number[]): readonly number[] => {
  const pools: { mean: number; size: number }[] = [];
  for (const survival of survivals) {
    let pool = { mean: survival, size: 1 };
    for (let before = pools.at(-1); before !== undefined && before.mean < pool.mean; before = pools.at(-1)) {
      pools.pop();
      const size = before.size + pool.size;
      pool = { mean: (before.mean * before.size + pool.mean * pool.size) / size, size };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ mean, size }) => Array.from({ length: size }, () => mean));
};

/** Probability of each bucket: below the first strike, between neighbours, above the last. One more than there are strikes. */
export const bucketsOf = (survivals: readonly number[]): readonly number[] => {
  const bounds = [1, ...survivals, 0];
  return bounds.slice(1).map((next, b) => Math.max(0, (bounds[b] as number) - next));
};

/** What each bucket pays: every strike below it. */
export const bucketPositions = (held: readonly number[]): readonly number[] => {
  let sum = 0;
  return [0, ...held.map((q) => (sum += q))];
};

/**
 * r_i = sum over the buckets above K_i of the bucket's price (g2).
 * @param survivals P(above K_i), strikes rising; repaired where they rise
 * @param held contracts per strike
 */
export const nestedPrices = (survivals: readonly number[], held: readonly number[], risk: number): readonly number[] => {
  const buckets = bucketsOf(repairedSurvivals(survivals));
  const prices = marginalPrices(buckets, bucketPositions(held), risk);
  let sum = 0;
  const above = prices.toReversed().map((price) => (sum += price));
  return above.toReversed().slice(1);
};
