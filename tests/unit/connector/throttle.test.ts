import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DOCUMENTED_COSTS, EndpointCosts } from '../../../src/connector/endpoint-costs.js';
import { BASIC_LIMITS, bucketOf, RateBudget, type WriteRoute } from '../../../src/connector/rate-budget.js';
import { DEFAULT_THROTTLE, Throttle } from '../../../src/connector/throttle.js';
import { durationUs, millis, seconds } from '../../../src/domain/units.js';
import { FakeTime } from '../../support/fake-time.js';

const SHARD = (shard: number): WriteRoute => ({ mode: 'single', shard });
const BATCH: WriteRoute = { mode: 'batch' };

const setUp = (cancelReserve = 0.2): { time: FakeTime; throttle: Throttle; budget: RateBudget } => {
  const time = new FakeTime();
  const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve, lag: durationUs(0) }, time.now());
  return { time, budget, throttle: new Throttle(budget, time, time) };
};

const spend = (throttle: Throttle, route: WriteRoute): number => {
  let orders = 0;
  while (throttle.tryWrite(route, 10)) orders++;
  return orders;
};

describe('endpoint costs', () => {
  const costs = new EndpointCosts(10, [
    { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/:order_id', cost: 2 },
    { method: 'get', path: '/portfolio/orders/{order_id}', cost: 3 },
    { method: 'GET', path: '/trade-api/v2/cfbenchmarks/*endpoint', cost: 50 },
  ]);
  test.each([
    ['DELETE', '/portfolio/events/orders/:id', 2],
    ['DELETE', '/portfolio/events/orders/batched', 10],
    ['GET', '/portfolio/orders/:id', 3],
    ['GET', '/cfbenchmarks/:any', 50],
    ['POST', '/portfolio/events/orders/:id', 10],
    ['GET', '/portfolio/orders', 10],
  ] as const)('of %s %s are %d', (method, path, cost) => {
    expect(costs.of(method, path)).toBe(cost);
  });
});

describe('the rate budget', () => {
  test.each([
    [SHARD(0), 0],
    [SHARD(2), 2],
    [SHARD(-1), 0],
    [BATCH, 0],
  ])('charges %o to bucket %d', (route, bucket) => {
    expect(bucketOf(route)).toBe(bucket);
  });

  test('has a full bucket per shard, and one that shard 0 shares with every batch', () => {
    const { throttle } = setUp(0);
    expect(spend(throttle, SHARD(2))).toBe(10);
    expect(spend(throttle, SHARD(3))).toBe(10);
    expect(spend(throttle, SHARD(0))).toBe(10);
    expect(spend(throttle, BATCH)).toBe(0);
  });

  test('holds tokens back that only cancels may spend', () => {
    const { throttle } = setUp(0.2);
    expect(spend(throttle, SHARD(0))).toBe(8);
    let cancels = 0;
    for (let i = 0; i < 10; i++)
      throttle.cancel(
        SHARD(0),
        2,
        () => cancels++,
        () => undefined,
      );
    expect(cancels).toBe(10);
  });

  test('learns a new tier', () => {
    const { throttle, budget, time } = setUp(0);
    const write = { refillPerSecond: 300, capacity: 900 };
    budget.learn({ tier: 'advanced', read: write, write }, new EndpointCosts(5, []), time.now());
    time.advance(seconds(3));
    expect(budget.limits.tier).toBe('advanced');
    expect(budget.costs.of('GET', '/markets')).toBe(5);
    expect(spend(throttle, SHARD(1))).toBe(90);
  });
});

describe('the throttle', () => {
  test('lets a cancel wait for tokens and lets nothing pass it', () => {
    const { throttle, time } = setUp(0);
    expect(spend(throttle, SHARD(0))).toBe(10);
    const done: string[] = [];
    throttle.cancel(
      SHARD(0),
      2,
      () => done.push('cancelled'),
      () => done.push('given up'),
    );
    time.advance(millis(19));
    expect(done).toEqual([]);
    expect(throttle.tryWrite(SHARD(0), 1)).toBe(false);
    expect(throttle.affordable(SHARD(0), 1)).toBe(0);
    expect(throttle.tryWrite(SHARD(1), 10)).toBe(true);
    time.advance(millis(1));
    expect(done).toEqual(['cancelled']);
    expect(throttle.cancelsWait(SHARD(0))).toBe(false);
  });

  test('gives a cancel up after the longest wait, and one that can never be paid at once', () => {
    const { throttle, time, budget } = setUp(0);
    const done: string[] = [];
    throttle.cancel(
      SHARD(0),
      101,
      () => done.push('ran'),
      () => done.push('too dear'),
    );
    expect(done).toEqual(['too dear']);
    budget.drainWrite(SHARD(0), time.now());
    throttle.cancel(
      SHARD(0),
      90,
      () => done.push('ran'),
      () => done.push('late'),
    );
    for (let i = 0; i < 60; i++) {
      time.advance(millis(100));
      throttle.writeRefused(SHARD(0));
    }
    expect(done).toEqual(['too dear', 'late']);
    expect(time.pending).toBe(0);
  });

  test('turns calls away when too many wait', () => {
    const time = new FakeTime();
    const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve: 0, lag: durationUs(0) }, time.now());
    const throttle = new Throttle(budget, time, time, { ...DEFAULT_THROTTLE, queueMax: 2 });
    throttle.writeRefused(SHARD(0));
    const done: number[] = [];
    for (let i = 0; i < 3; i++)
      throttle.cancel(
        SHARD(0),
        2,
        () => done.push(i),
        () => done.push(-i),
      );
    expect(done).toEqual([-2]);
    time.advance(millis(40));
    expect(done).toEqual([-2, 0, 1]);
  });

  test('lets reads and group calls wait, groups behind the cancels reserve', async () => {
    const { throttle, time } = setUp(0.2);
    spend(throttle, SHARD(0));
    throttle.readRefused();
    const order: string[] = [];
    const read = throttle.read(10).then((ok) => order.push(`read ${ok}`));
    const group = throttle.write(SHARD(0), 10).then((ok) => order.push(`group ${ok}`));
    time.advance(millis(50));
    await read;
    expect(order).toEqual(['read true']);
    time.advance(millis(50));
    await group;
    expect(order).toEqual(['read true', 'group true']);
  });

  test('ends a read that waited too long', async () => {
    const time = new FakeTime();
    const tiny = { tier: 'tiny', read: { refillPerSecond: 1, capacity: 20 }, write: BASIC_LIMITS.write };
    const budget = new RateBudget(tiny, DOCUMENTED_COSTS, { cancelReserve: 0, lag: durationUs(0) }, time.now());
    const throttle = new Throttle(budget, time, time);
    throttle.readRefused();
    const read = throttle.read(20);
    time.advance(seconds(15));
    expect(await read).toBe(false);
  });

  test('answers every cancel exactly once, in order, whatever else happens', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('cancel' as const), cost: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ kind: fc.constant('write' as const), cost: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('wait' as const), cost: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('refused' as const), cost: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { throttle, time } = setUp(0.2);
        const ran: number[] = [];
        const answers: number[] = [];
        let asked = 0;
        for (const { kind, cost } of steps) {
          if (kind === 'wait') time.advance(millis(cost));
          else if (kind === 'write') throttle.tryWrite(SHARD(0), cost);
          else if (kind === 'refused') throttle.writeRefused(SHARD(0));
          else {
            const id = asked++;
            throttle.cancel(
              SHARD(0),
              cost,
              () => (ran.push(id), answers.push(id)),
              () => answers.push(id),
            );
          }
        }
        time.advance(seconds(1000));
        expect([...answers].sort((a, b) => a - b)).toEqual(Array.from({ length: asked }, (_, i) => i));
        expect(ran).toEqual([...ran].sort((a, b) => a - b));
        expect(time.pending).toBe(0);
      }),
    );
  });
});

describe('a sweep', () => {
  test('leaves before every cancel that waits, to the last token', () => {
    const { time, throttle } = setUp();
    const left: string[] = [];
    const note = (name: string) => [() => void left.push(name), () => void left.push(`${name} given up`)] as const;
    throttle.cancel(BATCH, 100, ...note('all tokens'));
    throttle.cancel(BATCH, 40, ...note('dear cancel'));
    throttle.cancel(BATCH, 2, ...note('cancel'));
    throttle.sweep(BATCH, 10, ...note('sweep'));
    time.advance(millis(100));
    expect(left).toEqual(['all tokens', 'sweep']);
    time.advance(seconds(1));
    expect(left).toEqual(['all tokens', 'sweep', 'dear cancel', 'cancel']);
  });

  test('leaves at once where there are tokens, whoever waits for more', () => {
    const { throttle } = setUp();
    const left: string[] = [];
    throttle.cancel(
      BATCH,
      60,
      () => void left.push('first'),
      () => undefined,
    );
    throttle.cancel(
      BATCH,
      60,
      () => void left.push('waits'),
      () => undefined,
    );
    throttle.sweep(
      BATCH,
      10,
      () => void left.push('sweep'),
      () => undefined,
    );
    expect(left).toEqual(['first', 'sweep']);
  });

  test('that costs more than the bucket can ever hold is given up', () => {
    const { throttle } = setUp();
    const left: string[] = [];
    throttle.sweep(
      BATCH,
      101,
      () => void left.push('left'),
      () => void left.push('given up'),
    );
    expect(left).toEqual(['given up']);
  });
});
