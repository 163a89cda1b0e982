/** What a sweep takes for proof, what it sends, and what it says when it cannot know. */
import { afterEach, describe, expect, test } from 'vitest';
import { cancelInPieces } from '../../../src/app/sweep/cancel-pieces.js';
import { sweep, type SweepOrder, type SweepReport } from '../../../src/app/sweep/sweep.js';
import { sweepText } from '../../../src/app/sweep/sweep-text.js';
import { venueOrderId } from '../../../src/domain/ids.js';
import { millis, seconds } from '../../../src/domain/units.js';
import { restWorld, type RestWorld } from '../../support/rest-world.js';
import { StubAccount, whileTimePasses } from '../../support/stub-account.js';

const worlds: RestWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const STEP = millis(8);

const setUp = async (arrange: (account: StubAccount) => void) => {
  let account: StubAccount | null = null;
  const world = await restWorld((request) => account?.handle(request) ?? 'hang', { limits: ADVANCED });
  worlds.push(world);
  account = new StubAccount(world.time);
  arrange(account);
  const run = (changes: Partial<SweepOrder> = {}): Promise<SweepReport> => {
    const parts = {
      api: world.api,
      throttle: world.throttle,
      clock: world.time,
      timers: world.time,
      clockOffset: () => world.client.clockOffset,
    };
    return whileTimePasses(
      world.time,
      STEP,
      sweep(parts, { prefix: 'kmm', reach: 'own', groups: 'trigger', patience: seconds(8), ...changes }),
    );
  };
  return { account, run, world };
};
const ADVANCED = { tier: 'advanced', read: { refillPerSecond: 1200, capacity: 3600 }, write: { refillPerSecond: 300, capacity: 900 } };

describe('proof', () => {
  test('that nothing rests takes two lists that are younger than the first', async () => {
    const { account, run } = await setUp(() => undefined);
    const report = await run();
    expect(report).toMatchObject({ clear: true, found: 0, left: [], problem: null });
    // One at once, and then at least two of which the exchange says how old they are.
    expect(account.count('list')).toBeGreaterThanOrEqual(3);
    expect(account.count('as-of')).toBe(account.count('list') - 1);
  });

  test('a list that still shows what is cancelled is waited out, and nothing is cancelled twice', async () => {
    const { account, run } = await setUp((made) => {
      made.add(3);
      made.lag = seconds(1.5);
    });
    const report = await run();
    expect([report.clear, report.found, account.resting.length, account.count('batch')]).toEqual([true, 3, 0, 1]);
    expect(report.goneMs).toBeGreaterThan(1500);
  });

  test('an exchange that does not say how old its lists are proves nothing', async () => {
    const { account, run } = await setUp((made) => {
      made.add(2);
      made.answer('as-of', { status: 500 }, 1000);
    });
    const report = await run({ patience: seconds(2) });
    expect([report.clear, account.resting.length]).toEqual([false, 0]);
    expect(sweepText(report)).toContain('could not be proven');
  });

  test('a clock of ours that is behind the exchange makes no old list look young', async () => {
    const { run } = await setUp((made) => {
      made.add(1);
      // Lists never show the cancel; by our clock their stated time lies in the future all the same.
      made.ahead = seconds(10);
      made.lag = seconds(60);
      made.statedLag = seconds(6);
      made.answer('list', { status: 200, body: { orders: [], cursor: '' } }, 1000);
    });
    const report = await run({ patience: seconds(3) });
    expect(report.clear).toBe(false);
  });

  test('an order that was answered as cancelled and rests in a fresh list is cancelled again', async () => {
    const { account, run } = await setUp((made) => {
      made.add(1);
      made.answer('batch', { status: 200, body: { orders: [{ order_id: 'v1', reduced_by: '1.00', ts_ms: 1 }] } });
    });
    const report = await run();
    expect([report.clear, account.resting.length, account.count('batch')]).toEqual([true, 0, 2]);
  });
});

describe('what is sent', () => {
  test('a trigger for each group of ours and a batch for the rest, and no cancel of what a trigger took', async () => {
    const { account, run } = await setUp((made) => {
      made.add(10, { group: 'g1' });
      made.add(10, { group: 'g2', shard: 2 });
      made.add(5);
    });
    const report = await run();
    expect(report).toMatchObject({ clear: true, found: 25, groupsTriggered: 2 });
    expect([account.count('trigger'), account.count('batch'), account.count('single')]).toEqual([2, 1, 0]);
  });

  test('a group in which others rest is not triggered', async () => {
    const { account, run } = await setUp((made) => {
      made.add(3, { group: 'g1' });
      made.add(1, { group: 'g1', clientId: 'somebody-1' });
    });
    const report = await run();
    expect(report).toMatchObject({ clear: true, found: 3, foreign: 1, groupsTriggered: 0 });
    expect([account.count('trigger'), account.resting.length]).toEqual([0, 1]);
  });

  test('orders of a group whose trigger is refused are cancelled by id', async () => {
    const { account, run } = await setUp((made) => {
      made.add(3, { group: 'g1' });
      made.answer('trigger', { status: 404, body: { error: { code: 'not_found', message: 'not found' } } });
    });
    const report = await run();
    expect([report.clear, report.groupsTriggered, account.count('trigger'), account.resting.length]).toEqual([true, 0, 1, 0]);
  });

  test('a batch whose outcome is unknown is looked up, and what rests is cancelled again', async () => {
    const { account, run } = await setUp((made) => {
      made.add(4);
      made.answer('batch', { status: 503 });
    });
    const report = await run();
    expect([report.clear, account.count('batch'), account.resting.length, report.problem]).toEqual([true, 2, 0, null]);
  });

  test('a connection that breaks under a cancel is no reason to stop', async () => {
    const { account, run } = await setUp((made) => {
      made.add(4);
      made.answer('batch', 'reset');
      made.answer('list', 'reset');
    });
    expect([(await run()).clear, account.resting.length]).toEqual([true, 0]);
  });

  test('groups stay armed where they shall', async () => {
    const { account, run } = await setUp((made) => made.add(3, { group: 'g1' }));
    expect(await run({ groups: 'leave' })).toMatchObject({ clear: true, groupsTriggered: 0 });
    expect(account.count('trigger')).toBe(0);
  });

  test('everything is asked for before anything is listed', async () => {
    const { account, run } = await setUp((made) => {
      made.add(2);
      made.add(2, { clientId: null });
      made.answer('groups', { status: 200, body: { order_groups: [{ id: 'g9', is_auto_cancel_enabled: true, exchange_index: 1 }] } });
    });
    expect(await run({ reach: 'everything' })).toMatchObject({ clear: true, groupsTriggered: 1, foreign: 0 });
    expect(account.calls.slice(0, 2).toSorted()).toEqual(['cancel-all', 'groups']);
    expect(account.resting).toEqual([]);
  });
});

describe('what cannot be done', () => {
  test('is told with the orders that are left and the reason', async () => {
    const { run } = await setUp((made) => {
      made.add(2);
      made.answer('batch', { status: 409, body: { error: { code: 'exchange_is_paused', message: 'exchange is paused' } } }, 1000);
    });
    const report = await run({ patience: seconds(2) });
    expect([report.clear, report.left.length]).toEqual([false, 2]);
    expect(sweepText(report)).toMatch(/2 orders of 2 may still rest after .* \(KXA-1: HTTP 409: exchange_is_paused/);
  });

  test('a key that is refused ends it soon, and nothing is claimed', async () => {
    const { account, run } = await setUp((made) =>
      made.answer('list', { status: 401, body: { error: { code: 'authentication_error', message: 'no' } } }, 1000),
    );
    const report = await run();
    expect([report.clear, report.listed, account.count('list')]).toEqual([false, false, 3]);
    expect(sweepText(report)).toContain('orders may rest there');
  });
});

describe('pieces', () => {
  const order = (n: number, shard: number) => ({ orderId: venueOrderId(`v${n}`), shard, subaccount: 0 });

  test('on the smallest account take all of its bucket at once, and the buckets of other shards', async () => {
    const { account, world } = await setUp((made) => {
      made.add(60);
      made.add(70, { shard: 2 });
    });
    const basic = { tier: 'basic', read: ADVANCED.read, write: { refillPerSecond: 100, capacity: 100 } };
    world.throttle.budget.learn(basic, world.throttle.budget.costs, world.time.now());
    const orders = account.orders.map(({ id, shard }) => ({ orderId: venueOrderId(id), shard, subaccount: 0 }));
    const outcomes = await whileTimePasses(
      world.time,
      STEP,
      cancelInPieces({ trading: world.api.trading, throttle: world.throttle }, orders),
    );
    expect(outcomes.map(({ result }) => result.kind)).toEqual(Array.from({ length: 130 }, () => 'ok'));
    // 50 of the unscoped bucket in three batches, 50 of shard 2 singly, the other 30 as tokens come.
    expect([account.count('single'), account.count('batch')]).toEqual([50, 5]);
    expect(account.resting).toEqual([]);
  });

  test('of nothing send nothing', async () => {
    const { account, world } = await setUp(() => undefined);
    expect(await cancelInPieces({ trading: world.api.trading, throttle: world.throttle }, [])).toEqual([]);
    expect(account.calls).toEqual([]);
  });

  test('each order gets the outcome of its own item', async () => {
    const { world } = await setUp((made) => made.add(1));
    const work = cancelInPieces({ trading: world.api.trading, throttle: world.throttle }, [order(1, 0), order(9, 0)]);
    const outcomes = await whileTimePasses(world.time, STEP, work);
    expect(outcomes.map(({ order: { orderId }, result }) => [orderId, result.kind])).toEqual([
      ['v1', 'ok'],
      ['v9', 'refused'],
    ]);
  });
});
