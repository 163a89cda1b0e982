/**
 * The normal distribution to machine accuracy. JavaScript has no error function, so it stands here.
 * @see W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969)
 */

// Cody's coefficients, lowest power first. Near 0 they give erf, in the middle and in the tail erfc.
const NEAR_TOP = [3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315];
const NEAR_BOTTOM = [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1];
const MIDDLE_TOP = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163, 8.883149794388377,
  0.5641884969886701, 2.1531153547440383e-8,
];
const MIDDLE_BOTTOM = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903, 537.1811018620099, 117.6939508913125,
  15.744926110709835, 1,
];
const TAIL_TOP = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236, 0.016315387137302097,
];
const TAIL_BOTTOM = [0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1];

const NEAR = 0.46875;
const FAR = 4;
/** Beyond it erfc is below the smallest double. */
const GONE = 27.3;
const ROOT_PI = Math.sqrt(Math.PI);

const horner = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + (coefficients[i] as number);
  return sum;
};

/** exp(-x^2) for x at least 0. The square is split where it is exact: rounded whole, it would cost up to 700 units in the last place. */
const gaussian = (x: number): number => {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
};

/** Complementary error function: (2 / sqrt(pi)) * integral of exp(-t^2) from x to infinity. Relative error below 1e-14. */
export const erfc = (x: number): number => {
  const size = Math.abs(x);
  if (size <= NEAR) return 1 - (x * horner(NEAR_TOP, x * x)) / horner(NEAR_BOTTOM, x * x);
  const tail = size >= GONE ? 0 : upperTail(size);
  return x > 0 ? tail : 2 - tail;
};

const upperTail = (x: number): number => {
  if (x <= FAR) return (gaussian(x) * horner(MIDDLE_TOP, x)) / horner(MIDDLE_BOTTOM, x);
  const inverse = 1 / (x * x);
  const correction = (inverse * horner(TAIL_TOP, inverse)) / horner(TAIL_BOTTOM, inverse);
  return (gaussian(x) * (1 / ROOT_PI - correction)) / x;
};

/** N(z): chance that a standard normal variable is below z. Keeps its relative accuracy in the lower tail. */
export const normalCdf = (z: number): number => erfc(-z * Math.SQRT1_2) / 2;

/** n(z): density of the standard normal distribution. */
export const normalDensity = (z: number): number => gaussian(Math.abs(z) * Math.SQRT1_2) * (1 / Math.sqrt(2 * Math.PI));
