/** Worked numbers of the quoting reference, f.2, and the average of simulated paths as judge. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageDistance,
  beforeWindow,
  effectiveSeconds,
  remainingStrike,
  type AverageInputs,
  type AverageProgress,
} from '../../../../src/alpha/pricing/average.js';
import { digital, SECONDS_PER_YEAR } from '../../../../src/alpha/pricing/digital.js';
import { normalCdf } from '../../../../src/alpha/pricing/normal.js';

const assertNear = (value: number, expected: number, within = 1e-9): void => expect(Math.abs(value - expected)).toBeLessThanOrEqual(within);
const MINUTE = { samples: 60, spacing: 1 };
const at = (over: Partial<AverageInputs>): AverageInputs => ({
  spot: 65000,
  strike: 65250,
  strict: true,
  volatility: 0.55,
  terms: MINUTE,
  progress: beforeWindow(MINUTE, 3600),
  ...over,
});
const chance = (over: Partial<AverageInputs>): number => normalCdf(averageDistance(at(over)));
const sumFrom = (first: number, count: number): number => Array.from({ length: count }, (_, i) => first + i).reduce((a, b) => a + b, 0);

describe('before the window', () => {
  test('an hour before: worked example', () => {
    assertNear(effectiveSeconds(MINUTE, beforeWindow(MINUTE, 3600)), 3560.502777777778, 1e-10);
    assertNear(chance({}), 0.254694460204, 1e-12);
  });

  test('two minutes before: worked example', () => {
    const progress = beforeWindow(MINUTE, 120);
    assertNear(effectiveSeconds(MINUTE, progress), 80.502777777778, 1e-10);
    assertNear(chance({ strike: 65020, progress }), 0.362969119193, 1e-12);
    assertNear(digital({ spot: 65000, strike: 65020, volatility: 0.55, years: 120 / SECONDS_PER_YEAR }).price, 0.386947413401, 1e-12);
  });

  test('one reading is the plain digital', () => {
    const terms = { samples: 1, spacing: 1 };
    assertNear(chance({ terms, progress: beforeWindow(terms, 3600) }), 0.255850190689, 1e-12);
  });
});

describe('inside the window', () => {
  const progress: AverageProgress = { seen: 30, sum: sumFrom(65000, 30), untilNext: 1 };

  test('half of the readings taken: worked example', () => {
    assertNear(remainingStrike(65020, MINUTE, progress), 65025.5);
    assertNear(effectiveSeconds(MINUTE, progress), 10.505555555556, 1e-10);
    assertNear(chance({ spot: 65040, strike: 65020, progress }), 0.758726814263, 1e-12);
  });

  test('nothing jumps when the window opens', () => {
    const outside = beforeWindow(MINUTE, 59);
    expect(outside).toEqual({ seen: 0, sum: 0, untilNext: 0 });
    // The first reading is taken this moment: whether it counts as seen or as next is the same.
    const inside = { seen: 1, sum: 65000, untilNext: 1 };
    assertNear(chance({ strike: 65020, progress: inside }), chance({ strike: 65020, progress: outside }), 2e-3);
  });

  test('readings that are high enough cannot be spoilt any more, and too low ones cannot be mended', () => {
    expect(chance({ strike: 100, progress: { seen: 59, sum: 59 * 65000, untilNext: 1 } })).toBe(1);
    expect(chance({ strike: 1e7, progress: { seen: 59, sum: 59 * 65000, untilNext: 1 } })).toBeLessThan(1e-300);
  });

  test('with all readings taken only the average speaks, and strictness decides at the strike itself', () => {
    const done = { seen: 60, sum: 60 * 65250, untilNext: 0 };
    expect(chance({ progress: done, strict: true })).toBe(0);
    expect(chance({ progress: done, strict: false })).toBe(1);
    expect(chance({ progress: { ...done, sum: done.sum + 1 } })).toBe(1);
    expect(chance({ progress: { ...done, sum: done.sum - 1 } })).toBe(0);
  });

  test('an index that does not move ends where it is', () => {
    const still = (strike: number, strict: boolean): number =>
      chance({ strike, strict, volatility: 0, progress: beforeWindow(MINUTE, 600) });
    expect([still(64999, true), still(65000, true), still(65000, false), still(65001, false)]).toEqual([1, 0, 1, 0]);
  });
});

test('simulated averages agree', () => {
  // Its own small generator, so that the test says the same every time.
  let state = 20260923;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const paths = 40_000;
  const step = 0.55 * Math.sqrt(1 / SECONDS_PER_YEAR);
  const toWindow = step * Math.sqrt(61);
  let above = 0;
  for (let path = 0; path < paths; path++) {
    let log = Math.log(65000) + toWindow * normal() - (toWindow * toWindow) / 2;
    let sum = Math.exp(log);
    for (let i = 1; i < 60; i++) {
      log += step * normal() - (step * step) / 2;
      sum += Math.exp(log);
    }
    if (sum / 60 > 65020) above++;
  }
  assertNear(above / paths, chance({ strike: 65020, progress: beforeWindow(MINUTE, 120) }), 4 * Math.sqrt(0.25 / paths));
});

test('the chance stays within 0 and 1 and falls with the strike, wherever the average has come to', () => {
  const price = fc.double({ min: 1, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(price, price, fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (spot, strike, seen, untilNext) => {
      const progress = { seen, sum: seen * spot * 0.999, untilNext };
      const p = chance({ spot, strike, progress });
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(chance({ spot, strike: strike * 1.001, progress })).toBeLessThanOrEqual(p);
    }),
  );
});
