/**
 * One market's book in YES terms: what rests at every legal price, and the best of each side at hand. Fed by snapshots and signed changes.
 * Sequence numbers are the session's business; here a change either fits or the book calls itself lost.
 */
import type { BookLost, Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import { ZERO_QUANTITY, type Price, type Quantity } from '../domain/units.js';
import { BookHalf } from './book-half.js';

/**
 * Why the book cannot be believed any more; fits `BookLost.reason`. `malformed` is a snapshot that names one price twice.
 * `crossed` comes from a snapshot only: single changes may cross for a moment, so after a batch the owner asks `isCrossed()`.
 */
export type BookProblem = Extract<BookLost['reason'], 'off-grid' | 'negative-level' | 'crossed' | 'malformed'>;

export class OrderBook {
  #grid: PriceGrid;
  #bids: BookHalf;
  #asks: BookHalf;
  #valid = false;
  #topVersion = 0;

  /** The book is lost until its first snapshot. */
  constructor(grid: PriceGrid) {
    this.#grid = grid;
    this.#bids = new BookHalf('bid', grid);
    this.#asks = new BookHalf('ask', grid);
  }

  get grid(): PriceGrid {
    return this.#grid;
  }

  /** False from the start, a problem or `markLost()` until the next good snapshot. A lost book is empty. */
  get isValid(): boolean {
    return this.#valid;
  }

  /** Grows by one whenever a best price, the size there, or `isValid` changes, and never otherwise: compare it to know that nothing happened. */
  get topVersion(): number {
    return this.#topVersion;
  }

  /** Replaces the whole book. Levels of size zero are as good as absent. On a problem the book is lost. */
  applySnapshot(bids: readonly Level[], asks: readonly Level[]): BookProblem | null {
    const { best: bidBefore, bestSize: bidSizeBefore } = this.#bids;
    const { best: askBefore, bestSize: askSizeBefore } = this.#asks;
    const wasValid = this.#valid;
    this.#clear();
    const problem = this.#bids.fill(bids) ?? this.#asks.fill(asks) ?? (this.isCrossed() ? 'crossed' : null);
    if (problem !== null) this.#clear();
    this.#valid = problem === null;
    if (
      wasValid !== this.#valid ||
      bidBefore !== this.#bids.best ||
      bidSizeBefore !== this.#bids.bestSize ||
      askBefore !== this.#asks.best ||
      askSizeBefore !== this.#asks.bestSize
    )
      this.#topVersion++;
    return problem;
  }

  /**
   * Adds a signed change to one level; allocates nothing. On a problem the book is lost. A lost book ignores changes (and answers null):
   * they belong to a state nobody knows, and the snapshot to come contains them.
   */
  applyDelta(side: BookSide, price: Price, change: Quantity): BookProblem | null {
    if (!this.#valid) return null;
    const half = side === 'bid' ? this.#bids : this.#asks;
    const index = this.#grid.indexOf(price);
    if (index < 0) return this.#lose('off-grid');
    const sizeBefore = half.bestSize;
    const bestBefore = half.best;
    if (!half.add(index, change)) return this.#lose('negative-level');
    if (half.bestSize !== sizeBefore || half.best !== bestBefore) this.#topVersion++;
    return null;
  }

  /** The feed cannot vouch for this book any more: empty it and wait for a snapshot. */
  markLost(): void {
    if (!this.#valid) return;
    this.#clear();
    this.#valid = false;
    this.#topVersion++;
  }

  /**
   * Moves the book to another tick structure. Levels keep their price; the top stays as it is.
   * @returns `off-grid` (and the book is lost) where a resting level is not legal in the new grid
   */
  regrid(grid: PriceGrid): BookProblem | null {
    const bids = this.levels('bid');
    const asks = this.levels('ask');
    this.#grid = grid;
    this.#bids = new BookHalf('bid', grid);
    this.#asks = new BookHalf('ask', grid);
    if (!this.#valid) return null;
    const problem = this.#bids.fill(bids) ?? this.#asks.fill(asks);
    return problem === null ? null : this.#lose(problem);
  }

  bestBid(): Price | null {
    return this.#bids.best;
  }

  bestAsk(): Price | null {
    return this.#asks.best;
  }

  /** Quantity at the best bid; zero where there is none. */
  bidSize(): Quantity {
    return this.#bids.bestSize as Quantity;
  }

  /** Quantity at the best ask; zero where there is none. */
  askSize(): Quantity {
    return this.#asks.bestSize as Quantity;
  }

  /** True where the best bid is at or above the best ask. Ask after a batch: in the middle of one the answer means nothing. */
  isCrossed(): boolean {
    const bid = this.#bids.best;
    const ask = this.#asks.best;
    return bid !== null && ask !== null && bid >= ask;
  }

  /** Quantity at one price; zero where nothing rests or the price is not legal. */
  sizeAt(side: BookSide, price: Price): Quantity {
    const index = this.#grid.indexOf(price);
    return index < 0 ? ZERO_QUANTITY : (this.#half(side).sizeAt(index) as Quantity);
  }

  /** The best occupied price that is worse than `price` (which must be legal), or null where there is none. */
  nextWorse(side: BookSide, price: Price): Price | null {
    return this.#half(side).worseThan(this.#grid.indexOf(price));
  }

  /** Quantity within `distance` of the side's own best price, that price included. */
  depth(side: BookSide, distance: number): Quantity {
    let at = this.#half(side).best;
    if (at === null) return ZERO_QUANTITY;
    const lowest = at - distance;
    const highest = at + distance;
    let sum = 0;
    for (; at !== null && at >= lowest && at <= highest; at = this.nextWorse(side, at)) sum += this.sizeAt(side, at);
    return sum as Quantity;
  }

  /** All quantity of a side. */
  totalQuantity(side: BookSide): Quantity {
    return this.#half(side).total as Quantity;
  }

  /** The best `count` levels, best first, freshly made: for display, not for the hot path. */
  levels(side: BookSide, count = Infinity): Level[] {
    const out: Level[] = [];
    for (let at = this.#half(side).best; at !== null && out.length < count; at = this.nextWorse(side, at))
      out.push({ price: at, quantity: this.sizeAt(side, at) });
    return out;
  }

  #half(side: BookSide): BookHalf {
    return side === 'bid' ? this.#bids : this.#asks;
  }

  #clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  #lose(problem: BookProblem): BookProblem {
    this.markLost();
    return problem;
  }
}
