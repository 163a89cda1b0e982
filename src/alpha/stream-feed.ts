/**
 * The life of a feed that speaks over a websocket: connect, greet, keep alive, notice silence, come back with full jitter. What is said is its protocol's affair.
 * A bad frame is told and passed over; a connection that says nothing of use for too long is replaced.
 */
import { Backoff, type BackoffSettings } from '../domain/backoff.js';
import { TradingError } from '../domain/errors.js';
import type { Timer } from '../domain/ports.js';
import { between, later, millis, seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { FeedHealth } from './feeds/feed-health.js';
import type { FeedStanding, FeedWorld, OutsideFeed } from './feeds/feed-port.js';
import { textOfBytes } from './feeds/outside-json.js';
import type { OpenStream, Stream } from './feeds/stream-port.js';

/** What is said over the socket, without socket or clock. */
export interface StreamProtocol {
  /** Waits this long after opening before the greeting. */
  readonly greetAfter: DurationUs;
  /** @returns the texts that ask for what is wanted */
  greeting(at: EpochUs): readonly string[];
  /** A text that is sent this often; null where the other side asks. */
  readonly keepAlive: { readonly every: DurationUs; readonly text: string } | null;
  /**
   * One frame.
   * @returns what to answer, and whether it was of use: an empty word on a line proves nothing
   * @throws FeedFrameError, FeedRefusedError
   */
  frame(text: string, at: EpochUs): { readonly answers: readonly string[]; readonly useful: boolean };
  /** Time passes while the connection stands; `heardAt` is when something of use last came. */
  tick(at: EpochUs, heardAt: EpochUs): void;
  /** The connection is gone, and with it whatever only holds on one. */
  lost(): void;
}

export interface StreamSettings {
  readonly name: string;
  readonly url: string;
  readonly silenceAfter: DurationUs;
  readonly connectWithin: DurationUs;
  /** A connection that said something of use and has lived this long is no failure. */
  readonly stableAfter: DurationUs;
  readonly backoff: BackoffSettings;
  readonly frameBytesMax: number;
}

export const STREAM_DEFAULTS = {
  connectWithin: seconds(10),
  stableAfter: seconds(10),
  backoff: { first: millis(500), most: seconds(60) },
  frameBytesMax: 1024 * 1024,
} as const;

const LOOK_EVERY = millis(250);

export class StreamFeed implements OutsideFeed {
  readonly name: string;
  readonly #backoff: Backoff;
  readonly #health: FeedHealth;
  #timer: Timer | null = null;
  #stream: Stream | null = null;
  #open = false;
  #greeted = false;
  #openedAt: EpochUs;
  #heardAt: EpochUs;
  #keptAt: EpochUs;
  /** Next attempt; Infinity while there is a connection. */
  #connectAt = Infinity;
  /** Counts connections: words of an earlier one are not heard any more. */
  #turn = 0;

  constructor(
    private readonly settings: StreamSettings,
    private readonly protocol: StreamProtocol,
    private readonly openStream: OpenStream,
    private readonly world: Omit<FeedWorld, 'offer'>,
  ) {
    this.name = settings.name;
    this.#backoff = new Backoff(settings.backoff, world.chance);
    this.#health = new FeedHealth(settings.name, world.report);
    this.#openedAt = this.#heardAt = this.#keptAt = world.clock.now();
  }

  start(): void {
    if (this.#timer !== null) return;
    this.#timer = this.world.timers.every(LOOK_EVERY, () => this.#tick());
    this.#connect();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#turn++;
    this.#stream?.close();
    this.#stream = null;
    this.#open = false;
    this.#connectAt = Infinity;
    this.#health.stop();
  }

  standing(): FeedStanding {
    return this.#health.standing(this.world.clock.now());
  }

  #connect(): void {
    const { url, connectWithin, frameBytesMax } = this.settings;
    const turn = ++this.#turn;
    const mine = (run: () => void) => (): void => {
      if (turn === this.#turn) run();
    };
    this.#connectAt = Infinity;
    this.#openedAt = this.#heardAt = this.world.clock.now();
    try {
      this.#stream = this.openStream(
        { url, headers: {}, connectWithin, frameBytesMax },
        {
          opened: mine(() => this.#opened()),
          frame: (bytes) => {
            if (turn === this.#turn) this.#frame(bytes);
          },
          heard: () => {},
          lost: (reason) => mine(() => this.#lost('SIGNAL_FEED_DOWN', reason))(),
          refused: (error) => mine(() => this.#lost('SIGNAL_FEED_DOWN', error.message))(),
        },
      );
    } catch (error) {
      this.#lost('SIGNAL_FEED_DOWN', error instanceof Error ? error.message : String(error));
    }
  }

  #opened(): void {
    const now = this.world.clock.now();
    this.#open = true;
    this.#greeted = false;
    this.#openedAt = this.#heardAt = this.#keptAt = now;
    if (this.protocol.greetAfter <= 0) this.#greet(now);
  }

  #greet(now: EpochUs): void {
    this.#greeted = true;
    for (const text of this.protocol.greeting(now)) this.#stream?.send(text);
  }

  #frame(bytes: Uint8Array): void {
    const now = this.world.clock.now();
    try {
      const { answers, useful } = this.protocol.frame(textOfBytes(this.name, bytes, this.settings.frameBytesMax), now);
      for (const answer of answers) this.#stream?.send(answer);
      if (!useful) return;
      this.#heardAt = now;
      this.#health.good(now);
      if (between(this.#openedAt, now) >= this.settings.stableAfter) this.#backoff.reset();
    } catch (error) {
      if (!(error instanceof TradingError)) throw error;
      this.#health.bad(now, error);
    }
  }

  #tick(): void {
    const now = this.world.clock.now();
    if (now >= this.#connectAt) return this.#connect();
    if (this.#stream === null) return;
    const { silenceAfter, connectWithin } = this.settings;
    if (!this.#open) {
      if (between(this.#openedAt, now) > connectWithin) this.#lost('SIGNAL_FEED_DOWN', 'the connection did not open in time');
      return;
    }
    if (!this.#greeted && now >= later(this.#openedAt, this.protocol.greetAfter)) this.#greet(now);
    if (between(this.#heardAt, now) > silenceAfter)
      return this.#lost('SIGNAL_FEED_SILENT', `nothing of use was heard for ${Math.round(silenceAfter / 1e6)} s`);
    this.#keepAlive(now);
    this.protocol.tick(now, this.#heardAt);
  }

  #keepAlive(now: EpochUs): void {
    const { keepAlive } = this.protocol;
    if (keepAlive === null || between(this.#keptAt, now) < keepAlive.every) return;
    this.#keptAt = now;
    this.#stream?.send(keepAlive.text);
  }

  #lost(code: 'SIGNAL_FEED_DOWN' | 'SIGNAL_FEED_SILENT', why: string): void {
    this.#turn++;
    this.#stream?.close();
    this.#stream = null;
    this.#open = false;
    this.protocol.lost();
    this.#connectAt = later(this.world.clock.now(), this.#backoff.next());
    this.#health.silent(code, why);
  }
}
