import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTicker, ticker } from '../../../src/domain/ids.js';
import { cash, price } from '../../../src/domain/units.js';
import { FILLS_DRAWN_MAX } from '../../../src/report/market-curve.js';
import type { RunItem } from '../../../src/report/run-items.js';
import { reportOf } from '../../../src/report/run-report.js';
import { itemsOfJournal, tapeOfJournal } from '../../../src/replay/run-items.js';
import { eventsOf, NAME as TOY, recordsOf, runOf, type Move } from '../replay/toy-run.js';
import { atMs, Books, listing, NAME } from './items.js';

const OTHER = ticker('KX-OTHER');

describe('a run of known result', () => {
  const books = new Books();
  const other = new Books(OTHER);
  const report = reportOf([
    listing(),
    listing(OTHER),
    books.row(0, 50),
    books.fill(0, 'bid', 10, 49, 0.0005),
    books.row(1000, 50),
    other.row(2000, 50),
    books.row(3000, 48, { bid: null }),
    books.row(4000, 52),
  ]);
  const [market] = report.markets;

  test('sums both markets, fees taken off', () => {
    expect(report.total).toMatchObject({ realized: 0, unrealized: 300_000, fills: 1, makerFills: 1, bought: 1000, sold: 0 });
    expect(report.total.parts).toMatchObject({ spread: 100_000, inventory: 200_000, fees: 500, net: 299_500 });
    expect(report).toMatchObject({ from: atMs(0), to: atMs(4000) });
  });
  test('finds the largest fall from a peak, in total and per market', () => {
    expect([report.total.drawdownMax, market?.drawdownMax]).toEqual([200_000, 200_000]);
  });
  test('knows how long both sides were quoted and the largest position', () => {
    expect(market).toMatchObject({
      bothSidesShare: 0.75,
      anySideShare: 1,
      inventory: 1000,
      holding: { longMax: 1000, shortMax: 0, flips: 0 },
    });
  });
  test('keeps the equity curve with the fall at each moment', () => {
    expect(report.equity.map(({ value }) => [value.last, value.fall])).toEqual([
      [99_500, 0],
      [99_500, 0],
      [99_500, 0],
      [-100_500, 200_000],
      [299_500, 0],
    ]);
  });
  test('knows what settlement may cost: all of what a long position is worth at its highest mark', () => {
    expect([report.total.settlementLoss, report.total.settlementLossMax]).toEqual([5_200_000, 5_200_000]);
  });
});

test('cumulative results of 12, 7, 15, 18, 16 have fallen by 5 at most, as in the accounting reference', () => {
  const books = new Books();
  const mids = [12, 7, 15, 18, 16].map((net, i) => books.mid(i * 1000 + 1, 20 + net));
  const { total } = reportOf([books.mid(0, 20), books.fill(0, 'bid', 100, 20), ...mids]);
  expect([total.drawdownMax, total.parts.net]).toEqual([5_000_000, 16_000_000]);
});

test('an empty run has an empty report', () => {
  expect(reportOf([])).toMatchObject({ from: null, to: null, markets: [], total: { rows: 0, parts: { net: 0 } } });
});

test('a market that was only listed is not shown', () => {
  expect(reportOf([listing(), listing(OTHER), new Books().row(0, 50)]).markets.map((market) => market.ticker)).toEqual([NAME]);
});

test('a run whose book was one-sided throughout values nothing, drops every fill from the markouts and says so', () => {
  const books = new Books();
  const { total } = reportOf([books.row(0, null), books.fill(1, 'bid', 10, 49), books.row(2, null), books.row(90_000, null)]);
  expect(total.parts).toMatchObject({ spread: 0, inventory: 0, net: 0 });
  expect(total).toMatchObject({ unpricedFills: 1, check: { broken: 0 } });
  for (const markout of total.markouts) expect(markout).toMatchObject({ fills: 0, dropped: 1, waiting: 0, markout: null });
});

test('a position outlives the mids after the last row: report and summary end with the same number', () => {
  const books = new Books();
  const { total } = reportOf([books.mid(0, 50), books.fill(0, 'bid', 10, 49), books.row(1, 50), books.mid(2, 60)]);
  expect(total.parts.net).toBe(books.net(50));
});

describe('markets of which at most one pays', () => {
  const event = eventTicker('EV');
  const both = [listing(NAME, { event, exclusive: true }), listing(OTHER, { event, exclusive: true })];
  const held = (): RunItem[] => {
    const [books, other] = [new Books(), new Books(OTHER)];
    return [books.mid(0, 40), other.mid(0, 50), books.fill(1, 'ask', 10, 40), other.fill(1, 'ask', 10, 50)];
  };
  test('lose together what the worst outcome takes: one of two short positions', () => {
    // Where the first pays: -10 x 0.60 + 10 x 0.50; the second: 10 x 0.40 - 10 x 0.50.
    expect(reportOf([...both, ...held()]).total.settlementLoss).toBe(1_000_000);
  });
  test('and each alone what it loses alone', () => {
    const apart = [listing(NAME), listing(OTHER)];
    expect(reportOf([...apart, ...held()]).total.settlementLoss).toBe(11_000_000);
  });
});

test('fills without end are thinned for drawing but all are counted', () => {
  const books = new Books();
  const fills = Array.from({ length: 3 * FILLS_DRAWN_MAX }, (_, i) => books.fill(i, 'bid', 0.01, 50));
  const [market] = reportOf(fills).markets;
  expect(market?.fills).toBe(3 * FILLS_DRAWN_MAX);
  expect(market?.marks.length).toBeGreaterThan(FILLS_DRAWN_MAX / 2);
  expect(market?.marks.length).toBeLessThanOrEqual(FILLS_DRAWN_MAX);
});

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record(
    {
      afterMs: fc.integer({ min: 1, max: 20_000 }),
      kind: fc.constantFrom('tick', 'mid', 'hit', 'lift'),
      price: fc.integer({ min: 200, max: 9800 }),
      size: fc.integer({ min: 1, max: 5000 }),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 60 },
);
const withTicks = (list: Move[]): Move[] => [
  { afterMs: 1, kind: 'tick', price: 0, size: 0 },
  ...list,
  { afterMs: 1, kind: 'tick', price: 0, size: 0 },
];
const PAPER = { bookHasOwnOrders: false };

test('whatever happened, the report of the journal ends where the account of the engine ended', () => {
  fc.assert(
    fc.property(moves, fc.option(fc.constantFrom(0, 4210, 10_000), { nil: null }), (list, settles) => {
      const last: Move[] = settles === null ? [] : [{ afterMs: 5, kind: 'settle', price: settles, size: 0 }];
      const { files, engine } = runOf(eventsOf([...withTicks(list), ...last]), { closed: true });
      const { total } = reportOf(itemsOfJournal(recordsOf(files), PAPER));
      const { parts } = total;
      expect(parts.net).toBe(engine.net);
      expect(parts.spread + parts.inventory + parts.settlement + parts.takenOver - parts.fees).toBe(parts.net);
      expect(total.realized + total.unrealized - parts.fees).toBe(parts.net);
      expect(total.check.broken).toBe(0);
      expect(total.fills).toBe(list.filter((move) => move.kind === 'hit' || move.kind === 'lift').length);
    }),
    { numRuns: 80 },
  );
});

test('a rebuilt tape has every decision once, under the name of its market', () => {
  const { files } = runOf(eventsOf(withTicks([{ afterMs: 5, kind: 'hit', price: 4900, size: 100 }])), { closed: true });
  const rows = [...tapeOfJournal(recordsOf(files))];
  expect(rows.map((r) => [r.seq, r.ticker, r.cause])).toEqual([
    [1, TOY, 'interval'],
    [2, TOY, 'fill'],
    [3, TOY, 'interval'],
  ]);
});

test('a torn end takes only what was torn', () => {
  const list = withTicks([{ afterMs: 5, kind: 'hit', price: 4900, size: 100 }]);
  const whole = runOf(eventsOf(list), { closed: true });
  const torn = runOf(eventsOf(list), { closed: false });
  expect(reportOf(itemsOfJournal(recordsOf(torn.files), PAPER))).toEqual(reportOf(itemsOfJournal(recordsOf(whole.files), PAPER)));
});

test('the payout of a market is its own: the worst of a short position counts with it', () => {
  const books = new Books();
  const report = reportOf([listing(NAME, { payout: price(10_000) }), books.mid(0, 30), books.fill(1, 'ask', 10, 30)]);
  expect(report.total.settlementLoss).toBe(cash(7_000_000));
});
