/** The market feed of one account: joins the session to its socket, its clock and the engine's door. Carries out, decides nothing. */
import type { TradingError } from '../domain/errors.js';
import type { MarketIndex } from '../domain/ids.js';
import type { Clock, Feed, Offer, Timer, Timers } from '../domain/ports.js';
import { millis, monoNs, UNKNOWN_TIME, type DurationUs, type EpochUs, type MonoNs } from '../domain/units.js';
import type { SessionAction, SessionCounters, SessionEvent } from './session-types.js';
import { Session, type SessionOptions } from './session.js';
import { checkUrl, type OpenSocket, type Socket, type SocketOptions } from './socket-port.js';
import { openSocket } from './socket.js';

export type HandshakeHeaders = () => Promise<Record<string, string>> | Record<string, string>;

export interface WebSocketFeedOptions extends Omit<SessionOptions, 'offer'> {
  readonly url: string;
  /** Signed headers, asked for before every handshake. */
  readonly headers: HandshakeHeaders;
  readonly ca?: string;
  readonly offer: Offer;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How often the session is told that time passes; by default 100 ms. */
  readonly tickEvery?: DurationUs;
  /** How connections are opened; by default over the network. */
  readonly openSocket?: OpenSocket;
  /** Lines for people. */
  readonly onReport: (report: Extract<SessionAction, { type: 'report' }>) => void;
  /** The exchange refused the credentials. The feed tries again, slowly, until `stop`. */
  readonly onRefused: (error: TradingError) => void;
  /** Sees every frame before it is understood, with its receive time; for recordings. The bytes are valid during the call only. */
  readonly onFrame?: (bytes: Uint8Array, at: EpochUs) => void;
}

const TICK = millis(100);

export class WebSocketFeed implements Feed {
  readonly #session: Session;
  /** Refilled for every frame: the session only reads it during the step. */
  readonly #frame: { type: 'frame'; at: EpochUs; bytes: Uint8Array } = { type: 'frame', at: UNKNOWN_TIME, bytes: new Uint8Array(0) };
  readonly #endBatch = (): void => {
    this.#batchOpen = false;
    this.#step({ type: 'read-end', at: this.#options.clock.now() });
  };
  #socket: Socket | null = null;
  #ticking: Timer | null = null;
  /** Counts connections: what a former one still has to say is not heard. */
  #connection = 0;
  #batchOpen = false;
  #receivedNs: MonoNs = monoNs(0);
  readonly #options: WebSocketFeedOptions;

  /** @throws UnsafeUrlError */
  constructor(options: WebSocketFeedOptions) {
    checkUrl(options.url);
    this.#options = options;
    this.#session = new Session(options);
  }

  get counters(): Readonly<SessionCounters> {
    return this.#session.counters;
  }

  get up(): boolean {
    return this.#session.up;
  }

  /** When the first frame of the present batch was received: the start of every latency. */
  get receivedNs(): MonoNs {
    return this.#receivedNs;
  }

  start(): void {
    this.#ticking ??= this.#options.timers.every(this.#options.tickEvery ?? TICK, () => this.#tell('tick'));
    this.#tell('start');
  }

  /** Drops the connection; no fact follows the `feed-down` told here. */
  stop(): void {
    this.#ticking?.cancel();
    this.#ticking = null;
    this.#tell('stop');
  }

  requestSnapshot(market: MarketIndex): void {
    this.#step({ type: 'request-snapshot', at: this.#options.clock.now(), market });
  }

  addMarkets(markets: readonly MarketIndex[]): void {
    this.#step({ type: 'add-markets', at: this.#options.clock.now(), markets });
  }

  removeMarkets(markets: readonly MarketIndex[]): void {
    this.#step({ type: 'remove-markets', at: this.#options.clock.now(), markets });
  }

  #tell(type: 'start' | 'stop' | 'tick' | 'opened' | 'heard'): void {
    this.#step({ type, at: this.#options.clock.now() });
  }

  #step(event: SessionEvent): void {
    const actions = this.#session.step(event);
    for (let i = 0; i < actions.length; i++) this.#carryOut(actions[i] as SessionAction);
  }

  #carryOut(action: SessionAction): void {
    switch (action.type) {
      case 'connect':
        this.#connect();
        return;
      case 'send':
        this.#socket?.send(action.text);
        return;
      case 'ping':
        this.#socket?.ping();
        return;
      case 'disconnect':
        this.#disconnect();
        return;
      case 'report':
        this.#options.onReport(action);
        return;
      case 'failed':
        this.#options.onRefused(action.error);
        return;
    }
  }

  #disconnect(): void {
    this.#connection++;
    this.#socket?.close();
    this.#socket = null;
  }

  /** Headers may take a moment to sign; a connection that was given up meanwhile is not opened. */
  #connect(): void {
    this.#disconnect();
    const connection = this.#connection;
    let headers: ReturnType<HandshakeHeaders>;
    try {
      headers = this.#options.headers();
    } catch (error) {
      this.#options.timers.soon(() => this.#lost(connection, error));
      return;
    }
    if (!(headers instanceof Promise)) {
      this.#open(connection, headers);
      return;
    }
    headers.then(
      (ready) => this.#open(connection, ready),
      (error: unknown) => this.#lost(connection, error),
    );
  }

  #lost(connection: number, error: unknown): void {
    if (connection !== this.#connection) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#step({ type: 'lost', at: this.#options.clock.now(), reason });
  }

  #open(connection: number, headers: Record<string, string>): void {
    if (connection !== this.#connection) return;
    const { url, settings, ca, clock } = this.#options;
    const options: SocketOptions = {
      url,
      headers,
      connectWithin: settings.connectWithin,
      frameBytesMax: settings.frameBytesMax,
      ...(ca === undefined ? {} : { ca }),
    };
    this.#socket = (this.#options.openSocket ?? openSocket)(options, {
      opened: () => this.#tell('opened'),
      frame: (bytes) => this.#receive(bytes),
      heard: () => this.#tell('heard'),
      lost: (reason) => this.#step({ type: 'lost', at: clock.now(), reason }),
      refused: (error) => this.#step({ type: 'refused', at: clock.now(), error }),
    });
  }

  /** All frames of one socket read arrive in one synchronous run; what the first asks for soon follows the last. */
  #receive(bytes: Uint8Array): void {
    const { clock, timers, onFrame } = this.#options;
    const frame = this.#frame;
    frame.at = clock.now();
    frame.bytes = bytes;
    if (!this.#batchOpen) {
      this.#batchOpen = true;
      this.#receivedNs = clock.monoNs();
      timers.soon(this.#endBatch);
    }
    onFrame?.(bytes, frame.at);
    this.#step(frame);
  }
}
