import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidGridError } from '../../../src/domain/market-errors.js';
import { parsePrice, price } from '../../../src/domain/units.js';
import { PriceGrid } from '../../../src/domain/price-grid.js';
import { GRIDS, grid } from '../../support/grids.js';

describe('the twelve tick structures', () => {
  test.each([
    ['linear_cent', 99],
    ['deci_cent', 999],
    ['tapered_deci_cent', 100 + 80 + 100 - 1],
    ['center_whole_edge_half_cent', 20 + 80 + 20 - 1],
    ['center_whole_edge_quint_cent', 50 + 80 + 50 - 1],
    ['center_half_edge_half_cent', 199],
    ['center_half_edge_quint_cent', 50 + 160 + 50 - 1],
    ['center_half_edge_deci_cent', 100 + 160 + 100 - 1],
    ['center_quint_edge_quint_cent', 499],
    ['center_quint_edge_deci_cent', 100 + 400 + 100 - 1],
    ['center_centi_edge_centi_cent', 9999],
    ['center_deci_edge_centi_cent', 100 + 980 + 100 - 1],
  ] as const)('%s has %i legal prices', (name, levels) => {
    expect(grid(name).levelCount).toBe(levels);
  });

  test.each(Object.keys(GRIDS))('%s: index and price are inverse, and neighbours are one index apart', (name) => {
    const g = grid(name as keyof typeof GRIDS);
    for (let i = 0; i < g.levelCount; i++) {
      const p = g.priceAt(i);
      expect(g.indexOf(p)).toBe(i);
      expect(g.next(p)).toBe(i + 1 < g.levelCount ? g.priceAt(i + 1) : null);
      expect(g.previous(p)).toBe(i > 0 ? g.priceAt(i - 1) : null);
    }
  });

  test.each(Object.keys(GRIDS))('%s: rounding finds the nearest legal price on its own side', (name) => {
    const g = grid(name as keyof typeof GRIDS);
    fc.assert(
      fc.property(fc.double({ min: -500, max: 10_500, noNaN: true }), (value) => {
        const down = g.floor(value);
        const up = g.ceil(value);
        const legal = Array.from({ length: g.levelCount }, (_, i) => g.priceAt(i));
        expect(down).toBe(legal.filter((p) => p <= value + 1e-7).at(-1) ?? null);
        expect(up).toBe(legal.find((p) => p >= value - 1e-7) ?? null);
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.keys(GRIDS))('%s accepts every whole cent', (name) => {
    const g = grid(name as keyof typeof GRIDS);
    for (let cents = 1; cents < 100; cents++) expect(g.has(price(cents * 100))).toBe(true);
  });
});

describe('rounding', () => {
  const tapered = grid('tapered_deci_cent');
  // Worked values of the quoting reference, d.1, in tenths of a cent.
  test.each([
    [93.7, 93, 94],
    [457, 450, 460],
    [895.1, 890, 900],
    [904.1, 904, 905],
    [99.9, 99, 100],
    [100.1, 100, 110],
    [100, 100, 100],
  ])('tapered %f tenths of a cent lie between %i and %i', (value, down, up) => {
    expect(tapered.floor(value * 10)).toBe(down * 10);
    expect(tapered.ceil(value * 10)).toBe(up * 10);
  });

  test('float noise does not cost a tick', () => {
    expect(grid('linear_cent').floor(4999.99999999999)).toBe(5000);
    expect(grid('linear_cent').ceil(5000.00000000001)).toBe(5000);
  });

  test('not-a-number has no price', () => {
    expect(tapered.floor(Number.NaN)).toBeNull();
    expect(tapered.ceil(Number.NaN)).toBeNull();
  });

  test('zero and the payout are not order prices', () => {
    expect(tapered.has(price(0))).toBe(false);
    expect(tapered.has(price(10_000))).toBe(false);
    expect(tapered.indexOf(price(-100))).toBe(-1);
    expect(tapered.indexOf(parsePrice('0.1050'))).toBe(-1);
  });
});

describe('broken price ranges are refused', () => {
  test.each([
    ['nothing', []],
    [
      'a hole',
      [
        ['0', '0.5', '0.01'],
        ['0.6', '1', '0.01'],
      ],
    ],
    [
      'an overlap',
      [
        ['0', '0.5', '0.01'],
        ['0.4', '1', '0.01'],
      ],
    ],
    ['a step of zero', [['0', '1', '0']]],
    ['a step that does not divide', [['0', '1', '0.03']]],
    ['a late start', [['0.01', '1', '0.01']]],
    ['an early end', [['0', '0.99', '0.01']]],
    ['no price inside', [['0', '1', '1']]],
  ])('%s', (_, bands) => {
    expect(() => grid(bands as [string, string, string][])).toThrow(InvalidGridError);
  });

  test('bands may come in any order', () => {
    expect(
      grid([
        ['0.5', '1', '0.01'],
        ['0', '0.5', '0.01'],
      ]).levelCount,
    ).toBe(99);
  });

  test('equal ranges are equal grids', () => {
    expect(grid('deci_cent').equals(grid('deci_cent'))).toBe(true);
    expect(grid('deci_cent').equals(grid('linear_cent'))).toBe(false);
    expect(grid('linear_cent').ticksBetween(price(4000), price(4300))).toBe(3);
  });
});

test('a payout of billions makes no grid: a book of it would take all memory', () => {
  const payout = price(9_000_000_000_000_000);
  expect(() => new PriceGrid([{ start: price(0), end: payout, step: price(1) }], payout)).toThrow('at most 1000000 legal prices');
});
