import { describe, expect, test } from 'vitest';
import { clientOrderId, ticker, venueOrderId, type VenueOrderId } from '../../../../src/domain/ids.js';
import { later, seconds } from '../../../../src/domain/units.js';
import type { AmendOrder } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { A, accepted, B, cents, COIN, Floor, lots, refusal, START } from './floor.js';

const amend = (orderId: VenueOrderId, c: number, total: number, changes: Partial<AmendOrder> = {}): AmendOrder => ({
  orderId,
  subaccount: 0,
  shard: null,
  ticker: A,
  side: 'bid',
  price: cents(c),
  total: lots(total),
  clientOrderId: null,
  updatedClientOrderId: null,
  ...changes,
});

/** Two bids at 40 of two accounts, ours first. */
const queue = (): { floor: Floor; me: AccountId; other: AccountId; mine: VenueOrderId; theirs: VenueOrderId } => {
  const floor = new Floor();
  const [me, other] = [floor.account(), floor.account()];
  const mine = floor.place(me, 'bid', 40, 10).orderId;
  const theirs = floor.place(other, 'bid', 40, 10).orderId;
  return { floor, me, other, mine, theirs };
};

const ahead = (floor: Floor, account: AccountId, id: VenueOrderId): number =>
  (floor.exchange.queuePosition(account, id)?.ahead ?? Number.NaN) / 100;

describe('amend and the queue', () => {
  test('a smaller size keeps the place', () => {
    const { floor, me, mine } = queue();
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 40, 6)))).toMatchObject({ remaining: lots(6), sizeChanged: true, filled: 0 });
    expect(ahead(floor, me, mine)).toBe(0);
    expect(floor.book().bids).toEqual([[40, 16]]);
  });

  test('a larger size goes to the back, with one change of the level', () => {
    const { floor, me, other, mine, theirs } = queue();
    floor.events.length = 0;
    accepted(floor.exchange.amendOrder(me, amend(mine, 40, 12)));
    expect(ahead(floor, me, mine)).toBe(10);
    expect(ahead(floor, other, theirs)).toBe(0);
    expect(floor.events.flatMap((event) => (event.type === 'book' ? [event.change] : []))).toEqual([lots(2)]);
  });

  test('another price goes to the back of the new level, with a removal and an addition', () => {
    const { floor, me, other, mine } = queue();
    floor.place(other, 'bid', 41, 3);
    floor.events.length = 0;
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 41, 10)))).toMatchObject({ sizeChanged: false, remaining: lots(10) });
    expect(ahead(floor, me, mine)).toBe(3);
    const changes = floor.events.flatMap((event) => (event.type === 'book' ? [[event.price / 100, event.change / 100]] : []));
    expect(changes).toEqual([
      [40, -10],
      [41, 10],
    ]);
    expect(floor.reasons(me).at(-1)).toBe('Amend');
  });

  test('only another expiry keeps the place, and the order then lives as long as stated last', () => {
    const { floor, me, mine } = queue();
    const [soon, late] = [later(START, seconds(10)), later(START, seconds(30))];
    accepted(floor.exchange.amendOrder(me, amend(mine, 40, 10, { expiresAt: soon })));
    accepted(floor.exchange.amendOrder(me, amend(mine, 40, 10, { expiresAt: late })));
    expect(ahead(floor, me, mine)).toBe(0);
    floor.pass(20);
    expect(floor.exchange.order(me, mine)).toMatchObject({ status: 'resting', expiresAt: late });
    floor.pass(10);
    expect(floor.exchange.order(me, mine)).toMatchObject({ status: 'canceled', reason: 'ExpiryCancel' });
  });

  test('null takes an expiry away, an omitted one keeps it', () => {
    const floor = new Floor();
    const me = floor.account();
    const until = later(START, seconds(10));
    const [kept, freed] = [floor.place(me, 'bid', 40, 1, { expiresAt: until }), floor.place(me, 'bid', 40, 1, { expiresAt: until })];
    accepted(floor.exchange.amendOrder(me, amend(kept.orderId, 39, 1)));
    accepted(floor.exchange.amendOrder(me, amend(freed.orderId, 40, 1, { expiresAt: null })));
    floor.pass(20);
    expect(floor.exchange.order(me, kept.orderId)?.status).toBe('canceled');
    expect(floor.exchange.order(me, freed.orderId)?.status).toBe('resting');
  });
});

describe('amend and size', () => {
  test('count is the total: filled plus wanted remaining', () => {
    const { floor, me, other, mine } = queue();
    floor.ioc(other, 'ask', 40, 4);
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 40, 9)))).toMatchObject({ remaining: lots(5), filled: 0 });
    expect(floor.exchange.order(me, mine)).toMatchObject({ initial: lots(9), filled: lots(4), remaining: lots(5) });
  });

  test('a total that is filled already cancels the rest, or by switch is refused', () => {
    for (const mode of ['cancel', 'refuse'] as const) {
      const floor = new Floor({ switches: { amendToFilled: mode } });
      const [me, other] = [floor.account(), floor.account()];
      const { orderId } = floor.place(me, 'bid', 40, 10);
      floor.ioc(other, 'ask', 40, 4);
      const answer = floor.exchange.amendOrder(me, amend(orderId, 40, 4));
      expect(answer.ok ? answer.remaining : answer.refusal.code).toBe(mode === 'cancel' ? 0 : 'invalid_order_size');
      expect(floor.exchange.order(me, orderId)?.status).toBe(mode === 'cancel' ? 'canceled' : 'resting');
    }
  });

  test('a price across the book fills at once and rests with what is left', () => {
    const { floor, me, other, mine } = queue();
    floor.place(other, 'ask', 45, 3);
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 46, 10)))).toMatchObject({
      filled: lots(3),
      remaining: lots(7),
      averagePrice: 450_000,
      sizeChanged: true,
    });
    expect(floor.book().bids[0]).toEqual([46, 7]);
    expect(floor.position(me)).toBe(3);
  });

  test('it may fill completely, and is then executed', () => {
    const { floor, me, other, mine } = queue();
    floor.place(other, 'ask', 45, 30);
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 45, 10)))).toMatchObject({ filled: lots(10), remaining: 0 });
    expect(floor.exchange.order(me, mine)?.status).toBe('executed');
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(mine)))).toBe('404 not_found');
  });

  test('moved onto an own order it dies there under taker-at-cross', () => {
    const { floor, me, mine } = queue();
    floor.place(me, 'ask', 45, 3);
    expect(accepted(floor.exchange.amendOrder(me, amend(mine, 45, 10)))).toMatchObject({ filled: 0, remaining: 0, sizeChanged: true });
    expect(floor.exchange.order(me, mine)).toMatchObject({ status: 'canceled', reason: 'SelfTradeCancel' });
    expect(floor.book().asks).toEqual([[45, 3]]);
  });
});

describe('amend of a post-only order across the book', () => {
  test.each([
    ['refuse', 'invalid_order', 'resting'],
    ['cancel', 'invalid_order', 'canceled'],
    ['fill', 'filled', 'executed'],
  ] as const)('%s', (mode, outcome, status) => {
    const floor = new Floor({ switches: { amendPostOnlyCross: mode } });
    const [me, other] = [floor.account(), floor.account()];
    const { orderId } = floor.place(me, 'bid', 40, 2, { postOnly: true });
    floor.place(other, 'ask', 45, 2);
    const answer = floor.exchange.amendOrder(me, amend(orderId, 45, 2));
    expect(answer.ok ? 'filled' : answer.refusal.code).toBe(outcome);
    expect(floor.exchange.order(me, orderId)?.status).toBe(status);
  });
});

describe('amend is refused', () => {
  const cases: [why: string, changes: Partial<AmendOrder>, expected: string][] = [
    ['for an unknown order', { orderId: venueOrderId('none') }, '404 not_found'],
    ['from another subaccount', { subaccount: 1 }, '404 not_found'],
    ['on another shard', { shard: 2 }, '404 not_found'],
    ['for the other side', { side: 'ask' }, '400 order_side_mismatch'],
    ['for another market', { ticker: B }, '400 order_ticker_mismatch'],
    ['with a foreign client id', { clientOrderId: clientOrderId('other') }, '400 order_id_and_client_order_id_mismatch'],
    ['off the grid', { price: cents(40.5) }, '400 invalid_price'],
    ['to no size', { total: lots(0) }, '400 invalid_order_size'],
    ['to a past expiry', { expiresAt: START }, '400 invalid_order: Expiration timestamp must be in the future'],
    ['to a used client id', { updatedClientOrderId: clientOrderId('used') }, '409 order_already_exists'],
    ['beyond the collateral', { total: lots(100_000) }, '400 insufficient_balance'],
  ];
  test.each(cases)('%s, and the order stays as it was', (_why, changes, expected) => {
    const floor = new Floor();
    const me = floor.account();
    floor.place(me, 'bid', 10, 1, { clientOrderId: clientOrderId('used') });
    const { orderId } = floor.place(me, 'bid', 40, 10, { clientOrderId: clientOrderId('mine') });
    expect(refusal(floor.exchange.amendOrder(me, amend(orderId, 41, 10, changes)))).toBe(expected);
    expect(floor.exchange.order(me, orderId)).toMatchObject({ price: cents(40), remaining: lots(10), clientOrderId: 'mine' });
  });
});

test('an amend can give the order a new client id, and both stay taken', () => {
  const floor = new Floor();
  const me = floor.account();
  const [old, fresh] = [clientOrderId('old'), clientOrderId('fresh')];
  const { orderId } = floor.place(me, 'bid', 40, 1, { clientOrderId: old });
  const answer = accepted(floor.exchange.amendOrder(me, amend(orderId, 41, 1, { clientOrderId: old, updatedClientOrderId: fresh })));
  expect(answer.clientOrderId).toBe(fresh);
  for (const clientOrderId of [old, fresh])
    expect(refusal(floor.send(me, 'bid', 40, 1, { clientOrderId }))).toBe('409 order_already_exists');
});

describe('decrease', () => {
  test.each([
    [{ reduceBy: lots(4) }, 6],
    [{ reduceTo: lots(4) }, 4],
    [{ reduceBy: lots(10) }, 0],
    [{ reduceBy: lots(99) }, 0],
    [{ reduceTo: lots(0) }, 0],
  ])('%o leaves %d, in the same place', (how, left) => {
    const { floor, me, mine } = queue();
    expect(accepted(floor.exchange.decreaseOrder(me, { ...floor.address(mine), ...how })).remaining).toBe(lots(left));
    expect(floor.book().bids).toEqual([[40, 10 + left]]);
    if (left > 0) expect(ahead(floor, me, mine)).toBe(0);
    expect(floor.exchange.order(me, mine)).toMatchObject({
      initial: lots(10),
      status: left > 0 ? 'resting' : 'canceled',
      reason: 'Decrease',
    });
  });

  test.each([[{ reduceTo: lots(10) }], [{ reduceTo: lots(11) }], [{ reduceBy: lots(0) }], [{ reduceBy: lots(-1) }]])(
    '%o is no decrease',
    (how) => {
      const { floor, me, mine } = queue();
      expect(refusal(floor.exchange.decreaseOrder(me, { ...floor.address(mine), ...how }))).toBe('400 invalid_order_size');
    },
  );
});

describe('cancel', () => {
  test('takes the order out and says by how much', () => {
    const { floor, me, other, mine, theirs } = queue();
    floor.ioc(other, 'ask', 40, 4, { selfTrade: 'maker' });
    expect(accepted(floor.exchange.cancelOrder(me, floor.address(mine))).reducedBy).toBe(lots(6));
    expect(floor.exchange.order(me, mine)).toMatchObject({ status: 'canceled', initial: lots(10), filled: lots(4), remaining: 0 });
    expect(ahead(floor, other, theirs)).toBe(0);
  });

  test('of a dead, foreign or unknown order is a 404', () => {
    const { floor, me, other, mine } = queue();
    expect(refusal(floor.exchange.cancelOrder(other, floor.address(mine)))).toBe('404 not_found');
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(mine, { subaccount: 1 })))).toBe('404 not_found');
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(venueOrderId('none'))))).toBe('404 not_found');
    accepted(floor.exchange.cancelOrder(me, floor.address(mine)));
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(mine)))).toBe('404 not_found');
  });

  test.each([
    ['by market', { shard: null, ticker: COIN }, true],
    ['by shard', { shard: 2, ticker: null }, true],
    ['by the wrong shard', { shard: 0, ticker: null }, false],
    ['by a market of another shard', { shard: null, ticker: A }, false],
    ['by an unknown market', { shard: null, ticker: ticker('KXNONE') }, false],
    ['not at all', { shard: null, ticker: null }, false],
  ])('of an order on shard 2 that is routed %s', (_how, route, found) => {
    const floor = new Floor();
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 1, { ticker: COIN });
    expect(floor.exchange.cancelOrder(me, floor.address(orderId, route)).ok).toBe(found);
  });

  test('an unrouted cancel finds every shard where the switch says so', () => {
    const floor = new Floor({ switches: { unroutedOrderCalls: 'every-shard' } });
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 1, { ticker: COIN });
    expect(floor.exchange.cancelOrder(me, floor.address(orderId, { ticker: null })).ok).toBe(true);
  });

  test('in a batch answers item by item', () => {
    const { floor, me, mine } = queue();
    const answers = floor.exchange.cancelOrders(me, [floor.address(mine), floor.address(mine)]);
    expect(answers.map((answer) => (answer.ok ? answer.reducedBy : answer.refusal.code))).toEqual([lots(10), 'not_found']);
  });
});

describe('cancel all', () => {
  const resting = (floor: Floor, account: AccountId): number => floor.exchange.orders(account, { status: 'resting' }).length;

  test('takes every order of the account on every shard, and nobody else’s', () => {
    const { floor, me, other } = queue();
    floor.place(me, 'ask', 60, 1, { ticker: COIN });
    expect(accepted(floor.exchange.cancelAll(me, null)).count).toBe(2);
    expect([resting(floor, me), resting(floor, other)]).toEqual([0, 1]);
  });

  test('of one subaccount leaves the others', () => {
    const { floor, me } = queue();
    expect(accepted(floor.exchange.cancelAll(me, 3)).count).toBe(0);
    expect(resting(floor, me)).toBe(1);
  });

  test.each([
    ['spare', 1, 1],
    ['sweep', 1, 0],
    ['every-order', 0, 0],
  ] as const)('with the tail "%s": of an order placed at once %d rest, and %d a minute later', (cancelAllTail, atOnce, later) => {
    const floor = new Floor({ switches: { cancelAllTail } });
    const me = floor.account();
    accepted(floor.exchange.cancelAll(me, null));
    floor.place(me, 'bid', 40, 1);
    expect(resting(floor, me)).toBe(atOnce);
    floor.pass(60);
    expect(resting(floor, me)).toBe(later);
    floor.place(me, 'bid', 40, 1);
    floor.pass(60);
    expect(resting(floor, me)).toBe(later + 1);
  });
});
