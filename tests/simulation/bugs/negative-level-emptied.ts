/** A level that falls below zero is set to zero and the book is believed. */
import type { BookSide } from '../../../src/domain/market.js';
import { quantity, type Price, type Quantity } from '../../../src/domain/units.js';
import { OrderBook as Original, type BookProblem } from '../../../src/orderbook/order-book.js';

export * from '../../../src/orderbook/order-book.js';

export class OrderBook extends Original {
  override applyDelta(side: BookSide, price: Price, change: Quantity): BookProblem | null {
    return super.applyDelta(side, price, quantity(Math.max(change, -this.sizeAt(side, price))));
  }
}
