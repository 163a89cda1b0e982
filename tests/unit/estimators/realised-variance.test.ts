import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ewmaStep, irregularEwmaStep } from '../../../src/estimators/ewma.js';
import {
  bipowerVariance,
  jumpVariance,
  medianRealisedVariance,
  realisedVariance,
  twoScaleVariance,
  zhouVariance,
} from '../../../src/estimators/realised-variance.js';

/** Mids of the quoting reference e.1, in cents: eight differences. */
const MIDS = [50, 50.5, 50, 51, 51.5, 51, 53, 53, 52.5];
const differencesOf = (levels: readonly number[]): number[] => levels.slice(1).map((level, i) => level - (levels[i] ?? 0));
const D = differencesOf(MIDS);

describe('the worked values of the quoting reference, e.1', () => {
  test.each([
    ['RV', realisedVariance(D), 6.25],
    ['BV without n/(n-1)', bipowerVariance(D, 'none'), 3.926990816987],
    ['BV with n/(n-1)', bipowerVariance(D, 'finite-sample'), 4.487989505128],
    ['jump part', jumpVariance(D), 1.762010494872],
    ['MedRV', medianRealisedVariance(D), 2.838716604045],
    ['Zhou', zhouVariance(D), 3.25],
    ['TSRV with 2 grids', twoScaleVariance(MIDS, 2), 3.138888888889],
  ])('%s', (_, value, expected) => expect(value).toBeCloseTo(expected, 9));

  test('EWMA per observation', () => {
    expect([0.4, -0.2, 0.1, -0.6].reduce((s2, d) => ewmaStep(s2, d, 0.97), 0.04)).toBeCloseTo(0.0520126228, 9);
  });

  test('EWMA of irregular times', () => {
    const steps = [
      [0.4, 1],
      [-0.2, 3],
      [0.1, 0.5],
    ] as const;
    expect(steps.reduce((s2, [d, dt]) => irregularEwmaStep(s2, d, dt, 20), 0.04)).toBeCloseTo(0.0407963507148, 9);
  });
});

describe('what each is robust against', () => {
  const series = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 60 });

  test('none depends on the sign, each grows with the square of the unit', () => {
    fc.assert(
      fc.property(series, (d) => {
        for (const of of [
          realisedVariance,
          zhouVariance,
          medianRealisedVariance,
          jumpVariance,
          (x: readonly number[]) => bipowerVariance(x, 'none'),
        ]) {
          const value = of(d);
          expect(of(d.map((x) => -x))).toBeCloseTo(value, 9);
          expect(of(d.map((x) => 3 * x)) / 9).toBeCloseTo(value, 9);
        }
      }),
    );
  });

  test('one jump among equal steps leaves MedRV as it is and hardly moves BV', () => {
    const calm = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1));
    const jumped = calm.map((d, i) => (i === 100 ? 5 : d));
    expect(medianRealisedVariance(jumped)).toBeCloseTo(medianRealisedVariance(calm), 12);
    expect(bipowerVariance(jumped, 'none')).toBeLessThan(1.6 * bipowerVariance(calm, 'none'));
    expect(realisedVariance(jumped)).toBeGreaterThan(10 * realisedVariance(calm));
    expect(jumpVariance(jumped)).toBeGreaterThan(20);
  });

  test('a price that only bounces between bid and ask has moved by one bounce at most', () => {
    const bounce = Array.from({ length: 201 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    expect(realisedVariance(differencesOf(bounce))).toBe(200);
    expect(zhouVariance(differencesOf(bounce))).toBeLessThan(0);
    expect(twoScaleVariance(bounce, 2)).toBeLessThan(0);
  });

  test('too few differences: nothing is made up', () => {
    expect([realisedVariance([]), zhouVariance([]), bipowerVariance([], 'finite-sample'), bipowerVariance([1], 'finite-sample')]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(medianRealisedVariance([1, 2])).toBeNaN();
  });
});
