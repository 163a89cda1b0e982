import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/app/backtest-compare.js';
import type { LaneResult } from '../../../src/app/backtest-lane.js';
import { cash } from '../../../src/domain/units.js';
import { RunCurves } from '../../../src/report/run-report.js';

/** A lane that earned so many dollars in each span. */
const lane = (...spans: readonly number[]): LaneResult => {
  const empty = new RunCurves().report();
  return {
    report: { ...empty, total: { ...empty.total, parts: { ...empty.total.parts, net: cash(spans.reduce((a, b) => a + b, 0) * 1e6) } } },
    blocks: spans.map((dollars) => cash(dollars * 1e6)),
    decisionHash: '',
    decisions: 0,
    placed: 0,
    changed: 0,
    cancelled: 0,
    refused: 0,
    left: 0,
    halted: null,
    troubles: [],
  };
};

describe('with five sources', () => {
  const configured = [1, 2, 3, 4, 5].map((net) => lane(net));
  const better = [2, 3, 4.5, 5, 6.5].map((net) => lane(net));
  const wild = [9, -5, 9, -5, 9].map((net) => lane(net));
  const found = compare([configured, better, wild], 'auto', '1');

  test('pairs are sources, and what is steadily better is better for certain, what is wild is not', () => {
    expect([found.pairing, found.units]).toEqual(['sources', 5]);
    expect(found.rows.map(({ difference }) => difference)).toEqual([6, 2]);
    expect(found.rows[0]?.interval?.low).toBeGreaterThan(0);
    expect(found.rows[1]?.interval?.low).toBeLessThan(0);
    expect(found.rows[1]?.interval?.high).toBeGreaterThan(0);
  });

  test('intervals for all at once are wider', () => {
    for (const { interval, simultaneous } of found.rows) {
      expect(simultaneous?.low).toBeLessThan(interval?.low ?? 0);
      expect(simultaneous?.high).toBeGreaterThan(interval?.high ?? 0);
    }
  });

  test('the best is named, and judged on each source by the choice on the others', () => {
    expect(found.best).toBe(1);
    expect(found.outOfSample).toMatchObject({ folds: 5, foldsAre: 'sources', reference: 15 });
    // Without a source on which the wild one loses, it looks best: that is what choosing costs.
    expect(found.outOfSample?.chosen).toEqual([1, 2, 1, 2, 1]);
    expect(found.outOfSample?.net).toBe(2 - 5 + 4.5 - 5 + 6.5);
  });
});

test('with one source pairs are spans of time, and parts of its time are the folds', () => {
  const found = compare([[lane(0, 1, 0, 1, 0, 1)], [lane(1, 2, 1, 2, 1, 2)]], 'auto', '1');
  expect([found.pairing, found.units, found.outOfSample?.folds]).toEqual(['blocks', 6, 5]);
  expect(found.rows[0]?.interval).toEqual({ low: 6, high: 6 });
});

test('of one span alone there is no interval and nothing out of sample', () => {
  const found = compare([[lane(1)], [lane(2)]], 'auto', '1');
  expect([found.rows[0]?.interval, found.outOfSample]).toEqual([null, null]);
});

test('a tie for the best goes to the configured point', () => {
  expect(compare([[lane(1, 1)], [lane(2, 0)]], 'auto', '1').best).toBe(0);
});
