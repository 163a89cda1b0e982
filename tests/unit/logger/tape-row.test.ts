import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/actions.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { formatTapeRow, parseTapeRow, TAPE_COLUMNS, tapeRowOf, type TapeRow } from '../../../src/logger/tape-row.js';
import { formatTime, parseTime } from '../../../src/logger/time-text.js';

const NAME = ticker('KXBTCD-26NOV2117-T90000');

const decision: Decision = {
  type: 'decision',
  market: marketIndex(3),
  at: epochUs(Date.UTC(2026, 10, 21, 10, 45, 57, 123) * 1000 + 456),
  bestBid: price(5500),
  bestAsk: price(5690),
  mid: 5595,
  fair: 5601.25,
  reservation: 5588.74,
  bid: price(5400),
  bidSize: quantity(1050),
  ask: null,
  askSize: quantity(0),
  noBid: null,
  noAsk: { code: 'POSITION_MAX', text: 'short 100 of at most 100' },
  inventory: quantity(-1050),
  unrealized: cash(-1_234_567),
  realized: cash(50_000),
  fees: cash(17_500),
  cause: 'pull',
};

test('a decision reads on the tape as a trader expects', () => {
  const fields = formatTapeRow(tapeRowOf(decision, NAME, 354_000, 12));
  expect(Object.fromEntries(TAPE_COLUMNS.map((name, i) => [name, fields[i]]))).toEqual({
    ts: '2026-11-21T10:45:57.123456Z',
    ticker: NAME,
    mid: '0.55950',
    my_bid: '0.5400',
    my_ask: '',
    inventory: '-10.50',
    unrealized_pnl: '-1.234567',
    realized_pnl: '0.050000',
    latency_ms: '0.354000',
    best_bid: '0.5500',
    best_ask: '0.5690',
    fair: '0.56013',
    reservation: '0.55887',
    bid_size: '10.50',
    ask_size: '0.00',
    fees: '0.017500',
    cause: 'pull',
    no_bid: '',
    no_ask: 'POSITION_MAX',
    seq: '12',
  });
});

test('the first nine columns are those that were promised', () => {
  expect(TAPE_COLUMNS.slice(0, 9).join(',')).toBe('ts,ticker,mid,my_bid,my_ask,inventory,unrealized_pnl,realized_pnl,latency_ms');
});

const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const tenths = orNull(fc.integer({ min: -100_000, max: 200_000 }).map((n) => n / 10));
const prices = orNull(fc.integer({ min: 0, max: 10_000 }).map(price));
const sizes = fc.integer({ min: -1e9, max: 1e9 }).map(quantity);
const amounts = fc.integer({ min: -1e12, max: 1e12 }).map(cash);
const rows: fc.Arbitrary<TapeRow> = fc.record(
  {
    at: fc.integer({ min: 0, max: 4e15 }).map(epochUs),
    ticker: fc.constant(NAME),
    mid: tenths,
    fair: tenths,
    reservation: tenths,
    bestBid: prices,
    bestAsk: prices,
    bid: prices,
    ask: prices,
    bidSize: sizes,
    askSize: sizes,
    inventory: sizes,
    unrealized: amounts,
    realized: amounts,
    fees: amounts,
    latencyNs: orNull(fc.integer({ min: 0, max: 1e12 })),
    cause: fc.constantFrom('quote', 'fill', 'interval', 'pull'),
    noBid: orNull(fc.constantFrom('STALE', 'HALTED')),
    noAsk: orNull(fc.constantFrom('STALE', 'HALTED')),
    seq: fc.integer({ min: 0, max: 2 ** 48 }),
  },
  { noNullPrototype: true },
);

test('every row survives the trip through its text', () => {
  fc.assert(
    fc.property(rows, (row) => {
      expect(parseTapeRow(formatTapeRow(row), 'tape.csv:2')).toEqual(row);
    }),
    { numRuns: 300 },
  );
});

test('every moment survives the trip through its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }).map(epochUs), (at) => {
      expect(parseTime(formatTime(at))).toBe(at);
    }),
  );
});

describe('what is no row is refused with its place', () => {
  const good = formatTapeRow(tapeRowOf(decision, NAME, null, 1));
  const withField = (name: (typeof TAPE_COLUMNS)[number], text: string): string[] =>
    good.map((field, i) => (TAPE_COLUMNS[i] === name ? text : field));

  test.each([
    ['too few fields', good.slice(1), 'tape.csv:7'],
    ['an unknown cause', withField('cause', 'whim'), 'tape.csv:7'],
    ['a price that is none', withField('my_bid', 'NaN'), 'price'],
    ['a mid that is none', withField('mid', '1e400'), 'decimal'],
    ['a time without a zone', withField('ts', '2026-11-21T10:45:57.123456'), 'UTC'],
    ['a day that does not exist', withField('ts', '2026-13-41T10:45:57.123456Z'), 'UTC'],
    ['an empty sequence', withField('seq', ''), 'tape.csv:7'],
  ])('%s', (_, fields, message) => {
    expect(() => parseTapeRow(fields, 'tape.csv:7')).toThrow(message);
  });
});
