import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backoff } from '../../../src/domain/backoff.js';
import { Sequence } from '../../../src/connector/sequence.js';
import { parseRfc3339 } from '../../../src/connector/wire-time.js';
import { millis, seconds } from '../../../src/domain/units.js';

describe('backoff', () => {
  test('the bound doubles up to the most; the wait is anywhere below it', () => {
    const almost = { next: () => 0.999_999 };
    const backoff = new Backoff({ first: millis(500), most: seconds(3) }, almost);
    expect(Array.from({ length: 5 }, () => Math.ceil(backoff.next() / 1000))).toEqual([500, 1000, 2000, 3000, 3000]);
    expect(backoff.failures).toBe(5);
    backoff.reset();
    expect(Math.ceil(backoff.next() / 1000)).toBe(500);
    expect(new Backoff({ first: millis(500), most: seconds(3) }, { next: () => 0 }).next()).toBe(0);
  });

  test('stays within the most after any number of failures', () => {
    const backoff = new Backoff({ first: millis(500), most: seconds(30) }, { next: () => 0.5 });
    for (let i = 0; i < 5000; i++) expect(backoff.next()).toBeLessThanOrEqual(seconds(15));
  });
});

describe('sequence', () => {
  test.each([
    [
      [1, 2, 3],
      ['next', 'next', 'next'],
    ],
    [
      [7, 8],
      ['next', 'next'],
    ],
    [
      [0, 1],
      ['next', 'next'],
    ],
    [
      [1, 1, 2],
      ['next', 'old', 'next'],
    ],
    [
      [5, 3, 6],
      ['next', 'old', 'next'],
    ],
    [
      [1, 3, 2, 4],
      ['next', 'gap', 'old', 'next'],
    ],
    [
      [1, 9, 10, 12],
      ['next', 'gap', 'next', 'gap'],
    ],
  ])('%j is taken as %j', (numbers, verdicts) => {
    const sequence = new Sequence();
    expect(numbers.map((n) => sequence.take(n))).toEqual(verdicts);
  });
});

describe('times of the wire', () => {
  test('agree with the calendar of the platform for every moment from 1970 to 2199', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2199-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
        expect(parseRfc3339(date.toISOString())).toBe(date.getTime() * 1000);
      }),
    );
  });

  test.each([
    ['2026-06-11T06:29:47.42784Z', 427_840],
    ['2026-06-11T06:29:47Z', 0],
    ['2026-06-11T06:29:47.1Z', 100_000],
    ['2026-06-11T06:29:47.123456789Z', 123_456],
  ])('%s has its fraction to the microsecond', (text, micros) => {
    expect(parseRfc3339(text)).toBe(Date.UTC(2026, 5, 11, 6, 29, 47) * 1000 + micros);
  });

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-06-11',
    '2026-06-11T24:00:00Z',
    '2026-06-11T06:29:47',
    '2026-06-11T06:29:47.Z',
    '2026-00-11T06:29:47Z',
    '1969-12-31T23:59:59Z',
  ])('%s is no time', (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });
});
