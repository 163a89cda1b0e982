/** Means and their errors, ratios, quantiles: plain numbers in, plain numbers out, null where there is too little to say. */

/** Seconds in the year over which a ratio is annualised: these markets trade on every day of it. */
export const YEAR_SECONDS = 365 * 86_400;

export interface Sharpe {
  /** Periods that it was made from. */
  readonly n: number;
  readonly mean: number;
  /** With n - 1. */
  readonly deviation: number;
  /** Mean over deviation, of one period. */
  readonly ratio: number;
  /** Standard error of `ratio`: sqrt((1 + ratio^2 / 2) / n). */
  readonly error: number;
  readonly annual: number;
  readonly annualError: number;
}

/**
 * Sharpe ratio of results per period, with its standard error for independent, normal results: an understatement where they are neither.
 * @param results one number for each period, in any unit
 * @returns null for fewer than two periods or where all are the same
 * @see Lo (2002), "The Statistics of Sharpe Ratios"
 */
export const sharpeOf = (results: readonly number[], periodSeconds: number): Sharpe | null => {
  const n = results.length;
  const { mean, deviation } = meanAndDeviation(results);
  if (n < 2 || deviation === null || deviation === 0) return null;
  const ratio = mean / deviation;
  const error = Math.sqrt((1 + (ratio * ratio) / 2) / n);
  const scale = Math.sqrt(YEAR_SECONDS / periodSeconds);
  return { n, mean, deviation, ratio, error, annual: ratio * scale, annualError: error * scale };
};

/** @returns the deviation with n - 1, null for fewer than two numbers; the mean of none is 0 */
export const meanAndDeviation = (values: readonly number[]): { readonly mean: number; readonly deviation: number | null } => {
  const n = values.length;
  if (n === 0) return { mean: 0, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)) };
};

/**
 * The smallest value that at least a share of `part` lies at or below: one of the values themselves, so integers stay integers. Of fewer than 1 / part
 * values it is the worst.
 */
export const lowQuantile = <T extends number>(values: readonly T[], part: number): T | null => {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length - 1e-9) - 1)] ?? null;
};

/** The mean of weighted values and its standard error, from sums only: those of two samples together are those of both. */
export class WeightedMean {
  n = 0;
  #w = 0;
  #wx = 0;
  #ww = 0;
  #wwx = 0;
  #wwxx = 0;

  /** @param weight positive */
  add(value: number, weight: number): void {
    this.n++;
    this.#w += weight;
    this.#wx += weight * value;
    this.#ww += weight * weight;
    this.#wwx += weight * weight * value;
    this.#wwxx += weight * weight * value * value;
  }

  take(other: WeightedMean): void {
    this.n += other.n;
    this.#w += other.#w;
    this.#wx += other.#wx;
    this.#ww += other.#ww;
    this.#wwx += other.#wwx;
    this.#wwxx += other.#wwxx;
  }

  get weight(): number {
    return this.#w;
  }

  get mean(): number | null {
    return this.n === 0 ? null : this.#wx / this.#w;
  }

  /** sqrt(n / (n - 1) sum w^2 (x - mean)^2) / sum w, values taken as independent; null for fewer than two. */
  get error(): number | null {
    const { mean } = this;
    if (this.n < 2 || mean === null) return null;
    const squares = this.#wwxx - 2 * mean * this.#wwx + mean * mean * this.#ww;
    return Math.sqrt((Math.max(0, squares) * this.n) / (this.n - 1)) / this.#w;
  }
}
