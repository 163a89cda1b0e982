/** The last outside opinion per market, trusted for a while and within a bound. */
import type { SignalUpdate } from '../domain/events.js';
import type { Ticker } from '../domain/ids.js';
import { between, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Alpha } from './alpha.js';

export interface SignalLimits {
  /** An opinion older than this counts as none. */
  readonly ageMax: DurationUs;
  /** Most that an opinion may shift fair value, either way, in price units. */
  readonly shiftMax: number;
}

interface Opinion {
  readonly shift: number;
  readonly formedAt: EpochUs;
}

export class Signals implements Alpha {
  readonly #limits: SignalLimits;
  readonly #last = new Map<Ticker, Opinion>();

  constructor(limits: SignalLimits) {
    this.#limits = limits;
  }

  /**
   * Keeps the opinion unless a younger one is held. Its age counts from when the source formed it, but never from after we received it: a source
   * whose clock runs ahead must not stay fresh for ever. A shift that is no finite number withdraws the opinion.
   */
  apply(update: SignalUpdate): void {
    const formedAt = update.asOf < update.at ? update.asOf : update.at;
    const held = this.#last.get(update.ticker);
    if (held !== undefined && held.formedAt > formedAt) return;
    this.#last.set(update.ticker, { shift: Number.isFinite(update.shift) ? update.shift : 0, formedAt });
  }

  getExternalSkew(ticker: Ticker, now: EpochUs): number {
    const held = this.#last.get(ticker);
    if (held === undefined || between(held.formedAt, now) > this.#limits.ageMax) return 0;
    const most = this.#limits.shiftMax;
    return Math.max(-most, Math.min(most, held.shift));
  }
}
