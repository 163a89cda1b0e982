/** Signals in Redis, in the text of the signal file: from a channel as they are published, or from keys that are read again and again. */
import { Backoff } from '../domain/backoff.js';
import { TradingError } from '../domain/errors.js';
import type { Ticker } from '../domain/ids.js';
import type { Timer } from '../domain/ports.js';
import { millis, seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { FeedFrameError } from './feeds/feed-errors.js';
import { FeedHealth } from './feeds/feed-health.js';
import type { FeedStanding, FeedWorld, OutsideFeed } from './feeds/feed-port.js';
import type { ConnectRedis, RedisConnection, RedisText } from './feeds/redis-port.js';
import { parseSignals, type SignalFormat } from './signal-file.js';

export interface RedisFeedSettings {
  readonly name: string;
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Listened to, or null where keys are read. */
  readonly channel: string | null;
  readonly keys: readonly string[];
  readonly every: DurationUs;
  readonly format: SignalFormat;
}

const TEXT_MAX = 1 << 20;
const CONNECT_WITHIN = seconds(5);
const BACKOFF = { first: millis(500), most: seconds(60) };

/** What one place has said, the channel or a key. */
interface Said {
  text: string;
  tickers: ReadonlySet<Ticker>;
}

export class RedisFeed implements OutsideFeed {
  readonly name: string;
  readonly #health: FeedHealth;
  readonly #backoff: Backoff;
  readonly #said = new Map<string, Said>();
  #connection: RedisConnection | null = null;
  #timer: Timer | null = null;
  #started = false;
  #stopped = false;
  /** Counts connections: what an earlier one still says is not heard. */
  #turn = 0;

  constructor(
    private readonly settings: RedisFeedSettings,
    private readonly connectRedis: ConnectRedis,
    private readonly world: FeedWorld,
  ) {
    this.name = settings.name;
    this.#health = new FeedHealth(settings.name, world.report);
    this.#backoff = new Backoff(BACKOFF, world.chance);
  }

  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#turn++;
    this.#timer?.cancel();
    this.#connection?.close();
    this.#connection = null;
    this.#health.stop();
  }

  standing(): FeedStanding {
    return this.#health.standing(this.world.clock.now());
  }

  async #connect(): Promise<void> {
    const turn = ++this.#turn;
    const { url, username, password, channel } = this.settings;
    try {
      const lost = (reason: string): void => this.#lost(turn, reason);
      const connection = await this.connectRedis({ url, username, password, connectWithin: CONNECT_WITHIN, lost });
      if (turn !== this.#turn) return connection.close();
      this.#connection = connection;
      if (channel === null) return await this.#poll(turn, connection);
      await connection.subscribe(channel, (text) => this.#heard(turn, channel, { text, expires: true }));
      this.#isUp();
    } catch (error) {
      this.#lost(turn, error instanceof Error ? error.message : 'no connection');
    }
  }

  async #poll(turn: number, connection: RedisConnection): Promise<void> {
    try {
      for (const key of this.settings.keys) {
        const found = await connection.read(key);
        if (turn !== this.#turn) return;
        if (found === null) this.#gone(key);
        else this.#heard(turn, key, found);
      }
      this.#isUp();
      this.#timer = this.world.timers.after(this.settings.every, () => void this.#poll(turn, connection));
    } catch (error) {
      this.#lost(turn, error instanceof Error ? error.message : 'no answer');
    }
  }

  #isUp(): void {
    this.#backoff.reset();
    this.#health.good(this.world.clock.now());
  }

  #lost(turn: number, reason: string): void {
    if (turn !== this.#turn || this.#stopped) return;
    this.#turn++;
    this.#timer?.cancel();
    this.#connection?.close();
    this.#connection = null;
    this.#health.silent('SIGNAL_FEED_DOWN', reason);
    this.#timer = this.world.timers.after(this.#backoff.next(), () => void this.#connect());
  }

  /** A text that is wrong is told, and what its place said before grows old. */
  #heard(turn: number, place: string, { text, expires }: RedisText): void {
    if (turn !== this.#turn || this.#stopped) return;
    const at = this.world.clock.now();
    try {
      this.#take(place, text, expires, at);
      this.#health.good(at);
    } catch (error) {
      if (!(error instanceof TradingError)) throw error;
      this.#health.bad(at, error);
    }
  }

  /** A key without an expiry may be one that its writer has left behind: its text is as old as its last change. */
  #take(place: string, text: string, expires: boolean, at: EpochUs): void {
    const { name, format } = this.settings;
    if (text.length > TEXT_MAX) throw new FeedFrameError(name, place, `at most ${TEXT_MAX} characters`, `${text.length} characters`);
    const before = this.#said.get(place);
    const unchanged = before?.text === text;
    if (unchanged && !expires) return;
    const entries = parseSignals(text, format, `${name} ${place}`);
    const tickers = new Set(entries.map(({ ticker }) => ticker));
    for (const gone of before?.tickers ?? []) if (!tickers.has(gone)) this.#offer(gone, 0, at);
    for (const { ticker, shift } of entries) this.#offer(ticker, shift, at);
    this.#said.set(place, { text, tickers });
  }

  #gone(place: string): void {
    const before = this.#said.get(place);
    if (before === undefined) return;
    this.#said.delete(place);
    for (const ticker of before.tickers) this.#offer(ticker, 0, this.world.clock.now());
  }

  #offer(ticker: Ticker, shift: number, at: EpochUs): void {
    this.world.offer({ type: 'signal', at, ticker, source: this.name, shift, asOf: at });
  }
}
