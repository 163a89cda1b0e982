/** The kill switch from outside, with real processes: it works with the bot hung or dead, twice at once, and over orders of every kind. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { StateFiles } from '../../src/app/state-files.js';
import { CommandFailure, ExitCode } from '../../src/cli/exit-codes.js';
import { quantity, seconds } from '../../src/domain/units.js';
import { clientOrderId } from '../../src/domain/ids.js';
import { deadPort, hostExchange, kmm, Program, temporary, until, type Body, type Finished, type World } from './app-world.js';
import { rest, restingOf } from './resting-orders.js';

const QUIET = { core: { crowd: null } } as const;
const there = (world: World, out: string): string[] => ['--env', 'custom', '--connect', world.connect, '--out', out];
const accountIn = (document: Body): Body => (document['accounts'] as Body[])[0] ?? {};
const sweptIn = (document: Body): Body => accountIn(document)['swept'] as Body;
const kill = (world: World, out: string, ...more: string[]): Promise<Finished> => kmm(['kill', ...there(world, out), '--json', ...more]);
const quoting = (world: World): Promise<void> => until('the bot quotes', async () => (await world.orders('resting')).length > 2);

describe('kill from outside', () => {
  test('removes every order of a bot that hangs (SIGSTOP), and says that its process has not ended', async () => {
    const world = await hostExchange({ seed: 'kill-hung' });
    const out = temporary();
    const bot = new Program(['start', ...there(world, out)]);
    await quoting(world);
    bot.kill('SIGSTOP');
    const { code, document } = await kill(world, out, '--reason', 'it hangs');
    expect(code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
    expect(accountIn(document)).toMatchObject({ bot: bot.pid, bot_ended: false, latched: true });
    expect(sweptIn(document)).toMatchObject({ clear: true, left: [] });
    expect(sweptIn(document)['found']).toBeGreaterThan(0);
    bot.kill('SIGCONT');
    expect((await bot.exited).code).toBe(7);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('removes every order of a bot that was killed hard', async () => {
    const world = await hostExchange({ seed: 'kill-dead' });
    const out = temporary();
    const bot = new Program(['start', ...there(world, out)]);
    await quoting(world);
    bot.kill('SIGKILL');
    await bot.exited;
    expect((await world.orders('resting')).length).toBeGreaterThan(0);
    const { code, document } = await kill(world, out);
    expect([code, accountIn(document)['bot']]).toEqual([0, null]);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('beside a healthy bot both cancel, nothing is left, and the bot ends with 7', async () => {
    const world = await hostExchange({ seed: 'kill-live' });
    const out = temporary();
    const bot = new Program(['start', ...there(world, out)]);
    await quoting(world);
    const { code } = await kill(world, out);
    expect([code, (await bot.exited).code]).toEqual([0, 7]);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('pressed twice at once it does no harm', async () => {
    const world = await hostExchange({ seed: 'kill-twice', ...QUIET });
    const out = temporary();
    const orders = rest(world, { prefix: 'kmm', count: 60, grouped: true });
    const both = await Promise.all([kill(world, out, '--reason', 'one'), kill(world, out, '--reason', 'two')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(restingOf(world, orders)).toBe(0);
  });

  test('killed itself half-way it is pressed again and finishes', async () => {
    const world = await hostExchange({ seed: 'kill-crash', tier: 'basic', ...QUIET });
    const out = temporary();
    const orders = rest(world, { prefix: 'kmm', count: 200 });
    const first = new Program(['kill', ...there(world, out)]);
    await until('some are cancelled', () => restingOf(world, orders) < 200);
    first.kill('SIGKILL');
    await first.exited;
    expect(restingOf(world, orders)).toBeGreaterThan(0);
    const { code, document } = await kill(world, out);
    expect([code, restingOf(world, orders)]).toEqual([0, 0]);
    expect(accountIn(document)['text']).toContain('latched already');
  });
});

describe('200 orders', () => {
  test.each(['basic', 'advanced'] as const)('in order groups go with one trigger per shard, tier %s', async (tier) => {
    const world = await hostExchange({ seed: `kill-grouped-${tier}`, tier, keyType: 'rsa', ...QUIET });
    const orders = rest(world, { prefix: 'kmm', count: 200, grouped: true });
    const { code, document } = await kill(world, temporary());
    expect([code, restingOf(world, orders)]).toEqual([0, 0]);
    expect(sweptIn(document)).toMatchObject({ clear: true, found: 200 });
    const groups = world.running.exchange.markets().map((market) => market.shard);
    expect(sweptIn(document)['groups_triggered']).toBe(new Set(groups).size);
  });

  test.each(['basic', 'advanced'] as const)('without groups go in pieces that the bucket pays, tier %s', async (tier) => {
    const world = await hostExchange({ seed: `kill-single-${tier}`, tier, keyType: 'rsa', ...QUIET });
    const orders = rest(world, { prefix: 'kmm', count: 200 });
    const { code, document } = await kill(world, temporary());
    expect([code, restingOf(world, orders)]).toEqual([0, 0]);
    expect(sweptIn(document)).toMatchObject({ clear: true, found: 200, groups_triggered: 0 });
  });

  test('reads that lag by seconds prolong the proof, never shorten it', async () => {
    const readLag = { min: seconds(0.2), max: seconds(2) };
    const world = await hostExchange({ seed: 'kill-lag', core: { crowd: null, readLag } });
    const orders = rest(world, { prefix: 'kmm', count: 40 });
    const { code, document } = await kill(world, temporary());
    expect([code, restingOf(world, orders), sweptIn(document)['clear']]).toEqual([0, 0, true]);
  });
});

describe('orders of others', () => {
  const setUp = async () => {
    const world = await hostExchange({ seed: 'kill-foreign', ...QUIET });
    return {
      world,
      out: temporary(),
      ours: rest(world, { prefix: 'kmm', count: 12, grouped: true }),
      others: rest(world, { prefix: 'somebody', count: 8 }),
    };
  };

  test('are left alone', async () => {
    const { world, out, ours, others } = await setUp();
    const { code, document } = await kill(world, out);
    expect([code, restingOf(world, ours), restingOf(world, others)]).toEqual([0, 0, 8]);
    expect(sweptIn(document)['foreign']).toBe(8);
  });

  test('a group that others use too is not triggered: our orders in it are cancelled one by one', async () => {
    const world = await hostExchange({ seed: 'kill-mixed', markets: 1, ...QUIET });
    const ours = rest(world, { prefix: 'kmm', count: 3, grouped: true });
    const { exchange, keys } = world.running;
    const account = keys[0]?.account ?? (0 as never);
    const [first] = exchange.orders(account);
    const [market] = exchange.markets();
    if (first === undefined || market === undefined) throw new Error('nothing rests');
    const other = exchange.createOrder(account, {
      ticker: market.ticker,
      side: 'bid',
      price: exchange.grid(market.ticker).lowest,
      quantity: quantity(100),
      timeInForce: 'good-till-cancelled',
      selfTrade: 'taker-at-cross',
      clientOrderId: clientOrderId('somebody-1'),
      expiresAt: null,
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: false,
      group: first.group,
      subaccount: 0,
      shard: market.shard,
    });
    const { document } = await kill(world, temporary());
    expect(other.ok && restingOf(world, [other.orderId])).toBe(1);
    expect([restingOf(world, ours), sweptIn(document)['groups_triggered']]).toEqual([0, 0]);
  });

  test('go with --everything --yes; where nobody can be asked, without --yes, only ours go', async () => {
    const { world, out, ours, others } = await setUp();
    const asked = await kill(world, out, '--everything');
    expect([asked.code, restingOf(world, ours), restingOf(world, others)]).toEqual([2, 0, 8]);
    expect(asked.stderr).toContain('give --yes');
    const { code } = await kill(world, out, '--everything', '--yes');
    expect([code, restingOf(world, others)]).toEqual([0, 0]);
  });
});

describe('what cannot be proven', () => {
  test('an exchange that does not answer ends with 12, and the latch stands all the same', async () => {
    const world = await hostExchange({ seed: 'kill-gone', ...QUIET });
    const out = temporary();
    const connect = join(out, 'connect.json');
    const line = JSON.parse(readFileSync(world.connect, 'utf8')) as Body;
    writeFileSync(connect, JSON.stringify({ ...line, rest: `http://127.0.0.1:${await deadPort()}/trade-api/v2` }));
    const { code, document } = await kill({ ...world, connect }, out, '--within', '1s');
    expect([code, document['clear']]).toEqual([12, false]);
    expect(String(accountIn(document)['text'])).toContain('orders may rest there');
    expect(readdirSync(accountIn(document)['folder'] as string)).toContain('kill-latch.json');
  });

  test('a disk that refuses the latch does not keep the orders on the exchange, and is told with 9', async () => {
    const world = await hostExchange({ seed: 'kill-disk', ...QUIET });
    const orders = rest(world, { prefix: 'kmm', count: 3 });
    const refuse = vi.spyOn(StateFiles.prototype, 'setLatch').mockImplementation(() => {
      throw new CommandFailure(ExitCode.storage, 'the latch cannot be written', { why: 'ENOSPC', fix: 'free some space' });
    });
    const { code, document } = await kill(world, temporary());
    refuse.mockRestore();
    expect([code, restingOf(world, orders), accountIn(document)['latched']]).toEqual([9, 0, false]);
    expect(String(accountIn(document)['text'])).toContain('NOT LATCHED (ENOSPC)');
  });

  test('an environment that weakens TLS keeps nobody from the latch, and nothing is sent through it', async () => {
    const world = await hostExchange({ seed: 'kill-tls', ...QUIET });
    const out = temporary();
    await kill(world, out);
    await kmm(['kill', ...there(world, out), '--clear', 'looked', '--yes']);
    const orders = rest(world, { prefix: 'kmm', count: 2 });
    const unsafe = new Program(['kill', ...there(world, out)], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect((await unsafe.exited).code).toBe(11);
    expect([unsafe.stdout.includes('latched'), restingOf(world, orders)]).toEqual([true, 2]);
    expect(unsafe.stderr).toContain('NODE_TLS_REJECT_UNAUTHORIZED');
  });

  test('a configuration that is broken keeps nobody from the latch', async () => {
    const world = await hostExchange({ seed: 'kill-config', ...QUIET });
    const out = temporary();
    await kill(world, out);
    await kmm(['kill', ...there(world, out), '--clear', 'looked', '--yes']);
    const { code, stdout } = await kmm(['kill', '--out', out, '--set', 'risk.collar_cents=no']);
    expect(code).toBe(3);
    expect(stdout).toContain('latched');
  });
});

describe('clearing', () => {
  test('is refused while orders of ours rest, and goes through with --yes; who, when and why is kept', async () => {
    const world = await hostExchange({ seed: 'kill-clear', ...QUIET });
    const out = temporary();
    const pressed = await kill(world, out, '--reason', 'strange fills');
    rest(world, { prefix: 'kmm', count: 2 });
    const refused = await kmm(['kill', ...there(world, out), '--clear', 'bad signal file']);
    expect([refused.code, refused.stderr.includes('typed confirmation')]).toEqual([2, true]);
    const folder = accountIn(pressed.document)['folder'] as string;
    expect(readdirSync(folder)).toContain('kill-latch.json');

    const cleared = await kmm(['kill', ...there(world, out), '--clear', 'bad signal file', '--yes']);
    expect([cleared.code, readdirSync(folder).includes('kill-latch.json')]).toEqual([0, false]);
    const file = join(folder, 'kill-latch-history.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [entry = ''] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(entry)).toMatchObject({
      reason: 'strange fills',
      found: 'bad signal file',
      clearedBy: expect.any(String) as unknown,
    });
  });

  test('needs a reason that says something', async () => {
    const world = await hostExchange({ seed: 'kill-reason', ...QUIET });
    const out = temporary();
    await kill(world, out);
    expect(await kmm(['kill', ...there(world, out), '--clear', '  '])).toMatchObject({ code: 2 });
  });

  test('asks nothing where nothing runs and nothing rests', async () => {
    const world = await hostExchange({ seed: 'kill-calm', ...QUIET });
    const out = temporary();
    await kill(world, out);
    expect(await kmm(['kill', ...there(world, out), '--clear', 'a drill'])).toMatchObject({ code: 0 });
  });
});
