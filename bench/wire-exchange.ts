/**
 * A stand-in for the exchange, in a process of its own: it stamps a frame on its way out and the first byte of the request on its way in, on one clock. HTTP is
 * read by hand, so that the stamp is taken before anything is parsed.
 */
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { makeMarkets } from './markets.js';
import { REST_PREFIX, WS_PATH, type PairResult, type Volley, type VolleyResult, type WireAddresses, type WireSetup } from './wire-types.js';

const setup = JSON.parse(process.argv[2] ?? '{}') as WireSetup;
const tls = setup.tls === null ? null : { cert: readFileSync(setup.tls.cert), key: readFileSync(setup.tls.key) };
const [market] = makeMarkets(1);
const ticker = market?.ticker ?? '';
const CHANNELS = ['orderbook_delta', 'fill', 'user_orders', 'market_positions', 'order_group_updates', 'trade', 'market_lifecycle_v2'];

interface Request {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, string>;
}

let onRequest: (request: Request) => void = () => undefined;
let connects = 0;
let orders = 0;
/** Remaining sizes by order id. */
const resting = new Map<string, string>();

// ---- REST ----

const serve = (socket: Socket): void => {
  connects++;
  socket.setNoDelay(true);
  let held: Buffer = Buffer.alloc(0);
  let firstByteAt = 0;
  socket.on('data', (chunk: Buffer) => {
    if (held.length === 0) firstByteAt = performance.now();
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let end = lengthOf(held); end > 0 && held.length >= end; end = lengthOf(held)) {
      take(socket, held.subarray(0, end), firstByteAt);
      held = held.subarray(end);
    }
  });
  socket.on('error', () => socket.destroy());
};

/** Bytes of the first request, or 0 while its head is not complete. */
const lengthOf = (bytes: Buffer): number => {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const match = /content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, head));
  return head + 4 + Number(match?.[1] ?? 0);
};

const take = (socket: Socket, bytes: Buffer, at: number): void => {
  const text = bytes.toString('latin1');
  const [method = '', path = ''] = text.split(' ', 2);
  const bodyText = text.slice(text.indexOf('\r\n\r\n') + 4);
  const body = (bodyText === '' ? {} : JSON.parse(bodyText)) as Record<string, string>;
  if (method !== 'GET') onRequest({ at, method, path, body });
  const answer = JSON.stringify(answerTo(method, path, body));
  const bytesOut = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`;
  if (setup.answerMs === 0) socket.write(bytesOut);
  else setTimeout(() => socket.write(bytesOut), setup.answerMs);
};

const answerTo = (method: string, path: string, body: Record<string, string>): object => {
  if (method === 'GET') return {};
  const id = path.split('?')[0]?.split('/')[6] ?? '';
  if (method === 'DELETE') return { order_id: id, reduced_by: resting.get(id) ?? '0.00', ts_ms: Date.now() };
  if (id !== '') {
    resting.set(id, body['count'] ?? body['reduce_to'] ?? '0.00');
    return { order_id: id, remaining_count: resting.get(id), fill_count: '0.00', ts_ms: Date.now() };
  }
  const made = `00000000-0000-4000-8000-${String(++orders).padStart(12, '0')}`;
  const count = body['count'] ?? '0.00';
  resting.set(made, count);
  return { order_id: made, client_order_id: body['client_order_id'], fill_count: '0.00', remaining_count: count, ts_ms: Date.now() };
};

// ---- stream ----

interface Subscriber {
  readonly ws: WebSocket;
  seq: number;
  askThere: boolean;
}
const subscribers = new Map<string, Subscriber>();

/** Bid 40, ask 60, and an ask at 52 that comes and goes: the mid moves by four cents, and with it both quotes. */
const TOGGLED = '0.5200';
const SIZE = '50.00';

const snapshot = (seq: number): string =>
  JSON.stringify({
    type: 'orderbook_snapshot',
    sid: 1,
    seq,
    msg: {
      market_ticker: ticker,
      market_id: 'm',
      yes_dollars_fp: [['0.4000', '500.00']],
      no_dollars_fp: [
        [TOGGLED, SIZE],
        ['0.6000', '500.00'],
      ],
    },
  });

const deltaOf = (subscriber: Subscriber): string => {
  subscriber.askThere = !subscriber.askThere;
  const change = subscriber.askThere ? SIZE : `-${SIZE}`;
  return `{"type":"orderbook_delta","sid":1,"seq":${++subscriber.seq},"msg":{"market_ticker":"${ticker}","market_id":"m","price_dollars":"${TOGGLED}","delta_fp":"${change}","side":"no","ts":"2026-11-21T12:00:00.000000Z","ts_ms":${Date.now()}}}`;
};

const accept = (ws: WebSocket, name: string): void => {
  const subscriber: Subscriber = { ws, seq: 0, askThere: true };
  subscribers.set(name, subscriber);
  ws.on('message', (data) => {
    const command = JSON.parse((data as Buffer).toString()) as { id: number; cmd: string; params: { channels?: string[] } };
    const channel = command.params.channels?.[0] ?? '';
    if (command.cmd === 'subscribe')
      ws.send(JSON.stringify({ type: 'subscribed', id: command.id, msg: { channel, sid: CHANNELS.indexOf(channel) + 1 } }));
    if (channel === 'orderbook_delta') ws.send(snapshot(++subscriber.seq));
  });
};

// ---- what the parent asks for ----

const kindOf = ({ method, path }: Request): string => {
  if (method === 'DELETE') return path.includes('/batched') ? 'cancel batch' : 'cancel';
  return path.includes('/amend') ? 'amend' : path.includes('/decrease') ? 'decrease' : 'place';
};

const volley = async ({ bot, count, everyMs }: Volley): Promise<VolleyResult> => {
  const subscriber = subscribers.get(bot) as Subscriber;
  const first: number[] = [];
  const place: number[] = [];
  const kinds: Record<string, number> = {};
  const connectsBefore = connects;
  let sentAt = 0;
  let [open, openPlace] = [false, false];
  onRequest = (request) => {
    const kind = kindOf(request);
    const us = (request.at - sentAt) * 1000;
    if (open) {
      open = false;
      first.push(us);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    if (kind === 'place' && openPlace) {
      openPlace = false;
      place.push(us);
    }
  };
  let silent = 0;
  for (let i = 0; i < count; i++) {
    const frame = Buffer.from(deltaOf(subscriber));
    [open, openPlace] = [true, true];
    sentAt = performance.now();
    subscriber.ws.send(frame, { binary: false });
    await sleep(everyMs);
    if (open) silent++;
  }
  [open, openPlace] = [false, false];
  return { first, place, silent, kinds, connects: connects - connectsBefore };
};

/** Watches requests by twos until the parent asks for the result. */
const pairs: { gaps: number[]; last: number | null; connects: number } = { gaps: [], last: null, connects: 0 };
const watchPairs = (): void => {
  pairs.gaps = [];
  pairs.last = null;
  pairs.connects = connects;
  onRequest = ({ at }) => {
    if (pairs.last === null) pairs.last = at;
    else {
      pairs.gaps.push((at - pairs.last) * 1000);
      pairs.last = null;
    }
  };
};

type Order = { readonly type: 'volley'; readonly volley: Volley } | { readonly type: 'watch-pairs' } | { readonly type: 'pairs' };

process.on('message', (order: Order) => {
  switch (order.type) {
    case 'volley':
      void volley(order.volley).then((result) => process.send?.(result));
      break;
    case 'watch-pairs':
      watchPairs();
      process.send?.('watching');
      break;
    case 'pairs':
      process.send?.({ gapsUs: pairs.gaps, connects: connects - pairs.connects } satisfies PairResult);
      break;
  }
});
process.on('disconnect', () => process.exit(0));

const portOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

const rest = tls === null ? createServer(serve) : createTlsServer(tls, serve);
const streams = tls === null ? createHttpServer() : createHttpsServer(tls);
const server = new WebSocketServer({ server: streams, perMessageDeflate: false });
server.on('connection', (ws, request) => {
  request.socket.setNoDelay(true);
  accept(ws, new URL(request.url ?? '/', 'http://x').searchParams.get('bot') ?? '');
});
const [restPort, wsPort] = await Promise.all([portOf(rest), portOf(streams)]);
const s = tls === null ? '' : 's';
process.send?.({
  rest: `http${s}://127.0.0.1:${restPort}${REST_PREFIX}`,
  ws: `ws${s}://127.0.0.1:${wsPort}${WS_PATH}`,
} satisfies WireAddresses);
