/** How far beyond the touch the takers of a market reach, from its public trades. */
import type { Estimate } from '../domain/estimates.js';
import type { BookSide } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import { PRICE_PER_DOLLAR, UNKNOWN_TIME, type EpochUs, type Price } from '../domain/units.js';
import { gridDecay } from './taker-depth.js';

/** Trades of one side at one moment of the exchange are one taker, and the deepest price is how far it reached. Counts (e2) of the quoting reference. */
export class LiveTakers {
  #count = 0;
  #steps = 0;
  #at: EpochUs = UNKNOWN_TIME;
  #side: BookSide = 'bid';
  #touch: Price | null = null;
  #deepest = 0;
  #tick = 0;

  /**
   * @param side of the taker
   * @param touch best price that it met, before it came; null where that is not known
   */
  trade(exchangeAt: EpochUs, side: BookSide, traded: Price, touch: Price | null, grid: PriceGrid): void {
    const tick = touch === null ? 0 : tickBehind(grid, side, touch);
    const isSameTaker = exchangeAt !== UNKNOWN_TIME && exchangeAt === this.#at && side === this.#side;
    if (!isSameTaker) {
      this.#at = exchangeAt;
      this.#side = side;
      this.#touch = touch;
      this.#deepest = 0;
      if (touch !== null && tick > 0) {
        this.#count++;
        this.#tick = tick;
      }
    }
    if (this.#touch === null || !(tick > 0)) return;
    const steps = (side === 'bid' ? traded - this.#touch : this.#touch - traded) / this.#tick;
    if (steps <= this.#deepest) return;
    this.#steps += steps - this.#deepest;
    this.#deepest = steps;
  }

  get count(): number {
    return this.#count;
  }

  /** kappa per dollar; null where nobody has reached beyond the touch. */
  get decay(): Estimate | null {
    return this.#count === 0 ? null : gridDecay(this.#steps / this.#count, this.#tick / PRICE_PER_DOLLAR, this.#count);
  }
}

/** From the touch to the next price that a taker of this side reaches. */
const tickBehind = (grid: PriceGrid, side: BookSide, touch: Price): number => {
  const next = side === 'bid' ? grid.next(touch) : grid.previous(touch);
  return next === null ? 0 : Math.abs(next - touch);
};
