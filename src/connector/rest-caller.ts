/** The plumbing under every typed call: path and query, tokens, and what a 429 teaches the budget. */
import type { WriteRoute } from './rate-budget.js';
import type { RestClient, RestRequest } from './rest.js';
import { CALLS, pathOf, type CallName } from './rest-calls.js';
import type { LaneName } from './rest-lanes.js';
import { readAllPages, type PageParts } from './rest-paging.js';
import { decoded, notSent, RATE_LIMITED, type RestResult, type Result } from './rest-result.js';
import type { Throttle } from './throttle.js';

/** Pairs whose value is undefined are left out. */
export type Query = readonly (readonly [name: string, value: string | number | undefined])[];

export interface CallParts {
  /** Stands in the place of `:id` in the path. */
  readonly id?: string;
  readonly query?: Query;
  readonly body?: unknown;
}

export interface ApiSettings {
  /** 0 is the primary account. */
  readonly subaccount: number;
  /** Most pages of one list; a longer list fails. */
  readonly pagesMax: number;
}

const PAGE_ROWS = 1000;
/** Calls that add risk, or let it in again: none leaves once orders are stopped, however long it has waited. */
const OPENING: ReadonlySet<CallName> = new Set<CallName>(['create', 'batchCreate', 'amend', 'createGroup', 'limitGroup', 'resetGroup']);

export class RestCaller {
  constructor(
    private readonly client: RestClient,
    private readonly throttle: Throttle,
    readonly settings: ApiSettings,
  ) {}

  /** What an omitted subaccount means differs from call to call, so it is never omitted. */
  get subaccount(): Query {
    return [['subaccount', this.settings.subaccount]];
  }

  scope(shard: number): Query {
    return [...this.subaccount, ['exchange_index', shard]];
  }

  /** Sends at once; tokens are the caller's business. */
  send(call: CallName, lane: LaneName, parts: CallParts): Promise<RestResult> {
    const query = (parts.query ?? []).filter((pair): pair is readonly [string, string | number] => pair[1] !== undefined);
    const opens = OPENING.has(call);
    const request: RestRequest = { method: CALLS[call][0], path: pathOf(call, parts.id), query, body: parts.body, lane, opens };
    return this.client.request(request);
  }

  /** Sends when there are tokens and the cancels' reserve is untouched. */
  async whenPaid(route: WriteRoute, call: CallName, parts: CallParts): Promise<RestResult> {
    if (!(await this.throttle.write(route, this.#cost(call)))) return notSent(`${call}: no tokens in time`);
    return this.#noted(route, await this.send(call, 'order', parts));
  }

  /** Sends as soon as there are tokens for all its items, on the cancels' connections. */
  whenCancelPaid(route: WriteRoute, call: CallName, parts: CallParts, items = 1): Promise<RestResult> {
    return new Promise((resolve) => {
      this.throttle.cancel(
        route,
        this.#cost(call) * items,
        () => void this.send(call, 'cancel', parts).then((result) => resolve(this.#noted(route, result))),
        () => resolve(notSent(`${call}: no tokens in time`)),
      );
    });
  }

  /** The same before every cancel that waits, on connections that nothing else may use. */
  whenSweepPaid(route: WriteRoute, call: CallName, parts: CallParts): Promise<RestResult> {
    return new Promise((resolve) => {
      this.throttle.sweep(
        route,
        this.#cost(call),
        () => void this.send(call, 'sweep', parts).then((result) => resolve(this.#noted(route, result))),
        () => resolve(notSent(`${call}: no tokens in time`)),
      );
    });
  }

  async read<T>(call: CallName, parts: CallParts, decode: (body: unknown) => T): Promise<Result<T>> {
    return decoded(await this.#fetch(call, parts), decode);
  }

  /** All pages of a list, or a failure. */
  list<T>(
    call: CallName,
    query: Query,
    rows: Pick<PageParts<T>, 'list' | 'decode' | 'keyOf'> & Partial<Pick<PageParts<T>, 'cursor'>> & { readonly perPage?: number },
  ): Promise<Result<readonly T[]>> {
    return readAllPages({
      what: call,
      list: rows.list,
      decode: rows.decode,
      keyOf: rows.keyOf,
      pagesMax: this.settings.pagesMax,
      cursor: rows.cursor ?? 'optional',
      fetch: (cursor) => this.#fetch(call, { query: [...query, ['limit', rows.perPage ?? PAGE_ROWS], ['cursor', cursor ?? undefined]] }),
    });
  }

  async #fetch(call: CallName, parts: CallParts): Promise<RestResult> {
    if (!(await this.throttle.read(this.#cost(call)))) return notSent(`${call}: no tokens in time`);
    const result = await this.send(call, 'read', parts);
    if (result.kind === 'refused' && result.code === RATE_LIMITED) this.throttle.readRefused();
    return result;
  }

  #cost(call: CallName): number {
    const [method, path] = CALLS[call];
    return this.throttle.budget.costs.of(method, path);
  }

  #noted(route: WriteRoute, result: RestResult): RestResult {
    if (result.kind === 'refused' && result.code === RATE_LIMITED) this.throttle.writeRefused(route);
    return result;
  }
}
