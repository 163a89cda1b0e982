/** A whole session, and every body and frame of it is what the published specifications promise. */
import { beforeAll, describe, expect, test } from 'vitest';
import { specsDir } from '../../../support/recordings.js';
import { grid } from '../../../support/grids.js';
import { eventTicker, ticker as tickerOf } from '../../../../src/domain/ids.js';
import { later, price, seconds } from '../../../../src/domain/units.js';
import { defaultWorld } from '../../../../src/exchange/core/default-world.js';
import type { Act } from '../../../../src/exchange/core/types.js';
import type { Answer, Client, Frame, Stream } from './client.js';
import { host, NOON, type Hosted } from './hosting.js';
import { Specification } from './spec-schemas.js';

const specs = specsDir();

interface Told {
  readonly what: string;
  readonly method: string;
  /** As the specification writes the path. */
  readonly path: string;
  readonly answer: Answer;
}

const told: Told[] = [];
let frames: readonly Frame[] = [];
let hosted: Hosted;

const ask = async (client: Client, method: string, path: string, spec: string, body?: unknown): Promise<Record<string, unknown>> => {
  const answer = await client.call(method, path, body);
  told.push({ what: `${method} ${path}`, method, path: spec, answer });
  return answer.body;
};

const CHANNELS = [
  'orderbook_delta',
  'ticker',
  'trade',
  'fill',
  'user_orders',
  'market_positions',
  'market_lifecycle_v2',
  'order_group_updates',
];

const orders = async (me: Client, other: Client, ticker: string): Promise<void> => {
  const base = {
    ticker,
    side: 'bid',
    count: '10.00',
    price: '0.4000',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'maker',
  };
  const path = '/portfolio/events/orders';
  const place = (changes: object = {}): Promise<Record<string, unknown>> => ask(me, 'POST', path, path, { ...base, ...changes });
  const { order_id } = await place({ client_order_id: 'a', expiration_time: 1_795_300_000, cancel_order_on_pause: true });
  const own = `${path}/${String(order_id)}`;
  await ask(me, 'POST', `${own}/amend`, `${path}/{order_id}/amend`, {
    ticker,
    side: 'bid',
    price: '0.4100',
    count: '12.00',
    expiration_time: 0,
  });
  await ask(me, 'POST', `${own}/amend`, `${path}/{order_id}/amend`, { ticker, side: 'bid', price: '0.4200', count: '12.00' });
  await ask(me, 'POST', `${own}/decrease`, `${path}/{order_id}/decrease`, { reduce_by: '2.00', market_ticker: ticker });
  await ask(me, 'GET', `/portfolio/orders/${String(order_id)}/queue_position`, '/portfolio/orders/{order_id}/queue_position');
  await ask(other, 'POST', path, path, {
    ...base,
    side: 'ask',
    price: '0.4000',
    count: '3.33',
    time_in_force: 'immediate_or_cancel',
    client_order_id: 't',
  });
  await ask(other, 'POST', path, path, { ...base, side: 'ask', price: '0.6000', count: '3.00' });
  await ask(me, 'DELETE', own, `${path}/{order_id}`);
  const batch = await ask(me, 'POST', `${path}/batched`, `${path}/batched`, {
    orders: [
      { ...base, client_order_id: 'b' },
      { ...base, price: '0.4050' },
    ],
  });
  const ids = (batch['orders'] as { order_id?: string }[]).map((order) => ({ order_id: order.order_id ?? 'unknown' }));
  await ask(me, 'DELETE', `${path}/batched`, `${path}/batched`, { orders: ids });
  await place({ price: '0.7000', count: '1.50', time_in_force: 'immediate_or_cancel' });
  await place({ client_order_id: 'resting' });
};

const groups = async (me: Client, ticker: string): Promise<void> => {
  const path = '/portfolio/order_groups';
  const { order_group_id } = await ask(me, 'POST', `${path}/create`, `${path}/create`, { contracts_limit: 10 });
  const own = `${path}/${String(order_group_id)}`;
  await me.order({ ticker, order_group_id, client_order_id: 'grouped' });
  await ask(me, 'GET', path, path);
  await ask(me, 'GET', own, `${path}/{order_group_id}`);
  await ask(me, 'PUT', `${own}/limit`, `${path}/{order_group_id}/limit`, { contracts_limit_fp: '20.00' });
  await ask(me, 'PUT', `${own}/trigger`, `${path}/{order_group_id}/trigger`, {});
  await ask(me, 'PUT', `${own}/reset`, `${path}/{order_group_id}/reset`, {});
  await ask(me, 'DELETE', own, `${path}/{order_group_id}`);
};

const money = async (me: Client): Promise<void> => {
  const path = '/portfolio/subaccounts';
  await ask(me, 'POST', path, path, {});
  await ask(me, 'POST', `${path}/transfer`, `${path}/transfer`, {
    client_transfer_id: '5f0c7e1e-9d0f-4d0c-9a36-0f7f3a4f2b11',
    from_subaccount: 0,
    to_subaccount: 1,
    amount_cents: 1234,
  });
  for (const part of ['balances', 'transfers', 'netting']) await ask(me, 'GET', `${path}/${part}`, `${path}/${part}`);
  const moves = '/portfolio/intra_exchange_instance_transfer';
  await ask(me, 'POST', moves, moves, {
    source: 'event_contract',
    destination: 'event_contract',
    amount: 5000,
    source_exchange_shard: 0,
    destination_exchange_shard: 2,
  });
};

const reads = async (me: Client, ticker: string): Promise<void> => {
  const same = [
    '/portfolio/orders',
    '/portfolio/fills',
    '/portfolio/positions',
    '/portfolio/balance',
    '/portfolio/settlements',
    '/portfolio/summary/total_resting_order_value',
    '/portfolio/deposits',
    '/portfolio/withdrawals',
    '/markets',
    '/markets/trades',
    '/events',
    '/events/fee_changes',
    '/series',
    '/series/fee_changes',
    '/exchange/status',
    '/exchange/schedule',
    '/exchange/user_data_timestamp',
    '/account/limits',
    '/account/endpoint_costs',
    '/api_keys',
    '/historical/cutoff',
    '/historical/orders',
    '/historical/fills',
    '/historical/positions',
    '/historical/markets',
    '/historical/trades',
    '/incentive_programs',
  ];
  for (const path of same) await ask(me, 'GET', path, path);
  const at = Math.floor(hosted.clock.now() / 1e6);
  const range = `start_ts=${at - 600}&end_ts=${at + 600}&period_interval=1&include_latest_before_start=true`;
  await ask(me, 'GET', '/events?with_nested_markets=true', '/events');
  await ask(me, 'GET', '/events/KXHIGHNY-26NOV21', '/events/{event_ticker}');
  await ask(me, 'GET', '/series/KXHIGHNY', '/series/{series_ticker}');
  await ask(me, 'GET', `/markets/${ticker}`, '/markets/{ticker}');
  await ask(me, 'GET', `/markets/${ticker}/orderbook?depth=2`, '/markets/{ticker}/orderbook');
  await ask(me, 'GET', `/markets/orderbooks?tickers=${ticker}&tickers=NOPE`, '/markets/orderbooks');
  await ask(me, 'GET', `/portfolio/orders/queue_positions?market_tickers=${ticker}`, '/portfolio/orders/queue_positions');
  await ask(me, 'GET', `/series/KXHIGHNY/markets/${ticker}/candlesticks?${range}`, '/series/{series_ticker}/markets/{ticker}/candlesticks');
  await ask(me, 'GET', `/markets/candlesticks?market_tickers=${ticker}&${range}`, '/markets/candlesticks');
  const [order] = (await ask(me, 'GET', '/portfolio/orders?limit=1', '/portfolio/orders'))['orders'] as { order_id: string }[];
  await ask(me, 'GET', `/portfolio/orders/${order?.order_id ?? ''}`, '/portfolio/orders/{order_id}');
};

/** What the exchange itself does in a market's life. */
const acts = (ticker: string): readonly Act[] => {
  const market = tickerOf(ticker);
  const event = eventTicker('KXHIGHNY-26NOV21');
  const listing = defaultWorld(NOON).markets[0];
  if (listing === undefined) throw new Error('the default world is empty');
  return [
    { type: 'list', market: { ...listing, ticker: tickerOf('KXHIGHNY-26NOV21-T99.5') } },
    { type: 'deactivate', ticker: market },
    { type: 'activate', ticker: market },
    { type: 'change-grid', ticker: market, structure: 'deci_cent', grid: grid('deci_cent') },
    { type: 'move-close', ticker: market, closesAt: later(NOON, seconds(7200)) },
    { type: 'override-fees', event, override: { type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 } },
    { type: 'override-fees', event, override: null },
  ];
};

const listen = async (stream: Stream, tickers: readonly string[]): Promise<void> => {
  await stream.reply(stream.command('subscribe', { channels: CHANNELS, market_tickers: tickers.slice(0, 2), send_initial_snapshot: true }));
  await stream.until((heard) => heard.filter((frame) => frame.type === 'subscribed').length === CHANNELS.length);
  stream.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: tickers });
  stream.command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: tickers.slice(3) });
  stream.command('subscribe', { channels: ['nonsense'] });
  await stream.reply(stream.command('list_subscriptions'));
};

describe.skipIf(specs === null)('against the published specifications', () => {
  beforeAll(async () => {
    hosted = await host({ accounts: [{}, {}] });
    const [me, other] = hosted.clients as readonly [Client, Client];
    const { exchange, clock } = hosted;
    const tickers = exchange.exchange.markets().map((market) => market.ticker);
    const ticker = tickers[0] ?? '';
    const stream = await me.stream();
    await listen(stream, tickers);
    await orders(me, other, ticker);
    await groups(me, ticker);
    await money(me);
    await reads(me, ticker);
    for (const act of acts(ticker)) exchange.exchange.act(act);
    clock.pass(7300);
    await me.get('/exchange/status');
    exchange.exchange.act({ type: 'determine', ticker: tickerOf(ticker), result: { kind: 'scalar', value: price(6000) } });
    clock.pass(120);
    await reads(me, ticker);
    stream.command('unsubscribe', { sids: [2] });
    await stream.reply(stream.command('list_subscriptions'));
    frames = stream.frames;
    stream.close();
  });

  test('every REST answer succeeded, and its body has the promised shape', () => {
    const specification = new Specification(specs ?? '');
    const faults = told.flatMap(({ what, method, path, answer }) =>
      answer.status >= 300
        ? [`${what}: ${answer.status} ${answer.text}`]
        : specification.faultsOfBody(method, path, answer.status, answer.body).map((fault) => `${what}: ${fault}`),
    );
    expect(faults).toEqual([]);
    expect(told.length).toBeGreaterThan(80);
  });

  test('every frame has the promised shape, and every kind of frame was heard', () => {
    const specification = new Specification(specs ?? '');
    expect(frames.flatMap((frame) => specification.faultsOfFrame(frame).map((fault) => `${fault} in ${JSON.stringify(frame)}`))).toEqual(
      [],
    );
    expect([...new Set(frames.map((frame) => frame.type))].sort()).toEqual(
      [
        'error',
        'event_fee_update',
        'fill',
        'market_lifecycle_v2',
        'market_position',
        'ok',
        'order_group_updates',
        'orderbook_delta',
        'orderbook_snapshot',
        'subscribed',
        'ticker',
        'trade',
        'unsubscribed',
        'user_order',
      ].sort(),
    );
    const lifecycle = new Set(
      frames.filter((frame) => frame.type === 'market_lifecycle_v2').map((frame) => String(frame.msg?.['event_type'])),
    );
    expect([...lifecycle].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'activated',
      'close_date_updated',
      'created',
      'deactivated',
      'determined',
      'price_level_structure_updated',
      'settled',
    ]);
  });

  test('the validators do notice: every required field that is taken away from a body or frame is missed', () => {
    const specification = new Specification(specs ?? '');
    const balance = told.find(({ path }) => path === '/portfolio/balance')?.answer.body ?? {};
    for (const field of ['balance', 'balance_dollars', 'portfolio_value', 'updated_ts']) {
      const less = Object.fromEntries(Object.entries(balance).filter(([key]) => key !== field));
      expect(specification.faultsOfBody('GET', '/portfolio/balance', 200, less).join()).toContain(field);
    }
    const fill = frames.find((frame) => frame.type === 'fill');
    for (const field of [
      'trade_id',
      'order_id',
      'market_ticker',
      'exchange_index',
      'yes_price_dollars',
      'count_fp',
      'fee_cost',
      'post_position_fp',
      'ts_ms',
    ]) {
      const msg = Object.fromEntries(Object.entries(fill?.msg ?? {}).filter(([key]) => key !== field));
      expect(specification.faultsOfFrame({ type: 'fill', ...fill, msg }).join()).toContain(field);
    }
  });

  test('the settled market paid out and is told as settled', async () => {
    const settlements = told.filter(({ path }) => path === '/portfolio/settlements').at(-1)?.answer.body['settlements'] as Record<
      string,
      unknown
    >[];
    expect(settlements).toHaveLength(1);
    expect(settlements[0]).toMatchObject({ market_result: 'scalar', value: 60, event_ticker: 'KXHIGHNY-26NOV21' });
    expect(hosted.faults).toEqual([]);
  });
});
