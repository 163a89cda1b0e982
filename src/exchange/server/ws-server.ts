/** Websocket connections: the signed upgrade, heartbeats, frames in order and in time, and a bound on what a slow reader may leave unread. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { ExchangeEvent } from '../core/types.js';
import type { AccountId } from '../core/words.js';
import type { KeyRing } from './auth.js';
import { bytesOf, signedHeaders, targetOf } from './http-server.js';
import { noSuchPath, refusal, type Reply } from './replies.js';
import type { Transit } from './transit.js';
import { WsSession, type SessionLimits, type SessionWorld } from './ws-session.js';

export const WS_PATH = '/trade-api/ws/v2';

const FRAME_BYTES_MAX = 65_536;
const HEARTBEAT = 'heartbeat';
const SAME_MOMENT_MS = 1;

export interface WsHost {
  readonly keys: KeyRing<AccountId>;
  readonly world: SessionWorld;
  readonly transit: Transit;
  /** Brings the exchange to the present, so that a command meets the book of now. */
  present(): void;
  wallMs(): number;
  fault(error: unknown): void;
}

export interface WsSettings {
  readonly heartbeatMs: number;
  /** Bytes a connection may leave unread before its busiest subscription is ended with error 25. */
  readonly unreadBytesMax: number;
  /** Connections of one account. */
  readonly connectionsMax: number;
  readonly limits: SessionLimits;
}

const refuse = (socket: Duplex, reply: Reply): void => {
  const { body, contentType } = bytesOf(reply);
  const head = [
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`,
    `content-type: ${contentType}`,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body.toString('utf8')}`);
};

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');

/** One connection: its session, and the frames that are still on their way. */
class Connection {
  readonly session: WsSession;
  readonly #underway: { readonly at: number; readonly frame: string }[] = [];
  #underwayBytes = 0;
  #lastAt = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #delay = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly socket: WebSocket,
    readonly account: AccountId,
    subaccount: number | null,
    private readonly host: WsHost,
    private readonly settings: WsSettings,
  ) {
    this.session = new WsSession({ account, subaccount }, host.world, settings.limits, (frame, kind) => this.#send(frame, kind));
  }

  #send(frame: string, kind: 'data' | 'control'): boolean {
    if (kind === 'data' && this.#underwayBytes + this.socket.bufferedAmount > this.settings.unreadBytesMax) return false;
    const now = performance.now();
    const delay = this.#delayAt(now);
    if (delay <= 0 && this.#underway.length === 0) {
      this.socket.send(frame);
      return true;
    }
    // A frame never overtakes an earlier one of its connection.
    this.#lastAt = Math.max(this.#lastAt, now + delay);
    this.#underway.push({ at: this.#lastAt, frame });
    this.#underwayBytes += frame.length;
    this.#timer ??= setTimeout(() => this.#arrive(), delay);
    return true;
  }

  /** Frames of one moment travel together; were each to draw its own delay, a burst would be as late as its slowest frame. */
  #delayAt(now: number): number {
    if (now - this.#drawnAt >= SAME_MOMENT_MS) {
      this.#drawnAt = now;
      this.#delay = this.host.transit.frame();
    }
    return this.#delay;
  }

  #arrive(): void {
    this.#timer = null;
    const now = performance.now();
    for (let next = this.#underway[0]; next !== undefined && next.at <= now; next = this.#underway[0]) {
      this.#underway.shift();
      this.#underwayBytes -= next.frame.length;
      this.socket.send(next.frame);
    }
    const next = this.#underway[0];
    if (next !== undefined) this.#timer = setTimeout(() => this.#arrive(), Math.max(0, next.at - now));
  }

  drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#underway.length = 0;
  }
}

export class WsHub {
  readonly #connections = new Set<Connection>();
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX, perMessageDeflate: false });
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    private readonly host: WsHost,
    private readonly settings: WsSettings,
  ) {
    this.#heartbeat = setInterval(() => this.#ping(), settings.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Answers an HTTP upgrade: 101 for a signed request, else the same refusals as over REST. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { path } = targetOf(request.url ?? '');
    if (path !== WS_PATH) return refuse(socket, noSuchPath);
    const verdict = this.host.keys.check({ headers: signedHeaders(request), method: 'GET', path, nowMs: this.host.wallMs() });
    if (!verdict.ok) return refuse(socket, verdict.reply);
    const { account, subaccount } = verdict.key;
    const open = [...this.#connections].filter((connection) => connection.account === account).length;
    if (open >= this.settings.connectionsMax) return refuse(socket, refusal(429, 'too_many_connections'));
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#welcome(webSocket, account, subaccount));
  }

  #welcome(socket: WebSocket, account: AccountId, subaccount: number | null): void {
    const connection = new Connection(socket, account, subaccount, this.host, this.settings);
    this.#connections.add(connection);
    socket.on('message', (data: RawData) => {
      try {
        this.host.present();
        connection.session.receive(textOf(data), this.host.wallMs());
      } catch (error) {
        this.host.fault(error);
      }
    });
    socket.on('close', () => {
      connection.drop();
      this.#connections.delete(connection);
    });
    // A broken frame ends its connection; the library has already sent the close.
    socket.on('error', () => socket.terminate());
  }

  publish(event: ExchangeEvent): void {
    const nowMs = this.host.wallMs();
    for (const connection of this.#connections) connection.session.publish(event, nowMs);
  }

  #ping(): void {
    for (const { socket } of this.#connections) if (socket.readyState === socket.OPEN) socket.ping(HEARTBEAT);
  }

  /** Cuts every connection without a word, as an outage does. */
  cutAll(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.cutAll();
    this.#server.close();
  }
}
