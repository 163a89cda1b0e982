import { describe, expect, test } from 'vitest';
import type { OrderGroupId } from '../../../../src/domain/ids.js';
import { quantity } from '../../../../src/domain/units.js';
import type { GroupAddress } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { accepted, COIN, Floor, lots, refusal, type FloorOptions } from './floor.js';

const set = (
  limit: number,
  options: FloorOptions = {},
): { floor: Floor; me: AccountId; taker: AccountId; group: OrderGroupId; at: GroupAddress } => {
  const floor = new Floor(options);
  const [me, taker] = [floor.account(), floor.account()];
  const { group } = accepted(floor.exchange.createGroup(me, { limit: lots(limit), subaccount: 0, shard: 0 }));
  return { floor, me, taker, group, at: { group, subaccount: 0, shard: 0 } };
};

const changes = (floor: Floor): string[] => floor.events.flatMap((event) => (event.type === 'group' ? [event.change] : []));
const restingOf = (floor: Floor, account: AccountId): number => floor.exchange.orders(account, { status: 'resting' }).length;

describe('the limit', () => {
  test('is exceeded by more than it, and then everything of the group is cancelled and new orders are refused', () => {
    const { floor, me, taker, group } = set(10);
    floor.place(me, 'bid', 40, 10, { group });
    floor.place(me, 'bid', 39, 10, { group });
    const outside = floor.place(me, 'bid', 38, 10);
    floor.ioc(taker, 'ask', 40, 10);
    expect([restingOf(floor, me), changes(floor)]).toEqual([2, ['created']]);
    floor.ioc(taker, 'ask', 39, 0.01);
    expect(changes(floor)).toEqual(['created', 'triggered']);
    expect(floor.exchange.orders(me, { status: 'resting' }).map((order) => order.orderId)).toEqual([outside.orderId]);
    expect(refusal(floor.send(me, 'bid', 30, 1, { group }))).toBe('400 invalid_order: order group triggered');
    expect(floor.exchange.group(me, group)).toMatchObject({ active: false, orders: [] });
  });

  test('by switch is reached at equality', () => {
    const { floor, me, taker, group } = set(10, { switches: { groupTriggersAt: 'limit' } });
    floor.place(me, 'bid', 40, 20, { group });
    floor.ioc(taker, 'ask', 40, 10);
    expect(changes(floor)).toEqual(['created', 'triggered']);
    expect(restingOf(floor, me)).toBe(0);
  });

  test('counts a rolling 15 seconds: what matched 15 s ago is forgotten, one microsecond less is not', () => {
    for (const [wait, triggered] of [
      [15, false],
      [14.999999, true],
    ] as const) {
      const { floor, me, taker, group } = set(10);
      floor.place(me, 'bid', 40, 100, { group });
      floor.ioc(taker, 'ask', 40, 10);
      floor.pass(wait);
      floor.ioc(taker, 'ask', 40, 1);
      expect(changes(floor).includes('triggered')).toBe(triggered);
    }
  });

  test('counts takers of the group too, and stops them', () => {
    const { floor, me, taker, group } = set(5);
    for (const c of [50, 51, 52]) floor.place(taker, 'ask', c, 3);
    expect(floor.place(me, 'bid', 60, 9, { group })).toMatchObject({ filled: lots(6), remaining: 0 });
    expect(floor.book()).toEqual({ bids: [], asks: [[52, 3]] });
  });

  test('is met in the middle of a sweep: the next level of the group is gone before the taker comes to it', () => {
    const { floor, me, taker, group } = set(5);
    floor.place(me, 'bid', 40, 6, { group });
    floor.place(me, 'bid', 39, 6, { group });
    expect(floor.place(taker, 'ask', 30, 12)).toMatchObject({ filled: lots(6), remaining: lots(6) });
  });

  test('lowered below what matched triggers at once; raised it does not', () => {
    const { floor, me, taker, group, at } = set(10);
    floor.place(me, 'bid', 40, 10, { group });
    floor.ioc(taker, 'ask', 40, 5);
    accepted(floor.exchange.setGroupLimit(me, at, lots(20)));
    expect(changes(floor)).toEqual(['created', 'limit-updated']);
    accepted(floor.exchange.setGroupLimit(me, at, lots(4)));
    expect(changes(floor)).toEqual(['created', 'limit-updated', 'limit-updated', 'triggered']);
    expect(restingOf(floor, me)).toBe(0);
  });

  test.each([0, 0.99, 1_000_000.01])('cannot be %d contracts', (limit) => {
    const { floor, me, at } = set(10);
    expect(refusal(floor.exchange.createGroup(me, { limit: lots(limit), subaccount: 0, shard: 0 }))).toContain('400 invalid_parameters');
    expect(refusal(floor.exchange.setGroupLimit(me, at, quantity(lots(limit))))).toContain('400 invalid_parameters');
  });
});

describe('trigger, reset and delete', () => {
  test('a trigger cancels without any fill; a reset opens the group again with an empty count', () => {
    const { floor, me, taker, group, at } = set(10);
    floor.place(me, 'bid', 40, 10, { group });
    floor.ioc(taker, 'ask', 40, 9);
    accepted(floor.exchange.triggerGroup(me, at));
    expect(floor.reasons(me).at(-1)).toBe('Decrease');
    accepted(floor.exchange.resetGroup(me, at));
    floor.place(me, 'bid', 40, 10, { group });
    floor.ioc(taker, 'ask', 40, 9);
    expect(changes(floor)).toEqual(['created', 'triggered', 'reset']);
    expect(restingOf(floor, me)).toBe(1);
  });

  test('a second trigger of a triggered group says nothing', () => {
    const { floor, me, at } = set(10);
    accepted(floor.exchange.triggerGroup(me, at));
    accepted(floor.exchange.triggerGroup(me, at));
    expect(changes(floor)).toEqual(['created', 'triggered']);
  });

  test('a delete cancels and forgets: the group is unknown from then on', () => {
    const { floor, me, group, at } = set(10);
    floor.place(me, 'bid', 40, 10, { group });
    accepted(floor.exchange.deleteGroup(me, at));
    expect(restingOf(floor, me)).toBe(0);
    expect(floor.exchange.group(me, group)).toBeNull();
    expect(refusal(floor.exchange.deleteGroup(me, at))).toBe('404 not_found');
    expect(refusal(floor.send(me, 'bid', 40, 1, { group }))).toBe('404 not_found');
  });
});

describe('a group lives on one shard and one subaccount', () => {
  test('calls that name another find nothing', () => {
    const { floor, me, taker, at } = set(10);
    for (const wrong of [{ subaccount: 1 }, { shard: 2 }]) {
      expect(refusal(floor.exchange.triggerGroup(me, { ...at, ...wrong }))).toBe('404 not_found');
      expect(refusal(floor.exchange.resetGroup(me, { ...at, ...wrong }))).toBe('404 not_found');
      expect(refusal(floor.exchange.setGroupLimit(me, { ...at, ...wrong }, lots(5)))).toBe('404 not_found');
    }
    expect(refusal(floor.exchange.triggerGroup(taker, at))).toBe('404 not_found');
  });

  test('orders of another shard or subaccount cannot join', () => {
    const { floor, me, group } = set(10);
    expect(refusal(floor.send(me, 'bid', 40, 1, { group, ticker: COIN }))).toBe('404 not_found');
    expect(refusal(floor.send(me, 'bid', 40, 1, { group, subaccount: 1 }))).toBe('404 not_found');
  });

  test('a shard that does not exist has no groups', () => {
    const { floor, me } = set(10);
    expect(refusal(floor.exchange.createGroup(me, { limit: lots(5), subaccount: 0, shard: 9 }))).toBe('404 not_found');
  });
});

test('an amended order stays in its group, and a trigger during its own fills cancels it', () => {
  const { floor, me, taker, group } = set(5);
  const { orderId } = floor.place(me, 'bid', 40, 20, { group });
  floor.place(taker, 'ask', 50, 6);
  const amended = floor.exchange.amendOrder(me, {
    orderId,
    subaccount: 0,
    shard: null,
    ticker: floor.request('bid', 1, 1).ticker,
    side: 'bid',
    price: floor.request('bid', 50, 1).price,
    total: lots(20),
    clientOrderId: null,
    updatedClientOrderId: null,
  });
  expect(accepted(amended)).toMatchObject({ filled: lots(6), remaining: 0 });
  expect(changes(floor)).toEqual(['created', 'triggered']);
  expect(floor.exchange.order(me, orderId)?.status).toBe('canceled');
});
