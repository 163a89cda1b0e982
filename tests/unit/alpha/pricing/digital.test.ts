/** Worked numbers of the quoting reference, f.1 and f.3. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beliefVolatility, digital, greeks, type DigitalInputs } from '../../../../src/alpha/pricing/digital.js';

const assertNear = (value: number, expected: number, within = 1e-9): void => expect(Math.abs(value - expected)).toBeLessThanOrEqual(within);
const HOUR = 1 / 8760;

describe('digital', () => {
  test.each([
    [100, 100, 0.2, 1, 0.05, 0.532324815454, 0.15],
    [100, 110, 0.2, 0.5, 0.05, 0.278020535349, -0.567878727379],
    [65000, 65250, 0.55, HOUR, 0, 0.255850190689, -0.656192332952],
    [3000, 2990, 0.7, 0.25 * HOUR, 0, 0.813535123051, 0.890998912043],
  ])('S %d, K %d, sigma %d, %d years, rate %d', (spot, strike, volatility, years, rate, price, d) => {
    const value = digital({ spot, strike, volatility, years, rate });
    assertNear(value.price, price, 1e-12);
    assertNear(value.d, d, 1e-12);
  });

  test('without time or volatility only the side of the strike counts', () => {
    const at = (strike: number): number => digital({ spot: 100, strike, volatility: 0, years: 1 }).price;
    expect([at(99), at(100), at(101), at(0), at(-5)]).toEqual([1, 0.5, 0, 1, 1]);
  });

  test('rises with the index and falls with the strike, within 0 and 1', () => {
    const positive = fc.double({ min: 0.5, max: 2, noNaN: true });
    const time = fc.double({ min: 1e-7, max: 1, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, time, (spot, strike, volatility, years) => {
        const p = (of: Partial<DigitalInputs>): number => digital({ spot, strike, volatility, years, ...of }).price;
        expect(p({})).toBeGreaterThanOrEqual(0);
        expect(p({})).toBeLessThanOrEqual(1);
        expect(p({ spot: spot * 1.01 })).toBeGreaterThanOrEqual(p({}));
        expect(p({ strike: strike * 1.01 })).toBeLessThanOrEqual(p({}));
      }),
    );
  });
});

describe('greeks', () => {
  const inputs = { spot: 65000, strike: 65250, volatility: 0.55, years: HOUR };

  test('worked example: an hour to go', () => {
    const { delta, gamma, vega, theta } = greeks(inputs);
    assertNear(delta, 8.421413545711e-4, 1e-15);
    assertNear(gamma, 1.433789522493e-6, 1e-17);
    assertNear(vega, 0.380338858778, 1e-12);
    assertNear(theta, -916.236310796, 1e-8);
  });

  test.each([inputs, { spot: 3000, strike: 2990, volatility: 0.7, years: 0.25 * HOUR }, { spot: 1, strike: 1, volatility: 1, years: 0.3 }])(
    'are the slopes of the price: %o',
    (of) => {
      const slope = (what: 'spot' | 'volatility' | 'years', step: number): number => {
        const price = (by: number): number => digital({ ...of, [what]: of[what] + by }).price;
        return (price(step) - price(-step)) / (2 * step);
      };
      const { delta, gamma, vega, theta } = greeks(of);
      const relative = (value: number, expected: number, within = 1e-6): void => assertNear(value / expected, 1, within);
      relative(slope('spot', of.spot * 1e-6), delta);
      relative(slope('volatility', 1e-6), vega);
      // Time passes while the years that are left run down.
      relative(-slope('years', of.years * 1e-6), theta);
      const deltaAt = (by: number): number => greeks({ ...of, spot: of.spot + by }).delta;
      const step = of.spot * 1e-6;
      relative((deltaAt(step) - deltaAt(-step)) / (2 * step), gamma, 1e-5);
    },
  );

  test('are nothing where nothing can change any more', () => {
    const flat = { delta: 0, gamma: 0, vega: 0, theta: 0 };
    expect(greeks({ ...inputs, years: 0 })).toEqual(flat);
    expect(greeks({ ...inputs, volatility: 0 })).toEqual(flat);
    expect(greeks({ ...inputs, strike: -1 })).toEqual(flat);
  });
});

describe('belief volatility', () => {
  test('worked examples', () => {
    assertNear(beliefVolatility({ d: 0, seconds: 600 }), 0.065147001587, 1e-12);
    assertNear(beliefVolatility({ d: -0.656192332952, seconds: 3600 }), 0.0281586362326, 1e-12);
    const p = 0.255850190689;
    assertNear(beliefVolatility({ d: -0.656192332952, seconds: 3600 }) * p * (1 - p) * 100, 0.536114726761, 1e-10);
  });

  test('is nothing where the result is certain', () => {
    expect(beliefVolatility({ d: Infinity, seconds: 600 })).toBe(0);
    expect(beliefVolatility({ d: -60, seconds: 600 })).toBe(0);
    expect(beliefVolatility({ d: 0, seconds: 0 })).toBe(0);
  });

  test('is a finite number for any distance', () => {
    fc.assert(
      fc.property(fc.double(), fc.double({ min: 0, noNaN: true }), (d, seconds) =>
        Number.isNaN(d) ? true : Number.isFinite(beliefVolatility({ d, seconds })) || seconds < 1e-100,
      ),
    );
  });
});
