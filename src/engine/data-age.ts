/** How far the data is behind, by exchange time, without a common clock (ADR 5). */
import { durationUs, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';

/** A stamp further ahead of our clock needs others to be believed: were our clock that wrong, our signatures would be refused. */
const AHEAD_MAX = seconds(30);
/** Stamps nearer than this to another confirm it. */
const NEAR = seconds(1);
/** A smallest lag that this many stamps contradict, and that fewer than CONFIRMED confirm, was one wrong stamp. */
const CONTRADICTED = 100;
const CONFIRMED = 3;

export class DataAge {
  #smallest = Infinity;
  #confirmed = 0;
  #contradicted = 0;
  /** The smallest lag among the stamps that contradict. */
  #runnerUp = Infinity;
  #weighedAt: EpochUs = UNKNOWN_TIME;
  /** The last lag that was too far ahead to be believed, and how many in a row agreed with it. */
  #farLag = Infinity;
  #farCount = 0;
  #age = 0;
  #heardAt: EpochUs = UNKNOWN_TIME;
  /** Of the newest frame on our clock; null before the first of this connection. */
  #lag: number | null = null;

  /** @param limit most that is believed to be clock difference and travel time */
  constructor(private readonly limit: DurationUs) {}

  get age(): DurationUs {
    return durationUs(this.#age);
  }

  /** When a stamped frame came last. */
  get heardAt(): EpochUs {
    return this.#heardAt;
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
    if (exchangeAt === UNKNOWN_TIME) return;
    const lag = now - exchangeAt;
    if (lag >= this.#smallest) {
      if (lag - this.#smallest <= NEAR) this.#confirmed++;
      return;
    }
    if (!this.#isBelievable(lag)) return;
    this.#learn(lag);
    // What passed for a difference of clocks was age.
    if (this.#lag !== null) this.#age = this.#lag - Math.min(this.#smallest, this.limit);
  }

  /** A frame stamped `exchangeAt` arrived at `now`. */
  observe(exchangeAt: EpochUs, now: EpochUs): void {
    if (exchangeAt === UNKNOWN_TIME) return;
    this.#heardAt = now;
    const lag = now - exchangeAt;
    if (!this.#isBelievable(lag)) return;
    if (lag < this.#smallest) this.#learn(lag);
    else if (this.#confirmed < CONFIRMED) this.#weigh(lag, now);
    this.#lag = lag;
    this.#age = lag - Math.min(this.#smallest, this.limit);
  }

  /** A lag far below all that was seen needs CONFIRMED stamps in a row that say the same. */
  #isBelievable(lag: number): boolean {
    if (-lag <= AHEAD_MAX || lag >= this.#smallest - NEAR) {
      this.#farCount = 0;
      return true;
    }
    this.#farCount = Math.abs(lag - this.#farLag) <= NEAR ? this.#farCount + 1 : 1;
    this.#farLag = lag;
    return this.#farCount >= CONFIRMED;
  }

  /** Believed at once, since too large a clock difference is the safe error. */
  #learn(lag: number): void {
    this.#confirmed = this.#smallest - lag > NEAR ? 0 : this.#confirmed + 1;
    this.#smallest = lag;
    this.#contradicted = 0;
    this.#runnerUp = Infinity;
  }

  /** One wrong stamp must not make all later data look old for the rest of the run. */
  #weigh(lag: number, now: EpochUs): void {
    if (lag - this.#smallest <= NEAR) {
      this.#confirmed++;
      return;
    }
    // What comes together says the same thing once.
    if (now === this.#weighedAt) return;
    this.#weighedAt = now;
    if (lag < this.#runnerUp) this.#runnerUp = lag;
    if (++this.#contradicted >= CONTRADICTED) this.#learn(this.#runnerUp);
  }

  /** A new connection starts with fresh snapshots: what lagged before says nothing now. */
  restart(): void {
    this.#age = 0;
    this.#lag = null;
  }
}
