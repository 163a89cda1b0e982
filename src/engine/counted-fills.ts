/** Which fills were counted lately: those that the next run might be told again. */
import type { CountedFill } from '../domain/events.js';
import type { MarketIndex } from '../domain/ids.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';

/** Far more than any overlap holds; without readings nothing is ever pruned. */
const COUNTED_MAX = 100_000;

/** Oldest first. */
export class CountedFills {
  #fills: CountedFill[] = [];

  note(fill: CountedFill): void {
    this.#fills.push({ fillId: fill.fillId, market: fill.market, exchangeAt: fill.exchangeAt });
    if (this.#fills.length > COUNTED_MAX) this.#fills = this.#fills.slice(-COUNTED_MAX / 2);
  }

  /** Forgets what lies at or before its market's own moment. A fill without a time stays. */
  prune(countedAfter: (market: MarketIndex) => EpochUs): void {
    this.#fills = this.#fills.filter((fill) => fill.exchangeAt === UNKNOWN_TIME || fill.exchangeAt > countedAfter(fill.market));
  }

  of(market: MarketIndex): readonly CountedFill[] {
    return this.#fills.filter((fill) => fill.market === market);
  }
}
