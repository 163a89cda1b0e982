import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochUs, later, price, quantity, QUANTITY_PER_CONTRACT, seconds, type EpochUs } from '../../../src/domain/units.js';
import { micropriceOf, midOf, OrderFlowImbalance } from '../../../src/orderbook/indicators.js';
import type { TopOfBook } from '../../../src/orderbook/own-orders.js';

/** Prices in cents and sizes in contracts, as in the quoting reference. */
const top = (bid: number | null, bidSize: number, ask: number | null, askSize: number): TopOfBook => ({
  bestBid: bid === null ? null : price(bid * 100),
  bidSize: quantity(bidSize * QUANTITY_PER_CONTRACT),
  bestAsk: ask === null ? null : price(ask * 100),
  askSize: quantity(askSize * QUANTITY_PER_CONTRACT),
});
const start = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(start, seconds(s));

describe('mid and microprice', () => {
  test('the worked value of the quoting reference, e.4', () => {
    expect(micropriceOf(top(49, 120, 51, 30))).toBeCloseTo(5060, 9);
    expect(midOf(top(49, 120, 51, 30))).toBe(5000);
  });
  test('a mid may fall between ticks', () => {
    expect(midOf(top(49, 1, 50, 1))).toBe(4950);
  });
  test.each([
    ['bid', top(null, 0, 51, 30)],
    ['ask', top(49, 120, null, 0)],
    ['bid and no ask', top(null, 0, null, 0)],
  ])('there is neither without a %s', (_, book) => {
    expect([midOf(book), micropriceOf(book)]).toEqual([null, null]);
  });
});

describe('order flow imbalance', () => {
  const books = [
    top(49, 100, 51, 80),
    top(49, 150, 51, 80),
    top(50, 40, 51, 60),
    top(50, 40, 52, 90),
    top(49, 120, 52, 50),
    top(49, 120, 51, 30),
  ];

  test('the worked values of the quoting reference, e.3', () => {
    const flow = new OrderFlowImbalance(seconds(60));
    const sums = books.map((book, i) => {
      flow.observe(at(i), book);
      return flow.value(at(i));
    });
    expect(sums).toEqual([0, 50, 110, 170, 170, 140]);
  });

  test('what is older than the window is forgotten, whatever happens since', () => {
    const flow = new OrderFlowImbalance(seconds(6.4));
    books.forEach((book, i) => flow.observe(at(i), book));
    // Bucket by bucket the pressures 50, 60, 60, 0, -30 of seconds 1 to 5 leave.
    expect([5, 7.39, 7.41, 8.41, 9.41, 10.41, 11.41].map((s) => flow.value(at(s)))).toEqual([140, 140, 90, 30, -30, -30, 0]);
    expect(flow.value(at(1e6))).toBe(0);
  });

  test('after a silence of the whole window or more nothing is left, not even where the ring comes round', () => {
    for (const silence of [6.4, 6.5, 12.8, 1000]) {
      const flow = new OrderFlowImbalance(seconds(6.4));
      flow.observe(at(0), top(49, 100, 51, 80));
      flow.observe(at(0), top(49, 150, 51, 80));
      expect(flow.value(at(0))).toBe(50);
      expect(flow.value(at(silence))).toBe(0);
    }
  });

  test('an empty side counts as infinitely far away', () => {
    const flow = new OrderFlowImbalance(seconds(60));
    const steps = [top(null, 0, 51, 10), top(49, 7, 51, 10), top(null, 0, 51, 10), top(null, 0, null, 0), top(null, 0, 52, 4)];
    expect(
      steps.map((book, i) => {
        flow.observe(at(i), book);
        return flow.value(at(i));
      }),
    ).toEqual([0, 7, 0, 10, 6]);
  });

  test('a lost book is a fresh start for the top, not for the window', () => {
    const flow = new OrderFlowImbalance(seconds(60));
    flow.observe(at(0), top(49, 100, 51, 80));
    flow.observe(at(1), top(49, 150, 51, 80));
    flow.forgetTop();
    flow.observe(at(2), top(30, 9, 70, 9));
    expect(flow.value(at(2))).toBe(50);
    flow.observe(at(3), top(30, 12, 70, 9));
    expect(flow.value(at(3))).toBe(53);
  });

  test('equals the plain sum over the buckets still in the window, for any books at any times', () => {
    const tops = fc.record({
      bid: fc.integer({ min: 1, max: 50 }),
      bidSize: fc.integer({ min: 1, max: 99 }),
      spread: fc.integer({ min: 1, max: 40 }),
      askSize: fc.integer({ min: 1, max: 99 }),
    });
    const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), tops), { minLength: 1, maxLength: 60 });
    const width = 10;
    fc.assert(
      fc.property(history, (steps) => {
        const flow = new OrderFlowImbalance((width * 64) as ReturnType<typeof seconds>);
        const seen: { bucket: number; pressure: number }[] = [];
        let now = 1000;
        let last: TopOfBook | null = null;
        for (const [wait, { bid, bidSize, spread, askSize }] of steps) {
          now += wait;
          const next = top(bid, bidSize, bid + spread, askSize);
          if (last !== null) seen.push({ bucket: Math.floor(now / width), pressure: pressureOf(last, next) });
          flow.observe(epochUs(now), next);
          last = next;
        }
        const oldest = Math.floor(now / width) - 63;
        const expected = seen.filter(({ bucket }) => bucket >= oldest).reduce((sum, { pressure }) => sum + pressure, 0);
        expect(flow.value(epochUs(now)) * QUANTITY_PER_CONTRACT).toBeCloseTo(expected, 6);
      }),
    );
  });
});

/** (e3) told by cases: a better price adds its size, a worse one takes away the size that was, the same price adds the difference. */
const pressureOf = (before: TopOfBook, after: TopOfBook): number => {
  const side = (moved: number, was: number, is: number): number => (moved > 0 ? is : moved < 0 ? -was : is - was);
  const bid = side((after.bestBid ?? 0) - (before.bestBid ?? 0), before.bidSize, after.bidSize);
  const ask = side((before.bestAsk ?? 0) - (after.bestAsk ?? 0), before.askSize, after.askSize);
  return bid - ask;
};
