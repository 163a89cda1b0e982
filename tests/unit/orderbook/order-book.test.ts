import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/events.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { PriceGrid } from '../../../src/domain/price-grid.js';
import { parsePrice, parseQuantity, price, quantity } from '../../../src/domain/units.js';
import { NaiveBook } from '../../../src/orderbook/naive-book.js';
import { OrderBook } from '../../../src/orderbook/order-book.js';
import { GRIDS, grid, type GridName } from '../../support/grids.js';

const level = (at: string, size: string): Level => ({ price: parsePrice(at), quantity: parseQuantity(size) });
const cents = grid('linear_cent');

const sample = (): OrderBook => {
  const book = new OrderBook(cents);
  expect(
    book.applySnapshot([level('0.41', '10'), level('0.42', '13'), level('0.10', '5')], [level('0.45', '20'), level('0.44', '17')]),
  ).toBeNull();
  return book;
};

const change = (book: OrderBook, side: BookSide, at: string, by: string): ReturnType<OrderBook['applyDelta']> =>
  book.applyDelta(side, parsePrice(at), parseQuantity(by));

describe('a book', () => {
  test('is lost and empty until its first snapshot, and ignores changes', () => {
    const book = new OrderBook(cents);
    expect(book.isValid).toBe(false);
    expect(change(book, 'bid', '0.5', '10')).toBeNull();
    expect([book.bestBid(), book.bestAsk(), book.bidSize(), book.askSize()]).toEqual([null, null, 0, 0]);
  });

  test('tells the best price and size of each side after a snapshot', () => {
    const book = sample();
    expect(book.isValid).toBe(true);
    expect([book.bestBid(), book.bidSize()]).toEqual([4200, 1300]);
    expect([book.bestAsk(), book.askSize()]).toEqual([4400, 1700]);
    expect([book.totalQuantity('bid'), book.totalQuantity('ask')]).toEqual([2800, 3700]);
  });

  test('adds signed changes to a level rather than replacing its size', () => {
    const book = sample();
    change(book, 'bid', '0.42', '-5');
    expect(book.bidSize()).toBe(800);
    change(book, 'bid', '0.42', '0.37');
    expect(book.bidSize()).toBe(837);
  });

  test('finds the next best price where the best level empties, on either side', () => {
    const book = sample();
    change(book, 'bid', '0.42', '-13');
    expect([book.bestBid(), book.bidSize()]).toEqual([4100, 1000]);
    change(book, 'ask', '0.44', '-17');
    expect([book.bestAsk(), book.askSize()]).toEqual([4500, 2000]);
    change(book, 'ask', '0.45', '-20');
    expect([book.bestAsk(), book.askSize()]).toEqual([null, 0]);
  });

  test('holds sizes and sums beyond 32 bits exactly', () => {
    const book = new OrderBook(cents);
    const huge = quantity(10_000_000_000);
    book.applySnapshot([{ price: price(100), quantity: huge }], []);
    change(book, 'bid', '0.01', '0.01');
    change(book, 'bid', '0.02', '1410065.40');
    expect([book.sizeAt('bid', price(100)), book.totalQuantity('bid')]).toEqual([10_000_000_001, 10_141_006_541]);
  });

  test('shows levels best first and sums depth within a distance of the top', () => {
    const book = sample();
    expect(book.levels('bid', 2)).toEqual([level('0.42', '13'), level('0.41', '10')]);
    expect(book.levels('ask')).toEqual([level('0.44', '17'), level('0.45', '20')]);
    expect([book.depth('bid', 0), book.depth('bid', 100), book.depth('ask', 99), book.depth('bid', 9999)]).toEqual([
      1300, 2300, 1700, 2800,
    ]);
    expect(new OrderBook(cents).depth('ask', 100)).toBe(0);
  });

  test('has nothing at a price that is not legal', () => {
    const book = sample();
    expect([book.sizeAt('bid', parsePrice('0.425')), book.sizeAt('ask', parsePrice('1'))]).toEqual([0, 0]);
  });

  test('may cross between two changes of one batch, and says so when asked', () => {
    const book = sample();
    expect(change(book, 'bid', '0.44', '3')).toBeNull();
    expect(book.isCrossed()).toBe(true);
    expect(change(book, 'ask', '0.44', '-17')).toBeNull();
    expect(book.isCrossed()).toBe(false);
    expect(book.isValid).toBe(true);
  });
});

describe('a problem empties the book and marks it lost', () => {
  test.each([
    ['a change at no legal price', (book: OrderBook) => change(book, 'bid', '0.425', '1'), 'off-grid'],
    ['a change at price 0', (book: OrderBook) => change(book, 'bid', '0', '1'), 'off-grid'],
    ['a change at the payout', (book: OrderBook) => change(book, 'ask', '1', '1'), 'off-grid'],
    ['a level below zero', (book: OrderBook) => change(book, 'ask', '0.44', '-17.01'), 'negative-level'],
    ['a reduction where nothing rests', (book: OrderBook) => change(book, 'bid', '0.30', '-0.01'), 'negative-level'],
    ['a change that is no number', (book: OrderBook) => book.applyDelta('bid', price(4200), quantity(NaN)), 'negative-level'],
    ['a snapshot off the grid', (book: OrderBook) => book.applySnapshot([level('0.415', '1')], []), 'off-grid'],
    ['a snapshot with a negative level', (book: OrderBook) => book.applySnapshot([], [level('0.5', '-1')]), 'negative-level'],
    [
      'a snapshot that names a price twice',
      (book: OrderBook) => book.applySnapshot([level('0.4', '1'), level('0.4', '1')], []),
      'malformed',
    ],
    ['a locked snapshot', (book: OrderBook) => book.applySnapshot([level('0.4', '1')], [level('0.4', '1')]), 'crossed'],
    ['a crossed snapshot', (book: OrderBook) => book.applySnapshot([level('0.41', '1')], [level('0.4', '1')]), 'crossed'],
  ] as const)('%s', (_, act, problem) => {
    const book = sample();
    expect(act(book)).toBe(problem);
    expect([book.isValid, book.bestBid(), book.bestAsk(), book.totalQuantity('bid'), book.totalQuantity('ask')]).toEqual([
      false,
      null,
      null,
      0,
      0,
    ]);
    expect(change(book, 'bid', '0.2', '1'), 'a lost book ignores changes').toBeNull();
    expect(book.bestBid()).toBeNull();
    expect(book.applySnapshot([level('0.2', '1')], []), 'a snapshot heals it').toBeNull();
    expect([book.isValid, book.bestBid()]).toEqual([true, 2000]);
  });
});

describe('the top version', () => {
  const grows = (act: (book: OrderBook) => void): number => {
    const book = sample();
    const before = book.topVersion;
    act(book);
    return book.topVersion - before;
  };
  test.each([
    ['a change below the top', 0, (book: OrderBook) => change(book, 'bid', '0.41', '1')],
    ['a change of nothing', 0, (book: OrderBook) => change(book, 'bid', '0.42', '0')],
    ['a change of the size at the top', 1, (book: OrderBook) => change(book, 'bid', '0.42', '-1')],
    ['a better price', 1, (book: OrderBook) => change(book, 'ask', '0.43', '1')],
    ['the end of the best level', 1, (book: OrderBook) => change(book, 'ask', '0.44', '-17')],
    ['a loss', 1, (book: OrderBook) => book.markLost()],
    ['two losses', 1, (book: OrderBook) => [book.markLost(), book.markLost()]],
    ['the same snapshot again', 0, (book: OrderBook) => book.applySnapshot(book.levels('bid'), book.levels('ask'))],
    ['a snapshot with another top', 1, (book: OrderBook) => book.applySnapshot(book.levels('bid', 1), [level('0.5', '1')])],
    ['a snapshot with another size at the best bid', 1, (book: OrderBook) => book.applySnapshot([level('0.42', '14')], book.levels('ask'))],
    ['a snapshot with another size at the best ask', 1, (book: OrderBook) => book.applySnapshot(book.levels('bid'), [level('0.44', '18')])],
    ['a snapshot with another best bid', 1, (book: OrderBook) => book.applySnapshot([level('0.43', '13')], book.levels('ask'))],
    ['a snapshot with another best ask', 1, (book: OrderBook) => book.applySnapshot(book.levels('bid'), [level('0.45', '17')])],
    ['a finer grid', 0, (book: OrderBook) => book.regrid(grid('deci_cent'))],
  ] as const)('grows with %s by %i', (_, growth, act) => {
    expect(grows(act)).toBe(growth);
  });

  test('grows with the first snapshot, even of an empty book: from then on it can be believed', () => {
    const book = new OrderBook(cents);
    expect(book.applySnapshot([], [])).toBeNull();
    expect([book.isValid, book.topVersion]).toEqual([true, 1]);
  });

  test('grows where the next level of equal size takes the lead', () => {
    const book = new OrderBook(cents);
    book.applySnapshot([level('0.42', '7'), level('0.41', '7')], []);
    const before = book.topVersion;
    change(book, 'bid', '0.42', '-7');
    expect(book.topVersion).toBe(before + 1);
  });
});

describe('a new tick structure', () => {
  test('keeps every level that is legal in it, and accepts finer prices from then on', () => {
    const book = sample();
    const before = [book.levels('bid'), book.levels('ask')];
    expect(book.regrid(grid('deci_cent'))).toBeNull();
    expect([book.levels('bid'), book.levels('ask')]).toEqual(before);
    expect(change(book, 'bid', '0.425', '1')).toBeNull();
    expect(book.bestBid()).toBe(4250);
  });

  test('loses a book that has a level between the new ticks', () => {
    const book = sample();
    book.regrid(grid('deci_cent'));
    change(book, 'bid', '0.425', '1');
    expect(book.regrid(cents)).toBe('off-grid');
    expect([book.isValid, book.bestBid()]).toEqual([false, null]);
    expect(book.grid).toBe(cents);
  });

  test('leaves a lost book lost', () => {
    const book = new OrderBook(cents);
    expect(book.regrid(grid('deci_cent'))).toBeNull();
    expect(book.isValid).toBe(false);
  });
});

const sides = fc.constantFrom<BookSide>('bid', 'ask');
const sizes = fc.integer({ min: 1, max: 50_000 });

/** A snapshot with bids below a border and asks above it, then changes that keep every level at or above zero or, rarely, do not. */
const histories = (on: PriceGrid) =>
  fc.record({
    border: fc.integer({ min: 0, max: on.levelCount }),
    resting: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: on.levelCount - 1 }), sizes), {
      maxLength: 30,
      selector: ([index]) => index,
    }),
    changes: fc.array(
      fc.record({
        side: sides,
        near: fc.integer({ min: -6, max: 6 }),
        by: fc.oneof(sizes, fc.constant('all' as const), fc.constantFrom(-1, -7)),
      }),
      { maxLength: 60 },
    ),
  });

describe('the fast book equals the naive book', () => {
  test.each(Object.keys(GRIDS) as GridName[])('%s: after any snapshot and changes', (name) => {
    const on = grid(name);
    fc.assert(
      fc.property(histories(on), ({ border, resting, changes }) => {
        const fast = new OrderBook(on);
        const naive = new NaiveBook();
        const levels = resting.map(([index, size]) => ({ index, level: { price: on.priceAt(index), quantity: quantity(size) } }));
        const bids = levels.filter(({ index }) => index < border).map(({ level }) => level);
        const asks = levels.filter(({ index }) => index >= border).map(({ level }) => level);
        expect(fast.applySnapshot(bids, asks)).toBeNull();
        naive.applySnapshot(bids, asks);
        for (const { side, near, by } of changes) {
          const at = on.priceAt(Math.max(0, Math.min(on.levelCount - 1, border + near)));
          const signed = by === 'all' ? -fast.sizeAt(side, at) : by;
          const topBefore = [fast.bestBid(), fast.bidSize(), fast.bestAsk(), fast.askSize()];
          const versionBefore = fast.topVersion;
          const problem = fast.applyDelta(side, at, quantity(signed));
          naive.applyDelta(side, at, signed);
          if (!naive.isSound()) {
            expect(problem).toBe('negative-level');
            return;
          }
          expect(problem).toBeNull();
          const topAfter = [fast.bestBid(), fast.bidSize(), fast.bestAsk(), fast.askSize()];
          expect(fast.topVersion !== versionBefore).toBe(topAfter.some((value, i) => value !== topBefore[i]));
          expect([fast.bestBid(), fast.bidSize()]).toEqual([naive.levels('bid')[0]?.price ?? null, naive.levels('bid')[0]?.quantity ?? 0]);
          expect([fast.bestAsk(), fast.askSize()]).toEqual([naive.levels('ask')[0]?.price ?? null, naive.levels('ask')[0]?.quantity ?? 0]);
        }
        for (const side of ['bid', 'ask'] as const) {
          const expected = naive.levels(side);
          expect(fast.levels(side)).toEqual(expected);
          expect(fast.totalQuantity(side)).toBe(expected.reduce((sum, { quantity }) => sum + quantity, 0));
        }
        const [bid] = naive.levels('bid');
        const [ask] = naive.levels('ask');
        expect(fast.isCrossed()).toBe(bid !== undefined && ask !== undefined && bid.price >= ask.price);
      }),
      { numRuns: 60 },
    );
  });
});
