/** How far behind a writer is, in time: measured from counts alone, since rows carry no clock that the writer shares. */
import { between, durationUs, type DurationUs, type EpochUs } from '../domain/units.js';

export class Backlog {
  /** So much had been offered then; null while nothing waits. */
  #mark: { readonly at: EpochUs; readonly offered: number } | null = null;

  /**
   * @param offered handed over so far; @param done of these, written
   * @returns how long what waits longest has waited, at least
   */
  behind(now: EpochUs, offered: number, done: number): DurationUs {
    if (this.#mark !== null && done >= this.#mark.offered) this.#mark = null;
    if (this.#mark === null && done < offered) this.#mark = { at: now, offered };
    return this.#mark === null ? durationUs(0) : between(this.#mark.at, now);
  }
}
