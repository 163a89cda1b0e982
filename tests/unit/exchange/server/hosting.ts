/** Starts exchanges for tests: quick keys, no latency, no crowd, a clock that stands still until it is moved. */
import { afterAll } from 'vitest';
import { epochUs, later, seconds, type EpochUs } from '../../../../src/domain/units.js';
import { NO_LATENCY } from '../../../../src/exchange/server/latency.js';
import type { ExchangeServerOptions } from '../../../../src/exchange/server/options.js';
import { startExchangeServer, type RunningExchange } from '../../../../src/exchange/server/server.js';
import { Client } from './client.js';

/** A Saturday, far from the weekly pause: 2026-11-21 12:00:00 UTC. */
export const NOON: EpochUs = epochUs(1_795_262_400_000_000);

/** Time of the exchange under test; signatures are judged by the system's clock. */
export class TestClock {
  #now = NOON;
  now(): EpochUs {
    return this.#now;
  }
  wall(): EpochUs {
    return epochUs(Date.now() * 1000);
  }
  pass(s: number): void {
    this.#now = later(this.#now, seconds(s));
  }
}

export interface Hosted {
  readonly exchange: RunningExchange;
  readonly clock: TestClock;
  readonly faults: unknown[];
  /** One client per key, in order. */
  readonly clients: readonly [Client, ...Client[]];
  /** The client of a key. Throws where there is none. */
  client(index: number): Client;
  /** Tickers of the listed markets, in order. */
  readonly tickers: readonly [string, string, ...string[]];
  readonly anonymous: Client;
}

const running: RunningExchange[] = [];
afterAll(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

export const host = async (options: ExchangeServerOptions = {}): Promise<Hosted> => {
  const clock = new TestClock();
  const faults: unknown[] = [];
  const exchange = await startExchangeServer({
    keyType: 'ed25519',
    latency: NO_LATENCY,
    clock,
    onFault: (error) => faults.push(error),
    tier: 'prestige',
    ...options,
    core: { crowd: null, ...options.core },
  });
  running.push(exchange);
  const [first, ...rest] = exchange.keys.map((key) => new Client(exchange, key));
  if (first === undefined) throw new Error('the exchange under test has no key');
  const clients = [first, ...rest] as const;
  const client = (index: number): Client => {
    const found = clients[index];
    if (found === undefined) throw new Error(`no key ${index}`);
    return found;
  };
  const [a, b, ...others] = exchange.exchange.markets().map((market) => market.ticker as string);
  if (a === undefined || b === undefined) throw new Error('the exchange under test lists fewer than two markets');
  return { exchange, clock, faults, clients, client, tickers: [a, b, ...others], anonymous: new Client(exchange, null) };
};
