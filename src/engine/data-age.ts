/** How far the data is behind, by exchange time, without a common clock (ADR 5). */
import { durationUs, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';

export class DataAge {
  #smallest = Infinity;
  #age = 0;

  /** @param limit most that is believed to be clock difference and travel time */
  constructor(private readonly limit: DurationUs) {}

  get age(): DurationUs {
    return durationUs(this.#age);
  }

  /** How far our clock is known to be behind the exchange's: a stamp from the future proves it. The truth may be more by the time a message travels. */
  get clockBehind(): DurationUs {
    return durationUs(this.#smallest < 0 ? -this.#smallest : 0);
  }

  /**
   * The exchange's clock at our moment `now`, never later than it really is: by the smallest lag ever seen, of which a part is travel. What is to end at a moment of the
   * exchange's ends a little early by this, never late.
   */
  exchangeTime(now: EpochUs): EpochUs {
    return this.#smallest === Infinity ? now : ((now - Math.min(this.#smallest, this.limit)) as EpochUs);
  }

  /** The exchange has named a moment of its own clock that had passed by `now`. */
  witness(exchangeAt: EpochUs, now: EpochUs): void {
    if (exchangeAt !== UNKNOWN_TIME && now - exchangeAt < this.#smallest) this.#smallest = now - exchangeAt;
  }

  /** A frame stamped `exchangeAt` arrived at `now`. */
  observe(exchangeAt: EpochUs, now: EpochUs): void {
    if (exchangeAt === UNKNOWN_TIME) return;
    const lag = now - exchangeAt;
    if (lag < this.#smallest) this.#smallest = lag;
    this.#age = lag - Math.min(this.#smallest, this.limit);
  }

  /** A new connection starts with fresh snapshots: what lagged before says nothing now. */
  restart(): void {
    this.#age = 0;
  }
}
