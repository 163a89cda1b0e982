import { priorEstimates } from '../../../src/estimators/priors.js';
import { ESTIMATORS } from '../../support/settings.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feePerContract, type FeeTerms } from '../../../src/domain/fees.js';
import type { Horizon, QuoteSettings, StrategySettings } from '../../../src/domain/settings.js';
import { complement, epochUs, negateQuantity, price, quantity, type Price, type Quantity } from '../../../src/domain/units.js';
import type { MarketView, Target } from '../../../src/domain/view.js';
import { makeStrategy } from '../../../src/strategy/strategies.js';
import { GRIDS, type GridName } from '../../support/grids.js';
import { Kept } from './trail.js';
import { market } from './views.js';

const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

const horizons: fc.Arbitrary<Horizon> = fc.oneof(
  fc.constant({ kind: 'finite' as const }),
  real(1, 100_000).map((seconds) => ({ kind: 'rolling' as const, seconds })),
  fc.integer({ min: 1, max: 100_000 }).map((q) => ({ kind: 'infinite' as const, inventoryMax: quantity(q) })),
);

const quoting: fc.Arbitrary<QuoteSettings> = fc.record({
  lot: fc.integer({ min: 1, max: 10_000 }).map(quantity),
  edgeMin: real(0, 300),
  giveawayMax: real(0, 500),
  sizeDecayPerContract: fc.oneof(fc.constant(0), real(0, 0.1)),
  unwindLotsMax: fc.oneof(fc.constant(1), real(1, 5)),
});

const endings: fc.Arbitrary<Exclude<Horizon, { readonly kind: 'infinite' }>> = fc.oneof(
  fc.constant({ kind: 'finite' as const }),
  real(1, 100_000).map((seconds) => ({ kind: 'rolling' as const, seconds })),
);

const strategies: fc.Arbitrary<StrategySettings> = fc
  .tuple(
    quoting,
    fc.oneof(
      fc.record({
        name: fc.constant('avellaneda-stoikov' as const),
        riskAversion: real(1e-4, 2),
        fillDecay: real(5, 300),
        horizon: horizons,
      }),
      fc.record({
        name: fc.constant('bounded' as const),
        riskAversion: real(0, 0.5),
        holding: real(1, 10_000),
        earlySettlement: fc.oneof(fc.constant(0), real(0, 1)),
        variance: fc.constantFrom('exact' as const, 'raw' as const),
        staleAllowance: real(0, 3),
        staleIn: fc.constantFrom('indexed' as const, 'all' as const),
        requote: real(0, 10),
        linkOutcomes: fc.boolean(),
      }),
      fc.record({
        name: fc.constant('glft' as const),
        riskAversion: real(0, 0.5),
        form: fc.constantFrom('finite' as const, 'stationary' as const, 'closed' as const),
        utility: fc.constantFrom('exponential' as const, 'penalty' as const),
        // In lots until the lot is known, below.
        inventoryMax: fc.integer({ min: 1, max: 12 }).map(quantity),
      }),
      fc.record({ name: fc.constant('logit' as const), riskAversion: real(0, 0.5), horizon: endings }),
      fc.record({ name: fc.constant('symmetric' as const), halfSpread: real(0, 1000) }),
      fc.record({ name: fc.constant('fixed' as const), offset: fc.integer({ min: 0, max: 1000 }).map(price) }),
    ),
  )
  .map(([common, own]) =>
    own.name === 'glft' ? { ...common, ...own, inventoryMax: quantity(own.inventoryMax * common.lot) } : { ...common, ...own },
  );

const fees: fc.Arbitrary<FeeTerms> = fc.record({
  type: fc.constantFrom('quadratic' as const, 'quadratic_with_maker_fees' as const, 'quadratic_with_combo_maker_fees' as const),
  multiplierMicros: fc.constantFrom(0, 500_000, 1_000_000, 2_000_000),
});

/** A two-sided book of others on one of the twelve grids, our inventory, and what we believe. */
const views: fc.Arbitrary<MarketView> = fc
  .record({
    name: fc.constantFrom(...(Object.keys(GRIDS) as GridName[])),
    fees,
    low: real(0, 1),
    high: real(0, 1),
    held: fc.integer({ min: -200_000, max: 200_000 }).map(quantity),
    volatility: real(0, 200),
    alpha: fc.oneof(fc.constant(0), real(-3000, 3000)),
    secondsToClose: real(0, 1e6),
  })
  .map(({ name, fees, low, high, held, volatility, alpha, secondsToClose }) => {
    const listed = market({ grid: name, fees });
    const { grid } = listed;
    const bidIndex = Math.floor(Math.min(low, high) * (grid.levelCount - 1));
    const askIndex = bidIndex + 1 + Math.floor(Math.max(low, high) * (grid.levelCount - 2 - bidIndex));
    const bestBid = grid.priceAt(bidIndex);
    const bestAsk = grid.priceAt(askIndex);
    return {
      market: listed,
      now: epochUs(0),
      bestBid,
      bestAsk,
      bidSize: quantity(100),
      askSize: quantity(100),
      mid: (bestBid + bestAsk) / 2,
      microprice: (bestBid + bestAsk) / 2,
      imbalance: 0,
      volatility,
      inventory: held,
      alpha,
      secondsToClose,
      secondsToSettlement: secondsToClose,
      estimates: priorEstimates(ESTIMATORS),
      valuation: null,
      related: null,
    };
  });

const hostile = fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5000, 1e-300), fc.double());
const anything = hostile.map((value) => ({ value, error: null }));
const sides = fc.option(fc.integer({ min: -5, max: 10_005 }).map(price));

/** Views with some parts that make no sense: crossed and one-sided books, prices at 0 and 1, numbers that are none, related markets that contradict each other. */
const hostileViews: fc.Arbitrary<MarketView> = fc
  .tuple(
    views,
    fc.record(
      {
        bestBid: sides,
        bestAsk: sides,
        mid: fc.option(hostile),
        volatility: hostile,
        alpha: hostile,
        inventory: hostile.map(quantity),
        secondsToClose: fc.option(hostile),
        secondsToSettlement: fc.option(hostile),
        estimates: fc.record({
          beliefVolatility: anything,
          jumpRate: anything,
          jumpSize: anything,
          fillDecay: anything,
          fillIntensity: anything,
        }),
        valuation: fc.record({
          probability: hostile,
          standardError: hostile,
          beliefVolatility: fc.option(hostile),
          asOf: fc.constant(epochUs(0)),
          source: fc.constant('index'),
        }),
        related: fc.record({
          kind: fc.constantFrom('exclusive' as const, 'nested' as const),
          markets: fc.array(fc.record({ probability: fc.oneof(real(0, 1), hostile), contracts: fc.oneof(real(-100, 100), hostile) }), {
            maxLength: 5,
          }),
          own: fc.integer({ min: -1, max: 5 }),
        }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([view, bad]) => ({ ...view, ...bad }));

const runs = { numRuns: 1500 };
const bidOf = (target: Target): number => target.bid?.price ?? -Infinity;
const askOf = (target: Target): number => target.ask?.price ?? Infinity;
const holding = (view: MarketView, held: Quantity): MarketView => ({ ...view, inventory: held });

describe('for any book, grid, fee, belief and parameters', () => {
  test('quotes are on the grid, passive, uncrossed, and no larger than a lot; a missing side says why', () => {
    fc.assert(
      fc.property(views, strategies, (view, settings) => {
        const target = makeStrategy(settings).quote(view);
        const { grid } = view.market;
        const { bid, ask } = target;
        for (const side of [bid, ask]) {
          if (side === null) continue;
          expect(grid.has(side.price)).toBe(true);
          expect(side.size).toBeGreaterThan(0);
          expect(side.size).toBeLessThanOrEqual(
            Math.max(settings.lot, Math.min(settings.lot * (settings.unwindLotsMax ?? 1), Math.abs(view.inventory))),
          );
          expect(Number.isInteger(side.size)).toBe(true);
        }
        expect([bid === null, ask === null]).toEqual([target.noBid !== null, target.noAsk !== null]);
        expect(bidOf(target)).toBeLessThan(view.bestAsk as Price);
        expect(askOf(target)).toBeGreaterThan(view.bestBid as Price);
        expect(bidOf(target)).toBeLessThan(askOf(target));
      }),
      runs,
    );
  });

  test('no quote gives away more than allowed, maker fee included', () => {
    fc.assert(
      fc.property(views, strategies, (view, settings) => {
        const { bid, ask, fair } = makeStrategy(settings).quote(view);
        const cost = (at: Price): number => feePerContract(view.market.fees, 'maker', at, view.market.payout);
        // Only models that unwind may give anything; the others always keep their least edge.
        const most = settings.name === 'symmetric' || settings.name === 'fixed' ? -settings.edgeMin : settings.giveawayMax;
        if (bid !== null) expect(bid.price + cost(bid.price)).toBeLessThanOrEqual((fair ?? NaN) + most + 1e-6);
        if (ask !== null) expect(ask.price - cost(ask.price)).toBeGreaterThanOrEqual((fair ?? NaN) - most - 1e-6);
      }),
      runs,
    );
  });

  test('more inventory never raises a quote', () => {
    fc.assert(
      fc.property(views, strategies, fc.integer({ min: 1, max: 400_000 }), (view, settings, more) => {
        const strategy = makeStrategy(settings);
        const before = strategy.quote(view);
        const after = strategy.quote(holding(view, quantity(view.inventory + more)));
        // A side may go or come only outward: shaping hides growing sides, and rounding hides what leaves the grid.
        expect(bidOf(after)).toBeLessThanOrEqual(bidOf(before));
        expect(askOf(after)).toBeLessThanOrEqual(askOf(before));
        expect(after.reservation ?? NaN).toBeLessThanOrEqual((before.reservation ?? NaN) + 1e-9);
      }),
      runs,
    );
  });

  test('YES and NO are treated alike: the mirrored market is quoted with mirrored prices', () => {
    fc.assert(
      fc.property(views, strategies, (view, settings) => {
        const strategy = makeStrategy(settings);
        const { payout } = view.market;
        const mirrored: MarketView = {
          ...view,
          bestBid: complement(view.bestAsk as Price, payout),
          bestAsk: complement(view.bestBid as Price, payout),
          mid: payout - (view.mid ?? NaN),
          inventory: negateQuantity(view.inventory),
          alpha: -view.alpha,
        };
        const here = strategy.quote(view);
        const there = strategy.quote(mirrored);
        expect([there.bid?.price, there.bid?.size]).toEqual(
          [here.ask && complement(here.ask.price, payout), here.ask?.size].map((x) => x ?? undefined),
        );
        expect([there.ask?.price, there.ask?.size]).toEqual(
          [here.bid && complement(here.bid.price, payout), here.bid?.size].map((x) => x ?? undefined),
        );
      }),
      runs,
    );
  });

  test('the trail begins at the mid and ends at the quotes; a side that is gone says why; being asked changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(views, hostileViews), strategies, (view, settings) => {
        const strategy = makeStrategy(settings);
        const trail = new Kept();
        const target = strategy.quote(view, trail);
        const last = trail.steps.at(-1);
        expect([last?.bid, last?.ask]).toEqual([target.bid?.price ?? null, target.ask?.price ?? null]);
        expect([target.bid === null, target.ask === null]).toEqual([target.noBid !== null, target.noAsk !== null]);
        if (target.bid !== null || target.ask !== null) expect(trail.steps.at(0)).toEqual({ name: 'mid', bid: view.mid, ask: view.mid });
        expect(strategy.quote(view)).toEqual(target);
        expect(makeStrategy(settings).quote(view)).toEqual(target);
        // What is gone stays gone, and no number on the way is none.
        for (const side of ['bid', 'ask'] as const) {
          const values = trail.steps.map((step) => step[side]);
          const gone = values.indexOf(null);
          if (gone >= 0) expect(values.slice(gone).every((value) => value === null)).toBe(true);
        }
      }),
      runs,
    );
  });

  test('after the wish every step of the trail moves outward', () => {
    fc.assert(
      fc.property(views, strategies, (view, settings) => {
        const trail = new Kept();
        makeStrategy(settings).quote(view, trail);
        const from = trail.steps.findIndex(({ name }) => name === 'half-spread' || name === 'offset' || name === 'stale allowance');
        const wish = settings.name === 'bounded' ? from + 1 : from;
        for (let i = Math.max(0, wish) + 1; i < trail.steps.length; i++) {
          const [before, after] = [trail.steps[i - 1], trail.steps[i]];
          expect(after?.bid ?? -Infinity).toBeLessThanOrEqual((before?.bid ?? -Infinity) + 1e-6);
          expect(after?.ask ?? Infinity).toBeGreaterThanOrEqual((before?.ask ?? Infinity) - 1e-6);
        }
      }),
      runs,
    );
  });

  test('no view whatsoever makes a strategy throw or cross itself', () => {
    fc.assert(
      fc.property(hostileViews, strategies, (view, settings) => {
        const target = makeStrategy(settings).quote(view);
        const { grid } = view.market;
        expect(bidOf(target)).toBeLessThan(askOf(target));
        for (const side of [target.bid, target.ask]) if (side !== null) expect(grid.has(side.price)).toBe(true);
        if (target.bid !== null && view.bestAsk !== null) expect(target.bid.price).toBeLessThan(view.bestAsk);
        if (target.ask !== null && view.bestBid !== null) expect(target.ask.price).toBeGreaterThan(view.bestBid);
        expect([target.bid === null, target.ask === null]).toEqual([target.noBid !== null, target.noAsk !== null]);
        for (const why of [target.noBid, target.noAsk]) if (why !== null) expect(why.text.length).toBeGreaterThan(10);
        if (target.reservation !== null) expect(Number.isFinite(target.reservation)).toBe(true);
      }),
      runs,
    );
  });
});
