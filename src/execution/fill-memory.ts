/** Remembers which fills were counted, so that each counts once however often it is told. */
import type { FillId } from '../domain/ids.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';

/**
 * Bound: the newest `capacity` fill ids. A fill that is not remembered but is not newer than the newest forgotten one cannot be told from a repeat;
 * it is `forgotten`, must not be counted, and the account's position decides. With 100,000 ids that is days back for any account.
 */
export class FillMemory {
  readonly #seen = new Map<FillId, EpochUs>();
  #forgottenUpTo: EpochUs = UNKNOWN_TIME;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#seen.size;
  }

  /** Classifies a fill and remembers it. Fills without an exchange time are never `forgotten`. */
  note(id: FillId, exchangeAt: EpochUs): 'new' | 'repeat' | 'forgotten' {
    if (this.#seen.has(id)) return 'repeat';
    if (exchangeAt !== UNKNOWN_TIME && exchangeAt <= this.#forgottenUpTo) return 'forgotten';
    this.#seen.set(id, exchangeAt);
    if (this.#seen.size > this.capacity) this.#forgetOldest();
    return 'new';
  }

  #forgetOldest(): void {
    for (const [id, exchangeAt] of this.#seen) {
      this.#seen.delete(id);
      if (exchangeAt > this.#forgottenUpTo) this.#forgottenUpTo = exchangeAt;
      return;
    }
  }
}
