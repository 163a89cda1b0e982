import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUADRATIC, tradeFee, type FeeTerms } from '../../../src/domain/fees.js';
import { cash, price, quantity } from '../../../src/domain/units.js';
import { orderFee } from '../../../src/strategy/order-fee.js';

const MAKER: FeeTerms = { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 };
const DOLLAR = price(10_000);
const inCents = (terms: FeeTerms, role: 'maker' | 'taker', contracts: number, at: number): number | null => {
  const fee = orderFee(terms, role, price(Math.round(at * 100)), quantity(Math.round(contracts * 100)), DOLLAR);
  return fee === null ? null : fee / 10_000;
};

describe('the fee of a whole order', () => {
  test.each([
    // The table of the quoting reference, d.3.
    [1, 50, 2, 1],
    [10, 50, 18, 5],
    [100, 50, 175, 44],
    [100, 5, 34, 9],
    [37, 13, 30, 8],
    [3, 99, 1, 1],
    [4, 50, 7, 2],
  ])('%i contracts at %i cents: taker %i, maker %i', (contracts, at, taker, maker) => {
    expect(inCents(MAKER, 'taker', contracts, at)).toBe(taker);
    expect(inCents(MAKER, 'maker', contracts, at)).toBe(maker);
    expect(inCents(QUADRATIC, 'taker', contracts, at)).toBe(taker);
  });

  test('nothing where makers pay nothing, nobody pays, or nobody says what is paid', () => {
    expect(inCents(QUADRATIC, 'maker', 10, 50)).toBe(0);
    expect(inCents({ ...MAKER, multiplierMicros: 0 }, 'taker', 10, 50)).toBe(0);
    expect(inCents({ ...MAKER, type: 'flat' }, 'maker', 10, 50)).toBeNull();
  });

  test('is the exact fee, rounded up to the cent, for any order', () => {
    const terms: fc.Arbitrary<FeeTerms> = fc.record({
      type: fc.constantFrom('quadratic' as const, 'quadratic_with_maker_fees' as const, 'quadratic_with_combo_maker_fees' as const),
      multiplierMicros: fc.oneof(fc.constantFrom(0, 1, 500_000, 1_000_000, 2_000_000), fc.integer({ min: 0, max: 5_000_000 })),
    });
    fc.assert(
      fc.property(
        terms,
        fc.constantFrom('maker' as const, 'taker' as const),
        fc.integer({ min: 1, max: 9999 }).map(price),
        fc.integer({ min: 1, max: 1_000_000 }).map(quantity),
        (fees, role, at, size) => {
          const exact = tradeFee({ terms: fees, role, price: at, quantity: size, payout: DOLLAR }, cash(10_000));
          expect(orderFee(fees, role, at, size, DOLLAR)).toBe(exact);
        },
      ),
    );
  });
});
