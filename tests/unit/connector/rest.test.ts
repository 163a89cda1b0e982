import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SigningKey } from '../../../src/connector/keys.js';
import { DEFAULT_REST, RestClient, type RestRequest, type RestSettings } from '../../../src/connector/rest.js';
import type { RestResult } from '../../../src/connector/rest-result.js';
import { DirectSigner, type Signer } from '../../../src/connector/sign.js';
import { millis, monoNs, seconds, toEpochMs } from '../../../src/domain/units.js';
import { FakeTime } from '../../support/fake-time.js';
import { httpStub, type HttpStub, type StubAnswer } from '../../support/http-stub.js';

const WRITE: RestRequest = { method: 'POST', path: '/portfolio/events/orders', body: { count: '1.00' }, lane: 'order' };
const READ: RestRequest = { method: 'GET', path: '/portfolio/orders', query: [['limit', 5]], lane: 'read' };

let time: FakeTime;
let stub: HttpStub;
const clients: RestClient[] = [];

beforeEach(async () => {
  time = new FakeTime();
  stub = await httpStub(() => ({ status: 200, body: {} }));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await stub.close();
});

const connect = (settings: Partial<RestSettings> = {}, signer: Signer | null = null, url = stub.url): RestClient => {
  const client = new RestClient(url, 'custom', { clock: time, timers: time, signer, settings: { ...DEFAULT_REST, ...settings } });
  clients.push(client);
  return client;
};

const answering = (answer: StubAnswer): void => {
  stub.handler = () => answer;
};

describe('the outcome of a write', () => {
  test.each<[string, StubAnswer, Partial<Record<string, unknown>>]>([
    ['201', { status: 201, body: { order_id: 'a' } }, { kind: 'ok', status: 201, value: { order_id: 'a' } }],
    ['204', { status: 204 }, { kind: 'ok', status: 204, value: null }],
    ['400', { status: 400, body: { error: { code: 'invalid_price', message: 'x' } } }, { kind: 'refused', code: 'invalid_price' }],
    ['301', { status: 301, headers: { location: '/elsewhere' } }, { kind: 'refused', status: 301, code: 'http-301' }],
    ['403 in HTML', { status: 403, text: '<html>no</html>' }, { kind: 'refused', status: 403, code: 'http-403', shape: 'text' }],
    ['429', { status: 429, body: { error: 'too many requests' } }, { kind: 'refused', code: 'rate-limited', message: 'too many requests' }],
    ['408', { status: 408, body: { error: { code: 'timeout' } } }, { kind: 'unknown', status: 408 }],
    ['500', { status: 500, text: 'oops' }, { kind: 'unknown', status: 500, reason: 'the exchange answered oops' }],
    ['502 in HTML', { status: 502, text: '<html></html>' }, { kind: 'unknown', status: 502 }],
    ['503', { status: 503, body: { error: { code: 'service_unavailable' } } }, { kind: 'unknown', status: 503 }],
    ['504', { status: 504 }, { kind: 'unknown', status: 504 }],
    ['a dropped connection', 'reset', { kind: 'unknown', status: 0 }],
    ['a success cut off in its body', { cut: 201, text: '{"order_id":' }, { kind: 'unknown', status: 201 }],
    ['a refusal cut off in its body', { cut: 400, text: '{"error":' }, { kind: 'refused', status: 400, code: 'http-400' }],
    ['a 5xx cut off in its body', { cut: 503, text: '{' }, { kind: 'unknown', status: 503 }],
    ['bad JSON on 201', { status: 201, text: '{"order_id":' }, { kind: 'unknown', status: 201 }],
    ['HTML on 200', { status: 200, text: '<html></html>' }, { kind: 'unknown', status: 200 }],
  ])('after %s', async (_, answer, outcome) => {
    answering(answer);
    expect(await connect().request(WRITE)).toMatchObject(outcome);
    expect(stub.requests).toHaveLength(1);
  });

  test('is unknown after a timeout, and the connection is given up', async () => {
    answering('hang');
    const client = connect();
    const answer = client.request(WRITE);
    await stub.arrived(1);
    time.advance(seconds(3));
    expect(await answer).toEqual({ kind: 'unknown', status: 0, reason: 'no answer within 3000 ms' });
    answering({ status: 201, body: {} });
    expect((await client.request(WRITE)).kind).toBe('ok');
    expect(stub.requests.map((request) => request.connection)).toEqual([1, 2]);
  });

  test('is unknown after an answer that is too large', async () => {
    answering({ status: 201, text: 'x'.repeat(2000) });
    expect(await connect({ bodyMax: 1000 }).request(WRITE)).toMatchObject({ kind: 'unknown', status: 201 });
  });

  test('is a refusal, not a doubt, where nothing was ever sent', async () => {
    const url = stub.url;
    await stub.close();
    expect(await connect({}, null, url).request(WRITE)).toMatchObject({ kind: 'refused', status: 0, code: 'not-sent', shape: 'local' });
  });

  test.each([
    ['an order, whose book has moved on', 'order', 500],
    ['a cancel, which is never too late', 'cancel', 3000],
  ] as const)('is a refusal where no connection is to be had: %s', async (_, lane, patienceMs) => {
    // A listener that takes the connection and then speaks no TLS.
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const client = connect({}, null, `https://127.0.0.1:${(silent.address() as AddressInfo).port}/trade-api/v2`);
    let settled = false;
    const answer = client.request({ ...WRITE, lane }).finally(() => (settled = true));
    await new Promise((resolve) => void setImmediate(resolve));
    time.advance(millis(patienceMs - 1));
    await new Promise((resolve) => void setImmediate(resolve));
    expect(settled).toBe(false);
    time.advance(millis(1));
    expect(await answer).toMatchObject({ kind: 'refused', code: 'not-sent', message: `not sent within ${patienceMs} ms` });
    await client.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  test.each([
    ['an order is', true, { kind: 'refused', code: 'not-sent' }, 0],
    ['a cancel is not', false, { kind: 'ok' }, 1],
  ])('is a refusal where the process stood still while the connection opened: %s', async (_, opens, outcome, sent) => {
    let stood = 0;
    const clock = { now: () => time.now(), wall: () => time.wall(), monoNs: () => monoNs(time.monoNs() + stood) };
    const client = new RestClient(stub.url, 'custom', { clock, timers: time, signer: null, settings: DEFAULT_REST });
    clients.push(client);
    const answer = client.request({ ...WRITE, opens });
    stood = 8e9;
    expect(await answer).toMatchObject(outcome);
    expect(stub.requests).toHaveLength(sent);
  });

  test('is unknown for requests under way when the client is closed, and a refusal afterwards', async () => {
    answering('hang');
    const client = connect();
    const answer = client.request(WRITE);
    await stub.arrived(1);
    await client.close();
    expect((await answer).kind).toBe('unknown');
    expect(await client.request(WRITE)).toMatchObject({ kind: 'refused', code: 'not-sent' });
  });

  test('is a refusal for every request that waits while connections are refused, and the program lives on', async () => {
    const { url } = stub;
    await stub.close();
    const client = connect({ connections: { sweep: 1, cancel: 1, order: 1, read: 1 } }, null, url);
    const cancels = Array.from({ length: 5 }, () => client.request({ ...WRITE, method: 'DELETE', lane: 'cancel' }));
    for (const result of await Promise.all(cancels)) expect(result).toMatchObject({ kind: 'refused', code: 'not-sent' });
  });

  test('is counted', async () => {
    const client = connect();
    for (const status of [200, 400, 429, 500]) {
      answering({ status });
      await client.request(WRITE);
    }
    expect(client.counters).toEqual({ sent: 4, refused: 2, unknown: 1, rateLimited: 1 });
  });
});

describe('a request', () => {
  test('carries JSON, an escaped query and no header that asks for compression', async () => {
    await connect().request({ ...WRITE, query: [['cursor', 'a+b/c=&d']] });
    const [request] = stub.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/trade-api/v2/portfolio/events/orders', body: { count: '1.00' } });
    expect(request?.query.get('cursor')).toBe('a+b/c=&d');
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
    expect(request?.headers['accept-encoding']).toBeUndefined();
    expect(request?.headers['kalshi-access-key']).toBeUndefined();
  });

  test('is signed with the prefix of its host and without its query', async () => {
    const signed: string[] = [];
    const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
    const direct = new DirectSigner('key-id', key, time);
    const signer: Signer = {
      headers: (method, path) => (signed.push(`${method} ${path}`), direct.headers(method, path)),
      refused: () => signed.push('refused'),
    };
    const client = connect({}, signer);
    await client.request(READ);
    expect(signed).toEqual(['GET /trade-api/v2/portfolio/orders']);
    expect(stub.requests[0]?.headers).toMatchObject({
      'kalshi-access-key': 'key-id',
      'kalshi-access-timestamp': String(toEpochMs(time.wall())),
    });
    answering({ status: 401, body: { error: { code: 'header_timestamp_expired', message: 'header timestamp expired' } } });
    expect(await client.request(READ)).toMatchObject({ kind: 'refused', status: 401, code: 'header_timestamp_expired' });
    expect(signed.at(-1)).toBe('refused');
  });

  test('tells how far the clocks are apart', async () => {
    const client = connect();
    expect(client.clockOffset).toBeNull();
    answering({ status: 200, body: {}, headers: { date: new Date(toEpochMs(time.wall()) + 30_000).toUTCString() } });
    await client.request(READ);
    expect(Math.abs((client.clockOffset as number) - seconds(30))).toBeLessThanOrEqual(seconds(1));
  });

  test('is refused to a host that the environment may not talk to', () => {
    expect(
      () => new RestClient('https://external-api.kalshi.com/trade-api/v2', 'demo', { clock: time, timers: time, signer: null }),
    ).toThrow(/environment demo/);
  });

  test('over TLS is refused where the certificate cannot be trusted, whatever the environment says', async () => {
    const { createServer: tlsServer } = await import('node:https');
    const { cert, key } = SELF_SIGNED;
    const server = tlsServer({ cert, key }, (_, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2`;
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const stranger = await connect({}, null, url).request(WRITE);
      expect(stranger).toMatchObject({ kind: 'refused', code: 'not-sent' });
      const trusting = new RestClient(url, 'custom', { clock: time, timers: time, signer: null, ca: cert });
      clients.push(trusting);
      expect(await trusting.request(WRITE)).toMatchObject({ kind: 'ok' });
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('once orders are stopped', () => {
  const ORDER: RestRequest = { ...WRITE, opens: true };
  const small = { connections: { sweep: 1, cancel: 1, order: 1, read: 1 } };

  test('nothing that adds risk is sent, cancels are', async () => {
    const client = connect();
    client.stopOrders('killed');
    expect(await client.request(ORDER)).toMatchObject({ kind: 'refused', code: 'not-sent', message: 'killed' });
    expect(await client.request({ method: 'DELETE', path: '/orders/1', lane: 'cancel' })).toMatchObject({ kind: 'ok' });
    expect(stub.requests.map((request) => request.method)).toEqual(['DELETE']);
  });

  test('an order that waited for a connection is not sent, and the connection serves on', async () => {
    const held: (() => void)[] = [];
    stub.handler = () => new Promise((resolve) => held.push(() => resolve({ status: 201, body: {} })));
    const client = connect(small);
    const first = client.request(ORDER);
    const waits = client.request(ORDER);
    await stub.arrived(1);
    client.stopOrders('killed');
    const cancels = ['1', '2'].map((id) => client.request({ method: 'DELETE', path: `/orders/${id}`, lane: 'cancel' }));
    await stub.arrived(2);
    held.shift()?.();
    await stub.arrived(3);
    for (const release of held) release();
    expect(await first).toMatchObject({ kind: 'ok' });
    expect(await waits).toMatchObject({ kind: 'refused', code: 'not-sent' });
    expect((await Promise.all(cancels)).map((result) => result.kind)).toEqual(['ok', 'ok']);
    expect(stub.requests.map((request) => request.method)).toEqual(['POST', 'DELETE', 'DELETE']);
    expect(stub.connections()).toBe(2);
  });

  test('an order whose connection was still being opened is not written, and the connection is kept', async () => {
    const client = connect(small);
    const opening = client.request(ORDER);
    client.stopOrders('killed');
    expect(await opening).toMatchObject({ kind: 'refused', code: 'not-sent' });
    expect(await client.request({ method: 'DELETE', path: '/orders/1', lane: 'cancel' })).toMatchObject({ kind: 'ok' });
    expect(await client.request({ ...WRITE, opens: false })).toMatchObject({ kind: 'ok' });
    expect(stub.requests.map((request) => request.method)).toEqual(['DELETE', 'POST']);
    expect(stub.connections()).toBe(2);
  });
});

test('what removes many orders finds a connection while every other answer is slow', async () => {
  stub.handler = (request) => (request.method === 'PUT' ? { status: 200, body: {} } : 'hang');
  const client = connect({ connections: { sweep: 1, cancel: 1, order: 1, read: 1 } });
  const cancel = { method: 'DELETE', path: '/orders/1', lane: 'cancel' } as const;
  for (const request of [WRITE, cancel, cancel, READ]) void client.request(request);
  await stub.arrived(3);
  expect(await client.request({ method: 'PUT', path: '/portfolio/order_groups/g/trigger', body: {}, lane: 'sweep' })).toMatchObject({
    kind: 'ok',
  });
});

describe('the lanes', () => {
  const settled = async (promise: Promise<RestResult>): Promise<boolean> => {
    const late = Symbol('late');
    return (await Promise.race([promise, new Promise((resolve) => void setImmediate(() => resolve(late)))])) !== late;
  };

  test('let a cancel through while every answer to orders and reads is slow', async () => {
    stub.handler = (request) => (request.method === 'DELETE' ? { status: 200, body: { done: true } } : 'hang');
    const client = connect({ connections: { sweep: 1, cancel: 1, order: 2, read: 1 } });
    const slow = [WRITE, WRITE, WRITE, READ, READ].map((request) => client.request(request));
    await stub.arrived(3);
    const cancel = await client.request({ method: 'DELETE', path: '/portfolio/events/orders/1', lane: 'cancel' });
    expect(cancel).toMatchObject({ kind: 'ok', value: { done: true } });
    expect(await Promise.all(slow.map(settled))).toEqual([false, false, false, false, false]);
  });

  test('send several orders at once, each on a connection of its own', async () => {
    answering('hang');
    const client = connect();
    void [1, 2, 3, 4].map(() => client.request(WRITE));
    await stub.arrived(4);
    expect(new Set(stub.requests.map((request) => request.connection)).size).toBe(4);
  });

  test('lend idle order connections to cancels, and serve waiting cancels before waiting orders', async () => {
    const held: (() => void)[] = [];
    stub.handler = () => new Promise((resolve) => held.push(() => resolve({ status: 200, body: {} })));
    const client = connect({ connections: { sweep: 1, cancel: 1, order: 1, read: 1 } });
    const cancel = (id: string): Promise<RestResult> => client.request({ method: 'DELETE', path: `/orders/${id}`, lane: 'cancel' });
    const all = [cancel('1'), cancel('2'), client.request(WRITE), cancel('3')];
    await stub.arrived(2);
    held[1]?.();
    await stub.arrived(3);
    expect(stub.requests.map((request) => request.path)).toEqual([
      '/trade-api/v2/orders/1',
      '/trade-api/v2/orders/2',
      '/trade-api/v2/orders/3',
    ]);
    held[0]?.();
    held[2]?.();
    await stub.arrived(4);
    held[3]?.();
    expect((await Promise.all(all)).map((result) => result.kind)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('turn requests away when too many wait, and drop those whose time is up without sending them', async () => {
    answering('hang');
    const client = connect({ connections: { sweep: 1, cancel: 1, order: 1, read: 1 }, queueMax: 1 });
    const first = client.request(WRITE);
    const waits = client.request(WRITE);
    expect(await client.request(WRITE)).toMatchObject({ kind: 'refused', code: 'not-sent' });
    await stub.arrived(1);
    time.advance(seconds(3));
    expect(await first).toMatchObject({ kind: 'unknown' });
    expect(await waits).toMatchObject({ kind: 'refused', code: 'not-sent' });
    answering({ status: 201, body: {} });
    expect(await client.request(WRITE)).toMatchObject({ kind: 'ok' });
    expect(stub.requests).toHaveLength(2);
  });

  test('are opened before the first order and used now and then, unsigned', async () => {
    const client = connect({ connections: { sweep: 1, cancel: 1, order: 2, read: 1 } });
    client.start();
    await stub.arrived(3);
    expect(stub.requests.every((request) => request.path === '/trade-api/v2/exchange/status')).toBe(true);
    expect(stub.requests.every((request) => request.headers['kalshi-access-key'] === undefined)).toBe(true);
    const opened = stub.connections();
    expect(await client.request(WRITE)).toMatchObject({ kind: 'ok' });
    expect(stub.connections()).toBe(opened);
    time.advance(seconds(20));
    await stub.arrived(7);
  });
});

/** Made for this test alone: a certificate for 127.0.0.1 that nobody has signed. */
const SELF_SIGNED = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUXPb5u5Q3Wp49K5z8hgvrXA4pzYcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTExMTIzM1oYDzIxMjYxMDI4
MTExMjMzWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARq6fiRVsPm0rFjDWcEbeORM9+OX5BKn5tJX35djpWcBYimHX0za3Qz
dmB4YDDCt8GJkRQ+aIjlTZVUfpKfba7To2QwYjAdBgNVHQ4EFgQUNwyX5fClD52p
Rokx6ZQVyWLxnB8wHwYDVR0jBBgwFoAUNwyX5fClD52pRokx6ZQVyWLxnB8wDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IQCdSQ1raOEi/nSK3Vr3UcLy6RTZDzM7vunGDn1mMb5ZbgIgA6ya54dp65rTB1LG
pJmi3sG7ZwJQE11JggF0HWiLDRI=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg18Ucmscmajf8RTDj
7Hiq4SOOroqAANR1HoVUPBWLJsOhRANCAARq6fiRVsPm0rFjDWcEbeORM9+OX5BK
n5tJX35djpWcBYimHX0za3QzdmB4YDDCt8GJkRQ+aIjlTZVUfpKfba7T
-----END PRIVATE KEY-----`,
};
