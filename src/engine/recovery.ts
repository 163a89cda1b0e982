/**
 * The one road to trading, walked at start, after every reconnect and at the end: cancel what is ours, read the account, believe the reading only with
 * proof, then go on. Knows when to read and what a reading proves; the engine sends the cancels.
 */
import type { AccountReading } from '../domain/events.js';
import { later, millis, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';

export type Phase = 'waiting' | 'clearing' | 'trading' | 'stopping' | 'stopped';

/** Fills are asked for again from so long before the span already proven: the spans join, and a fill that the exchange lists late is still found. */
export const FILL_OVERLAP = seconds(90);
/** A reading that does not come is asked for again ... */
const READING_TIMEOUT = seconds(5);
/** ... sooner while something is unknown: it may have been lost on its way. */
const READING_TIMEOUT_URGENT = seconds(1);
const READ_AGAIN = millis(250);
const READ_SOON = millis(500);
const READ_AGAIN_AFTER_FAILURE = seconds(1);
/** Stopping gives up after this and says what may be left. */
export const STOP_DEADLINE = seconds(8);

export class Recovery {
  #phase: Phase = 'waiting';
  #request = 0;
  /** Readings up to this number are past. */
  #taken = 0;
  #inFlight = false;
  #requestedAt: EpochUs = UNKNOWN_TIME;
  #readAgainAt: EpochUs = UNKNOWN_TIME;
  #provenAfter: EpochUs = UNKNOWN_TIME;
  #beganAt: EpochUs = UNKNOWN_TIME;

  get phase(): Phase {
    return this.#phase;
  }
  get isClearing(): boolean {
    return this.#phase === 'clearing' || this.#phase === 'stopping';
  }
  get beganAt(): EpochUs {
    return this.#beganAt;
  }

  /** Starts over towards trading; a stop under way stays a stop. */
  begin(now: EpochUs): void {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return;
    this.#enter('clearing', now);
  }

  /** The feed is gone: nothing is quoted until it is back. What became of our orders is read meanwhile. */
  interrupt(now: EpochUs): void {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return;
    this.#phase = 'waiting';
    this.readSoon(now);
  }

  stop(now: EpochUs): void {
    if (this.#phase !== 'stopping' && this.#phase !== 'stopped') this.#enter('stopping', now);
  }

  /** Every command moves the moment after which a reading proves anything. */
  commandSent(now: EpochUs): void {
    this.#provenAfter = now;
  }

  /** True once a reading should be asked for; the caller then calls `asked`. @param urgent something waits for it */
  wantsReading(now: EpochUs, urgent = false): boolean {
    if (this.#inFlight) return now - this.#requestedAt > (urgent ? READING_TIMEOUT_URGENT : READING_TIMEOUT);
    return now >= this.#readAgainAt;
  }

  /** @returns the number of the new request */
  asked(now: EpochUs): number {
    this.#inFlight = true;
    this.#requestedAt = now;
    return ++this.#request;
  }

  /** True where the reading was asked for since this phase began and none asked for later has come: a slow exchange answers late, yet says by itself how fresh it is. */
  isCurrent(reading: AccountReading): boolean {
    return reading.request > this.#taken && reading.request <= this.#request;
  }

  /**
   * True where the reading is complete and, by the exchange's own word, fresh enough to prove that something is absent.
   * @param margin how much later than our last command it must be valid
   */
  proves(reading: AccountReading, margin: DurationUs): boolean {
    return reading.complete && reading.validUntil !== UNKNOWN_TIME && reading.validUntil >= later(this.#provenAfter, margin);
  }

  /** A reading came; `clear` says that nothing of ours is left, with proof. Moves on, or plans the next reading. */
  received(reading: AccountReading, clear: boolean, now: EpochUs): void {
    // Of several that were asked for a later one may still come.
    if (reading.request === this.#request) this.#inFlight = false;
    this.#taken = reading.request;
    this.#readAgainAt = later(now, reading.complete ? READ_AGAIN : READ_AGAIN_AFTER_FAILURE);
    if (!clear) return;
    if (this.#phase === 'clearing') this.#phase = 'trading';
    if (this.#phase === 'stopping') this.#phase = 'stopped';
  }

  /** While trading the next reading is due at `at`. */
  readAt(at: EpochUs): void {
    this.#readAgainAt = at;
  }

  /** What cannot be explained is looked up, with a feed or without. While clearing and stopping readings follow each other anyway. Being asked for again and again does not put the reading off. */
  readSoon(now: EpochUs): void {
    const at = later(now, READ_SOON);
    if (!this.isClearing && at < this.#readAgainAt) this.#readAgainAt = at;
  }

  /** The stop took too long: it ends here, with whatever is left. */
  overdue(now: EpochUs): boolean {
    return this.#phase === 'stopping' && now > later(this.#beganAt, STOP_DEADLINE);
  }

  giveUp(): void {
    this.#phase = 'stopped';
  }

  /** For the state hash. */
  digest(): readonly (string | number | boolean)[] {
    return [
      this.#phase,
      this.#request,
      this.#taken,
      this.#inFlight,
      this.#requestedAt,
      this.#readAgainAt,
      this.#provenAfter,
      this.#beganAt,
    ];
  }

  #enter(phase: Phase, now: EpochUs): void {
    this.#phase = phase;
    this.#beganAt = now;
    this.#provenAfter = now;
    this.#inFlight = false;
    this.#taken = this.#request;
    this.#readAgainAt = now;
  }
}
