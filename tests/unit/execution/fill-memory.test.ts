import { expect, test } from 'vitest';
import { fillId } from '../../../src/domain/ids.js';
import { UNKNOWN_TIME } from '../../../src/domain/units.js';
import { FillMemory } from '../../../src/execution/fill-memory.js';
import { at } from './facts.js';

test('a fill is new once', () => {
  const memory = new FillMemory(10);
  expect([memory.note(fillId('a'), at(1)), memory.note(fillId('a'), at(1)), memory.note(fillId('b'), at(1))]).toEqual([
    'new',
    'repeat',
    'new',
  ]);
});

test('beyond its bound the oldest are forgotten, and whatever is as old is not counted again', () => {
  const memory = new FillMemory(2);
  for (const [name, when] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    expect(memory.note(fillId(name), at(when))).toBe('new');
  expect(memory.size).toBe(2);
  expect(memory.note(fillId('a'), at(1))).toBe('forgotten');
  expect(memory.note(fillId('late'), at(1.5))).toBe('new');
});

test('a fill without a time is never called forgotten', () => {
  const memory = new FillMemory(1);
  memory.note(fillId('a'), at(1));
  memory.note(fillId('b'), at(2));
  expect(memory.note(fillId('c'), UNKNOWN_TIME)).toBe('new');
});
