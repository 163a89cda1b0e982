/** A TCP proxy that misbehaves on demand. It knows nothing of the protocols but where an order's request begins, so that it can lose the answer. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../src/domain/ports.js';
import { OneWay, PLAIN, type Felt, type WayRules } from './one-way.js';

export interface ProxyCounters {
  connections: number;
  refused: number;
  resets: number;
  swallowed: number;
  cut: number;
  pieces: number;
  delayed: number;
  answersDropped: number;
}

export class ChaosProxy {
  /** From the client to the exchange. */
  up: WayRules = PLAIN;
  /** From the exchange to the client. */
  down: WayRules = PLAIN;
  /** Share of writes (POST, DELETE) whose answers are lost, once the exchange has given them. */
  dropAnswers = 0;
  readonly counters: ProxyCounters = {
    connections: 0,
    refused: 0,
    resets: 0,
    swallowed: 0,
    cut: 0,
    pieces: 0,
    delayed: 0,
    answersDropped: 0,
  };
  readonly #pairs = new Set<{ readonly reset: () => void; readonly forget: () => void }>();
  #server: Server | null = null;
  #port = 0;

  constructor(
    private readonly target: { readonly host: string; readonly port: number },
    private readonly chance: Chance,
  ) {}

  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    if (this.#server !== null) return;
    for (let tries = 0; ; tries++) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
      try {
        server.listen(this.#port, '127.0.0.1');
        await once(server, 'listening');
        this.#server = server;
        this.#port = (server.address() as AddressInfo).port;
        return;
      } catch (error) {
        // Somebody else's connection left from our port while we were away: it comes back soon.
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries > 100) throw error;
        await pause(50);
      }
    }
  }

  /** Nobody listens any more: connections are refused. Those that are open stay. */
  refuse(): void {
    this.counters.refused++;
    this.#server?.close();
    this.#server = null;
  }

  /** Everything open is reset (RST), both ways. */
  resetAll(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  /** The exchange's ends are closed; the client is not told, what it writes is taken and nothing returns. */
  halfOpen(): void {
    this.up = { ...this.up, swallow: true };
    this.down = { ...this.down, swallow: true };
    for (const pair of this.#pairs) pair.forget();
  }

  /** A plain proxy again; connections that a fault has left deaf are reset. */
  async heal(): Promise<void> {
    const deaf = this.up.swallow || this.down.swallow;
    this.up = PLAIN;
    this.down = PLAIN;
    this.dropAnswers = 0;
    if (deaf) this.resetAll();
    await this.open();
  }

  async close(): Promise<void> {
    this.#server?.close();
    this.#server = null;
    this.resetAll();
    await pause(0);
  }

  #join(client: Socket): void {
    this.counters.connections++;
    const exchange = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    let answerLost = false;
    let over = false;
    const reset = (): void => {
      if (over) return;
      this.counters.resets++;
      finish();
    };
    const finish = (): void => {
      over = true;
      this.#pairs.delete(pair);
      ways.forEach((way) => way.stop());
      client.resetAndDestroy();
      exchange.resetAndDestroy();
    };
    const count = (what: Felt): void => void this.counters[what]++;
    const ways = [
      new OneWay({
        from: client,
        to: exchange,
        rules: () => this.up,
        chance: this.chance,
        reset,
        count,
        watch: (bytes) => {
          if (isWrite(bytes) && this.chance.next() < this.dropAnswers) answerLost = true;
          return false;
        },
      }),
      new OneWay({
        from: exchange,
        to: client,
        rules: () => this.down,
        chance: this.chance,
        reset,
        count,
        watch: () => {
          if (!answerLost) return false;
          this.counters.answersDropped++;
          reset();
          return true;
        },
      }),
    ];
    const pair = { reset, forget: () => void exchange.destroy() };
    this.#pairs.add(pair);
    for (const socket of [client, exchange]) {
      socket.on('error', () => {
        if (!over && !this.down.swallow) finish();
      });
      socket.on('close', () => {
        if (!over && (client.destroyed || !this.down.swallow)) finish();
      });
    }
  }
}

const isWrite = (bytes: Buffer): boolean => {
  const start = bytes.toString('latin1', 0, 7);
  return start.startsWith('POST ') || start.startsWith('DELETE ');
};
