import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochUs, later, seconds, type EpochUs } from '../../../../src/domain/units.js';
import { Budget, scopeOf, TIERS, type Tier, type WriteScope } from '../../../../src/exchange/server/budget.js';
import { costOf } from '../../../../src/exchange/server/costs.js';
import { TokenBucket } from '../../../../src/exchange/server/token-bucket.js';
import { host } from './hosting.js';

const START = epochUs(1_795_262_400_000_000);
const after = (s: number): EpochUs => later(START, seconds(s));

describe('a token bucket', () => {
  test('starts full, gives what it has, and refuses what it has not', () => {
    const bucket = new TokenBucket({ refill: 10, capacity: 30 }, START);
    expect([bucket.take(30, START), bucket.take(1, START), bucket.take(1, after(0.1)), bucket.take(1, after(0.1))]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('never holds more than its capacity', () => {
    const bucket = new TokenBucket({ refill: 10, capacity: 30 }, START);
    expect(bucket.level(after(3600))).toBe(30);
  });

  test('gives within any time at most its capacity and what was refilled', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 1, max: 40 })), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 1000 }), steps, (refill, capacity, asks) => {
        const bucket = new TokenBucket({ refill, capacity }, START);
        let now = START as number;
        let given = 0;
        for (const [pause, cost] of asks) {
          now += pause;
          if (bucket.take(cost, epochUs(now))) given += cost;
        }
        expect(given * 1e6).toBeLessThanOrEqual(capacity * 1e6 + (now - START) * refill);
      }),
    );
  });
});

describe('tiers', () => {
  test.each<[Tier, number, number, number, number]>([
    ['basic', 200, 600, 100, 100],
    ['advanced', 300, 900, 300, 900],
    ['expert', 600, 600, 600, 1800],
    ['premier', 1200, 1200, 1200, 3600],
    ['paragon', 2400, 2400, 2400, 7200],
    ['prime', 4800, 4800, 4800, 14_400],
    ['prestige', 12_000, 12_000, 9600, 28_800],
  ])('%s reads %i/s up to %i and writes %i/s up to %i', (tier, readRefill, readCapacity, writeRefill, writeCapacity) => {
    expect(TIERS[tier]).toEqual({
      read: { refill: readRefill, capacity: readCapacity },
      write: { refill: writeRefill, capacity: writeCapacity },
    });
  });
});

describe('costs', () => {
  test.each([
    ['POST', '/portfolio/events/orders', 10],
    ['POST', '/portfolio/events/orders/:order_id/amend', 10],
    ['DELETE', '/portfolio/events/orders/:order_id', 2],
    ['DELETE', '/portfolio/events/orders/batched', 2],
    ['DELETE', '/portfolio/events/orders', 2],
    ['GET', '/portfolio/orders/:order_id', 2],
    ['GET', '/portfolio/orders', 10],
  ])('%s %s costs %i', (method, path, cost) => {
    expect(costOf(method, path)).toBe(cost);
  });
});

describe('which write buckets a call draws on', () => {
  test.each<[string, number | null, boolean, WriteScope]>([
    ['an explicit shard above 0', 2, true, 2],
    ['explicit shard 0', 0, true, 'unscoped'],
    ['auto-routing asked for', -1, false, 'every'],
    ['no shard, but a ticker to route by', null, true, 'every'],
    ['neither shard nor ticker', null, false, 'unscoped'],
  ])('%s', (_name, index, routable, scope) => {
    expect(scopeOf(index, routable)).toBe(scope);
  });

  const levels = (scope: WriteScope): readonly number[] => {
    const budget = new Budget('basic', 4, START);
    budget.write(10, scope, START);
    return budget.levels(START).write;
  };
  test.each<[WriteScope, readonly number[]]>([
    ['unscoped', [90, 100, 100, 100]],
    [2, [100, 100, 90, 100]],
    ['every', [90, 90, 90, 90]],
  ])('scope %s takes 10 tokens from the right buckets', (scope, expected) => {
    expect(levels(scope)).toEqual(expected);
  });

  test('where one of all buckets is empty, none pays', () => {
    const budget = new Budget('basic', 4, START);
    budget.write(100, 3, START);
    expect(budget.write(10, 'every', START)).toBe(false);
    expect(budget.levels(START).write).toEqual([100, 100, 100, 0]);
  });

  test('reads and writes do not touch each other', () => {
    const budget = new Budget('basic', 4, START);
    budget.read(600, START);
    expect([budget.read(1, START), budget.write(100, 'unscoped', START)]).toEqual([false, true]);
  });
});

describe('over REST', () => {
  const TOO_MANY = { error: 'too many requests' };

  test('the eleventh order of a basic account within a second is refused, and one more is taken after 0.1 s', async () => {
    const { clients, clock, exchange } = await host({ tier: 'basic' });
    const ticker = exchange.exchange.markets()[0]?.ticker;
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await clients[0].order({ ticker, count: '1.00', exchange_index: 0 })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), 429]);
    const refused = await clients[0].order({ ticker, count: '1.00', exchange_index: 0 });
    expect([refused.status, refused.body, refused.headers.get('retry-after')]).toEqual([429, TOO_MANY, null]);
    clock.pass(0.1);
    expect((await clients[0].order({ ticker, count: '1.00', exchange_index: 0 })).status).toBe(201);
  });

  test('a batch is refused as a whole where the tokens for every item are not there', async () => {
    const { clients, exchange } = await host({ tier: 'basic' });
    const [me] = clients;
    const ticker = exchange.exchange.markets()[0]?.ticker;
    const order = {
      ticker,
      side: 'bid',
      count: '1.00',
      price: '0.1000',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'maker',
    };
    const batch = (n: number): Promise<{ status: number }> =>
      me.call('POST', '/portfolio/events/orders/batched', { orders: Array.from({ length: n }, () => order) });
    expect((await batch(11)).status).toBe(429);
    expect((await batch(10)).status).toBe(201);
    expect((await me.get('/portfolio/orders')).body['orders']).toHaveLength(10);
  });

  test('cancels cost two: after ten orders nothing is left even for a cancel, a fiftieth of a second later one passes', async () => {
    const { clients, clock, exchange } = await host({ tier: 'basic' });
    const [me] = clients;
    const ticker = exchange.exchange.markets()[0]?.ticker;
    let id = '';
    for (let i = 0; i < 10; i++) id = String((await me.order({ ticker, count: '1.00' })).body['order_id']);
    expect((await me.call('DELETE', `/portfolio/events/orders/${id}`)).status).toBe(429);
    clock.pass(0.02);
    expect((await me.call('DELETE', `/portfolio/events/orders/${id}`)).status).toBe(200);
  });

  test('an order with its shard named leaves the other shards their budget', async () => {
    const { clients } = await host({ tier: 'basic' });
    const [me] = clients;
    for (let i = 0; i < 10; i++) await me.order({ ticker: 'NONE', exchange_index: 2 });
    expect((await me.order({ ticker: 'NONE', exchange_index: 2 })).status).toBe(429);
    expect((await me.order({ ticker: 'NONE', exchange_index: 1 })).status).not.toBe(429);
    expect((await me.order({ ticker: 'NONE', exchange_index: 0 })).status).not.toBe(429);
    expect((await me.order({ ticker: 'NONE' })).status).toBe(429);
  });

  test('a body that cannot be read costs as much as one that can', async () => {
    const { clients } = await host({ tier: 'basic' });
    for (let i = 0; i < 10; i++) expect((await clients[0].call('POST', '/portfolio/events/orders', '{')).status).toBe(400);
    expect((await clients[0].call('POST', '/portfolio/events/orders', '{')).status).toBe(429);
  });

  test('unsigned reads draw on nobody', async () => {
    const { anonymous, clients } = await host({ tier: 'basic' });
    for (let i = 0; i < 80; i++) await anonymous.get('/exchange/status');
    expect((await clients[0].get('/portfolio/balance')).status).toBe(200);
  });

  test('limits and costs are told as they are charged', async () => {
    const { clients } = await host({ tier: 'advanced' });
    expect((await clients[0].get('/account/limits')).body).toEqual({
      grants: [{ exchange_instance: 'event_contract', level: 'advanced', source: 'manual' }],
      read: { bucket_capacity: 900, refill_rate: 300 },
      usage_tier: 'advanced',
      write: { bucket_capacity: 900, refill_rate: 300 },
    });
    const costs = (await clients[0].get('/account/endpoint_costs')).body;
    expect(costs['default_cost']).toBe(10);
    expect(costs['endpoint_costs']).toContainEqual({ cost: 2, method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/:order_id' });
  });
});
