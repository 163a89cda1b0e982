/**
 * The exchange's rate limits, mirrored on our side so that they are never hit: reference, section 7. Knows no socket and no clock.
 * Levels are integers of a millionth of a token, so that a refill of r tokens per second is exactly r units per microsecond.
 */
import { assert } from '../domain/errors.js';
import type { DurationUs, EpochUs } from '../domain/units.js';

/** As `GET /account/limits` states it: tokens, and tokens per second. */
export interface BucketLimit {
  readonly refillPerSecond: number;
  readonly capacity: number;
}

const UNITS_PER_TOKEN = 1_000_000;

/**
 * One bucket. Its level is never above the exchange's own: when a full bucket is first drawn on, refilling starts `lag` later, which makes up for
 * requests that travel unequally long.
 */
export class TokenBucket {
  #units: number;
  #refilledAt: EpochUs;
  #limit: BucketLimit;

  constructor(
    limit: BucketLimit,
    now: EpochUs,
    private readonly lag: DurationUs,
  ) {
    this.#limit = checked(limit);
    this.#units = limit.capacity * UNITS_PER_TOKEN;
    this.#refilledAt = now;
  }

  get limit(): BucketLimit {
    return this.#limit;
  }

  /** Tokens at hand, rounded down. */
  tokens(now: EpochUs): number {
    this.#refill(now);
    return Math.floor(this.#units / UNITS_PER_TOKEN);
  }

  /** Takes `cost` tokens where at least `keep` stay behind; takes nothing otherwise. */
  tryTake(cost: number, now: EpochUs, keep = 0): boolean {
    this.#refill(now);
    const left = this.#units - cost * UNITS_PER_TOKEN;
    if (left < keep * UNITS_PER_TOKEN) return false;
    if (this.#isFull()) this.#refilledAt = Math.max(this.#refilledAt, now + this.lag) as EpochUs;
    this.#units = left;
    return true;
  }

  /** Earliest moment at which `tryTake` can succeed if nothing else is taken; null where the bucket is too small for it at any time. */
  readyAt(cost: number, now: EpochUs, keep = 0): EpochUs | null {
    this.#refill(now);
    if (cost + keep > this.#limit.capacity) return null;
    const missing = (cost + keep) * UNITS_PER_TOKEN - this.#units;
    if (missing <= 0) return now;
    return (Math.max(this.#refilledAt, now) + Math.ceil(missing / this.#limit.refillPerSecond)) as EpochUs;
  }

  /** The exchange has refused for want of tokens: someone else draws on this account. We start again from nothing. */
  drain(now: EpochUs): void {
    this.#units = 0;
    this.#refilledAt = Math.max(this.#refilledAt, now) as EpochUs;
  }

  /** A new tier. The level stays, cut to the new capacity. */
  reshape(limit: BucketLimit, now: EpochUs): void {
    this.#refill(now);
    this.#limit = checked(limit);
    this.#units = Math.min(this.#units, limit.capacity * UNITS_PER_TOKEN);
  }

  #isFull(): boolean {
    return this.#units >= this.#limit.capacity * UNITS_PER_TOKEN;
  }

  #refill(now: EpochUs): void {
    if (now <= this.#refilledAt) return;
    const full = this.#limit.capacity * UNITS_PER_TOKEN;
    this.#units = Math.min(full, this.#units + (now - this.#refilledAt) * this.#limit.refillPerSecond);
    this.#refilledAt = now;
  }
}

const checked = (limit: BucketLimit): BucketLimit => {
  const ok =
    Number.isSafeInteger(limit.refillPerSecond) && limit.refillPerSecond > 0 && Number.isSafeInteger(limit.capacity) && limit.capacity > 0;
  assert(ok, `rate limit: expected whole positive tokens, got ${limit.refillPerSecond} per second and a capacity of ${limit.capacity}`);
  return limit;
};
