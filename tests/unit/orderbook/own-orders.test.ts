import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/events.js';
import type { BookSide } from '../../../src/domain/market.js';
import { parsePrice, parseQuantity, price, quantity } from '../../../src/domain/units.js';
import { OrderBook } from '../../../src/orderbook/order-book.js';
import { emptyTop, topWithoutOwn, type OwnOrder, type TopOfBook } from '../../../src/orderbook/own-orders.js';
import { grid } from '../../support/grids.js';

const level = (at: string, size: string): Level => ({ price: parsePrice(at), quantity: parseQuantity(size) });
const own = (side: BookSide, at: string, remaining: string): OwnOrder => ({
  side,
  price: parsePrice(at),
  remaining: parseQuantity(remaining),
});

const bookOf = (bids: Level[], asks: Level[]): OrderBook => {
  const book = new OrderBook(grid('linear_cent'));
  expect(book.applySnapshot(bids, asks)).toBeNull();
  return book;
};
const others = (book: OrderBook, orders: readonly OwnOrder[]): TopOfBook => {
  const top = { bestBid: price(1), bidSize: quantity(1), bestAsk: price(1), askSize: quantity(1) };
  topWithoutOwn(book, orders, top);
  return top;
};

describe('the top of the book without our own orders', () => {
  const book = bookOf([level('0.42', '13'), level('0.41', '10'), level('0.38', '4')], [level('0.45', '17'), level('0.47', '20')]);

  test.each([
    ['nothing of ours rests', [], [4200, 1300, 4500, 1700]],
    ['ours is a part of the best level', [own('bid', '0.42', '3')], [4200, 1000, 4500, 1700]],
    ['ours is the whole best level', [own('bid', '0.42', '13')], [4100, 1000, 4500, 1700]],
    ['two of ours make the best level together', [own('ask', '0.45', '7'), own('ask', '0.45', '10')], [4200, 1300, 4700, 2000]],
    ['ours are two levels, with others below', [own('bid', '0.42', '13'), own('bid', '0.41', '10')], [3800, 400, 4500, 1700]],
    ['ours are all there is', [own('ask', '0.45', '17'), own('ask', '0.47', '20')], [4200, 1300, null, 0]],
    ['ours is below the top', [own('bid', '0.38', '4')], [4200, 1300, 4500, 1700]],
    ['ours is on the other side at that price', [own('ask', '0.42', '13')], [4200, 1300, 4500, 1700]],
    ['ours is counted before the book shows it all', [own('bid', '0.42', '20')], [4100, 1000, 4500, 1700]],
  ] as const)('where %s', (_, orders, [bestBid, bidSize, bestAsk, askSize]) => {
    expect(others(book, orders)).toEqual({ bestBid, bidSize, bestAsk, askSize });
  });

  test('an empty book has no top', () => {
    expect(others(bookOf([], []), [own('bid', '0.42', '1')])).toEqual(emptyTop());
  });

  test('placing our orders into a book and taking them out again leaves the top as others made it', () => {
    const side = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 49 }), fc.integer({ min: 1, max: 999 })), {
      maxLength: 8,
      selector: ([at]) => at,
    });
    const mine = fc.array(
      fc.record({
        side: fc.constantFrom<BookSide>('bid', 'ask'),
        at: fc.integer({ min: 1, max: 49 }),
        size: fc.integer({ min: 1, max: 999 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(side, side, mine, (bids, asks, orders) => {
        // Bids lie at 1..49 cents, asks mirrored at 51..99, so that they never meet.
        const priceOf = (which: BookSide, at: number) => price((which === 'bid' ? at : 100 - at) * 100);
        const theirs = bookOf(
          bids.map(([at, size]) => ({ price: priceOf('bid', at), quantity: quantity(size) })),
          asks.map(([at, size]) => ({ price: priceOf('ask', at), quantity: quantity(size) })),
        );
        const expected = others(theirs, []);
        const placed = orders.map((order) => ({ side: order.side, price: priceOf(order.side, order.at), remaining: quantity(order.size) }));
        for (const order of placed) expect(theirs.applyDelta(order.side, order.price, order.remaining)).toBeNull();
        expect(others(theirs, placed)).toEqual(expected);
      }),
    );
  });
});
