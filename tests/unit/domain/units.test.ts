import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidUnitError } from '../../../src/domain/errors.js';
import {
  formatCash,
  formatPrice,
  formatQuantity,
  notional,
  parseCash,
  parsePrice,
  parseQuantity,
  price,
  quantity,
  cash,
  negateQuantity,
} from '../../../src/domain/units.js';

describe('prices', () => {
  test.each([
    ['0.56', 5600],
    ['0.5600', 5600],
    ['0', 0],
    ['1.0000', 10_000],
    ['0.0001', 1],
    ['0.990000', 9900],
    ['-0.0100', -100],
  ])('%s is %i price units', (text, units) => {
    expect(parsePrice(text)).toBe(units);
  });

  test.each(['', ' 0.5', '0.5 ', '.5', '5.', '1e-2', 'NaN', '0.00001', '0,5', '+0.5', '--1', '0x10', '9999999999999'])(
    'the text %j is refused with what was expected and what came',
    (text) => {
      expect(() => parsePrice(text)).toThrow(InvalidUnitError);
    },
  );

  test('every price survives the trip through its text', () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (n) => parsePrice(formatPrice(price(n))) === n));
  });
});

describe('quantities and cash', () => {
  test('every quantity survives the trip through its text', () => {
    fc.assert(fc.property(fc.integer(), (n) => parseQuantity(formatQuantity(quantity(n))) === n));
  });

  test('every amount survives the trip through its text', () => {
    fc.assert(fc.property(fc.integer(), (n) => parseCash(formatCash(cash(n))) === n));
  });

  test.each([
    [150, '1.50'],
    [-5, '-0.05'],
    [0, '0.00'],
  ])('%i hundredths are written %s', (units, text) => {
    expect(formatQuantity(quantity(units))).toBe(text);
  });

  test('price times quantity is money with nothing to round', () => {
    expect(formatCash(notional(parsePrice('0.5600'), parseQuantity('1.50')))).toBe('0.840000');
    expect(formatCash(notional(parsePrice('0.0001'), parseQuantity('0.01')))).toBe('0.000001');
  });

  test('the negative of nothing is plain zero', () => {
    expect(Object.is(negateQuantity(quantity(0)), 0)).toBe(true);
  });
});
