import { describe, expect, test } from 'vitest';
import type { Job, JobResult } from '../../../src/app/backtest-job.js';
import type { LaneResult } from '../../../src/app/backtest-lane.js';
import type { Source } from '../../../src/app/backtest-sources.js';
import { walkForward, walkWindows } from '../../../src/app/backtest-walk.js';
import type { Settings } from '../../../src/config/settings.js';
import { cash, epochUs, seconds } from '../../../src/domain/units.js';
import { RunCurves } from '../../../src/report/run-report.js';

const source = (from: number, to: number): Source => ({
  kind: 'run',
  path: `run-${from}`,
  firstAt: epochUs(from * 1e6),
  lastAt: epochUs(to * 1e6),
  tickers: [],
  warnings: [],
  items: 1,
});

const inSeconds = (stretches: readonly { readonly from: number; readonly to: number }[]): number[][] =>
  stretches.map(({ from, to }) => [from / 1e6, to / 1e6]);

describe('windows', () => {
  test('follow each other by the length of the test, whole ones only', () => {
    const windows = walkWindows([source(100, 200)], seconds(40), seconds(20));
    expect(windows.map(({ train, test: judged }) => [inSeconds(train), inSeconds(judged)])).toEqual([
      [[[100, 140]], [[140, 160]]],
      [[[120, 160]], [[160, 180]]],
      [[[140, 180]], [[180, 200]]],
    ]);
  });

  test('count recorded time: a gap is no time, and what overlaps counts once', () => {
    const windows = walkWindows([source(0, 30), source(10, 20), source(1000, 1030)], seconds(40), seconds(20));
    expect(windows.map(({ train, test: judged }) => [inSeconds(train), inSeconds(judged)])).toEqual([
      [
        [
          [0, 30],
          [1000, 1010],
        ],
        [[1010, 1030]],
      ],
    ]);
  });

  test('there is none where too little was recorded', () => {
    expect(walkWindows([source(0, 50)], seconds(40), seconds(20))).toEqual([]);
  });
});

/** A lane that earned so many dollars. */
const lane = (dollars: number): LaneResult => {
  const empty = new RunCurves().report();
  return {
    report: { ...empty, total: { ...empty.total, parts: { ...empty.total.parts, net: cash(dollars * 1e6) } } },
    blocks: [cash(dollars * 1e6)],
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

/** What each point earns in a second that begins then: point 1 early, point 2 late, the configured one never much. */
const earned = (point: number, from: number): number => [0.1, from < 120 ? 1 : -1, from < 120 ? -1 : 1][point] ?? 0;

describe('a walk', () => {
  const points = [{ id: 0 }, { id: 1 }, { id: 2 }] as unknown as readonly Settings[];
  const run = async (jobs: readonly Job[]): Promise<readonly JobResult[]> =>
    jobs.map(({ id, points: some, window }) => ({
      id,
      items: 1,
      lanes: some.map((settings) => lane(earned(points.indexOf(settings), (window?.from ?? 0) / 1e6))),
    }));
  const options = { points, seed: '1', span: seconds(1), train: seconds(40), test: seconds(20), criterion: 'net', run } as const;

  test('chooses on the training alone and is judged on what follows', async () => {
    const walk = await walkForward({ ...options, sources: [source(100, 200)] });
    // From 100 s on point 1 earns; what it was chosen for is over when it is judged.
    expect(walk.steps.map(({ chosen, trainNet, testNet, configuredNet }) => [chosen, trainNet, testNet, configuredNet])).toEqual([
      [1, 1, -1, 0.1],
      [2, 1, 1, 0.1],
      [2, 1, 1, 0.1],
    ]);
    expect([walk.net, walk.configured]).toEqual([1, expect.closeTo(0.3, 9)]);
    expect(walk.interval?.low).toBeLessThan(0.7);
  });

  test('of a tie takes the configured point', async () => {
    const even = async (jobs: readonly Job[]): Promise<readonly JobResult[]> =>
      jobs.map(({ id, points: some }) => ({ id, items: 1, lanes: some.map(() => lane(2)) }));
    const walk = await walkForward({ ...options, run: even, sources: [source(100, 200)] });
    expect(walk.steps.map(({ chosen }) => chosen)).toEqual([0, 0, 0]);
    expect(walk.interval).toEqual({ low: 0, high: 0 });
  });

  test('says how much time it lacks', async () => {
    await expect(walkForward({ ...options, sources: [source(100, 120)] })).rejects.toThrow(
      'expected at least 1:00 of recorded time, got 0:20',
    );
  });
});
