import { describe, expect, test } from 'vitest';
import { epochUs, price, UNKNOWN_TIME, type EpochUs } from '../../../src/domain/units.js';
import { TradeMatch, type Unmatched } from '../../../src/paper/trade-match.js';

const T = 1_795_000_000_000_000;
const at = (ms: number): EpochUs => epochUs(T + 123_000 + ms * 1000);

const setUp = () => {
  const cancels: number[] = [];
  const hidden: number[] = [];
  const match = new TradeMatch(
    ({ size }) => cancels.push(size),
    ({ size }) => hidden.push(size),
  );
  let count = 0;
  const message = (size: number, ms: number, exchangeAt = at(ms), cents = 41): Unmatched => ({
    side: 'bid',
    price: price(cents * 100),
    size,
    count: ++count,
    at: at(ms),
    exchangeAt,
  });
  return { match, cancels, hidden, message };
};

const open = (match: TradeMatch): number => match.open('bid', price(4100));

describe('a trade and the reduction it made', () => {
  test('reduction first: it waits, and the trade happened when it was shown', () => {
    const { match, cancels, message } = setUp();
    match.reduced(message(500, 0));
    expect(open(match)).toBe(500);
    match.passTo(at(20));
    const trade = message(500, 20, at(0));
    expect(match.traded(trade)).toBe(1);
    match.passTo(at(5000));
    expect([open(match), cancels]).toEqual([0, []]);
  });

  test('trade first: it waits for the reduction, which is no cancel', () => {
    const { match, cancels, hidden, message } = setUp();
    expect(match.traded(message(500, 0))).toBe(1);
    expect(open(match)).toBe(-500);
    match.reduced(message(500, 3, at(0)));
    match.passTo(at(5000));
    expect([open(match), cancels, hidden]).toEqual([0, [], []]);
  });

  test('one trade, several reductions', () => {
    const { match, message } = setUp();
    for (const size of [100, 200, 300]) match.reduced(message(size, 0));
    match.traded(message(600, 1, at(0)));
    expect(open(match)).toBe(0);
  });

  test('a sweep tells all reductions, then all trades', () => {
    const { match, cancels, message } = setUp();
    match.reduced(message(100, 0));
    match.reduced(message(250, 0, at(0), 40));
    match.traded(message(100, 1, at(0)));
    match.traded(message(250, 1, at(0), 40));
    expect([open(match), match.open('bid', price(4000)), cancels]).toEqual([0, 0, []]);
  });

  test('among several of one moment the one of exactly its size is taken', () => {
    const { match, message } = setUp();
    match.reduced(message(700, 0));
    match.reduced(message(500, 0));
    expect(match.traded(message(500, 1, at(0)))).toBe(2);
    expect(open(match)).toBe(700);
  });

  test('another price, another side, another moment: no pair', () => {
    const { match, message } = setUp();
    match.reduced(message(500, 0, at(0), 40));
    match.reduced({ ...message(500, 0), side: 'ask' });
    match.reduced(message(500, 0, at(40)));
    expect(match.traded(message(500, 50, at(0)))).toBe(4);
    expect(open(match)).toBe(0);
  });

  test('stamps of whole seconds, as in older recordings, and none at all', () => {
    const { match, cancels, message } = setUp();
    match.reduced(message(500, 0));
    expect(match.traded(message(500, 1, epochUs(Math.floor(at(0) / 1e6) * 1e6)))).toBe(1);
    match.reduced(message(300, 2, UNKNOWN_TIME));
    expect(match.traded(message(300, 3, UNKNOWN_TIME))).toBe(3);
    expect([open(match), cancels]).toEqual([0, []]);
  });
});

describe('what stays alone', () => {
  test('a reduction without a trade was a cancel, after a second', () => {
    const { match, cancels, message } = setUp();
    match.reduced(message(500, 0));
    match.passTo(at(1000));
    expect(cancels).toEqual([]);
    match.passTo(at(1001));
    expect(cancels).toEqual([500]);
  });

  test('or as soon as a later trade is told: trades are told in their own order', () => {
    const { match, cancels, message } = setUp();
    match.reduced(message(500, 0));
    match.reduced(message(100, 30));
    match.traded(message(100, 31, at(30)));
    expect([cancels, open(match)]).toEqual([[500], 0]);
  });

  test('a trade without a reduction took what the book had not shown', () => {
    const { match, hidden, message } = setUp();
    match.traded(message(500, 0));
    match.passTo(at(1001));
    expect([hidden, open(match)]).toEqual([[500], 0]);
  });
});
