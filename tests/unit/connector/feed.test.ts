import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { HandshakeRefusedError, UnsafeUrlError } from '../../../src/connector/feed-errors.js';
import { WebSocketFeed, type WebSocketFeedOptions } from '../../../src/connector/feed.js';
import { SESSION_DEFAULTS, type SessionSettings } from '../../../src/connector/session-types.js';
import { checkUrl } from '../../../src/connector/socket-port.js';
import type { TradingError } from '../../../src/domain/errors.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { seconds } from '../../../src/domain/units.js';
import { FakeTime } from '../../support/fake-time.js';
import { selfSigned, type SelfSigned } from '../../support/self-signed.js';
import { aRegister, copyOf } from '../../support/stream.js';

/** Things that arrive, and promises for those still to come. */
class Arrivals<T> {
  readonly all: T[] = [];
  #waiting: (() => void)[] = [];

  push(item: T): void {
    this.all.push(item);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async next(wanted: (item: T) => boolean): Promise<T> {
    for (;;) {
      const at = this.all.findIndex(wanted);
      const [found] = at < 0 ? [] : this.all.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}

interface Connection {
  readonly ws: WebSocket;
  readonly tcp: TcpSocket;
  readonly request: IncomingMessage;
  readonly commands: Arrivals<{ id: number; cmd: string; params: Record<string, unknown> }>;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** A small exchange on this machine that confirms every subscription. */
const anExchange = async (tls?: SelfSigned): Promise<{ url: string; connections: Arrivals<Connection> }> => {
  const connections = new Arrivals<Connection>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  const wss = new WebSocketServer({ server });
  wss.on('connection', (ws, request) => {
    const commands: Connection['commands'] = new Arrivals();
    ws.on('message', (data) => {
      const command = JSON.parse((data as Buffer).toString()) as { id: number; cmd: string; params: Record<string, unknown> };
      commands.push(command);
      if (command.cmd === 'subscribe')
        ws.send(
          JSON.stringify({
            type: 'subscribed',
            id: command.id,
            msg: { channel: (command.params['channels'] as string[])[0], sid: command.id },
          }),
        );
    });
    connections.push({ ws, request, tcp: request.socket, commands });
  });
  cleanups.push(() => {
    for (const client of wss.clients) client.terminate();
  });
  const scheme = tls === undefined ? 'ws' : 'wss';
  return { url: `${scheme}://127.0.0.1:${await listen(server)}/trade-api/ws/v2`, connections };
};

interface Desk {
  readonly feed: WebSocketFeed;
  readonly time: FakeTime;
  readonly facts: Arrivals<EngineEvent>;
  readonly refused: Arrivals<TradingError>;
  readonly reports: Arrivals<string>;
  readonly frames: string[];
}

const aDesk = (url: string, settings: Partial<SessionSettings> = {}, headers?: WebSocketFeedOptions['headers'], ca?: string): Desk => {
  const time = new FakeTime();
  const facts = new Arrivals<EngineEvent>();
  const refused = new Arrivals<TradingError>();
  const reports = new Arrivals<string>();
  const frames: string[] = [];
  let handshakes = 0;
  const feed = new WebSocketFeed({
    url,
    headers: headers ?? (() => ({ 'KALSHI-ACCESS-KEY': `key-${++handshakes}` })),
    settings: { ...SESSION_DEFAULTS, noSide: 'no-price', privateMessages: 'count', trades: false, lifecycle: false, ...settings },
    markets: aRegister('M-A'),
    chance: { next: () => 0 },
    clock: time,
    timers: time,
    offer: (fact) => facts.push(copyOf(fact)),
    onReport: (report) => reports.push(report.text),
    onRefused: (error) => refused.push(error),
    ...(ca === undefined ? {} : { ca }),
    onFrame: (bytes) => frames.push(Buffer.from(bytes).toString()),
  });
  feed.addMarkets([marketIndex(0)]);
  cleanups.push(() => feed.stop());
  return { feed, time, facts, refused, reports, frames };
};

const is =
  (type: EngineEvent['type']) =>
  (fact: EngineEvent): boolean =>
    fact.type === type;

const snapshot = JSON.stringify({ type: 'orderbook_snapshot', sid: 1, seq: 1, msg: { market_ticker: 'M-A', market_id: 'x' } });
const delta = (seq: number): string =>
  `{"type":"orderbook_delta","sid":1,"seq":${seq},"msg":{"market_ticker":"M-A","market_id":"x","price_dollars":"0.4000","delta_fp":"1.00","side":"yes","ts_ms":1795296000400}}`;

/** An unmasked text frame as bytes. */
const rawFrame = (text: string): Buffer => {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
};

describe('the feed over a real socket', () => {
  test('shakes hands with signed headers, subscribes, and ends one read with one batch-end', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts, time, frames } = aDesk(url);
    feed.start();
    const { request, ws, tcp } = await connections.next(() => true);
    expect(request.headers).toMatchObject({ 'kalshi-access-key': 'key-1' });
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    await facts.next(is('feed-up'));
    time.advance(seconds(1));
    tcp.cork();
    for (const text of [snapshot, delta(2), delta(3)]) ws.send(text);
    tcp.uncork();
    await facts.next(is('batch-end'));
    expect(facts.all.map((fact) => fact.type)).toEqual(['book-snapshot', 'book-delta', 'book-delta']);
    expect(facts.all.every((fact) => fact.at === time.now())).toBe(true);
    expect(feed.receivedNs).toBe(time.monoNs());
    expect(frames.slice(-3)).toEqual([snapshot, delta(2), delta(3)]);
    expect(feed.counters).toMatchObject({ frames: 4, deltas: 2, snapshots: 1 });
  });

  test.each([1, 7, 64, 1000])('frames arrive whole when the line delivers %i bytes at a time', async (size) => {
    const { url, connections } = await anExchange();
    const { feed, facts } = aDesk(url);
    feed.start();
    const { tcp } = await connections.next(() => true);
    await facts.next(is('feed-up'));
    const bytes = Buffer.concat([snapshot, ...Array.from({ length: 8 }, (_, i) => delta(i + 2))].map(rawFrame));
    tcp.setNoDelay(true);
    for (let i = 0; i < bytes.length; i += size) tcp.write(bytes.subarray(i, i + size));
    for (let i = 0; i < 8; i++) await facts.next(is('book-delta'));
    expect(feed.counters).toMatchObject({ deltas: 8, gaps: 0, malformed: 0 });
  });

  test('sends the request for a snapshot at once', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts, time } = aDesk(url);
    feed.start();
    const { commands } = await connections.next(() => true);
    await facts.next(is('feed-up'));
    time.advance(seconds(1));
    feed.requestSnapshot(marketIndex(0));
    const command = await commands.next(({ cmd }) => cmd === 'update_subscription');
    expect(command.params).toEqual({ sid: 1, action: 'get_snapshot', market_tickers: ['M-A'] });
  });

  test('pings, and a pong keeps the stream from being called silent', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts, time } = aDesk(url);
    feed.start();
    const { ws } = await connections.next(() => true);
    await facts.next(is('feed-up'));
    const pinged = new Promise<void>((resolve) => {
      ws.once('ping', () => resolve());
    });
    time.advance(seconds(4));
    await pinged;
    ws.ping('heartbeat');
    ws.send('{"type":"ok","id":0}');
    await new Promise<void>((resolve) => {
      ws.once('pong', () => resolve());
    });
    time.advance(seconds(4));
    expect(facts.all).toEqual([]);
    time.advance(seconds(2));
    expect(facts.all).toMatchObject([{ type: 'feed-silence', silent: true }]);
  });

  test('comes back by itself after a loss, with fresh headers', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts, time, reports } = aDesk(url);
    feed.start();
    const first = await connections.next(() => true);
    await facts.next(is('feed-up'));
    time.advance(seconds(6));
    first.ws.close(1001, 'maintenance');
    expect(await facts.next(is('feed-down'))).toMatchObject({ reason: 'closed with code 1001 (maintenance)' });
    expect(await reports.next(() => true)).toContain('next attempt (number 1)');
    time.advance(seconds(1));
    const second = await connections.next(() => true);
    expect(second.request.headers).toMatchObject({ 'kalshi-access-key': 'key-2' });
    await facts.next(is('feed-up'));
    expect(feed.counters.reconnects).toBe(1);
  });

  test('refuses a frame above the size limit and replaces the connection', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts } = aDesk(url, { frameBytesMax: 1000 });
    feed.start();
    const { ws } = await connections.next(() => true);
    await facts.next(is('feed-up'));
    ws.send('x'.repeat(1001));
    expect(await facts.next(is('feed-down'))).toMatchObject({ reason: expect.stringContaining('payload') });
  });

  test('stop is final: the socket closes and nothing more is told', async () => {
    const { url, connections } = await anExchange();
    const { feed, facts, time } = aDesk(url);
    feed.start();
    const { ws } = await connections.next(() => true);
    await facts.next(is('feed-up'));
    const closed = new Promise<void>((resolve) => {
      ws.once('close', () => resolve());
    });
    feed.stop();
    await closed;
    expect(facts.all).toMatchObject([{ type: 'feed-down', reason: 'stopped' }]);
    time.advance(seconds(60));
    expect(facts.all).toHaveLength(1);
    expect(time.pending).toBe(0);
  });

  test('waits for headers that take their time, and survives headers that fail', async () => {
    const { url, connections } = await anExchange();
    let calls = 0;
    const { feed, facts, time, reports } = aDesk(url, {}, async () => {
      if (++calls === 1) throw new Error('the key is locked');
      return { 'KALSHI-ACCESS-KEY': 'late' };
    });
    feed.start();
    expect(await reports.next(() => true)).toContain('cannot connect: the key is locked');
    time.advance(seconds(1));
    const { request } = await connections.next(() => true);
    expect(request.headers).toMatchObject({ 'kalshi-access-key': 'late' });
    await facts.next(is('feed-up'));
  });
});

describe('a refused handshake', () => {
  const answering = async (status: string, body: string): Promise<string> => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
    return `ws://127.0.0.1:${await listen(server)}/`;
  };

  test('of 401 says what the exchange said and which credentials to check', async () => {
    const body = '{"error":{"code":"authentication_error","message":"authentication_error","details":"NOT_FOUND"}}';
    const { feed, refused } = aDesk(await answering('401 Unauthorized', body));
    feed.start();
    const error = await refused.next(() => true);
    expect(error).toBeInstanceOf(HandshakeRefusedError);
    expect(error).toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 401, detail: 'authentication_error NOT_FOUND' });
    expect(error.message).toContain('credentials of this environment');
    expect(error.message).not.toContain('key-1');
  });

  test('of 503 is an outage like any other', async () => {
    const { feed, reports, refused } = aDesk(await answering('503 Service Unavailable', ''));
    feed.start();
    expect(await reports.next(() => true)).toContain('the handshake was answered with 503');
    expect(refused.all).toEqual([]);
  });
});

describe('TLS', () => {
  test('a certificate that nobody vouches for is refused, and no header is shown to its server', async () => {
    const { url, connections } = await anExchange(selfSigned());
    const { feed, reports, facts } = aDesk(url);
    feed.start();
    expect(await reports.next(() => true)).toContain('cannot connect: self-signed certificate');
    expect(connections.all).toEqual([]);
    expect(facts.all).toEqual([]);
  });

  test('an exchange of one’s own is reached by naming its authority', async () => {
    const tls = selfSigned();
    const { url } = await anExchange(tls);
    const { feed, facts } = aDesk(url, {}, undefined, tls.cert);
    feed.start();
    await facts.next(is('feed-up'));
    expect(feed.up).toBe(true);
  });
});

describe('addresses', () => {
  test.each(['wss://external-api-ws.kalshi.com/trade-api/ws/v2', 'ws://127.0.0.1:8080/x', 'ws://localhost:1', 'ws://[::1]:9/'])(
    '%s is spoken to',
    (url) => {
      expect(checkUrl(url).href).toContain('ws');
    },
  );

  test.each([
    'ws://external-api-ws.kalshi.com/trade-api/ws/v2',
    'ws://127.0.0.1.example.com/',
    'ws://10.0.0.1/',
    'http://127.0.0.1/',
    'wss://me:secret@external-api-ws.kalshi.com/',
    'no address',
  ])('%s is refused', (url) => {
    expect(() => checkUrl(url)).toThrow(UnsafeUrlError);
    expect(() => checkUrl(url)).not.toThrow('secret');
  });
});
