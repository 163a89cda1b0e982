/** One volatility for an index out of its candles: the last minutes and the last day blended, scaled by the hour, with a floor and an error (quoting reference f.3). */
import { between, seconds, type DurationUs, type EpochUs } from '../../domain/units.js';
import { isSound, realisedVariance, type Candle, type RangeEstimator, type VarianceEstimate } from './candle-volatility.js';

const HOUR = seconds(3600);
const HOURS = 24;

export interface BlendSettings {
  readonly candle: DurationUs;
  readonly estimator: RangeEstimator;
  readonly shortWindow: DurationUs;
  readonly longWindow: DurationUs;
  /** Part of the variance that comes from the short window, in [0, 1]. */
  readonly shortWeight: number;
  /** Least part of a window's candles that must be there for it to count, in (0, 1]. */
  readonly coverage: number;
  /** Least part of the long window's volatility. */
  readonly floor: number;
  /** Volatility of each hour of the day (UTC) over the day's; null where it is not known. */
  readonly hours: readonly number[] | null;
}

export const BLEND: BlendSettings = {
  candle: seconds(60),
  estimator: 'garman-klass',
  shortWindow: seconds(15 * 60),
  longWindow: seconds(24 * 3600),
  shortWeight: 0.5,
  coverage: 0.5,
  floor: 0.6,
  hours: null,
};

export interface VolatilityEstimate {
  /** sigma of the logarithm, per square root of a year of 365 days. */
  readonly annual: number;
  /** Standard error of `annual`. */
  readonly error: number;
  /** Which windows it rests upon, and whether the floor holds it up. */
  readonly from: 'both' | 'short' | 'long' | 'floor';
  /** Candles that were refused: they contradict themselves, repeat another or lie in the future. */
  readonly refused: number;
}

/**
 * The volatility to expect from `now` on, or null where neither window has enough candles.
 *
 * Variances are blended, not volatilities: they add up over time. The long window is scaled to the hour of the day first; the short one already is of this hour.
 * Its error holds both estimates' own and that they differ, as if either were right with its weight. With one window alone there is nothing to blend, and
 * without the long one there is no floor.
 * @param candles in any order, with gaps; of two for the same moment the later one in the list counts, and the unfinished one is left out
 */
export const indexVolatility = (candles: readonly Candle[], now: EpochUs, settings: BlendSettings = BLEND): VolatilityEstimate | null => {
  const known = finished(candles, now, settings.candle);
  const refused = candles.length - known.length;
  const short = windowed(known, now, settings.shortWindow, settings);
  const day = windowed(known, now, settings.longWindow, settings);
  if (short === null && day === null) return null;
  const scale = hourFactor(settings.hours, now) ** 2;
  const long = day === null ? null : { variance: day.variance * scale, error: day.error * scale };
  const weight = long === null ? 1 : short === null ? 0 : settings.shortWeight;
  const blend = mix(short ?? NOTHING, long ?? NOTHING, weight);
  const from = long === null ? 'short' : short === null ? 'long' : 'both';
  const lowest = day === null ? 0 : day.variance * settings.floor ** 2;
  if (blend.variance >= lowest || day === null) return { ...asVolatility(blend), from, refused };
  // The floor is a rule and no measurement: how far it is above what was measured belongs to its error.
  return { ...asVolatility({ variance: lowest, error: Math.hypot(blend.error, lowest - blend.variance) }), from: 'floor', refused };
};

type Variance = Pick<VarianceEstimate, 'variance' | 'error'>;
const NOTHING: Variance = { variance: 0, error: 0 };

const mix = (a: Variance, b: Variance, weight: number): Variance => ({
  variance: weight * a.variance + (1 - weight) * b.variance,
  error: Math.sqrt((weight * a.error) ** 2 + ((1 - weight) * b.error) ** 2 + weight * (1 - weight) * (a.variance - b.variance) ** 2),
});

/** The error of a root: d sqrt(v) = dv / (2 sqrt(v)). A market that never moved has neither. */
const asVolatility = ({ variance, error }: Variance): { annual: number; error: number } => {
  const annual = Math.sqrt(variance);
  return { annual, error: annual > 0 ? error / (2 * annual) : 0 };
};

/** Sound candles that have ended, each moment once, in the order of time. */
const finished = (candles: readonly Candle[], now: EpochUs, length: DurationUs): readonly Candle[] => {
  const byTime = new Map<EpochUs, Candle>();
  for (const candle of candles) if (isSound(candle) && between(candle.from, now) >= length) byTime.set(candle.from, candle);
  return [...byTime.values()].sort((a, b) => a.from - b.from);
};

const windowed = (candles: readonly Candle[], now: EpochUs, window: DurationUs, settings: BlendSettings): VarianceEstimate | null => {
  // A candle's end decides: the window reaches back from now, and only whole candles are in it, the one under way not.
  const inside = candles.filter((candle) => between(candle.from, now) < window + settings.candle);
  if (inside.length < (settings.coverage * window) / settings.candle) return null;
  return realisedVariance(inside, settings.candle, settings.estimator);
};

const hourOf = (at: EpochUs): number => Math.floor(at / HOUR) % HOURS;
const hourFactor = (hours: readonly number[] | null, now: EpochUs): number => hours?.[hourOf(now)] ?? 1;

/**
 * How much the index moves at each hour of the day (UTC) over the day's average: 24 factors for volatility, whose squares average to 1.
 * An hour with few candles stays near 1: `weight` candles of an average hour are mixed in.
 * @param candles of several days
 */
export const hourFactors = (candles: readonly Candle[], settings: BlendSettings = BLEND, weight = 120): readonly number[] => {
  const sound = candles.filter(isSound);
  const overall = realisedVariance(sound, settings.candle, settings.estimator)?.variance ?? 0;
  if (overall === 0) return Array.from({ length: HOURS }, () => 1);
  const variances = Array.from({ length: HOURS }, (_, hour) => {
    const own = sound.filter((candle) => hourOf(candle.from) === hour);
    const measured = realisedVariance(own, settings.candle, settings.estimator)?.variance ?? overall;
    return (own.length * measured + weight * overall) / (own.length + weight);
  });
  const mean = variances.reduce((sum, variance) => sum + variance, 0) / HOURS;
  return variances.map((variance) => Math.sqrt(variance / mean));
};
