import { describe, expect, test } from 'vitest';
import {
  blockLength,
  bootstrapSums,
  deviation,
  pairedInterval,
  percentileInterval,
  simultaneousFactor,
  studentQuantile,
} from '../../../src/app/backtest-statistics.js';
import { SeededChance } from '../../../src/domain/chance.js';

/** Roughly normal, from the sum of twelve uniform draws. */
const normal = (chance: SeededChance): number => Array.from({ length: 12 }, () => chance.next()).reduce((a, b) => a + b, 0) - 6;
const draw = (chance: SeededChance, n: number, mean = 0): number[] => Array.from({ length: n }, () => mean + normal(chance));

describe("Student's t", () => {
  // Printed tables of the 97.5 % and 99.5 % points.
  test.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 10, 2.22814],
    [0.975, 30, 2.04227],
    [0.995, 5, 4.03214],
    [0.995, 120, 2.61742],
    [0.025, 10, -2.22814],
    [0.5, 3, 0],
  ])('its %f point with %i degrees of freedom is %f', (share, df, expected) => {
    expect(studentQuantile(share, df)).toBeCloseTo(expected, 4);
  });
});

describe('the paired interval', () => {
  test('of five differences is that of the textbook: sum plus and minus t, deviation and root of n', () => {
    const found = pairedInterval([1, 2, 3, 4, 5]);
    const reach = 2.776445 * Math.sqrt(2.5) * Math.sqrt(5);
    expect(found?.low).toBeCloseTo(15 - reach, 4);
    expect(found?.high).toBeCloseTo(15 + reach, 4);
  });

  test('of one difference is none at all', () => {
    expect(pairedInterval([7])).toBeNull();
  });

  test('holds the truth about 95 times of 100', () => {
    const chance = new SeededChance(11);
    let held = 0;
    for (let i = 0; i < 1000; i++) {
      const interval = pairedInterval(draw(chance, 8, 1));
      if (interval !== null && interval.low <= 8 && interval.high >= 8) held++;
    }
    expect(held).toBeGreaterThan(930);
    expect(held).toBeLessThan(970);
  });
});

describe('the block bootstrap', () => {
  test('keeps candidates paired: where one is another plus a constant, so is every resample', () => {
    const series = draw(new SeededChance(3), 40);
    const [a, b] = bootstrapSums([[series], [series.map((x) => x + 1)]], new SeededChance(5), 200) as [Float64Array, Float64Array];
    for (const [r, value] of b.entries()) expect(value - (a.at(r) ?? 0)).toBeCloseTo(40, 9);
  });

  test('of the same seed is the same', () => {
    const series = [draw(new SeededChance(3), 40), draw(new SeededChance(4), 17)];
    expect(bootstrapSums([series], new SeededChance(5), 50)).toEqual(bootstrapSums([series], new SeededChance(5), 50));
  });

  test('takes spans that follow each other in one piece, so that what belongs together stays together', () => {
    // Every loss is made good in the next span: independent spans would look four times as wild as they are.
    const series = Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? -1 : 1));
    expect(blockLength(64)).toBe(4);
    const [sums] = bootstrapSums([[series]], new SeededChance(1), 500) as [Float64Array];
    expect(deviation([...sums])).toBeLessThan(1e-9);
  });

  test('its interval holds the truth about as often as it says', () => {
    const chance = new SeededChance(21);
    let held = 0;
    for (let i = 0; i < 200; i++) {
      const [sums] = bootstrapSums([[draw(chance, 60, 0.5)]], new SeededChance(i), 300) as [Float64Array];
      const { low, high } = percentileInterval(sums);
      if (low <= 30 && high >= 30) held++;
    }
    expect(held).toBeGreaterThan(174);
  });

  test('over many candidates at once the factor is larger than over one, and a candidate that never varies does not count', () => {
    const chance = new SeededChance(9);
    const series = Array.from({ length: 20 }, () => [draw(chance, 50)]);
    const still = [Array.from({ length: 50 }, () => 0)];
    const sums = bootstrapSums([...series, still], new SeededChance(2), 1000);
    const totals = [...series, still].map((parts) => parts.flat().reduce((a, b) => a + b, 0));
    const one = simultaneousFactor(sums.slice(0, 1), totals.slice(0, 1));
    const all = simultaneousFactor(sums, totals);
    expect(one).toBeGreaterThan(1.6);
    expect(one).toBeLessThan(2.3);
    expect(all).toBeGreaterThan(one + 0.5);
  });
});
