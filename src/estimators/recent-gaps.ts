/** The median of the latest times between changes, in fixed memory. */
import { between, toSeconds, UNKNOWN_TIME, type EpochUs } from '../domain/units.js';

/** Times that are remembered, and how many must be known before their median counts. */
const GAPS = 15;
const GAPS_MIN = 5;

export class RecentGaps {
  readonly #gaps = new Float64Array(GAPS);
  #count = 0;
  #median = 0;
  #changedAt: EpochUs = UNKNOWN_TIME;

  /** Something changed at `at`. */
  note(at: EpochUs): void {
    if (this.#changedAt !== UNKNOWN_TIME) {
      this.#gaps[this.#count % GAPS] = toSeconds(between(this.#changedAt, at));
      this.#count++;
      const known = this.#gaps.slice(0, Math.min(this.#count, GAPS)).sort();
      this.#median = known[known.length >> 1] as number;
    }
    this.#changedAt = at;
  }

  /** The time to the next change is of no known length. */
  interrupt(): void {
    this.#changedAt = UNKNOWN_TIME;
  }

  /** Seconds; the present quiet spell counts where it is longer. 0 while too few are known. */
  median(at: EpochUs): number {
    if (this.#count < GAPS_MIN || this.#changedAt === UNKNOWN_TIME) return 0;
    return Math.max(this.#median, toSeconds(between(this.#changedAt, at)));
  }
}
