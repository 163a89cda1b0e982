/** One side of a book as a flat array over the grid. The order book's inside: others use OrderBook. */
import type { Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import type { Price } from '../domain/units.js';

const NONE = -1;

/**
 * Sizes are kept by rank, worst price first: for bids the rank is the level index, for asks its mirror. So "better" means a higher rank on either
 * side and one piece of code serves both. The array is Float64: sizes exceed 32 bits in sum, and integers below 2^53 are exact.
 */
export class BookHalf {
  readonly #grid: PriceGrid;
  readonly #mirror: boolean;
  readonly #top: number;
  readonly #sizes: Float64Array;
  #bestRank = NONE;
  #occupied = 0;
  #total = 0;
  #best: Price | null = null;

  constructor(side: BookSide, grid: PriceGrid) {
    this.#grid = grid;
    this.#mirror = side === 'ask';
    this.#top = grid.levelCount - 1;
    this.#sizes = new Float64Array(grid.levelCount);
  }

  get best(): Price | null {
    return this.#best;
  }

  /** Zero where the side is empty. */
  get bestSize(): number {
    return this.#bestRank === NONE ? 0 : (this.#sizes[this.#bestRank] as number);
  }

  get total(): number {
    return this.#total;
  }

  clear(): void {
    if (this.#occupied > 0) this.#sizes.fill(0);
    this.#bestRank = NONE;
    this.#occupied = 0;
    this.#total = 0;
    this.#best = null;
  }

  /** Fills an empty half. It may be left half-filled on a problem: the book then clears it. */
  fill(levels: readonly Level[]): 'off-grid' | 'negative-level' | 'malformed' | null {
    for (const level of levels) {
      const index = this.#grid.indexOf(level.price);
      if (index < 0) return 'off-grid';
      if (this.sizeAt(index) !== 0) return 'malformed';
      if (!this.add(index, level.quantity)) return 'negative-level';
    }
    return null;
  }

  /** Adds a signed change. Returns false, and changes nothing, where the level would fall below zero (or is no number). */
  add(index: number, change: number): boolean {
    const rank = this.#mirror ? this.#top - index : index;
    const before = this.#sizes[rank] as number;
    const after = before + change;
    if (!(after >= 0)) return false;
    this.#sizes[rank] = after;
    this.#total += change;
    if (before === 0) {
      if (after > 0) this.#appear(rank);
    } else if (after === 0) this.#vanish(rank);
    return true;
  }

  sizeAt(index: number): number {
    return this.#sizes[this.#mirror ? this.#top - index : index] as number;
  }

  /** Best occupied price worse than the level `index`, or null. */
  worseThan(index: number): Price | null {
    const rank = this.#below(this.#mirror ? this.#top - index : index);
    return rank === NONE ? null : this.#priceOf(rank);
  }

  #appear(rank: number): void {
    this.#occupied++;
    if (rank > this.#bestRank) this.#lead(rank);
  }

  #vanish(rank: number): void {
    this.#occupied--;
    if (rank === this.#bestRank) this.#lead(this.#occupied === 0 ? NONE : this.#below(rank));
  }

  #lead(rank: number): void {
    this.#bestRank = rank;
    this.#best = rank === NONE ? null : this.#priceOf(rank);
  }

  #below(rank: number): number {
    let at = rank - 1;
    while (at >= 0 && this.#sizes[at] === 0) at--;
    return at;
  }

  #priceOf(rank: number): Price {
    return this.#grid.priceAt(this.#mirror ? this.#top - rank : rank);
  }
}
