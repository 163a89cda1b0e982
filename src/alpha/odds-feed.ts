/** Asks an address for a bookmaker's odds again and again, and offers what they say as opinions. */
import { Backoff } from '../domain/backoff.js';
import { TradingError } from '../domain/errors.js';
import type { Timer } from '../domain/ports.js';
import { durationUs, later, millis, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import { FeedRefusedError } from './feeds/feed-errors.js';
import { FeedHealth } from './feeds/feed-health.js';
import type { FeedStanding, FeedWorld, OutsideFeed } from './feeds/feed-port.js';
import type { ReadText, TextAnswer } from './feeds/http-port.js';
import { OddsReader, type OddsReading, type OddsSaid } from './feeds/odds.js';

export interface OddsFeedSettings extends OddsReading {
  readonly url: string;
  readonly every: DurationUs;
  readonly timeout: DurationUs;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Sent with every request, such as a key. */
  readonly headers: Readonly<Record<string, string>>;
}

const BYTES_MAX = 2 * 1024 * 1024;
const BACKOFF = { first: seconds(1), most: seconds(120) };
const NOT_MODIFIED = 304;
const OK = 200;

export class OddsFeed implements OutsideFeed {
  readonly name: string;
  readonly #health: FeedHealth;
  readonly #reader: OddsReader;
  readonly #backoff: Backoff;
  #timer: Timer | null = null;
  #asking = false;
  #stopped = false;
  #etag: string | null = null;
  #said: OddsSaid | null = null;

  /** @throws InvalidPathError */
  constructor(
    private readonly settings: OddsFeedSettings,
    private readonly readText: ReadText,
    private readonly world: FeedWorld,
  ) {
    this.name = settings.name;
    this.#reader = new OddsReader(settings);
    this.#health = new FeedHealth(settings.name, world.report);
    this.#backoff = new Backoff(BACKOFF, world.chance);
  }

  start(): void {
    if (this.#timer === null && !this.#stopped) this.#next(millis(0));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#health.stop();
  }

  standing(): FeedStanding {
    return this.#health.standing(this.world.clock.now());
  }

  /** One question and its answer. Never rejects; one during another does nothing. */
  async poll(): Promise<void> {
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    let pause = this.settings.every;
    try {
      this.#answered(await this.readText(this.#request()));
    } catch (error) {
      pause = this.#failed(error);
    } finally {
      this.#asking = false;
    }
    this.#next(pause);
  }

  #next(pause: DurationUs): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.world.timers.after(pause, () => void this.poll());
  }

  #request() {
    const { url, timeout, headers } = this.settings;
    const known = this.#etag === null ? {} : { 'if-none-match': this.#etag };
    return { url, timeout, bytesMax: BYTES_MAX, headers: { accept: 'application/json', ...headers, ...known } };
  }

  #answered({ status, etag, text }: TextAnswer): void {
    if (this.#stopped) return;
    const now = this.world.clock.now();
    if (status === NOT_MODIFIED && this.#said !== null) this.#offer(this.#said, now);
    else if (status === OK) this.#take(text, etag, now);
    else throw new FeedRefusedError(this.name, 'the question', `status ${status}`, 'check the address and the key');
    this.#backoff.reset();
    this.#health.good(now);
  }

  #take(text: string, etag: string | null, now: EpochUs): void {
    const said = this.#reader.read(text);
    const before = this.#said?.formedAt ?? UNKNOWN_TIME;
    if (said.formedAt < before)
      throw new FeedRefusedError(this.name, 'an answer', 'older than the one before', 'the source gives old odds; they are passed over');
    this.#etag = etag;
    this.#said = said;
    this.#offer(said, now);
  }

  /** Odds that do not say when they were formed were formed now: whoever answers stands by them. */
  #offer({ opinions, formedAt }: OddsSaid, at: EpochUs): void {
    const { confidence } = this.settings;
    const asOf = formedAt === UNKNOWN_TIME ? at : formedAt;
    for (const { ticker, probability } of opinions)
      this.world.offer({ type: 'opinion', at, ticker, source: this.name, probability, confidence, asOf });
  }

  /** @returns how long to wait */
  #failed(error: unknown): DurationUs {
    const now = this.world.clock.now();
    if (!this.#stopped) {
      if (error instanceof TradingError) this.#health.bad(now, error);
      this.#health.silent('SIGNAL_FEED_DOWN', error instanceof Error ? error.message : 'no answer');
    }
    return durationUs(Math.max(this.settings.every, later(now, this.#backoff.next()) - now));
  }
}
