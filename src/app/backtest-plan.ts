/** Cuts a backtest into jobs, and results into spans of time that are the same for every point. */
import type { Settings } from '../config/settings.js';
import { seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Job } from './backtest-job.js';
import type { BlockGrid } from './backtest-lane.js';
import type { Source } from './backtest-sources.js';

/** About so many spans over all sources: enough for an interval, long enough each for a quote to be filled and marked. */
const SPANS_WANTED = 60;
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map(seconds);
/** Lanes of one job: each costs memory, and a source that is decoded for many is decoded seldom. */
const LANES_MAX = 8;
const RUNS_DRAWN_MAX = 24;
/** Jobs per worker at least, so that none is idle while another has its last long one. */
const JOBS_PER_WORKER = 2;

/** Width of the spans where nobody has named one. */
export const spanFor = (sources: readonly Source[]): DurationUs => {
  const total = sources.reduce((sum, source) => sum + (source.lastAt - source.firstAt), 0);
  return WIDTHS.find((width) => width * SPANS_WANTED >= total) ?? (WIDTHS.at(-1) as DurationUs);
};

export const gridFor = (source: Source, width: DurationUs): BlockGrid => gridBetween(source.firstAt, source.lastAt, width);

export const gridBetween = (from: EpochUs, to: EpochUs, width: DurationUs): BlockGrid => ({
  start: from,
  width,
  count: Math.max(1, Math.ceil((to - from) / width)),
});

export interface Plan {
  readonly sources: readonly Source[];
  readonly points: readonly Settings[];
  readonly seed: string;
  readonly span: DurationUs;
  readonly workers: number;
}

export interface PlannedJob extends Job {
  /** Which source, and the first of its points. */
  readonly sourceIndex: number;
  readonly pointIndex: number;
}

/** Curves of every run are kept and drawn for few runs only. */
export const drawsRuns = (sources: readonly unknown[], points: readonly unknown[]): boolean =>
  points.length === 1 && sources.length <= RUNS_DRAWN_MAX;

/** Every point on every source. How the points are put together changes the cost and nothing else. */
export const jobsOf = ({ sources, points, seed, span, workers }: Plan): readonly PlannedJob[] => {
  const wanted = workers * JOBS_PER_WORKER;
  const lanes = workers === 1 ? LANES_MAX : Math.min(LANES_MAX, Math.max(1, Math.ceil((sources.length * points.length) / wanted)));
  const jobs: PlannedJob[] = [];
  for (const [sourceIndex, source] of sources.entries())
    for (let pointIndex = 0; pointIndex < points.length; pointIndex += lanes)
      jobs.push({
        id: jobs.length,
        source,
        sourceIndex,
        pointIndex,
        points: points.slice(pointIndex, pointIndex + lanes),
        seed,
        blocks: gridFor(source, span),
        window: null,
        detail: drawsRuns(sources, points) ? 'full' : 'totals',
      });
  return jobs;
};
