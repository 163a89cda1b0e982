import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../../src/alpha/pricing/candle-volatility.js';
import {
  BLEND,
  hourFactors,
  indexVolatility,
  type BlendSettings,
  type VolatilityEstimate,
} from '../../../../src/alpha/pricing/index-volatility.js';
import { epochUs, later, seconds, type EpochUs } from '../../../../src/domain/units.js';

/** A midnight, UTC. */
const midnight = epochUs(20_700 * 86_400_000_000);
const minutes = (m: number): EpochUs => later(midnight, seconds(m * 60));
const PER_YEAR = 365 * 24 * 60;
const settings: BlendSettings = { ...BLEND, estimator: 'parkinson' };

/** A candle whose Parkinson volatility is `annual`. */
const candle = (from: EpochUs, annual: number): Candle => {
  const range = Math.exp(annual * Math.sqrt((4 * Math.LN2) / PER_YEAR));
  return { from, open: 100, high: 100 * range, low: 100, close: 100 };
};
/** A day of minutes, ending now; `recent` for the last quarter of an hour. */
const day = (annual: number, recent = annual): Candle[] =>
  Array.from({ length: 1440 }, (_, m) => candle(minutes(m), m >= 1440 - 15 ? recent : annual));
const now = minutes(1440);
const estimate = (candles: readonly Candle[], over: Partial<BlendSettings> = {}): VolatilityEstimate =>
  indexVolatility(candles, now, { ...settings, ...over }) as VolatilityEstimate;

describe('the blend', () => {
  test('a steady index has one volatility in every window', () => {
    const { annual, error, from } = estimate(day(0.5));
    expect(annual).toBeCloseTo(0.5, 10);
    expect(from).toBe('both');
    // Error of the short window alone, a half of it: sigma / 2 * sqrt(0.407 / 15) * w.
    expect(error).toBeCloseTo(0.25 * Math.hypot(0.5 * Math.sqrt(0.407 / 15), 0.5 * Math.sqrt(0.407 / 1440)), 10);
  });

  test('variances are blended by weight, and that the windows differ is part of the error', () => {
    const blended = estimate(day(0.5, 1), { longWindow: seconds(86_400) });
    const longVariance = (0.25 * 1425 + 15) / 1440;
    expect(blended.annual).toBeCloseTo(Math.sqrt((1 + longVariance) / 2), 10);
    expect(blended.error).toBeGreaterThan((0.5 * (1 - longVariance)) / (2 * blended.annual) - 1e-12);
    expect(estimate(day(0.5, 1), { shortWeight: 0 }).annual).toBeCloseTo(Math.sqrt(longVariance), 10);
    expect(estimate(day(0.5, 1), { shortWeight: 1 }).annual).toBeCloseTo(1, 10);
  });

  test('a quiet quarter of an hour does not pull it below 60 % of the day', () => {
    const calm = estimate(day(0.5, 0.01), { shortWeight: 1 });
    const daily = Math.sqrt((0.25 * 1425 + 0.0001 * 15) / 1440);
    expect(calm.from).toBe('floor');
    expect(calm.annual).toBeCloseTo(0.6 * daily, 10);
    // What the floor adds counts as not known.
    expect(calm.error).toBeGreaterThan(0.29 * daily);
  });

  test('the day is scaled to the hour that begins, the last minutes are not', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 0 ? 2 : 1));
    expect(estimate(day(0.5), { hours, shortWeight: 0 }).annual).toBeCloseTo(1, 10);
    expect(estimate(day(0.5), { hours, shortWeight: 1 }).annual).toBeCloseTo(0.5, 10);
  });
});

describe('candles as they come', () => {
  test('with gaps: those that are there speak for the window', () => {
    const holes = day(0.5).filter((_, i) => i % 3 !== 0);
    const { annual, error, from } = estimate(holes);
    expect([annual.toFixed(10), from]).toEqual(['0.5000000000', 'both']);
    expect(error).toBeGreaterThan(estimate(day(0.5)).error);
  });

  test('too few in the last minutes: the day alone; too few of the day: the last minutes alone, without a floor', () => {
    expect(estimate(day(0.5, 1).slice(0, -10)).from).toBe('long');
    const recent = estimate(day(0.5, 0.01).slice(-15));
    expect([recent.from, recent.annual.toFixed(10)]).toEqual(['short', '0.0100000000']);
  });

  test('too few at all: no volatility rather than a guess', () => {
    expect(indexVolatility([], now, settings)).toBeNull();
    expect(indexVolatility(day(0.5).slice(0, 500), now, settings)).toBeNull();
  });

  test('order does not matter; of two for one moment the later one counts', () => {
    const candles = day(0.5);
    const corrected = [candle(minutes(1439), 3), ...candles];
    expect(estimate(corrected.toReversed()).annual).toBeGreaterThan(0.6);
    expect(estimate(corrected)).toEqual({ ...estimate(candles), refused: 1 });
    expect(estimate(candles.toReversed()).annual).toBeCloseTo(0.5, 10);
  });

  test('unfinished candles, those of the future and those that contradict themselves are left out and counted', () => {
    const wrong = [candle(now, 9), candle(minutes(1441), 9), { ...candle(minutes(1430), 9), high: 50 }];
    expect(estimate([...day(0.5), ...wrong])).toEqual({ ...estimate(day(0.5)), refused: 3 });
  });

  test('an index that stands still has no volatility and no error, and neither is a NaN', () => {
    expect(estimate(day(0))).toEqual({ annual: 0, error: 0, from: 'both', refused: 0 });
  });
});

describe('hours of the day', () => {
  const days = Array.from({ length: 10 * 1440 }, (_, m) => candle(minutes(m), Math.floor(m / 60) % 24 === 14 ? 1 : 0.5));

  test('the busy hour stands out, and the squares average to 1', () => {
    const factors = hourFactors(days, settings, 0);
    const mean = Math.sqrt((23 * 0.25 + 1) / 24);
    expect(factors[14]).toBeCloseTo(1 / mean, 10);
    expect(factors[3]).toBeCloseTo(0.5 / mean, 10);
    expect(factors.reduce((sum, factor) => sum + factor ** 2, 0) / 24).toBeCloseTo(1, 12);
  });

  test('few candles move it little, none not at all', () => {
    const [few, many] = [hourFactors(days.slice(0, 1440), settings), hourFactors(days, settings)];
    expect(few[14]).toBeLessThan(many[14] ?? 0);
    expect(few[14]).toBeGreaterThan(1.1);
    expect(hourFactors([], settings)).toEqual(Array.from({ length: 24 }, () => 1));
  });
});
