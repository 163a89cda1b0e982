import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dollarsOfCash } from '../../../src/domain/units.js';
import { reportOf } from '../../../src/report/run-report.js';
import type { RunItem } from '../../../src/report/run-items.js';
import { Books, listing } from './items.js';

const partsOf = (items: readonly RunItem[]) => {
  const { total } = reportOf([listing(), ...items]);
  const { parts, check } = total;
  const inDollars = Object.fromEntries(Object.entries(parts).map(([name, amount]) => [name, dollarsOfCash(amount)]));
  return { ...inDollars, broken: check.broken, checks: check.times };
};

/** The table of the accounting reference; buying NO at 48 is selling YES at 52. */
const worked = (books: Books): RunItem[] => [
  books.mid(0, 46),
  books.fill(1, 'bid', 10, 45),
  books.mid(2, 48),
  books.fill(3, 'bid', 10, 47),
  books.mid(4, 49),
  books.fill(5, 'ask', 15, 50, 0.27),
  books.mid(6, 51),
  books.fill(7, 'ask', 10, 52, 0.05),
];

describe('the worked table of the accounting reference', () => {
  test('its parts before settlement: spread 0.10 + 0.10 + 0.15 + 0.10, prices 10 x 2 + 20 x 1 + 5 x 2', () => {
    expect(partsOf(worked(new Books()))).toEqual({
      spread: 0.45,
      inventory: 0.5,
      settlement: 0,
      takenOver: 0,
      fees: 0.32,
      net: 0.63,
      broken: 0,
      checks: 4,
    });
  });

  test.each([
    [100, -2.45, -1.82],
    [0, 2.55, 3.18],
  ])('settled at %i it ends at the cent', (value, settlement, net) => {
    const books = new Books();
    expect(partsOf([...worked(books), books.settle(8, value)])).toMatchObject({ settlement, net, fees: 0.32, broken: 0 });
  });

  test('a settlement that is taken back and booked anew ends at the second value', () => {
    const books = new Books();
    expect(partsOf([...worked(books), books.settle(8, 100), books.settle(9, 0)])).toMatchObject({ settlement: 2.55, net: 3.18, broken: 0 });
  });

  test('a fill that is told after the settlement was part of it', () => {
    const books = new Books();
    const items = [...worked(books), books.settle(8, 100), books.fill(9, 'bid', 5, 60)];
    // Bought at 60 with the mid at 51: 45 cents of spread lost, then 49 a contract won.
    expect(partsOf(items)).toMatchObject({ spread: 0, settlement: 0, net: 0.18, broken: 0 });
  });
});

test('a position that was taken over is a part of its own: what it was worth above its cost when it came', () => {
  const books = new Books();
  const items = [books.adopt(0, 10, 4), books.mid(1, 45), books.fill(2, 'ask', 4, 46), books.mid(3, 44)];
  expect(partsOf(items)).toMatchObject({ takenOver: 0.5, spread: 0.04, inventory: -0.06, net: 0.48, broken: 0 });
});

test('the number of the exchange that stands over ours is such a part as well', () => {
  const books = new Books();
  const items = [books.mid(0, 50), books.fill(1, 'bid', 10, 49), books.adopt(2, 4, 2, 'drift')];
  expect(partsOf(items)).toMatchObject({ spread: 0.1, takenOver: -0.1, net: 0, broken: 0 });
});

test('a fill before any mid earns no spread, and is counted', () => {
  const books = new Books();
  const { total } = reportOf([books.fill(0, 'bid', 10, 49), books.mid(1, 51)]);
  expect([dollarsOfCash(total.parts.spread), dollarsOfCash(total.parts.inventory), total.unpricedFills]).toEqual([0, 0.2, 1]);
});

test('while a side of the book is empty the last mid values what is held', () => {
  const books = new Books();
  const items = [books.mid(0, 50), books.fill(1, 'bid', 10, 49), books.mid(2, null), books.row(3, null), books.mid(4, 53)];
  expect(partsOf(items)).toMatchObject({ spread: 0.1, inventory: 0.3, net: 0.4, broken: 0 });
});

describe('what the bot booked is held against the parts', () => {
  test.each([
    ['a fill whose cost is off by the smallest unit', { cost: 4_500_001 }],
    ['a fill that closed more than it says', { realized: 1 }],
    ['a position that is another', { position: 1100 }],
  ] as [string, object][])('%s is noticed', (_, wrong) => {
    const books = new Books();
    const { total } = reportOf([books.mid(0, 46), books.fill(1, 'bid', 10, 45, 0, wrong)]);
    expect(total.check).toMatchObject({ times: 1, broken: 1 });
    expect(total.check.largest).toBeGreaterThan(0);
  });

  test('a row that tells another result is noticed', () => {
    const books = new Books();
    const items = [books.mid(0, 46), books.fill(1, 'bid', 10, 45), books.row(2, 46, { realized: 1 as never })];
    expect(reportOf(items).total.check).toMatchObject({ times: 2, broken: 1, largest: 1 });
  });
});

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('mid', 'mid', 'bid', 'ask', 'none', 'row', 'adopt'),
    /** In half cents, so that a mid falls between two price units once contracts are fractions. */
    price: fc.integer({ min: 200, max: 9800 }).map((units) => units / 100),
    half: fc.boolean(),
    size: fc.integer({ min: 1, max: 5000 }).map((units) => units / 100),
    fee: fc.integer({ min: 0, max: 300_000 }).map((units) => units / 1e6),
  }),
  { maxLength: 60 },
);

test('whatever happens, the parts sum to what the bot and what the money says, and no check is broken', () => {
  fc.assert(
    fc.property(steps, fc.option(fc.constantFrom(0, 100, 37.5), { nil: null }), (list, settles) => {
      const books = new Books();
      const items: RunItem[] = [books.mid(0, 50)];
      let mid = 50;
      let ms = 1;
      for (const step of list) {
        ms += 100;
        if (step.kind === 'mid') items.push(books.mid(ms, (mid = step.price + (step.half ? 0.005 : 0))));
        else if (step.kind === 'none') items.push(books.mid(ms, null));
        else if (step.kind === 'row') items.push(books.row(ms, mid));
        else if (step.kind === 'adopt') items.push(books.adopt(ms, Math.round(step.size) - 25 || 1, step.price));
        else items.push(books.fill(ms, step.kind === 'bid' ? 'bid' : 'ask', step.size, step.price, step.fee));
      }
      items.push(books.row(++ms, mid));
      if (settles !== null) items.push(books.settle(ms + 1, settles));
      const { parts, check } = reportOf(items).total;
      expect(check.broken).toBe(0);
      expect(parts.spread + parts.inventory + parts.settlement + parts.takenOver - parts.fees).toBe(parts.net);
      expect(Math.abs(parts.net - books.net(mid))).toBeLessThanOrEqual(1);
      expect(Math.abs(parts.net - books.worth(mid))).toBeLessThanOrEqual(1);
    }),
    { numRuns: 200 },
  );
});
