/** The fill models against the matching engine itself: the same crowd with our order in the book, and without it in the feed that paper sees. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TwoWorlds, type Arrangement, type Deed, type OurOrder } from './two-worlds.js';

const ARRANGEMENTS: readonly Arrangement[] = ['as told', 'trades first', 'deltas first', 'trades late'];

const side = fc.constantFrom('bid' as const, 'ask' as const);
const join: fc.Arbitrary<Deed> = fc
  .record({ side, away: fc.integer({ min: 0, max: 4 }), contracts: fc.integer({ min: 1, max: 40 }) })
  .map(({ side: of, away, contracts }) => ({ do: 'join', side: of, cents: of === 'bid' ? 42 - away : 45 + away, contracts }));
const take: fc.Arbitrary<Deed> = fc
  .record({ from: side, levels: fc.integer({ min: 1, max: 3 }), share: fc.integer({ min: 1, max: 100 }) })
  .map((each) => ({ do: 'take', ...each }));
const cancel: fc.Arbitrary<Deed> = fc.nat(1000).map((number) => ({ do: 'cancel', number }));

/** Both sides are there before we come. */
const opening = fc.array(join, { minLength: 8, maxLength: 25 });
const deeds = fc.array(fc.oneof(join, take, take, cancel), { minLength: 5, maxLength: 60 });
const ours: fc.Arbitrary<OurOrder> = fc
  .record({
    side,
    away: fc.integer({ min: 0, max: 3 }),
    contracts: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ side: of, away, contracts }) => ({ side: of, cents: of === 'bid' ? 42 - away : 45 + away, contracts }));
/** Much joining and leaving, little trading: where the cancels were matters. */
const restless = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: join },
    { weight: 3, arbitrary: cancel },
    { weight: 2, arbitrary: take.map((deed) => ({ ...deed, levels: 1, share: 15 }) as Deed) },
  ),
  { minLength: 30, maxLength: 80 },
);
const arrangement = fc.constantFrom(...ARRANGEMENTS);

const begin = (worlds: TwoWorlds, before: readonly Deed[], order: OurOrder): void => {
  worlds.crowd({ do: 'join', side: 'bid', cents: 30, contracts: 10_000 });
  worlds.crowd({ do: 'join', side: 'ask', cents: 60, contracts: 10_000 });
  for (const deed of before) worlds.crowd(deed);
  worlds.finish();
  worlds.enter(order);
};

describe('where nobody ahead of us cancels', () => {
  test('paper fills are the real fills, contract by contract, in whatever order trades and deltas arrive', () => {
    let filled = 0;
    fc.assert(
      fc.property(opening, ours, deeds, arrangement, fc.option(fc.integer({ min: 1, max: 30 })), (before, order, after, way, smaller) => {
        const worlds = new TwoWorlds(
          [
            { fills: 'queue', cancels: 'by-size' },
            { fills: 'queue', cancels: 'behind' },
          ],
          way,
        );
        begin(worlds, before, order);
        for (const [i, deed] of after.entries()) {
          if (i === 10 && smaller !== null) worlds.decrease(smaller);
          worlds.crowd(deed, 'behind us');
          if (way !== 'trades late') expect(worlds.paperTotals()).toEqual([worlds.filled, worlds.filled]);
        }
        worlds.finish();
        expect(worlds.paperTotals()).toEqual([worlds.filled, worlds.filled]);
        if (worlds.filled > 0) filled++;
      }),
      { numRuns: 150, seed: 14 },
    );
    expect(filled).toBeGreaterThan(40);
  });

  test('an order from the other side that would have met us fills us by what is left of it', () => {
    fc.assert(
      fc.property(opening, ours, deeds, arrangement, fc.integer({ min: 1, max: 50 }), (before, order, after, way, more) => {
        const worlds = new TwoWorlds([{ fills: 'queue', cancels: 'behind' }], way);
        begin(worlds, before, order);
        for (const deed of after) worlds.crowd(deed, 'behind us');
        worlds.crowd({ do: 'cross', more });
        worlds.finish();
        expect(worlds.paperTotals()).toEqual([worlds.filled]);
      }),
      { numRuns: 100, seed: 15 },
    );
  });
});

describe('where anybody may cancel', () => {
  test('the truth lies between the two extreme rules, and so do the others', () => {
    let cancelsMattered = 0;
    fc.assert(
      fc.property(opening, ours, restless, arrangement, (before, order, after, way) => {
        const rules = ['behind', 'split', 'by-size', 'ahead'] as const;
        const worlds = new TwoWorlds(
          rules.map((cancels) => ({ fills: 'queue', cancels })),
          way,
        );
        begin(worlds, before, order);
        for (const deed of after) worlds.crowd(deed);
        worlds.finish();
        const [least = 0, split = 0, bySize = 0, most = 0] = worlds.paperTotals();
        for (const between of [worlds.filled, split, bySize]) {
          expect(between).toBeGreaterThanOrEqual(least);
          expect(between).toBeLessThanOrEqual(most);
        }
        if (least < most) cancelsMattered++;
      }),
      { numRuns: 150, seed: 16 },
    );
    expect(cancelsMattered).toBeGreaterThan(8);
  });

  test('by size: exact where no two orders have the same size', () => {
    const unique = (list: readonly Deed[]): Deed[] =>
      list.map((deed, i) => (deed.do === 'join' ? { ...deed, contracts: deed.contracts + (i + 1) / 100 } : deed));
    let filled = 0;
    fc.assert(
      fc.property(opening, ours, restless, arrangement, (before, order, after, way) => {
        const worlds = new TwoWorlds([{ fills: 'queue', cancels: 'by-size' }], way);
        const all = unique([...before, ...after]);
        begin(worlds, all.slice(0, before.length), order);
        for (const deed of all.slice(before.length)) worlds.crowd(deed);
        worlds.finish();
        expect(worlds.paperTotals()).toEqual([worlds.filled]);
        if (worlds.filled > 0) filled++;
      }),
      { numRuns: 100, seed: 18 },
    );
    expect(filled).toBeGreaterThan(20);
  });

  test('the cautious and the generous model enclose all of them', () => {
    fc.assert(
      fc.property(opening, ours, restless, arrangement, (before, order, after, way) => {
        const worlds = new TwoWorlds([{ fills: 'pessimistic' }, { fills: 'queue', cancels: 'by-size' }, { fills: 'optimistic' }], way);
        begin(worlds, before, order);
        for (const deed of after) worlds.crowd(deed);
        worlds.finish();
        const [pessimistic = 0, queue = 0, optimistic = 0] = worlds.paperTotals();
        expect(pessimistic).toBeLessThanOrEqual(queue);
        expect(pessimistic).toBeLessThanOrEqual(worlds.filled);
        expect(queue).toBeLessThanOrEqual(optimistic);
        expect(worlds.filled).toBeLessThanOrEqual(optimistic);
      }),
      { numRuns: 100, seed: 17 },
    );
  });
});
