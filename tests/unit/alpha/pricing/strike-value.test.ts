import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beforeWindow } from '../../../../src/alpha/pricing/average.js';
import { valueStrike, type Outlook } from '../../../../src/alpha/pricing/strike-value.js';
import type { Strike } from '../../../../src/domain/market.js';

const PLAIN = { samples: 1, spacing: 1 };
const hour: Outlook = { spot: 65000, volatility: 0.55, terms: PLAIN, progress: beforeWindow(PLAIN, 3600) };
const MINUTE = { samples: 60, spacing: 1 };
const averaged: Outlook = { ...hour, terms: MINUTE, progress: beforeWindow(MINUTE, 3600) };
const above = (floor: number): Strike => ({ floor, floorStrict: true, cap: null, capStrict: false });
const below = (cap: number): Strike => ({ floor: null, floorStrict: false, cap, capStrict: true });
const within = (floor: number, cap: number): Strike => ({ floor, floorStrict: false, cap, capStrict: true });

describe('strikes', () => {
  test('above is the digital, with its greeks', () => {
    const value = valueStrike(above(65250), hour);
    expect(value.probability).toBeCloseTo(0.255850190689, 12);
    expect(value.vega).toBeCloseTo(0.380338858778, 11);
    expect(value.logDelta).toBeCloseTo(8.421413545711e-4 * 65000, 9);
    expect(value.beliefVolatility).toBeCloseTo(0.0281586362326, 11);
    expect(value.priceVolatility * 100).toBeCloseTo(0.536114726761, 9);
    expect(valueStrike(above(65250), averaged).probability).toBeCloseTo(0.254694460204, 12);
  });

  test('below is what above is not, and moves against it', () => {
    const up = valueStrike(above(65250), hour);
    const down = valueStrike(below(65250), hour);
    expect(down.probability).toBeCloseTo(1 - up.probability, 12);
    expect(down.vega).toBeCloseTo(-up.vega, 12);
    expect(down.logDelta).toBeCloseTo(-up.logDelta, 12);
    expect(down.beliefVolatility).toBeCloseTo(up.beliefVolatility, 12);
  });

  test('between is the difference of two digitals', () => {
    const value = valueStrike(within(65000, 65250), averaged);
    const [low, high] = [valueStrike(above(65000), averaged), valueStrike(above(65250), averaged)];
    expect(value.probability).toBeCloseTo(low.probability - high.probability, 12);
    expect(value.vega).toBeCloseTo(low.vega - high.vega, 12);
    expect(value.logDelta).toBeCloseTo(low.logDelta - high.logDelta, 9);
  });

  test('neighbouring strikes that cover everything sum to 1', () => {
    const edges = [64500, 64750, 65000, 65250, 65500];
    const strikes = [
      below(64500),
      ...edges.slice(1).map((cap, i) => within(edges[i] ?? NaN, cap)),
      { ...above(65500), floorStrict: false },
    ];
    expect(strikes.reduce((sum, strike) => sum + valueStrike(strike, averaged).probability, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    ['above its floor only', { ...above(65000) }, 0],
    ['at its floor too', { ...above(65000), floorStrict: false }, 1],
    ['below its cap only', { ...below(65000) }, 0],
    ['at its cap too', { ...below(65000), capStrict: false }, 1],
    ['from floor to cap, the floor included', within(65000, 65250), 1],
    ['from floor to cap, the cap not included', within(64750, 65000), 0],
  ])('decided exactly at the strike, a contract pays %s', (_, strike, paid) => {
    const done: Outlook = { ...averaged, progress: { seen: 60, sum: 60 * 65000, untilNext: 0 } };
    expect(valueStrike(strike, done)).toEqual({ probability: paid, vega: 0, logDelta: 0, priceVolatility: 0, beliefVolatility: 0 });
  });

  test('the chance and its errors are sane numbers for any strike and outlook', () => {
    const number = fc.double({ min: 1e-3, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.nat(60),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (spot, a, b, volatility, seen, untilNext) => {
          const strike = within(Math.min(a, b), Math.max(a, b));
          const value = valueStrike(strike, { spot, volatility, terms: MINUTE, progress: { seen, sum: seen * spot, untilNext } });
          expect(value.probability).toBeGreaterThanOrEqual(0);
          expect(value.probability).toBeLessThanOrEqual(1);
          for (const number of [value.vega, value.logDelta, value.priceVolatility, value.beliefVolatility]) expect(number).not.toBeNaN();
          expect(value.beliefVolatility).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
