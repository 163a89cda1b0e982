/** What a bad peer can do to the connection itself (fault P8): odd closes, floods, frames that are none. The feed counts it as a loss, waits, and comes back. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketFeed } from '../../src/connector/feed.js';
import { SESSION_DEFAULTS } from '../../src/connector/session-types.js';
import { marketIndex } from '../../src/domain/ids.js';
import { millis, seconds } from '../../src/domain/units.js';
import { FakeTime } from '../support/fake-time.js';
import { aRegister } from '../support/stream.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A server that shakes hands and then writes whatever bytes it likes. */
const rawServer = async (greet: (socket: TcpSocket) => void): Promise<string> => {
  const server: Server = createServer();
  server.on('upgrade', (request, duplex) => {
    const socket = duplex as TcpSocket;
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${MAGIC}`).digest('base64');
    socket.on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

const frame = (opcode: number, payload: Buffer, first = 0x80): Buffer =>
  Buffer.concat([
    payload.length < 126
      ? Buffer.from([first | opcode, payload.length])
      : Buffer.from([first | opcode, 126, payload.length >> 8, payload.length & 255]),
    payload,
  ]);
const closing = (code: number, reason = ''): Buffer => {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(code);
  payload.write(reason, 2, 'latin1');
  return frame(8, payload);
};

/** Counts, and tells when a count is reached. */
class Counter {
  #count = 0;
  #wake: () => void = () => undefined;

  add(by = 1): number {
    this.#count += by;
    this.#wake();
    return this.#count;
  }

  async reaches(count: number): Promise<void> {
    while (this.#count < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }
}

interface Desk {
  readonly feed: WebSocketFeed;
  readonly time: FakeTime;
  readonly reports: string[];
  /** Resolves once the feed has said something that fits. */
  readonly said: (part: RegExp) => Promise<void>;
}

const desk = (url: string): Desk => {
  const time = new FakeTime();
  const reports: string[] = [];
  let wake: () => void = () => undefined;
  const feed = new WebSocketFeed({
    url,
    headers: () => ({}),
    settings: {
      ...SESSION_DEFAULTS,
      privateMessages: 'count',
      trades: false,
      lifecycle: false,
      backoff: { first: millis(100), most: seconds(1) },
    },
    markets: aRegister('M-A'),
    chance: { next: () => 0.99 },
    clock: time,
    timers: time,
    offer: () => undefined,
    onReport: (report) => {
      reports.push(report.text);
      wake();
    },
    onRefused: () => undefined,
  });
  feed.addMarkets([marketIndex(0)]);
  cleanups.push(() => feed.stop());
  const said = async (part: RegExp): Promise<void> => {
    while (!reports.some((text) => part.test(text)))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { feed, time, reports, said };
};

test.each<readonly [name: string, bytes: Buffer]>([
  ['a close in good order', closing(1000)],
  ['a close of a server that goes away', closing(1001, 'maintenance')],
  ['a close over policy', closing(1008, 'too slow')],
  ['a close over a fault of the server', closing(1011)],
  ['a close code of an application', closing(4999, '\u001b[2J\n\u0000')],
  ['a close code that none may send', closing(1005)],
  ['a close code of no meaning', closing(999)],
  ['a close code beyond all ranges', closing(65_535)],
  ['a close without a code', frame(8, Buffer.alloc(0))],
  ['a close with half a code', frame(8, Buffer.from([3]))],
  ['a close with a reason that is no UTF-8', frame(8, Buffer.from([3, 0xe8, 0xff, 0xfe]))],
  ['a control frame that is too long', frame(9, Buffer.alloc(126))],
  ['a control frame in parts', frame(9, Buffer.from('x'), 0)],
  ['a frame that claims compression', frame(1, Buffer.from('{}'), 0xc0)],
  ['a frame of an unknown kind', frame(0xb, Buffer.from('x'))],
  ['a continuation of nothing', frame(0, Buffer.from('x'))],
  ['a masked frame', Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x7a, 0x7f])],
  ['a frame that claims 2^63 bytes', Buffer.from([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0])],
  ['a frame that claims a gigabyte', Buffer.from([0x81, 127, 0, 0, 0, 0, 0x40, 0, 0, 0])],
])('%s is a loss: the feed says so and comes back after a wait', async (_, bytes) => {
  const connected = new Counter();
  const url = await rawServer((socket) => {
    if (connected.add() === 1) socket.end(bytes);
  });
  const { feed, time, reports, said } = desk(url);
  feed.start();
  await said(/next attempt/);
  expect(reports.filter((text) => text.includes('next attempt'))).toHaveLength(1);
  for (const text of reports) expect(text).not.toMatch(/\p{Cc}/u);
  time.advance(seconds(2));
  await connected.reaches(2);
});

test('a peer that says goodbye and stays on the line is left at the next ping', async () => {
  const echoed = new Counter();
  const url = await rawServer((socket) => {
    socket.write(closing(1000));
    socket.on('data', (data) => void (data.includes(0x88) && echoed.add()));
  });
  const { feed, time, said } = desk(url);
  feed.start();
  await echoed.reaches(1);
  time.advance(seconds(2));
  await said(/closed by the exchange.*next attempt/);
  expect(feed.counters.frames).toBe(0);
});

const PING = frame(9, Buffer.from('heartbeat'));
const pings = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => PING));

test('a burst of pings is answered, each of them, and the message behind it is read', async () => {
  const BURST = 50;
  const answered = new Counter();
  const url = await rawServer((socket) => {
    socket.on('data', (data) => void answered.add(data.length));
    socket.write(Buffer.concat([pings(BURST), frame(1, Buffer.from('{"type":"strange"}'))]));
  });
  const { feed, said } = desk(url);
  feed.start();
  await said(/strange/);
  expect(feed.counters).toMatchObject({ frames: 1, reconnects: 0 });
  await answered.reaches(BURST * PING.length);
});

test('a flood of pings costs the peer its connection: answers do not pile up, and the next attempt waits', async () => {
  const connected = new Counter();
  const url = await rawServer((socket) => {
    if (connected.add() === 1) socket.write(pings(20_000));
  });
  const { feed, time, said } = desk(url);
  feed.start();
  await said(/next attempt/);
  time.advance(seconds(2));
  await connected.reaches(2);
  expect(feed.counters.reconnects).toBe(1);
});
