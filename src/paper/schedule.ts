/** What is on its way: things that happen at a moment, in the order in which they were sent where the moment is the same. */
import type { EpochUs } from '../domain/units.js';

interface Due {
  readonly at: EpochUs;
  readonly run: (now: EpochUs) => void;
}

export class Schedule {
  readonly #due: Due[] = [];

  get next(): EpochUs | null {
    return this.#due[0]?.at ?? null;
  }

  add(at: EpochUs, run: (now: EpochUs) => void): void {
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1] as Due).at > at) place--;
    this.#due.splice(place, 0, { at, run });
  }

  runUntil(now: EpochUs): void {
    for (let next = this.#due[0]; next !== undefined && next.at <= now; next = this.#due[0]) {
      this.#due.shift();
      next.run(next.at);
    }
  }
}
