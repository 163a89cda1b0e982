import { describe, expect, test } from 'vitest';
import type { FeeTerms } from '../../../src/domain/fees.js';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { price } from '../../../src/domain/units.js';
import { makeStrategy } from '../../../src/strategy/strategies.js';
import { CENT, inCents, market, PLAIN, view } from './views.js';

const MAKER_FEES: FeeTerms = { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 };
const fixed: StrategySettings = { ...PLAIN, name: 'fixed', offset: price(2 * CENT) };
const symmetric: StrategySettings = { ...PLAIN, name: 'symmetric', halfSpread: 2 * CENT };
const stoikov: StrategySettings = { ...PLAIN, name: 'avellaneda-stoikov', riskAversion: 0.02, horizon: { kind: 'finite' } };

describe('the registry', () => {
  test.each([fixed, symmetric, stoikov])('makes $name by its name', (settings) => {
    expect(makeStrategy(settings).name).toBe(settings.name);
  });
});

describe('the fixed strategy', () => {
  test('quotes mid minus and plus its offset, rounded outward', () => {
    expect(inCents(makeStrategy(fixed).quote(view({ bid: 49, ask: 51 })))).toEqual([48, 52]);
    expect(inCents(makeStrategy(fixed).quote(view({ bid: 49, ask: 50 })))).toEqual([47, 52]);
  });

  test('is deaf to inventory and opinion', () => {
    const target = makeStrategy(fixed).quote(view({ held: 500, alpha: 5 }));
    expect([inCents(target), target.fair, target.reservation]).toEqual([[48, 52], 5000, 5000]);
  });

  test('keeps the fee covered: an offset of nothing still stands a fee away from the mid', () => {
    const bare: StrategySettings = { ...fixed, offset: price(0) };
    const seen = { market: market({ grid: 'deci_cent', fees: MAKER_FEES }) };
    expect(inCents(makeStrategy(bare).quote(view(seen)))).toEqual([49.5, 50.5]);
    expect(inCents(makeStrategy(fixed).quote(view(seen)))).toEqual([48, 52]);
  });
});

describe('the symmetric strategy', () => {
  test('quotes around fair value whatever it holds', () => {
    expect(inCents(makeStrategy(symmetric).quote(view({ held: 500 })))).toEqual([48, 52]);
    const told = makeStrategy(symmetric).quote(view({ alpha: 0.5 }));
    expect([inCents(told), told.fair]).toEqual([[48, 53], 5050]);
  });

  test('adds fee and least edge to its half-spread', () => {
    const seen = { market: market({ grid: 'deci_cent', fees: MAKER_FEES }), bid: 45, ask: 55 };
    expect(inCents(makeStrategy({ ...symmetric, edgeMin: 0.1 * CENT }).quote(view(seen)))).toEqual([47.4, 52.6]);
  });
});

test.each([fixed, symmetric])('$name quotes nothing without a mid, and says why', (settings) => {
  expect(inCents(makeStrategy(settings).quote(view({ ask: null })))).toEqual(['one-sided-book', 'one-sided-book']);
  expect(makeStrategy(settings).quote(view({ ask: null })).noBid?.text).toBe('nobody else offers, so the book has no mid');
});

test.each<[string, StrategySettings]>([
  ['half-spread', { ...symmetric, halfSpread: -1 }],
  ['half-spread', { ...symmetric, halfSpread: NaN }],
  ['offset', { ...fixed, offset: price(-1) }],
])('senseless settings are refused: %s', (what, settings) => {
  expect(() => makeStrategy(settings)).toThrow(what);
});
