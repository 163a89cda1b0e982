import { expect, test } from 'vitest';
import { fillId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { FillReport } from '../../../src/domain/order.js';
import { epochUs, later, parseCash, parsePrice, parseQuantity, seconds } from '../../../src/domain/units.js';
import { FeeWatch } from '../../../src/engine/fee-watch.js';
import { market } from '../../support/markets.js';

const NOW = epochUs(1_795_262_400_000_000);
const fill = (role: FillReport['role'], fee: string): FillReport => ({
  fillId: fillId('f'),
  orderId: venueOrderId('o'),
  clientId: null,
  market: marketIndex(0),
  side: 'bid',
  price: parsePrice('0.47'),
  quantity: parseQuantity('10'),
  fee: parseCash(fee),
  role,
  positionAfter: null,
  exchangeAt: NOW,
});

test.each<[FillReport['role'], string]>([
  ['maker', '0'],
  ['taker', '0.174370'],
  // Rounded to the account's precision, and with an earlier rounding given back.
  ['taker', '0.174400'],
  ['taker', '0.180000'],
  ['taker', '0.170000'],
])('a %s fee of %s is explained by the schedule', (role, fee) => {
  expect(new FeeWatch().check(market(), fill(role, fee), NOW)).toBeNull();
});

test.each<[FillReport['role'], string]>([
  ['maker', '0.043600'],
  ['taker', '0'],
  ['taker', '0.348740'],
])('a %s fee of %s is not', (role, fee) => {
  const watch = new FeeWatch();
  expect(watch.check(market(), fill(role, fee), NOW)?.text).toContain('booked as charged');
  expect([watch.drifts, watch.total !== 0]).toEqual([1, true]);
});

test('a market is told of once a minute, and every fill counts', () => {
  const watch = new FeeWatch();
  const wrong = fill('maker', '0.05');
  const told = [0, 10, 59, 60, 61].map((after) => watch.check(market(), wrong, later(NOW, seconds(after))) !== null);
  expect(told).toEqual([true, false, false, true, false]);
  expect(watch.drifts).toBe(5);
});

test('where the exchange publishes no schedule nothing is said', () => {
  const flat = market({ fees: { type: 'flat', multiplierMicros: 1_000_000 } });
  expect(new FeeWatch().check(flat, fill('maker', '3'), NOW)).toBeNull();
});
