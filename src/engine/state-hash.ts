/** One number for everything that the engine believes of orders, positions and trust: equal after a replay, whatever crash lies between. */
import { createHash } from 'node:crypto';
import type { WorkingOrder } from '../execution/working-order.js';
import type { EngineState } from './engine-state.js';

type Cell = string | number | boolean | null;

/** SHA-256, hexadecimal, over lines that are the same wherever the same facts were taken. Nothing measured goes in, nor anything that the clock alone changes. */
export const stateHash = (engine: EngineState): string => {
  const hash = createHash('sha256');
  for (const line of stateLines(engine)) hash.update(`${line.join(' ')}\n`);
  return hash.digest('hex');
};

/** The lines that are hashed: to see what differs where two hashes do. */
export function* stateLines(engine: EngineState): Generator<readonly Cell[], void, undefined> {
  const { orders, inventory, recovery, risk } = engine;
  yield [
    'engine',
    engine.now,
    engine.startedAt,
    engine.adopted,
    engine.adoptedAsOf,
    engine.carriedFrom,
    engine.fillsSince,
    engine.vouchedUntil,
  ];
  yield ['recovery', ...recovery.digest(), orders.fillsKnownUntil, engine.fullReadingAt];
  yield [
    'halted',
    risk.halted()?.code ?? null,
    ...[...engine.storageProblems].toSorted((a, b) => a.localeCompare(b)),
    ...[...engine.pausedShards].toSorted((a, b) => a - b),
    engine.pausedUntil,
  ];
  yield ['unknown', engine.outcomes.open, engine.outcomes.resolved, engine.outcomes.longest];
  for (const shard of new Set(engine.markets.map(({ market }) => market.shard))) yield ['group', shard, engine.groups.openId(shard)];
  for (const order of orders.live()) yield lineOf(order);
  for (const { index, market, counts, countedAfter, drift, settled } of engine.markets) {
    yield ['market', index, market.ticker, market.status, counts, countedAfter, drift, settled];
    const { position, cost, realized, fees, cash, settledAt } = inventory.holding(index);
    yield ['holding', index, position, cost, realized, fees, cash, settledAt];
    for (const side of ['bid', 'ask'] as const) yield ['exposure', index, side, orders.exposure(index, side)];
  }
}

const lineOf = (order: WorkingOrder): readonly Cell[] => [
  'order',
  order.clientId,
  order.orderId,
  order.market,
  order.side,
  order.phase,
  order.price,
  order.total,
  order.filled,
  order.remaining,
  order.booked,
  order.exposure,
  order.worstPrice,
  order.pending?.price ?? null,
  order.pending?.total ?? null,
  order.expiresAt,
  order.external,
  order.cancelSentAt,
];
