/** What a backtest has found, for programs. Nothing measured is in it: the same inputs give the same bytes, however many workers there were. */
import { contractsOf, dollarsOfCash, toSeconds, type DurationUs } from '../domain/units.js';
import { inCents } from '../report/html-text.js';
import type { Comparison } from './backtest-compare.js';
import type { LaneResult } from './backtest-lane.js';
import type { Source } from './backtest-sources.js';
import type { SweepPoint } from './backtest-sweep.js';
import { timeText } from './backtest-time.js';
import type { PointTotals } from './backtest-totals.js';
import { walkDocument } from './backtest-walk-text.js';
import type { Walk } from './backtest-walk.js';

export interface Findings {
  readonly strategy: string;
  readonly seed: string;
  readonly span: DurationUs;
  readonly sources: readonly Source[];
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
  readonly points: readonly SweepPoint[];
  readonly totals: readonly PointTotals[];
  /** By point, then by source. */
  readonly lanes: readonly (readonly LaneResult[])[];
  readonly comparison: Comparison | null;
  readonly walk: Walk | null;
}

export const documentOf = (found: Findings): object => ({
  strategy: found.strategy,
  seed: found.seed,
  span_s: toSeconds(found.span),
  sources: found.sources.map(sourceDocument),
  passed_over: found.passedOver,
  points: found.points.map((point, i) => ({
    label: point.label,
    values: point.values,
    total: pointDocument(found.totals[i] as PointTotals),
    sources: (found.lanes[i] ?? []).map((lane, s) => laneDocument(lane, found.sources[s]?.path ?? '')),
  })),
  comparison: found.comparison === null ? null : comparisonDocument(found.comparison, found.points),
  walk_forward:
    found.walk === null
      ? null
      : walkDocument(
          found.walk,
          found.points.map(({ label }) => label),
        ),
});

export const sourceDocument = (source: Source): object => ({
  path: source.path,
  kind: source.kind,
  items: source.items,
  from: timeText(source.firstAt),
  to: timeText(source.lastAt),
  markets: source.tickers,
  assumed: source.kind === 'recording' ? source.assumed : [],
  warnings: source.warnings,
});

/** Money is dollars. */
export const pointDocument = (totals: PointTotals): object => ({
  net_dollars: dollarsOfCash(totals.parts.net),
  realized_dollars: dollarsOfCash(totals.realized),
  unrealized_dollars: dollarsOfCash(totals.unrealized),
  fees_dollars: dollarsOfCash(totals.parts.fees),
  spread_dollars: dollarsOfCash(totals.parts.spread),
  inventory_dollars: dollarsOfCash(totals.parts.inventory),
  settlement_dollars: dollarsOfCash(totals.parts.settlement),
  identity: { checks: totals.check.times, broken: totals.check.broken },
  drawdown_max_dollars: dollarsOfCash(totals.drawdownMax),
  fills: totals.fills,
  bought_contracts: contractsOf(totals.bought),
  sold_contracts: contractsOf(totals.sold),
  volume_dollars: dollarsOfCash(totals.volume),
  decisions: totals.decisions,
  orders_placed: totals.placed,
  orders_changed: totals.changed,
  orders_cancelled: totals.cancelled,
  orders_refused: totals.refused,
  halted: totals.halted,
  both_sides_share: totals.bothSidesShare,
  sharpe: totals.sharpe?.ratio ?? null,
  sharpe_error: totals.sharpe?.error ?? null,
  sharpe_annual: totals.sharpe?.annual ?? null,
  sharpe_annual_error: totals.sharpe?.annualError ?? null,
  markouts: totals.markouts.map((markout) => ({
    horizon_seconds: markout.seconds,
    fills: markout.fills,
    contracts: contractsOf(markout.size),
    effective_cents: orCents(markout.effective),
    markout_cents: orCents(markout.markout),
    markout_error_cents: orCents(markout.markoutError),
    realized_cents: orCents(markout.realized),
    realized_error_cents: orCents(markout.realizedError),
  })),
});

const orCents = (priceUnits: number | null): number | null => (priceUnits === null ? null : inCents(priceUnits));

const laneDocument = (lane: LaneResult, path: string): object => ({
  path,
  net_dollars: dollarsOfCash(lane.report.total.parts.net),
  fees_dollars: dollarsOfCash(lane.report.total.parts.fees),
  fills: lane.report.total.fills,
  drawdown_max_dollars: dollarsOfCash(lane.report.total.drawdownMax),
  settlement_loss_max_dollars: dollarsOfCash(lane.report.total.settlementLossMax),
  decisions: lane.decisions,
  decision_hash: lane.decisionHash,
  orders_placed: lane.placed,
  orders_refused: lane.refused,
  orders_left: lane.left,
  halted: lane.halted,
  troubles: lane.troubles,
  markets: lane.report.markets.map((market) => ({
    ticker: market.ticker,
    fills: market.fills,
    net_dollars: dollarsOfCash(market.parts.net),
    fees_dollars: dollarsOfCash(market.parts.fees),
    inventory_contracts: contractsOf(market.inventory),
    both_sides_share: market.bothSidesShare,
  })),
});

export const comparisonDocument = (found: Comparison, points: readonly SweepPoint[]): object => ({
  reference: points[0]?.label,
  paired_by: found.pairing,
  pairs: found.units,
  differences: found.rows.map(({ point, net, difference, interval, simultaneous }) => ({
    label: points[point]?.label,
    net_dollars: net,
    difference_dollars: difference,
    interval_95: interval === null ? null : [interval.low, interval.high],
    interval_95_all_at_once: simultaneous === null ? null : [simultaneous.low, simultaneous.high],
  })),
  best: points[found.best]?.label,
  out_of_sample:
    found.outOfSample === null
      ? null
      : {
          folds: found.outOfSample.folds,
          folds_are: found.outOfSample.foldsAre,
          net_dollars: found.outOfSample.net,
          configured_net_dollars: found.outOfSample.reference,
          difference_dollars: found.outOfSample.net - found.outOfSample.reference,
          chosen: found.outOfSample.chosen.map((point) => points[point]?.label),
        },
});
