/** The top of the book as others make it. Quoting against our own orders would let us chase, or flee from, ourselves. */
import type { Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import { ZERO_QUANTITY, type Price, type Quantity } from '../domain/units.js';
import type { OrderBook } from './order-book.js';

/** An order of ours that rests, with what is left of it. */
export interface OwnOrder {
  readonly side: BookSide;
  readonly price: Price;
  readonly remaining: Quantity;
}

/** Best prices and sizes; sizes are zero where the side is empty. */
export interface TopOfBook {
  bestBid: Price | null;
  bidSize: Quantity;
  bestAsk: Price | null;
  askSize: Quantity;
}

export const emptyTop = (): TopOfBook => ({ bestBid: null, bidSize: ZERO_QUANTITY, bestAsk: null, askSize: ZERO_QUANTITY });

/**
 * Fills `into` with the best prices and sizes of everybody else. Walks from the best price down and passes at most one level per own order.
 *
 * Acknowledgement and book travel on different roads: for a moment an order of ours may be counted that the book does not show yet (the level then looks
 * smaller than it is, never below nothing) or shown that is not counted yet. Both heal with the next message.
 */
export const topWithoutOwn = (book: OrderBook, own: readonly OwnOrder[], into: TopOfBook): void => {
  let at = book.bestBid();
  let size = at === null ? 0 : book.bidSize() - ownAt(own, 'bid', at);
  while (at !== null && size <= 0) {
    at = book.nextWorse('bid', at);
    size = at === null ? 0 : book.sizeAt('bid', at) - ownAt(own, 'bid', at);
  }
  into.bestBid = at;
  into.bidSize = size as Quantity;

  at = book.bestAsk();
  size = at === null ? 0 : book.askSize() - ownAt(own, 'ask', at);
  while (at !== null && size <= 0) {
    at = book.nextWorse('ask', at);
    size = at === null ? 0 : book.sizeAt('ask', at) - ownAt(own, 'ask', at);
  }
  into.bestAsk = at;
  into.askSize = size as Quantity;
};

/** The best `count` levels of a side as everybody else makes them, best first, freshly made. */
export const levelsWithoutOwn = (book: OrderBook, side: BookSide, own: readonly OwnOrder[], count: number): Level[] => {
  const levels: Level[] = [];
  for (let at = side === 'bid' ? book.bestBid() : book.bestAsk(); at !== null && levels.length < count; at = book.nextWorse(side, at)) {
    const size = book.sizeAt(side, at) - ownAt(own, side, at);
    if (size > 0) levels.push({ price: at, quantity: size as Quantity });
  }
  return levels;
};

const ownAt = (own: readonly OwnOrder[], side: BookSide, price: Price): number => {
  let sum = 0;
  for (const order of own) if (order.price === price && order.side === side) sum += order.remaining;
  return sum;
};
