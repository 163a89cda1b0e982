import { afterEach, describe, expect, test } from 'vitest';
import type { RestApi } from '../../../src/connector/rest-api.js';
import { CALLS, CONSTANT_WRITES, pathOf } from '../../../src/connector/rest-calls.js';
import type { Result } from '../../../src/connector/rest-result.js';
import { orderGroupId, venueOrderId } from '../../../src/domain/ids.js';
import { epochUs, price, quantity, seconds } from '../../../src/domain/units.js';
import type { StubAnswer } from '../../support/http-stub.js';
import { cancel, restWorld, type RestWorld, type RestWorldOptions } from '../../support/rest-world.js';

const worlds: RestWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});
const world = async (answer: StubAnswer, options: RestWorldOptions = {}): Promise<RestWorld> => {
  const made = await restWorld(() => answer, { subaccount: 4, ...options });
  worlds.push(made);
  return made;
};

const group = orderGroupId('g 1');
const noteOf = (value: unknown): unknown => (value instanceof Map ? [...value] : value);

describe('a typed call', () => {
  test.each<[string, (api: RestApi) => Promise<Result<unknown>>, string, unknown, unknown, unknown]>([
    ['cancel-all', (api) => api.trading.cancelAll(), 'DELETE /portfolio/events/orders?subaccount=4', null, undefined, null],
    [
      'cancel of an order by its names',
      (api) => api.trading.cancelOrder({ orderId: venueOrderId('v1'), shard: 2, subaccount: 0 }),
      'DELETE /portfolio/events/orders/v1?subaccount=0&exchange_index=2',
      null,
      { order_id: 'v1', reduced_by: '1.50' },
      150,
    ],
    [
      'new group',
      (api) => api.trading.createGroup(2, quantity(1000)),
      'POST /portfolio/order_groups/create',
      { contracts_limit_fp: '10.00', subaccount: 4, exchange_index: 2 },
      { order_group_id: 'g1', subaccount: 4 },
      'g1',
    ],
    [
      'limit of a group',
      (api) => api.trading.limitGroup(group, 2, quantity(500)),
      'PUT /portfolio/order_groups/g%201/limit?subaccount=4&exchange_index=2',
      { contracts_limit_fp: '5.00' },
      {},
      null,
    ],
    [
      'trigger of a group',
      (api) => api.trading.triggerGroup(group, 1),
      'PUT /portfolio/order_groups/g%201/trigger?subaccount=4&exchange_index=1',
      {},
      {},
      null,
    ],
    [
      'reset of a group',
      (api) => api.trading.resetGroup(group, 0),
      'PUT /portfolio/order_groups/g%201/reset?subaccount=4&exchange_index=0',
      {},
      {},
      null,
    ],
    [
      'end of a group',
      (api) => api.trading.deleteGroup(group, 3),
      'DELETE /portfolio/order_groups/g%201?subaccount=4&exchange_index=3',
      null,
      {},
      null,
    ],
    ['list of groups, none', (api) => api.account.groups(), 'GET /portfolio/order_groups?subaccount=4', null, {}, []],
    [
      'list of groups',
      (api) => api.account.groups(),
      'GET /portfolio/order_groups?subaccount=4',
      null,
      { order_groups: [{ id: 'g1', contracts_limit_fp: '10.00', is_auto_cancel_enabled: true, exchange_index: 1 }] },
      [{ id: 'g1', shard: 1, limit: 1000, autoCancel: true }],
    ],
    [
      'one group',
      (api) => api.account.group(group, 1),
      'GET /portfolio/order_groups/g%201?subaccount=4&exchange_index=1',
      null,
      { is_auto_cancel_enabled: false, orders: [] },
      { id: 'g 1', shard: 0, limit: null, autoCancel: false },
    ],
    [
      'queue positions',
      (api) => api.account.queuePositions(['A', 'B']),
      'GET /portfolio/orders/queue_positions?subaccount=4&market_tickers=A%2CB',
      null,
      { queue_positions: [{ order_id: 'v1', market_ticker: 'A', queue_position_fp: '118.00' }] },
      [{ orderId: 'v1', ticker: 'A', ahead: 11_800 }],
    ],
    [
      'queue position of one order',
      (api) => api.account.queuePosition(venueOrderId('v1')),
      'GET /portfolio/orders/v1/queue_position',
      null,
      { queue_position_fp: '0.00' },
      0,
    ],
    [
      'cancel of several orders by their names',
      (api) => api.trading.cancelOrders([{ orderId: venueOrderId('v1'), shard: 2, subaccount: 0 }]),
      'DELETE /portfolio/events/orders/batched',
      { orders: [{ order_id: 'v1', subaccount: 0, exchange_index: 2 }] },
      { orders: [{ order_id: 'v1', reduced_by: '1.50', ts_ms: 1_795_296_000_123 }] },
      [{ kind: 'ok', status: 0, value: 150 }],
    ],
    [
      'keys and what they may do',
      (api) => api.account.apiKeys(),
      'GET /api_keys',
      null,
      { api_keys: [{ api_key_id: 'k', name: 'n', scopes: ['read', 'write::trade'], subaccount: 3 }] },
      [{ keyId: 'k', scopes: ['read', 'write::trade'], subaccount: 3 }],
    ],
    [
      'time up to which reads are valid',
      (api) => api.account.userDataTimestamp(),
      'GET /exchange/user_data_timestamp',
      null,
      { as_of_time: '2026-11-21T00:00:00.5Z' },
      Date.UTC(2026, 10, 21) * 1000 + 500_000,
    ],
    [
      'list of settlements',
      (api) => api.account.settlements(epochUs(5_500_000)),
      'GET /portfolio/settlements?subaccount=4&min_ts=5&limit=1000',
      null,
      { settlements: [] },
      [],
    ],
    [
      'list of positions',
      (api) => api.account.positions('A'),
      'GET /portfolio/positions?subaccount=4&ticker=A&limit=1000',
      null,
      { market_positions: [] },
      [],
    ],
    [
      'order book',
      (api) => api.markets.orderbook('KXA-1', price(10_000), 3),
      'GET /markets/KXA-1/orderbook?depth=3',
      null,
      { orderbook_fp: { yes_dollars: [['0.41', '10.00']], no_dollars: null } },
      { bids: [{ price: 4100, quantity: 1000 }], asks: [] },
    ],
    [
      'several order books',
      (api) => api.markets.orderbooks(['A', 'B'], () => price(10_000)),
      'GET /markets/orderbooks?tickers=A&tickers=B',
      null,
      {
        orderbooks: [
          {
            ticker: 'A',
            orderbook_fp: {
              yes_dollars: [],
              no_dollars: [
                ['0.5600', '17.00'],
                ['0.5500', '2.00'],
              ],
            },
          },
        ],
      },
      [
        [
          'A',
          {
            bids: [],
            asks: [
              { price: 4400, quantity: 1700 },
              { price: 4500, quantity: 200 },
            ],
          },
        ],
      ],
    ],
    [
      'list of markets',
      (api) => api.markets.markets({ series: 'KXBTC15M', status: 'open' }),
      'GET /markets?series_ticker=KXBTC15M&status=open&mve_filter=exclude&limit=1000',
      null,
      { markets: [{ ticker: 'A', more: 1 }], cursor: '' },
      [{ ticker: 'A', shard: 0, body: { ticker: 'A', more: 1 } }],
    ],
    [
      'one market',
      (api) => api.markets.market('KXA-1'),
      'GET /markets/KXA-1',
      null,
      { market: { ticker: 'KXA-1', exchange_index: 2 } },
      { ticker: 'KXA-1', shard: 2, body: { ticker: 'KXA-1', exchange_index: 2 } },
    ],
    [
      'one event',
      (api) => api.markets.event('KXA'),
      'GET /events/KXA',
      null,
      { event: { event_ticker: 'KXA' }, markets: [] },
      { ticker: 'KXA', shard: 0, body: { event_ticker: 'KXA' } },
    ],
    ['list of events', (api) => api.markets.events('KX'), 'GET /events?series_ticker=KX&limit=200', null, { events: [], cursor: '' }, []],
    [
      'one series',
      (api) => api.markets.series('KX'),
      'GET /series/KX',
      null,
      { series: { ticker: 'KX' } },
      { ticker: 'KX', shard: 0, body: { ticker: 'KX' } },
    ],
    ['list of series', (api) => api.markets.seriesList(), 'GET /series', null, { series: [] }, []],
    [
      'list of trades',
      (api) => api.markets.trades('A', epochUs(9_000_000)),
      'GET /markets/trades?ticker=A&min_ts=9&limit=1000',
      null,
      { trades: [] },
      [],
    ],
    [
      'exchange status',
      (api) => api.markets.exchangeState(),
      'GET /exchange/status',
      null,
      {
        exchange_active: true,
        trading_active: false,
        exchange_estimated_resume_time: '2026-11-26T10:00:00Z',
        exchange_index_statuses: [{ exchange_index: 2, description: 'crypto', exchange_active: false, trading_active: false }],
      },
      {
        shards: [
          { shard: 0, exchangeActive: true, tradingActive: false },
          { shard: 2, exchangeActive: false, tradingActive: false },
        ],
        resumesAt: Date.UTC(2026, 10, 26, 10) * 1000,
      },
    ],
    [
      'exchange schedule',
      (api) => api.markets.exchangeSchedule(),
      'GET /exchange/schedule',
      null,
      {
        schedule: {
          standard_hours: [{}],
          maintenance_windows: [{ start_datetime: '2026-11-26T03:00:00-05:00', end_datetime: '2026-11-26T10:00:00Z' }],
        },
      },
      { standardHours: [{}], maintenance: [{ from: Date.UTC(2026, 10, 26, 8) * 1000, until: Date.UTC(2026, 10, 26, 10) * 1000 }] },
    ],
  ])('%s', async (_, call, line, sent, answer, value) => {
    const here = await world({ status: 200, body: answer });
    const result = await call(here.api);
    expect(here.stub.requests).toHaveLength(1);
    const [request] = here.stub.requests;
    const query = request?.query.toString() ?? '';
    expect(`${request?.method} ${request?.path.replace('/trade-api/v2', '')}${query === '' ? '' : `?${query}`}`).toBe(line);
    expect(request?.body).toEqual(sent);
    expect(result).toMatchObject({ kind: 'ok' });
    expect(noteOf((result as { value: unknown }).value)).toEqual(value);
  });

  test('for fee changes joins those of the series and of its events', async () => {
    const here = await world({ status: 200 });
    const when = '2026-12-01T00:00:00Z';
    here.stub.handler = (request) =>
      request.path.includes('/series/')
        ? {
            status: 200,
            body: { series_fee_change_arr: [{ id: '1', series_ticker: 'KX', fee_type: 'flat', fee_multiplier: 0.5, scheduled_ts: when }] },
          }
        : {
            status: 200,
            body: {
              event_fee_changes: [
                {
                  id: '2',
                  series_ticker: 'KX',
                  event_ticker: 'KX-1',
                  fee_type_override: null,
                  fee_multiplier_override: null,
                  scheduled_ts: when,
                },
                {
                  id: '3',
                  series_ticker: 'OTHER',
                  event_ticker: 'O-1',
                  fee_type_override: 'flat',
                  fee_multiplier_override: 1,
                  scheduled_ts: when,
                },
              ],
              cursor: '',
            },
          };
    const result = await here.api.markets.feeChanges('KX');
    const at = Date.UTC(2026, 11, 1) * 1000;
    expect(result).toMatchObject({
      kind: 'ok',
      value: [
        { id: '1', series: 'KX', event: null, feeType: 'flat', multiplier: 0.5, at },
        { id: '2', series: 'KX', event: 'KX-1', feeType: null, multiplier: null, at },
      ],
    });
  });

  test('for many tickers asks a hundred at a time', async () => {
    const here = await world({ status: 200, body: { markets: [] } });
    await here.api.markets.markets({ tickers: Array.from({ length: 250 }, (_, i) => `T${i}`) });
    expect(here.stub.requests.map((request) => request.query.get('tickers')?.split(',').length)).toEqual([100, 100, 50]);
  });

  test('of an answer that is not what was promised is unknown, with the path', async () => {
    const here = await world({ status: 200, body: { orderbook: {} } });
    expect(await here.api.markets.orderbook('A', price(10_000))).toEqual({
      kind: 'unknown',
      status: 200,
      reason: 'unreadable answer: orderbook.orderbook_fp: expected an object, got "nothing"',
    });
    here.stub.handler = () => ({ status: 200, body: { orderbook_fp: { yes_dollars: [] } } });
    expect(await here.api.markets.orderbook('A', price(10_000))).toMatchObject({ kind: 'unknown', reason: /no_dollars: expected a list/ });
    here.stub.handler = () => ({ status: 200, body: { orderbook_fp: { yes_dollars: [['0.5', '-1.00']], no_dollars: [] } } });
    expect(await here.api.markets.orderbook('A', price(10_000))).toMatchObject({ kind: 'unknown', reason: /yes_dollars\[0\]\[1\]/ });
  });

  test('that reads waits for tokens, and a 429 empties our bucket', async () => {
    const here = await world({ status: 429, body: { error: 'too many requests' } });
    expect(await here.api.account.balance()).toMatchObject({ kind: 'refused', code: 'rate-limited' });
    const next = here.api.account.balance();
    await new Promise((resolve) => void setImmediate(resolve));
    expect(here.client.counters.sent).toBe(1);
    here.time.advance(seconds(1));
    await next;
    expect(here.stub.requests).toHaveLength(2);
  });

  test('that changes something waits for tokens like an order, a trigger like a cancel', async () => {
    const here = await world({ status: 200, body: { order_group_id: 'g1' } }, { cancelReserve: 0.5 });
    while (here.throttle.tryWrite({ mode: 'single', shard: 1 }, 10));
    const created = here.api.trading.createGroup(1, quantity(100));
    expect(await here.api.trading.triggerGroup(group, 1)).toMatchObject({ kind: 'ok' });
    expect(here.stub.requests).toHaveLength(1);
    here.time.advance(seconds(1));
    expect(await created).toMatchObject({ kind: 'ok', value: 'g1' });
  });

  test('that changes something teaches the budget when it is refused for want of tokens', async () => {
    const here = await world({ status: 429, body: { error: 'too many requests' } });
    const shard = { mode: 'single', shard: 1 } as const;
    // Calls about groups are paid from the unscoped bucket: a shard's own pays for single orders only.
    expect(await here.api.trading.resetGroup(group, 1)).toMatchObject({ kind: 'refused', code: 'rate-limited' });
    expect([here.throttle.tryWrite(shard, 1), here.throttle.tryWrite({ mode: 'batch' }, 1)]).toEqual([true, false]);
    const order = { orderId: venueOrderId('v1'), shard: 1, subaccount: 0 };
    expect(await here.api.trading.cancelOrder(order)).toMatchObject({ kind: 'refused', code: 'rate-limited' });
    expect(here.throttle.tryWrite(shard, 1)).toBe(false);
  });

  test('that never gets tokens ends as not sent', async () => {
    const tiny = { tier: 'tiny', read: { refillPerSecond: 1, capacity: 5 }, write: { refillPerSecond: 1, capacity: 1 } };
    const here = await world({ status: 200 }, { limits: tiny });
    expect(await here.api.account.balance()).toMatchObject({ kind: 'refused', code: 'not-sent' });
    expect(await here.api.trading.cancelAll()).toMatchObject({ kind: 'refused', code: 'not-sent' });
    expect(await here.api.trading.createGroup(0, quantity(100))).toMatchObject({ kind: 'refused', code: 'not-sent' });
    expect(here.stub.requests).toEqual([]);
  });
});

describe('the paths', () => {
  test('escape what stands in them', () => {
    expect(pathOf('cancel', 'a/b?c')).toBe('/portfolio/events/orders/a%2Fb%3Fc');
    expect(pathOf('market', 'KXBTCD-26JUL0317-T61749.99')).toBe('/markets/KXBTCD-26JUL0317-T61749.99');
  });

  test('never lose their id, which would turn a cancel of one into a cancel of all', async () => {
    for (const id of ['', '.', '..']) expect(() => pathOf('cancel', id)).toThrow(/would change the path/);
    expect(() => pathOf('cancel')).toThrow(/an id is wanted/);
    expect(() => pathOf('cancelAll', 'v1')).toThrow(/an id is wanted/);
    const here = await world({ status: 200 });
    here.send('single', cancel(1, { orderId: venueOrderId('') }));
    expect((await here.told(1)).at(0)).toMatchObject({ type: 'command-unknown', clientId: 'kmm-1-1' });
    expect(here.stub.requests).toEqual([]);
  });

  test('for signatures made in advance never change', () => {
    for (const [, path] of CONSTANT_WRITES) expect(path).not.toContain(':');
    expect(CALLS.batchCancel).toEqual(['DELETE', '/portfolio/events/orders/batched']);
  });
});
