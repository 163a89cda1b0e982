/** The upper tail of the normal distribution. */

const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);
/** Below it the series around 0 keeps 12 digits of the tail; above it the continued fraction converges in a few dozen steps. */
const SERIES_UP_TO = 3;
const FRACTION_STEPS = 60;

export const normalDensity = (z: number): number => DENSITY_AT_0 * Math.exp((-z * z) / 2);

/** P(Z > z). @param z at least 0 */
export const normalTail = (z: number): number =>
  z < SERIES_UP_TO ? 0.5 - normalDensity(z) * bodySeries(z) : normalDensity(z) * millsRatio(z);

/** Density over tail: how far beyond z the tail lies on average. @param z at least 0 */
export const inverseMills = (z: number): number => (z < SERIES_UP_TO ? normalDensity(z) / normalTail(z) : 1 / millsRatio(z));

/** z + z^3 / 3 + z^5 / 15 + ...: the body from 0 to z over the density at z. */
const bodySeries = (z: number): number => {
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return sum;
};

/** 1 / (z + 1 / (z + 2 / (z + 3 / ...))). */
const millsRatio = (z: number): number => {
  let tail = z;
  for (let k = FRACTION_STEPS; k >= 1; k--) tail = z + k / tail;
  return 1 / tail;
};
