/** One piece of work of a backtest: one source, once, for some of the points. What comes out depends on nothing but the job. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { RecordingError } from '../connector/recording-format.js';
import type { EpochUs } from '../domain/units.js';
import { JournalDamagedError, StorageError } from '../logger/storage-errors.js';
import type { RunReport } from '../report/run-report.js';
import { BacktestLane, type BlockGrid, type LaneResult } from './backtest-lane.js';
import { play } from './backtest-play.js';
import type { Source } from './backtest-sources.js';

/** Plain data: it passes between threads. */
export interface Job {
  readonly id: number;
  readonly source: Source;
  /** The settings of each lane. */
  readonly points: readonly Settings[];
  readonly seed: string;
  readonly blocks: BlockGrid;
  /** Quotes begin here and end there; null: the whole source. What comes before is played without quoting. */
  readonly window: { readonly from: EpochUs; readonly to: EpochUs } | null;
  /** `totals` leaves the curves out, which only a report of one run needs. */
  readonly detail: 'full' | 'totals';
}

export interface JobResult {
  readonly id: number;
  /** One per point, in their order. */
  readonly lanes: readonly LaneResult[];
  /** Frames of a recording, facts of a journal. */
  readonly items: number;
}

/** @throws CommandFailure where the source is not any more what it was when it was looked at */
export const runJob = async (job: Job, onItems: (done: number) => boolean | Promise<boolean>): Promise<JobResult> => {
  const { source, window } = job;
  const lanes = job.points.map(
    (settings) =>
      new BacktestLane({
        settings,
        seed: job.seed,
        startAt: source.firstAt,
        ticks: source.kind === 'run' ? 'recorded' : 'made',
        blocks: job.blocks,
        tradeFrom: window?.from ?? null,
      }),
  );
  try {
    const items = await play(source, { lanes, until: window?.to ?? null, onItems });
    const results = lanes.map((lane) => lane.finish('the recording is over'));
    return { id: job.id, lanes: job.detail === 'full' ? results : results.map(withoutCurves), items };
  } catch (error) {
    if (error instanceof RecordingError || error instanceof JournalDamagedError || error instanceof StorageError)
      throw new CommandFailure(ExitCode.storage, `${source.path} cannot be played to its end`, {
        why: error.message,
        fix: 'it was whole when it was looked through: keep other programs from writing to it, and try again',
        cause: error,
      });
    throw error;
  }
};

const withoutCurves = (lane: LaneResult): LaneResult => ({ ...lane, report: plainReport(lane.report) });

const plainReport = (report: RunReport): RunReport => ({
  ...report,
  equity: [],
  markets: report.markets.map((market) => ({ ...market, samples: [], marks: [] })),
});
