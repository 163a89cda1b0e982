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
/** More steps than this are squared instead. */
const STEPS_MAX = 64;
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
 * ln v_n with the given time left. exp((cI - M) t) with c = alpha Q^2 has no negative entry, and what c adds is a factor, which cancels in ratios: nothing is
 * ever subtracted, neither in a Taylor series nor in a square.
 * @param horizon tau in seconds, at least 0
 */
export const finiteValues = (terms: ValueTerms, horizon: number): readonly number[] => {
  const { inventoryCost, trading, lotsMax } = terms;
  const gap = evenEigenvalue(1, terms) - evenEigenvalue(0, terms);
  const time = Math.min(horizon, FORGOTTEN / gap);
  const norm = (inventoryCost * lotsMax ** 2 + 2 * trading) * time;
  const values = norm <= STEP_NORM * STEPS_MAX ? stepped(terms, time, Math.ceil(norm / STEP_NORM)) : squared(terms, time, norm);
  // Beyond what doubles hold, time has long stopped to matter.
  return values.every((value) => value > 0) ? Array.from(values, Math.log) : stationaryValues(terms);
};

const stepped = (terms: ValueTerms, time: number, steps: number): Float64Array<ArrayBuffer> => {
  const { diagonal, beside } = exponent(terms, time / Math.max(1, steps));
  let values = new Float64Array(diagonal.length).fill(1);
  for (let step = 0; step < steps; step++) values = taylorStep(values, diagonal, beside);
  return values;
};

/** (cI - M) t: the diagonal, and what stands beside it. */
const exponent = ({ inventoryCost, trading, lotsMax }: ValueTerms, time: number) => ({
  diagonal: Float64Array.from({ length: lotsMax + 1 }, (_, n) => inventoryCost * (lotsMax ** 2 - n * n) * time),
  beside: trading * time,
});

/** Row by row, the matrix of one short step squared again and again: a long horizon costs a few squares more, where steps would be too many. */
const squared = (terms: ValueTerms, time: number, norm: number): Float64Array<ArrayBuffer> => {
  const size = terms.lotsMax + 1;
  const squares = Math.ceil(Math.log2(norm));
  const { diagonal, beside } = exponent(terms, time / 2 ** squares);
  // Columns of the short step, which are rows of its transpose: exp(B) e_j.
  let matrix = Array.from({ length: size }, (_, column) => {
    const unit = new Float64Array(size);
    unit[column] = 1;
    return taylorSum(unit, diagonal, beside);
  });
  for (let i = 0; i < squares; i++) matrix = square(matrix);
  const values = new Float64Array(size);
  for (const column of matrix) for (let n = 0; n < size; n++) values[n] = (values[n] as number) + (column[n] as number);
  return values;
};

/** Columns of a matrix to columns of its square, scaled to a largest entry of 1. */
const square = (columns: readonly Float64Array<ArrayBuffer>[]): Float64Array<ArrayBuffer>[] => {
  let most = 0;
  const result = columns.map((factors) => {
    const sum = new Float64Array(factors.length);
    for (const [k, column] of columns.entries()) {
      const factor = factors[k] as number;
      if (factor > 0) for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] as number) + factor * (column[n] as number);
    }
    for (const value of sum) most = Math.max(most, value);
    return sum;
  });
  for (const column of result) for (let n = 0; n < column.length; n++) column[n] = (column[n] as number) / most;
  return result;
};

/** exp(B) v, scaled to a largest component of 1. */
const taylorStep = (start: Float64Array<ArrayBuffer>, diagonal: Float64Array, beside: number): Float64Array<ArrayBuffer> => {
  const sum = taylorSum(start, diagonal, beside);
  const most = sum.reduce((a, b) => Math.max(a, b), 0);
  return sum.map((value) => value / most);
};

/** exp(B) v; every component is summed until its last digit. */
const taylorSum = (start: Float64Array<ArrayBuffer>, diagonal: Float64Array, beside: number): Float64Array<ArrayBuffer> => {
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
  return sum;
};
