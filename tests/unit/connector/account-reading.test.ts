import { afterEach, describe, expect, test } from 'vitest';
import type { AccountReading } from '../../../src/domain/events.js';
import { epochUs, UNKNOWN_TIME, type EpochUs } from '../../../src/domain/units.js';
import type { StubAnswer, StubRequest } from '../../support/http-stub.js';
import { restWorld, type RestWorld, type RestWorldOptions } from '../../support/rest-world.js';

const worlds: RestWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const order = (id: string, ticker: string, changes: object = {}): object => ({
  order_id: id,
  client_order_id: `kmm-1-${id}`,
  ticker,
  exchange_index: 0,
  book_side: 'ask',
  outcome_side: 'no',
  status: 'resting',
  yes_price_dollars: '0.4300',
  no_price_dollars: '0.5700',
  initial_count_fp: '10.00',
  fill_count_fp: '2.50',
  remaining_count_fp: '7.50',
  taker_fees_dollars: '0.000000',
  maker_fees_dollars: '0.000000',
  expiration_time: '2026-11-21T15:00:00Z',
  order_group_id: 'g1',
  ...changes,
});
const position = (ticker: string, size: string): object => ({
  ticker,
  position_fp: size,
  market_exposure_dollars: '2.500000',
  realized_pnl_dollars: '-0.100000',
  fees_paid_dollars: '0.018900',
  total_traded_dollars: '5.000000',
});
const fill = (id: string, ticker: string, changes: object = {}): object => ({
  fill_id: id,
  order_id: 'v1',
  ticker,
  book_side: 'bid',
  yes_price_dollars: '0.5200',
  count_fp: '1.00',
  fee_cost: '0.017500',
  is_taker: true,
  created_time: '2026-11-20T21:20:00.5Z',
  ts: 1_795_209_600,
  ...changes,
});

type Bodies = Record<string, StubAnswer | ((request: StubRequest) => StubAnswer)>;
const good: Bodies = {
  'exchange/user_data_timestamp': { status: 200, body: { as_of_time: '2026-11-21T12:00:00.123456Z' } },
  'portfolio/orders': {
    status: 200,
    body: { orders: [order('v1', 'KXA-1'), order('v2', 'KXB-1'), order('v3', 'KXFOREIGN-1')], cursor: '' },
  },
  'portfolio/positions': {
    status: 200,
    body: { market_positions: [position('KXA-1', '-3.00'), position('KXFOREIGN-1', '1.00'), position('KXFOREIGN-2', '0.00')], cursor: '' },
  },
  'portfolio/fills': { status: 200, body: { fills: [fill('f1', 'KXA-1'), fill('f2', 'KXFOREIGN-1')], cursor: '' } },
  'portfolio/balance': { status: 200, body: { balance: 9801, balance_dollars: '98.0186', portfolio_value: 198, updated_ts: 1 } },
};

const read = async (
  changes: Bodies = {},
  since = SINCE,
  options: RestWorldOptions = {},
): Promise<{ world: RestWorld; fact: AccountReading }> => {
  const bodies = { ...good, ...changes };
  const world = await restWorld((request) => {
    const answer = bodies[request.path.replace('/trade-api/v2/', '')] ?? { status: 404 };
    return typeof answer === 'function' ? answer(request) : answer;
  }, options);
  worlds.push(world);
  world.venue.readAccount({ type: 'request-account', request: 7, fillsSince: since });
  const [fact] = await world.told(1);
  return { world, fact: fact as AccountReading };
};
const SINCE: EpochUs = epochUs(Date.UTC(2026, 10, 20, 21, 20, 0) * 1000);

describe('a reading of orders alone', () => {
  test('asks for neither positions nor balance, and says that it tells nothing of them', async () => {
    const world = await restWorld((request) => {
      const answer = good[request.path.replace('/trade-api/v2/', '')] ?? { status: 404 };
      return typeof answer === 'function' ? answer(request) : answer;
    });
    worlds.push(world);
    world.venue.readAccount({ type: 'request-account', request: 8, fillsSince: SINCE, scope: 'orders' });
    const [fact] = await world.told(1);
    expect(fact).toMatchObject({ request: 8, scope: 'orders', complete: true, positions: [] });
    expect((fact as AccountReading).resting).toHaveLength(2);
    const asked = world.stub.requests.map(({ path }) => path.split('/').at(-1));
    expect(new Set(asked)).toEqual(new Set(['fills', 'orders', 'user_data_timestamp']));
    expect(asked).toHaveLength(3);
  });
});

describe('a reading of the account', () => {
  test('is one complete fact', async () => {
    const { world, fact } = await read();
    expect(fact).toMatchObject({
      type: 'account-reading',
      at: world.time.now(),
      request: 7,
      complete: true,
      validUntil: Date.UTC(2026, 10, 21, 12) * 1000 + 123_456,
      balance: 98_018_600,
      foreign: 2,
    });
    expect(fact.resting.map((each) => [each.orderId, each.market])).toEqual([
      ['v1', 0],
      ['v2', 1],
    ]);
    expect(fact.resting[0]).toEqual({
      orderId: 'v1',
      clientId: 'kmm-1-v1',
      market: 0,
      side: 'ask',
      price: 4300,
      initial: 1000,
      filled: 250,
      remaining: 750,
      status: 'resting',
      expiresAt: Date.UTC(2026, 10, 21, 15) * 1000,
      group: 'g1',
    });
    expect(fact.positions).toEqual([{ market: 0, position: -300, cost: 2_500_000, realized: -100_000, fees: 18_900 }]);
    expect(fact.fills).toHaveLength(1);
    expect(fact.fills[0]).toMatchObject({ fillId: 'f1', fee: 17_500, role: 'taker', clientId: null, positionAfter: null });
  });

  test('asks for validity first and names the subaccount everywhere', async () => {
    const { world } = await read({}, SINCE, { subaccount: 3 });
    const [first, ...others] = world.stub.requests;
    expect(first?.path).toBe('/trade-api/v2/exchange/user_data_timestamp');
    expect(others).toHaveLength(4);
    expect(others.every((request) => request.query.get('subaccount') === '3')).toBe(true);
    const orders = others.find((request) => request.path.endsWith('/orders'));
    expect(orders?.query.get('status')).toBe('resting');
    expect(orders?.query.has('exchange_index')).toBe(false);
    const fills = others.find((request) => request.path.endsWith('/fills'));
    expect(fills?.query.get('min_ts')).toBe(String(SINCE / 1_000_000 - 1));
  });

  test('takes no order for resting that is told with another status', async () => {
    const orders = [order('v2', 'KXA-1', { status: 'canceled' }), order('v3', 'KXA-1')];
    const { fact } = await read({ 'portfolio/orders': { status: 200, body: { orders, cursor: '' } } });
    expect(fact).toMatchObject({ complete: true, resting: [{ orderId: 'v3' }] });
  });

  test('an order with a status word of the future is not proven gone: it stays in the reading', async () => {
    const orders = [order('v1', 'KXA-1', { status: 'pending' }), order('v3', 'KXA-1')];
    const { fact } = await read({ 'portfolio/orders': { status: 200, body: { orders, cursor: '' } } });
    expect(fact.resting.map((each) => each.orderId)).toEqual(['v1', 'v3']);
  });

  test('a statement of validity from the far future proves nothing', async () => {
    const { fact } = await read({ 'exchange/user_data_timestamp': { status: 200, body: { as_of_time: '2099-11-21T12:00:00Z' } } });
    expect(fact).toMatchObject({ complete: false, validUntil: UNKNOWN_TIME });
  });

  test.each([
    [
      'an order',
      { 'portfolio/orders': { status: 200, body: { orders: [order('v1', 'KXA-1', { yes_price_dollars: '1.0001' })], cursor: '' } } },
    ],
    ['a fill', { 'portfolio/fills': { status: 200, body: { fills: [fill('f1', 'KXA-1', { yes_price_dollars: '4.3000' })], cursor: '' } } }],
  ])('%s above what its market pays makes the reading incomplete', async (_, changes) => {
    expect((await read(changes)).fact.complete).toBe(false);
  });

  test('leaves fills out that are not asked for', async () => {
    const { world, fact } = await read({}, UNKNOWN_TIME);
    expect(fact).toMatchObject({ complete: true, fills: [] });
    expect(world.stub.requests.some((request) => request.path.endsWith('/fills'))).toBe(false);
  });

  test('holds no fill from before the moment asked for, and none less', async () => {
    const fills = [
      fill('early', 'KXA-1', { created_time: '2026-11-20T21:19:59.999999Z' }),
      fill('same', 'KXA-1', { created_time: '2026-11-20T21:20:00Z' }),
      fill('vague', 'KXA-1', { created_time: undefined, ts: SINCE / 1_000_000 }),
      fill('vague and early', 'KXA-1', { created_time: undefined, ts: SINCE / 1_000_000 - 1 }),
    ];
    const { fact } = await read({ 'portfolio/fills': { status: 200, body: { fills, cursor: '' } } });
    expect(fact.fills.map((each) => each.fillId)).toEqual(['same', 'vague']);
  });

  test('follows every list to its end', async () => {
    const pages: Bodies = {
      'portfolio/orders': (request) =>
        request.query.get('cursor') === 'next'
          ? { status: 200, body: { orders: [order('v9', 'KXA-1')], cursor: '' } }
          : { status: 200, body: { orders: [order('v1', 'KXA-1')], cursor: 'next' } },
    };
    const { fact } = await read(pages);
    expect(fact.resting.map((each) => each.orderId)).toEqual(['v1', 'v9']);
  });

  const error: StubAnswer = { status: 503 };
  test.each<[string, Bodies]>([
    ['the validity', { 'exchange/user_data_timestamp': error }],
    ['the orders', { 'portfolio/orders': error }],
    ['the positions', { 'portfolio/positions': { status: 403 } }],
    ['the fills', { 'portfolio/fills': 'reset' }],
    ['the balance', { 'portfolio/balance': { status: 200, text: 'x' } }],
    [
      'one order of many',
      { 'portfolio/orders': { status: 200, body: { orders: [order('v1', 'KXA-1'), order('v2', 'KXA-1', { book_side: 'yes' })] } } },
    ],
    [
      'a later page',
      { 'portfolio/orders': (request) => (request.query.has('cursor') ? error : { status: 200, body: { orders: [], cursor: 'next' } }) },
    ],
    [
      'an endless list',
      { 'portfolio/fills': (request) => ({ status: 200, body: { fills: [], cursor: `${request.query.get('cursor')}x` } }) },
    ],
  ])('says that it is incomplete where %s cannot be read', async (_, changes) => {
    const { fact } = await read(changes);
    expect(fact.complete).toBe(false);
    expect(fact.request).toBe(7);
  });
});
