/** What every strategy answers to what no market should say. */
import { describe, expect, test } from 'vitest';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { price, quantity } from '../../../src/domain/units.js';
import type { MarketView } from '../../../src/domain/view.js';
import { makeStrategy } from '../../../src/strategy/strategies.js';
import { CENT, inCents, PLAIN, view, type ViewParts } from './views.js';

const bounded: StrategySettings = {
  ...PLAIN,
  name: 'bounded',
  riskAversion: 0.02,
  holding: 300,
  earlySettlement: 0,
  variance: 'exact',
  staleAllowance: 1,
  requote: 1,
  linkOutcomes: true,
};
const stoikov: StrategySettings = { ...PLAIN, name: 'avellaneda-stoikov', riskAversion: 0.02, horizon: { kind: 'rolling', seconds: 300 } };
const glft: StrategySettings = {
  ...PLAIN,
  name: 'glft',
  riskAversion: 0.02,
  form: 'stationary',
  utility: 'exponential',
  inventoryMax: quantity(10_000),
};
const logit: StrategySettings = { ...PLAIN, name: 'logit', riskAversion: 0.005, horizon: { kind: 'rolling', seconds: 300 } };
const symmetric: StrategySettings = { ...PLAIN, name: 'symmetric', halfSpread: 2 * CENT };
const fixed: StrategySettings = { ...PLAIN, name: 'fixed', offset: price(2 * CENT) };
const ALL = [bounded, stoikov, glft, logit, symmetric, fixed];
const MODELS = [bounded, stoikov, glft, logit];

const ask = (settings: StrategySettings, parts: ViewParts, over: Partial<MarketView> = {}) =>
  makeStrategy(settings).quote({ ...view(parts), ...over });
const estimate = (value: number) => ({ value, error: null });

describe.each(ALL)('$name', (settings) => {
  test.each<[string, ViewParts, string, string]>([
    ['nobody bids', { bid: null }, 'one-sided-book', 'nobody else bids'],
    ['nobody offers', { ask: null }, 'one-sided-book', 'nobody else offers'],
    ['the book is empty', { bid: null, ask: null }, 'one-sided-book', 'empty'],
    ['bid and ask are one', { bid: 50, ask: 50 }, 'crossed-book', '0.5000'],
    ['the book is crossed', { bid: 55, ask: 45 }, 'crossed-book', '0.5500'],
    ['the price is 0', { mid: 0 }, 'invalid-input', 'mid is 0'],
    ['the price is the payout', { mid: 100 }, 'invalid-input', 'mid is 10000'],
    ['the price is none', { mid: NaN }, 'invalid-input', 'mid is NaN'],
    ['the opinion is none', { alpha: NaN }, 'invalid-input', 'alpha is NaN'],
    ['the opinion is endless', { alpha: -Infinity }, 'invalid-input', 'alpha is -Infinity'],
    ['the inventory is none', { held: NaN }, 'invalid-input', 'inventory is NaN'],
  ])('%s: no quotes, and why', (_, parts, code, part) => {
    const target = ask(settings, parts);
    expect(inCents(target)).toEqual([code, code]);
    expect(target.noBid?.text).toContain(part);
  });

  test('with a thousand times the limit held, either way, quotes stay on the grid and in order', () => {
    for (const held of [-100_000, 100_000]) {
      const target = ask(settings, { held, secondsToClose: 100 });
      expect(target.bid === null ? target.noBid : target.bid.price < 5100).toBeTruthy();
      expect(target.ask === null ? target.noAsk : target.ask.price > 4900).toBeTruthy();
      expect(target.bid?.price ?? 0).toBeLessThan(target.ask?.price ?? 10_000);
    }
  });

  test('without any news quotes stay', () => {
    const still = { volatility: 0, estimates: { beliefVolatility: estimate(0), jumpRate: estimate(0), jumpSize: estimate(0) } };
    const [bid, offer] = inCents(ask(settings, { ...still, bid: 45, ask: 55 }));
    expect([bid, offer]).toEqual([48, 52]);
  });

  test('at the last prices of the grid what is left of a quote is legal', () => {
    for (const [bid, offer] of [
      [1, 2],
      [98, 99],
    ] as const) {
      const target = ask(settings, { bid, ask: offer });
      if (target.bid !== null) expect(target.bid.price).toBeLessThan(offer * CENT);
      else expect(['below-lowest-price', 'post-only']).toContain(target.noBid?.code);
      if (target.ask !== null) expect(target.ask.price).toBeGreaterThan(bid * CENT);
      else expect(['above-highest-price', 'post-only']).toContain(target.noAsk?.code);
    }
  });
});

describe.each(MODELS)('$name, whose numbers are estimates', (settings) => {
  test.each([0, -60, NaN, Infinity])('a fill decay of %f is named', (value) => {
    const target = ask(settings, { estimates: { fillDecay: estimate(value) } });
    expect([target.noBid?.code, target.noBid?.text]).toEqual(['invalid-input', `fill decay is ${value}, expected a finite number above 0`]);
  });

  test('a decay so small that nobody would be paid enough leaves no bid and no ask', () => {
    expect(inCents(ask(settings, { estimates: { fillDecay: estimate(1e-6) } }))).toEqual(['below-lowest-price', 'above-highest-price']);
  });

  test('a decay so large that everybody trades at the touch stays passive', () => {
    const [bid, offer] = inCents(ask(settings, { bid: 49, ask: 51, secondsToClose: 1e6, estimates: { fillDecay: estimate(1e9) } }));
    expect(Number(bid)).toBeLessThan(51);
    expect(Number(offer)).toBeGreaterThan(49);
  });
});

test.each<[string, StrategySettings, ViewParts, Partial<MarketView>]>([
  ['belief volatility', bounded, { estimates: { beliefVolatility: estimate(NaN) } }, {}],
  ['jump rate', bounded, { estimates: { jumpRate: estimate(-1) } }, {}],
  ['jump size', bounded, { estimates: { jumpSize: estimate(Infinity) } }, {}],
  ['belief volatility', logit, { estimates: { beliefVolatility: estimate(-0.1) } }, {}],
  ['volatility', stoikov, { volatility: NaN }, {}],
  ['volatility', glft, { volatility: -1 }, {}],
  ['fill intensity', glft, { estimates: { fillIntensity: estimate(NaN) } }, {}],
  ['time to settlement', bounded, {}, { secondsToSettlement: NaN }],
])('%s of %s that is none is named', (what, settings, parts, over) => {
  const { noBid, noAsk } = ask(settings, parts, over);
  expect([noBid?.code, noAsk?.code]).toEqual(['invalid-input', 'invalid-input']);
  expect(noBid?.text).toContain(what);
});

describe('related markets that make no sense', () => {
  const related = (over: object): Partial<MarketView> => ({
    related: {
      kind: 'exclusive',
      own: 0,
      markets: [
        { probability: 0.5, contracts: 0 },
        { probability: 0.5, contracts: 10 },
      ],
      ...over,
    },
  });
  test.each([
    ['place among related markets', { own: 2 }],
    ['place among related markets', { own: -1 }],
    ['probability of a related market', { markets: [{ probability: NaN, contracts: 0 }] }],
    ['probability of a related market', { markets: [{ probability: 1.2, contracts: 0 }] }],
    ['inventory of a related market', { markets: [{ probability: 0.5, contracts: NaN }] }],
  ])('%s: named', (what, over) => {
    const { noBid } = ask(bounded, {}, related(over));
    expect([noBid?.code, noBid?.text.includes(what)]).toEqual(['invalid-input', true]);
  });

  test.each([
    ['no other market', { markets: [{ probability: 1, contracts: 0 }] }],
    [
      'mids that add up to half',
      {
        markets: [
          { probability: 0.25, contracts: 0 },
          { probability: 0.25, contracts: 99 },
        ],
      },
    ],
    ['strikes at certainty', { kind: 'nested', markets: [{ probability: 1, contracts: 0 }] }],
  ])('%s: the market is quoted as if it stood alone', (_, over) => {
    const alone = ask(bounded, { held: 30 });
    expect(ask(bounded, { held: 30 }, related(over))).toEqual(alone);
  });
});
