/** Results of one point over all sources, in the order of time. */
import {
  addCash,
  addQuantity,
  quantity,
  subtractCash,
  toSeconds,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type DurationUs,
} from '../domain/units.js';
import type { Totals } from '../replay/equity.js';
import { MARKOUT_SECONDS, type Markout } from '../replay/markout.js';
import type { LaneResult } from './backtest-lane.js';
import { sharpePerDay } from './backtest-statistics.js';

export interface PointTotals extends Totals {
  readonly decisions: number;
  readonly placed: number;
  readonly changed: number;
  readonly cancelled: number;
  readonly refused: number;
  /** Runs that a limit has halted. */
  readonly halted: number;
  /** Mean over markets of the share of the time in which both sides were quoted; null where no time passed. */
  readonly quotedShare: number | null;
  readonly markouts: readonly Markout[];
  /** Of the spans of all sources; null where they do not vary. */
  readonly sharpe: { readonly value: number; readonly error: number } | null;
}

/** @param lanes of one point, one per source in the order of their times; @param span width of their blocks */
export const totalsOf = (lanes: readonly LaneResult[], span: DurationUs): PointTotals => {
  const all = lanes.map(({ report }) => report.total);
  const cashSum = (pick: (totals: Totals) => Cash): Cash => all.reduce((sum, totals) => addCash(sum, pick(totals)), ZERO_CASH);
  const count = (pick: (lane: LaneResult) => number): number => lanes.reduce((sum, lane) => sum + pick(lane), 0);
  const shares = lanes.flatMap(({ report }) => report.markets.flatMap(({ quotedShare }) => (quotedShare === null ? [] : [quotedShare])));
  return {
    rows: count(({ report }) => report.total.rows),
    fills: count(({ report }) => report.total.fills),
    bought: all.reduce((sum, totals) => addQuantity(sum, totals.bought), ZERO_QUANTITY),
    sold: all.reduce((sum, totals) => addQuantity(sum, totals.sold), ZERO_QUANTITY),
    volume: cashSum((totals) => totals.volume),
    realized: cashSum((totals) => totals.realized),
    unrealized: cashSum((totals) => totals.unrealized),
    fees: cashSum((totals) => totals.fees),
    net: cashSum((totals) => totals.net),
    spreadEarned: cashSum((totals) => totals.spreadEarned),
    priceMoves: cashSum((totals) => totals.priceMoves),
    drawdownMax: drawdownOf(lanes),
    decisions: count((lane) => lane.decisions),
    placed: count((lane) => lane.placed),
    changed: count((lane) => lane.changed),
    cancelled: count((lane) => lane.cancelled),
    refused: count((lane) => lane.refused),
    halted: count((lane) => (lane.halted === null ? 0 : 1)),
    quotedShare: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    markouts: MARKOUT_SECONDS.map((seconds) => markoutOf(lanes, seconds)),
    sharpe: sharpePerDay(
      lanes.flatMap((lane) => lane.blocks),
      toSeconds(span),
    ),
  };
};

/** Exact within a source; from one source to the next by the ends of spans. */
const drawdownOf = (lanes: readonly LaneResult[]): Cash => {
  let most = lanes.reduce<Cash>((max, { report }) => (report.total.drawdownMax > max ? report.total.drawdownMax : max), ZERO_CASH);
  let net: Cash = ZERO_CASH;
  let peak: Cash = ZERO_CASH;
  for (const change of lanes.flatMap((lane) => lane.blocks)) {
    net = addCash(net, change);
    if (net > peak) peak = net;
    const fall = subtractCash(peak, net);
    if (fall > most) most = fall;
  }
  return most;
};

const markoutOf = (lanes: readonly LaneResult[], seconds: number): Markout => {
  const found = lanes.flatMap(({ report }) =>
    report.markets.flatMap(({ markouts }) => markouts.filter((markout) => markout.seconds === seconds)),
  );
  const size = found.reduce((sum, markout) => addQuantity(sum, markout.size), ZERO_QUANTITY);
  const earned = found.reduce((sum, markout) => sum + (markout.perContract ?? 0) * markout.size, 0);
  return {
    seconds,
    fills: found.reduce((sum, markout) => sum + markout.fills, 0),
    size: quantity(size),
    perContract: size === 0 ? null : earned / size,
  };
};
