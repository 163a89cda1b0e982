import { assert } from '../../domain/errors.js';
import { opposite, type BookSide } from '../../domain/market.js';
import { quantity, type Price, type Quantity } from '../../domain/units.js';
import type { Level } from '../../domain/events.js';

/** What the book needs to know of an order. */
export interface Bookable {
  readonly side: BookSide;
  readonly price: Price;
  readonly remaining: Quantity;
}

/** One price: orders in the sequence of their arrival (a Set keeps it and forgets in constant time). */
export interface BookLevel<O> {
  readonly price: Price;
  total: Quantity;
  readonly orders: Set<O>;
}

/** Price-time priority book of one market, in YES prices. Each side is sorted with its best level last, where most changes happen. */
export class OrderBook<O extends Bookable> {
  readonly #sides: Readonly<Record<BookSide, BookLevel<O>[]>> = { bid: [], ask: [] };

  /** Levels of one side, best last. Not to be changed by the caller. */
  levels(side: BookSide): readonly BookLevel<O>[] {
    return this.#sides[side];
  }

  best(side: BookSide): BookLevel<O> | null {
    return this.#sides[side].at(-1) ?? null;
  }

  /** Puts an order at the end of the queue of its price. */
  add(order: O): void {
    const level = this.#level(order.side, order.price);
    assert(!level.orders.has(order), 'an order rests twice');
    level.orders.add(order);
    level.total = quantity(level.total + order.remaining);
  }

  /** Takes an order out, with its present remaining size. */
  remove(order: O): void {
    const at = this.#find(order.side, order.price);
    const level = this.#sides[order.side][at];
    assert(level !== undefined && level.price === order.price && level.orders.delete(order), 'an order leaves a level it does not rest at');
    level.total = quantity(level.total - order.remaining);
    if (level.orders.size === 0) {
      assert(level.total === 0, 'an empty level has size');
      this.#sides[order.side].splice(at, 1);
    }
  }

  /** Says that an order at this price shrank or grew in its place; the caller has changed, or will change, the order itself. */
  resize(order: O, change: Quantity): void {
    const level = this.#sides[order.side][this.#find(order.side, order.price)];
    assert(level !== undefined && level.orders.has(order), 'an order changes size at a level it does not rest at');
    level.total = quantity(level.total + change);
    assert(level.total > 0, 'a level with orders has no size');
  }

  /** Whether an order at this price would meet the other side now. */
  crosses(side: BookSide, price: Price): boolean {
    const best = this.best(opposite(side));
    return best !== null && (side === 'bid' ? best.price <= price : best.price >= price);
  }

  /** Best first, with sizes. */
  view(side: BookSide): Level[] {
    const levels: Level[] = [];
    for (let i = this.#sides[side].length - 1; i >= 0; i--) {
      const level = this.#sides[side][i] as BookLevel<O>;
      levels.push({ price: level.price, quantity: level.total });
    }
    return levels;
  }

  /** Contracts ahead of an order under price-time priority: better prices, then earlier orders at its own. */
  ahead(order: O): Quantity {
    let sum = 0;
    const levels = this.#sides[order.side];
    for (let i = levels.length - 1; i >= 0; i--) {
      const level = levels[i] as BookLevel<O>;
      if (level.price !== order.price) {
        sum += level.total;
        continue;
      }
      for (const earlier of level.orders) {
        if (earlier === order) return quantity(sum);
        sum += earlier.remaining;
      }
    }
    assert(false, 'queue position of an order that does not rest');
  }

  /** Index of the level with this price, or where it would be inserted. */
  #find(side: BookSide, price: Price): number {
    const levels = this.#sides[side];
    const sign = side === 'bid' ? 1 : -1;
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sign * ((levels[middle] as BookLevel<O>).price - price) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #level(side: BookSide, price: Price): BookLevel<O> {
    const at = this.#find(side, price);
    const found = this.#sides[side][at];
    if (found?.price === price) return found;
    const level: BookLevel<O> = { price, total: quantity(0), orders: new Set() };
    this.#sides[side].splice(at, 0, level);
    return level;
  }
}
