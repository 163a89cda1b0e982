/** A clock and timers that move only when told to. */
import type { Clock, Timer, Timers } from '../../src/domain/ports.js';
import { epochUs, monoNs, type DurationUs, type EpochUs, type MonoNs } from '../../src/domain/units.js';

interface Due {
  at: number;
  readonly every: number | null;
  readonly run: () => void;
}

export class FakeTime implements Clock, Timers {
  #now: number;
  readonly #due = new Set<Due>();

  constructor(start = 1_795_296_000_000_000) {
    this.#now = start;
  }

  now(): EpochUs {
    return epochUs(this.#now);
  }
  wall(): EpochUs {
    return epochUs(this.#now);
  }
  monoNs(): MonoNs {
    return monoNs(this.#now * 1000);
  }

  after(span: DurationUs, run: () => void): Timer {
    return this.#add({ at: this.#now + span, every: null, run });
  }
  every(span: DurationUs, run: () => void): Timer {
    return this.#add({ at: this.#now + span, every: span, run });
  }

  soon(run: () => void): void {
    queueMicrotask(run);
  }

  get pending(): number {
    return this.#due.size;
  }

  /** Moves time forward and runs what falls due, in order. */
  advance(span: DurationUs): void {
    const end = this.#now + span;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      if (next.every === null) this.#due.delete(next);
      else next.at += next.every;
      next.run();
    }
    this.#now = end;
  }

  #next(end: number): Due | null {
    let first: Due | null = null;
    for (const due of this.#due) if (due.at <= end && (first === null || due.at < first.at)) first = due;
    return first;
  }

  #add(due: Due): Timer {
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }
}
