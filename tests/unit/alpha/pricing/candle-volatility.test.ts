/** Worked numbers of the quoting reference, f.3. */
import { describe, expect, test } from 'vitest';
import {
  candleVariance,
  isSound,
  realisedVariance,
  type Candle,
  type RangeEstimator,
} from '../../../../src/alpha/pricing/candle-volatility.js';
import { epochUs, later, seconds } from '../../../../src/domain/units.js';

const start = epochUs(1_795_296_000_000_000);
const MINUTE = seconds(60);
const candle = (i: number, [open, high, low, close]: readonly [number, number, number, number]): Candle => ({
  from: later(start, seconds(i * 60)),
  open,
  high,
  low,
  close,
});
const EXAMPLE = [candle(0, [100, 101, 99.5, 100.5]), candle(1, [100.5, 101.5, 100.1, 101]), candle(2, [101, 101.8, 100.2, 100.4])];
const PER_YEAR = 365 * 24 * 60;

describe('range estimators', () => {
  test.each([
    ['parkinson', 8.028132404635e-5],
    // Computed with 30 digits; the reference prints it with one digit left out.
    ['garman-klass', 1.00347728522456e-4],
    ['rogers-satchell', 1.03069690278e-4],
  ] as const)('%s: worked example', (estimator, mean) => {
    expect(Math.abs(EXAMPLE.reduce((sum, c) => sum + candleVariance(c, estimator), 0) / 3 - mean)).toBeLessThan(1e-15);
    expect(Math.abs((realisedVariance(EXAMPLE, MINUTE, estimator)?.variance as number) / PER_YEAR - mean)).toBeLessThan(1e-15);
  });

  test.each(['parkinson', 'garman-klass', 'rogers-satchell'] as const)(
    '%s finds the volatility of a path it has seen, within its error',
    (estimator) => {
      const { candles, annual } = walk(600, 60);
      const found = realisedVariance(candles, MINUTE, estimator) as { variance: number; error: number };
      // High and low of sixty steps are less far apart than those of a continuous path: the estimate is low, by no more than an eighth.
      expect(Math.sqrt(found.variance) / annual).toBeGreaterThan(0.875);
      expect(Math.sqrt(found.variance) / annual).toBeLessThan(1.02);
      expect(found.error / found.variance).toBeGreaterThan(0.015);
      expect(found.error / found.variance).toBeLessThan(0.04);
    },
  );

  test('scatter between quiet and busy minutes shows in the error', () => {
    const calm = Array.from({ length: 30 }, (_, i) => candle(i, [100, 100.1, 99.9, 100]));
    const mixed = calm.map((c, i) => (i % 10 === 0 ? candle(i, [100, 101, 99, 100]) : c));
    const relative = (candles: readonly Candle[], estimator: RangeEstimator = 'parkinson'): number => {
      const found = realisedVariance(candles, MINUTE, estimator) as { variance: number; error: number };
      return found.error / found.variance;
    };
    expect(relative(calm)).toBeCloseTo(Math.sqrt(0.407 / 30), 10);
    expect(relative(mixed)).toBeGreaterThan(3 * relative(calm));
  });

  test('one candle is no estimate', () => {
    expect(realisedVariance(EXAMPLE.slice(0, 1), MINUTE, 'parkinson')).toBeNull();
    expect(realisedVariance([], MINUTE, 'parkinson')).toBeNull();
  });
});

test('a candle that contradicts itself is not sound', () => {
  const [good] = EXAMPLE as [Candle];
  expect(isSound(good)).toBe(true);
  for (const wrong of [{ high: 100.2 }, { low: 100.2 }, { low: 0 }, { low: -1 }, { close: NaN }, { high: Infinity }, { open: 102 }])
    expect(isSound({ ...good, ...wrong })).toBe(false);
});

/** Minutes of `steps` equal steps up or down each, and the annual volatility that made them. */
const walk = (minutes: number, steps: number): { candles: Candle[]; annual: number } => {
  const step = 2e-4;
  let state = 7;
  let log = Math.log(65000);
  const candles: Candle[] = [];
  for (let i = 0; i < minutes; i++) {
    const open = Math.exp(log);
    let [high, low] = [open, open];
    for (let j = 0; j < steps; j++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      log += state >= 2 ** 31 ? step : -step;
      high = Math.max(high, Math.exp(log));
      low = Math.min(low, Math.exp(log));
    }
    candles.push(candle(i, [open, high, low, Math.exp(log)]));
  }
  return { candles, annual: step * Math.sqrt(steps * PER_YEAR) };
};
