/** Results of one point over all sources, in the order of time. */
import { addCash, addQuantity, toSeconds, ZERO_CASH, ZERO_QUANTITY, type Cash, type DurationUs } from '../domain/units.js';
import { Drawdown } from '../report/drawdown.js';
import { CURVE_SECONDS, type Markout } from '../report/markout.js';
import { sumOf } from '../report/run-report.js';
import { sharpeOf, type Sharpe } from '../report/statistics.js';
import type { LaneResult } from './backtest-lane.js';

export type PointTotals = ReturnType<typeof sumOf> & {
  readonly drawdownMax: Cash;
  readonly decisions: number;
  readonly placed: number;
  readonly changed: number;
  readonly cancelled: number;
  readonly refused: number;
  /** Runs that a limit has halted. */
  readonly halted: number;
  /** Mean over sources of the share of the time in which both sides were quoted; null where no time passed. */
  readonly bothSidesShare: number | null;
  readonly markouts: readonly Markout[];
  /** Of the spans of all sources; null where they do not vary. */
  readonly sharpe: Sharpe | null;
};

/** @param lanes of one point, one per source in the order of their times; @param span width of their blocks */
export const totalsOf = (lanes: readonly LaneResult[], span: DurationUs): PointTotals => {
  const all = lanes.map(({ report }) => report.total);
  const count = (pick: (lane: LaneResult) => number): number => lanes.reduce((sum, lane) => sum + pick(lane), 0);
  const shares = all.flatMap(({ bothSidesShare }) => (bothSidesShare === null ? [] : [bothSidesShare]));
  return {
    ...sumOf(all),
    drawdownMax: drawdownOf(lanes),
    decisions: count((lane) => lane.decisions),
    placed: count((lane) => lane.placed),
    changed: count((lane) => lane.changed),
    cancelled: count((lane) => lane.cancelled),
    refused: count((lane) => lane.refused),
    halted: count((lane) => (lane.halted === null ? 0 : 1)),
    bothSidesShare: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    markouts: CURVE_SECONDS.map((horizon) =>
      markoutOf(
        all.flatMap(({ markouts }) => markouts.filter(({ seconds }) => seconds === horizon)),
        horizon,
      ),
    ),
    sharpe: sharpeOf(
      lanes.flatMap((lane) => lane.blocks),
      toSeconds(span),
    ),
  };
};

/** Exact within a source; from one source to the next by the ends of spans. */
const drawdownOf = (lanes: readonly LaneResult[]): Cash => {
  const drawdown = new Drawdown();
  let net: Cash = ZERO_CASH;
  for (const change of lanes.flatMap((lane) => lane.blocks)) drawdown.add((net = addCash(net, change)));
  return lanes.reduce<Cash>((most, { report }) => (report.total.drawdownMax > most ? report.total.drawdownMax : most), drawdown.max);
};

/** Means over the contracts of all sources; the errors of independent means add as squares. */
const markoutOf = (found: readonly Markout[], horizon: number): Markout => {
  const size = found.reduce((sum, markout) => addQuantity(sum, markout.size), ZERO_QUANTITY);
  const mean = (pick: (markout: Markout) => number | null): number | null =>
    size === 0 ? null : found.reduce((sum, markout) => sum + (pick(markout) ?? 0) * markout.size, 0) / size;
  const error = (pick: (markout: Markout) => number | null): number | null => {
    const judged = found.filter(({ fills }) => fills > 0);
    // A source with a single fill says nothing about its own error.
    if (judged.length === 0 || judged.some((markout) => pick(markout) === null)) return null;
    return Math.sqrt(judged.reduce((sum, markout) => sum + ((pick(markout) ?? 0) * markout.size) ** 2, 0)) / size;
  };
  return {
    seconds: horizon,
    fills: found.reduce((sum, markout) => sum + markout.fills, 0),
    size,
    dropped: found.reduce((sum, markout) => sum + markout.dropped, 0),
    waiting: found.reduce((sum, markout) => sum + markout.waiting, 0),
    effective: mean(({ effective }) => effective),
    markout: mean(({ markout }) => markout),
    markoutError: error(({ markoutError }) => markoutError),
    realized: mean(({ realized }) => realized),
    realizedError: error(({ realizedError }) => realizedError),
  };
};
