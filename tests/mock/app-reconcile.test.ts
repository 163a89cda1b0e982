/** `kmm reconcile` and `kmm cancel-all` after runs that ended well and runs that did not. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hostExchange, kmm, Program, runFolder, temporary, until, type Body, type World } from './app-world.js';
import { rest, restingOf } from './resting-orders.js';

const there = (world: World, out: string): string[] => ['--env', 'custom', '--connect', world.connect, '--out', out];
const reconcile = (world: World, out: string) => kmm(['reconcile', ...there(world, out), '--json']);

/** A bot that has traded and is ended by `signal`. */
const traded = async (seed: string, signal: NodeJS.Signals): Promise<{ readonly world: World; readonly out: string }> => {
  const world = await hostExchange({ seed });
  const out = temporary();
  const bot = new Program(['start', ...there(world, out)]);
  await until('the bot trades', async () => (await world.fills()).length >= 3 && (await world.orders('resting')).length > 0);
  bot.kill(signal);
  await bot.exited;
  return { world, out };
};

describe('reconcile', () => {
  test('agrees after a clean end, also without the journal', async () => {
    const { world, out } = await traded('rec-clean', 'SIGTERM');
    const { code, document } = await reconcile(world, out);
    expect([code, document['agrees'], document['differences']]).toEqual([0, true, []]);
    expect(document['agreeing']).toBe(world.running.exchange.markets().length);
    rmSync(join(runFolder(out), 'journal-000001.bin'));
    const again = await reconcile(world, out);
    expect([again.code, (again.document['notes'] as string[])[0]]).toEqual([0, expect.stringContaining('the snapshot of')]);
  });

  test('after a hard kill tells the orders that rest, and explains each difference by fills or agrees', async () => {
    const { world, out } = await traded('rec-killed', 'SIGKILL');
    const { code, document } = await reconcile(world, out);
    expect(code).toBe(8);
    expect((document['orders_without_bot'] as Body[]).length).toBeGreaterThan(0);
    for (const difference of document['differences'] as Body[]) expect(difference['explanation']).not.toBeNull();
    expect((await kmm(['cancel-all', ...there(world, out)])).code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
    expect((await reconcile(world, out)).document['orders_without_bot']).toEqual([]);
  });

  test('tells a trade that somebody else made with the account, to the contract', async () => {
    const { world, out } = await traded('rec-foreign', 'SIGTERM');
    const [market] = world.running.exchange.markets();
    if (market === undefined) throw new Error('no market');
    const before = (await world.positions())[market.ticker] ?? 0;
    const bought = await world.client.order({
      ticker: market.ticker,
      side: 'bid',
      count: '1.00',
      price: '0.9900',
      time_in_force: 'immediate_or_cancel',
      exchange_index: market.shard,
    });
    expect(bought.body).toMatchObject({ fill_count: '1.00' });
    const { code, document } = await reconcile(world, out);
    expect(code).toBe(8);
    expect(document['differences']).toEqual([
      {
        ticker: market.ticker,
        recorded: before.toFixed(2),
        exchange: (before + 1).toFixed(2),
        unbooked_fills: 1,
        explanation: expect.stringContaining('that the records do not have') as unknown,
      },
    ]);
    expect((await kmm(['reconcile', ...there(world, out)])).stdout).toContain(`DIFFERS ${market.ticker}`);
  });

  test('sends nothing but reads', async () => {
    const { world, out } = await traded('rec-reads', 'SIGTERM');
    const orders = await world.orders();
    await reconcile(world, out);
    expect(await world.orders()).toEqual(orders);
  });

  test('says so where no run has left records, and makes no folder', async () => {
    const world = await hostExchange({ seed: 'rec-none', core: { crowd: null } });
    const out = temporary();
    const { code, stderr } = await kmm(['reconcile', ...there(world, out)]);
    expect([code, stderr.includes('has left records'), readdirSync(out)]).toEqual([2, true, []]);
  });
});

describe('cancel-all', () => {
  test('--dry-run lists ours, sends nothing, and counts those of others', async () => {
    const world = await hostExchange({ seed: 'ca-dry', core: { crowd: null } });
    const ours = rest(world, { prefix: 'kmm', count: 5 });
    const others = rest(world, { prefix: 'somebody', count: 2 });
    const argv = ['cancel-all', ...there(world, temporary()), '--dry-run'];
    const { code, document } = await kmm([...argv, '--json']);
    expect([code, (document['would_cancel'] as Body[]).length, document['others']]).toEqual([0, 5, 2]);
    expect((await kmm(argv)).stdout).toContain('5 orders would be cancelled, 2 of others left alone; nothing was sent');
    expect(restingOf(world, [...ours, ...others])).toBe(7);
  });

  test('cancels ours alone and leaves order groups armed', async () => {
    const world = await hostExchange({ seed: 'ca-own', core: { crowd: null } });
    const ours = rest(world, { prefix: 'kmm', count: 30, grouped: true });
    const others = rest(world, { prefix: 'somebody', count: 2 });
    const { code, document } = await kmm(['cancel-all', ...there(world, temporary()), '--json']);
    expect([code, restingOf(world, ours), restingOf(world, others)]).toEqual([0, 0, 2]);
    expect(document).toMatchObject({ clear: true, found: 30, foreign: 2, groups_triggered: 0 });
    // A group that was triggered would take no order.
    const account = world.running.keys[0]?.account ?? (0 as never);
    expect(world.running.exchange.groups(account).map((group) => group.active)).toEqual([true, true]);
  });

  test('is refused beside a bot, which would quote again at once', async () => {
    const world = await hostExchange({ seed: 'ca-beside' });
    const out = temporary();
    const bot = new Program(['start', ...there(world, out)]);
    await until('the bot quotes', async () => (await world.orders('resting')).length > 0);
    const { code, stderr } = await kmm(['cancel-all', ...there(world, out)]);
    expect([code, stderr.includes(`process ${bot.pid}`)]).toEqual([10, true]);
    bot.kill('SIGTERM');
    expect((await bot.exited).code).toBe(0);
  });

  test('--everything takes the orders of others too, after --yes', async () => {
    const world = await hostExchange({ seed: 'ca-all', core: { crowd: null } });
    const all = [...rest(world, { prefix: 'kmm', count: 3 }), ...rest(world, { prefix: 'somebody', count: 3, grouped: true })];
    const argv = ['cancel-all', ...there(world, temporary()), '--everything'];
    expect([(await kmm(argv)).code, restingOf(world, all)]).toEqual([2, 6]);
    expect([(await kmm([...argv, '--yes'])).code, restingOf(world, all)]).toEqual([0, 0]);
  });

  test('has nothing to do in the environment sim, and says why', async () => {
    const { code, stderr } = await kmm(['cancel-all', '--env', 'sim']);
    expect([code, stderr.includes('lives in the process of its bot')]).toEqual([2, true]);
  });
});
