import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochUs, price, quantity } from '../../../src/domain/units.js';
import { CURVE_SECONDS, MARKOUT_SECONDS, Markouts, type Markout } from '../../../src/report/markout.js';

const at = (seconds: number) => epochUs(1_795_000_000_000_000 + Math.round(seconds * 1_000_000));
const after = (markouts: Markouts, seconds: number): Markout => {
  const found = markouts.list().find((markout) => markout.seconds === seconds);
  if (found === undefined) throw new Error(`no horizon of ${seconds} s`);
  return found;
};
const stated = <T>(markouts: Markouts, pick: (markout: Markout) => T): T[] =>
  MARKOUT_SECONDS.map((horizon) => pick(after(markouts, horizon)));

describe('the worked example of the accounting reference: bought at 48 with the mid at 49', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 4900);
  markouts.fill(at(0), 'bid', price(4800), quantity(100));
  markouts.mid(at(0.9), 4850);
  markouts.mid(at(1.5), 4800);
  markouts.mid(at(50), 4950);
  markouts.mid(at(61), 1);
  test('effective half-spread 1, markouts -0.5, -1, +0.5, realized spreads 0.5, 0, 1.5', () => {
    expect(stated(markouts, (m) => m.effective)).toEqual([100, 100, 100]);
    expect(stated(markouts, (m) => m.markout)).toEqual([-50, -100, 50]);
    expect(stated(markouts, (m) => m.realized)).toEqual([50, 0, 150]);
  });
  test('one fill has no error', () => {
    expect(stated(markouts, (m) => m.markoutError)).toEqual([null, null, null]);
  });
});

test('a sale before a rise is against us', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'ask', price(5100), quantity(100));
  markouts.mid(at(0.5), 5300);
  markouts.mid(at(100), 0);
  expect(stated(markouts, (m) => [m.effective, m.markout, m.realized])).toEqual(Array.from({ length: 3 }, () => [100, -300, -200]));
});

test('the mid counts that stood at the moment, not the next one', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(5000), quantity(100));
  markouts.mid(at(1), 6000);
  markouts.mid(at(1.5), 9000);
  expect(after(markouts, 1).markout).toBe(1000);
});

test('fills count by their contracts, and the error with them', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(4900), quantity(300));
  markouts.fill(at(0), 'ask', price(4900), quantity(100));
  markouts.mid(at(2), 5000);
  const { realized, realizedError } = after(markouts, 1);
  expect(realized).toBe((3 * 100 - 100) / 4);
  // sqrt(2 x (9 x 50^2 + 1 x 150^2)) / 4
  expect(realizedError).toBeCloseTo(75, 9);
});

test('a fill too young to be judged waits; at the end of the run it is judged by what stood, where its time had come', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(4900), quantity(300));
  markouts.mid(at(2), 5100);
  expect(stated(markouts, (m) => [m.fills, m.waiting])).toEqual([
    [1, 0],
    [0, 1],
    [0, 1],
  ]);
  markouts.finish(at(10));
  expect(stated(markouts, (m) => [m.fills, m.waiting])).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
  expect(after(markouts, 10).markout).toBe(100);
});

test('where a side was empty at either moment the fill is dropped, and counted', () => {
  const markouts = new Markouts();
  markouts.fill(at(0), 'bid', price(4900), quantity(100));
  markouts.mid(at(1), 5000);
  markouts.fill(at(2), 'bid', price(4900), quantity(100));
  markouts.mid(at(2.5), null);
  markouts.mid(at(5), 5100);
  markouts.mid(at(100), 5200);
  expect(stated(markouts, (m) => [m.fills, m.dropped])).toEqual([
    [0, 2],
    [1, 1],
    [1, 1],
  ]);
});

test('a settlement judges every fill that waits, and those after it', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(4900), quantity(100));
  markouts.settle(at(5), price(10_000));
  markouts.mid(at(6), 100);
  markouts.fill(at(7), 'ask', price(9900), quantity(100));
  markouts.finish(at(100));
  expect(after(markouts, 1)).toMatchObject({ fills: 2, markout: 0 });
  expect(after(markouts, 10)).toMatchObject({ fills: 2, effective: 0, markout: 2500, realized: 2500 });
});

const story = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 20_000 }),
    mid: fc.option(fc.integer({ min: 100, max: 9900 }), { nil: null }),
    fill: fc.option(
      fc.record({
        side: fc.constantFrom('bid', 'ask'),
        price: fc.integer({ min: 100, max: 9900 }),
        size: fc.integer({ min: 1, max: 900 }),
      }),
      {
        nil: null,
      },
    ),
  }),
  { maxLength: 40 },
);

test('whatever happened: every fill is judged, dropped or waits, kept = half-spread + markout, and the plain sum over all fills is the same', () => {
  fc.assert(
    fc.property(story, (list) => {
      const markouts = new Markouts();
      const mids: { at: number; mid: number | null }[] = [];
      const fills: { at: number; sign: number; price: number; size: number; mid: number | null }[] = [];
      let now = 0;
      for (const { after: wait, mid, fill } of list) {
        now += wait / 1000;
        markouts.mid(at(now), mid);
        mids.push({ at: at(now), mid });
        if (fill === null) continue;
        markouts.fill(at(now), fill.side, price(fill.price), quantity(fill.size));
        fills.push({ at: at(now), sign: fill.side === 'bid' ? 1 : -1, price: fill.price, size: fill.size, mid });
      }
      const end = at(now + 30);
      markouts.finish(end);
      for (const { seconds, ...m } of markouts.list()) {
        expect(m.fills + m.dropped + m.waiting).toBe(fills.length);
        const judged = fills.flatMap((fill) => {
          const due = fill.at + seconds * 1e6;
          const stood = due > end ? null : (mids.findLast((each) => each.at <= due)?.mid ?? null);
          return fill.mid === null || stood === null ? [] : [{ ...fill, mid: fill.mid, stood }];
        });
        expect(m.fills).toBe(judged.length);
        if (judged.length === 0) continue;
        const mean = (value: (fill: (typeof judged)[number]) => number): number =>
          judged.reduce((sum, fill) => sum + fill.size * value(fill), 0) / judged.reduce((sum, fill) => sum + fill.size, 0);
        expect(m.markout).toBeCloseTo(
          mean((fill) => fill.sign * (fill.stood - fill.mid)),
          6,
        );
        expect(m.realized).toBeCloseTo(
          mean((fill) => fill.sign * (fill.stood - fill.price)),
          6,
        );
        expect((m.effective ?? 0) + (m.markout ?? 0)).toBeCloseTo(m.realized ?? Number.NaN, 6);
      }
    }),
    { numRuns: 200 },
  );
});

test('markets together are as one', () => {
  const [all, one, two] = [new Markouts(), new Markouts(), new Markouts()];
  for (const [i, markouts] of [one, two].entries())
    for (const each of [markouts, all]) {
      each.mid(at(0), 5000);
      each.fill(at(0), i === 0 ? 'bid' : 'ask', price(4900 + 10 * i), quantity(100 + i));
      if (each === all && i === 0) continue;
      each.mid(at(100), 5000);
    }
  const sum = new Markouts();
  sum.take(one);
  sum.take(two);
  expect(sum.list().map((m) => [m.fills, m.realized])).toEqual(all.list().map((m) => [m.fills, m.realized]));
  expect(CURVE_SECONDS).toEqual(expect.arrayContaining([...MARKOUT_SECONDS]));
});
