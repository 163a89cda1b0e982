import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ticker } from '../../../../src/domain/ids.js';
import { cash, epochUs, formatCash, parseCash, price, quantity } from '../../../../src/domain/units.js';
import { bookSides } from '../../../../src/exchange/server/encode-market.js';
import { cents, dollars, marketIdOf } from '../../../../src/exchange/server/encode.js';
import { fromUnixSeconds, rfc3339, unixMillis, unixSeconds } from '../../../../src/exchange/server/times.js';

const amounts = fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }).map(cash);

describe('money on the wire', () => {
  test.each([
    [98_018_600, '98.0186', 9801],
    [17_500, '0.0175', 1],
    [17_431, '0.017431', 1],
    [0, '0.0000', 0],
    [-1_234_567, '-1.234567', -123],
    [-9999, '-0.009999', 0],
    [123_456_780, '123.45678', 12_345],
  ])('%i millionths are "%s" and %i cents', (amount, text, whole) => {
    expect([dollars(cash(amount)), cents(cash(amount))]).toEqual([text, whole]);
  });

  test('no digit of value is ever dropped, and four decimals always stand', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseCash(dollars(amount))).toBe(amount);
        expect(dollars(amount)).toMatch(/^-?\d+\.\d{4,6}$/);
        expect(formatCash(amount).startsWith(dollars(amount))).toBe(true);
      }),
    );
  });

  test('cents are truncated towards zero', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const lost = Math.abs(amount) - Math.abs(cents(amount)) * 10_000;
        expect(lost >= 0 && lost < 10_000).toBe(true);
      }),
    );
  });
});

describe('times on the wire', () => {
  test.each([
    [1_781_159_387_427_840, '2026-06-11T06:29:47.42784Z'],
    [1_781_159_387_000_000, '2026-06-11T06:29:47Z'],
    [1_781_159_387_000_001, '2026-06-11T06:29:47.000001Z'],
    [1_781_159_387_400_000, '2026-06-11T06:29:47.4Z'],
  ])('%i is %s, with only the digits it needs', (at, text) => {
    expect(rfc3339(epochUs(at))).toBe(text);
  });

  test('texts, seconds and milliseconds tell one moment', () => {
    const moments = fc.integer({ min: 1_700_000_000_000_000, max: 1_900_000_000_000_000 });
    fc.assert(
      fc.property(moments, (at) => {
        expect(Date.parse(rfc3339(epochUs(at)))).toBe(unixMillis(epochUs(at)));
        expect(fromUnixSeconds(unixSeconds(epochUs(at)))).toBe(at - (at % 1_000_000));
      }),
    );
  });
});

describe('books on the wire', () => {
  const book = {
    ticker: ticker('KX'),
    payout: price(10_000),
    bids: [
      { price: price(4200), quantity: quantity(1300) },
      { price: price(4100), quantity: quantity(1000) },
    ],
    asks: [
      { price: price(4400), quantity: quantity(1700) },
      { price: price(4500), quantity: quantity(2000) },
    ],
    at: epochUs(0),
  };

  test('both sides are bids, ascending, best last; NO at its own prices', () => {
    expect(bookSides(book, { depth: 0, noPrices: 'no' })).toEqual({
      yes: [
        ['0.4100', '10.00'],
        ['0.4200', '13.00'],
      ],
      no: [
        ['0.5500', '20.00'],
        ['0.5600', '17.00'],
      ],
    });
  });

  test('with YES prices the NO side is told as asks', () => {
    expect(bookSides(book, { depth: 0, noPrices: 'yes' }).no).toEqual([
      ['0.4500', '20.00'],
      ['0.4400', '17.00'],
    ]);
  });

  test('a depth keeps the best levels', () => {
    expect(bookSides(book, { depth: 1, noPrices: 'no' })).toEqual({ yes: [['0.4200', '13.00']], no: [['0.5600', '17.00']] });
  });
});

test('a market has one id, shaped as a UUID, and no other market has it', () => {
  const ids = ['A', 'B', 'KXBTCD-26JUL0317-T61749.99'].map((name) => marketIdOf(ticker(name)));
  expect(new Set(ids).size).toBe(3);
  expect(ids[2]).toBe(marketIdOf(ticker('KXBTCD-26JUL0317-T61749.99')));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});
