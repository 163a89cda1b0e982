/** Where our quotes of one side have rested, for how long, and what was filled there. */
import { dollarsOfPrice, price, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { FillCell } from './fill-fit.js';

/** Width of a cell and how many there are: a quarter of a cent, up to ten cents from fair value. Quotes further away teach nothing that is wanted. */
const WIDTH = PRICE_PER_DOLLAR / 400;
const CELLS = 40;

/** Distances are in price units, positive away from fair value; a quote beyond fair value counts as at it. */
export class FillCells {
  readonly #fills = new Float64Array(CELLS);
  readonly #seconds = new Float64Array(CELLS);
  /** Seconds times distance. */
  readonly #reach = new Float64Array(CELLS);

  rest(distance: number, seconds: number): void {
    const i = cellOf(distance);
    if (i < 0) return;
    this.#seconds[i] = (this.#seconds[i] as number) + seconds;
    this.#reach[i] = (this.#reach[i] as number) + seconds * Math.max(0, distance);
  }

  /** @param lots part of an order that was filled */
  fill(distance: number, lots: number): void {
    const i = cellOf(distance);
    if (i >= 0) this.#fills[i] = (this.#fills[i] as number) + lots;
  }

  /** Everything so far counts for less by this factor. */
  fade(kept: number): void {
    for (let i = 0; i < CELLS; i++) {
      this.#fills[i] = (this.#fills[i] as number) * kept;
      this.#seconds[i] = (this.#seconds[i] as number) * kept;
      this.#reach[i] = (this.#reach[i] as number) * kept;
    }
  }

  get fills(): number {
    return sumOf(this.#fills);
  }

  get seconds(): number {
    return sumOf(this.#seconds);
  }

  /** Cells where a quote has rested, distances in dollars. */
  list(): FillCell[] {
    const cells: FillCell[] = [];
    for (let i = 0; i < CELLS; i++) {
      const seconds = this.#seconds[i] as number;
      if (seconds > 0)
        cells.push({ distance: dollarsOfPrice(price((this.#reach[i] as number) / seconds)), fills: this.#fills[i] as number, seconds });
    }
    return cells;
  }
}

const cellOf = (distance: number): number => {
  const i = Math.floor(Math.max(0, distance) / WIDTH);
  return i < CELLS ? i : -1;
};

const sumOf = (values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
