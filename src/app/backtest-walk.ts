/**
 * Walk-forward: parameters are chosen on a stretch of time and judged on the next one, which they have not seen; then both move on by the length of the second.
 * Time is recorded time: gaps between sources do not count, and sources that overlap are played side by side.
 */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { formatClock } from '../cli/duration.js';
import type { Settings } from '../config/settings.js';
import { dollarsOfCash, epochUs, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { sharpeOf } from '../report/statistics.js';
import type { Job, JobResult } from './backtest-job.js';
import type { LaneResult } from './backtest-lane.js';
import { gridBetween } from './backtest-plan.js';
import type { Source } from './backtest-sources.js';
import { pairedInterval, sum, type Interval } from './backtest-statistics.js';

/** What decides on a stretch of training: its net result, or its Sharpe ratio. */
export const CRITERIA = ['net', 'sharpe'] as const;
export type Criterion = (typeof CRITERIA)[number];

interface Stretch {
  readonly from: EpochUs;
  readonly to: EpochUs;
}

export interface WalkWindow {
  /** A stretch of recorded time may have gaps, so it is a list of stretches of the clock. */
  readonly train: readonly Stretch[];
  readonly test: readonly Stretch[];
}

export interface WalkStep {
  readonly window: WalkWindow;
  readonly chosen: number;
  /** Of the chosen point where it was chosen, in dollars. */
  readonly trainNet: number;
  /** Of the chosen and of the configured point on what comes next, in dollars. */
  readonly testNet: number;
  readonly configuredNet: number;
  readonly testFills: number;
}

export interface Walk {
  readonly train: DurationUs;
  readonly test: DurationUs;
  readonly criterion: Criterion;
  readonly steps: readonly WalkStep[];
  /** Sums over all steps: only what was not chosen on counts. */
  readonly net: number;
  readonly configured: number;
  /** Of the difference, by Student's t over steps; null for a single one. */
  readonly interval: Interval | null;
}

export interface WalkOptions {
  readonly sources: readonly Source[];
  readonly points: readonly Settings[];
  readonly seed: string;
  readonly span: DurationUs;
  readonly train: DurationUs;
  readonly test: DurationUs;
  readonly criterion: Criterion;
  readonly run: (jobs: readonly Job[], what: string) => Promise<readonly JobResult[]>;
}

/** Lanes of one job. */
const LANES_MAX = 8;

/** @throws CommandFailure (usage) where there is too little time for one step */
export const walkForward = async (options: WalkOptions): Promise<Walk> => {
  const { sources, points, train, test, criterion, run, span } = options;
  const windows = walkWindows(sources, train, test);
  if (windows.length === 0)
    throw new CommandFailure(
      ExitCode.usage,
      `--walk-forward: expected at least ${clock(train + test)} of recorded time, got ${clock(covered(sources))}`,
      {
        fix: 'name more recordings, or shorter stretches',
      },
    );
  const all = points.map((_, i) => i);
  const training = new WindowJobs(options);
  for (const [w, { train: stretches }] of windows.entries()) training.add(w, stretches, all);
  const trained = training.collect(await run(training.jobs, 'training'));
  const chosen = windows.map((_, w) => best(all.map((point) => score(trained(w, point), criterion, span))));
  const testing = new WindowJobs(options);
  for (const [w, { test: stretches }] of windows.entries()) testing.add(w, stretches, [...new Set([0, chosen[w] as number])]);
  const tested = testing.collect(await run(testing.jobs, 'testing'));
  const steps = windows.map((window, w): WalkStep => {
    const point = chosen[w] as number;
    const lanes = tested(w, point);
    return {
      window,
      chosen: point,
      trainNet: netOf(trained(w, point)),
      testNet: netOf(lanes),
      configuredNet: netOf(tested(w, 0)),
      testFills: sum(lanes.map(({ report }) => report.total.fills)),
    };
  });
  return {
    train,
    test,
    criterion,
    steps,
    net: sum(steps.map(({ testNet }) => testNet)),
    configured: sum(steps.map(({ configuredNet }) => configuredNet)),
    interval: pairedInterval(steps.map(({ testNet, configuredNet }) => testNet - configuredNet)),
  };
};

const clock = (span: number): string => formatClock(span / 1_000_000);

const netOf = (lanes: readonly LaneResult[]): number => sum(lanes.map(({ report }) => dollarsOfCash(report.total.parts.net)));

const score = (lanes: readonly LaneResult[], criterion: Criterion, span: DurationUs): number => {
  if (criterion === 'net') return netOf(lanes);
  // A result that never varies is one of no fills: as good as nothing.
  const found = sharpeOf(
    lanes.flatMap(({ blocks }) => blocks),
    toSeconds(span),
  );
  return found?.ratio ?? 0;
};

/** The first of the highest: a tie goes to the configured point. */
const best = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));

/** Whole windows only: a shorter one at the end would be judged by less than the others. */
export const walkWindows = (sources: readonly Source[], train: DurationUs, test: DurationUs): readonly WalkWindow[] => {
  const covers = coveredBy(sources);
  const total = covered(sources);
  const windows: WalkWindow[] = [];
  for (let at = 0; at + train + test <= total; at += test)
    windows.push({ train: stretchesOf(covers, at, at + train), test: stretchesOf(covers, at + train, at + train + test) });
  return windows;
};

const covered = (sources: readonly Source[]): number => coveredBy(sources).reduce((total, { from, to }) => total + (to - from), 0);

/** Stretches of the clock in which something was recorded. @param sources in the order of their beginnings */
const coveredBy = (sources: readonly Source[]): readonly Stretch[] => {
  const covers: { from: EpochUs; to: EpochUs }[] = [];
  for (const { firstAt, lastAt } of sources) {
    const last = covers.at(-1);
    if (last === undefined || firstAt > last.to) covers.push({ from: firstAt, to: lastAt });
    else if (lastAt > last.to) last.to = lastAt;
  }
  return covers;
};

/** From recorded time to the clock. */
const stretchesOf = (covers: readonly Stretch[], low: number, high: number): readonly Stretch[] => {
  let before = 0;
  return covers.flatMap(({ from, to }): Stretch[] => {
    const start = before;
    before += to - from;
    const [a, b] = [Math.max(low, start), Math.min(high, before)];
    return a < b ? [{ from: epochUs(from + a - start), to: epochUs(from + b - start) }] : [];
  });
};

/** The jobs of all windows, and the way back from their results. */
class WindowJobs {
  readonly jobs: Job[] = [];
  readonly #places: { readonly window: number; readonly points: readonly number[] }[] = [];

  constructor(private readonly options: WalkOptions) {}

  add(window: number, stretches: readonly Stretch[], points: readonly number[]): void {
    const { sources, seed, span } = this.options;
    for (const stretch of stretches)
      for (const source of sources) {
        const from = epochUs(Math.max(stretch.from, source.firstAt));
        const to = epochUs(Math.min(stretch.to, source.lastAt));
        if (from >= to) continue;
        for (let i = 0; i < points.length; i += LANES_MAX) {
          const some = points.slice(i, i + LANES_MAX);
          this.#places.push({ window, points: some });
          this.jobs.push({
            id: this.jobs.length,
            source,
            points: some.map((point) => this.options.points[point] as Settings),
            seed,
            blocks: gridBetween(from, to, span),
            window: { from, to },
            detail: 'totals',
          });
        }
      }
  }

  /** Results of one point in one window, one per piece of a source. */
  collect(results: readonly JobResult[]): (window: number, point: number) => readonly LaneResult[] {
    const found = new Map<string, LaneResult[]>();
    for (const [i, { lanes }] of results.entries()) {
      const place = this.#places[i];
      for (const [k, lane] of lanes.entries()) {
        const key = `${place?.window} ${place?.points[k]}`;
        found.set(key, [...(found.get(key) ?? []), lane]);
      }
    }
    return (window, point) => found.get(`${window} ${point}`) ?? [];
  }
}
