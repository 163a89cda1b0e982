/** Waits between attempts to connect: exponential with full jitter, so that a thousand clients of one outage do not return together. */
import type { Chance } from './ports.js';
import { durationUs, type DurationUs } from './units.js';

export interface BackoffSettings {
  /** Upper bound of the first wait; it doubles with every failure ... */
  readonly first: DurationUs;
  /** ... up to this. */
  readonly most: DurationUs;
}

export class Backoff {
  #failures = 0;

  constructor(
    private readonly settings: BackoffSettings,
    private readonly chance: Chance,
  ) {}

  /** Failures since the last reset. */
  get failures(): number {
    return this.#failures;
  }

  /** A uniform draw from [0, min(most, first x 2^failures)); counts one more failure. */
  next(): DurationUs {
    const bound = Math.min(this.settings.most, this.settings.first * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return durationUs(Math.floor(this.chance.next() * bound));
  }

  /** Call when a connection has proved stable, not when it merely opened. */
  reset(): void {
    this.#failures = 0;
  }
}
