import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearestName } from '../../../src/domain/near-name.js';

test('the distance counts insertions, deletions, replacements and swaps of neighbours', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['abc', '', 3],
    ['gamma', 'gamma', 0],
    ['gama', 'gamma', 1],
    ['kitten', 'sitting', 3],
    ['spede', 'speed', 1],
    ['ab', 'ba', 1],
  ];
  for (const [a, b, distance] of cases) expect([a, b, editDistance(a, b)]).toEqual([a, b, distance]);
});

test('the distance is the same both ways and zero for equal names only', () => {
  const words = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test('a typing error finds its name, and a stranger finds none', () => {
  const names = ['order_size_contracts', 'position_max_contracts', 'band_low_cents', 'gamma'];
  expect(nearestName('order_size_contract', names)).toBe('order_size_contracts');
  expect(nearestName('Order-Size-Contracts', names)).toBe('order_size_contracts');
  expect(nearestName('gmama', names)).toBe('gamma');
  expect(nearestName('tape', names)).toBeNull();
  expect(nearestName('x'.repeat(5000), names)).toBeNull();
  expect(nearestName('gamma', [])).toBeNull();
});
