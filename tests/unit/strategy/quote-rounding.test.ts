import { describe, expect, test } from 'vitest';
import type { FeeTerms } from '../../../src/domain/fees.js';
import type { QuoteSettings } from '../../../src/domain/settings.js';
import { epochUs, quantity } from '../../../src/domain/units.js';
import type { Target } from '../../../src/domain/view.js';
import { makeTarget, type Wish } from '../../../src/strategy/quote-rounding.js';
import { CENT, inCents, market, PLAIN, view, type ViewParts } from './views.js';

/** A wish in cents around a fair value halfway, unless another is given. */
const wish = (bid: number, ask: number, fair = (bid + ask) / 2, costs: Wish['costs'] = 'added'): Wish => ({
  fair: fair * CENT,
  reservation: fair * CENT,
  bid: bid * CENT,
  ask: ask * CENT,
  costs,
});
const MAKER_FEES: FeeTerms = { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 };
const quote = (asked: Wish, seen: ViewParts = {}, settings: Partial<QuoteSettings> = {}): Target =>
  makeTarget(asked, view(seen), { ...PLAIN, ...settings });

describe('rounding, post-only and bounds', () => {
  test.each([
    // The examples of the quoting reference, d.2.
    [47.3, 49.2, 46, 50, 47, 50],
    [50.4, 51.1, 46, 49, 48, 52],
    [0.6, 3.2, null, 4, 'below-lowest-price', 4],
    [97.5, 99.4, 97, null, 97, 'above-highest-price'],
    [49.999999999999, 52.000000000001, 48, 51, 50, 52],
    // Beyond the far end a quote comes back to the last price; an ask may follow the market up.
    [101, 102, null, null, 99, 'above-highest-price'],
    [-3, -1, null, null, 'below-lowest-price', 1],
    [30, 40, 45, 47, 30, 46],
    // No passive price is left.
    [50, 60, null, 1, 'post-only', 60],
    [40, 50, 99, null, 40, 'post-only'],
  ] as const)('wish %f / %f against %s / %s gives %s / %s', (bid, ask, bestBid, bestAsk, ourBid, ourAsk) => {
    expect(inCents(quote(wish(bid, ask), { bid: bestBid, ask: bestAsk }))).toEqual([ourBid, ourAsk]);
  });

  test.each([
    [9.37, 45.05, 9.3, 46],
    [45.7, 90.41, 45, 90.5],
    [89.51, 90.01, 89, 90.1],
    [9.99, 10.01, 9.9, 11],
    [10, 90, 10, 90],
  ])("the market's own ticks decide: wish %f / %f gives %f / %f on the tapered grid", (bid, ask, ourBid, ourAsk) => {
    const tapered = market({ grid: 'tapered_deci_cent' });
    expect(inCents(quote(wish(bid, ask), { market: tapered, bid: 1, ask: 99 }))).toEqual([ourBid, ourAsk]);
  });

  test("a side that the model refuses keeps the model's reason", () => {
    const reason = { code: 'inventory-bound', text: 'enough' };
    const target = quote({ ...wish(45, 55), bid: reason });
    expect([target.noBid, target.bid, target.ask?.price]).toEqual([reason, null, 5500]);
  });

  test.each([NaN, Infinity, -Infinity])('a wish of %f is refused', (value) => {
    expect(inCents(quote({ ...wish(45, 55), bid: value }))).toEqual(['invalid-input', 55]);
    expect(inCents(quote({ ...wish(45, 55), ask: value }))).toEqual([45, 'invalid-input']);
    expect(inCents(quote({ ...wish(45, 55), fair: value }))).toEqual(['invalid-input', 'invalid-input']);
    expect(inCents(makeTarget(wish(45, 55), { ...view(), inventory: quantity(value) }, PLAIN))).toEqual(['invalid-input', 'invalid-input']);
  });
});

describe('locked quotes', () => {
  test.each([
    [0, 'locked', 'locked'],
    [5, 'locked', 50],
    [-5, 50, 'locked'],
  ])('holding %i contracts, a wish of 50 / 50 leaves %s / %s', (held, bid, ask) => {
    expect(inCents(quote(wish(50, 50), { held }))).toEqual([bid, ask]);
  });
});

describe('costs', () => {
  test('edge is added on both sides', () => {
    expect(inCents(quote(wish(48.5, 51.5), { bid: 40, ask: 60 }, { edgeMin: 0.6 * CENT }))).toEqual([47, 53]);
  });

  test('maker fees push quotes out to break-even: 47 costs 47.44, so 46.56 is bid at most', () => {
    const seen = { market: market({ grid: 'deci_cent', fees: MAKER_FEES }), bid: 40, ask: 60 };
    expect(inCents(quote(wish(47, 47.0001, 47), seen))).toEqual([46.5, 47.5]);
    expect(inCents(quote(wish(47, 47.0001, 47), { ...seen, market: market({ grid: 'deci_cent' }) }))).toEqual([47, 47.1]);
  });

  test('a market whose fee formula is unknown is not quoted', () => {
    const target = quote(wish(45, 55), { market: market({ fees: { type: 'flat', multiplierMicros: 1_000_000 } }) });
    expect(inCents(target)).toEqual(['unknown-fee', 'unknown-fee']);
    expect(target.fair).toBe(5000);
  });

  test.each([
    // Fair value 50, at most one cent is given away to unwind: short bids up to 51, long asks down to 49.
    [55, 57, 51, 57],
    [43, 45, 43, 49],
    [50.5, 53, 50, 53],
  ])('giveaway: wish %f / %f becomes %f / %f', (bid, ask, ourBid, ourAsk) => {
    expect(inCents(quote(wish(bid, ask, 50), { bid: 30, ask: 70 }, { giveawayMax: CENT }))).toEqual([ourBid, ourAsk]);
  });

  test('the giveaway includes the fee', () => {
    const seen = { market: market({ grid: 'center_centi_edge_centi_cent', fees: MAKER_FEES }), bid: 30, ask: 70 };
    const { bid } = quote(wish(55, 57, 50), seen, { giveawayMax: CENT });
    // b + 0.0175 b (1 - b) = 0.51 at b = 0.50563, but ten contracts are charged whole cents: 5 c, half a cent each.
    expect(bid?.price).toBe(5050);
  });

  test('covered: the wish stands as it is where it is far enough out, and is held back where not', () => {
    const seen = { market: market({ grid: 'deci_cent', fees: MAKER_FEES }), bid: 30, ask: 70 };
    expect(inCents(quote(wish(48, 52, 50, 'covered'), seen, { edgeMin: 0.1 * CENT }))).toEqual([48, 52]);
    expect(inCents(quote(wish(49.9, 50.1, 50, 'covered'), seen, { edgeMin: 0.1 * CENT }))).toEqual([49.4, 50.6]);
  });
});

describe('sizes', () => {
  test('are the lot, shaped on the side that grows the inventory', () => {
    const target = quote(wish(45, 55), { held: 50 }, { sizeDecayPerContract: 0.02 });
    expect([target.bid?.size, target.ask?.size]).toEqual([quantity(300), quantity(1000)]);
  });

  test('below one step there is no quote on that side', () => {
    expect(inCents(quote(wish(45, 55), { held: 500 }, { sizeDecayPerContract: 0.02 }))).toEqual(['size-too-small', 55]);
  });
});

test('every reason carries the number and the limit', () => {
  const texts = (target: Target): (string | undefined)[] => [target.noBid?.text, target.noAsk?.text];
  expect(texts(quote(wish(0.6, 99.4), { bid: null, ask: null }))).toEqual([
    'bid 0.0060 is below the lowest price 0.0100',
    'ask 0.9940 is above the highest price 0.9900',
  ]);
  expect(texts(quote(wish(50, 60), { bid: null, ask: 1 }))[0]).toBe(
    'bid 0.5000 would trade with the best ask 0.0100, and no price is lower',
  );
  expect(texts(quote(wish(40, 50), { bid: 99, ask: null }))[1]).toBe(
    'ask 0.5000 would trade with the best bid 0.9900, and no price is higher',
  );
  expect(texts(quote(wish(50, 50)))).toEqual(Array(2).fill('bid 0.5000 would not be below our own ask 0.5000'));
  expect(texts(quote(wish(45, 55), { held: 500 }, { sizeDecayPerContract: 0.02 }))[0]).toBe(
    'holding 500 contracts leaves less than one step of a lot of 10',
  );
});

describe('near certainty', () => {
  const fine = { market: market({ grid: 'deci_cent' }), bid: 1, ask: 99 };
  test('below 3 and above 97 cents the least edge is half a tick', () => {
    expect(inCents(quote(wish(2, 2.5, 2.25), fine))).toEqual([1.9, 2.6]);
    expect(inCents(quote(wish(97.5, 98, 97.75), fine))).toEqual([97.4, 98.1]);
    expect(inCents(quote(wish(3, 3.5, 3.25), fine))).toEqual([3, 3.5]);
    expect(inCents(quote(wish(2, 2.5, 2.25), fine, { edgeMin: 0.3 * CENT }))).toEqual([1.7, 2.8]);
  });

  test('and the standard error of a valuation comes on top', () => {
    const valuation = { probability: 0.02, standardError: 0.004, beliefVolatility: null, asOf: epochUs(0), source: 'index' };
    expect(inCents(makeTarget(wish(2, 2.5, 2.25), { ...view(fine), valuation }, PLAIN))).toEqual([1.5, 3]);
  });
});
