import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feePerContract, QUADRATIC, type FeeTerms } from '../../../src/domain/fees.js';
import { price } from '../../../src/domain/units.js';
import { breakEvenAsk, breakEvenBid, makerFeeRate } from '../../../src/strategy/fee-break-even.js';

const R = 0.0175;

describe('break-even prices', () => {
  test.each([
    [0.47, 0.465645653869],
    [0.05, 0.0491816507208],
    [0.9, 0.898402682201],
  ])('bid: worked value of the quoting reference, d.4: %f becomes %f', (worth, bid) => {
    expect(breakEvenBid(worth, R, 1)).toBeCloseTo(bid, 9);
  });

  test.each([
    [0.47, 0.474363498471],
    [0.9, 0.901553212803],
  ])('ask: worked value of the quoting reference, d.4: %f becomes %f', (worth, ask) => {
    expect(breakEvenAsk(worth, R, 1)).toBeCloseTo(ask, 9);
  });

  test('without a fee the wish is the price, to the last digit', () => {
    for (const worth of [0.01, 0.333, 0.99]) expect([breakEvenBid(worth, 0, 1), breakEvenAsk(worth, 0, 1)]).toEqual([worth, worth]);
  });

  test('scale with the payout', () => {
    expect(breakEvenBid(47_000, R, 100_000)).toBeCloseTo(46_564.5653869, 4);
    expect(breakEvenAsk(47_000, R, 100_000)).toBeCloseTo(47_436.3498471, 4);
  });

  test.each([-500, 0, 10_000, 12_345])('outside the range of prices (%i) there is no fee', (worth) => {
    expect([breakEvenBid(worth, R, 10_000), breakEvenAsk(worth, R, 10_000)]).toEqual([worth, worth]);
  });

  const rates = fc.oneof(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.constantFrom(0, 1e-15, 0.0175, 0.035));
  const payouts = fc.constantFrom(10_000, 2_500, 1_000_000);
  const shares = fc.double({ min: 1e-4, max: 0.9999, noNaN: true });

  test('price and fee together are what was wished, for any rate and payout', () => {
    fc.assert(
      fc.property(shares, rates, payouts, (share, rate, payout) => {
        const worth = share * payout;
        const bid = breakEvenBid(worth, rate, payout);
        const ask = breakEvenAsk(worth, rate, payout);
        const fee = (at: number): number => rate * at * (1 - at / payout);
        expect(Math.abs(bid + fee(bid) - worth)).toBeLessThan(payout * 1e-12);
        expect(Math.abs(ask - fee(ask) - worth)).toBeLessThan(payout * 1e-12);
        expect(bid).toBeLessThanOrEqual(worth);
        expect(ask).toBeGreaterThanOrEqual(worth);
      }),
    );
  });

  test('a bid for YES mirrors an ask for NO', () => {
    fc.assert(
      fc.property(shares, rates, (share, rate) => {
        expect(Math.abs(breakEvenBid(share, rate, 1) - (1 - breakEvenAsk(1 - share, rate, 1)))).toBeLessThan(1e-12);
      }),
    );
  });
});

describe('the maker fee rate of a market', () => {
  const terms = (type: FeeTerms['type'], multiplier: number): FeeTerms => ({ type, multiplierMicros: multiplier * 1_000_000 });
  test.each([
    ['quadratic', 1, 0],
    ['quadratic_with_maker_fees', 1, 0.0175],
    ['quadratic_with_maker_fees', 0.5, 0.00875],
    ['quadratic_with_maker_fees', 0, 0],
    ['quadratic_with_combo_maker_fees', 1, 0.035],
    ['flat', 1, null],
  ] as const)('%s times %f is %f', (type, multiplier, rate) => {
    expect(makerFeeRate(terms(type, multiplier))).toBe(rate);
  });

  test('agrees with the fee the domain expects per contract', () => {
    const fees = terms('quadratic_with_maker_fees', 0.5);
    const rate = makerFeeRate(fees) as number;
    expect(feePerContract(fees, 'maker', 4700, price(10_000))).toBeCloseTo(rate * 4700 * 0.53, 9);
    expect(makerFeeRate(QUADRATIC)).toBe(0);
  });

  test.each([
    [50, 0.875],
    [20, 0.56],
    [5, 0.16625],
  ])('a round trip of two maker fills near %i cents costs %f cents, so break-even quotes are about so far apart', (cents, cost) => {
    const fees = terms('quadratic_with_maker_fees', 1);
    expect(2 * feePerContract(fees, 'maker', cents * 100, price(10_000))).toBeCloseTo(cost * 100, 9);
    const rate = makerFeeRate(fees) as number;
    const gap = breakEvenAsk(cents * 100, rate, 10_000) - breakEvenBid(cents * 100, rate, 10_000);
    expect(gap / 100).toBeCloseTo(cost, 2);
  });
});
