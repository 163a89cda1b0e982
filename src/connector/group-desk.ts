/** Carries calls about order groups to the exchange. Every call gets exactly one answer, as a fact. */
import type { GroupAsk, GroupCall } from '../domain/actions.js';
import type { GroupAnswer, ListedGroup } from '../domain/events.js';
import type { OrderGroupId } from '../domain/ids.js';
import type { Clock, Offer } from '../domain/ports.js';
import type { RestApi } from './rest-api.js';
import { BASE_PATH, CALLS, pathOf } from './rest-calls.js';
import { describe, type Result } from './rest-result.js';
import type { HttpMethod } from './sign.js';

export interface DeskParts {
  readonly api: Pick<RestApi, 'trading' | 'account'>;
  readonly offer: Offer;
  readonly clock: Pick<Clock, 'now'>;
  /** Keeps a call signed from now on: a trigger must cost no signature when it is needed. */
  readonly keepSigned?: (call: { readonly method: HttpMethod; readonly path: string }) => void;
}

interface Found {
  readonly group: OrderGroupId | null;
  readonly groups: readonly ListedGroup[];
}

const NOTHING: readonly ListedGroup[] = Object.freeze([]);

export class GroupDesk {
  readonly #parts: DeskParts;
  readonly #signed = new Set<OrderGroupId>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  carryOut(call: GroupCall): void {
    const { ask, shard } = call;
    if ('group' in ask) this.#sign(ask.group);
    void this.#ask(ask, shard).then((result) => this.#answer(call, result));
  }

  async #ask(ask: GroupAsk, shard: number): Promise<Result<Found>> {
    const { trading, account } = this.#parts.api;
    try {
      switch (ask.kind) {
        case 'create':
          return as(await trading.createGroup(shard, ask.limit), (group) => ({ group, groups: NOTHING }));
        case 'limit':
          return as(await trading.limitGroup(ask.group, shard, ask.limit), () => aboutOne(ask.group));
        case 'trigger':
          return as(await trading.triggerGroup(ask.group, shard), () => aboutOne(ask.group));
        case 'reset':
          return as(await trading.resetGroup(ask.group, shard), () => aboutOne(ask.group));
        case 'delete':
          return as(await trading.deleteGroup(ask.group, shard), () => aboutOne(ask.group));
        case 'list':
          return as(await account.groups(), (groups) => ({
            group: null,
            groups: groups.map(({ id, shard: on, limit, autoCancel }) => ({ group: id, shard: on, limit, active: autoCancel })),
          }));
      }
    } catch (error) {
      // Calls do not reject; if one did, what it had done by then would be unknown.
      return { kind: 'unknown', status: 0, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #answer({ request, shard, ask }: GroupCall, result: Result<Found>): void {
    const { offer, clock } = this.#parts;
    const found = result.kind === 'ok' ? result.value : aboutOne('group' in ask ? ask.group : null);
    if (found.group !== null && ask.kind === 'create') this.#sign(found.group);
    offer({
      type: 'group-answer',
      at: clock.now(),
      request,
      shard,
      kind: ask.kind,
      outcome: outcomeOf(result),
      ...found,
      detail: result.kind === 'ok' ? '' : describe(result),
    });
  }

  #sign(group: OrderGroupId): void {
    if (this.#signed.has(group)) return;
    this.#signed.add(group);
    this.#parts.keepSigned?.({ method: CALLS.triggerGroup[0], path: `${BASE_PATH}${pathOf('triggerGroup', group)}` });
  }
}

const aboutOne = (group: OrderGroupId | null): Found => ({ group, groups: NOTHING });

const outcomeOf = (result: Result<unknown>): GroupAnswer['outcome'] => {
  if (result.kind === 'ok') return 'done';
  if (result.kind === 'unknown') return 'unknown';
  return result.status === 404 ? 'missing' : 'refused';
};

const as = <T>(result: Result<T>, found: (value: T) => Found): Result<Found> =>
  result.kind === 'ok' ? { ...result, value: found(result.value) } : result;
