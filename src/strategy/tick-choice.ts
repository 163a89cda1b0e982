/**
 * Which legal price to take: the one with the best expected net edge among those no nearer than the model's own. Between a tick and the next one outward
 * fills thin out by kappa, the edge grows by the tick (0.1 cent in the tails, 1 cent in the middle), and the rounding of a small order's fee jumps.
 */
import type { BookSide } from '../domain/market.js';
import { signOf } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import type { Price } from '../domain/units.js';

/** All in price units. */
export interface TickTerms {
  readonly side: BookSide;
  readonly grid: PriceGrid;
  /** Most that may be paid (bid), or least that must be left (ask), fee included. */
  readonly limit: number;
  /** Fee per contract at a price, rounding of the whole order included. */
  readonly fee: (at: Price) => number;
  /** kappa per price unit: how fast fills thin out; null: the first price within the limit is taken. */
  readonly decay: number | null;
  /** What a contract is worth to us. */
  readonly worth: number;
}

/** Float noise in a comparison of prices. */
const GUARD = 1e-7;

/**
 * Walks outward from `start` and stops where nothing further out can be better: beyond a distance d the expected edge is at most e^(-kappa d) (m + d),
 * m the margin at `start` before fees, and that falls for d above 1 / kappa - m.
 * @param start the nearest price that is allowed
 * @returns null where no price outward of it leaves anything after the fee
 */
export const bestTick = (start: Price, terms: TickTerms): Price | null => {
  const { side, grid, limit, fee, decay, worth } = terms;
  const sign = signOf(side);
  const margin = sign * (worth - start);
  let best: Price | null = null;
  let most = 0;
  for (let at: Price | null = start; at !== null; at = sign > 0 ? grid.previous(at) : grid.next(at)) {
    const distance = sign * (start - at);
    if (decay !== null && most > 0) {
      const reach = Math.max(distance, 1 / decay - margin);
      if (Math.exp(-decay * reach) * (margin + reach) <= most) return best;
    }
    const charged = fee(at);
    if (sign * (limit - at) - charged < -GUARD) continue;
    if (decay === null) return at;
    const edge = Math.exp(-decay * distance) * (sign * (worth - at) - charged);
    if (edge > most) {
      best = at;
      most = edge;
    }
  }
  return best;
};
