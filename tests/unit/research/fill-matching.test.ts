import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { addMatching, matchFills, NO_MATCHES } from '../../../src/research/crowd/fill-matching.js';
import type { CrowdFill } from '../../../src/research/crowd/ledger.js';

const SECOND = 1_000_000;
const fill = (seconds: number, side: 'bid' | 'ask', cents: number, contracts: number): CrowdFill => ({
  at: epochUs(Math.round(seconds * SECOND)),
  side,
  price: price(cents * 100),
  quantity: quantity(contracts * 100),
  fee: cash(0),
});

describe('fills of paper held against the real ones', () => {
  test.each([
    ['the same fill', [fill(1, 'bid', 48, 10)], [fill(1, 'bid', 48, 10)], [10, 0, 0]],
    ['a smaller one a little later', [fill(1, 'bid', 48, 10)], [fill(1.2, 'bid', 48, 4)], [4, 6, 0.2 * SECOND * 4]],
    ['one too late', [fill(1, 'bid', 48, 10)], [fill(2.5, 'bid', 48, 10)], [0, 0, 0]],
    ['one on the other side', [fill(1, 'bid', 48, 10)], [fill(1, 'ask', 48, 10)], [0, 0, 0]],
    ['one at another price', [fill(1, 'bid', 48, 10)], [fill(1, 'bid', 49, 10)], [0, 0, 0]],
    ['parts of one moment', [fill(1, 'bid', 48, 10)], [fill(1, 'bid', 48, 4), fill(1, 'bid', 48, 6)], [10, 0, 0]],
    ['two of which the first is nobody', [fill(5, 'bid', 48, 10)], [fill(1, 'bid', 48, 10), fill(5, 'bid', 48, 10)], [10, 0, 0]],
  ])('%s', (_name, truth, paper, expected) => {
    const { matched, sizeApart, timeApart } = matchFills(truth, paper, SECOND);
    expect([matched, sizeApart, timeApart]).toEqual(expected);
  });

  const fills = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('bid' as const, 'ask' as const), fc.integer({ min: 48, max: 50 })))
    .map((list) => list.toSorted((a, b) => a[0] - b[0]).map(([at, side, cents], i) => fill(at, side, cents, 1 + (i % 5))));

  test('never match more than either side has, and a run matches itself', () => {
    fc.assert(
      fc.property(fills, fills, (a, b) => {
        const { matched, truth, paper } = matchFills(a, b, SECOND);
        expect(matched).toBeLessThanOrEqual(Math.min(truth, paper));
        const self = matchFills(a, a, SECOND);
        expect([self.matched, self.sizeApart, self.timeApart]).toEqual([self.truth, 0, 0]);
      }),
    );
  });

  test('add up', () => {
    const one = matchFills([fill(1, 'bid', 48, 10)], [fill(1, 'bid', 48, 4)], SECOND);
    expect(addMatching(addMatching(NO_MATCHES, one), one)).toEqual({
      truth: 20,
      paper: 8,
      matched: 8,
      paired: 20,
      sizeApart: 12,
      timeApart: 0,
    });
  });
});
