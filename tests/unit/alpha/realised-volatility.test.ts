import { describe, expect, test } from 'vitest';
import { RealisedVolatility } from '../../../src/alpha/realised-volatility.js';
import type { IndexUpdate } from '../../../src/domain/events.js';
import { epochUs, later, seconds } from '../../../src/domain/units.js';
import { IndexPath } from '../../../src/exchange/crowd/index-path.js';
import { indexNoise } from '../../../src/exchange/core/index-world.js';

const START = epochUs(1_795_262_400_000_000);
const SETTINGS = { spacing: seconds(5), window: seconds(900), prior: 0.6, weight: 12 };
const value = (v: number, s: number): IndexUpdate => ({
  type: 'index',
  at: later(START, seconds(s)),
  index: 'X',
  value: v,
  asOf: later(START, seconds(s)),
});

describe('the volatility of an index without candles', () => {
  test('is the prior at once, with the error of the little it counts for', () => {
    const realised = new RealisedVolatility({ ...SETTINGS, weight: 1e9 });
    expect(realised.take(value(100, 0))).toBeNull();
    expect(realised.take(value(100, 1))).toBeNull();
    expect(realised.take(value(100, 5))).toMatchObject({ type: 'index-volatility', index: 'X', annual: expect.closeTo(0.6, 6) as number });
    const little = new RealisedVolatility(SETTINGS);
    little.take(value(100, 0));
    const told = little.take(value(100, 5));
    expect(told?.error).toBeCloseTo((told?.annual ?? 0) / Math.sqrt(26), 12);
  });

  test('is found out within three errors, wherever the prior was', () => {
    const listing = { id: 'X', from: START, until: later(START, seconds(900)), startValue: 92_000, volatility: 0.55, events: [] };
    const misses = Array.from({ length: 40 }, (_, seed) => {
      const path = new IndexPath(indexNoise(String(seed), 'X'), listing);
      const realised = new RealisedVolatility({ ...SETTINGS, prior: 0.8, weight: 4 });
      let told = null;
      for (let s = 0; s <= 900; s++) told = realised.take(value(path.at(later(START, seconds(s))), s)) ?? told;
      return Math.abs((told?.annual ?? 0) - 0.55) > 3 * (told?.error ?? 0);
    });
    expect(misses.filter(Boolean).length).toBeLessThanOrEqual(2);
  });

  test('forgets what lies before its window, and weighs gaps by their length', () => {
    const realised = new RealisedVolatility({ ...SETTINGS, window: seconds(60), weight: 1 });
    for (let s = 0; s <= 100; s += 5) realised.take(value(s % 10 === 0 ? 100 : 101, s));
    let told = realised.take(value(100, 500));
    for (let s = 505; s <= 600; s += 5) told = realised.take(value(100, s));
    expect(told?.annual).toBeLessThan(0.6);
  });

  test.each([NaN, Infinity, 0, -5, 1e9])('is not moved by a value of %d', (absurd) => {
    const realised = new RealisedVolatility(SETTINGS);
    realised.take(value(100, 0));
    const before = realised.take(value(100, 5));
    expect(realised.take(value(absurd, 10))).toBeNull();
    expect(realised.take(value(100, 15))?.annual).toBeLessThanOrEqual(before?.annual ?? 0);
  });
});
