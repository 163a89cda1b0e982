/** How a run ended, in numbers: one JSON document, the same on stdout and in `summary.json`. */
import { addCash, between, contractsOf, dollarsOfCash, toSeconds, ZERO_CASH, type EpochUs } from '../domain/units.js';
import type { Engine } from '../engine/engine.js';
import type { DecisionHash } from '../logger/decision-hash.js';
import type { StatusModel } from '../screen/status-model.js';
import type { Latency } from './latency.js';

export interface SummaryParts {
  readonly env: string;
  readonly seed: string;
  readonly run: string;
  readonly folder: string;
  readonly startedAt: EpochUs;
  readonly endedAt: EpochUs;
  readonly engine: Engine;
  readonly model: StatusModel;
  readonly hash: DecisionHash;
  readonly latency: Latency;
  readonly frames: number;
  readonly sequenceGaps: number;
  /** Private messages of a recording, which belong to its recorder: decoded and counted, never booked. */
  readonly privateNotBooked: number;
  readonly droppedRows: number;
  readonly droppedLines: number;
  readonly openOrders: number;
}

export const summaryOf = (parts: SummaryParts): Record<string, unknown> => {
  const { engine, model } = parts;
  const { inventory, markets } = engine.state;
  const c = model.counters;
  let unrealized = ZERO_CASH;
  const position: Record<string, number> = {};
  for (const market of markets) {
    unrealized = addCash(unrealized, inventory.unrealized(market.index, market.markAt));
    const held = inventory.position(market.index);
    if (held !== 0) position[market.market.ticker] = contractsOf(held);
  }
  const totals = inventory.totals();
  return {
    env: parts.env,
    seed: parts.seed,
    run: parts.run,
    folder: parts.folder,
    duration_s: toSeconds(between(parts.startedAt, parts.endedAt)),
    markets: markets.map((market) => market.market.ticker),
    frames: parts.frames,
    deltas: c.deltas,
    sequence_gaps: parts.sequenceGaps,
    decisions: parts.hash.decisions,
    orders_placed: c.placed,
    orders_amended: c.amended + c.decreased,
    orders_cancelled: c.cancelled,
    orders_rejected: c.rejected,
    outcomes_unknown: c.unknown,
    fills: c.fills,
    volume: contractsOf(c.volume),
    position,
    // False where a run ended before it knew: then the position above says nothing.
    account_read: engine.state.adopted,
    realized_pnl: dollarsOfCash(totals.realized),
    unrealized_pnl: dollarsOfCash(unrealized),
    fees: dollarsOfCash(totals.fees),
    cash: dollarsOfCash(totals.cash),
    open_orders_at_exit: parts.openOrders,
    latency_us: parts.latency.summary(),
    decision_hash: parts.hash.digest(),
    private_messages_not_booked: parts.privateNotBooked,
    tape_rows_dropped: parts.droppedRows,
    log_lines_dropped: parts.droppedLines,
    assumed: markets.flatMap((market) => market.market.assumed.map((what) => `${market.market.ticker}: ${what}`)),
    halted: model.halt === null ? null : { code: model.halt.code, text: model.halt.text },
  };
};

/** The same for people. */
export const summaryLines = (summary: Record<string, unknown>): string[] => {
  const n = (key: string): number => summary[key] as number;
  const money = (key: string): string => `${n(key) >= 0 ? '+' : ''}${n(key).toFixed(2)} $`;
  const held = Object.entries(summary['position'] as Record<string, number>).map(([ticker, contracts]) => `${contracts} ${ticker}`);
  const halted = summary['halted'] as { code: string; text: string } | null;
  const latency = summary['latency_us'] as { p50: number; p99: number };
  return [
    `ran ${n('duration_s').toFixed(1)} s on ${summary['env'] as string}: ${n('orders_placed')} placed, ${n('orders_amended')} changed, ${n('orders_cancelled')} cancelled, ${n('orders_rejected')} refused`,
    `fills ${n('fills')} (${n('volume')} contracts); realized ${money('realized_pnl')}, unrealized ${money('unrealized_pnl')}, fees ${n('fees').toFixed(4)} $`,
    `position ${summary['account_read'] === false ? 'not read before the end' : held.length === 0 ? 'flat' : held.join(', ')}; orders left ${n('open_orders_at_exit')}`,
    `frames ${n('frames')}, deltas ${n('deltas')}, gaps ${n('sequence_gaps')}, decisions ${n('decisions')}, latency p50 ${latency.p50} us, p99 ${latency.p99} us`,
    ...shadowLines(summary['shadow'] as Record<string, unknown> | undefined),
    ...(halted === null ? [] : [`HALTED (${halted.code}): ${halted.text}`]),
    `records in ${summary['folder'] as string}`,
  ];
};

const shadowLines = (shadow: Record<string, unknown> | undefined): string[] => {
  if (shadow === undefined) return [];
  if (typeof shadow['difference_dollars'] !== 'number') return [`shadow ended: ${shadow['ended'] as string}`];
  const signed = (dollars: number): string => `${dollars >= 0 ? '+' : ''}${dollars.toFixed(2)}`;
  const interval = shadow['interval_95'] as readonly [number, number] | null;
  const sure =
    interval === null
      ? 'too short to say more'
      : `95 % ${signed(interval[0])} .. ${signed(interval[1])} over ${shadow['pairs'] as number} pairs of ${shadow['pair_s'] as number} s`;
  const ended = shadow['ended'] === null ? '' : `; it ENDED before: ${shadow['ended'] as string}`;
  return [
    `shadow ${shadow['strategy'] as string}: ${shadow['fills'] as number} fills on paper; this run less it ${signed(shadow['difference_dollars'])} $ (${sure})${ended}; records in ${shadow['folder'] as string}`,
  ];
};
