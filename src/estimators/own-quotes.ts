/** Follows our resting quotes and their distance from fair value: time goes into the cell where a quote rests, a fill into the cell where its quote stood. */
import type { BookSide } from '../domain/market.js';
import { between, millis, toSeconds, UNKNOWN_TIME, type EpochUs, type Price } from '../domain/units.js';
import { FillCells } from './fill-cells.js';

/** A trade moves the book, and its fill may be told after that: within this time the distance before the last change is the one that was filled. */
const SETTLED = millis(500);

class SideQuotes {
  readonly cells = new FillCells();
  #price: Price | null = null;
  #distance = 0;
  #since: EpochUs = UNKNOWN_TIME;
  #countedTo: EpochUs = UNKNOWN_TIME;
  #beforePrice: Price | null = null;
  #beforeDistance = 0;

  constructor(private readonly away: 1 | -1) {}

  rest(at: EpochUs, fair: number | null, quoted: Price | null): void {
    this.count(at);
    const resting = fair === null ? null : quoted;
    const distance = resting === null || fair === null ? 0 : this.away * (fair - resting);
    if (resting === this.#price && distance === this.#distance) return;
    if (this.#price !== null && between(this.#since, at) >= SETTLED) {
      this.#beforePrice = this.#price;
      this.#beforeDistance = this.#distance;
    }
    this.#price = resting;
    this.#distance = distance;
    this.#since = at;
  }

  /** Takes the time up to `at` into the cells. */
  count(at: EpochUs): void {
    if (this.#price !== null && at > this.#countedTo && this.#countedTo !== UNKNOWN_TIME)
      this.cells.rest(this.#distance, toSeconds(between(this.#countedTo, at)));
    this.#countedTo = at;
  }

  fill(at: EpochUs, filled: Price, lots: number): void {
    this.count(at);
    const isSettled = between(this.#since, at) >= SETTLED;
    if (this.#price === filled && (isSettled || this.#beforePrice !== filled)) this.cells.fill(this.#distance, lots);
    else if (this.#beforePrice === filled) this.cells.fill(this.#beforeDistance, lots);
  }
}

/** Distances in price units. A fill at a price where no quote is known to have rested is left out: nobody can say how long it would have had to wait. */
export class OwnQuotes {
  readonly #bid = new SideQuotes(1);
  readonly #ask = new SideQuotes(-1);

  /** @param fair value in price units, null where there is none: then nothing counts */
  rest(at: EpochUs, fair: number | null, bid: Price | null, ask: Price | null): void {
    this.#bid.rest(at, fair, bid);
    this.#ask.rest(at, fair, ask);
  }

  fill(at: EpochUs, side: BookSide, filled: Price, lots: number): void {
    (side === 'bid' ? this.#bid : this.#ask).fill(at, filled, lots);
  }

  count(at: EpochUs): void {
    this.#bid.count(at);
    this.#ask.count(at);
  }

  fade(kept: number): void {
    this.#bid.cells.fade(kept);
    this.#ask.cells.fade(kept);
  }

  get bids(): FillCells {
    return this.#bid.cells;
  }

  get asks(): FillCells {
    return this.#ask.cells;
  }
}
