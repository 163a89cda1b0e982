/** Messages on their way over a line of fixed length: they arrive in the order in which they left. */
import type { EpochUs } from '../../domain/units.js';

export class Delayed<T> {
  #items: { readonly at: EpochUs; readonly item: T }[] = [];
  #first = 0;

  /** When the next one arrives, or null. */
  get nextAt(): EpochUs | null {
    return this.#items[this.#first]?.at ?? null;
  }

  /** @param at not before the arrival of those on their way */
  push(at: EpochUs, item: T): void {
    this.#items.push({ at, item });
  }

  /** The next one that has arrived by `now`, or null. */
  take(now: EpochUs): T | null {
    const next = this.#items[this.#first];
    if (next === undefined || next.at > now) return null;
    if (++this.#first === this.#items.length) {
      this.#items = [];
      this.#first = 0;
    }
    return next.item;
  }
}
