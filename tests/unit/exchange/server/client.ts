/** A small client of the exchange for tests: signs on its own, speaks REST and websocket, and keeps every frame it hears. */
import { constants, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import type { RunningExchange } from '../../../../src/exchange/server/server.js';

export interface Answer {
  readonly status: number;
  // Bodies are read field by field in assertions.
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

export interface Key {
  readonly keyId: string;
  readonly privateKeyPath: string;
}

export const signature = (key: Key, text: string): string => {
  const privateKey = createPrivateKey(readFileSync(key.privateKeyPath));
  const data = Buffer.from(text);
  if (privateKey.asymmetricKeyType === 'ed25519') return sign(null, data, privateKey).toString('base64');
  return sign('sha256', data, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }).toString('base64');
};

export const headersFor = (key: Key, method: string, path: string, at = Date.now()): Record<string, string> => ({
  'KALSHI-ACCESS-KEY': key.keyId,
  'KALSHI-ACCESS-TIMESTAMP': String(at),
  'KALSHI-ACCESS-SIGNATURE': signature(key, `${at}${method}${path}`),
});

export class Client {
  constructor(
    readonly exchange: Pick<RunningExchange, 'rest' | 'ws'>,
    readonly key: Key | null,
  ) {}

  /** @param path below `/trade-api/v2`, with query */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const signed = this.key === null ? {} : headersFor(this.key, method, `/trade-api/v2${path.split('?')[0]}`);
    return this.raw(method, path, { ...signed, ...(text === null ? {} : { 'content-type': 'application/json' }) }, text);
  }

  async raw(method: string, path: string, headers: Record<string, string>, body: string | null = null): Promise<Answer> {
    const response = await fetch(this.exchange.rest + path, { method, headers, redirect: 'manual', ...(body === null ? {} : { body }) });
    const text = await response.text();
    let parsed: Record<string, unknown> = {};
    if (text.startsWith('{')) parsed = JSON.parse(text) as Record<string, unknown>;
    return { status: response.status, body: parsed, text, headers: response.headers };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  order(changes: Record<string, unknown>): Promise<Answer> {
    return this.call('POST', '/portfolio/events/orders', {
      side: 'bid',
      count: '10.00',
      price: '0.4000',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'taker_at_cross',
      ...changes,
    });
  }

  async stream(): Promise<Stream> {
    const key = this.key;
    const socket = new WebSocket(this.exchange.ws, key === null ? {} : { headers: headersFor(key, 'GET', '/trade-api/ws/v2') });
    const stream = new Stream(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return stream;
  }
}

export interface Frame {
  readonly type: string;
  readonly id?: number;
  readonly sid?: number;
  readonly seq?: number;
  readonly msg?: Record<string, unknown>;
}

/** One websocket connection; `until` waits for what the test expects and nothing else. */
export class Stream {
  readonly frames: Frame[] = [];
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString('utf8')) as Frame);
      for (const wake of this.#waiting) wake();
    });
  }

  command(cmd: string, params?: Record<string, unknown>): number {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, cmd, ...(params === undefined ? {} : { params }) }));
    return id;
  }

  async until<T>(found: (frames: readonly Frame[]) => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const result = found(this.frames);
        if (result === undefined || result === false) return;
        this.#waiting.delete(look);
        resolve(result);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The answer to a command. */
  async reply(id: number): Promise<Frame> {
    return this.until((frames) => frames.find((frame) => frame.id === id));
  }

  ofType(type: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  close(): void {
    this.socket.terminate();
  }
}
