/** How much was held, and for how long: statistics of a position over time. */
import { quantity, ZERO_QUANTITY, type EpochUs, type Quantity } from '../domain/units.js';

/** Weighted by time; null where no time passed. Means are in quantity units. */
export interface HoldingStatistics {
  readonly mean: number | null;
  readonly meanAbsolute: number | null;
  readonly deviation: number | null;
  /** Share of the time with no position. */
  readonly flatShare: number | null;
  readonly longMax: Quantity;
  /** The largest short position, positive. */
  readonly shortMax: Quantity;
  /** Changes from long to short or back. */
  readonly flips: number;
}

export class HoldingTime {
  #at: number | null = null;
  #position = 0;
  #side = 0;
  #time = 0;
  #sum = 0;
  #absolute = 0;
  #squares = 0;
  #flat = 0;
  #long = 0;
  #short = 0;
  #flips = 0;

  /** The position from `at` on. */
  set(at: EpochUs, position: Quantity): void {
    this.passed(at);
    this.#position = position;
    if (position > this.#long) this.#long = position;
    if (-position > this.#short) this.#short = -position;
    const side = Math.sign(position);
    if (side === 0) return;
    if (this.#side === -side) this.#flips++;
    this.#side = side;
  }

  passed(at: EpochUs): void {
    const span = this.#at === null ? 0 : Math.max(0, at - this.#at);
    this.#at = Math.max(at, this.#at ?? at);
    this.#time += span;
    this.#sum += span * this.#position;
    this.#absolute += span * Math.abs(this.#position);
    this.#squares += span * this.#position * this.#position;
    if (this.#position === 0) this.#flat += span;
  }

  get statistics(): HoldingStatistics {
    const over = (sum: number): number | null => (this.#time === 0 ? null : sum / this.#time);
    const mean = over(this.#sum);
    const squares = over(this.#squares);
    return {
      mean,
      meanAbsolute: over(this.#absolute),
      deviation: mean === null || squares === null ? null : Math.sqrt(Math.max(0, squares - mean * mean)),
      flatShare: over(this.#flat),
      longMax: this.#long === 0 ? ZERO_QUANTITY : quantity(this.#long),
      shortMax: this.#short === 0 ? ZERO_QUANTITY : quantity(this.#short),
      flips: this.#flips,
    };
  }
}
