import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Estimates, shrink, type BookGlance } from '../../../src/estimators/estimates.js';
import { priorEstimates } from '../../../src/estimators/priors.js';
import type { EstimatorSettings } from '../../../src/domain/settings.js';
import { epochUs, later, price, seconds, type EpochUs } from '../../../src/domain/units.js';
import { grid } from '../../support/grids.js';
import { ESTIMATORS } from '../../support/settings.js';

const START = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(START, seconds(s));
const CENT = 100;
const LEARNING: EstimatorSettings = {
  ...ESTIMATORS,
  belief: { ...ESTIMATORS.belief, learn: true },
  jumps: { ...ESTIMATORS.jumps, learn: true },
  fills: { ...ESTIMATORS.fills, learn: true },
};
/** Mid and spread in cents. */
const book = (mid: number | null, spread = 2): BookGlance => ({
  mid: mid === null ? null : mid * CENT,
  spread: spread * CENT,
  tick: CENT,
  payout: 100 * CENT,
});

describe('priors', () => {
  test('are in force from the first moment, without an error, because nothing was learnt', () => {
    const estimates = new Estimates(LEARNING);
    expect(estimates.value).toEqual(priorEstimates(LEARNING));
    expect(Object.values(estimates.value).map(({ error }) => error)).toEqual([null, null, null, null, null]);
  });

  test('stand for ever where learning is off, whatever happens, and nothing asks for the book', () => {
    const estimates = new Estimates(ESTIMATORS);
    expect([estimates.isDue(at(0)), estimates.learnsFills]).toEqual([false, false]);
    const before = estimates.value;
    for (let s = 0; s < 100; s++) {
      estimates.observe(at(s), book(40 + (s % 7)));
      estimates.quotes(at(s), 5000, price(4900), price(5100));
      estimates.filled(at(s), 'bid', price(4900), 1);
      estimates.traded(at(s), 'bid', price(5200), price(5100), grid('linear_cent'));
    }
    expect(estimates.value).toBe(before);
  });

  test('the same object answers until something was learnt', () => {
    const estimates = new Estimates(LEARNING);
    estimates.observe(at(0), book(50));
    const first = estimates.value;
    estimates.observe(at(1), book(51));
    expect(estimates.value).toBe(first);
    estimates.observe(at(5), book(51));
    expect(estimates.value).not.toBe(first);
  });
});

describe('belief volatility', () => {
  const volatilityAfter = (mids: readonly (number | null)[], step = 5, spread = 2, settings = LEARNING): number => {
    const estimates = new Estimates(settings);
    mids.forEach((mid, i) => estimates.observe(at(i * step), book(mid, spread)));
    return estimates.value.beliefVolatility.value;
  };

  test('is that of the log-odds: the same steps count for more near 0', () => {
    const middle = volatilityAfter(Array.from({ length: 200 }, (_, i) => 50 + (i % 2) * 2));
    const low = volatilityAfter(Array.from({ length: 200 }, (_, i) => 10 + (i % 2) * 2));
    expect(middle).toBeCloseTo(0.08 / Math.sqrt(5), 2);
    expect(low / middle).toBeGreaterThan(2);
  });

  test('takes no notice of a mid beyond 3 and 97 cents, of a spread above 10 cents, and of an empty side', () => {
    const wild = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : 99));
    const prior = LEARNING.belief.prior;
    expect(volatilityAfter(wild)).toBe(prior);
    expect(
      volatilityAfter(
        Array.from({ length: 100 }, (_, i) => 40 + (i % 2) * 20),
        5,
        11,
      ),
    ).toBe(prior);
    expect(volatilityAfter(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 50 : null)))).toBe(prior);
  });

  test('does not measure across a hole in the book', () => {
    const estimates = new Estimates(LEARNING);
    estimates.observe(at(0), book(20));
    estimates.interrupt();
    estimates.observe(at(600), book(80));
    expect(estimates.value).toEqual(priorEstimates(LEARNING));
  });

  test('sees changes closer together than the sampling time as one', () => {
    const often = new Estimates(LEARNING);
    const seldom = new Estimates(LEARNING);
    for (let i = 0; i <= 400; i++) {
      often.observe(at(i / 4), book(i % 20 === 0 ? 50 : 53));
      if (i % 20 === 0) seldom.observe(at(i / 4), book(50));
    }
    expect(often.value.beliefVolatility).toEqual(seldom.value.beliefVolatility);
  });

  test('on a slow cent grid is held up by one tick per root of the time between changes', () => {
    // One cent every ten minutes: most samples show nothing at all.
    const mids = Array.from({ length: 3000 }, (_, i) => 50 + (Math.floor(i / 120) % 2));
    const tick = 0.01 / 0.25 / Math.sqrt(600);
    expect(volatilityAfter(mids, 5, 2, { ...LEARNING, belief: { ...LEARNING.belief, floor: 0 } })).toBeGreaterThan(0.9 * tick);
  });

  test('never falls below the floor of the configuration', () => {
    expect(volatilityAfter(Array.from({ length: 3000 }, () => 50))).toBe(LEARNING.belief.floor);
  });

  test('states a smaller error the more it has seen', () => {
    const errorAfter = (samples: number): number => {
      const estimates = new Estimates({ ...LEARNING, belief: { ...LEARNING.belief, averaging: seconds(100_000) } });
      for (let i = 0; i <= samples; i++) estimates.observe(at(i * 5), book(50 + (i % 2)));
      const { value, error } = estimates.value.beliefVolatility;
      return (error ?? NaN) / value;
    };
    expect(errorAfter(2)).toBeCloseTo(0.5, 1);
    expect(errorAfter(20_000)).toBeLessThan(0.2);
  });
});

describe('jumps', () => {
  test('are kept out of the volatility and counted for themselves', () => {
    const estimates = new Estimates(LEARNING);
    let mid = 45;
    for (let i = 0; i <= 720; i++) {
      if (i % 120 === 60) mid = mid < 50 ? 65 : 35;
      estimates.observe(at(i * 5), book(mid + (i % 2)));
    }
    const { beliefVolatility, jumpRate, jumpSize } = estimates.value;
    expect(beliefVolatility.value).toBeLessThan(0.03);
    // Six in an hour, of about 0.8 to 1.3, on top of a prior of five at two per hour.
    expect(jumpRate.value * 3600).toBeGreaterThan(2);
    expect(jumpRate.value * 3600).toBeLessThan(6.5);
    expect(jumpSize.value).toBeGreaterThan(0.6);
    expect([jumpRate.error, jumpSize.error].every((error) => error !== null && error > 0)).toBe(true);
  });

  test('a market that wakes up for good is not taken for jumping for ever', () => {
    const estimates = new Estimates(LEARNING);
    for (let i = 0; i <= 200; i++) estimates.observe(at(i * 5), book(50));
    for (let i = 201; i <= 600; i++) estimates.observe(at(i * 5), book(i % 2 === 0 ? 42 : 58));
    expect(estimates.value.beliefVolatility.value).toBeCloseTo(0.645 / Math.sqrt(5), 1);
  });
});

describe('fills', () => {
  /** Quotes at the given distances in turn, an hour each, with fills at the rate A e^(-kappa distance). */
  const learnt = (kappa: number, a: number, distances: readonly number[], hours = 1): Estimates => {
    const estimates = new Estimates({ ...LEARNING, fills: { ...LEARNING.fills, memory: seconds(1e9) } });
    let now = 0;
    for (const cents of distances) {
      const bid = price(5000 - cents * CENT);
      const gap = 1 / (a * Math.exp((-kappa * cents) / 100));
      for (let s = gap; s < hours * 3600; s += gap) {
        estimates.quotes(at(now + s - gap), 5000, bid, null);
        estimates.quotes(at(now + s - 0.6), 5000, bid, null);
        estimates.filled(at(now + s), 'bid', bid, 1);
      }
      now += hours * 3600;
      estimates.quotes(at(now), 5000, null, null);
      now += 10;
    }
    return estimates;
  };

  test('at several distances teach kappa and A', () => {
    const { fillDecay, fillIntensity } = learnt(100, 0.2, [1, 2, 3], 20).value;
    expect(fillDecay.value).toBeGreaterThan(95);
    expect(fillDecay.value).toBeLessThan(101);
    expect(Math.abs(fillIntensity.value - 0.2)).toBeLessThan(3 * (fillIntensity.error ?? 0));
  });

  test('that are few leave the prior nearly as it was', () => {
    const { fillDecay } = learnt(250, 0.05, [1, 2], 0.25).value;
    expect(Math.abs(fillDecay.value - 60)).toBeLessThan(6);
    expect(fillDecay.error).toBeCloseTo(60 / Math.sqrt(50), 0);
  });

  test('at a single distance move A and leave kappa', () => {
    const { fillDecay, fillIntensity } = learnt(60, 0.01, [1.5], 20).value;
    expect(fillDecay.value).toBeCloseTo(60, 6);
    expect(fillIntensity.value).toBeLessThan(0.02);
  });

  test('that stay away lower A, and kappa stays', () => {
    const estimates = new Estimates(LEARNING);
    for (let s = 0; s <= 7200; s += 30) estimates.quotes(at(s), 5000, price(4900), price(5100));
    expect(estimates.value.fillIntensity.value).toBeLessThan(0.01);
    expect(estimates.value.fillDecay).toEqual({ value: 60, error: null });
  });

  test('kappa stays within its bounds, and a prior beyond them is not overruled', () => {
    const high = learnt(2000, 1e5, [0.5, 0.75], 1).value.fillDecay.value;
    expect(high).toBeLessThanOrEqual(300);
    const own = new Estimates({ ...LEARNING, fills: { ...LEARNING.fills, decay: 500 } });
    own.quotes(at(0), 5000, price(4900), null);
    own.quotes(at(120), 5000, price(4900), null);
    expect(own.value.fillDecay.value).toBe(500);
  });

  test('of a quote that has just moved count where it stood before', () => {
    const estimates = new Estimates({ ...LEARNING, fills: { ...LEARNING.fills, weight: 1 } });
    // The trade takes our bid at 49 and moves the mid from 50 to 48.5; the fill is told afterwards.
    for (let n = 0; n < 200; n++) {
      estimates.quotes(at(n * 10), 5000, price(4900), null);
      estimates.quotes(at(n * 10 + 9.9), 4850, price(4900), null);
      estimates.filled(at(n * 10 + 9.95), 'bid', price(4900), 1);
    }
    // All fills lie at one cent, where nearly all the time was: none at 0, which would look like an endless kappa.
    expect(estimates.value.fillDecay.value).toBeLessThan(70);
  });

  test('at a price where nothing of ours was known to rest are left out', () => {
    const estimates = new Estimates(LEARNING);
    estimates.quotes(at(0), 5000, price(4900), null);
    estimates.filled(at(100), 'bid', price(4500), 1);
    estimates.filled(at(100), 'ask', price(5100), 1);
    expect(estimates.value.fillDecay.error).toBeNull();
  });

  test('old ones fade', () => {
    const estimates = new Estimates({ ...LEARNING, fills: { ...LEARNING.fills, memory: seconds(3600) } });
    for (let s = 0; s <= 3600; s += 10) {
      estimates.quotes(at(s), 5000, price(4900), null);
      if (s % 20 === 0 && s > 0) estimates.filled(at(s), 'bid', price(4900), 1);
    }
    const busy = estimates.value.fillIntensity.value;
    for (let s = 3660; s <= 8 * 3600; s += 60) estimates.quotes(at(s), 5000, price(4900), null);
    expect(estimates.value.fillIntensity.value).toBeLessThan(busy / 3);
  });
});

describe('public trades', () => {
  const settings: EstimatorSettings = { ...LEARNING, fills: { ...LEARNING.fills, fromTrades: true } };
  const afterTrades = (of: EstimatorSettings, depths: readonly number[]): number => {
    const estimates = new Estimates(of);
    depths.forEach((deep, i) => estimates.traded(at(i), 'bid', price(5100 + deep * CENT), price(5100), grid('linear_cent')));
    estimates.quotes(at(1000), 5000, price(4900), null);
    estimates.quotes(at(1100), 5000, price(4900), null);
    return estimates.value.fillDecay.value;
  };
  const DEPTHS = Array.from({ length: 400 }, (_, i) => (i % 4 === 3 ? 1 : 0));

  test('move the middle of the prior half of the way at most, and only where they may', () => {
    // Every fourth reaches one cent further: kappa = ln(1 + 4) per cent.
    expect(afterTrades(settings, DEPTHS)).toBeCloseTo((60 + 100 * Math.log(5)) / 2, 9);
    expect(afterTrades(LEARNING, DEPTHS)).toBe(60);
  });

  test('of one moment are one taker, as deep as the deepest', () => {
    const estimates = new Estimates(settings);
    for (const deep of [0, 1, 2]) estimates.traded(at(1), 'ask', price(4900 - deep * CENT), price(4900), grid('linear_cent'));
    for (let i = 2; i <= 8; i++) estimates.traded(at(i), 'ask', price(4900), price(4900), grid('linear_cent'));
    estimates.traded(at(9), 'ask', price(4900), null, grid('linear_cent'));
    estimates.quotes(at(100), 5000, price(4900), null);
    estimates.quotes(at(200), 5000, price(4900), null);
    // Eight takers, two steps in all.
    expect(estimates.value.fillDecay.value).toBeCloseTo(shrink(100 * Math.log(5), 8, 60, 50), 9);
  });
});

test('an estimate held against a prior worth n0 facts', () => {
  expect([shrink(80, 100, 60, 50), shrink(80, 0, 60, 50), shrink(80, 0, 60, 0)]).toEqual([(8000 + 3000) / 150, 60, 60]);
});

test('whatever comes, every estimate is a finite number within its bounds, and the same facts give the same', () => {
  const fact = fc.record({
    gap: fc.double({ min: 0, max: 100, noNaN: true }),
    mid: fc.option(fc.double({ min: -10, max: 110, noNaN: true }), { nil: null }),
    spread: fc.double({ min: 0, max: 30, noNaN: true }),
    bid: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
    ask: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
    fill: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 80 }), (facts) => {
      const [one, two] = [new Estimates(LEARNING), new Estimates(LEARNING)];
      let now = 0;
      for (const { gap, mid, spread, bid, ask, fill } of facts) {
        now += gap;
        for (const each of [one, two]) {
          each.observe(at(now), book(mid, spread));
          each.quotes(
            at(now),
            mid === null ? null : mid * CENT,
            bid === null ? null : price(bid * CENT),
            ask === null ? null : price(ask * CENT),
          );
          if (fill && bid !== null) each.filled(at(now), 'bid', price(bid * CENT), 0.5);
        }
      }
      expect(one.value).toEqual(two.value);
      for (const { value, error } of Object.values(one.value)) {
        expect(Number.isFinite(value) && value >= 0).toBe(true);
        expect(error === null || (Number.isFinite(error) && error >= 0)).toBe(true);
      }
      expect(one.value.fillDecay.value).toBeGreaterThanOrEqual(20);
      expect(one.value.fillDecay.value).toBeLessThanOrEqual(300);
      expect(one.value.beliefVolatility.value).toBeGreaterThanOrEqual(LEARNING.belief.floor);
    }),
    { numRuns: 200 },
  );
});
