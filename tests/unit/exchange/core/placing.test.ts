import { describe, expect, test } from 'vitest';
import { clientOrderId, orderGroupId, ticker } from '../../../../src/domain/ids.js';
import { epochUs, later, price, quantity, seconds } from '../../../../src/domain/units.js';
import { gridOf, STRUCTURE_NAMES } from '../../../../src/exchange/core/grids.js';
import type { CreateOrder } from '../../../../src/exchange/core/types.js';
import { accepted, COIN, Floor, lots, refusal, refused, START } from './floor.js';

const SOON = later(START, seconds(60));

describe('a request is refused, with the exchange as it was,', () => {
  const cases: [why: string, changes: Partial<CreateOrder>, expected: string][] = [
    ['off the grid', { price: price(5150) }, '400 invalid_price'],
    ['at zero', { price: price(0) }, '400 invalid_price'],
    ['at the payout', { price: price(10_000) }, '400 invalid_price'],
    ['below zero', { price: price(-100) }, '400 invalid_price'],
    ['with a fraction of a price unit', { price: price(5000.5) }, '400 invalid_price'],
    ['with no size', { quantity: quantity(0) }, '400 invalid_order_size'],
    ['with a negative size', { quantity: quantity(-100) }, '400 invalid_order_size'],
    ['with a thousandth of a contract', { quantity: quantity(0.1) }, '400 invalid_order_size'],
    ['larger than the largest order', { quantity: quantity(100_000_001) }, '400 invalid_order_size'],
    ['for an unknown market', { ticker: ticker('KXNONE-26NOV21') }, '404 not_found'],
    ['on another shard than its market', { shard: 2 }, '404 not_found'],
    ['for a coin market sent to shard 0', { ticker: COIN, shard: 0 }, '404 not_found'],
    ['for an unknown group', { group: orderGroupId('none') }, '404 not_found'],
    ['from subaccount 64', { subaccount: 64 }, '400 invalid_parameters: subaccount must be between 0 and 63'],
    ['expired', { expiresAt: START }, '400 invalid_order: Expiration timestamp must be in the future'],
    [
      'IOC with an expiry',
      { timeInForce: 'immediate-or-cancel', expiresAt: SOON },
      '400 invalid_order: Cannot specify both immediate_or_cancel and expiration_ts',
    ],
    ['reduce-only but GTC', { reduceOnly: true }, '400 invalid_order: reduce_only can only be used with IoC orders'],
    [
      'reduce-only but FOK',
      { reduceOnly: true, timeInForce: 'fill-or-kill' },
      '400 invalid_order: reduce_only can only be used with IoC orders',
    ],
    [
      'post-only but IOC',
      { postOnly: true, timeInForce: 'immediate-or-cancel' },
      '400 invalid_order: post_only can only be used with GTC orders',
    ],
    ['beyond its collateral', { quantity: lots(100_000) }, '400 insufficient_balance'],
  ];
  test.each(cases)('%s', (_why, changes, expected) => {
    const floor = new Floor();
    const me = floor.account();
    expect(refusal(floor.send(me, 'bid', 50, 1, changes))).toBe(expected);
    expect(floor.exchange.orders(me)).toEqual([]);
    expect(floor.book()).toEqual({ bids: [], asks: [] });
    expect(floor.events.map((event) => event.type)).toEqual(['refused']);
  });
});

test('the message of a refusal is its code in words', () => {
  const floor = new Floor();
  expect(refused(floor.send(floor.account(), 'bid', 50.5, 1))).toEqual({ status: 400, code: 'invalid_price', message: 'invalid price' });
});

test('a refused request does not burn its client id', () => {
  const floor = new Floor();
  const me = floor.account();
  const request = floor.request('bid', 50.5, 1);
  expect(floor.exchange.createOrder(me, request).ok).toBe(false);
  expect(floor.exchange.createOrder(me, { ...request, price: price(5000) }).ok).toBe(true);
});

describe('client order ids', () => {
  test('stay taken after the order was cancelled, for its user only', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    const request = floor.request('bid', 1, 1, { clientOrderId: clientOrderId('mine') });
    const { orderId } = accepted(floor.exchange.createOrder(me, request));
    expect(refusal(floor.exchange.createOrder(me, request))).toBe('409 order_already_exists');
    accepted(floor.exchange.cancelOrder(me, floor.address(orderId)));
    expect(refusal(floor.exchange.createOrder(me, request))).toBe('409 order_already_exists');
    accepted(floor.exchange.createOrder(other, request));
  });

  test('may be left out as often as one likes', () => {
    const floor = new Floor();
    const me = floor.account();
    for (let i = 0; i < 2; i++) expect(floor.place(me, 'bid', 1, 1, { clientOrderId: null }).clientOrderId).toBeNull();
  });
});

describe('expiry', () => {
  test('cancels the order at its time, not before', () => {
    const floor = new Floor();
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 1, { expiresAt: SOON });
    floor.exchange.advance(epochUs(SOON - 1));
    expect(floor.exchange.order(me, orderId)?.status).toBe('resting');
    floor.exchange.advance(SOON);
    expect(floor.exchange.order(me, orderId)).toMatchObject({ status: 'canceled', reason: 'ExpiryCancel', updatedAt: SOON });
    expect(floor.book()).toEqual({ bids: [], asks: [] });
  });

  test('of an order that is gone does nothing', () => {
    const floor = new Floor();
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 1, { expiresAt: SOON });
    accepted(floor.exchange.cancelOrder(me, floor.address(orderId)));
    floor.pass(120);
    expect(floor.exchange.order(me, orderId)?.reason).toBe('Decrease');
  });
});

test.each(STRUCTURE_NAMES)('every legal price of %s is accepted and its neighbours are not', (structure) => {
  const grid = gridOf(structure);
  const floor = new Floor({ structure });
  const me = floor.account();
  for (const index of [0, 1, Math.floor(grid.levelCount / 2), grid.levelCount - 1]) {
    const legal = grid.priceAt(index);
    expect(floor.send(me, 'bid', legal / 100, 0.01).ok).toBe(true);
    if (!grid.has(price(legal + 1))) expect(refusal(floor.send(me, 'bid', (legal + 1) / 100, 0.01))).toBe('400 invalid_price');
  }
});

test('a batch is not atomic: each item answers for itself, in order', () => {
  const floor = new Floor();
  const me = floor.account();
  const answers = floor.exchange.createOrders(me, [
    floor.request('bid', 40, 1),
    floor.request('bid', 40.5, 1),
    floor.request('bid', 41, 1),
  ]);
  expect(answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.code))).toEqual(['ok', 'invalid_price', 'ok']);
  expect(floor.book().bids).toEqual([
    [41, 1],
    [40, 1],
  ]);
});

test('no more than the allowed number of orders may rest', () => {
  const floor = new Floor({ switches: { openOrdersMax: 2 } });
  const me = floor.account();
  floor.place(me, 'bid', 40, 1);
  const { orderId } = floor.place(me, 'bid', 40, 1);
  expect(refusal(floor.send(me, 'bid', 40, 1))).toBe('400 invalid_order: too many open orders');
  accepted(floor.exchange.cancelOrder(me, floor.address(orderId)));
  floor.place(me, 'bid', 40, 1);
});

test('ids look like version 4 UUIDs, never repeat, and come from the seed', () => {
  const ids = (seed: string): string[] => {
    const floor = new Floor({ settings: { seed } });
    const me = floor.account();
    return [me, ...Array.from({ length: 50 }, () => floor.place(me, 'bid', 40, 1).orderId)];
  };
  const first = ids('x');
  expect(new Set(first).size).toBe(51);
  for (const id of first) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids('x')).toEqual(first);
  expect(ids('y')).not.toEqual(first);
});
