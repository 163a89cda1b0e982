import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import type { TapeRow } from '../../../src/logger/tape-row.js';
import { FILLS_DRAWN_MAX, RunCurves } from '../../../src/replay/equity.js';
import { itemsOfJournal, itemsOfTape, reportOf, tapeOfJournal } from '../../../src/replay/run-rows.js';
import { eventsOf, NAME, recordsOf, runOf, START, type Move } from './toy-run.js';

const row = (ms: number, parts: Partial<TapeRow> = {}): TapeRow => ({
  at: epochUs(START + ms * 1000),
  ticker: NAME,
  mid: 5000,
  fair: null,
  reservation: null,
  bestBid: null,
  bestAsk: null,
  bid: price(4900),
  ask: price(5100),
  bidSize: quantity(0),
  askSize: quantity(0),
  inventory: quantity(0),
  unrealized: cash(0),
  realized: cash(0),
  fees: cash(0),
  latencyNs: null,
  cause: 'quote',
  noBid: null,
  noAsk: null,
  seq: 1,
  ...parts,
});

describe('a run of known result', () => {
  const curves = new RunCurves();
  const OTHER = ticker('KX-OTHER');
  curves.addRow(row(0));
  curves.addFill({ at: epochUs(START), ticker: NAME, side: 'bid', price: price(4900), quantity: quantity(1000), fee: cash(500) });
  curves.addRow(row(1000, { inventory: quantity(1000), unrealized: cash(100_000), fees: cash(500), cause: 'fill' }));
  curves.addRow(row(2000, { ticker: OTHER, realized: cash(50_000) }));
  curves.addRow(row(3000, { mid: 4800, inventory: quantity(1000), unrealized: cash(-100_000), fees: cash(500), bid: null }));
  curves.addRow(row(4000, { mid: 5200, inventory: quantity(1000), unrealized: cash(300_000), fees: cash(500) }));
  const report = curves.report();
  const [market] = report.markets;

  test('sums both markets, fees taken off', () => {
    expect(report.total).toMatchObject({ net: 349_500, realized: 50_000, unrealized: 300_000, fees: 500, fills: 1, bought: 1000, sold: 0 });
    expect(report).toMatchObject({ from: START, to: START + 4_000_000 });
  });
  test('finds the largest fall from a peak, in total and per market', () => {
    expect(report.total.drawdownMax).toBe(149_500 - -50_500);
    expect(market?.drawdownMax).toBe(200_000);
  });
  test('parts the result into spread earned and prices that moved', () => {
    expect(market).toMatchObject({ spreadEarned: 100_000, priceMoves: 200_000 });
  });
  test('knows how long both sides were quoted and the largest position', () => {
    expect(market).toMatchObject({ quotedShare: 0.75, inventoryMax: 1000, inventory: 1000 });
  });
  test('keeps the equity curve', () => {
    expect(report.equity.map((sample) => sample.value.last)).toEqual([0, 99_500, 149_500, -50_500, 349_500]);
  });
});

test('an empty run has an empty report', () => {
  expect(reportOf([])).toMatchObject({ from: null, to: null, markets: [], total: { rows: 0, net: 0 } });
});

test('fills without end are thinned for drawing but all are counted', () => {
  const curves = new RunCurves();
  for (let i = 0; i < 3 * FILLS_DRAWN_MAX; i++)
    curves.addFill({ at: epochUs(START + i), ticker: NAME, side: 'bid', price: price(5000), quantity: quantity(1), fee: cash(0) });
  const [market] = curves.report().markets;
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

test('whatever happened, the report of the journal ends where the account of the engine ended', () => {
  fc.assert(
    fc.property(moves, (list) => {
      const { files, engine } = runOf(eventsOf(withTicks(list)), { closed: true });
      const { total } = reportOf(itemsOfJournal(recordsOf(files)));
      expect(total.net).toBe(engine.net);
      expect(total.spreadEarned + total.priceMoves - total.fees).toBe(total.net);
      expect(total.fills).toBe(list.filter((move) => move.kind === 'hit' || move.kind === 'lift').length);
    }),
    { numRuns: 60 },
  );
});

test('the tape tells the same run as the journal it was rebuilt from', () => {
  fc.assert(
    fc.property(moves, (list) => {
      const { files } = runOf(eventsOf(withTicks(list)), { closed: true });
      const fromJournal = reportOf(itemsOfJournal(recordsOf(files)));
      const fromTape = reportOf(itemsOfTape(tapeOfJournal(recordsOf(files))));
      expect(fromTape).toEqual(fromJournal);
    }),
    { numRuns: 60 },
  );
});

test('a rebuilt tape has every decision once, under the name of its market', () => {
  const { files } = runOf(eventsOf(withTicks([{ afterMs: 5, kind: 'hit', price: 4900, size: 100 }])), { closed: true });
  const rows = [...tapeOfJournal(recordsOf(files))];
  expect(rows.map((r) => [r.seq, r.ticker, r.cause])).toEqual([
    [1, NAME, 'interval'],
    [2, NAME, 'fill'],
    [3, NAME, 'interval'],
  ]);
});
