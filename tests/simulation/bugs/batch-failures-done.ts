/** An item of a batch of cancels that failed is taken as done. */
import { decodeBatch as original } from '../../../src/connector/rest-orders.js';
import type { Result } from '../../../src/connector/rest-result.js';

export * from '../../../src/connector/rest-orders.js';

const EVERYTHING = 1_000_000_000;

export const decodeBatch = <C, T>(body: unknown, commands: readonly C[], parts: Parameters<typeof original<C, T>>[2]): Result<T>[] =>
  original(body, commands, parts).map((result, i) => {
    const isCancel = parts.path === 'batch cancel' && result.kind === 'refused';
    const orderId = parts.nameOf(commands[i] as C);
    return isCancel ? { kind: 'ok', status: 200, value: { orderId, clientId: null, reducedBy: EVERYTHING, exchangeAt: 0 } as T } : result;
  });
