/** What outlives the program, at the simulated exchange: order groups taken up again by the next run, and orders that expire by themselves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientOrderId } from '../../src/domain/ids.js';
import { price, quantity } from '../../src/domain/units.js';
import type { OrderView } from '../../src/exchange/core/types.js';
import { hostExchange, kmm, Program, runFolder, temporary, until, type Body, type World } from './app-world.js';

const argvOf = (world: World, out: string, ...more: string[]): string[] => [
  'start',
  '--env',
  'custom',
  '--connect',
  world.connect,
  '--out',
  out,
  ...more,
];

const groupsOf = async (world: World): Promise<Body[]> =>
  ((await world.client.get('/portfolio/order_groups')).body['order_groups'] as Body[] | undefined) ?? [];

/** Asked of the exchange itself: over REST a test that looks often would use up the account's budget. */
const ordersOf = (world: World, status?: 'resting'): readonly OrderView[] => {
  const [key] = world.running.keys;
  if (key === undefined) throw new Error('the exchange handed out no key');
  return world.running.exchange.orders(key.account, status === undefined ? {} : { status });
};

/** One run in this process, stopped once `ready` says so. */
const runUntil = async (
  argv: readonly string[],
  what: string,
  ready: () => boolean | Promise<boolean>,
): Promise<Awaited<ReturnType<typeof kmm>>> => {
  const stop = new AbortController();
  const run = kmm([...argv, '--json'], stop.signal);
  await until(what, ready);
  stop.abort('SIGTERM');
  return run;
};

test('every order belongs to the group of its shard and has an end; five starts leave no more groups behind than one', async () => {
  const world = await hostExchange({ seed: 'groups' });
  const out = temporary();
  let placed = 0;
  for (let start = 0; start < 5; start++) {
    const { code } = await runUntil(
      argvOf(world, out),
      'it quotes on both shards',
      () => ordersOf(world).length > placed && new Set(ordersOf(world, 'resting').map((order) => order.shard)).size === 2,
    );
    expect(code).toBe(0);
    expect(ordersOf(world, 'resting')).toEqual([]);
    placed = ordersOf(world).length;
  }
  const groups = await groupsOf(world);
  expect(groups.map((group) => Number(group['exchange_index'])).toSorted((a, b) => a - b)).toEqual([0, 2]);
  // Stopped: nothing gets in until the next run resets them.
  expect(groups.map((group) => [group['is_auto_cancel_enabled'], group['contracts_limit_fp']])).toEqual([
    [false, '500.00'],
    [false, '500.00'],
  ]);
  const shardOf = new Map(groups.map((group) => [group['id'], group['exchange_index']]));
  for (const order of ordersOf(world))
    expect([shardOf.get(order.group), order.expiresAt !== null, order.cancelOnPause]).toEqual([order.shard, true, true]);
});

test('turned off by name, no group is made and no order ends', async () => {
  const world = await hostExchange({ seed: 'groups-off' });
  const off = ['--set', 'protection.order_groups=off', '--set', 'protection.expiry=off', '--set', 'execution.cancel_on_pause=false'];
  await runUntil(argvOf(world, temporary(), ...off), 'it quotes', () => ordersOf(world, 'resting').length > 0);
  expect(await groupsOf(world)).toEqual([]);
  for (const order of ordersOf(world)) expect([order.group, order.expiresAt, order.cancelOnPause]).toEqual([null, null, false]);
});

test('a bot that is killed hard is flat within the life of its orders, which it had renewed in place', async () => {
  const world = await hostExchange({ seed: 'dead', core: { crowd: null }, accounts: [{}, { name: 'somebody' }] });
  showPrices(world);
  const bot = new Program(argvOf(world, temporary(), '--set', 'execution.order_life_seconds=4'));
  await until('it quotes', () => ordersOf(world, 'resting').length > 0);
  const first = new Map(ordersOf(world, 'resting').map((order) => [order.orderId, order.expiresAt]));
  await until('it renews', () =>
    ordersOf(world, 'resting').some((order) => Number(order.expiresAt) > (first.get(order.orderId) ?? Infinity)),
  );
  bot.kill('SIGKILL');
  await bot.exited;
  expect(ordersOf(world, 'resting').length).toBeGreaterThan(0);
  await until('they have all expired', () => ordersOf(world, 'resting').length === 0);
});

/** Nobody else trades there: somebody must show prices first. */
const showPrices = ({ running: { exchange, keys } }: World): void => {
  const somebody = keys[1];
  if (somebody === undefined) throw new Error('the exchange handed out no second key');
  for (const { ticker } of exchange.markets())
    for (const [side, cents] of [
      ['bid', 40],
      ['ask', 60],
    ] as const)
      exchange.createOrder(somebody.account, {
        ticker,
        side,
        price: price(cents * 100),
        quantity: quantity(10_000),
        timeInForce: 'good-till-cancelled',
        selfTrade: 'taker-at-cross',
        clientOrderId: clientOrderId(`${ticker}-${side}`),
        expiresAt: null,
        postOnly: true,
        reduceOnly: false,
        cancelOnPause: false,
        group: null,
        subaccount: 0,
        shard: null,
      });
};

test('too many fills trip the group; the run goes on by the rules, and its replay agrees to the last byte', async () => {
  const world = await hostExchange({ seed: 'tripped' });
  const out = temporary();
  const argv = argvOf(world, out, '--set', 'risk.fill_burst_max_contracts=25', '--set', 'protection.cool_off_seconds=1');
  const log = (): string => readFileSync(join(runFolder(out), 'ops.log'), 'utf8');
  const tripped = async (): Promise<boolean> => (await world.fills()).length > 0 && log().includes('GROUP_TRIPPED');
  const { code } = await runUntil(argv, 'a group is tripped', tripped);
  expect(code).toBe(0);
  expect(await world.orders('resting')).toEqual([]);
  const verified = await kmm(['replay', runFolder(out), '--verify', '--json']);
  expect(verified).toMatchObject({ code: 0, document: { verified: true, difference: null } });
});

test('a shard that was held stays so over a restart, until a person has looked, whom a running bot hears', async () => {
  const world = await hostExchange({ seed: 'tripped' });
  const out = temporary();
  const argv = argvOf(world, out, '--set', 'risk.fill_burst_max_contracts=25', '--set', 'protection.triggers_max=1');
  const log = (): string =>
    readdirSync(out)
      .map((run) => join(out, run, 'ops.log'))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'utf8'))
      .join('');
  await runUntil(argv, 'a shard is held', () => log().includes('GROUP_HELD'));
  const held = Number(/The order group of shard (\d+) was triggered too often/.exec(log())?.[1]);
  const placedThere = (): number => ordersOf(world).filter((order) => order.shard === held).length;
  const placed = placedThere();
  const elsewhere = ordersOf(world).length - placed;
  let cleared = false;
  await runUntil(
    [...argvOf(world, out), '--set', 'protection.triggers_max=1'],
    'it quotes elsewhere, and there once somebody has cleared it',
    async () => {
      if (ordersOf(world).length - placedThere() <= elsewhere) return false;
      if (!cleared) {
        cleared = true;
        expect(placedThere()).toBe(placed);
        expect(
          await kmm(['kill', '--clear', 'a wild market', '--out', out, '--env', 'custom', '--connect', world.connect, '--json']),
        ).toMatchObject({ code: 0 });
      }
      return placedThere() > placed;
    },
  );
});
