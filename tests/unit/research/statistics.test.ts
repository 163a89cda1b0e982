import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deviation,
  deviationError,
  merged,
  mergedAll,
  momentsOf,
  NO_SAMPLES,
  quantileError,
  quantileOf,
  sortedCopy,
  standardError,
} from '../../../src/research/statistics.js';

describe('sums of samples', () => {
  test('mean, deviation with n - 1 and standard error', () => {
    const moments = momentsOf([12, -5, 8, 3, -2]);
    expect([moments.n, moments.mean]).toEqual([5, 3.2]);
    expect(deviation(moments)).toBeCloseTo(6.97853852895, 10);
    expect(standardError(moments)).toBeCloseTo(6.97853852895 / Math.sqrt(5), 10);
  });

  test('pieces put together are the whole', () => {
    const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const [whole, parts] = [momentsOf([...a, ...b]), merged(momentsOf(a), momentsOf(b))];
        expect(parts.n).toBe(whole.n);
        expect(parts.mean).toBeCloseTo(whole.mean, 6);
        expect(deviation(parts)).toBeCloseTo(deviation(whole), 4);
      }),
    );
  });

  test('of nothing are nothing', () => {
    expect(mergedAll([])).toEqual(NO_SAMPLES);
    expect([deviation(NO_SAMPLES), standardError(NO_SAMPLES), deviationError([])]).toEqual([0, 0, 0]);
  });

  test('a quantile lies between order statistics, and its error shrinks with the sample', () => {
    const sorted = sortedCopy([4, 1, 3, 2]);
    expect([quantileOf(sorted, 0), quantileOf(sorted, 0.5), quantileOf(sorted, 1)]).toEqual([1, 2.5, 4]);
    const even = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i / n);
    expect(quantileError(even(10_000), 0.5)).toBeCloseTo(0.005, 4);
    expect(deviationError(even(10_000))).toBeLessThan(deviationError(even(100)));
  });
});
