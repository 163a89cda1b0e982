/** A stand-in for the exchange's stream, in a process of its own: subscriptions are confirmed, snapshots follow, and at each word from the parent all frames. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { BOOK_SID, Flow } from './flow.js';
import { makeMarkets } from './markets.js';

const [markets, frames] = process.argv.slice(2).map(Number) as [number, number];
const flow = new Flow({ markets: makeMarkets(markets), frames, topShare: 0 });
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

const confirm = (ws: WebSocket, text: string): void => {
  const { id, cmd } = JSON.parse(text) as { readonly id: number; readonly cmd: string };
  if (cmd !== 'subscribe') return;
  ws.send(JSON.stringify({ type: 'subscribed', id, msg: { channel: 'orderbook_delta', sid: BOOK_SID } }));
  for (const snapshot of flow.snapshots) ws.send(snapshot, { binary: false });
};

server.on('connection', (ws) => ws.on('message', (data) => confirm(ws, (data as Buffer).toString())));
server.on('listening', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  for (const ws of server.clients) for (const frame of flow.frames) ws.send(frame, { binary: false });
});
process.on('disconnect', () => process.exit(0));
