/** `kmm paper` as a user and the exchange meet it: it reads, it never writes, and its records are those of a real run. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { tradeOnPaper } from '../../src/app/paper-trading.js';
import { systemHost } from '../../src/app/system-host.js';
import { openAccess } from '../../src/app/access.js';
import { settingsFor } from '../../src/app/settings-options.js';
import { paperCommand } from '../../src/app/commands/paper.js';
import type { Host } from '../../src/app/host.js';
import { CapturedOutput, NOBODY } from '../../src/cli/output.js';
import { parseArguments } from '../../src/cli/parse.js';
import { hostExchange, kmm, Program, runFolder, temporary, until, type Body, type World } from './app-world.js';
import { hourlyWorld } from './hourly-world.js';

/** A key that may read: the exchange refuses every write with it. */
const READ_ONLY = [{ keys: [{ scopes: ['read'] as const }] }];
const LIMITS = ['drawdown_max', 'loss_max_session', 'loss_max_market'].flatMap((name) => ['--set', `risk.${name}_dollars=0.01`]);
const CALM = ['--set', 'engine.reconcile_every_seconds=2'];

const paper = (world: World, out: string, ...more: string[]): string[] => [
  'paper',
  '--env',
  'custom',
  '--connect',
  world.connect,
  '--out',
  out,
  ...CALM,
  ...more,
];

describe('a run beside a lively exchange, with a key that may only read', () => {
  let world: World;
  let out: string;
  let summary: Body;
  let code: number;
  const requests: string[] = [];
  const commands = new Set<string>();

  beforeAll(async () => {
    world = await hostExchange({ seed: 'paper-read', accounts: READ_ONLY });
    out = temporary();
    const context = {
      ...parseArguments(paperCommand, paper(world, out).slice(1)),
      output: new CapturedOutput(),
      prompt: NOBODY,
      json: true,
      logLevel: 'info' as const,
      signal: new AbortController().signal,
    };
    const { settings } = settingsFor(context, ['out', 'connect'], { credentials: false, markets: false });
    const access = await openAccess(settings, world.connect);
    const stop = new AbortController();
    let fills = 0;
    const run = tradeOnPaper(listening(systemHost()), { ...context, signal: stop.signal }, settings, access, {
      runtime: null,
      follow: null,
      onOpen: (bot) => {
        const look = setInterval(() => {
          fills = bot.model.counters.fills;
          if (fills < 5) return;
          clearInterval(look);
          stop.abort('seen enough');
        }, 20);
      },
    });
    const result = await run;
    summary = result.summary;
    code = result.exitCode;
  });

  /** The same world, with an ear on everything that leaves. */
  const listening = (host: Host): Host => ({
    ...host,
    network: {
      connectHttp: (options) => {
        const connection = host.network.connectHttp(options);
        return {
          dispatch: (request, handler) => {
            requests.push(`${request.method} ${request.path}`);
            return connection.dispatch(request, handler);
          },
          destroy: (...args: []) => connection.destroy(...args),
        };
      },
      openSocket: (options, handlers) => {
        const socket = host.network.openSocket(options, handlers);
        return new Proxy(socket, {
          get: (target, name) => {
            if (name !== 'send') return Reflect.get(target, name, target) as unknown;
            return (text: string) => {
              commands.add((JSON.parse(text) as { cmd: string }).cmd);
              target.send(text);
            };
          },
        });
      },
    },
  });

  test('nothing but reads leaves, over REST and over the stream', () => {
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect([...commands].filter((cmd) => !['subscribe', 'update_subscription', 'unsubscribe'].includes(cmd))).toEqual([]);
  });

  test('the exchange knows of no order and no fill of this account', async () => {
    expect(await world.orders()).toEqual([]);
    expect(await world.fills()).toEqual([]);
  });

  test('it has traded all the same, and ends flat of orders', () => {
    expect(code).toBe(0);
    expect(summary['fills']).toBeGreaterThanOrEqual(5);
    expect(summary['open_orders_at_exit']).toBe(0);
    expect(summary['account_read']).toBe(true);
  });

  test('the money of the venue is the money of the engine', () => {
    const { balance_change: change } = summary['paper'] as { balance_change: number };
    const short = Object.values(summary['position'] as Record<string, number>).reduce((sum, held) => sum + Math.min(held, 0), 0);
    expect(change).toBeCloseTo((summary['cash'] as number) + short, 6);
  });

  test('its fills are marked as paper in its records', () => {
    const rows = readFileSync(join(runFolder(out), 'fills.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    const source = (rows[0] ?? '').split(',').indexOf('source');
    expect(rows.slice(1).map((row) => row.split(',')[source])).toEqual(rows.slice(1).map(() => 'paper'));
    expect(rows.length - 1).toBe(summary['fills']);
  });

  test('the journal replays to the same decisions', async () => {
    const { code: verified, stdout } = await kmm(['replay', runFolder(out), '--verify']);
    expect([verified, stdout]).toEqual([0, expect.stringContaining('every decision is the same')]);
  });
});

test('the kill switch from outside ends it, latches paper alone, and is cleared by a person', async () => {
  const world = await hostExchange({ seed: 'paper-kill', accounts: READ_ONLY });
  const out = temporary();
  const bot = new Program(paper(world, out, '--json'));
  await bot.said('quoting begins');
  const killed = await kmm(['kill', '--out', out, '--reason', 'enough']);
  expect(killed.stdout).toContain('latched');
  expect((await bot.exited).code).toBe(7);
  expect(readdirSync(join(out, 'state'))).toEqual([expect.stringMatching(/^paper-custom-/)]);
  const refused = await kmm(paper(world, out, '--json'));
  expect([refused.code, refused.document['orders_placed']]).toEqual([7, 0]);
  expect((await kmm(['kill', '--out', out, '--clear', 'it was a test'])).code).toBe(0);
  expect((await kmm(paper(world, out, '--runtime', '1', '--json'))).code).toBe(0);
});

test('limits halt it as they halt a real run', async () => {
  const world = await hostExchange({ seed: 'paper-limit', accounts: READ_ONLY });
  const out = temporary();
  const run = await kmm(paper(world, out, '--json', ...LIMITS));
  expect([run.code, (run.document['halted'] as { code: string }).code]).toEqual([7, expect.stringMatching(/loss|drawdown/)]);
});

test('status shows it while it runs', async () => {
  const world = await hostExchange({ seed: 'paper-status', accounts: READ_ONLY });
  const out = temporary();
  const bot = new Program(paper(world, out, '--json'));
  await bot.said('quoting begins');
  await until('the status is written', async () => (await kmm(['status', '--out', out])).stdout.includes('quoting'));
  bot.kill('SIGINT');
  expect((await bot.exited).code).toBe(0);
});

describe('what it refuses', () => {
  test.each([
    ['a series without --index', ['--series', 'KXETHD'], '--series belongs to --index'],
    ['--index without a series', ['--index', 'crypto'], '--index needs a series'],
    ['a runtime that is none', ['--runtime', 'soon'], 'option --runtime'],
    ['a runtime of nothing', ['--runtime', '0'], 'option --runtime'],
  ])('%s', async (_, options, said) => {
    const { code, stderr } = await kmm(['paper', '--env', 'sim', '--out', temporary(), ...options]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  test('a recording', async () => {
    const { code, stderr } = await kmm(['paper', '--env', 'playback']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no live feed')]);
  });

  test('a runtime that outlasts the one market, with the time that is left', async () => {
    const world = await hostExchange({ seed: 'paper-long', markets: 1, accounts: READ_ONLY });
    const { code, stderr } = await kmm(paper(world, temporary(), '--runtime', '9h'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/outlasts the market: \S+ closes in \d+ s/)]);
    expect(stderr).toContain('--index crypto --series');
  });

  test('a series without an open event', async () => {
    const world = await hostExchange({ seed: 'paper-none', accounts: READ_ONLY });
    const { code, stderr } = await kmm(paper(world, temporary(), '--index', 'crypto', '--series', 'KXETHD'));
    expect([code, stderr]).toEqual([6, expect.stringContaining('KXETHD')]);
  });
});

test('a series is followed from event to event: the strike nearest to 50 cents, paid out by its result, then the next', async () => {
  const world = await hostExchange({ seed: 'paper-roll', accounts: READ_ONLY, core: { world: hourlyWorld({ first: 10, second: 600 }) } });
  const out = temporary();
  const options = [
    '--index',
    'crypto',
    '--series',
    'KXETHD',
    '--set',
    'engine.markets_every_seconds=1',
    '--set',
    'engine.stop_before_close_seconds=1',
  ];
  const bot = new Program(paper(world, out, '--json', ...options));
  await bot.said('Of event KXETHD-1');
  await until('the first event has traded', () => bot.stderr.includes('-1-T'));
  await bot.said('Of event KXETHD-2');
  await until('the second event is traded', () => /(Bought|Sold) \S+ KXETHD-2-T/.test(bot.stderr));
  await until('the first is paid out', () => /KXETHD-1-T\d+ settles at/.test(bot.stderr));
  bot.kill('SIGINT');
  expect((await bot.exited).code).toBe(0);
  const summary = JSON.parse(bot.stdout) as Body;
  expect((summary['markets'] as string[]).map((name) => name.slice(0, 8))).toEqual(['KXETHD-1', 'KXETHD-2']);
  expect(Object.keys(summary['position'] as object).filter((name) => name.startsWith('KXETHD-1'))).toEqual([]);
  const { balance_change: change } = summary['paper'] as { balance_change: number };
  const short = Object.values(summary['position'] as Record<string, number>).reduce((sum, held) => sum + Math.min(held, 0), 0);
  expect(change).toBeCloseTo((summary['cash'] as number) + short, 6);
  expect((await kmm(['replay', runFolder(out), '--verify'])).code).toBe(0);
});
