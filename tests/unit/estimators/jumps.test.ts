import { describe, expect, test } from 'vitest';
import { countJumps, jumpsBehind } from '../../../src/estimators/jumps.js';
import { inverseMills, normalTail } from '../../../src/estimators/normal-tail.js';

describe('the tail of the normal distribution', () => {
  test.each([
    [0, 0.5],
    [1, 0.15865525393145707],
    [2.999, 0.001354335],
    [4, 3.1671241833119863e-5],
    [8, 6.220960574271786e-16],
  ])('beyond %d', (z, tail) => expect(normalTail(z) / tail).toBeCloseTo(1, 5));
  test('is the same from both methods where they meet', () => expect(normalTail(3 - 1e-13) / normalTail(3)).toBeCloseTo(1, 11));
  test('lies further out by about 1/z on average', () =>
    expect([inverseMills(0), inverseMills(10)].map((m) => Number(m.toFixed(4)))).toEqual([0.7979, 10.0981]));
});

describe('jumps', () => {
  const calm = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0.05 : -0.04));
  const jumped = calm.map((d, i) => (i % 100 === 50 ? 0.6 : d));

  test('are the changes beyond 4 sqrt(BV / n)', () => {
    const found = countJumps(jumped);
    expect([found.count, found.meanSquare]).toEqual([4, 0.36]);
    expect(found.threshold).toBeGreaterThan(0.15);
    expect(found.threshold).toBeLessThan(0.25);
    expect(Math.sqrt(found.calmVariance)).toBeCloseTo(0.045, 3);
  });

  test('that are far beyond the threshold are counted as they are', () => {
    const found = jumpsBehind({ count: 100, meanSquare: 1, threshold: 1e-4, calmVariance: 0 }, 1000);
    // N(+-s^2/2, s^2) with a mean square of 1: s^2 = 2 (sqrt 2 - 1).
    expect(found?.size.value).toBeCloseTo(Math.sqrt(2 * (Math.SQRT2 - 1)), 3);
    expect(found?.rate.value).toBeCloseTo(0.1, 3);
    expect((found?.rate.error ?? 0) / (found?.rate.value ?? 1)).toBeCloseTo(0.1, 2);
  });

  test('near the threshold stand for more that were not seen, and are known worse', () => {
    const far = jumpsBehind({ count: 50, meanSquare: 1, threshold: 0.1, calmVariance: 0 }, 1000);
    const near = jumpsBehind({ count: 50, meanSquare: 0.04, threshold: 0.15, calmVariance: 0 }, 1000);
    expect(near?.rate.value).toBeGreaterThan(1.5 * (far?.rate.value ?? 0));
    expect((near?.rate.error ?? 0) / (near?.rate.value ?? 1)).toBeGreaterThan((far?.rate.error ?? 1) / (far?.rate.value ?? 1));
  });

  test('none, or one, tell nothing', () => {
    expect(jumpsBehind(countJumps(calm), 4000)).toBeNull();
    expect(jumpsBehind({ count: 1, meanSquare: 1, threshold: 0.1, calmVariance: 0 }, 100)).toBeNull();
  });
});
