import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closedDistances,
  exactDistances,
  glftCoefficients,
  type Distances,
  type GlftInputs,
} from '../../../../src/strategy/models/glft.js';
import { finiteValues, stationaryValues } from '../../../../src/strategy/models/glft-exact.js';

const UNIT: GlftInputs = { riskAversion: 1, fillDecay: 1, lot: 1, volatility: 1, fillIntensity: 1, utility: 'exponential' };
/** The example in cents. */
const CENTS: GlftInputs = { riskAversion: 0.0002, fillDecay: 0.6, lot: 10, volatility: 0.2, fillIntensity: 0.05, utility: 'exponential' };

const finite = (inputs: GlftInputs, lotsMax: number, horizon: number) => {
  const { inventoryCost, trading, halfSpread } = glftCoefficients(inputs);
  const values = finiteValues({ inventoryCost, trading, lotsMax }, horizon);
  return (lots: number): Distances => exactDistances(values, lots, halfSpread, inputs.fillDecay);
};

const stationary = (inputs: GlftInputs, lotsMax: number) => {
  const { inventoryCost, trading, halfSpread } = glftCoefficients(inputs);
  const values = stationaryValues({ inventoryCost, trading, lotsMax });
  return (lots: number): Distances => exactDistances(values, lots, halfSpread, inputs.fillDecay);
};

const close = (got: number | null, expected: number, digits = 9): boolean => Math.abs((got ?? NaN) - expected) < 10 ** -digits / 2;

describe('worked values of the quoting reference, b', () => {
  test('coefficients where everything is 1', () => {
    const { inventoryCost, trading, halfSpread, skew } = glftCoefficients(UNIT);
    expect([inventoryCost, trading]).toEqual([0.5, 0.25]);
    expect(halfSpread).toBeCloseTo(0.69314718056, 9);
    expect(skew).toBeCloseTo(1.414213562373, 9);
  });

  test('exact quotes where everything is 1', () => {
    const one = finite(UNIT, 1, 1);
    expect(close(one(0).bid, 1.227528764264)).toBe(true);
    expect(close(one(0).ask, 1.227528764264)).toBe(true);
    const two = finite(UNIT, 2, 1);
    expect(close(two(0).bid, 1.143375857397)).toBe(true);
    expect(close(two(1).bid, 2.06800511056)).toBe(true);
    expect(close(two(1).ask, 0.2429185037226)).toBe(true);
  });

  test('coefficients of the example in cents', () => {
    const { inventoryCost, trading, halfSpread, skew } = glftCoefficients(CENTS);
    expect(inventoryCost).toBeCloseTo(2.4e-5, 15);
    expect(trading).toBeCloseTo(0.01836337492113, 12);
    expect(halfSpread).toBeCloseTo(1.663895046337, 9);
    expect(skew * CENTS.lot).toBeCloseTo(0.0602529229366, 9);
  });

  test.each([
    [-10, 0.4331512107462, null, 1.09149227844, 2.296550737172],
    [0, 1.695876621413, 1.695876621413, 1.694021507806, 1.694021507806],
    [1, 1.760083629675, 1.631913471262, 1.754274430742, 1.633768584869],
    [5, 2.03787185774, 1.36607199524, 1.995286122489, 1.392756893123],
    [9, 2.894638881929, 0.8910114436266, 2.236297814235, 1.151745201376],
  ])('the table in cents, n = %i', (lots, bid, ask, closedBid, closedAsk) => {
    const exact = finite(CENTS, 10, 3600)(lots);
    expect(close(exact.bid, bid)).toBe(true);
    if (ask === null) expect(exact.ask).toBeNull();
    else expect(close(exact.ask, ask)).toBe(true);
    const approximate = closedDistances(CENTS, lots * CENTS.lot);
    expect(close(approximate.bid, closedBid)).toBe(true);
    expect(close(approximate.ask, closedAsk)).toBe(true);
  });

  test('the penalty variant', () => {
    const { halfSpread, skew } = glftCoefficients({ ...CENTS, utility: 'penalty' });
    expect(halfSpread).toBeCloseTo(1.666666666667, 9);
    expect(skew * CENTS.lot).toBeCloseTo(0.0602027887334, 9);
  });
});

const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const cases: fc.Arbitrary<GlftInputs> = fc.record({
  riskAversion: real(1e-5, 0.01),
  fillDecay: real(0.2, 3),
  lot: real(1, 50),
  volatility: real(0.01, 0.5),
  fillIntensity: real(0.005, 0.5),
  utility: fc.constantFrom('exponential' as const, 'penalty' as const),
});
const bounds = fc.integer({ min: 1, max: 12 });

describe('the exact solution', () => {
  test('at the end inventory is worth its price: only the half-spread is left', () => {
    for (const lots of [-2, 0, 2]) {
      const { bid, ask } = finite(CENTS, 3, 0)(lots);
      expect(close(bid, 1.663895046337)).toBe(true);
      expect(close(ask, 1.663895046337)).toBe(true);
    }
  });

  test('is the eigenvector that its equation names: M f = l f, component by component', () => {
    fc.assert(
      fc.property(cases, bounds, (inputs, lotsMax) => {
        const { inventoryCost, trading } = glftCoefficients(inputs);
        const log = stationaryValues({ inventoryCost, trading, lotsMax });
        const ratio = (n: number, to: number): number => Math.exp((log[Math.abs(to)] ?? -Infinity) - (log[Math.abs(n)] ?? NaN));
        const eigenvalues = Array.from({ length: lotsMax + 1 }, (_, n) => {
          const outer = n === lotsMax ? 0 : ratio(n, n + 1);
          return inventoryCost * n * n - trading * (ratio(n, n - 1) + outer);
        });
        for (const eigenvalue of eigenvalues)
          expect(Math.abs(eigenvalue - (eigenvalues.at(0) ?? NaN))).toBeLessThan(1e-9 * (trading + inventoryCost * lotsMax ** 2));
      }),
    );
  });

  test('becomes the stationary one with time', () => {
    fc.assert(
      fc.property(cases, bounds, (inputs, lotsMax) => {
        const [long, without] = [finite(inputs, lotsMax, 1e9), stationary(inputs, lotsMax)];
        for (let n = -lotsMax; n < lotsMax; n++) expect(close(long(n).bid, without(n).bid ?? NaN, 7)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('leans more with inventory, mirrors, and has no quote at its bound', () => {
    fc.assert(
      fc.property(cases, bounds, real(0, 1e5), (inputs, lotsMax, horizon) => {
        const at = finite(inputs, lotsMax, horizon);
        for (let n = -lotsMax; n < lotsMax; n++) {
          const { bid } = at(n);
          expect(close(at(-n).ask, bid ?? NaN, 9)).toBe(true);
          if (n > -lotsMax) expect(bid).toBeGreaterThanOrEqual((at(n - 1).bid ?? NaN) - 1e-9);
        }
        expect([at(lotsMax).bid, at(-lotsMax).ask]).toEqual([null, null]);
      }),
      { numRuns: 60 },
    );
  });

  test('squaring and stepping are one: a horizon just short of where squares take over, and one just beyond', () => {
    const near = { ...CENTS, volatility: 0.5 };
    const { inventoryCost, trading } = glftCoefficients(near);
    const border = (8 * 64) / (inventoryCost * 144 + 2 * trading);
    const [steps, squares] = [finite(near, 12, border * (1 - 1e-12)), finite(near, 12, border * (1 + 1e-12))];
    for (let n = -12; n < 12; n++) expect(close(squares(n).bid, steps(n).bid ?? NaN, 8)).toBe(true);
  });

  test.each([
    [0.5, 1e-3, 50, 86_400],
    [1e-4, 1e-4, 50, 86_400],
    [1e-6, 0.1, 50, 2_592_000],
    [2.4e-3, 0.0184, 10, 1e9],
  ])(
    'stiff or slow, for a day or a month (alpha %f, eta %f, %i lots, %i s): finite, and rising outward',
    (inventoryCost, trading, lotsMax, horizon) => {
      const values = finiteValues({ inventoryCost, trading, lotsMax }, horizon);
      const falls = values.slice(1).map((value, n) => (values[n] ?? NaN) - value);
      expect(falls.every((fall, n) => fall >= (falls[n - 1] ?? 0) - 1e-9)).toBe(true);
    },
  );

  test('agrees with the plainest of integrations', () => {
    // Euler steps, small enough for four digits, know nothing of scaling or series.
    const { inventoryCost, trading, halfSpread } = glftCoefficients(CENTS);
    let v: readonly number[] = Array.from({ length: 21 }, () => 1);
    const steps = 200_000;
    for (let step = 0; step < steps; step++)
      v = v.map((value, i) => {
        const [n, dt] = [i - 10, 3600 / steps];
        return value - dt * (inventoryCost * n * n * value - trading * ((v[i - 1] ?? 0) + (v[i + 1] ?? 0)));
      });
    const euler = halfSpread + Math.log((v.at(15) ?? NaN) / (v.at(16) ?? NaN)) / CENTS.fillDecay;
    expect(close(finite(CENTS, 10, 3600)(5).bid, euler, 4)).toBe(true);
  });

  test('at the edge of a wide bound, where an eigenvector from a solver is all rounding', () => {
    const at = stationary({ ...CENTS, volatility: 4 }, 40);
    const [edge, inner] = [at(39).bid ?? NaN, at(38).bid ?? NaN];
    // There trading is all that is left: f_n / f_n+1 is about alpha (n + 1)^2 / eta.
    const { inventoryCost, trading, halfSpread } = glftCoefficients({ ...CENTS, volatility: 4 });
    expect(edge).toBeCloseTo(halfSpread + Math.log((inventoryCost * 1600) / trading) / CENTS.fillDecay, 2);
    expect(edge).toBeGreaterThan(inner);
  });
});

test('without risk aversion exponential and penalty are one', () => {
  const [a, b] = (['exponential', 'penalty'] as const).map((utility) => glftCoefficients({ ...CENTS, riskAversion: 1e-13, utility }));
  expect(a?.halfSpread).toBeCloseTo(b?.halfSpread ?? NaN, 9);
  expect(a?.trading).toBeCloseTo(b?.trading ?? NaN, 9);
});

test('a price that is expected to rise raises both quotes', () => {
  const [still, rising] = [closedDistances(CENTS, 20), closedDistances(CENTS, 20, 1e-6)];
  const lean = (1e-6 / (0.0002 * 0.04)) * (0.0602529229366 / 10);
  expect(still.bid - rising.bid).toBeCloseTo(lean, 9);
  expect(rising.ask - still.ask).toBeCloseTo(lean, 9);
});
