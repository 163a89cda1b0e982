import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VolatilityEstimator } from '../../../src/estimators/volatility.js';
import type { VolatilitySettings } from '../../../src/domain/settings.js';
import { epochUs, later, seconds, type EpochUs } from '../../../src/domain/units.js';

const start = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(start, seconds(s));
const DOLLAR = 10_000;
const CENT = 100;
const settings = (over: Partial<VolatilitySettings> = {}): VolatilitySettings => ({
  prior: 0.2,
  floor: 0,
  averaging: seconds(20),
  ...over,
});

describe('the moving average of squared changes', () => {
  test('gives the worked value of the quoting reference, e.1', () => {
    const estimator = new VolatilityEstimator(settings(), seconds(0.5));
    let mid = 5 * DOLLAR;
    let now = 0;
    estimator.observe(at(now), mid);
    for (const [change, dt] of [
      [0.4, 1],
      [-0.2, 3],
      [0.1, 0.5],
    ] as const) {
      mid += change * DOLLAR;
      now += dt;
      estimator.observe(at(now), mid);
    }
    expect((estimator.value(at(now)) / DOLLAR) ** 2).toBeCloseTo(0.0407963507148, 9);
  });

  test('starts from the prior and forgets it as time passes in stillness', () => {
    const estimator = new VolatilityEstimator(settings({ averaging: seconds(10) }));
    expect(estimator.value(at(0))).toBeCloseTo(0.2 * DOLLAR, 9);
    estimator.observe(at(0), 5000);
    estimator.observe(at(20), 5000);
    expect(estimator.value(at(20))).toBeCloseTo(0.2 * DOLLAR * Math.exp(-1), 9);
  });

  test('does not depend on how often an unmoving mid is looked at', () => {
    const often = new VolatilityEstimator(settings());
    const seldom = new VolatilityEstimator(settings());
    for (let s = 0; s <= 60; s++) often.observe(at(s), 5000);
    for (const s of [0, 60]) seldom.observe(at(s), 5000);
    expect(often.value(at(60))).toBeCloseTo(seldom.value(at(60)), 9);
  });

  test('sees changes closer together than the sampling time as one', () => {
    const bouncing = new VolatilityEstimator(settings(), seconds(1));
    const calm = new VolatilityEstimator(settings(), seconds(1));
    for (let i = 0; i <= 20; i++) {
      bouncing.observe(at(i / 4), 5000 + (i % 4 === 0 ? 0 : 300));
      if (i % 4 === 0) calm.observe(at(i / 4), 5000);
    }
    expect(bouncing.value(at(5))).toBe(calm.value(at(5)));
  });

  test('learns the volatility of a price that takes one step every second', () => {
    const estimator = new VolatilityEstimator(settings({ prior: 1e-6, averaging: seconds(60) }));
    for (let s = 0; s <= 1200; s++) estimator.observe(at(s), 5000 + (s % 2) * 40);
    expect(estimator.value(at(1200))).toBeCloseTo(40, 3);
  });

  test('takes no move across a hole in the book', () => {
    const estimator = new VolatilityEstimator(settings({ prior: 0 }));
    estimator.observe(at(0), 5000);
    estimator.observe(at(1), null);
    estimator.observe(at(2), NaN);
    estimator.observe(at(3), 9000);
    estimator.observe(at(4), 9000);
    expect(estimator.value(at(4))).toBe(0);
    estimator.observe(at(5), 9100);
    expect(estimator.value(at(5))).toBeGreaterThan(0);
  });
});

describe('the floors', () => {
  test('the answer never falls below the configured one', () => {
    const estimator = new VolatilityEstimator(settings({ floor: 0.0005 }));
    estimator.observe(at(0), 5000);
    estimator.observe(at(1e5), 5000);
    expect(estimator.value(at(1e5))).toBe(5);
  });

  /** Steps of half a tick at the given times, after which only the grid's floor is left to see. */
  const stepping = (times: readonly number[]): VolatilityEstimator => {
    const estimator = new VolatilityEstimator(settings({ prior: 0, averaging: seconds(1e9) }));
    estimator.observe(at(0), 5000);
    times.forEach((s, i) => estimator.observe(at(s), 5000 + (i % 2 === 0 ? 0.5 : 0)));
    return estimator;
  };

  test('on a coarse grid the answer is at least a tick per square root of the median time between changes', () => {
    const estimator = stepping([1, 5, 9, 13, 17, 21, 60]);
    // Gaps 4, 4, 4, 4, 4, 39: the median ignores the long one.
    expect(estimator.value(at(60), CENT)).toBeCloseTo(CENT / 2, 6);
    expect(estimator.value(at(60), 10)).toBeCloseTo(10 / 2, 6);
    expect(estimator.value(at(60), 0)).toBeLessThan(1);
  });

  test('a hole in the book is no time between changes', () => {
    const estimator = stepping([1, 5, 9, 13, 17, 21]);
    estimator.observe(at(22), null);
    expect(estimator.value(at(22), CENT), 'nobody knows how long it has been quiet').toBeLessThan(1);
    for (const [s, mid] of [
      [100, 5000],
      [101, 5000.5],
      [105, 5000],
    ] as const)
      estimator.observe(at(s), mid);
    expect(estimator.value(at(105), CENT)).toBeCloseTo(CENT / 2, 6);
  });

  test('a market that fell asleep is let down', () => {
    const estimator = stepping([1, 5, 9, 13, 17, 21]);
    expect(estimator.value(at(21 + 400), CENT)).toBeCloseTo(CENT / 20, 6);
  });

  test('the grid says nothing until enough changes are known', () => {
    expect(stepping([1, 5, 9, 13, 17]).value(at(17), CENT)).toBeLessThan(1);
    expect(stepping([1, 5, 9, 13, 17, 21]).value(at(21), CENT)).toBeGreaterThan(1);
  });

  test('only the last fifteen gaps count', () => {
    const slow = Array.from({ length: 20 }, (_, i) => 1 + i * 100);
    const quick = Array.from({ length: 15 }, (_, i) => 1901 + (i + 1) * 4);
    expect(stepping([...slow, ...quick]).value(at(1961), CENT)).toBeCloseTo(CENT / 2, 6);
  });
});

test('whatever comes, the answer is a finite number not below the floor', () => {
  const steps = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.constant(null))),
    { maxLength: 50 },
  );
  fc.assert(
    fc.property(steps, (history) => {
      const estimator = new VolatilityEstimator(settings({ floor: 0.0001 }));
      let now = 0;
      for (const [wait, mid] of history) {
        now += wait;
        estimator.observe(at(now), mid);
        const value = estimator.value(at(now), CENT);
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(1);
      }
    }),
  );
});
