import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PortInUseError } from '../../../../src/exchange/server/options.js';
import { startExchangeServer } from '../../../../src/exchange/server/server.js';
import type { Passage, Transit } from '../../../../src/exchange/server/transit.js';
import { host } from './hosting.js';

const QUICK = { keyType: 'ed25519' } as const;

describe('starting and ending', () => {
  test('the addresses are on loopback and share one port', async () => {
    const { exchange } = await host();
    expect(exchange.rest).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/trade-api\/v2$/);
    expect(exchange.ws).toBe(exchange.rest.replace('http:', 'ws:').replace('/trade-api/v2', '/trade-api/ws/v2'));
  });

  test('a port that is taken is named, with what to do about it, and no key stays behind', async () => {
    const { exchange } = await host();
    const folder = await mkdtemp(join(tmpdir(), 'kmm-test-'));
    const port = Number(new URL(exchange.rest).port);
    const failure = await startExchangeServer({ ...QUICK, port, keyFolder: folder }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PortInUseError);
    expect((failure as PortInUseError).message).toContain(
      `127.0.0.1:${port}: another program has it; stop that program, or choose another port`,
    );
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('private keys go away at the end, with their folder if it was made for them', async () => {
    const exchange = await startExchangeServer({ ...QUICK, accounts: [{}, { keys: [{ type: 'rsa' }, {}] }] });
    const paths = exchange.keys.map((key) => key.privateKeyPath);
    expect(paths.map((path) => readFileSync(path, 'utf8').split('\n')[0])).toEqual([
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----',
    ]);
    await exchange.close();
    expect([...paths, dirname(paths[0] ?? '')].map((path) => existsSync(path))).toEqual([false, false, false, false]);
  });

  test('a folder that was given keeps what others have put there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmm-test-'));
    await writeFile(join(folder, 'note.txt'), 'mine');
    const exchange = await startExchangeServer({ ...QUICK, keyFolder: folder });
    await exchange.close();
    expect(await readdir(folder)).toEqual(['note.txt']);
    await rm(folder, { recursive: true });
  });

  test('fewer markets can be asked for, but not more than there are', async () => {
    const { anonymous } = await host({ markets: 4 });
    expect((await anonymous.get('/markets')).body['markets']).toHaveLength(4);
    expect((await anonymous.get('/events')).body['events']).toHaveLength(2);
    await expect(startExchangeServer({ ...QUICK, markets: 6 })).rejects.toThrow('expected a whole number from 1 to 5, got 6');
  });
});

test('the truth file tells what the matching engine did', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kmm-test-'));
  const truthFile = join(folder, 'truth.jsonl');
  const { clients, exchange } = await host({ truthFile });
  await clients[0].order({ ticker: exchange.exchange.markets()[0]?.ticker, client_order_id: 'seen' });
  await exchange.close();
  const lines = readFileSync(truthFile, 'utf8').trim().split('\n');
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['type'] !== 'lifecycle');
  expect(told).toMatchObject([{ t: 0, type: 'order', clientOrderId: 'seen', status: 'resting' }]);
  await rm(folder, { recursive: true });
});

test('the truth file begins with the orders that the crowd opened with', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kmm-test-'));
  const truthFile = join(folder, 'truth.jsonl');
  const running = await startExchangeServer({ ...QUICK, core: {}, truthFile });
  const resting = running.exchange.markets().flatMap((market) => {
    const book = running.exchange.book(market.ticker);
    return [...(book?.bids ?? []), ...(book?.asks ?? [])];
  });
  await running.close();
  const orders = readFileSync(truthFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"status":"resting"') && line.startsWith('{"t":0,'));
  expect(orders.length).toBeGreaterThanOrEqual(resting.length);
  await rm(folder, { recursive: true });
});

test('a truth file that cannot be written is named before anything starts', async () => {
  await expect(startExchangeServer({ ...QUICK, truthFile: '/no/such/folder/truth.jsonl' })).rejects.toThrow(
    'truth file /no/such/folder/truth.jsonl: cannot be written (ENOENT); choose another path',
  );
});

describe('the way to the exchange', () => {
  class Losing implements Transit {
    lose: 'request' | 'answer' | null = null;
    request(_passage: Passage): 'lost' | number {
      return this.lose === 'request' ? 'lost' : 0;
    }
    answer(_passage: Passage): 'lost' | number {
      return this.lose === 'answer' ? 'lost' : 0;
    }
    frame(): number {
      return 0;
    }
  }

  test.each(['request', 'answer'] as const)(
    'where the %s is lost the client hears nothing, and only a lost answer leaves an order',
    async (lose) => {
      const transit = new Losing();
      const { clients, exchange } = await host({ transit });
      const ticker = exchange.exchange.markets()[0]?.ticker;
      transit.lose = lose;
      await expect(clients[0].order({ ticker, client_order_id: 'unsure' })).rejects.toThrow('fetch failed');
      transit.lose = null;
      expect((await clients[0].get('/portfolio/orders')).body['orders']).toHaveLength(lose === 'answer' ? 1 : 0);
    },
  );

  test('an outage cuts every stream', async () => {
    const { clients, exchange } = await host();
    const stream = await clients[0].stream();
    const closed = new Promise<number>((resolve) => stream.socket.once('close', (code) => resolve(code)));
    exchange.cutStreams();
    expect(await closed).toBe(1006);
  });
});

test('expiry, close and cancel-all of the core are seen over REST as time passes', async () => {
  const { clients, clock, exchange } = await host();
  const [me] = clients;
  const ticker = exchange.exchange.markets()[0]?.ticker;
  const statuses = async (): Promise<unknown[]> =>
    ((await me.get('/portfolio/orders')).body['orders'] as { status: string }[]).map((order) => order.status);
  await me.order({ ticker, expiration_time: clock.now() / 1e6 + 5 });
  await me.order({ ticker, price: '0.3000' });
  clock.pass(6);
  expect(await statuses()).toEqual(['resting', 'canceled']);
  const all = await me.call('DELETE', '/portfolio/events/orders');
  expect([all.status, all.text]).toEqual([204, '']);
  expect(await statuses()).toEqual(['canceled', 'canceled']);
  clock.pass(9 * 3600);
  const late = await me.order({ ticker });
  expect([late.status, late.body]).toEqual([400, { error: { code: 'market_inactive', message: 'market inactive' } }]);
  expect((await me.get(`/markets/${ticker}`)).body['market']).toMatchObject({ status: 'closed' });
});
