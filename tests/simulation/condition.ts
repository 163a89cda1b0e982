/** The condition of one road between bot and exchange: what an incident does to it, and for how long. Of incidents that overlap the last to begin counts. */
import { durationUs, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';

/** `deaf`: what is sent arrives and nothing comes back. `black-hole`: nothing arrives. */
export type Standing = 'up' | 'refused' | 'bad-certificate' | 'black-hole' | 'deaf';

export class Condition {
  standing: Standing = 'up';
  /** Everything is this much later. */
  late: DurationUs = durationUs(0);
  #cause: FaultKind | null = null;
  #felt = false;

  constructor(private readonly onFelt: (kind: FaultKind) => void) {}

  set(standing: Standing, cause: FaultKind): void {
    this.standing = standing;
    this.#cause = cause;
    this.#felt = false;
  }

  /** The incident is over, unless another one has begun since. */
  clear(cause: FaultKind): void {
    if (this.#cause === cause) this.reset();
  }

  reset(): void {
    this.standing = 'up';
    this.#cause = null;
    this.late = durationUs(0);
  }

  /** The bot has met it: each incident counts once. */
  feel(): void {
    if (this.#cause === null || this.#felt) return;
    this.#felt = true;
    this.onFelt(this.#cause);
  }
}
