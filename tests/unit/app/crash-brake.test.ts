import { describe, expect, test } from 'vitest';
import { brakeAfter, recentCrashes } from '../../../src/app/crash-brake.js';

const NOW = 1_795_262_400_000;
const crashes = (count: number, apartMs = 5000): number[] => Array.from({ length: count }, (_, i) => NOW - i * apartMs);

describe('a start after crashes', () => {
  test.each([0, 1, 3, 5])('%i within ten minutes are bad luck: it goes at once', (count) => {
    expect(brakeAfter(crashes(count), NOW)).toEqual({ kind: 'go' });
  });

  test('then every start waits longer than the one before, at most a minute', () => {
    const waits = [6, 7, 8, 9, 10].map((count) => brakeAfter(crashes(count), NOW));
    expect(waits).toEqual([5, 10, 20, 40, 60].map((s, i) => ({ kind: 'wait', crashes: 6 + i, span: s * 1_000_000 })));
  });

  test('and in the end a person must look', () => {
    expect(brakeAfter(crashes(11), NOW)).toEqual({ kind: 'refuse', crashes: 11 });
    expect(brakeAfter(crashes(500), NOW)).toEqual({ kind: 'refuse', crashes: 11 });
  });

  test('crashes of longer ago do not count, those of a clock that was ahead do', () => {
    expect(brakeAfter(crashes(20, 120_000), NOW)).toEqual({ kind: 'go' });
    expect(recentCrashes([NOW - 600_000, NOW - 599_999, NOW + 3_600_000], NOW)).toEqual([NOW - 599_999, NOW + 3_600_000]);
  });
});
