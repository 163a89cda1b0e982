/**
 * The value function of (b2) and (b3): v = exp(-M tau) 1 with M tridiagonal, alpha n^2 on its diagonal and -eta beside it, n = -Q .. Q lots. v_n = v_-n, so
 * only n = 0 .. Q are kept; the row of 0 then has -2 eta beside it. Answers are ln v_n, since quotes want ratios and ratios of neighbours alone.
 */

export interface ValueTerms {
  /** alpha, per second and squared number of lots, at least 0. */
  readonly inventoryCost: number;
  /** eta, per second, positive. */
  readonly trading: number;
  /** Q: the bound, in lots, at least 1. */
  readonly lotsMax: number;
}

/** Norm of one Taylor step: all terms are positive, so nothing cancels however long the series. */
const STEP_NORM = 8;
/** A term that adds less than this to every component ends the series. */
const LAST_TERM = 1e-17;
/** Times the slowest decay: afterwards nothing is left of the beginning. */
const FORGOTTEN = 60;
/** An interval halved this often is two neighbouring doubles. */
const HALVINGS = 200;

/** Eigenvalues of the even half below x: negative pivots of M - x (Sturm). */
const countBelow = (x: number, { inventoryCost, trading, lotsMax }: ValueTerms): number => {
  let pivot = -x;
  let count = pivot < 0 ? 1 : 0;
  for (let n = 1; n <= lotsMax; n++) {
    const coupling = n === 1 ? 2 * trading * trading : trading * trading;
    pivot = inventoryCost * n * n - x - coupling / (pivot === 0 ? Number.MIN_VALUE : pivot);
    if (pivot < 0) count++;
  }
  return count;
};

/** The eigenvalue of the given rank among those of even vectors, 0 the smallest. */
const evenEigenvalue = (rank: number, terms: ValueTerms): number => {
  let low = -2 * terms.trading;
  let high = terms.inventoryCost * terms.lotsMax ** 2 + 2 * terms.trading;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (countBelow(middle, terms) > rank) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
};

/**
 * ln f_n of the eigenvector of the smallest eigenvalue: quotes without an end. The ratios are taken from the edge inwards, where each step forgets the errors
 * of the one before; components of an eigenvector fall below rounding near the edge.
 */
export const stationaryValues = (terms: ValueTerms): readonly number[] => {
  const { inventoryCost, trading, lotsMax } = terms;
  const eigenvalue = evenEigenvalue(0, terms);
  const logRatios: number[] = [];
  let inverse = 0;
  for (let n = lotsMax; n > 0; n--) {
    const ratio = (inventoryCost * n * n - eigenvalue) / trading - inverse;
    inverse = 1 / ratio;
    logRatios.push(Math.log(ratio));
  }
  const values = [0];
  for (const log of logRatios.toReversed()) values.push((values.at(-1) as number) - log);
  return values;
};

/**
 * ln v_n with the given time left.
 * @param horizon tau in seconds, at least 0
 */
export const finiteValues = (terms: ValueTerms, horizon: number): readonly number[] => {
  const { inventoryCost, trading, lotsMax } = terms;
  const largest = inventoryCost * lotsMax ** 2;
  const gap = evenEigenvalue(1, terms) - evenEigenvalue(0, terms);
  const time = Math.min(horizon, FORGOTTEN / gap);
  const steps = Math.ceil(((largest + 2 * trading) * time) / STEP_NORM);
  const length = time / Math.max(1, steps);
  // cI - M has no negative entry; what c adds is a factor, and factors cancel in ratios.
  const diagonal = Float64Array.from({ length: lotsMax + 1 }, (_, n) => (largest - inventoryCost * n * n) * length);
  const beside = trading * length;
  let values = new Float64Array(lotsMax + 1).fill(1);
  for (let step = 0; step < steps; step++) values = taylorStep(values, diagonal, beside);
  // Beyond what doubles hold, time has long stopped to matter.
  return values.every((value) => value > 0) ? Array.from(values, Math.log) : stationaryValues(terms);
};

/** exp(B) v, scaled to a largest component of 1. */
const taylorStep = (start: Float64Array<ArrayBuffer>, diagonal: Float64Array, beside: number): Float64Array<ArrayBuffer> => {
  const size = start.length;
  const sum = Float64Array.from(start);
  let term = start;
  let next = new Float64Array(size);
  for (let k = 1, open = true; open; k++) {
    open = false;
    for (let n = 0; n < size; n++) {
      const inner = n === 0 ? (term[1] as number) : (term[n - 1] as number);
      const outer = n === size - 1 ? 0 : (term[n + 1] as number);
      const value = ((diagonal[n] as number) * (term[n] as number) + beside * (inner + outer)) / k;
      next[n] = value;
      sum[n] = (sum[n] as number) + value;
      if (value > LAST_TERM * (sum[n] as number)) open = true;
    }
    [term, next] = [next, k === 1 ? new Float64Array(size) : term];
  }
  const most = sum.reduce((a, b) => Math.max(a, b), 0);
  return sum.map((value) => value / most);
};
