import { describe, expect, test } from 'vitest';
import { MarketRegister } from '../../../src/connector/market-table.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { market } from '../../support/markets.js';

describe('the market table', () => {
  const a = market({ ticker: ticker('A') });
  const b = market({ ticker: ticker('B') });

  test('gives indices in order and finds them again', () => {
    const table = new MarketRegister([a, b]);
    expect([table.indexOf('A'), table.indexOf('B'), table.indexOf('C')]).toEqual([0, 1, null]);
    expect(table.market(marketIndex(1))).toBe(b);
    expect(table.tickerOf(marketIndex(0))).toBe('A');
    expect(table.size).toBe(2);
  });

  test('keeps the index of a market whose description changes', () => {
    const table = new MarketRegister([a, b]);
    const newer = market({ ticker: ticker('A'), status: 'closed' });
    expect(table.add(newer)).toBe(0);
    expect(table.markets).toEqual([newer, b]);
  });

  test('knows no names that objects have by birth', () => {
    expect(new MarketRegister([a]).indexOf('constructor')).toBeNull();
    expect(new MarketRegister([a]).indexOf('__proto__')).toBeNull();
  });

  test('stops where an index was never given out', () => {
    expect(() => new MarketRegister([a]).market(marketIndex(1))).toThrow(/market index 1/);
  });
});
