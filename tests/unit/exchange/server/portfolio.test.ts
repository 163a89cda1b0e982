/** What an account does and sees over REST beyond placing an order: changes of orders, groups, money, filters. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from './client.js';
import { host, type Hosted } from './hosting.js';

const ORDERS = '/portfolio/events/orders';
let hosted: Hosted;
let me: Client;
let other: Client;
let ticker: string;
beforeEach(async () => {
  hosted = await host({ accounts: [{}, {}] });
  [me, other] = [hosted.client(0), hosted.client(1)];
  [ticker] = hosted.tickers;
});

const errorCode = (answer: Answer): unknown => (answer.body['error'] as { code?: string } | undefined)?.code;
const idOf = (answer: Answer): string => String(answer.body['order_id']);
const listOf = (answer: Answer, name: string): Record<string, unknown>[] => answer.body[name] as Record<string, unknown>[];

describe('changing an order', () => {
  const amend = (id: string, changes: object): Promise<Answer> =>
    me.call('POST', `${ORDERS}/${id}/amend`, { ticker, side: 'bid', price: '0.4000', count: '10.00', ...changes });

  test('a change of price alone tells no sizes, a change of size does', async () => {
    const id = idOf(await me.order({ ticker }));
    expect(Object.keys((await amend(id, { price: '0.4100' })).body).sort()).toEqual(['order_id', 'ts_ms']);
    expect((await amend(id, { price: '0.4100', count: '12.00' })).body).toMatchObject({
      order_id: id,
      fill_count: '0.00',
      remaining_count: '12.00',
    });
  });

  test('a higher total or another price goes to the back of the queue, a lower total stays', async () => {
    const id = idOf(await me.order({ ticker }));
    await other.order({ ticker, count: '7.00' });
    const ahead = async (): Promise<unknown> => (await me.get(`/portfolio/orders/${id}/queue_position`)).body['queue_position_fp'];
    await amend(id, { count: '5.00' });
    const kept = await ahead();
    await amend(id, { count: '6.00' });
    expect([kept, await ahead()]).toEqual(['0.00', '7.00']);
  });

  test('an amend may cross: it fills at once and says at what price', async () => {
    await other.order({ ticker, side: 'ask', price: '0.4500', count: '4.00' });
    const id = idOf(await me.order({ ticker }));
    expect((await amend(id, { price: '0.4500' })).body).toMatchObject({
      fill_count: '4.00',
      remaining_count: '6.00',
      average_fill_price: '0.4500',
    });
  });

  test.each<[object, string]>([
    [{ side: 'ask' }, 'order_side_mismatch'],
    [{ client_order_id: 'wrong' }, 'order_id_and_client_order_id_mismatch'],
    [{ price: '0.4050' }, 'invalid_price'],
  ])('an amend with %j is refused with %s', async (changes, code) => {
    const id = idOf(await me.order({ ticker, client_order_id: 'right' }));
    expect(errorCode(await amend(id, changes))).toBe(code);
  });

  test('decrease takes exactly one of its two sizes and keeps the rest', async () => {
    const id = idOf(await me.order({ ticker }));
    const decrease = (body: object): Promise<Answer> => me.call('POST', `${ORDERS}/${id}/decrease`, body);
    expect([(await decrease({})).status, (await decrease({ reduce_by: '1', reduce_to: '1' })).status]).toEqual([400, 400]);
    expect((await decrease({ reduce_by: '2.50' })).body['remaining_count']).toBe('7.50');
    expect((await decrease({ reduce_to: '1' })).body['remaining_count']).toBe('1.00');
    expect((await me.get(`/portfolio/orders/${id}`)).body['order']).toMatchObject({ status: 'resting', remaining_count_fp: '1.00' });
  });

  test('nobody reads or cancels the order of another account', async () => {
    const id = idOf(await me.order({ ticker }));
    expect([(await other.get(`/portfolio/orders/${id}`)).status, (await other.call('DELETE', `${ORDERS}/${id}`)).status]).toEqual([
      404, 404,
    ]);
    expect((await other.get(`/portfolio/orders/${id}/queue_position`)).status).toBe(404);
  });

  test('a batch cancel answers item by item, in order', async () => {
    const id = idOf(await me.order({ ticker }));
    const answer = await me.call('DELETE', `${ORDERS}/batched`, { orders: [{ order_id: 'unknown' }, { order_id: id }] });
    expect(listOf(answer, 'orders')).toMatchObject([
      { order_id: 'unknown', reduced_by: '0.00', error: { code: 'not_found', message: 'not found' } },
      { order_id: id, reduced_by: '10.00' },
    ]);
  });
});

describe('order groups', () => {
  test('an account without groups gets an empty object; a group of another shard is not found', async () => {
    expect((await me.get('/portfolio/order_groups')).body).toEqual({});
    const { order_group_id } = (await me.call('POST', '/portfolio/order_groups/create', { contracts_limit: 5, exchange_index: 2 })).body;
    const path = `/portfolio/order_groups/${String(order_group_id)}`;
    expect((await me.call('PUT', `${path}/trigger`, {})).status).toBe(404);
    expect((await me.call('PUT', `${path}/trigger?exchange_index=2`, {})).body).toEqual({});
  });

  test('too many contracts in a short time trip the group: its orders go, new ones are refused until it is reset', async () => {
    const { order_group_id } = (await me.call('POST', '/portfolio/order_groups/create', { contracts_limit_fp: '3.00' })).body;
    const path = `/portfolio/order_groups/${String(order_group_id)}`;
    await me.order({ ticker, order_group_id, count: '4.00' });
    const rest = idOf(await me.order({ ticker, order_group_id, price: '0.3000' }));
    expect(listOf(await me.get(path), 'orders')).toHaveLength(2);
    await other.order({ ticker, side: 'ask', price: '0.4000', count: '4.00', time_in_force: 'immediate_or_cancel' });
    expect((await me.get(`/portfolio/orders/${rest}`)).body['order']).toMatchObject({ status: 'canceled', remaining_count_fp: '0.00' });
    expect((await me.get(path)).body).toMatchObject({ is_auto_cancel_enabled: false, contracts_limit_fp: '3.00', orders: [] });
    expect((await me.order({ ticker, order_group_id })).status).toBe(400);
    await me.call('PUT', `${path}/reset`, {});
    expect((await me.order({ ticker, order_group_id })).status).toBe(201);
  });

  test.each([{ contracts_limit: 0 }, { contracts_limit_fp: '1000001.00' }, { contracts_limit_fp: 'many' }, {}])(
    'a limit of %j is refused',
    async (body) => {
      expect((await me.call('POST', '/portfolio/order_groups/create', body)).status).toBe(400);
    },
  );
});

describe('money', () => {
  test('a fill moves cash and position, and costs the fee of its role', async () => {
    await other.order({ ticker, side: 'ask', price: '0.4700', count: '10.00' });
    const filled = await me.order({ ticker, price: '0.4700', time_in_force: 'immediate_or_cancel' });
    expect(filled.body).toMatchObject({
      fill_count: '10.00',
      remaining_count: '0.00',
      average_fill_price: '0.4700',
      average_fee_paid: '0.01744',
    });
    const balance = (await me.get('/portfolio/balance?exchange_index=0')).body;
    expect([balance['balance_dollars'], balance['balance'], balance['portfolio_value']]).toEqual(['9995.1256', 999_512, 470]);
    expect(listOf(await me.get('/portfolio/positions'), 'market_positions')).toMatchObject([
      {
        ticker,
        position_fp: '10.00',
        market_exposure_dollars: '4.700000',
        fees_paid_dollars: '0.174400',
        total_traded_dollars: '4.700000',
      },
    ]);
    expect(listOf(await other.get('/portfolio/positions'), 'market_positions')).toMatchObject([
      { position_fp: '-10.00', market_exposure_dollars: '5.300000', fees_paid_dollars: '0.000000' },
    ]);
    expect(listOf(await other.get('/portfolio/fills'), 'fills')).toMatchObject([
      { is_taker: false, outcome_side: 'no', fee_cost: '0.000000' },
    ]);
  });

  test('positions can be asked for by count, event and settlement', async () => {
    await other.order({ ticker, side: 'ask', price: '0.4700', count: '1.00' });
    await me.order({ ticker, price: '0.4700', count: '1.00', time_in_force: 'immediate_or_cancel' });
    const count = async (query: string): Promise<number> =>
      listOf(await me.get(`/portfolio/positions?${query}`), 'market_positions').length;
    expect([
      await count('count_filter=position,total_traded'),
      await count('event_ticker=NONE'),
      await count('settlement_status=settled'),
    ]).toEqual([1, 0, 0]);
    expect((await me.get('/portfolio/positions?count_filter=resting_orders')).status).toBe(400);
  });

  test('what resting orders hold is told over all shards', async () => {
    await me.order({ ticker, price: '0.5000', count: '10.00' });
    const body = (await me.get('/portfolio/summary/total_resting_order_value')).body;
    expect(body['total_resting_order_value']).toBeGreaterThanOrEqual(500);
    expect(body['resting_order_value_breakdown']).toHaveLength(4);
  });

  test('a transfer between subaccounts works once', async () => {
    await me.call('POST', '/portfolio/subaccounts', {});
    const move = { client_transfer_id: '5f0c7e1e-9d0f-4d0c-9a36-0f7f3a4f2b11', from_subaccount: 0, to_subaccount: 1, amount_cents: 12_345 };
    const send = (changes = {}): Promise<Answer> => me.call('POST', '/portfolio/subaccounts/transfer', { ...move, ...changes });
    expect([(await send()).body, (await send()).body]).toEqual([
      {},
      { error: { code: 'transfer_already_applied', message: 'transfer already applied' } },
    ]);
    expect((await me.get('/portfolio/balance?subaccount=1')).body['balance_dollars']).toBe('123.4500');
    expect((await send({ client_transfer_id: 'no-uuid' })).status).toBe(400);
    expect((await send({ client_transfer_id: '5f0c7e1e-9d0f-4d0c-9a36-0f7f3a4f2b12', to_subaccount: 7 })).status).toBe(404);
    expect(listOf(await me.get('/portfolio/subaccounts/transfers'), 'transfers')).toHaveLength(1);
  });

  test('money of another shard does not count for an order, until it is moved there', async () => {
    const rich = await host({ accounts: [{ cashPerShard: 10_000_000 as never }] });
    const bitcoin = rich.exchange.exchange.markets().find((market) => market.shard === 2)?.ticker;
    const order = { ticker: bitcoin, count: '40.00', price: '0.5000' };
    const [first] = rich.clients;
    expect(errorCode(await first.order(order))).toBe('insufficient_balance');
    const moved = await first.call('POST', '/portfolio/intra_exchange_instance_transfer', {
      source: 'event_contract',
      destination: 'event_contract',
      amount: 100_000,
      source_exchange_shard: 0,
      destination_exchange_shard: 2,
    });
    expect([moved.status, (await first.get('/portfolio/balance?exchange_index=2')).body['balance_dollars']]).toEqual([200, '20.0000']);
    expect((await first.order({ ...order, count: '38.00' })).status).toBe(201);
  });

  test('the basic tier has no further subaccounts', async () => {
    const { clients } = await host({ tier: 'basic' });
    expect((await clients[0].call('POST', '/portfolio/subaccounts', {})).status).toBe(403);
  });
});

describe('market lists', () => {
  const count = async (query: string): Promise<number> => listOf(await hosted.anonymous.get(`/markets?${query}`), 'markets').length;

  test.each<[string, number]>([
    ['', 5],
    ['status=open', 5],
    ['status=closed', 0],
    ['status=unopened', 0],
    ['event_ticker=KXHIGHNY-26NOV21', 3],
    ['series_ticker=KXBTCD', 1],
    ['mve_filter=exclude', 5],
    ['mve_filter=only', 0],
    ['min_close_ts=9999999999', 0],
    ['max_close_ts=9999999999', 5],
  ])('?%s finds %i', async (query, expected) => {
    expect(await count(query)).toBe(expected);
  });

  test.each(['status=open,closed', 'status=active', 'min_close_ts=1&max_created_ts=1', 'mve_filter=maybe'])(
    '?%s is refused',
    async (query) => {
      expect((await hosted.anonymous.get(`/markets?${query}`)).status).toBe(400);
    },
  );

  test('tickers name markets one by one, unknown ones are left out', async () => {
    expect(await count(`tickers=${hosted.tickers[0]},NOPE,${hosted.tickers[1]}`)).toBe(2);
  });

  test.each(['/markets/NOPE', '/markets/NOPE/orderbook', '/events/NOPE', '/series/NOPE'])(
    '%s is not found, in the words of the real exchange',
    async (path) => {
      const answer = await hosted.anonymous.get(path);
      expect([answer.status, answer.body]).toEqual([404, { error: { code: 'not_found', message: 'not found' } }]);
    },
  );

  test('a pause of one shard is told there and stops trading there only', async () => {
    hosted.exchange.exchange.act({ type: 'pause-trading', shard: 2, resumesAt: null });
    const status = (await hosted.anonymous.get('/exchange/status')).body;
    expect(listOf({ body: status } as unknown as Answer, 'exchange_index_statuses').map((row) => row['trading_active'])).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(status['trading_active']).toBe(true);
    const bitcoin = hosted.exchange.exchange.markets().find((market) => market.shard === 2)?.ticker;
    expect([(await me.order({ ticker: bitcoin })).status, (await me.order({ ticker })).status]).toEqual([409, 201]);
  });
});
