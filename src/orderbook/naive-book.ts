/** The order book in its plainest form: two maps, sorted whenever somebody asks. The oracle of the fast book's tests; not for trading. */
import type { Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import { quantity, type Price } from '../domain/units.js';

export class NaiveBook {
  readonly #sides = { bid: new Map<Price, number>(), ask: new Map<Price, number>() };

  applySnapshot(bids: readonly Level[], asks: readonly Level[]): void {
    this.#sides.bid = new Map(bids.map((level) => [level.price, level.quantity]));
    this.#sides.ask = new Map(asks.map((level) => [level.price, level.quantity]));
  }

  applyDelta(side: BookSide, price: Price, change: number): void {
    this.#sides[side].set(price, (this.#sides[side].get(price) ?? 0) + change);
  }

  /** True while no level is below zero. */
  isSound(): boolean {
    return [...this.#sides.bid.values(), ...this.#sides.ask.values()].every((size) => size >= 0);
  }

  /** Occupied levels, best first. */
  levels(side: BookSide): Level[] {
    const towardsBest = side === 'bid' ? -1 : 1;
    return [...this.#sides[side]]
      .filter(([, size]) => size !== 0)
      .sort(([a], [b]) => (a - b) * towardsBest)
      .map(([price, size]) => ({ price, quantity: quantity(size) }));
  }
}
