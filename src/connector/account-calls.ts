/** Every reading of the account. Lists are read to their end or fail. Exchange reference, sections 4.4, 5.1, 5.2 and 7. */
import type { OrderGroupId, VenueOrderId } from '../domain/ids.js';
import { toEpochMs, type EpochUs, type Quantity } from '../domain/units.js';
import type { EndpointCosts } from './endpoint-costs.js';
import type { AccountLimits } from './rate-budget.js';
import { decodeApiKey, decodeAsOf, decodeCosts, decodeLimits, type ApiKeyFacts } from './rest-account.js';
import type { Query, RestCaller } from './rest-caller.js';
import { fieldsOf, inner, itemsOf } from './rest-decode.js';
import * as portfolio from './rest-portfolio.js';
import type { Result } from './rest-result.js';

/** Reads wait for their tokens. */
export class AccountCalls {
  readonly #caller: RestCaller;

  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  async order(id: VenueOrderId): Promise<Result<portfolio.RestOrder>> {
    return this.#caller.read('order', { id }, (body) => portfolio.decodeOrder(inner(fieldsOf(body, 'order'), 'order')));
  }

  /** On all shards: `exchange_index` would leave the others out. */
  async orders(status?: 'resting' | 'canceled' | 'executed', ticker?: string): Promise<Result<readonly portfolio.RestOrder[]>> {
    const query: Query = [...this.#caller.subaccount, ['status', status], ['ticker', ticker]];
    return this.#caller.list('orders', query, {
      list: 'orders',
      decode: portfolio.decodeOrder,
      keyOf: (order) => order.orderId,
      cursor: 'promised',
    });
  }

  /** @param since fills of this moment and later; the exchange counts in whole seconds, so earlier ones of the same second come along */
  async fills(since: EpochUs | null, ticker?: string): Promise<Result<readonly portfolio.RestFill[]>> {
    // One second earlier, because "after" may or may not include the second itself.
    const from = since === null ? undefined : Math.max(0, Math.floor(toEpochMs(since) / 1000) - 1);
    const query: Query = [...this.#caller.subaccount, ['min_ts', from], ['ticker', ticker]];
    return this.#caller.list('fills', query, {
      list: 'fills',
      decode: portfolio.decodeFill,
      keyOf: (fill) => fill.fillId,
      cursor: 'promised',
    });
  }

  async positions(ticker?: string): Promise<Result<readonly portfolio.RestPosition[]>> {
    const query: Query = [...this.#caller.subaccount, ['ticker', ticker]];
    return this.#caller.list('positions', query, {
      list: 'market_positions',
      decode: portfolio.decodePosition,
      keyOf: (position) => position.ticker,
    });
  }

  async settlements(since?: EpochUs): Promise<Result<readonly portfolio.Settlement[]>> {
    const query: Query = [...this.#caller.subaccount, ['min_ts', since === undefined ? undefined : Math.floor(toEpochMs(since) / 1000)]];
    return this.#caller.list('settlements', query, {
      list: 'settlements',
      decode: portfolio.decodeSettlement,
      keyOf: (row) => `${row.ticker} ${row.settledAt}`,
    });
  }

  async balance(): Promise<Result<portfolio.Balance>> {
    return this.#caller.read('balance', { query: this.#caller.subaccount }, portfolio.decodeBalance);
  }

  /** Contracts ahead of our orders in these markets. */
  async queuePositions(tickers: readonly string[]): Promise<Result<readonly portfolio.QueuePosition[]>> {
    return this.#caller.read('queuePositions', { query: [...this.#caller.subaccount, ['market_tickers', tickers.join(',')]] }, (body) => {
      const fields = fieldsOf(body, 'queue positions');
      return fields.has('queue_positions') ? itemsOf(fields, 'queue_positions', portfolio.decodeQueuePosition) : [];
    });
  }

  async queuePosition(id: VenueOrderId): Promise<Result<Quantity>> {
    return this.#caller.read('queuePosition', { id }, (body) => fieldsOf(body, 'queue position').quantity('queue_position_fp'));
  }

  /** Up to when the account's reads are valid. */
  async userDataTimestamp(): Promise<Result<EpochUs>> {
    return this.#caller.read('userDataTimestamp', {}, decodeAsOf);
  }

  async limits(): Promise<Result<AccountLimits>> {
    return this.#caller.read('limits', {}, decodeLimits);
  }

  async costs(): Promise<Result<EndpointCosts>> {
    return this.#caller.read('costs', {}, decodeCosts);
  }

  /** The keys of this account and what each may do. */
  async apiKeys(): Promise<Result<readonly ApiKeyFacts[]>> {
    return this.#caller.read('apiKeys', {}, (body) => itemsOf(fieldsOf(body, 'api keys'), 'api_keys', decodeApiKey));
  }

  async groups(): Promise<Result<readonly portfolio.OrderGroup[]>> {
    return this.#caller.read('groups', { query: this.#caller.subaccount }, (body) => {
      const fields = fieldsOf(body, 'order groups');
      // Recorded: an account without groups gets an empty object.
      return fields.has('order_groups') ? itemsOf(fields, 'order_groups', (item) => portfolio.decodeOrderGroup(item)) : [];
    });
  }

  async group(id: OrderGroupId, shard: number): Promise<Result<portfolio.OrderGroup>> {
    return this.#caller.read('group', { id, query: this.#caller.scope(shard) }, (body) =>
      portfolio.decodeOrderGroup(fieldsOf(body, 'order group'), id),
    );
  }
}
