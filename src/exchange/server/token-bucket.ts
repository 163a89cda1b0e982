/** Token buckets with continuous refill (reference section 7). Levels are kept in millionths of a token, so that refill over microseconds is exact. */
import type { EpochUs } from '../../domain/units.js';

const MICROS = 1_000_000;

export interface BucketTerms {
  /** Tokens per second. */
  readonly refill: number;
  /** Tokens at rest. */
  readonly capacity: number;
}

export class TokenBucket {
  #level: number;
  #at: EpochUs;

  constructor(
    readonly terms: BucketTerms,
    now: EpochUs,
  ) {
    this.#level = terms.capacity * MICROS;
    this.#at = now;
  }

  /** Whole and broken tokens there at `now`. */
  level(now: EpochUs): number {
    this.#refill(now);
    return this.#level / MICROS;
  }

  has(cost: number, now: EpochUs): boolean {
    this.#refill(now);
    return this.#level >= cost * MICROS;
  }

  /** Takes `cost` tokens, or nothing where they are not all there. */
  take(cost: number, now: EpochUs): boolean {
    if (!this.has(cost, now)) return false;
    this.#level -= cost * MICROS;
    return true;
  }

  #refill(now: EpochUs): void {
    if (now <= this.#at) return;
    this.#level = Math.min(this.terms.capacity * MICROS, this.#level + (now - this.#at) * this.terms.refill);
    this.#at = now;
  }
}
