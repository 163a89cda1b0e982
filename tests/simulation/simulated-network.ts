/**
 * The network between the bot's processes and the exchange, in virtual time: HTTP connections that carry one request at a time, websocket connections that keep
 * the order of their frames. Two roads, REST and stream, each with a condition of its own.
 */
import type { Dispatcher } from 'undici';

import type { ConnectHttp, HttpConnection } from '../../src/connector/http-connection.js';
import type { OpenSocket } from '../../src/connector/socket-port.js';
import { durationUs, seconds, type DurationUs } from '../../src/domain/units.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import type { Condition } from './condition.js';
import type { ExchangeFront } from './exchange-front.js';
import { drawFate, inPart, type Fate, type WireRequest } from './fates.js';
import type { Misfortune } from './misfortune.js';
import type { SimulatedProcess } from './simulated-process.js';
import { SimulatedStream } from './simulated-stream.js';
import type { VirtualTime } from './virtual-time.js';

/** Whoever looks at what passes. */
export interface NetworkWatch {
  /** A request leaves a process. */
  leaves(request: WireRequest): void;
  /** It is about to reach the exchange: somebody may be faster. */
  arriving(request: WireRequest): void;
  /** It reaches the exchange now; afterwards the exchange's answer, as it is. */
  arrives(request: WireRequest): void;
  served(request: WireRequest, reply: Reply): void;
  /** The answer is handed to the bot next. */
  answering(request: WireRequest, reply: Reply): void;
  /** A frame is handed to the bot. */
  told(frame: string): void;
  /** The bot's stream opens or is found lost. */
  stream(up: boolean): void;
  heard(): void;
}

export interface NetworkParts {
  readonly time: VirtualTime;
  readonly front: ExchangeFront;
  readonly misfortune: Misfortune;
  readonly watch: NetworkWatch;
  readonly rest: Condition;
  readonly stream: Condition;
  /** Brings the exchange to the present. */
  readonly present: () => void;
  /** Answers in the exchange's place, as a storm of 429 or a revoked key do; null lets the request in. */
  readonly door: (request: WireRequest) => Reply | null;
  /** The query as the exchange reads it. */
  readonly turn: (request: WireRequest) => string;
  /** Does something to the bytes of an answer on its way. */
  readonly bend: (request: WireRequest, status: number, text: string) => string;
}

export class SimulatedNetwork {
  readonly #http = new Set<SimulatedHttp>();
  readonly #streams = new Set<SimulatedStream>();

  constructor(private readonly parts: NetworkParts) {}

  connectHttp(process: SimulatedProcess): ConnectHttp {
    return (options) => {
      const connection = new SimulatedHttp(this.parts, process, options.connectTimeout);
      this.#http.add(connection);
      return connection;
    };
  }

  openSocket(process: SimulatedProcess): OpenSocket {
    return (options, handlers) => {
      const stream = new SimulatedStream(this.parts, process, options, handlers);
      this.#streams.add(stream);
      return stream;
    };
  }

  /** The stream that is open now, if any. */
  get stream(): SimulatedStream | null {
    for (const stream of this.#streams) {
      if (stream.over) this.#streams.delete(stream);
      else if (stream.isOpen) return stream;
    }
    return null;
  }

  get requestsUnderWay(): number {
    let count = 0;
    for (const http of this.#http) if (http.busy) count++;
    return count;
  }

  resetRest(): void {
    for (const http of this.#http) http.reset('ECONNRESET');
  }
  resetStream(reason: string): void {
    for (const stream of this.#streams) stream.cut(reason, durationUs(0));
  }

  /** Everything of a process that has died is closed by its system; what is on its way still arrives. */
  forget(process: SimulatedProcess): void {
    for (const stream of this.#streams) if (stream.process === process) stream.close();
    for (const http of this.#http) if (http.process === process) this.#http.delete(http);
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** One connection: connects when first needed, carries one request at a time, and is made anew after a reset. */
class SimulatedHttp implements HttpConnection {
  #open = false;
  #ride: Ride | null = null;

  constructor(
    readonly parts: NetworkParts,
    readonly process: SimulatedProcess,
    private readonly connectTimeout: DurationUs,
  ) {}

  get busy(): boolean {
    return this.#ride !== null;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!this.process.alive) return true;
    const ride = new Ride(this, options, handler);
    this.#ride = ride;
    if (this.#open) ride.start();
    else this.#connect(ride);
    return true;
  }

  #connect(ride: Ride): void {
    const { time, rest, misfortune } = this.parts;
    const roundTrip = durationUs(misfortune.travel() + misfortune.travel());
    const { standing } = rest;
    if (standing === 'black-hole') {
      time.after(this.connectTimeout, () => this.process.deliver(() => ride.fail(failure('UND_ERR_CONNECT_TIMEOUT'))));
      rest.feel();
      return;
    }
    time.after(roundTrip, () =>
      this.process.deliver(() => {
        if (ride.over) return;
        if (rest.standing === 'refused' || rest.standing === 'bad-certificate') {
          rest.feel();
          ride.fail(failure(rest.standing === 'refused' ? 'ECONNREFUSED' : 'DEPTH_ZERO_SELF_SIGNED_CERT'));
          return;
        }
        this.#open = true;
        ride.start();
      }),
    );
  }

  /** The ride is over; `closes` where it took the connection with it. */
  done(ride: Ride, closes: boolean): void {
    if (this.#ride === ride) this.#ride = null;
    if (closes) this.#open = false;
  }

  reset(code: string): void {
    this.#open = false;
    const ride = this.#ride;
    if (ride !== null) this.process.deliver(() => ride.fail(failure(code)));
  }

  destroy(): Promise<void> {
    this.#open = false;
    this.#ride?.fail(failure('UND_ERR_DESTROYED'));
    return Promise.resolve();
  }
}

const LONG = seconds(120);

class Ride {
  #over = false;
  #aborted = false;
  #fate: Fate | null = null;
  readonly #request: WireRequest;

  constructor(
    private readonly connection: SimulatedHttp,
    private readonly options: Dispatcher.DispatchOptions,
    private readonly handler: Dispatcher.DispatchHandler,
  ) {
    const [path = '', search = ''] = options.path.split('?', 2);
    this.#request = { method: options.method, path, search, body: typeof options.body === 'string' ? options.body : '' };
  }

  get over(): boolean {
    return this.#over;
  }

  readonly #controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: () => undefined,
    resume: () => undefined,
    abort: (reason: Error) => {
      if (this.#over || this.#aborted) return;
      this.#aborted = true;
      // The bot has felt what came of it: no answer.
      if (this.#fate !== null) for (const kind of this.#fate.kinds) this.connection.parts.misfortune.feel(kind);
      this.connection.process.soon(() => this.fail(reason));
    },
  } as unknown as Dispatcher.DispatchController;

  start(): void {
    const { connection } = this;
    const { time, misfortune, rest, watch } = connection.parts;
    try {
      this.handler.onRequestStart?.(this.#controller, {});
    } catch (error) {
      // As the library has it: the request fails, the connection stays.
      this.#over = true;
      connection.done(this, false);
      this.handler.onResponseError?.(this.#controller, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    // What nobody wants any more is not written.
    if (this.#over || this.#aborted || !connection.process.alive) return;
    watch.leaves(this.#request);
    if (!connection.process.alive) {
      // It died in the moment of sending: whether the bytes were out already is a matter of chance.
      if (misfortune.chance(0.5)) return;
    }
    const fate = drawFate(this.#request, misfortune);
    this.#fate = fate;
    if (rest.standing === 'black-hole' || rest.standing === 'deaf') rest.feel();
    if (rest.standing === 'black-hole') return;
    time.after(later0(misfortune.travel(), fate.slowThere, rest.late), () => this.#arrive(fate));
  }

  #arrive(fate: Fate): void {
    const { parts } = this.connection;
    if (parts.rest.standing === 'black-hole') return;
    parts.present();
    let reply = this.#serve(fate);
    if (fate.reply !== null) reply = fate.reply;
    if (fate.answers === 'never' || parts.rest.standing === 'deaf') return;
    const back = later0(parts.misfortune.travel(), fate.slowBack, parts.rest.late);
    parts.time.after(back > LONG ? LONG : back, () => this.connection.process.deliver(() => this.#deliver(reply, fate)));
  }

  #serve(fate: Fate): Reply {
    const { parts } = this.connection;
    const refused = parts.door(this.#request);
    if (refused !== null) return refused;
    let reply: Reply = { status: 503, body: null };
    for (let run = 0; run < fate.runs; run++) {
      const part = fate.forgets === null ? null : inPart(this.#request.body, fate.forgets);
      const request = { ...this.#request, search: parts.turn(this.#request), ...(part === null ? {} : { body: part.body }) };
      parts.watch.arriving(request);
      parts.watch.arrives(request);
      reply = parts.front.serve({ ...request, headers: this.#signed(), contentType: 'application/json' });
      if (part !== null) reply = part.whole(reply);
      parts.watch.served(request, reply);
    }
    return reply;
  }

  #signed(): { key: string | null; timestamp: string | null; signature: string | null } {
    const headers = this.options.headers as Record<string, string>;
    return {
      key: headers['KALSHI-ACCESS-KEY'] ?? null,
      timestamp: headers['KALSHI-ACCESS-TIMESTAMP'] ?? null,
      signature: headers['KALSHI-ACCESS-SIGNATURE'] ?? null,
    };
  }

  #deliver(reply: Reply, fate: Fate): void {
    if (this.#over) return;
    const { connection, handler } = this;
    const { misfortune, watch, rest, front, bend } = connection.parts;
    if (rest.standing === 'black-hole' || rest.standing === 'deaf') return;
    for (const kind of fate.kinds) misfortune.feel(kind);
    watch.answering(this.#request, reply);
    if (!connection.process.alive) return;
    const plain = reply.body === null ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const text = bend(this.#request, reply.status, plain);
    handler.onResponseStart?.(this.#controller, reply.status, { date: dateText(front.wallMs) }, '');
    if (text !== '')
      for (const part of fate.kinds.includes('n14-segments') ? pieces(Buffer.from(text), misfortune) : [Buffer.from(text)])
        handler.onResponseData?.(this.#controller, part);
    this.#finish(false);
    handler.onResponseEnd?.(this.#controller, {});
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#finish(true);
    this.handler.onResponseError?.(this.#controller, error);
  }

  #finish(closes: boolean): void {
    this.#over = true;
    this.connection.done(this, closes);
  }
}

const later0 = (...spans: readonly DurationUs[]): DurationUs => durationUs(spans.reduce((sum, span) => sum + span, 0));

const pieces = (bytes: Buffer, misfortune: Misfortune): Buffer[] => {
  const cut = misfortune.whole(0, bytes.length);
  return [bytes.subarray(0, cut), bytes.subarray(cut)].filter((part) => part.length > 0);
};

let dateSecond = -1;
let date = '';
/** A date in whole seconds, as servers send it. */
const dateText = (ms: number): string => {
  const second = Math.floor(ms / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  return date;
};
