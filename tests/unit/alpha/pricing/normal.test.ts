import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { erfc, normalCdf, normalDensity } from '../../../../src/alpha/pricing/normal.js';

/** x and erfc(x) to twenty digits, computed with 40 digits by mpmath 1.3. */
const EXACT: readonly (readonly [number, number])[] = [
  [-6, 2.0],
  [-3, 1.9999779095030015],
  [-2, 1.9953222650189528],
  [-1, 1.8427007929497148],
  [-0.47, 1.4937450508860821],
  [-0.46875, 1.492613473217938],
  [-0.25, 1.276326390168237],
  [0, 1],
  [1e-10, 0.999999999887162],
  [0.1, 0.887537083981715],
  [0.25, 0.7236736098317631],
  [0.46875, 0.507386526782062],
  [0.47, 0.5062549491139179],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028513],
  [1.5, 0.033894853524689274],
  [2, 0.004677734981047266],
  [3, 2.209049699858544e-5],
  [3.9, 3.4792248597231765e-8],
  [4, 1.541725790028002e-8],
  [4.1, 6.700027654084918e-9],
  [5, 1.537459794428035e-12],
  [6, 2.1519736712498913e-17],
  [8, 1.1224297172982926e-29],
  [10, 2.088487583762545e-45],
  [15, 7.212994172451207e-100],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
];

describe('erfc', () => {
  test.each(EXACT)('erfc(%d) is right to fourteen digits, in the far tail too', (x, exact) => {
    expect(Math.abs(erfc(x) / exact - 1)).toBeLessThan(1e-14);
  });

  test('falls everywhere and mirrors: erfc(-x) = 2 - erfc(x)', () => {
    const x = fc.double({ min: -6, max: 6, noNaN: true });
    fc.assert(
      fc.property(x, x, (a, b) => {
        expect(erfc(Math.max(a, b))).toBeLessThanOrEqual(erfc(Math.min(a, b)) * (1 + 1e-15));
        expect(erfc(-a)).toBeCloseTo(2 - erfc(a), 14);
      }),
    );
  });

  test('there is no step where one approximation hands over to the next', () => {
    for (const x of [0.46875, 4]) expect(Math.abs(erfc(x * (1 + 1e-15)) / erfc(x) - 1)).toBeLessThan(1e-13);
  });

  test('ends at 2 and 0', () => {
    expect([erfc(-Infinity), erfc(-30), erfc(30), erfc(Infinity)]).toEqual([2, 2, 0, 0]);
  });
});

test('N(z) keeps its digits in the lower tail', () => {
  const exact = [
    [-8, 6.220960574271784e-16],
    [-3, 0.0013498980316300946],
    [-1, 0.15865525393145705],
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [2, 0.9772498680518208],
  ] as const;
  for (const [z, n] of exact) expect(Math.abs(normalCdf(z) / n - 1)).toBeLessThan(1e-13);
});

test('n(z) is the slope of N(z)', () => {
  const step = 1e-5;
  for (const z of [-3, -1, 0, 0.3, 2]) {
    expect((normalCdf(z + step) - normalCdf(z - step)) / (2 * step)).toBeCloseTo(normalDensity(z), 9);
    expect(normalDensity(z)).toBeCloseTo(Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI), 15);
  }
});
