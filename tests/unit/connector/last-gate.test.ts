import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CEILINGS, LastGate, type GateSettings } from '../../../src/connector/last-gate.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { Amend, Cancel, Decrease, Place } from '../../../src/domain/order.js';
import { epochUs, price, quantity } from '../../../src/domain/units.js';
import { market } from '../../support/markets.js';

const SETTINGS: GateSettings = {
  orderSizeMax: quantity(1000),
  amendTotalMax: quantity(2000),
  band: { low: price(100), high: price(9900) },
  ordersPerSecondMax: 3,
};

const place = (changes: Partial<Place> = {}): Place => ({
  type: 'place',
  clientId: clientOrderId('kmm-1-1'),
  market: marketIndex(0),
  side: 'bid',
  price: price(4300),
  quantity: quantity(1000),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
  ...changes,
});
const names = { clientId: clientOrderId('kmm-1-1'), orderId: venueOrderId('v1'), market: marketIndex(0) };
const amend = (changes: Partial<Amend> = {}): Amend => ({
  type: 'amend',
  ...names,
  side: 'bid',
  price: price(4300),
  total: quantity(2000),
  ...changes,
});
const cancel: Cancel = { type: 'cancel', ...names };
const decrease: Decrease = { type: 'decrease', ...names, remaining: quantity(100) };

const gate = (settings: Partial<GateSettings> = {}, killed = () => false): LastGate => new LastGate({ ...SETTINGS, ...settings }, killed);
const NOW = epochUs(1_795_296_000_000_000);

describe('the last gate', () => {
  test('lets through what is at its limits', () => {
    expect(gate().check(place(), market(), NOW)).toBeNull();
    expect(gate().check(amend(), market(), NOW)).toBeNull();
    expect(gate().check(place({ price: price(100) }), market(), NOW)).toBeNull();
    expect(gate().check(place({ price: price(9900) }), market(), NOW)).toBeNull();
  });

  test.each([
    ['a size above the limit', place({ quantity: quantity(1001) }), /size 10\.01 is above .* 10\.00/],
    ['an amended total above the limit', amend({ total: quantity(2001) }), /size 20\.01/],
    ['no size', place({ quantity: quantity(0) }), /not a positive/],
    ['a negative size', place({ quantity: quantity(-5) }), /not a positive/],
    ['a size that is no number', place({ quantity: quantity(Number.NaN) }), /not a positive/],
    ['an endless size', place({ quantity: quantity(Number.POSITIVE_INFINITY) }), /not a positive/],
    ['a price off the grid', place({ price: price(4350) }), /not on the grid/],
    ['a price of nothing', place({ price: price(0) }), /not on the grid/],
    ['the payout as price', place({ price: price(10_000) }), /not on the grid/],
    ['a price that is no number', amend({ price: price(Number.NaN) }), /not on the grid/],
  ])('refuses %s', (_, command, reason) => {
    const refusing = gate();
    expect(refusing.check(command, market(), NOW)).toMatch(reason);
    expect(refusing.refused).toBe(1);
  });

  test('refuses prices outside its own band', () => {
    const narrow = gate({ band: { low: price(2000), high: price(8000) } });
    expect(narrow.check(place({ price: price(1900) }), market(), NOW)).toMatch(/band 0\.2000 to 0\.8000/);
    expect(narrow.check(amend({ price: price(8100) }), market(), NOW)).toMatch(/outside/);
  });

  test('refuses the order after the most in one second, and counts only those it let through', () => {
    const limited = gate();
    const later = (micros: number): typeof NOW => epochUs(NOW + micros);
    for (let i = 0; i < 3; i++) expect(limited.check(place(), market(), later(i))).toBeNull();
    expect(limited.check(place(), market(), later(999_999))).toMatch(/more than 3 orders/);
    expect(limited.check(amend(), market(), later(999_999))).toMatch(/more than 3 orders/);
    expect(limited.check(place(), market(), later(1_000_000))).toBeNull();
    expect(limited.check(place(), market(), later(1_000_000))).toMatch(/more than 3/);
  });

  test('after a kill lets nothing through but cancels and decreases', () => {
    let killed = false;
    const latched = gate({}, () => killed);
    expect(latched.check(place(), market(), NOW)).toBeNull();
    killed = true;
    expect(latched.check(place(), market(), NOW)).toMatch(/kill latch/);
    expect(latched.check(amend(), market(), NOW)).toMatch(/kill latch/);
    expect(latched.check(cancel, market(), NOW)).toBeNull();
    expect(latched.check(decrease, market(), NOW)).toBeNull();
  });

  test('never counts cancels towards the rate', () => {
    const limited = gate();
    for (let i = 0; i < 100; i++) expect(limited.check(cancel, market(), NOW)).toBeNull();
    expect(limited.check(place(), market(), NOW)).toBeNull();
  });

  test('has ceilings that no setting raises', () => {
    const wide = gate({ orderSizeMax: quantity(1e12), ordersPerSecondMax: 1e9 });
    expect(wide.check(place({ quantity: quantity(CEILINGS.orderSize + 100) }), market(), NOW)).toMatch(/above the last gate/);
    for (let i = 0; i < CEILINGS.ordersPerSecond; i++) expect(wide.check(place(), market(), NOW)).toBeNull();
    expect(wide.check(place(), market(), NOW)).toMatch(/within one second/);
  });

  test.each([
    { orderSizeMax: quantity(0) },
    { band: { low: price(9000), high: price(100) } },
    { ordersPerSecondMax: 0 },
    { amendTotalMax: quantity(-1) },
  ])('refuses the settings %o', (settings) => {
    expect(() => gate(settings)).toThrow(/last gate/);
  });

  test('never lets more through in any second than allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 100 }), (rate, waits) => {
        const limited = gate({ ordersPerSecondMax: rate });
        const passed: number[] = [];
        let now: number = NOW;
        for (const wait of waits) {
          now += wait;
          if (limited.check(place(), market(), epochUs(now)) === null) passed.push(now);
        }
        for (const start of passed)
          expect(passed.filter((each) => each >= start && each < start + 1_000_000).length).toBeLessThanOrEqual(rate);
      }),
    );
  });
});
