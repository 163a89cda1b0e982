/** Cancels of many orders in as few requests as the account can pay for: what can go now goes at once, the rest as tokens come. */
import { CALLS } from '../../connector/rest-calls.js';
import { refusalCode } from '../../connector/refusal.js';
import type { Result } from '../../connector/rest-result.js';
import type { Throttle } from '../../connector/throttle.js';
import type { OrderPlace, TradingCalls } from '../../connector/trading-calls.js';
import type { Quantity } from '../../domain/units.js';

/** Orders per request. The exchange names no limit any more; this one stood in its documents for long. */
export const BATCH_MAX = 20;

export interface Cancelling<T extends OrderPlace> {
  readonly order: T;
  readonly result: Result<Quantity>;
}

/** An order that the exchange does not know any more is as gone as one that it cancels now. */
export const isGone = (result: Result<unknown>): boolean =>
  result.kind === 'ok' || (result.kind === 'refused' && refusalCode(result) === 'not-found');

export interface PieceParts {
  readonly trading: Pick<TradingCalls, 'cancelOrder' | 'cancelOrders'>;
  readonly throttle: Throttle;
}

/** Sends cancels for all orders and waits for every outcome, in no order. */
export const cancelInPieces = async <T extends OrderPlace>(parts: PieceParts, orders: readonly T[]): Promise<readonly Cancelling<T>[]> => {
  const { batches, singles } = cut(orders, parts.throttle);
  const answers = await Promise.all([
    ...batches.map(async (batch) => outcomesOf(batch, await parts.trading.cancelOrders(batch))),
    ...singles.map(async (order) => [{ order, result: await parts.trading.cancelOrder(order) }]),
  ]);
  return answers.flat();
};

interface Pieces<T> {
  readonly batches: readonly (readonly T[])[];
  readonly singles: readonly T[];
}

/** Batches draw on the account's one unscoped bucket; beyond what it holds, a single cancel on shard 1 or higher is paid by that shard's own. */
const cut = <T extends OrderPlace>(orders: readonly T[], throttle: Throttle): Pieces<T> => {
  const { costs, limits } = throttle.budget;
  const batchCost = costs.of(...CALLS.batchCancel);
  const singleCost = costs.of(...CALLS.cancel);
  const sorted = orders.toSorted((a, b) => a.shard - b.shard);
  const paid = throttle.affordableCancels({ mode: 'batch' }, batchCost);
  const room = new Map<number, number>();
  const singles: T[] = [];
  const waiting: T[] = [];
  for (const order of sorted.slice(paid)) {
    const { shard } = order;
    const left = shard < 1 ? 0 : (room.get(shard) ?? throttle.affordableCancels({ mode: 'single', shard }, singleCost));
    room.set(shard, left - 1);
    (left > 0 ? singles : waiting).push(order);
  }
  const size = Math.max(1, Math.min(BATCH_MAX, Math.floor(limits.write.capacity / Math.max(1, batchCost))));
  return { batches: [...chunks(sorted.slice(0, paid), size), ...chunks(waiting, size)], singles };
};

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** What came of a batch as a whole came of each of its orders. */
const outcomesOf = <T extends OrderPlace>(batch: readonly T[], answer: Result<Result<Quantity>[]>): readonly Cancelling<T>[] =>
  batch.map((order, i) => {
    if (answer.kind !== 'ok') return { order, result: answer };
    const result = answer.value[i] ?? { kind: 'unknown', status: 0, reason: 'the batch answer says nothing of this order' };
    return { order, result };
  });
