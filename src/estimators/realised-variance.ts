/**
 * How much a series of prices or log-odds has moved, from its differences d_1 .. d_n (quoting reference e.1). Each answers a variance over the whole series, in the
 * squared unit of the differences; they differ in what they are robust against.
 */

/** RV: the sum of squares. Bounce between bid and ask adds 2 n omega^2 to it. */
export const realisedVariance = (differences: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < differences.length; i++) sum += at(differences, i) ** 2;
  return sum;
};

/** Zhou (1996): RV less the bounce of first order, which shows as neighbours of opposite sign. May fall below 0 on few differences. */
export const zhouVariance = (differences: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < differences.length; i++) {
    const d = at(differences, i);
    sum += d * d + (i === 0 ? 0 : 2 * d * at(differences, i - 1));
  }
  return sum;
};

/**
 * TSRV: the mean over `grids` sparse grids, less the bounce that the full grid shows.
 * @param levels the series itself, one longer than its differences
 * @param grids K, at least 2 and below the number of differences
 * @see Zhang, Mykland and Ait-Sahalia (2005), "A tale of two time scales"
 */
export const twoScaleVariance = (levels: ArrayLike<number>, grids: number): number => {
  const n = levels.length - 1;
  let sparse = 0;
  let full = 0;
  for (let i = 1; i <= n; i++) full += (at(levels, i) - at(levels, i - 1)) ** 2;
  for (let i = grids; i <= n; i++) sparse += (at(levels, i) - at(levels, i - grids)) ** 2;
  const perGrid = (n - grids + 1) / grids;
  return (sparse / grids - (perGrid / n) * full) / (1 - perGrid / n);
};

/**
 * BV: products of neighbours, in which a single jump hardly counts.
 * @param correction `finite-sample` multiplies by n / (n - 1), since n differences have n - 1 neighbours
 * @see Barndorff-Nielsen and Shephard (2004), "Power and bipower variation with stochastic volatility and jumps"
 */
export const bipowerVariance = (differences: ArrayLike<number>, correction: 'none' | 'finite-sample'): number => {
  const n = differences.length;
  let sum = 0;
  for (let i = 1; i < n; i++) sum += Math.abs(at(differences, i) * at(differences, i - 1));
  return (Math.PI / 2) * sum * (correction === 'none' || n < 2 ? 1 : n / (n - 1));
};

/** What jumps have added to RV: RV - BV, never below 0. */
export const jumpVariance = (differences: ArrayLike<number>): number =>
  Math.max(0, realisedVariance(differences) - bipowerVariance(differences, 'finite-sample'));

const MEDIAN_SCALE = Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI);

/**
 * MedRV: squares of the median of three neighbours. A jump and a zero both drop out. Needs at least 3 differences.
 * @see Andersen, Dobrev and Schaumburg (2012), "Jump-robust volatility estimation using nearest neighbor truncation"
 */
export const medianRealisedVariance = (differences: ArrayLike<number>): number => {
  const n = differences.length;
  let sum = 0;
  for (let i = 1; i < n - 1; i++)
    sum += medianOf(Math.abs(at(differences, i - 1)), Math.abs(at(differences, i)), Math.abs(at(differences, i + 1))) ** 2;
  return n < 3 ? NaN : (MEDIAN_SCALE * n * sum) / (n - 2);
};

const medianOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

const at = (values: ArrayLike<number>, i: number): number => values[i] as number;
