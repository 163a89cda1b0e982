/** A crossed book is believed. */
import { OrderBook as Original } from '../../../src/orderbook/order-book.js';

export * from '../../../src/orderbook/order-book.js';

export class OrderBook extends Original {
  override isCrossed(): boolean {
    return false;
  }
}
