/** The readings of an index at equal distances in time, as an average at settlement takes them. Fixed memory. */
import type { DurationUs, EpochUs } from '../domain/units.js';

export interface WindowSum {
  /** Readings taken. */
  readonly seen: number;
  readonly sum: number;
}

/** A reading at a moment is the value that stood then: the last one that was told up to that moment. Moments are multiples of the spacing since the epoch. */
export class WindowSamples {
  readonly #values: Float64Array;
  /** Number of the newest reading; the first fact makes it known. */
  #slot = Number.NaN;
  #value = Number.NaN;
  #valueAt = Number.NaN;
  /** All strikes of an event ask for the same readings. */
  #summed: { readonly first: number; readonly last: number; readonly result: WindowSum | null } | null = null;

  /**
   * @param samples readings that are remembered
   * @param ageMax a value that is older than this at the moment of a reading is not known to have stood then
   */
  constructor(
    readonly spacing: DurationUs,
    samples: number,
    private readonly ageMax: DurationUs,
  ) {
    this.#values = new Float64Array(samples).fill(Number.NaN);
  }

  /** A value, in the order of time. */
  take(at: EpochUs, value: number): void {
    this.#summed = null;
    const { spacing } = this;
    const slot = Math.floor(at / spacing);
    const size = this.#values.length;
    const first = Number.isNaN(this.#slot) ? slot : Math.max(this.#slot + 1, slot - size + 1);
    for (let i = first; i <= slot; i++) this.#values[i % size] = this.#stoodAt(i * spacing);
    if (slot * spacing === at) this.#values[slot % size] = value;
    this.#slot = slot;
    this.#value = value;
    this.#valueAt = at;
  }

  #stoodAt(moment: number): number {
    return moment - this.#valueAt <= this.ageMax ? this.#value : Number.NaN;
  }

  /**
   * Readings number `first` to `last` (moment divided by spacing), both included, up to the newest value.
   * @returns null where one of them is not known: the index was silent then, or nobody listened yet
   */
  sum(first: number, last: number): WindowSum | null {
    const size = this.#values.length;
    if (last > this.#slot || first <= this.#slot - size) return null;
    if (this.#summed !== null && this.#summed.first === first && this.#summed.last === last) return this.#summed.result;
    let sum = 0;
    for (let i = first; i <= last; i++) sum += this.#values[i % size] as number;
    const result = Number.isNaN(sum) ? null : { seen: last - first + 1, sum };
    this.#summed = { first, last, result };
    return result;
  }
}
