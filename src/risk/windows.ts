/** Counting over sliding windows of time, in fixed memory. */
import type { MarketIndex } from '../domain/ids.js';
import { between, later, seconds, type DurationUs, type EpochUs } from '../domain/units.js';

/** At most `max` events in any window of `span`. */
export class RateWindow {
  readonly #times: Float64Array;
  #next = 0;

  constructor(
    readonly max: number,
    readonly span: DurationUs,
  ) {
    this.#times = new Float64Array(Math.max(1, max)).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more event at `now` stays within the limit. */
  hasRoom(now: EpochUs): boolean {
    return this.max > 0 && now - (this.#times[this.#next] as number) >= this.span;
  }

  note(now: EpochUs): void {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
  }
}

const MINUTE = seconds(60);

interface Breaker {
  readonly window: RateWindow;
  openUntil: EpochUs | null;
}

/** Pauses a market for a minute once the exchange has refused its orders more than `maxPerMinute` times within a minute. */
export class RefusalBreaker {
  readonly #markets: (Breaker | undefined)[] = [];
  constructor(private readonly maxPerMinute: number) {}

  /** @returns true in the moment the breaker trips */
  note(market: MarketIndex, now: EpochUs): boolean {
    let breaker = this.#markets[market];
    if (breaker === undefined) {
      breaker = { window: new RateWindow(this.maxPerMinute, MINUTE), openUntil: null };
      this.#markets[market] = breaker;
    }
    const tooMany = !breaker.window.hasRoom(now);
    breaker.window.note(now);
    if (!tooMany || this.isOpen(market, now)) return false;
    breaker.openUntil = later(now, MINUTE);
    return true;
  }

  /** True while the market is paused. */
  isOpen(market: MarketIndex, now: EpochUs): boolean {
    const until = this.#markets[market]?.openUntil ?? null;
    return until !== null && now < until;
  }
}

interface Intent {
  readonly key: string;
  readonly at: EpochUs;
}

/** Notices the very same intent told twice in a row within a short time: a fault of ours, whatever its cause. */
export class DuplicateWatch {
  readonly #last = new Map<string, Intent>();
  constructor(private readonly window: DurationUs) {}

  /** @param slot whose last intent is remembered, such as one side of one market */
  isRepeat(slot: string, key: string, now: EpochUs): boolean {
    const last = this.#last.get(slot);
    return last !== undefined && last.key === key && between(last.at, now) < this.window;
  }

  note(slot: string, key: string, now: EpochUs): void {
    this.#last.set(slot, { key, at: now });
  }
}
