import { expect, test } from 'vitest';
import { SeededChance } from '../../../src/domain/chance.js';

const draw = (chance: SeededChance, n: number): number[] => Array.from({ length: n }, () => chance.next());

test('one seed and stream give the same numbers for ever', () => {
  expect(draw(new SeededChance(7, 'a'), 100)).toEqual(draw(new SeededChance(7, 'a'), 100));
});

test('seeds and streams are told apart', () => {
  const first = draw(new SeededChance(7, 'a'), 4);
  for (const other of [new SeededChance(8, 'a'), new SeededChance(7, 'b'), new SeededChance(7 + 2 ** 32, 'a')])
    expect(draw(other, 4)).not.toEqual(first);
});

test('numbers fill [0, 1) evenly', () => {
  const numbers = draw(new SeededChance(1), 20_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = Array.from({ length: 10 }, (_, i) => numbers.filter((n) => Math.floor(n * 10) === i).length);
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(250);
});
