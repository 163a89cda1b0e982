import { expect, test } from 'vitest';
import { ClientIds, counterOf } from '../../../src/domain/ids.js';

test('client ids carry prefix, run and a counter, and never repeat', () => {
  const ids = new ClientIds('kmm', 'r1');
  expect([ids.next(), ids.next(), ids.next()]).toEqual(['kmm-r1-1', 'kmm-r1-2', 'kmm-r1-3']);
  expect(ids.issued).toBe(3);
  expect(counterOf(ids.next())).toBe(4);
});

test('a counter can go on where an earlier run stopped', () => {
  expect(new ClientIds('kmm', 'r1', 41).next()).toBe('kmm-r1-41');
});

test.each(['', 'kmm', 'kmm-r1-', 'kmm-r1-x', 'kmm-r1-0', 'kmm-r1--1.5'])('%j has no counter of ours', (text) => {
  expect(counterOf(text)).toBe(-1);
});
