/** The benchmarks measure the work they say they measure. What they measure is never asserted here: that is the machine's affair. */
import { describe, expect, test } from 'vitest';
import { decideBench } from '../../../bench/decide.js';
import { Flow } from '../../../bench/flow.js';
import { makeMarkets } from '../../../bench/markets.js';
import { interleave } from '../../../bench/measure.js';
import { Pipeline } from '../../../bench/pipeline.js';
import { atLeast, atMost, isReached, linesOf, ratio, type Report } from '../../../bench/report.js';

const flowOf = (topShare: number): Flow => new Flow({ markets: makeMarkets(5), frames: 4000, topShare });

describe('the flow', () => {
  test('every frame is taken, and the books end as they began', () => {
    const flow = flowOf(0.05);
    const pipeline = new Pipeline({ flow });
    const books = () => pipeline.engine.state.markets.map(({ book }) => [book.levels('bid'), book.levels('ask')]);
    const before = books();
    for (let i = 0; i < flow.length; i++) pipeline.frame(i);
    expect(pipeline.session.counters).toMatchObject({ deltas: flow.length, gaps: 0, old: 0, malformed: 0 });
    expect(books()).toEqual(before);
    expect(pipeline.sends).toBeGreaterThan(0);
  });

  test('it can be played on and on over one connection', () => {
    const flow = flowOf(0);
    const pipeline = new Pipeline({ flow });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < flow.length; i++) pipeline.frame(i);
      flow.rewind();
    }
    expect(pipeline.session.counters).toMatchObject({ deltas: 3 * flow.length, gaps: 0, old: 0 });
  });

  test('without changes at the top nothing is ever sent', () => {
    const flow = flowOf(0);
    const pipeline = new Pipeline({ flow });
    for (let i = 0; i < flow.length; i++) pipeline.frame(i);
    expect(pipeline.sends).toBe(0);
  });

  test('the same seed gives the same bytes', () => {
    const bytes = (): Buffer => Buffer.concat(flowOf(0.05).frames);
    expect(bytes().equals(bytes())).toBe(true);
  });
});

test('a tiny round of the whole path yields finite figures', async () => {
  const report = await decideBench.run({ rounds: 1, scale: 0.5, tick: () => undefined });
  expect(report.rows.filter((row) => !Number.isFinite(row.best))).toEqual([]);
  expect(report.verdicts.filter((verdict) => !(verdict.value > 0))).toEqual([]);
});

test('every variant is prepared for each pass and given every item in order', () => {
  const seen: number[][] = [];
  const variant = {
    label: 'counting',
    items: 3,
    prepare: () => {
      const items: number[] = [];
      seen.push(items);
      return (i: number) => void items.push(i);
    },
  };
  interleave([variant], 2);
  expect(seen).toEqual([
    [0, 1, 2],
    [0, 1, 2],
    [0, 1, 2],
    [0, 1, 2],
  ]);
});

describe('a verdict', () => {
  test.each([
    [0.4, atMost(0.4), true],
    [0.41, atMost(0.4), false],
    [5, atLeast(5), true],
    [4.9, atLeast(5), false],
    [NaN, atLeast(5), false],
    [NaN, atMost(5), false],
    [1, null, null],
  ])('of %s against %o is %s', (value, goal, reached) => {
    expect(isReached(ratio('x', value, goal))).toBe(reached);
  });

  test('a miss is shown', () => {
    const report: Report = {
      name: 'n',
      what: 'w',
      rows: [],
      verdicts: [ratio('slow', 2, atMost(1)), ratio('fast', 1, atMost(1))],
      notes: [],
    };
    expect(linesOf(report).filter((line) => line.endsWith('MISSED'))).toHaveLength(1);
    expect(linesOf(report).filter((line) => line.endsWith('reached'))).toHaveLength(1);
  });
});
