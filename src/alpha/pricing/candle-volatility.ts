/** Realised volatility from candles: their highs and lows say more than their closes alone (quoting reference f.3). */
import { toSeconds, type DurationUs, type EpochUs } from '../../domain/units.js';
import { SECONDS_PER_YEAR } from './digital.js';

export interface Candle {
  /** Its first moment. */
  readonly from: EpochUs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** `parkinson` uses the range alone; `garman-klass` adds open and close; `rogers-satchell` is right with a drift too. */
export type RangeEstimator = 'parkinson' | 'garman-klass' | 'rogers-satchell';

const LN2 = Math.LN2;

/** Variance of the logarithm over one candle, at least 0. */
export const candleVariance = ({ open, high, low, close }: Candle, estimator: RangeEstimator): number => {
  switch (estimator) {
    case 'parkinson':
      return Math.log(high / low) ** 2 / (4 * LN2);
    case 'garman-klass':
      return Math.log(high / low) ** 2 / 2 - (2 * LN2 - 1) * Math.log(close / open) ** 2;
    case 'rogers-satchell':
      return Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open);
  }
};

/** Variance of one candle's estimate over its square, for a continuous path (Garman and Klass 1980; Rogers and Satchell 1991). */
const NOISE: Record<RangeEstimator, number> = { parkinson: 0.407, 'garman-klass': 0.27, 'rogers-satchell': 0.331 };

/** Open and close within low and high, all above 0 and finite. */
export const isSound = ({ open, high, low, close }: Candle): boolean =>
  low > 0 && high < Infinity && low <= open && low <= close && open <= high && close <= high;

/** Annual variance of a logarithm and its standard error. */
export interface VarianceEstimate {
  readonly variance: number;
  readonly error: number;
  /** Candles it rests upon. */
  readonly candles: number;
}

/**
 * Average over the candles that are there, per year. Candles that are missing say nothing and count for nothing; what happened between two candles is not seen.
 * The error is the larger of what the estimator has on a path of constant volatility and what the candles' own scatter shows: it is the second that knows of
 * quiet and busy minutes. High and low of discrete prices lie inside the true ones, so all three are low by a little.
 * @param candles sound ones, each `length` long
 * @returns null for fewer than two candles
 */
export const realisedVariance = (candles: readonly Candle[], length: DurationUs, estimator: RangeEstimator): VarianceEstimate | null => {
  const n = candles.length;
  if (n < 2) return null;
  const perYear = SECONDS_PER_YEAR / toSeconds(length);
  let sum = 0;
  for (const candle of candles) sum += candleVariance(candle, estimator);
  const mean = sum / n;
  let squares = 0;
  for (const candle of candles) squares += (candleVariance(candle, estimator) - mean) ** 2;
  const scatter = squares / (n - 1) / n;
  const inherent = (NOISE[estimator] * mean * mean) / n;
  return { variance: mean * perYear, error: Math.sqrt(Math.max(scatter, inherent)) * perYear, candles: n };
};
