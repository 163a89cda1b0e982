import { describe, expect, test } from 'vitest';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { PriceGrid } from '../../../src/domain/price-grid.js';
import { epochUs, price, quantity } from '../../../src/domain/units.js';
import type { MarketView, RelatedMarkets, Valuation } from '../../../src/domain/view.js';
import { Bounded } from '../../../src/strategy/bounded.js';
import { Kept } from './trail.js';
import { inCents, market, PLAIN, view, type ViewParts } from './views.js';

type Settings = Extract<StrategySettings, { readonly name: 'bounded' }>;

const PLAINLY: Settings = {
  ...PLAIN,
  name: 'bounded',
  riskAversion: 0.02,
  holding: 300,
  earlySettlement: 0,
  variance: 'exact',
  staleAllowance: 0,
  requote: 1,
  linkOutcomes: true,
};

const quote = (parts: ViewParts, settings: Partial<Settings> = {}, over: Partial<MarketView> = {}) =>
  new Bounded({ ...PLAINLY, ...settings }).quote({ ...view(parts), ...over });
/** On a grid fine enough to see the model. */
const fine = { market: market({ grid: 'center_centi_edge_centi_cent' }), bid: 40, ask: 60 };
const valuation = (over: Partial<Valuation> = {}): Valuation => ({
  probability: 0.5,
  standardError: 0.01,
  beliefVolatility: 1 / 30,
  asOf: epochUs(0),
  source: 'index',
  ...over,
});

describe('the bounded strategy', () => {
  test('quotes the worked chain of the quoting reference, c.5, as 43 / 48 cents', () => {
    const trail = new Kept();
    const target = new Bounded(PLAINLY).quote(view({ bid: 40, ask: 60, held: 60, secondsToClose: 600 }), trail);
    expect(inCents(target)).toEqual([43, 48]);
    expect(target.reservation).toBeCloseTo(4516.85499584, 5);
    expect(trail.after('mid')).toEqual([50, 50]);
    expect(trail.after('inventory')).toEqual([45.169, 45.169]);
    expect(trail.after('lot')).toEqual([44.769, 45.569]);
    expect(trail.after('half-spread')).toEqual([43.105, 47.233]);
    expect(trail.after('rounding')).toEqual([43, 48]);
    expect(trail.inputs.get('share of the variance borne')?.value).toBeCloseTo(0.161552406602, 9);
  });

  test('without a settlement time only what is revealed while held counts', () => {
    const known = quote({ ...fine, held: 60, secondsToClose: 1e9 });
    expect(quote({ ...fine, held: 60 }).reservation).toBeCloseTo(known.reservation ?? NaN, 6);
  });

  test('bears the whole budget at the settlement', () => {
    // theta = gamma: S(0 - 0.02 * 100), the second row of the table of c.5.
    expect(quote({ ...fine, held: 100, secondsToClose: 0 }).reservation).toBeCloseTo(1192.02922022, 5);
  });

  test('an early settlement makes it lean more', () => {
    const [never, hourly] = [0, 1 / 3600].map((earlySettlement) => quote({ ...fine, held: 60 }, { earlySettlement }).reservation);
    expect(hourly).toBeLessThan(never ?? NaN);
  });

  test('raw variance counts where the market moves faster than it can end', () => {
    const fast = { ...fine, held: 60, estimates: { beliefVolatility: { value: 0.2, error: null } } };
    const [exact, raw] = (['exact', 'raw'] as const).map((variance) => quote(fast, { variance }).reservation);
    expect(raw).toBeLessThan(exact ?? NaN);
  });

  test('an opinion moves the probability, never beyond 1 and 99 cents', () => {
    expect(quote({ ...fine, alpha: 2 }).fair).toBeCloseTo(5200, 9);
    expect(quote({ ...fine, bid: 98, ask: 98.9, alpha: 2 }).fair).toBe(9900);
  });

  test('an outside price lends its belief volatility where that is larger, and not its value', () => {
    const held = { ...fine, held: 60 };
    const alone = quote(held);
    const leaning = quote(held, {}, { valuation: valuation() });
    expect(leaning.fair).toBe(alone.fair);
    expect(leaning.reservation).toBeLessThan(alone.reservation ?? NaN);
    expect(quote(held, {}, { valuation: valuation({ beliefVolatility: 1e-4 }) }).reservation).toBe(alone.reservation);
    expect(quote(held, {}, { valuation: valuation({ beliefVolatility: null }) }).reservation).toBe(alone.reservation);
  });

  test('the stale allowance widens both sides, in markets that an index drives or in all', () => {
    const spread = (settings: Partial<Settings>, over: Partial<MarketView> = {}): number => {
      const { bid, ask } = quote(fine, settings, over);
      return (ask?.price ?? NaN) - (bid?.price ?? NaN);
    };
    const none = spread({});
    // Twice 0.25 / 60 * sqrt(4) dollars.
    expect(spread({ staleAllowance: 1, requote: 4 }) - none).toBeCloseTo(167, -1);
    expect(spread({ staleAllowance: 1, requote: 4, staleIn: 'indexed' })).toBe(none);
    expect(spread({ staleAllowance: 1, requote: 4, staleIn: 'indexed' }, { valuation: valuation() })).toBeGreaterThan(none + 300);
  });

  test('prices scale with the payout: a contract of $100 is a hundred of $1', () => {
    const payout = price(1_000_000);
    const hundred = market({ grid: new PriceGrid([{ start: price(0), end: payout, step: price(100) }], payout) });
    const large = quote(
      { market: hundred, bid: 4000, ask: 6000, held: 0.6, secondsToClose: 600, estimates: { fillDecay: { value: 0.6, error: null } } },
      { lot: quantity(10), giveawayMax: 1_000_000 },
    );
    expect((large.reservation ?? NaN) / 100).toBeCloseTo(4516.85499584, 5);
    expect(inCents(large)).toEqual([4310, 4724]);
  });
});

describe('related outcomes', () => {
  const three = (held: readonly number[], mids: readonly number[] = [0.5, 0.3, 0.2]): RelatedMarkets => ({
    kind: 'exclusive',
    own: 0,
    markets: mids.map((probability, k) => ({ probability, contracts: held.at(k) ?? 0 })),
  });
  const alone = quote({ ...fine, held: 40 });
  const linked = (related: RelatedMarkets, settings: Partial<Settings> = {}) => quote({ ...fine, held: 40 }, settings, { related });

  test('with nothing held elsewhere a market leans as if it stood alone', () => {
    expect(linked(three([40])).reservation).toBeCloseTo(alone.reservation ?? NaN, 6);
  });

  test('a complete set is no risk', () => {
    expect(linked(three([40, 40, 40])).reservation).toBeCloseTo(5000, 6);
  });

  test('what is held of others counts against them, so this one is worth more', () => {
    expect(linked(three([40, 60, 0])).reservation).toBeGreaterThan(alone.reservation ?? NaN);
    expect(linked(three([40, 60, 0]), { linkOutcomes: false }).reservation).toBe(alone.reservation);
  });

  test('mids that do not add up link nothing, and move no fair value either way', () => {
    expect(linked(three([40, 60, 0], [0.5, 0.3, 0.05])).reservation).toBe(alone.reservation);
    expect(linked(three([40, 60, 0], [0.52, 0.33, 0.22])).fair).toBe(5000);
  });

  test('nested strikes: what is held of the strike below is held of this one too, in part', () => {
    const strikes = (below: number): RelatedMarkets => ({
      kind: 'nested',
      own: 1,
      markets: [
        { probability: 0.8, contracts: below },
        { probability: 0.5, contracts: 40 },
        { probability: 0.2, contracts: 0 },
      ],
    });
    expect(linked(strikes(0)).reservation).toBeCloseTo(alone.reservation ?? NaN, 6);
    expect(linked(strikes(50)).reservation).toBeLessThan(alone.reservation ?? NaN);
    expect(linked(strikes(-50)).reservation).toBeGreaterThan(alone.reservation ?? NaN);
  });

  test('the trail tells them as a step of their own', () => {
    const trail = new Kept();
    new Bounded(PLAINLY).quote({ ...view({ ...fine, held: 40 }), related: three([40, 40, 40]) }, trail);
    expect(trail.after('related outcomes')).toEqual([50, 50]);
    expect(trail.after('inventory')[0]).toBeLessThan(50);
  });
});
