/** `kmm doctor` finds what was planted, says what to do, and leaves nothing behind. */
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { accountFolder, StateFiles } from '../../src/app/state-files.js';
import { cash } from '../../src/domain/units.js';
import type { ExchangeServerOptions } from '../../src/exchange/server/options.js';
import { httpStub } from '../support/http-stub.js';
import { deadPort, hostExchange, kmm, Program, temporary, type Body, type World } from './app-world.js';
import { rest } from './resting-orders.js';

interface Found {
  readonly status: string;
  readonly found: string;
  readonly fix: string | null;
}

const QUIET = { core: { crowd: null } } as const;
const lineOf = (world: World): Body => JSON.parse(readFileSync(world.connect, 'utf8')) as Body;

/** What the doctor says of a connection, by check. */
const examined = async (connect: string, more: readonly string[] = [], out = temporary()) => {
  const { code, document } = await kmm(['doctor', '--env', 'custom', '--connect', connect, '--out', out, '--json', ...more]);
  const checks = Object.fromEntries((document['checks'] as (Found & { name: string })[]).map((check) => [check.name, check]));
  return { code, checks, of: (name: string): Found | undefined => checks[name], document, out };
};

let world: World;
beforeAll(async () => {
  world = await hostExchange({ seed: 'doctor', ...QUIET });
});

/** The same exchange by another line: what is wrong is in the line or in the key file. */
const altered = (changes: Body): string => {
  const file = join(temporary(), 'connect.json');
  writeFileSync(file, JSON.stringify({ ...lineOf(world), ...changes }));
  return file;
};
const keyCopy = (): string => {
  const path = join(temporary(), 'key.pem');
  copyFileSync(String(lineOf(world)['private_key_path']), path);
  chmodSync(path, 0o600);
  return path;
};
const otherKey = (): string => {
  const path = join(temporary(), 'other.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return path;
};

test('a sound setting has no failure, at least 20 checks, exit code 0, and nothing left behind', async () => {
  const out = join(temporary(), 'runs');
  const { code, document, checks } = await examined(world.connect, [], out);
  expect([code, document['ok']]).toEqual([0, true]);
  expect(Object.keys(checks).length).toBeGreaterThanOrEqual(20);
  expect(Object.entries(checks).filter(([, check]) => check.status === 'fail' || check.status === 'skipped')).toEqual([]);
  expect(Object.values(checks).filter((check) => check.status === 'warn' && (check.fix ?? '') === '')).toEqual([]);
  expect(readdirSync(join(out, '..'))).toEqual([]);
  expect(await world.orders()).toEqual([]);
});

test('on the simulated exchange, without key and configuration, it is a table with a summary', async () => {
  const doctor = new Program(['doctor', '--env', 'sim', '--out', temporary()]);
  expect((await doctor.exited).code).toBe(0);
  const { stdout } = doctor;
  expect(stdout).toMatch(/^ {2}ok {3}websocket {2}.*first book of/m);
  expect(stdout).toMatch(/checks: \d+ ok, \d+ with a warning, 0 failed, 0 skipped\nnothing stands in the way/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe('planted faults of key and configuration', () => {
  test.each<[fault: string, check: string, words: string, connect: () => string, more?: readonly string[]]>([
    [
      'a key file that others can read',
      'private key',
      'chmod 600',
      () => {
        const key = keyCopy();
        chmodSync(key, 0o644);
        return altered({ private_key_path: key });
      },
    ],
    ['a key file that is not there', 'private key', 'no such key file', () => altered({ private_key_path: '/nowhere/key.pem' })],
    [
      'a key file that holds no key',
      'private key',
      'expected a private key in PEM',
      () => {
        const key = keyCopy();
        writeFileSync(key, 'hello');
        return altered({ private_key_path: key });
      },
    ],
    ['a key of another environment', 'key accepted', 'NOT_FOUND', () => altered({ key_id: '11111111-2222-3333-4444-555555555555' })],
    [
      'an id with the private key of another',
      'key accepted',
      'INCORRECT_API_KEY_SIGNATURE',
      () => altered({ private_key_path: otherKey() }),
    ],
    ['a value that is no number', 'configuration', 'risk.collar_cents', () => world.connect, ['--set', 'risk.collar_cents=much']],
    ['a market that does not exist', 'markets', 'KXNO', () => world.connect, ['--markets', 'KXNO']],
    [
      'an address of nobody',
      'names',
      'doctor.invalid',
      () => altered({ rest: 'https://doctor.invalid/trade-api/v2', ws: 'wss://doctor.invalid/trade-api/ws/v2' }),
    ],
    ['an unencrypted address of another machine', 'addresses', 'unencrypted', () => altered({ rest: 'http://203.0.113.1/trade-api/v2' })],
    [
      'the real exchange under the name custom',
      'addresses',
      'choose the environment prod',
      () => altered({ rest: 'https://external-api.kalshi.com/trade-api/v2' }),
    ],
  ])('%s: "%s" says %s', async (_, check, words, connect, more = []) => {
    const { code, of } = await examined(connect(), more);
    expect([code, of(check)?.status]).toEqual([11, 'fail']);
    expect(`${of(check)?.found} ${of(check)?.fix}`).toContain(words);
  });

  test.each<[fault: string, check: string, words: string, more: readonly string[]]>([
    [
      'a loss limit above the capital',
      'limits',
      'risk.loss_max_session_dollars',
      ['--set', 'risk.loss_max_session_dollars=300', '--set', 'risk.capital_max_dollars=250'],
    ],
    ['orders that never expire', 'limits', 'execution.order_life_seconds', ['--set', 'execution.order_life_seconds=0']],
    [
      'a band without a price of the grid',
      'price grids',
      'band',
      ['--set', 'risk.band_low_cents=99.95', '--set', 'risk.band_high_cents=99.99'],
    ],
  ])('%s is a warning of "%s"', async (_, check, words, more) => {
    const { of } = await examined(world.connect, more);
    expect([of(check)?.status, `${of(check)?.found} ${of(check)?.fix}`]).toEqual(['warn', expect.stringContaining(words)]);
  });

  test('what stands on a failure is skipped, with the failure named', async () => {
    const { of, checks } = await examined(altered({ private_key_path: '/nowhere/key.pem' }));
    expect(of('websocket')).toMatchObject({ status: 'skipped', found: 'not looked at, because of "private key"' });
    // The network does not need a key.
    expect([of('rest')?.status, of('exchange open')?.status]).toEqual(['ok', 'ok']);
    expect(Object.values(checks).filter(({ status }) => status === 'fail')).toHaveLength(1);
  });
});

describe('planted faults of the machine', () => {
  test('a folder that is a file', async () => {
    const out = join(temporary(), 'file');
    writeFileSync(out, '');
    expect((await examined(world.connect, [], out)).of('folder')).toMatchObject({ status: 'fail' });
  });

  test('state that others can read', async () => {
    const out = temporary();
    mkdirSync(join(out, 'state', 'custom-00000000-0'), { recursive: true, mode: 0o755 });
    expect((await examined(world.connect, [], out)).of('modes')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('chmod') as unknown,
    });
  });

  const state = (out: string): StateFiles =>
    new StateFiles(join(out, 'state', accountFolder('custom', String(lineOf(world)['key_id']), 0)));

  test('a bot that runs, one that died, and a latch', async () => {
    const out = temporary();
    const lease = (pid: number): void =>
      writeFileSync(join(state(out).folder, 'lease.json'), JSON.stringify({ pid, startedAt: 'then' }), { mode: 0o600 });
    lease(1);
    expect((await examined(world.connect, [], out)).of('other bots')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('process 1') as unknown,
    });
    lease(2 ** 22 + 1);
    state(out).setLatch('strange fills', new Date());
    const { of } = await examined(world.connect, [], out);
    expect(of('other bots')).toMatchObject({ status: 'warn', fix: expect.stringContaining('kmm reconcile') as unknown });
    expect(of('kill latch')).toMatchObject({ status: 'fail', found: expect.stringContaining('strange fills') as unknown });
  });
});

describe('planted faults of the network', () => {
  test('nobody at the REST address', async () => {
    const { code, of } = await examined(altered({ rest: `http://127.0.0.1:${await deadPort()}/trade-api/v2` }));
    expect([code, of('connections')?.status, of('rest')?.status]).toEqual([11, 'fail', 'skipped']);
    expect(of('connections')?.found).toContain('ECONNREFUSED');
  });

  test('a websocket address that leads elsewhere', async () => {
    const elsewhere = await httpStub(() => ({ status: 404, body: {} }));
    const { of } = await examined(altered({ ws: elsewhere.url.replace('http', 'ws') }));
    expect([of('rest')?.status, of('websocket')?.status]).toEqual(['ok', 'fail']);
    await elsewhere.close();
  });

  const stubbed = async (headers: Record<string, string>, body: Body) => {
    const stub = await httpStub(() => ({ status: 200, body, headers }));
    const answer = await examined(altered({ rest: stub.url, ws: stub.url.replace('http', 'ws') }));
    await stub.close();
    return answer;
  };
  const OPEN = { exchange_active: true, trading_active: true };

  test('a clock that is a minute off', async () => {
    const { of } = await stubbed({ date: new Date(Date.now() + 60_000).toUTCString() }, OPEN);
    expect(of('clock')).toMatchObject({ status: 'fail', fix: expect.stringContaining('chrony') as unknown });
  });

  test('an exchange that is closed, and one that pauses trading', async () => {
    expect((await stubbed({}, { exchange_active: false, trading_active: false })).of('exchange open')).toMatchObject({ status: 'fail' });
    expect((await stubbed({}, { exchange_active: true, trading_active: false })).of('trading open')).toMatchObject({ status: 'warn' });
  });

  test('a server that speaks another protocol', async () => {
    const { of } = await stubbed({}, { hello: 'world' });
    expect(of('rest')).toMatchObject({ status: 'fail' });
  });
});

describe('planted faults of the account', () => {
  const at = async (options: ExchangeServerOptions, ...more: string[]) => {
    const own = await hostExchange({ ...QUIET, seed: 'doctor-account', ...options });
    return { own, ...(await examined(own.connect, more)) };
  };

  test('a key that may only read', async () => {
    const { code, of } = await at({ accounts: [{ keys: [{ scopes: ['read'] }] }] });
    expect([code, of('permission')?.status, of('permission')?.found]).toEqual([11, 'fail', 'read: it may not trade']);
  });

  test('a key that is locked to another subaccount', async () => {
    const { of } = await at({ accounts: [{ subaccounts: 2, keys: [{ subaccount: 1 }] }] });
    expect(of('permission')).toMatchObject({ status: 'fail', fix: expect.stringContaining('connector.subaccount to 1') as unknown });
  });

  test('no money, and too little of it', async () => {
    const { code, of } = await at({ accounts: [{ cashPerShard: cash(0) }] });
    expect([code, of('balance')?.status, of('money per shard')?.status]).toEqual([11, 'fail', 'warn']);
    expect((await at({ accounts: [{ cashPerShard: cash(1_000_000) }] })).of('balance')).toMatchObject({ status: 'warn' });
  });

  test('orders that an earlier run has left', async () => {
    const own = await hostExchange({ ...QUIET, seed: 'doctor-left' });
    rest(own, { prefix: 'kmm', count: 3 });
    rest(own, { prefix: 'somebody', count: 1 });
    const { code, of } = await examined(own.connect);
    expect([code, of('resting orders')?.status]).toEqual([0, 'warn']);
    expect(of('resting orders')?.found).toContain('3 of ours, 1 of others');
    expect((await own.orders('resting')).length).toBe(4);
  });

  test('a position in a market that is not chosen', async () => {
    const own = await hostExchange({ seed: 'doctor-position' });
    const [held, other] = own.running.exchange.markets();
    if (held === undefined || other === undefined) throw new Error('two markets are needed');
    await own.client.order({
      ticker: held.ticker,
      side: 'bid',
      count: '1.00',
      price: '0.9900',
      time_in_force: 'immediate_or_cancel',
      exchange_index: held.shard,
    });
    const { of } = await examined(own.connect, ['--markets', other.ticker]);
    expect(of('positions')).toMatchObject({ status: 'warn', found: expect.stringContaining(`1 ${held.ticker}`) as unknown });
  });
});
