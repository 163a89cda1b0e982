import { describe, expect, test } from 'vitest';
import { clientOrderId, fillId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { Amend, Place, VenueOrder } from '../../../src/domain/order.js';
import { epochUs, price, quantity, type EpochUs } from '../../../src/domain/units.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { OwnOrders } from '../../../src/replay/own-orders.js';
import { bookedFill } from '../../support/fills.js';

const M = marketIndex(0);
const at = (s: number): EpochUs => epochUs(1_795_000_000_000_000 + s * 1_000_000);
const clientId = clientOrderId('c1');
const orderId = venueOrderId('v1');
const place: Place = {
  type: 'place',
  clientId,
  market: M,
  side: 'bid',
  price: price(4500),
  quantity: quantity(1000),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: false,
  selfTrade: 'maker',
  expiresAt: null,
  group: null,
};
const amend = (cents: number, contracts: number): Amend => ({
  type: 'amend',
  clientId,
  orderId,
  market: M,
  side: 'bid',
  price: price(cents * 100),
  total: quantity(contracts * 100),
});
const accepted = (s: number, remaining = 1000): EngineEvent => ({
  type: 'order-accepted',
  at: at(s),
  clientId,
  orderId,
  filled: quantity(0),
  remaining: quantity(remaining),
  exchangeAt: at(s),
});
const amended = (s: number, remaining: number | null): EngineEvent => ({
  type: 'order-amended',
  at: at(s),
  clientId,
  orderId,
  remaining: remaining === null ? null : quantity(remaining),
});
const told = (changes: Partial<VenueOrder>): VenueOrder => ({
  orderId,
  clientId,
  market: M,
  side: 'bid',
  price: price(4500),
  initial: quantity(1000),
  filled: quantity(0),
  remaining: quantity(1000),
  status: 'resting',
  expiresAt: null,
  group: null,
  ...changes,
});
const update = (s: number, changes: Partial<VenueOrder>): EngineEvent => ({
  type: 'order-update',
  at: at(s),
  order: told(changes),
  reason: null,
});
const restingIn = (orders: OwnOrders): [number, number][] => [...orders.resting(M)].map((order) => [order.price, order.remaining]);

const resting = (): OwnOrders => {
  const orders = new OwnOrders();
  expect(orders.sent(place, at(0))).toBeNull();
  expect(restingIn(orders)).toEqual([]);
  expect(orders.event(accepted(1))).toEqual([]);
  expect(restingIn(orders)).toEqual([[4500, 1000]]);
  return orders;
};

describe('an order keeps its place in the queue', () => {
  test('from its acceptance to its cancel', () => {
    const orders = resting();
    expect(orders.event({ type: 'order-cancelled', at: at(5), clientId, orderId, reducedBy: quantity(1000) })).toEqual([
      { market: M, kept: 4_000_000, end: 'cancelled' },
    ]);
    expect(restingIn(orders)).toEqual([]);
  });

  test('through a decrease, and an amend to a smaller size at the same price', () => {
    const orders = resting();
    expect(orders.sent({ type: 'decrease', clientId, orderId, market: M, remaining: quantity(600) }, at(2))).toBe(true);
    expect(orders.event(amended(3, 600))).toEqual([]);
    expect(orders.sent(amend(45, 4), at(3))).toBe(true);
    expect(orders.event(amended(4, null))).toEqual([]);
    expect(restingIn(orders)).toEqual([[4500, 400]]);
  });

  test('not through another price, nor through a larger size', () => {
    for (const [cents, contracts] of [
      [44, 10],
      [45, 11],
    ] as const) {
      const orders = resting();
      expect(orders.sent(amend(cents, contracts), at(3))).toBe(false);
      // Until the exchange answers it rests where it was.
      expect(restingIn(orders)).toEqual([[4500, 1000]]);
      expect(orders.event(amended(4, contracts * 100))).toEqual([{ market: M, kept: 3_000_000, end: 'moved' }]);
      expect(restingIn(orders)).toEqual([[cents * 100, contracts * 100]]);
    }
  });

  test('a refused change changes nothing', () => {
    const orders = resting();
    orders.sent(amend(44, 10), at(3));
    orders.event({ type: 'command-refused', at: at(4), command: 'amend', clientId, code: 'post-only-cross', detail: '' });
    orders.event(amended(5, null));
    expect(restingIn(orders)).toEqual([[4500, 1000]]);
  });

  test('to its last fill; the first fill of an order is known as such', () => {
    const orders = resting();
    const fill = (id: string, size: number) =>
      orders.booked(bookedFill(id, { clientId: null, orderId, quantity: quantity(size), market: M, fillId: fillId(id) }), at(7));
    expect(fill('a', 400)).toEqual({ isFirst: true, ended: [] });
    expect(restingIn(orders)).toEqual([[4500, 600]]);
    expect(fill('b', 600)).toEqual({ isFirst: false, ended: [{ market: M, kept: 6_000_000, end: 'filled' }] });
  });
});

test('a fill that comes before the answer to its placement gives the order its place', () => {
  const orders = new OwnOrders();
  orders.sent(place, at(0));
  expect(orders.booked(bookedFill('a', { clientId, orderId, quantity: quantity(1000), market: M }), at(1)).ended).toEqual([
    { market: M, kept: 0, end: 'filled' },
  ]);
});

test('a refused placement never had a place', () => {
  const orders = new OwnOrders();
  orders.sent(place, at(0));
  expect(orders.event({ type: 'command-refused', at: at(1), command: 'place', clientId, code: 'post-only-cross', detail: '' })).toEqual([]);
  expect(restingIn(orders)).toEqual([]);
});

describe('what the stream tells', () => {
  test('ends an order that the exchange has cancelled or executed', () => {
    expect(resting().event(update(3, { status: 'cancelled' }))).toEqual([{ market: M, kept: 2_000_000, end: 'cancelled' }]);
    expect(resting().event(update(3, { status: 'executed' }))).toEqual([{ market: M, kept: 2_000_000, end: 'filled' }]);
  });
  test('moves one whose amend has not been answered yet', () => {
    const orders = resting();
    orders.sent(amend(44, 10), at(2));
    expect(orders.event(update(3, { price: price(4400) }))).toEqual([{ market: M, kept: 2_000_000, end: 'moved' }]);
    expect(restingIn(orders)).toEqual([[4400, 1000]]);
  });
  test('of other orders says nothing', () => {
    expect(resting().event(update(3, { orderId: venueOrderId('v9'), clientId: null, status: 'cancelled' }))).toEqual([]);
  });
});

test('a complete reading of the account ends what it does not show, unless the order is too young for it', () => {
  const reading = (s: number, shown: readonly VenueOrder[], validAt = s): EngineEvent => ({
    type: 'account-reading',
    at: at(s),
    request: 1,
    complete: true,
    validUntil: at(validAt),
    resting: shown,
    positions: [],
    fills: [],
    balance: 0 as never,
    foreign: 0,
  });
  expect(resting().event(reading(10, [told({})]))).toEqual([]);
  expect(resting().event(reading(10, [], 1))).toEqual([]);
  expect(resting().event(reading(10, []))).toEqual([{ market: M, kept: 9_000_000, end: 'cancelled' }]);
});
