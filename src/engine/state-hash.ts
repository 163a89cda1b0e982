/** One number for everything that the engine believes of orders, positions and trust: equal after a replay, whatever crash lies between. */
import type { WorkingOrder } from '../execution/working-order.js';
import type { EngineState } from './engine-state.js';

type Cell = string | number | boolean | null;

/** 64 bits, hexadecimal, over lines that are the same wherever the same facts were taken. Nothing measured goes in, nor anything that the clock alone changes. */
export const stateHash = (engine: EngineState): string => {
  const sum = new Sum64();
  for (const line of stateLines(engine)) sum.add(`${line.join(' ')}\n`);
  return sum.hex();
};

/** Two multiplicative sums over the letters of a text (FNV-1a with two primes), mixed at the end: tells differences, keeps no secrets. */
class Sum64 {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  add(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const letter = text.charCodeAt(i);
      this.#a = Math.imul(this.#a ^ letter, 0x01000193);
      this.#b = Math.imul(this.#b ^ letter, 0x85ebca6b);
    }
  }

  hex(): string {
    const mixed = (word: number): string => {
      let h = word ^ (word >>> 16);
      h = Math.imul(h, 0xc2b2ae35);
      return ((h ^ (h >>> 15)) >>> 0).toString(16).padStart(8, '0');
    };
    return mixed(this.#a) + mixed(this.#b);
  }
}

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
