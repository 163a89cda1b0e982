/** One of the three bots of the wire benchmark, in a process of its own. Says `ready` once it would react to a frame. */
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { constants, createPrivateKey, sign } from 'node:crypto';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { makeMarkets } from './markets.js';
import { startKmm } from './wire-kmm.js';
import { REST_PREFIX, WS_PATH, type BotSetup } from './wire-types.js';

const setup = JSON.parse(process.argv[2] ?? '{}') as BotSetup;
const ca = setup.ca === null ? null : readFileSync(setup.ca, 'utf8');
const ready = (): void => void process.send?.('ready');
const [market] = makeMarkets(1);
const ORDERS = `${REST_PREFIX}/portfolio/events/orders`;

const stream = (): WebSocket =>
  new WebSocket(`${setup.ws}?bot=${setup.kind}`, { perMessageDeflate: false, ...(ca === null ? {} : { ca }) });

const subscribe = (ws: WebSocket): void => {
  const params = { channels: ['orderbook_delta'], market_tickers: [market?.ticker], use_yes_price: true };
  ws.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
};

const orderBody = (price: string): string =>
  JSON.stringify({ ticker: market?.ticker, client_order_id: `x-${Date.now()}`, side: 'bid', count: '10.00', price, post_only: true });

/** A frame in, fixed bytes out: what ws, the kernel and TLS cost. Nothing can be faster that waits for its socket. */
const floor = (): void => {
  const url = new URL(setup.rest);
  const to = { host: url.hostname, port: Number(url.port) };
  const socket = ca === null ? connectPlain(to) : connectTls({ ...to, ca });
  socket.setNoDelay(true);
  socket.on('data', () => undefined);
  const body = orderBody('0.4600');
  const bytes = Buffer.from(`POST ${ORDERS} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const ws = stream();
  let snapshots = 0;
  ws.on('open', () => subscribe(ws));
  ws.on('message', () => {
    if (++snapshots > 2) socket.write(bytes);
    else if (snapshots === 2) ready();
  });
};

interface Message {
  readonly yes_dollars_fp: [string, string][];
  readonly no_dollars_fp: [string, string][];
  readonly side: 'yes' | 'no';
  readonly price_dollars: string;
  readonly delta_fp: string;
}

/** What one writes first: JSON.parse, an object of levels, a signature made at the moment of need, undici's request. */
const usual = (): void => {
  const key = createPrivateKey(readFileSync(setup.key));
  const pool = new Pool(new URL(setup.rest).origin, { connections: 4, ...(ca === null ? {} : { connect: { ca } }) });
  const book: { yes: Record<string, number>; no: Record<string, number> } = { yes: {}, no: {} };
  let last = '';
  const order = (price: string): void => {
    const at = String(Date.now());
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const signature = sign('sha256', Buffer.from(`${at}POST${ORDERS}`), options).toString('base64');
    void pool
      .request({
        method: 'POST',
        path: ORDERS,
        headers: {
          'content-type': 'application/json',
          'KALSHI-ACCESS-KEY': 'usual',
          'KALSHI-ACCESS-TIMESTAMP': at,
          'KALSHI-ACCESS-SIGNATURE': signature,
        },
        body: orderBody(price),
      })
      .then(({ body }) => body.json());
  };
  const ws = stream();
  ws.on('open', () => subscribe(ws));
  ws.on('message', (data) => {
    const { type, msg } = JSON.parse((data as Buffer).toString()) as { type: string; msg: Message };
    if (type === 'orderbook_snapshot') {
      for (const [price, size] of msg.yes_dollars_fp) book.yes[price] = Number(size);
      for (const [price, size] of msg.no_dollars_fp) book.no[price] = Number(size);
      ready();
    }
    if (type !== 'orderbook_delta') return;
    const side = book[msg.side];
    const at = msg.price_dollars;
    side[at] = (side[at] ?? 0) + Number(msg.delta_fp);
    if (side[at] <= 0) delete side[at];
    const bid = Math.max(...Object.keys(book.yes).map(Number));
    const ask = Math.min(...Object.keys(book.no).map(Number));
    const price = ((bid + ask) / 2 - 0.02).toFixed(4);
    if (price === last) return;
    last = price;
    order(price);
  });
};

switch (setup.kind) {
  case 'floor':
    floor();
    break;
  case 'usual':
    usual();
    break;
  case 'kmm':
    await startKmm({ ...setup, ws: setup.ws.endsWith(WS_PATH) ? `${setup.ws}?bot=kmm` : setup.ws }, ca, ready);
    break;
}
process.on('disconnect', () => process.exit(0));
