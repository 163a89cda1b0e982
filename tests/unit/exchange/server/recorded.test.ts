/** The same requests as in the recordings get the same answers: statuses, error bodies, and key sets of every body. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readLines, recordingsDir } from '../../../support/recordings.js';
import type { Answer, Client } from './client.js';
import { host, type Hosted } from './hosting.js';

const absent = recordingsDir() === null;

interface Case {
  readonly case: string;
  readonly meta: { readonly status?: number; readonly request_body?: Record<string, unknown> | null };
  readonly body: Record<string, unknown>;
}

const casesOf = (file: string): Map<string, Case> =>
  new Map(
    absent
      ? []
      : readLines(file)
          .map((line) => JSON.parse(line) as Case)
          .map((one) => [one.case, one]),
  );
const demo = casesOf('rest-demo-fortuna-20260611.jsonl.gz');
const prod = casesOf('rest-prod-cockpit-202608.jsonl.gz');

const recorded = (name: string): Case => {
  const found = demo.get(name);
  if (found === undefined) throw new Error(`no recording of ${name}`);
  return found;
};

const inProduction = (name: string): Record<string, unknown> => prod.get(name)?.body ?? {};

/** `service` left the error bodies on 2026-08-06. */
const withoutService = (body: Record<string, unknown>): unknown => {
  const { error } = body;
  if (typeof error !== 'object' || error === null) return body;
  return { error: Object.fromEntries(Object.entries(error).filter(([key]) => key !== 'service')) };
};

let hosted: Hosted;
let me: Client;
let other: Client;
let ticker: string;
beforeAll(async () => {
  hosted = await host({ accounts: [{}, {}] });
  me = hosted.clients[0];
  other = hosted.client(1);
  [ticker] = hosted.tickers;
});

/** Posts a recorded order to our market, with a client id of its own. */
let fresh = 0;
const post = (name: string, changes: Record<string, unknown> = {}): Promise<Answer> =>
  me.call('POST', '/portfolio/events/orders', { ...recorded(name).meta.request_body, ticker, client_order_id: `c${++fresh}`, ...changes });

describe.skipIf(absent)('recorded refusals', () => {
  const assertSame = (answer: Answer, name: string): void => {
    expect([answer.status, answer.body]).toEqual([recorded(name).meta.status, withoutService(recorded(name).body)]);
  };

  test('numbers where texts are due', async () => {
    assertSame(await post('orders__numeric_field_types'), 'orders__numeric_field_types');
  });

  test('a price off the grid', async () => {
    assertSame(await post('orders__invalid_price_structure'), 'orders__invalid_price_structure');
  });

  test('more than the balance can pay', async () => {
    assertSame(await post('orders__insufficient_balance', { count: '20000.00' }), 'orders__insufficient_balance');
  });

  test('a post-only order that would cross', async () => {
    await other.order({ ticker, side: 'ask', price: '0.9900' });
    assertSame(await post('orders__post_only_cross'), 'orders__post_only_cross');
  });

  test('a client id used twice, and one of a cancelled order', async () => {
    await post('orders__create_v2_maker', { client_order_id: 'mine' });
    assertSame(await post('orders__duplicate_client_order_id', { client_order_id: 'mine' }), 'orders__duplicate_client_order_id');
    await me.call('DELETE', '/portfolio/events/orders');
    assertSame(await post('orders__reuse_canceled_client_id', { client_order_id: 'mine' }), 'orders__reuse_canceled_client_id');
  });

  test('cancels of orders that are cancelled or unknown', async () => {
    const placed = await post('orders__create_v2_maker');
    const path = `/portfolio/events/orders/${String(placed.body['order_id'])}`;
    expect((await me.call('DELETE', path)).status).toBe(200);
    assertSame(await me.call('DELETE', path), 'orders__cancel_already_canceled');
    assertSame(await me.call('DELETE', '/portfolio/events/orders/00000000-0000-0000-0000-000000000000'), 'orders__cancel_unknown_id');
  });

  test('a page larger than allowed', async () => {
    assertSame(await me.get('/markets?limit=1001'), 'markets__limit_over_max');
  });

  test('a status that is no filter word', async () => {
    const answer = await me.get('/markets?status=finalized');
    expect([answer.status, answer.body]).toEqual([
      400,
      { error: { code: 'bad_request', message: 'bad request', details: 'invalid status filter' } },
    ]);
  });
});

/** Keys that left the API between the recording and October 2026, and keys that came. */
const GONE = [
  'liquidity_dollars',
  'response_price_units',
  'fractional_trading_enabled',
  'resting_orders_count',
  'available_on_brokers',
  'tick_size',
];
/** Facts of particular markets. */
const PARTICULAR = [
  'custom_strike',
  'early_close_condition',
  'primary_participant_key',
  'functional_strike',
  'is_provisional',
  'mve_collection_ticker',
  'mve_selected_legs',
  'floor_strike',
  'cap_strike',
  'strike_type',
  'product_metadata',
  'last_updated_ts',
  'order_group_id',
  'settlement_ts',
  'settlement_value_dollars',
];

const keysOf = (body: unknown): string[] => Object.keys(body as object).filter((key) => !GONE.includes(key) && !PARTICULAR.includes(key));
const firstOf = (body: Record<string, unknown>, list: string): unknown => (body[list] as unknown[])[0];

/** Every recorded key is there; what we have besides is named. */
const assertKeys = (ours: unknown, recordedBody: unknown, since: readonly string[] = []): void => {
  expect(keysOf(ours).sort()).toEqual([...new Set([...keysOf(recordedBody), ...since])].sort());
};

describe.skipIf(absent)('recorded bodies', () => {
  beforeAll(async () => {
    await other.order({ ticker, side: 'ask', price: '0.5200', count: '5.00' });
    await post('orders__create_v2_taker_ioc', { price: '0.6000' });
  });

  test('a resting order, and one that filled at once', async () => {
    assertKeys((await post('orders__create_v2_maker')).body, recorded('orders__create_v2_maker').body);
    const filled = await post('orders__create_v2_taker_ioc', { price: '0.6000' });
    const { average_fee_paid, average_fill_price, fill_count, remaining_count } = recorded('orders__create_v2_taker_ioc').body;
    expect(filled.body).toMatchObject({ average_fill_price, fill_count, remaining_count });
    expect(average_fee_paid).toBe('0.0175');
    assertKeys(filled.body, recorded('orders__create_v2_taker_ioc').body);
  });

  test('a cancel', async () => {
    const placed = await post('orders__create_v2_maker');
    const answer = await me.call('DELETE', `/portfolio/events/orders/${String(placed.body['order_id'])}`);
    assertKeys(answer.body, recorded('orders__cancel_v2').body);
  });

  test('the list of orders', async () => {
    const ours = (await me.get('/portfolio/orders?status=executed')).body;
    assertKeys(ours, recorded('portfolio__orders_list').body);
    assertKeys(firstOf(ours, 'orders'), firstOf(recorded('portfolio__orders_list').body, 'orders'), [
      'exchange_index',
      'cancel_order_on_pause',
    ]);
  });

  test('fills', async () => {
    const ours = (await me.get('/portfolio/fills')).body;
    assertKeys(firstOf(ours, 'fills'), firstOf(recorded('fills__after_taker').body, 'fills'), ['exchange_index']);
    expect(firstOf(ours, 'fills')).toMatchObject({
      fee_cost: expect.stringMatching(/^0\.\d{6}$/),
      yes_price_dollars: '0.5200',
      no_price_dollars: '0.4800',
    });
  });

  test('positions', async () => {
    const ours = (await me.get('/portfolio/positions')).body;
    const theirs = recorded('portfolio__positions').body;
    assertKeys(firstOf(ours, 'market_positions'), firstOf(theirs, 'market_positions'), ['exchange_index']);
    assertKeys(firstOf(ours, 'event_positions'), firstOf(theirs, 'event_positions'));
  });

  test('the balance', async () => {
    assertKeys((await me.get('/portfolio/balance')).body, recorded('auth__balance_ok').body);
  });

  test('a market, in lists and alone', async () => {
    const theirs = recorded('markets__single').body['market'];
    assertKeys((await me.get(`/markets/${ticker}`)).body['market'], theirs, ['exchange_index', 'settlement_bounds_type']);
    assertKeys(firstOf((await me.get('/markets')).body, 'markets'), theirs, ['exchange_index', 'settlement_bounds_type']);
  });

  test('public trades', async () => {
    assertKeys(firstOf((await me.get('/markets/trades')).body, 'trades'), firstOf(recorded('trades__public_recorded').body, 'trades'));
  });

  test('the order book: both sides, ascending, in prices of their own', async () => {
    await me.order({ ticker, price: '0.3000' });
    const { orderbook_fp } = (await me.get(`/markets/${ticker}/orderbook`)).body as {
      orderbook_fp: { yes_dollars: string[][]; no_dollars: string[][] };
    };
    assertKeys(orderbook_fp, (recorded('orderbook__base').body as { orderbook_fp: object }).orderbook_fp);
    expect(orderbook_fp.yes_dollars.at(-1)).toEqual(['0.3000', '10.00']);
    expect(orderbook_fp.no_dollars.at(-1)).toEqual(['0.4800', '3.00']);
  });

  test('a series, and an event with its markets', async () => {
    const payloads = (inProduction('series_fee_fields') as { payloads: Record<string, { series: object }> }).payloads;
    assertKeys(firstOf((await me.get('/series')).body, 'series'), payloads['KXMLBGAME']?.series, ['categories']);
    const event = firstOf(inProduction('events_nfl_preseason'), 'events');
    assertKeys(firstOf((await me.get('/events?with_nested_markets=true')).body, 'events'), event, ['settlement_sources']);
  });

  test('candlesticks', async () => {
    const at = Math.floor(hosted.clock.now() / 1e6);
    const { candlesticks } = (
      await me.get(`/series/S/markets/${ticker}/candlesticks?start_ts=${at - 60}&end_ts=${at + 60}&period_interval=1`)
    ).body as {
      candlesticks: Record<string, unknown>[];
    };
    const theirs = (inProduction('candlesticks_mlb') as { markets: Record<string, { candlesticks: Record<string, unknown>[] }> }).markets;
    const [first] = Object.values(theirs)[0]?.candlesticks ?? [];
    assertKeys(candlesticks[0], first);
    assertKeys({ ...(candlesticks[0]?.['price'] as object), previous_dollars: '' }, first?.['price']);
    assertKeys(candlesticks[0]?.['yes_bid'], first?.['yes_bid']);
  });

  test('limits, cutoffs, settlements and fee changes of a quiet account', async () => {
    assertKeys((await me.get('/account/limits')).body, recorded('account__limits').body);
    expect((await me.get('/portfolio/settlements?limit=10')).body).toEqual(recorded('settlements__page').body);
    expect((await me.get('/series/fee_changes')).body).toEqual(recorded('series__fee_changes').body);
  });
});
