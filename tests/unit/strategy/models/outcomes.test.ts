import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certaintyEquivalent, lotPrices, marginalPrice } from '../../../../src/strategy/models/bounded.js';
import { logOdds } from '../../../../src/strategy/models/log-odds.js';
import { bucketPositions, bucketsOf, nestedPrices, repairedSurvivals } from '../../../../src/strategy/models/nested-strikes.js';
import {
  completeSetGain,
  covarianceTimes,
  linearPrices,
  marginalPrices,
  normalised,
  payoffVariance,
  worstSettlementLoss,
  worthOfAll,
} from '../../../../src/strategy/models/outcomes.js';

const P = [0.5, 0.3, 0.15, 0.05];
const Q = [40, -20, 10, 0];

const close = (got: readonly number[], expected: readonly number[], digits = 9): void => {
  expect(got.length).toBe(expected.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(expected.at(i) ?? NaN, digits));
};

describe('exclusive outcomes: worked values of the quoting reference, g', () => {
  test('covariance, variance, linear and exact prices, worth', () => {
    close(covarianceTimes(P, Q), [12.25, -10.65, -0.825, -0.775]);
    expect(payoffVariance(P, Q)).toBeCloseTo(694.75, 9);
    close(linearPrices(P, Q, 0.02), [0.255, 0.513, 0.1665, 0.0655]);
    close(marginalPrices(P, Q, 0.02), [0.26586836, 0.52962843, 0.14533312, 0.05917009], 8);
    expect(worthOfAll(P, Q, 0.02)).toBeCloseTo(8.419660152901, 9);
  });

  const events = fc
    .array(fc.record({ weight: fc.double({ min: 0.01, max: 1, noNaN: true }), q: fc.double({ min: -500, max: 500, noNaN: true }) }), {
      minLength: 2,
      maxLength: 12,
    })
    .map((parts) => {
      const sum = parts.reduce((a, { weight }) => a + weight, 0);
      return { p: parts.map(({ weight }) => weight / sum), q: parts.map(({ q }) => q) };
    });
  const modest = events.filter(({ p, q }) => {
    const prices = marginalPrices(p, q, 0.05);
    const first = prices.at(0) ?? NaN;
    return first > 1e-5 && first < 1 - 1e-5;
  });
  const risks = fc.double({ min: 1e-5, max: 10, noNaN: true });

  test('prices add up to 1 and a complete set is cash, however large', () => {
    fc.assert(
      fc.property(events, risks, fc.double({ min: -1e5, max: 1e5, noNaN: true }), ({ p, q }, risk, set) => {
        const prices = marginalPrices(p, q, risk);
        expect(prices.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 7);
        const more = q.map((each) => each + set);
        marginalPrices(p, more, risk).forEach((price, i) => expect(Math.abs(price - (prices.at(i) ?? NaN))).toBeLessThan(1e-6));
        expect(worthOfAll(p, more, risk)).toBeCloseTo(worthOfAll(p, q, risk) + set, 4);
      }),
    );
  });

  test('lot prices are differences of what all is worth', () => {
    fc.assert(
      fc.property(modest, fc.double({ min: 1e-3, max: 0.05, noNaN: true }), ({ p, q }, risk) => {
        const { bid, ask } = lotPrices(logOdds(marginalPrices(p, q, risk).at(0) ?? NaN), 10, risk);
        const at = (change: number): number => worthOfAll(p, [(q.at(0) ?? NaN) + change, ...q.slice(1)], risk);
        expect(bid).toBeCloseTo((at(10) - at(0)) / 10, 7);
        expect(ask).toBeCloseTo((at(0) - at(-10)) / 10, 7);
      }),
    );
  });

  test('two outcomes, one of them held, are the market that stands alone', () => {
    expect(marginalPrices([0.3, 0.7], [25, 0], 0.02)[0]).toBeCloseTo(marginalPrice(25, 0.3, 0.02), 12);
    expect(worthOfAll([0.3, 0.7], [25, 0], 0.02)).toBeCloseTo(certaintyEquivalent(25, 0.3, 0.02), 10);
    expect(worthOfAll([0.3, 0.7], [25, 0], 0)).toBeCloseTo(7.5, 12);
  });

  test('mids are taken for probabilities only where they nearly add up', () => {
    close(normalised([0.55, 0.33, 0.165]) as number[], [0.55 / 1.045, 0.33 / 1.045, 0.165 / 1.045]);
    expect([normalised([0.5, 0.3]), normalised([0.8, 0.4]), normalised([NaN, 0.5])]).toEqual([null, null, null]);
  });

  test('a complete set below 1 is bought and one above 1 is sold, after fees', () => {
    const none = { buying: 0, selling: 0 };
    expect(completeSetGain([0.4, 0.5], [0.45, 0.53], none)?.side).toBe('buy');
    expect(completeSetGain([0.4, 0.5], [0.45, 0.53], none)?.gain).toBeCloseTo(0.02, 12);
    expect(completeSetGain([0.5, 0.55], [0.6, 0.65], { buying: 0, selling: 0.01 })).toMatchObject({ side: 'sell' });
    expect(completeSetGain([0.5, 0.55], [0.6, 0.65], { buying: 0, selling: 0.06 })).toBeNull();
    expect(completeSetGain([0.4, 0.5], [0.45, 0.56], none)).toBeNull();
  });

  test('the worst settlement costs what was paid less what the worst outcome pays', () => {
    expect(worstSettlementLoss(12, Q)).toBe(32);
    expect(worstSettlementLoss(-5, [10, 10, 10])).toBe(-15);
  });
});

describe('nested strikes', () => {
  test('the worked value of the quoting reference, g', () => {
    close(bucketsOf([0.8, 0.5, 0.2]), [0.2, 0.3, 0.3, 0.2]);
    expect(bucketPositions([30, -10, 20])).toEqual([0, 30, 20, 40]);
    close(nestedPrices([0.8, 0.5, 0.2], [30, -10, 20], 0.02), [0.694938401544, 0.443806369107, 0.137073012026]);
  });

  test('strikes that contradict each other are pooled', () => {
    close(repairedSurvivals([0.6, 0.7, 0.2]), [0.65, 0.65, 0.2]);
    close(repairedSurvivals([0.2, 0.5, 0.8]), [0.5, 0.5, 0.5]);
    expect(repairedSurvivals([])).toEqual([]);
    close(nestedPrices([0.6, 0.7, 0.2], [0, 0, 0], 0.02), [0.65, 0.65, 0.2]);
  });

  test('for any mids the repair falls, keeps the sum and leaves what is in order alone; prices fall with the strike', () => {
    const mids = fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(mids, fc.double({ min: 0, max: 1, noNaN: true }), (survivals, risk) => {
        const repaired = repairedSurvivals(survivals);
        const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
        expect(repaired.length).toBe(survivals.length);
        expect(sum(repaired)).toBeCloseTo(sum(survivals), 9);
        const falls = (of: readonly number[]): boolean => of.every((value, i) => i === 0 || value <= (of.at(i - 1) ?? NaN) + 1e-12);
        expect(falls(repaired)).toBe(true);
        if (falls(survivals)) close(repaired, survivals, 12);
        const prices = nestedPrices(
          survivals,
          survivals.map((_, i) => (i % 3) * 40 - 40),
          risk,
        );
        expect(falls(prices)).toBe(true);
      }),
    );
  });

  test('one strike is the market that stands alone', () => {
    expect(nestedPrices([0.3], [25], 0.02)[0]).toBeCloseTo(marginalPrice(25, 0.3, 0.02), 12);
  });
});
