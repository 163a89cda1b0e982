/** The REST client. It signs, sends and classifies; it never repeats a request by itself. */
import type { Dispatcher } from 'undici';
import type { Clock, Timer, Timers } from '../domain/ports.js';
import type { Environment } from '../domain/settings.js';
import { fromEpochMs, millis, seconds, type DurationUs, type MonoNs } from '../domain/units.js';
import { checkedUrl } from './hosts.js';
import { connectHttp, type ConnectHttp, type HttpConnection } from './http-connection.js';
import { Lanes, type LaneName, type LaneSizes } from './rest-lanes.js';
import { notSent, type RestResult } from './rest-result.js';
import { Ride } from './rest-ride.js';
import type { HttpMethod, Signer } from './sign.js';

export interface RestSettings {
  readonly connections: LaneSizes;
  readonly connectTimeout: DurationUs;
  /** From asking until the whole answer is here; afterwards the outcome of a write is unknown. */
  readonly writeTimeout: DurationUs;
  readonly readTimeout: DurationUs;
  /** An order or amend that finds no free connection for this long is not sent: it was decided on a book that has moved on. */
  readonly orderWaitMax: DurationUs;
  /** Idle connections for orders and cancels are used this often so that they stay warm; 0 turns it off. */
  readonly keepWarmEvery: DurationUs;
  /** Largest answer in bytes. */
  readonly bodyMax: number;
  /** Requests that may wait for a connection, per lane. */
  readonly queueMax: number;
}

export const DEFAULT_REST: RestSettings = {
  // Two hundred single cancels travel as ten batches, one on each connection of orders and cancels.
  connections: { sweep: 2, cancel: 6, order: 4, read: 2 },
  connectTimeout: seconds(3),
  writeTimeout: seconds(3),
  readTimeout: seconds(10),
  orderWaitMax: millis(500),
  keepWarmEvery: seconds(20),
  bodyMax: 4 * 1024 * 1024,
  queueMax: 1000,
};

export interface RestParts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** null: market data only. */
  readonly signer: Signer | null;
  readonly settings?: RestSettings;
  /** How connections are made; by default over the network. */
  readonly connect?: ConnectHttp;
  /** Certificate authority to trust in addition, in PEM: for a `custom` host with a certificate of its own. */
  readonly ca?: string;
}

export interface RestRequest {
  readonly method: HttpMethod;
  /** Below the base path, with ids already escaped. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string | number])[];
  readonly body?: unknown;
  readonly lane: LaneName;
  /** It adds risk: refused at the last moment once orders are stopped. */
  readonly opens?: boolean;
}

/** Counts of what happened, for people. */
export interface RestCounters {
  sent: number;
  refused: number;
  unknown: number;
  rateLimited: number;
}

const KEEP_WARM: RestRequest = { method: 'GET', path: '/exchange/status', lane: 'order' };

export class RestClient {
  readonly counters: RestCounters = { sent: 0, refused: 0, unknown: 0, rateLimited: 0 };
  readonly #url: URL;
  readonly #basePath: string;
  readonly #lanes: Lanes;
  readonly #parts: RestParts;
  readonly #settings: RestSettings;
  #warmth: Timer | null = null;
  #closed = false;
  #stopped: string | null = null;
  #clockOffset: DurationUs | null = null;

  /** @throws HostRefusedError where this environment may not talk to the address */
  constructor(baseUrl: string, environment: Environment, parts: RestParts) {
    this.#url = checkedUrl(baseUrl, environment);
    this.#basePath = this.#url.pathname.replace(/\/$/, '');
    this.#parts = parts;
    this.#settings = parts.settings ?? DEFAULT_REST;
    const { connect = connectHttp, ca } = parts;
    const { connectTimeout } = this.#settings;
    const options = { origin: this.#url.origin, connectTimeout, ...(ca === undefined ? {} : { ca }) };
    this.#lanes = new Lanes(this.#settings.connections, this.#settings.queueMax, () => connect(options));
  }

  /** How far the exchange's clock is ahead of ours, by the last answer, to about a second; null before the first answer. */
  get clockOffset(): DurationUs | null {
    return this.#clockOffset;
  }

  /** Opens connections for orders and cancels and keeps them warm, so that no order waits for a handshake. */
  start(): void {
    if (this.#settings.keepWarmEvery <= 0 || this.#warmth !== null) return;
    this.#warm();
    this.#warmth = this.#parts.timers.every(this.#settings.keepWarmEvery, () => this.#warm());
  }

  /** From now on nothing that adds risk is written to a socket, not even what has been waiting for a connection. There is no way back. */
  stopOrders(reason: string): void {
    this.#stopped ??= reason;
  }

  /** Ends all connections. Requests under way end as unknown. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#warmth?.cancel();
    await Promise.all(this.#lanes.clients.map((client) => client.destroy()));
  }

  /** Sends one request, now, if a connection is free. The promise never rejects. */
  request(request: RestRequest): Promise<RestResult> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve(notSent('the connection to the exchange has been closed'));
      const limit = request.lane === 'read' ? this.#settings.readTimeout : this.#settings.writeTimeout;
      const { orderWaitMax } = this.#settings;
      const ride = this.#ride(request, 'signed', limit, (result) => {
        patience?.cancel();
        resolve(this.#noted(result));
      });
      const patience = request.lane === 'order' ? this.#parts.timers.after(orderWaitMax, () => ride.giveUpWaiting(orderWaitMax)) : null;
      this.#lanes.enter(request.lane, ride);
    });
  }

  #ride(request: RestRequest, auth: 'signed' | 'unsigned', limit: DurationUs, done: (result: RestResult) => void): Ride {
    const since = this.#parts.clock.monoNs();
    return new Ride({
      done,
      bodyMax: this.#settings.bodyMax,
      onDate: (date) => this.#learnOffset(date),
      objection: () => (request.opens === true ? (this.#stopped ?? this.#lateness(since)) : null),
      dispatch: (connection, handler) => this.#dispatch(request, auth, connection, handler),
      deadline: (expire) => this.#parts.timers.after(limit, () => expire(limit)),
    });
  }

  /** A process that stood still may find its connection open before it finds its timers due. */
  #lateness(since: MonoNs): string | null {
    const waited = (this.#parts.clock.monoNs() - since) / 1000;
    const { orderWaitMax } = this.#settings;
    return waited <= orderWaitMax ? null : `${Math.round(waited / 1000)} ms after it was decided, later than ${orderWaitMax / 1000} ms`;
  }

  #dispatch(request: RestRequest, auth: 'signed' | 'unsigned', connection: HttpConnection, handler: Dispatcher.DispatchHandler): void {
    const path = this.#basePath + request.path;
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'kmm' };
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    if (body !== null) headers['content-type'] = 'application/json';
    if (auth === 'signed' && this.#parts.signer !== null) Object.assign(headers, this.#parts.signer.headers(request.method, path));
    this.counters.sent++;
    connection.dispatch(
      { origin: this.#url.origin, method: request.method, path: path + queryText(request.query), headers, body },
      handler,
    );
  }

  #noted(result: RestResult): RestResult {
    if (result.kind === 'refused') this.counters.refused++;
    if (result.kind === 'unknown') this.counters.unknown++;
    if (result.kind === 'refused' && result.status === 429) this.counters.rateLimited++;
    if (result.kind === 'refused' && result.status === 401) this.#parts.signer?.refused();
    return result;
  }

  /** Cheap and unsigned, so it draws no tokens of the account. What it answers does not matter. */
  #warm(): void {
    this.#lanes.boardIdle(['sweep', 'cancel', 'order'], () =>
      this.#ride(KEEP_WARM, 'unsigned', this.#settings.connectTimeout, () => undefined),
    );
  }

  #learnOffset(date: string): void {
    const theirs = Date.parse(date);
    if (Number.isFinite(theirs)) this.#clockOffset = (fromEpochMs(theirs) + millis(500) - this.#parts.clock.wall()) as DurationUs;
  }
}

const queryText = (query: RestRequest['query']): string => {
  if (query === undefined || query.length === 0) return '';
  return `?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
};
