import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeeTerms } from '../../../src/domain/fees.js';
import { price, quantity, type Price } from '../../../src/domain/units.js';
import { orderFee } from '../../../src/strategy/order-fee.js';
import { bestTick, type TickTerms } from '../../../src/strategy/tick-choice.js';
import { grid as gridOf, GRIDS, type GridName } from '../../support/grids.js';

const DOLLAR = price(10_000);
const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

const perContract = (fees: FeeTerms, lot: number) => (at: Price) => (orderFee(fees, 'maker', at, quantity(lot), DOLLAR) ?? NaN) / lot;

/** Expected net edge of a price, as it is defined: fills thin out with distance from the start, and each earns its edge after the fee. */
const edgeOf = (at: Price, start: Price, { side, fee, decay, worth, limit }: TickTerms): number => {
  const sign = side === 'bid' ? 1 : -1;
  if (sign * (limit - at) - fee(at) < -1e-7) return -Infinity;
  return Math.exp(-(decay ?? NaN) * (sign * (start - at))) * (sign * (worth - at) - fee(at));
};

const cases = fc
  .record({
    name: fc.constantFrom(...(Object.keys(GRIDS) as GridName[])),
    side: fc.constantFrom('bid' as const, 'ask' as const),
    fees: fc.record({
      type: fc.constantFrom('quadratic' as const, 'quadratic_with_maker_fees' as const, 'quadratic_with_combo_maker_fees' as const),
      multiplierMicros: fc.constantFrom(500_000, 1_000_000, 3_000_000),
    }),
    lot: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(100, 1000, 5000)),
    start: real(0, 1),
    margin: real(-50, 600),
    room: real(-100, 300),
    decay: real(20, 300),
  })
  .map(({ name, side, fees, lot, start, margin, room, decay }) => {
    const grid = gridOf(name);
    const first = grid.priceAt(Math.floor(start * (grid.levelCount - 1)));
    const sign = side === 'bid' ? 1 : -1;
    const worth = first + sign * margin;
    return {
      start: first,
      terms: { side, grid, limit: first + sign * room, fee: perContract(fees, lot), decay: decay / 10_000, worth } satisfies TickTerms,
    };
  });

describe('the best of the legal prices', () => {
  test('is found as by looking at every price of the grid that is no nearer', () => {
    fc.assert(
      fc.property(cases, ({ start, terms }) => {
        const { grid, side } = terms;
        let most = 0;
        for (let i = 0; i < grid.levelCount; i++) {
          const at = grid.priceAt(i);
          if (side === 'bid' ? at <= start : at >= start) most = Math.max(most, edgeOf(at, start, terms));
        }
        const found = bestTick(start, terms);
        if (found === null) expect(most).toBe(0);
        else {
          expect(side === 'bid' ? found <= start : found >= start).toBe(true);
          expect(edgeOf(found, start, terms)).toBeCloseTo(most, 9);
        }
      }),
      { numRuns: 600 },
    );
  });

  const MAKER: FeeTerms = { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 };
  const tapered = gridOf('tapered_deci_cent');
  const at = (start: number, worth: number, lot: number, decay = 60): number | null =>
    bestTick(price(start), {
      side: 'bid',
      grid: tapered,
      limit: 10_000,
      fee: perContract(MAKER, lot),
      worth,
      decay: decay / 10_000,
    });

  test('is the model’s own where fees are small beside the edge', () => {
    expect(at(4500, 4670, 10_000)).toBe(4500);
  });

  test('lies further out where the rounding of a small order eats the edge', () => {
    // A hundred contracts pay 44 cents, which leaves edges of 0.56, 1.56 and 2.56 cents; one contract pays a whole cent: 0, 1 and 2.
    expect(at(4500, 4600, 10_000)).toBe(4400);
    expect(at(4500, 4600, 100)).toBe(4300);
  });

  test('moves by tenths of a cent in the tails', () => {
    expect(at(500, 600, 1000, 60)).toBe(420);
    expect(at(500, 600, 1000, 300)).toBe(500);
  });

  test('is none where no price leaves anything', () => {
    expect(at(4500, 4400, 1)).toBeNull();
  });

  test('without a model of fills it is the first within the limit, the rounded fee included', () => {
    const terms = { side: 'ask', grid: tapered, fee: perContract(MAKER, 100), decay: null, worth: 0 } as const;
    expect(bestTick(price(4500), { ...terms, limit: 4400 })).toBe(4500);
    expect(bestTick(price(4500), { ...terms, limit: 4401 })).toBe(4600);
    expect(bestTick(price(4500), { ...terms, limit: 20_000 })).toBeNull();
  });
});
