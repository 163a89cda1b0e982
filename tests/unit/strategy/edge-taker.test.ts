/** Worked numbers of the quoting reference, f.4. Prices in cents, sizes in contracts, unless a name says otherwise. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tradeFee, type FeeTerms } from '../../../src/domain/fees.js';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { later, parseCash, quantity, seconds } from '../../../src/domain/units.js';
import type { MarketView, Take, Target, Valuation } from '../../../src/domain/view.js';
import { EdgeTaker, kellyFraction } from '../../../src/strategy/edge-taker.js';
import { CENT, market, PLAIN, view, type ViewParts } from './views.js';

type Settings = Extract<StrategySettings, { readonly name: 'edge-taker' }>;
const SETTINGS: Settings = {
  ...PLAIN,
  name: 'edge-taker',
  edgeTake: 0,
  errorsAway: 0,
  sizing: { kind: 'fixed' },
  signalAgeMax: seconds(2),
};
const P = 0.255850190689;

interface Seen extends ViewParts {
  readonly p?: number;
  readonly error?: number;
  /** Seconds since the valuation was formed. */
  readonly age?: number;
}
const seen = ({ p = P, error = 0, age = 0, ...parts }: Seen): MarketView => {
  const base = view(parts);
  const asOf = later(base.now, seconds(-age));
  const valuation: Valuation = { probability: p, standardError: error, beliefVolatility: null, asOf, source: 'index BRTI' };
  const whole = (size: typeof base.bidSize) => quantity(Math.round(size));
  return { ...base, bidSize: whole(base.bidSize), askSize: whole(base.askSize), valuation };
};
const quote = (parts: Seen, over: Partial<Settings> = {}): Target => new EdgeTaker({ ...SETTINGS, ...over }).quote(seen(parts));
const take = (parts: Seen, over: Partial<Settings> = {}): Take | undefined => quote(parts, over).take;

describe('an edge', () => {
  test.each([
    [22, 2.2850190689],
    [23, 1.2850190689],
    [24, 0.2850190689],
  ])('worked example: an ask of %d c for ten earns %d c a contract after the fee', (ask, gain) => {
    const parts = { bid: 10, ask };
    expect(take(parts, { edgeTake: (gain - 1e-9) * CENT })).toMatchObject({ side: 'bid', price: ask * CENT, size: 1000 });
    expect(take(parts, { edgeTake: (gain + 1e-9) * CENT })).toBeUndefined();
  });

  test('selling mirrors it: a bid is taken where NO is worth more than it costs', () => {
    const mirrored = { p: 1 - P, bid: 78, ask: 90 };
    expect(take(mirrored, { edgeTake: 2.285 * CENT })).toMatchObject({ side: 'ask', price: 78 * CENT, size: 1000 });
    expect(take(mirrored, { edgeTake: 2.2851 * CENT })).toBeUndefined();
  });

  test('it must survive the standard errors asked for', () => {
    // 2.285 c at 22 c, less two errors of 1 c.
    expect(take({ bid: 10, ask: 22, error: 0.01 }, { errorsAway: 2, edgeTake: 0.28 * CENT })).toBeDefined();
    expect(take({ bid: 10, ask: 22, error: 0.01 }, { errorsAway: 2, edgeTake: 0.29 * CENT })).toBeUndefined();
  });

  test('nothing rests, whatever is taken, and the screen says why nothing is taken', () => {
    const target = quote({ bid: 24, ask: 27 });
    expect([target.bid, target.ask, target.take]).toEqual([null, null, undefined]);
    expect(target.noBid).toEqual({ code: 'no-edge', text: 'buying at 27.00 c with 1.40 c fee earns -2.81 c, wanted 0.00 c' });
    expect(target.noAsk).toEqual({ code: 'no-edge', text: 'selling at 24.00 c with 1.30 c fee earns -2.89 c, wanted 0.00 c' });
    expect(target.fair).toBeCloseTo(P * 10_000, 9);
  });

  test('no more is taken than is offered, and the fee is that of the real size', () => {
    expect(take({ bid: 10, ask: 22, askSize: 4 })).toMatchObject({ size: 400 });
    // One contract at 24 c pays a whole 2 c, and 0.29 c were left with ten.
    expect(take({ bid: 10, ask: 24, askSize: 1 })).toBeUndefined();
    expect(take({ bid: 10, ask: 24, askSize: 10 })).toBeDefined();
  });

  test('an answer carries the moment of its signal', () => {
    const asked = seen({ bid: 10, ask: 22, age: 1 });
    expect(new EdgeTaker(SETTINGS).quote(asked).take?.signal).toBe(asked.valuation?.asOf);
  });

  test('a one-sided book is taken where the side that is there is cheap', () => {
    expect(take({ bid: null, ask: 22 })).toMatchObject({ side: 'bid' });
    expect(quote({ bid: 10, ask: null })).toMatchObject({ noBid: { code: 'nothing-to-take' }, noAsk: { code: 'no-edge' } });
  });
});

describe('what is not acted upon', () => {
  test.each<[string, Seen, string]>([
    ['a valuation older than the limit', { bid: 10, ask: 22, age: 2.1 }, 'old-signal'],
    ['a probability beyond 1', { bid: 10, ask: 22, p: 1.2 }, 'invalid-input'],
    ['a probability that is no number', { bid: 10, ask: 22, p: NaN }, 'invalid-input'],
    ['an error that is no number', { bid: 10, ask: 22, error: NaN }, 'invalid-input'],
    [
      'a fee that nobody knows',
      { bid: 10, ask: 22, market: market({ fees: { type: 'flat', multiplierMicros: 1_000_000 } }) },
      'unknown-fee',
    ],
  ])('%s', (_, parts, code) => {
    const target = quote(parts);
    expect([target.take, target.noBid?.code, target.noAsk?.code]).toEqual([undefined, code, code]);
  });

  test('no valuation: the reason of whoever should have made one, or that nobody should', () => {
    const taker = new EdgeTaker(SETTINGS);
    expect(taker.quote(view()).noBid?.code).toBe('no-valuation');
    expect(taker.quote({ ...view(), noValuation: { code: 'index-stale', text: 'old' } }).noBid?.code).toBe('index-stale');
  });

  test('settings that make no sense', () => {
    for (const wrong of [
      { lot: quantity(0) },
      { edgeTake: NaN },
      { errorsAway: -1 },
      { sizing: { kind: 'kelly', part: 2, bankroll: parseCash('1') } as const },
    ])
      expect(() => new EdgeTaker({ ...SETTINGS, ...wrong })).toThrow();
  });
});

describe('Kelly', () => {
  const kelly: Partial<Settings> = { sizing: { kind: 'kelly', part: 0.25, bankroll: parseCash('1000') } };

  test('a quarter of the Kelly stake, in whole contracts', () => {
    // Cost 22 c and 1.2012 c fee: f = (0.25585 - 0.232012) / (1 - 0.232012) = 0.03104; a quarter of it is $7.76, or 33 contracts.
    expect(kellyFraction(P, 0.232012)).toBeCloseTo((P - 0.232012) / 0.767988, 12);
    expect(take({ bid: 10, ask: 22, askSize: 1000 }, kelly)).toMatchObject({ side: 'bid', size: 3300 });
  });

  test('what is held counts towards the stake, on the other side it comes on top', () => {
    expect(take({ bid: 10, ask: 22, askSize: 1000, held: 30 }, kelly)).toMatchObject({ size: 300 });
    expect(take({ bid: 10, ask: 22, askSize: 1000, held: 33 }, kelly)).toBeUndefined();
    expect(take({ bid: 10, ask: 22, askSize: 1000, held: -10 }, kelly)).toMatchObject({ size: 4300 });
  });

  test('without an edge it stakes nothing', () => {
    expect(kellyFraction(0.2, 0.3)).toBe(0);
    expect(kellyFraction(1, 1)).toBe(0);
    expect(take({ bid: 24, ask: 27, askSize: 1000 }, { ...kelly, edgeTake: -1000 })).toBeUndefined();
  });
});

describe('for any book, valuation and settings', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const books = fc
    .tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 98 }))
    .map(([a, b]) => ({ bid: Math.min(a, b), ask: Math.max(a, b) + 1 }));
  const fees = fc.constantFrom<FeeTerms>(
    { type: 'quadratic', multiplierMicros: 1_000_000 },
    { type: 'quadratic', multiplierMicros: 500_000 },
  );
  const settings = fc.record({
    edgeTake: fc.double({ min: 0, max: 300, noNaN: true }),
    errorsAway: fc.double({ min: 0, max: 3, noNaN: true }),
  });

  test('whatever size from the least one on is filled, the edge is there, errors and all', () => {
    fc.assert(
      fc.property(
        books,
        unit,
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        fees,
        settings,
        fc.integer({ min: 1, max: 100_000 }),
        (book, p, error, terms, over, offered) => {
          const parts = { ...book, p, error, askSize: offered / 100, bidSize: offered / 100, market: market({ fees: terms }) };
          const found = take(parts, { ...over, lot: quantity(5000) });
          if (found === undefined) return;
          const least = found.sizeMin ?? found.size;
          expect(least).toBeGreaterThan(0);
          expect(least).toBeLessThanOrEqual(found.size);
          const wanted = over.edgeTake + over.errorsAway * error * 10_000;
          for (const size of [least, Math.floor((least + found.size) / 2), found.size]) {
            const fee =
              (tradeFee(
                { terms, role: 'taker', price: found.price, quantity: quantity(size), payout: parts.market.payout },
                parseCash('0.01'),
              ) as number) / size;
            const gain = (found.side === 'bid' ? 1 : -1) * (p * 10_000 - found.price) - fee;
            expect(gain).toBeGreaterThanOrEqual(wanted - 1e-9);
          }
        },
      ),
    );
  });

  test('YES and NO mirrored give the mirrored answer', () => {
    fc.assert(
      fc.property(books, unit, settings, ({ bid, ask }, p, over) => {
        const one = take({ bid, ask, p }, over);
        const other = take({ bid: 100 - ask, ask: 100 - bid, p: 1 - p }, over);
        // On the very edge the mirrored chance may round the other way.
        if ((one === undefined) !== (other === undefined)) return;
        expect(other?.price).toBe(one === undefined ? undefined : 10_000 - one.price);
        if (one !== undefined) expect(other?.side).toBe(one.side === 'bid' ? 'ask' : 'bid');
      }),
    );
  });
});

test('its steps lead from the valuation to the most it would pay', () => {
  const steps: (readonly [string, number | null, number | null])[] = [];
  const inputs: string[] = [];
  new EdgeTaker({ ...SETTINGS, edgeTake: 100 }).quote(seen({ bid: 10, ask: 22, bidSize: 5 }), {
    input: (name, value, unit, error) => inputs.push(`${name} ${value} ${unit} ${String(error)}`),
    step: (name, bid, ask) => steps.push([name, bid, ask]),
  });
  expect(inputs).toEqual([`valuation ${P} probability 0`]);
  expect(steps.map(([name]) => name)).toEqual(['valuation', 'taker fee', 'least edge and error']);
  expect(steps.at(-1)?.[1]).toBeCloseTo(P * 10_000 - 130 - 100, 9);
});
