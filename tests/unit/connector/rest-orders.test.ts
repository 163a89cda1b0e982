import { describe, expect, test } from 'vitest';
import * as orders from '../../../src/connector/rest-orders.js';
import { clientOrderId, marketIndex, orderGroupId, ticker, venueOrderId } from '../../../src/domain/ids.js';
import type { Amend, Cancel, Decrease, Place } from '../../../src/domain/order.js';
import { epochUs, price, quantity, UNKNOWN_TIME } from '../../../src/domain/units.js';
import { market } from '../../support/markets.js';

const shardTwo = market({ ticker: ticker('KXHIGHNY-26NOV21-T52'), shard: 2 });
const place: Place = {
  type: 'place',
  clientId: clientOrderId('kmm-1-1'),
  market: marketIndex(0),
  side: 'bid',
  price: price(4300),
  quantity: quantity(2500),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
};
const names = { clientId: clientOrderId('kmm-1-1'), orderId: venueOrderId('v1'), market: marketIndex(0) };
const amend: Amend = { type: 'amend', ...names, side: 'ask', price: price(4310), total: quantity(150) };
const decrease: Decrease = { type: 'decrease', ...names, remaining: quantity(1) };
const cancel: Cancel = { type: 'cancel', ...names };

describe('an order body', () => {
  test('of a place names everything, as texts', () => {
    expect(orders.placeBody(place, shardTwo, 3)).toEqual({
      ticker: 'KXHIGHNY-26NOV21-T52',
      client_order_id: 'kmm-1-1',
      side: 'bid',
      count: '25.00',
      price: '0.4300',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'taker_at_cross',
      post_only: true,
      cancel_order_on_pause: true,
      subaccount: 3,
      exchange_index: 2,
    });
  });

  test.each<[string, Partial<Place>, object]>([
    ['an expiry in whole seconds, rounded down', { expiresAt: epochUs(1_795_300_000_999_999) }, { expiration_time: 1_795_300_000 }],
    ['the group', { group: orderGroupId('g1') }, { order_group_id: 'g1' }],
    ['reduce-only', { reduceOnly: true, timeInForce: 'immediate-or-cancel' }, { reduce_only: true, time_in_force: 'immediate_or_cancel' }],
    ['fill-or-kill', { timeInForce: 'fill-or-kill' }, { time_in_force: 'fill_or_kill' }],
    ['the other self-trade rule', { selfTrade: 'maker' }, { self_trade_prevention_type: 'maker' }],
    ['a hundredth of a contract at the finest price', { quantity: quantity(1), price: price(1) }, { count: '0.01', price: '0.0001' }],
  ])('of a place carries %s', (_, changes, expected) => {
    expect(orders.placeBody({ ...place, ...changes }, shardTwo, 0)).toMatchObject(expected);
  });

  test('of an immediate order has no expiry, which the exchange would refuse', () => {
    const body = orders.placeBody({ ...place, timeInForce: 'immediate-or-cancel', expiresAt: epochUs(1_795_300_000_000_000) }, shardTwo, 0);
    expect(body).not.toHaveProperty('expiration_time');
  });

  test('of an amend states the total, and the expiry only where it changes', () => {
    const base = { ticker: shardTwo.ticker, side: 'ask', price: '0.4310', count: '1.50', exchange_index: 2 };
    expect(orders.amendBody(amend, shardTwo)).toEqual(base);
    expect(orders.amendBody({ ...amend, expiresAt: null }, shardTwo)).toEqual({ ...base, expiration_time: 0 });
    expect(orders.amendBody({ ...amend, expiresAt: epochUs(5_000_000) }, shardTwo)).toEqual({ ...base, expiration_time: 5 });
  });

  test('of a decrease and of a cancel in a batch name the shard', () => {
    expect(orders.decreaseBody(decrease, shardTwo)).toEqual({ reduce_to: '0.01', exchange_index: 2, market_ticker: shardTwo.ticker });
    expect(orders.cancelItem(cancel, shardTwo, 1)).toEqual({ order_id: 'v1', subaccount: 1, exchange_index: 2 });
  });
});

describe('an answer to a single order', () => {
  const placed = { order_id: 'v1', client_order_id: 'kmm-1-1', fill_count: '5.00', remaining_count: '20.00', ts_ms: 1795296000123 };

  test('tells what was filled and what rests', () => {
    expect(orders.decodePlaced(placed, place)).toEqual({
      orderId: 'v1',
      clientId: 'kmm-1-1',
      filled: 500,
      remaining: 2000,
      exchangeAt: 1_795_296_000_123_000,
    });
    expect(orders.decodePlaced({ ...placed, ts_ms: undefined, client_order_id: undefined }, place)).toMatchObject({
      clientId: null,
      exchangeAt: UNKNOWN_TIME,
    });
  });

  test.each([
    ['nothing', null, /create order: expected an object/],
    ['a list', [], /expected an object/],
    ['no order id', { ...placed, order_id: undefined }, /create order\.order_id: expected a text/],
    ['an empty order id', { ...placed, order_id: '' }, /order_id/],
    ['another order', { ...placed, client_order_id: 'kmm-1-2' }, /expected order kmm-1-1/],
    ['no fill count', { ...placed, fill_count: undefined }, /fill_count/],
    ['a negative remainder', { ...placed, remaining_count: '-1.00' }, /remaining_count/],
    ['a count finer than a hundredth', { ...placed, fill_count: '0.001' }, /fill_count/],
    ['more than was asked for', { ...placed, remaining_count: '20.01' }, /at most 25\.00/],
    ['a count that is no number', { ...placed, fill_count: 'NaN' }, /fill_count/],
  ])('is refused with its path where it tells %s', (_, body, message) => {
    expect(() => orders.decodePlaced(body, place)).toThrow(message);
  });

  test('of an amend may leave the remainder open, that of a decrease may not', () => {
    expect(orders.decodeAmended({ order_id: 'v1', ts_ms: 5 }, amend)).toEqual({ orderId: 'v1', remaining: null, exchangeAt: 5000 });
    expect(orders.decodeAmended({ order_id: 'v1', remaining_count: '1.50' }, amend).remaining).toBe(150);
    expect(() => orders.decodeAmended({ order_id: 'v1' }, decrease)).toThrow(/decrease order\.remaining_count/);
    expect(() => orders.decodeAmended({ order_id: 'v2' }, amend)).toThrow(/expected order v1/);
  });

  test('of a cancel must name its order', () => {
    expect(orders.decodeCancelled({ order_id: 'v1', reduced_by: '3.00' }, cancel).reducedBy).toBe(300);
    expect(() => orders.decodeCancelled({ order_id: 'v9', reduced_by: '3.00' }, cancel)).toThrow(/expected order v1/);
    expect(() => orders.decodeCancelled({ order_id: 'v1' }, cancel)).toThrow(/reduced_by/);
  });
});

describe('an answer to a batch', () => {
  const three = ['kmm-1-1', 'kmm-1-2', 'kmm-1-3'].map((id): Place => ({ ...place, clientId: clientOrderId(id) }));
  const item = (id: string | null, more: object = {}): object => ({
    order_id: `v-${id}`,
    client_order_id: id,
    fill_count: '0.00',
    remaining_count: '25.00',
    ...more,
  });
  const decode = (list: unknown[]): string[] =>
    orders
      .decodeBatch({ orders: list }, three, {
        path: 'batch create',
        nameOf: (command) => command.clientId,
        nameIn: (body) => body['client_order_id'] ?? undefined,
        decode: orders.decodePlaced,
      })
      .map((result) => (result.kind === 'ok' ? result.value.orderId : result.kind === 'refused' ? result.code : 'unknown'));
  const error = { error: { code: 'invalid_price', message: 'invalid price' } };

  test.each<[string, unknown[], string[]]>([
    ['in order', [item('kmm-1-1'), item('kmm-1-2'), item('kmm-1-3')], ['v-kmm-1-1', 'v-kmm-1-2', 'v-kmm-1-3']],
    ['out of order', [item('kmm-1-3'), item('kmm-1-1'), item('kmm-1-2')], ['v-kmm-1-1', 'v-kmm-1-2', 'v-kmm-1-3']],
    [
      'with an error',
      [item('kmm-1-1'), { client_order_id: 'kmm-1-2', ...error }, item('kmm-1-3')],
      ['v-kmm-1-1', 'invalid_price', 'v-kmm-1-3'],
    ],
    ['with a nameless error in its place', [item('kmm-1-1'), error, item('kmm-1-3')], ['v-kmm-1-1', 'invalid_price', 'v-kmm-1-3']],
    ['with one missing', [item('kmm-1-1'), item('kmm-1-3')], ['v-kmm-1-1', 'unknown', 'v-kmm-1-3']],
    ['with a nameless item and one missing', [item('kmm-1-1'), item(null)], ['v-kmm-1-1', 'unknown', 'unknown']],
    [
      'with an item that cannot be read',
      [item('kmm-1-1'), item('kmm-1-2', { fill_count: 1.5e300 }), 'x'],
      ['v-kmm-1-1', 'unknown', 'unknown'],
    ],
    ['empty', [], ['unknown', 'unknown', 'unknown']],
    ['of strangers', [item('a'), item('b'), item('c')], ['unknown', 'unknown', 'unknown']],
  ])('gives each order its own outcome: %s', (_, list, outcomes) => {
    expect(decode(list)).toEqual(outcomes);
  });

  test('without a list is refused as a whole', () => {
    expect(() =>
      orders.decodeBatch({}, three, { path: 'batch create', nameOf: () => '', nameIn: () => undefined, decode: orders.decodePlaced }),
    ).toThrow(/batch create\.orders: expected a list/);
  });
});
