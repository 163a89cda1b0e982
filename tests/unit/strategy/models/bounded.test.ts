import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedQuotes, certaintyEquivalent, leaningOdds, lotPrices, shifted } from '../../../../src/strategy/models/bounded.js';
import {
  beliefVariance,
  borneShare,
  borneShareRaw,
  heldFor,
  revealedShare,
  revealedShareRough,
  staleAllowance,
  type HoldingTerms,
} from '../../../../src/strategy/models/held-risk.js';
import { staticHalfSpread } from '../../../../src/strategy/models/half-spread.js';

const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe('the certainty equivalent: worked values of the quoting reference, c.5', () => {
  test.each([
    [10, 4.75041555892],
    [100, 28.3109584758],
    [-100, -71.6890415242],
  ])('C(%i) at p = 0.5, theta = 0.02', (contracts, worth) => {
    expect(certaintyEquivalent(contracts, 0.5, 0.02)).toBeCloseTo(worth, 9);
  });

  test('without risk it is the expected payoff', () => {
    expect(certaintyEquivalent(7, 0.3, 0)).toBeCloseTo(2.1, 12);
    expect(certaintyEquivalent(0, 0.3, 0.02)).toBe(0);
  });

  test('joins without a step where the series ends', () => {
    for (const sign of [1, -1])
      expect(certaintyEquivalent(sign * 0.999999e-8, 0.3, 1) / 0.999999).toBeCloseTo(
        certaintyEquivalent(sign * 1.000001e-8, 0.3, 1) / 1.000001,
        20,
      );
  });

  test('joins without a step where the other side takes over, and holds far beyond', () => {
    expect(certaintyEquivalent(-29.999999, 0.3, 1)).toBeCloseTo(certaintyEquivalent(-30.000001, 0.3, 1), 5);
    // Short a thousand against a risk of 1: all lost but for ln(p).
    expect(certaintyEquivalent(-1000, 0.3, 1)).toBeCloseTo(-1000 - Math.log(0.3), 9);
    expect(certaintyEquivalent(1000, 0.3, 1)).toBeCloseTo(-Math.log(0.7), 9);
  });

  test('is never above the expected payoff, and long and short are two sides of one contract', () => {
    fc.assert(
      fc.property(real(-1e4, 1e4), real(0.001, 0.999), real(0, 1), (contracts, p, risk) => {
        const worth = certaintyEquivalent(contracts, p, risk);
        expect(worth).toBeLessThanOrEqual(contracts * p + 1e-9 * Math.abs(contracts));
        const other = contracts + certaintyEquivalent(-contracts, 1 - p, risk);
        expect(Math.abs(worth - other)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(contracts)));
      }),
    );
  });
});

const HELD: HoldingTerms = {
  probability: 0.5,
  beliefVolatility: 1 / 60,
  jumpRate: 2 / 3600,
  jumpSize: 0.5,
  toSettlement: 600,
  holding: 300,
  earlySettlement: 0,
};

describe('the share of the variance that is borne', () => {
  test.each([
    [0.5, 0.125, 0.030320565714, 0.030766765524],
    [0.5, 1, 0.204054265634, 0.221199217],
    [0.2, 0.5, 0.079452492547, 0.076883654],
    [0.05, 1, 0.063356976239, 0.046389527],
    [0.9, 4, 0.411293361936, 0.302323674],
  ])('worked values of c.4: p = %f, v = %f', (p, variance, exact, rough) => {
    expect(revealedShare(p, variance)).toBeCloseTo(exact, 9);
    expect(revealedShareRough(p, variance)).toBeCloseTo(rough, 8);
  });

  test('the chain of c.5: v, phi_d and phi', () => {
    const variance = beliefVariance(HELD) * heldFor(HELD);
    expect(variance).toBeCloseTo(0.125, 12);
    const share = revealedShare(0.5, variance);
    expect(share).toBeCloseTo(0.0303205657139, 9);
    expect(borneShare(HELD, share)).toBeCloseTo(0.161552406602, 9);
  });

  test('all at the settlement, nothing far away from it without news', () => {
    expect(borneShare({ ...HELD, toSettlement: 0 }, 0)).toBe(1);
    expect(borneShare({ ...HELD, toSettlement: -5 }, 0)).toBe(1);
    expect(borneShare({ ...HELD, toSettlement: 1e7 }, 0)).toBe(0);
    expect(borneShare({ ...HELD, toSettlement: null }, 0)).toBe(0);
  });

  test('early settlement adds its chance over the holding time', () => {
    const early = { ...HELD, toSettlement: null, earlySettlement: 1 / 300 };
    expect(borneShare(early, 0)).toBeCloseTo(1 - Math.exp(-1), 12);
    expect(borneShare(early, 0.5)).toBeCloseTo(0.5 + 0.5 * (1 - Math.exp(-1)), 12);
  });

  test('lies in [0, 1], grows with what is to come, and treats YES and NO alike', () => {
    fc.assert(
      fc.property(real(0.001, 0.999), real(0, 2000), real(0, 100), (p, variance, more) => {
        const share = revealedShare(p, variance);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(revealedShare(p, variance + more)).toBeGreaterThanOrEqual(share - 1e-6);
        expect(revealedShare(1 - p, variance)).toBeCloseTo(share, variance < 4 ? 9 : 6);
      }),
    );
  });

  test('the raw variance counts where it is larger, up to four budgets', () => {
    const fast = { ...HELD, beliefVolatility: 0.1 };
    // 0.25 * (0.01 + 2 / 3600 / 4) * 300
    expect(borneShareRaw(fast, 0.3)).toBeCloseTo(0.25 * (0.01 + 0.5 / 3600) * 300, 12);
    expect(borneShareRaw({ ...fast, beliefVolatility: 10 }, 0.3)).toBe(4);
    expect(borneShareRaw(HELD, 0.0303205657139)).toBeCloseTo(0.161552406602, 9);
  });

  test('the stale allowance is one standard deviation of the price between two quotes', () => {
    expect(staleAllowance(1, 0.5, 1 / 60, 4)).toBeCloseTo(0.25 / 30, 12);
    expect(staleAllowance(0, 0.5, 1 / 60, 4)).toBe(0);
  });
});

describe('quotes', () => {
  test('the worked chain of c.5', () => {
    const risk = 0.02 * 0.161552406602;
    const quotes = boundedQuotes({ probability: 0.5, inventory: 60, riskAversion: 0.02, risk, fillDecay: 60, lot: 10, staleAllowance: 0 });
    expect(risk).toBeCloseTo(0.00323104813204, 12);
    expect(quotes.reservation).toBeCloseTo(0.451685499584, 9);
    expect(quotes.lotBid).toBeCloseTo(0.447688733162, 9);
    expect(quotes.lotAsk).toBeCloseTo(0.455690593116, 9);
    expect(quotes.halfSpread).toBeCloseTo(0.0166389504634, 9);
    expect(quotes.bid).toBeCloseTo(0.431049782699, 9);
    expect(quotes.ask).toBeCloseTo(0.472329543579, 9);
  });

  test.each([
    [0.5, 0, 0.02, 1, 10, 60, 0.5, 0.475041555892, 0.524958444108, 0.458402605428, 0.541597394572],
    [0.5, 100, 0.02, 1, 10, 60, 0.119202922022, 0.109223456371, 0.130247997416, 0.092584505908, 0.146886947879],
    [0.9, 100, 0.02, 1, 10, 60, 0.549146939621, 0.524266844696, 0.573703827954, 0.507627894232, 0.590342778417],
    [0.9, -100, 0.02, 0.25, 10, 60, 0.936862673821, 0.935362165149, 0.938320112821, 0.918723214686, 0.954959063284],
    [0.05, 50, 0.02, 0.5, 10, 60, 0.0309351343305, 0.0294820895652, 0.0324819537526, 0.0128431391019, 0.049120904216],
    [0.97, 40, 0.05, 1, 1, 60, 0.81398258754, 0.810157528058, 0.817728419024, 0.793497801981, 0.834388145102],
    [0.35, -30, 0.03, 0.4, 5, 50, 0.435599906702, 0.428244371757, 0.44299342735, 0.408274311892, 0.462963487215],
  ])('the table of c.5: p = %f, q = %f, gamma = %f, phi = %f, D = %f, kappa = %f', (p, q, gamma, phi, lot, kappa, ...expected) => {
    const inputs = { probability: p, inventory: q, riskAversion: gamma, risk: gamma * phi, fillDecay: kappa, lot, staleAllowance: 0 };
    const { reservation, lotBid, lotAsk, bid, ask } = boundedQuotes(inputs);
    [reservation, lotBid, lotAsk, bid, ask].forEach((value, i) => expect(value).toBeCloseTo(expected.at(i) ?? NaN, 9));
  });

  test('lot prices are the differences of the certainty equivalent', () => {
    fc.assert(
      fc.property(real(-300, 300), real(0.01, 0.99), real(1e-4, 0.05), real(0.1, 50), (q, p, risk, lot) => {
        const worth = (z: number): number => certaintyEquivalent(z, p, risk);
        const { bid, ask } = lotPrices(leaningOdds(q, p, risk), lot, risk);
        expect(bid).toBeCloseTo((worth(q + lot) - worth(q)) / lot, 8);
        expect(ask).toBeCloseTo((worth(q) - worth(q - lot)) / lot, 8);
      }),
    );
  });

  test('a lot so large that e^-(gamma D) is nothing still has its prices', () => {
    const whole = (lot: number, leaning: number) => lotPrices(leaning, lot, 1);
    // ln(1 + e^y) / D is all that is worth something of a huge lot.
    expect(whole(1000, 2).bid).toBeCloseTo(Math.log1p(Math.exp(2)) / 1000, 15);
    expect(whole(1000, -40).bid).toBeCloseTo(Math.exp(-40) / 1000, 25);
    expect(whole(40, -60).ask).toBeGreaterThan(0);
    expect(whole(40, 60).ask).toBe(1);
    for (const y of [-30, -3, 0, 3, 30]) {
      expect(lotPrices(y, 0.999999, 1).bid).toBeCloseTo(lotPrices(y, 1.000001, 1).bid, 6);
      expect(lotPrices(y, 0.999999, 1).ask).toBeCloseTo(lotPrices(y, 1.000001, 1).ask, 6);
    }
  });

  const cases = fc.record({
    probability: real(0.001, 0.999),
    inventory: real(-1000, 1000),
    riskAversion: real(1e-4, 0.2),
    share: real(0, 4),
    fillDecay: real(20, 300),
    lot: real(0.1, 100),
    staleAllowance: real(0, 0.05),
  });

  test('for anything held the lot prices lie between 0 and 1 and around the reservation price, which falls with what is held', () => {
    fc.assert(
      fc.property(cases, real(0.1, 100), ({ share, ...rest }, more) => {
        const inputs = { ...rest, risk: rest.riskAversion * share };
        const { lotBid, lotAsk, reservation } = boundedQuotes(inputs);
        // Nothing is left of it where thousands are held and much is feared.
        expect(lotBid).toBeGreaterThanOrEqual(0);
        expect(lotAsk).toBeLessThan(1 + 1e-15);
        expect(lotBid).toBeLessThanOrEqual(reservation + 1e-12);
        expect(lotAsk).toBeGreaterThanOrEqual(reservation - 1e-12);
        const after = boundedQuotes({ ...inputs, inventory: inputs.inventory + more });
        // Where the fall is more than the last digits of the price.
        if (inputs.risk * more * Math.min(reservation, 1 - reservation) > 1e-13) expect(after.reservation).toBeLessThan(reservation);
        expect(after.bid).toBeLessThanOrEqual(boundedQuotes(inputs).bid + 1e-12);
      }),
    );
  });

  test('YES and NO are mirrors of each other', () => {
    fc.assert(
      fc.property(cases, ({ share, ...rest }) => {
        const inputs = { ...rest, risk: rest.riskAversion * share };
        const here = boundedQuotes(inputs);
        const there = boundedQuotes({ ...inputs, probability: 1 - inputs.probability, inventory: -inputs.inventory });
        expect(there.reservation).toBeCloseTo(1 - here.reservation, 10);
        expect(there.bid).toBeCloseTo(1 - here.ask, 10);
        expect(there.ask).toBeCloseTo(1 - here.bid, 10);
      }),
    );
  });

  test('without risk the reservation price is the probability; without risk aversion the half-spread is 1 / kappa', () => {
    fc.assert(
      fc.property(cases, ({ share, ...rest }) => {
        const quotes = boundedQuotes({ ...rest, risk: 0 * share });
        expect(quotes.reservation).toBeCloseTo(rest.probability, 12);
        expect(quotes.lotBid).toBeCloseTo(rest.probability, 12);
        expect(staticHalfSpread({ ...rest, riskAversion: 1e-13 })).toBeCloseTo(1 / rest.fillDecay, 12);
      }),
    );
  });

  test('what counts is risk aversion times size: counted in boxes of c contracts, prices stay', () => {
    fc.assert(
      fc.property(cases, real(0.1, 10), ({ share, ...rest }, c) => {
        const risk = rest.riskAversion * share;
        const here = boundedQuotes({ ...rest, risk });
        const there = boundedQuotes({
          ...rest,
          risk: risk / c,
          riskAversion: rest.riskAversion / c,
          inventory: rest.inventory * c,
          lot: rest.lot * c,
        });
        for (const key of ['reservation', 'lotBid', 'lotAsk', 'halfSpread'] as const) expect(there[key]).toBeCloseTo(here[key], 10);
      }),
    );
  });
});

describe('an opinion shifts the probability', () => {
  test('within 1 and 99 cents', () => {
    expect([shifted(0.5, 0.02), shifted(0.98, 0.03), shifted(0.02, -0.05)]).toEqual([0.52, 0.99, 0.01]);
  });
  test('and in a market that is there already only inward', () => {
    expect([shifted(0.995, 0.02), shifted(0.005, -0.001), shifted(0.005, 0)]).toEqual([0.995, 0.005, 0.005]);
    expect(shifted(0.995, -0.01)).toBeCloseTo(0.985, 12);
  });
});
