/** `kmm start` on an exchange, as a user and the exchange meet it: what it says it did is what the exchange says. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostExchange, kmm, Program, runFolder, tapeOf, temporary, until, type Body, type Finished, type World } from './app-world.js';

const REQUIRED = [
  'env',
  'seed',
  'duration_s',
  'markets',
  'frames',
  'deltas',
  'sequence_gaps',
  'decisions',
  'orders_placed',
  'orders_amended',
  'orders_cancelled',
  'orders_rejected',
  'fills',
  'volume',
  'position',
  'realized_pnl',
  'unrealized_pnl',
  'fees',
  'cash',
  'open_orders_at_exit',
  'latency_us',
  'decision_hash',
];

describe('a run that Ctrl-C ends', () => {
  let world: World;
  let out: string;
  let bot: Program;
  let end: { readonly code: number | null };
  let second: Finished;
  let lastRunWhileRefused: string;
  let summary: Body;
  let run: string;

  beforeAll(async () => {
    world = await hostExchange({ seed: 'e2e-start' });
    out = temporary();
    bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--seed', '7', '--json']);
    await until('the bot trades', async () => (await world.fills()).length >= 3);
    second = await kmm(['start', '--env', 'custom', '--connect', world.connect, '--out', out]);
    const [account = ''] = readdirSync(join(out, 'state'));
    lastRunWhileRefused = readFileSync(join(out, 'state', account, 'last-run.json'), 'utf8');
    bot.kill('SIGINT');
    end = await bot.exited;
    summary = JSON.parse(bot.stdout) as Body;
    run = runFolder(out);
  });

  test('ends with 0 and leaves nothing resting', async () => {
    expect(end.code).toBe(0);
    expect(summary['open_orders_at_exit']).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('prints exactly one document on stdout: the summary, which also lies in the run folder', () => {
    expect(Object.keys(summary)).toEqual(expect.arrayContaining(REQUIRED));
    expect(Object.keys(summary['latency_us'] as Body).slice(0, 4)).toEqual(['p50', 'p99', 'p999', 'max']);
    expect(JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8'))).toEqual(summary);
  });

  test('counts the fills, volume, fees and positions that the exchange counts', async () => {
    const fills = await world.fills();
    expect(summary['fills']).toBe(fills.length);
    const sum = (key: string): number => fills.reduce((total, fill) => total + Number(fill[key]), 0);
    expect(summary['volume']).toBeCloseTo(sum('count_fp'), 6);
    expect(summary['fees']).toBeCloseTo(sum('fee_cost'), 6);
    expect(summary['position']).toEqual(await world.positions());
  });

  test('placed and cancelled what the exchange says', async () => {
    const orders = await world.orders();
    expect(summary['orders_placed']).toBe(orders.length + Number(summary['orders_rejected']));
    // One that was amended up after fills, or filled whole, is not cancelled.
    expect(summary['orders_cancelled']).toBe((await world.orders('canceled')).length);
  });

  test('its cash is what the fills of the exchange add up to', async () => {
    const fills = await world.fills();
    const cash = fills.reduce((total, fill) => {
      const paid = Number(fill['yes_price_dollars']) * Number(fill['count_fp']);
      return total + (fill['book_side'] === 'bid' ? -paid : paid) - Number(fill['fee_cost']);
    }, 0);
    expect(summary['cash']).toBeCloseTo(cash, 6);
  });

  test('all its files are for the owner only', () => {
    expect(statSync(run).mode & 0o777).toBe(0o700);
    expect(readdirSync(run).toSorted()).toEqual(['fills.csv', 'journal-000001.bin', 'ops.log', 'summary.json', 'tape.csv']);
    for (const name of readdirSync(run)) expect([name, statSync(join(run, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test('the tape begins with the nine columns, and has a row for every decision', () => {
    const [head = ''] = readFileSync(join(run, 'tape.csv'), 'utf8').split('\n');
    expect(head.split(',').slice(0, 9)).toEqual([
      'ts',
      'ticker',
      'mid',
      'my_bid',
      'my_ask',
      'inventory',
      'unrealized_pnl',
      'realized_pnl',
      'latency_ms',
    ]);
    const rows = tapeOf(run);
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.split(',').length]));
    const quoted = new Set(rows.filter((row) => row[3] !== '' || row[4] !== '').map((row) => row[1]));
    expect([...quoted].toSorted()).toEqual([...(summary['markets'] as string[])].toSorted());
  });

  test('a second bot on the account is refused with 10 while the first runs, and touches nothing of it', () => {
    expect(second.code).toBe(10);
    expect(second.stderr).toContain(`process ${bot.pid}`);
    expect(second.stderr).toContain('fix: stop it first');
    expect((JSON.parse(lastRunWhileRefused) as Body)['folder']).toBe(run);
  });

  test('the state folder keeps no lease of it', () => {
    const [account = ''] = readdirSync(join(out, 'state'));
    expect(readdirSync(join(out, 'state', account))).not.toContain('lease.json');
  });

  test('replay --verify reaches the same decisions', async () => {
    const verified = await kmm(['replay', run, '--verify', '--json']);
    expect(verified).toMatchObject({
      code: 0,
      document: { verified: true, decisions: summary['decisions'], decision_hash: summary['decision_hash'], difference: null, notes: [] },
    });
  });

  test('replay adds up to the same result', async () => {
    const { code, document } = await kmm(['replay', run, '--json', '--html', join(out, 'state', 'report.html')]);
    const total = document['total'] as Body;
    expect([code, total['fills']]).toEqual([0, summary['fills']]);
    for (const [ours, told] of [
      ['realized_dollars', 'realized_pnl'],
      ['unrealized_dollars', 'unrealized_pnl'],
      ['fees_dollars', 'fees'],
    ] as const)
      expect(total[ours]).toBeCloseTo(Number(summary[told]), 6);
    expect(total['identity']).toMatchObject({ broken: 0 });
    expect((total['identity'] as Body)['checks']).toBeGreaterThan(0);
    expect(readFileSync(join(out, 'state', 'report.html'), 'utf8')).not.toMatch(/(src|href)="https?:/);
  });

  test.each([
    ['in the middle', (size: number) => size >> 1],
    ['at the start', () => 3],
    ['near the end', (size: number) => size - 40],
  ])('a flipped bit %s of the journal is noticed', async (_, place) => {
    const copy = join(temporary(), 'run');
    mkdirSync(copy);
    copyFileSync(join(run, 'journal-000001.bin'), join(copy, 'journal-000001.bin'));
    const bytes = readFileSync(join(copy, 'journal-000001.bin'));
    const at = place(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(join(copy, 'journal-000001.bin'), bytes);
    const verified = await kmm(['replay', copy, '--verify', '--json']);
    expect(verified.code).not.toBe(0);
  });
});

test('a bot that is killed in mid-run leaves orders; the next one cancels them and takes the position over exactly once', async () => {
  const world = await hostExchange({ seed: 'e2e-kill' });
  const out = temporary();
  const argv = ['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--json'];
  const first = new Program(argv);
  await until('the first bot trades', async () => (await world.fills()).length >= 2 && (await world.orders('resting')).length > 0);
  first.kill('SIGKILL');
  await first.exited;
  const left = await world.orders('resting');
  expect(left.length).toBeGreaterThan(0);

  const placedBefore = (await world.orders()).length;
  const stop = new AbortController();
  const next = kmm(argv, stop.signal);
  await until('the second bot quotes', async () => (await world.orders()).length > placedBefore);
  stop.abort('SIGTERM');
  const { code, document } = await next;
  expect([code, document['account_read']]).toEqual([0, true]);
  expect(await world.orders('resting')).toEqual([]);
  expect(document['position']).toEqual(await world.positions());
  const gone = new Set((await world.orders('canceled')).map((order) => order['order_id']));
  const filled = new Set((await world.fills()).map((fill) => fill['order_id']));
  expect(left.filter((order) => !gone.has(order['order_id']) && !filled.has(order['order_id']))).toEqual([]);
});

describe('the terminal goes away', () => {
  test('a closed ssh session (SIGHUP) is a request to stop: nothing rests, and the exit code is 0', async () => {
    const world = await hostExchange({ seed: 'e2e-hup' });
    const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', temporary()]);
    await until('the bot quotes', async () => (await world.orders('resting')).length > 0);
    bot.kill('SIGHUP');
    expect((await bot.exited).code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('a bot whose readers have gone trades on and stops cleanly', async () => {
    const world = await hostExchange({ seed: 'e2e-pipe' });
    const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', temporary()]);
    await until('the bot quotes', async () => (await world.orders('resting')).length > 0);
    bot.hangUp();
    const placed = (await world.orders()).length;
    const filled = (await world.fills()).length;
    await until('the bot goes on', async () => (await world.orders()).length > placed + 2 && (await world.fills()).length > filled + 2);
    bot.kill('SIGTERM');
    expect((await bot.exited).code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
  });
});

test('a run that is stopped before it has read the account does not claim to be flat', async () => {
  const world = await hostExchange({ seed: 'e2e-early' });
  const early = new AbortController();
  early.abort('SIGINT');
  const { code, stdout } = await kmm(['start', '--env', 'custom', '--connect', world.connect, '--out', temporary()], early.signal);
  expect(code).toBe(0);
  expect(stdout).toContain('position not read before the end');
  expect(await world.orders()).toEqual([]);
});

test('orders of an earlier run in markets that this run does not quote are cancelled too, and those of others are left', async () => {
  const world = await hostExchange({ seed: 'e2e-leftovers', core: { crowd: null } });
  const [quoted = '', other = ''] = world.running.exchange.markets().map((market) => market.ticker);
  const place = async (client: string): Promise<unknown> =>
    (await world.client.order({ ticker: other, client_order_id: client, price: '0.0100', count: '1.00' })).body['order_id'];
  const ours = await place('kmm-oldrun-1');
  const theirs = await place('somebody-1');
  expect([typeof ours, typeof theirs]).toEqual(['string', 'string']);
  const argv = ['start', '--env', 'custom', '--connect', world.connect, '--out', temporary()];
  const { code } = await kmm([...argv, '--markets', quoted, '--duration', '1ms']);
  expect(code).toBe(0);
  expect((await world.orders('resting')).map((order) => order['order_id'])).toEqual([theirs]);
});

describe('the kill switch', () => {
  test('kill ends a running bot with 7, keeps the next one from quoting, and lets it trade once it is cleared', async () => {
    const world = await hostExchange({ seed: 'e2e-latch' });
    const out = temporary();
    const argv = ['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--json'];
    const running = kmm(argv);
    await until('the bot quotes', async () => (await world.orders('resting')).length > 0);
    expect((await kmm(['kill', '--out', out, '--reason', 'strange fills'])).code).toBe(0);
    const killed = await running;
    expect(killed.code).toBe(7);
    expect(JSON.stringify(killed.document['halted'])).toContain('strange fills');
    expect(await world.orders('resting')).toEqual([]);

    const before = (await world.orders()).length;
    const refused = await kmm(argv);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('Trading is latched off (strange fills)');
    expect(refused.stderr).toContain('kill --clear');
    expect((await world.orders()).length).toBe(before);

    // With the way to the exchange at hand it looks by itself that nothing rests, and asks nobody.
    const clear = ['kill', '--env', 'custom', '--connect', world.connect, '--out', out, '--clear', 'it was a test'];
    expect((await kmm(clear)).code).toBe(0);
    const stop = new AbortController();
    const again = kmm(argv, stop.signal);
    await until('the bot quotes again', async () => (await world.orders('resting')).length > 0);
    stop.abort('SIGINT');
    expect((await again).code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
  });

  test('a latch that a person wrote by hand, without a reason, stops the next start as well', async () => {
    const world = await hostExchange({ seed: 'e2e-hand' });
    const out = temporary();
    const argv = ['start', '--env', 'custom', '--connect', world.connect, '--out', out];
    expect((await kmm([...argv, '--duration', '1ms'])).code).toBe(0);
    const [account = ''] = readdirSync(join(out, 'state'));
    writeFileSync(join(out, 'state', account, 'kill-latch.json'), '{}');
    const before = (await world.orders()).length;
    expect((await kmm(argv)).code).toBe(7);
    expect((await world.orders()).length).toBe(before);
  });

  test('SIGUSR2 is the kill switch too', async () => {
    const world = await hostExchange({ seed: 'e2e-usr2' });
    const out = temporary();
    const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', out]);
    await until('the bot quotes', async () => (await world.orders('resting')).length > 0);
    bot.kill('SIGUSR2');
    expect((await bot.exited).code).toBe(7);
    expect(await world.orders('resting')).toEqual([]);
    const [account = ''] = readdirSync(join(out, 'state'));
    expect(readFileSync(join(out, 'state', account, 'kill-latch.json'), 'utf8')).toContain('SIGUSR2');
  });
});

test('whoever tries the taker of edges without a configuration gets the index of the simulated exchange', async () => {
  const out = temporary();
  const argv = ['start', '--strategy', 'edge-taker', '--duration', '2s', '--out', out, '--json'];
  const bot = new Program(argv);
  expect((await bot.exited).code).toBe(0);
  const { markets } = JSON.parse(bot.stdout) as { markets: string[] };
  expect(markets.length).toBeGreaterThan(0);
  expect(markets.filter((ticker) => !ticker.startsWith('KXSIMBTC-'))).toEqual([]);
});
