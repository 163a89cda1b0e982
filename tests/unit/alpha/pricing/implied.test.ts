import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digital } from '../../../../src/alpha/pricing/digital.js';
import { impliedVolatility } from '../../../../src/alpha/pricing/implied.js';

const HOUR = 1 / 8760;

describe('implied volatility', () => {
  test('gives back the volatility that made the price, on either side of the turn', () => {
    const price = digital({ spot: 65000, strike: 65250, volatility: 0.55, years: HOUR }).price;
    expect(impliedVolatility({ spot: 65000, strike: 65250, years: HOUR, price, near: 0.4 })).toBeCloseTo(0.55, 10);
  });

  test("above the index two volatilities give one price: the one on the estimate's side is meant", () => {
    const of = { spot: 100, strike: 120, years: 1 };
    const turn = Math.sqrt(2 * Math.log(1.2));
    const price = digital({ ...of, volatility: 0.3 }).price;
    const low = impliedVolatility({ ...of, price, near: turn * 0.9 }) as number;
    const high = impliedVolatility({ ...of, price, near: turn * 1.1 }) as number;
    expect(low).toBeCloseTo(0.3, 10);
    expect(high).toBeGreaterThan(turn);
    expect(digital({ ...of, volatility: high }).price).toBeCloseTo(price, 12);
  });

  test('a price that no volatility gives has none', () => {
    expect(impliedVolatility({ spot: 100, strike: 120, years: 1, price: 0.9, near: 0.5 })).toBeNull();
    for (const price of [0, 1, NaN]) expect(impliedVolatility({ spot: 100, strike: 90, years: 1, price, near: 0.5 })).toBeNull();
    expect(impliedVolatility({ spot: 100, strike: 90, years: 0, price: 0.5, near: 0.5 })).toBeNull();
  });

  test('round trip for strikes on both sides', () => {
    const ratio = fc.double({ min: 0.9, max: 1.1, noNaN: true });
    const volatility = fc.double({ min: 0.2, max: 3, noNaN: true });
    fc.assert(
      fc.property(ratio, volatility, (strike, sigma) => {
        const price = digital({ spot: 1, strike, volatility: sigma, years: 0.01 }).price;
        fc.pre(price > 1e-9 && price < 1 - 1e-9);
        const found = impliedVolatility({ spot: 1, strike, years: 0.01, price, near: sigma }) as number;
        expect(Math.abs(digital({ spot: 1, strike, volatility: found, years: 0.01 }).price - price)).toBeLessThan(1e-12);
      }),
    );
  });
});
