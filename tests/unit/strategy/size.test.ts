import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantity } from '../../../src/domain/units.js';
import { shapedSizes } from '../../../src/strategy/size.js';

const sizes = (lot: number, decay: number, held: number): [number, number] => {
  const { bid, ask } = shapedSizes({ lot: quantity(lot * 100), sizeDecayPerContract: decay }, quantity(Math.round(held * 100)));
  return [bid / 100, ask / 100];
};

describe('shaped sizes', () => {
  test.each([
    // The worked values of the quoting reference, d.5.
    [10, 0.02, 50, 3, 10],
    [10, 0.02, 100, 1, 10],
    [10, 0.02, -50, 10, 3],
    // No inventory, no shaping, no room left.
    [10, 0.02, 0, 10, 10],
    [10, 0, 5000, 10, 10],
    [10, 0.02, 120, 0, 10],
    [10, 0.02, -1e9, 10, 0],
    // A lot with a fraction is shaped in hundredths of a contract.
    [0.5, 0.02, 50, 0.18, 0.5],
    [1.5, 0.02, -50, 1.5, 0.55],
  ])('lot %f, decay %f, holding %f: %f / %f', (lot, decay, held, bid, ask) => {
    expect(sizes(lot, decay, held)).toEqual([bid, ask]);
  });

  test.each([
    // lots, holding: the side that unwinds is min(D k_max, |q|), and at least a lot.
    [3, 25, 10, 25],
    [3, 100, 10, 30],
    [3, -100, 30, 10],
    [3, 4, 10, 10],
    [3, 12.7, 10, 12],
    [1, 100, 10, 10],
    [1.55, -100, 15, 10],
  ])('unwinding with up to %f lots, holding %f: %f / %f', (lots, held, bid, ask) => {
    const settings = { lot: quantity(1000), sizeDecayPerContract: 0, unwindLotsMax: lots };
    expect(shapedSizes(settings, quantity(Math.round(held * 100)))).toEqual({ bid: bid * 100, ask: ask * 100 });
  });

  test('float noise costs no step', () => {
    // ln(10) / 50 shrinks a lot of ten to one contract; the double says 0.9999999999999997.
    expect(sizes(10, Math.log(10) / 50, 50)).toEqual([1, 10]);
  });

  test('the growing side shrinks with inventory and never exceeds a lot; the other stays one', () => {
    const lots = fc.integer({ min: 1, max: 10_000 });
    const held = fc.integer({ min: 0, max: 50_000 });
    fc.assert(
      fc.property(lots, held, held, fc.double({ min: 0, max: 1, noNaN: true }), (lot, a, b, decay) => {
        const settings = { lot: quantity(lot), sizeDecayPerContract: decay };
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((q) => shapedSizes(settings, quantity(q)));
        const mirrored = shapedSizes(settings, quantity(-Math.max(a, b)));
        expect(more?.bid).toBeLessThanOrEqual(less?.bid ?? NaN);
        expect(less?.bid).toBeLessThanOrEqual(lot);
        expect([less?.ask, more?.ask]).toEqual([lot, lot]);
        expect([mirrored.ask, mirrored.bid]).toEqual([more?.bid, lot]);
      }),
    );
  });
});
