import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatClock, parseDuration } from '../../../src/cli/duration.js';

test('spans are read exactly', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['500ms', 500_000],
    ['20s', 20_000_000],
    ['5m', 300_000_000],
    ['1h', 3_600_000_000],
    ['2d', 172_800_000_000],
    ['250us', 250],
    ['1.1s', 1_100_000],
    ['0.5m', 30_000_000],
    ['0s', 0],
    ['0.1us', null],
    ['0.0001ms', null],
    ['20', null],
    ['-5s', null],
    ['s', null],
    ['', null],
    ['5 s', null],
    ['1e3s', null],
    ['5S', null],
    ['999999999d', null],
  ];
  for (const [text, micros] of cases) expect([text, parseDuration(text)]).toEqual([text, micros]);
});

test('milliseconds and seconds agree for every span', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (ms) => {
      const padded = String(ms).padStart(4, '0');
      expect(parseDuration(`${ms}ms`)).toBe(ms * 1000);
      expect(parseDuration(`${padded.slice(0, -3)}.${padded.slice(-3)}s`)).toBe(ms * 1000);
    }),
  );
});

test('clocks show hours only where there are any', () => {
  expect([0, 7.4, 59.6, 725, 10_800, -3].map(formatClock)).toEqual(['0:00', '0:07', '1:00', '12:05', '3:00:00', '0:00']);
});
