import { describe, expect, test } from 'vitest';
import type { TradeView } from '../../../../src/exchange/core/types.js';
import { A, accepted, cents, Floor, lots, refusal } from './floor.js';

const trades = (floor: Floor): [number, number, string][] =>
  floor.exchange
    .trades({ ticker: A })
    .toReversed()
    .map((trade: TradeView) => [trade.price / 100, trade.quantity / 100, trade.takerSide]);

describe('price-time priority', () => {
  test('better prices trade first, then earlier orders, at the resting price', () => {
    const floor = new Floor();
    const [one, two, taker] = [floor.account(), floor.account(), floor.account()];
    const late = floor.place(one, 'ask', 51, 5);
    const first = floor.place(one, 'ask', 50, 5);
    const second = floor.place(two, 'ask', 50, 5);
    const answer = floor.place(taker, 'bid', 55, 8);
    expect(trades(floor)).toEqual([
      [50, 5, 'bid'],
      [50, 3, 'bid'],
    ]);
    expect(answer).toMatchObject({ filled: lots(8), remaining: lots(0), averagePrice: 500_000 });
    expect(floor.exchange.order(one, first.orderId)?.status).toBe('executed');
    expect(floor.exchange.order(two, second.orderId)?.remaining).toBe(lots(2));
    expect(floor.exchange.order(one, late.orderId)?.remaining).toBe(lots(5));
    expect(floor.book()).toEqual({
      bids: [],
      asks: [
        [50, 2],
        [51, 5],
      ],
    });
  });

  test('what a taker leaves unfilled rests at its own price', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'bid', 40, 3);
    expect(floor.place(taker, 'ask', 39, 10)).toMatchObject({ filled: lots(3), remaining: lots(7), averagePrice: 400_000 });
    expect(floor.book()).toEqual({ bids: [], asks: [[39, 7]] });
  });

  test('the average price of a sweep is per contract and weighted', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'bid', 40, 1);
    floor.place(maker, 'bid', 39, 2);
    expect(floor.ioc(taker, 'ask', 30, 3).averagePrice).toBe(393_333);
  });

  test('hundredths of a contract trade exactly', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 17, 5.52);
    expect(floor.ioc(taker, 'bid', 17, 0.01)).toMatchObject({ filled: 1, remaining: 0 });
    expect(floor.book().asks).toEqual([[17, 5.51]]);
  });
});

describe('immediate or cancel', () => {
  test('takes what is there and leaves nothing', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 52, 3);
    const answer = floor.ioc(taker, 'bid', 99, 10);
    expect(answer).toMatchObject({ filled: lots(3), remaining: 0 });
    expect(floor.exchange.order(taker, answer.orderId)).toMatchObject({
      status: 'canceled',
      initial: lots(10),
      filled: lots(3),
      remaining: 0,
    });
    expect(floor.book()).toEqual({ bids: [], asks: [] });
  });

  test('without anything to take answers with zeros, or by switch with a 409', () => {
    const lenient = new Floor();
    expect(lenient.ioc(lenient.account(), 'bid', 50, 1)).toMatchObject({ filled: 0, remaining: 0, averagePrice: null, averageFee: null });
    const strict = new Floor({ switches: { iocWithoutFill: 'refuse' } });
    expect(refusal(strict.send(strict.account(), 'bid', 50, 1, { timeInForce: 'immediate-or-cancel' }))).toBe(
      '409 immediate_or_cancel_insufficient_resting_volume',
    );
  });
});

describe('fill or kill', () => {
  const fok = { timeInForce: 'fill-or-kill' } as const;

  test('fills completely over several levels', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 3);
    floor.place(maker, 'ask', 51, 3);
    expect(floor.place(taker, 'bid', 51, 6, fok)).toMatchObject({ filled: lots(6), remaining: 0 });
  });

  test('is killed with 409 when a hundredth is missing, and burns its client id', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 3);
    floor.place(maker, 'ask', 52, 9);
    const request = { ...floor.request('bid', 51, 3.01, fok) };
    expect(refusal(floor.exchange.createOrder(taker, request))).toBe('409 fill_or_kill_insufficient_resting_volume');
    expect(floor.book().asks).toEqual([
      [50, 3],
      [52, 9],
    ]);
    expect(refusal(floor.exchange.createOrder(taker, { ...request, quantity: lots(1) }))).toBe('409 order_already_exists');
  });

  test('behaves as immediate or cancel when an own order is in its way', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 2);
    floor.place(taker, 'ask', 51, 9);
    expect(floor.place(taker, 'bid', 51, 5, fok)).toMatchObject({ filled: lots(2), remaining: 0 });
    expect(floor.book().asks).toEqual([[51, 9]]);
  });
});

describe('post-only', () => {
  test.each([
    ['bid', 51, 50],
    ['bid', 50, 50],
    ['ask', 49, 50],
    ['ask', 50, 50],
  ] as const)('a %s at %i against the opposite best at %i is refused and rests nowhere', (side, at, opposite) => {
    const floor = new Floor();
    const [maker, other] = [floor.account(), floor.account()];
    floor.place(maker, side === 'bid' ? 'ask' : 'bid', opposite, 1);
    expect(refusal(floor.send(other, side, at, 1, { postOnly: true }))).toBe('400 invalid_order: post only cross');
    expect(floor.exchange.trades()).toEqual([]);
    expect(floor.exchange.orders(other, { status: 'resting' })).toEqual([]);
  });

  test('one tick away it rests', () => {
    const floor = new Floor();
    floor.place(floor.account(), 'ask', 50, 1);
    expect(floor.place(floor.account(), 'bid', 49, 1, { postOnly: true }).remaining).toBe(lots(1));
  });

  test('the refused order leaves a cancelled record and burns its id, unless the switch says otherwise', () => {
    for (const record of [true, false]) {
      const floor = new Floor({ switches: { postOnlyCrossRecord: record } });
      const other = floor.account();
      floor.place(floor.account(), 'ask', 50, 1);
      const request = floor.request('bid', 50, 1, { postOnly: true });
      floor.exchange.createOrder(other, request);
      expect(floor.reasons(other)).toEqual(record ? ['PostOnlyCrossCancel'] : []);
      const again = floor.exchange.createOrder(other, { ...request, price: cents(49) });
      expect(again.ok ? 'accepted' : again.refusal.code).toBe(record ? 'order_already_exists' : 'accepted');
    }
  });
});

describe('self-trade prevention', () => {
  test('taker at cross: fills before the meeting stand, the incoming rest dies, the resting order stays', () => {
    const floor = new Floor();
    const [other, me] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 2);
    const mine = floor.place(me, 'ask', 51, 4);
    expect(floor.place(me, 'bid', 52, 10)).toMatchObject({ filled: lots(2), remaining: 0 });
    expect(floor.exchange.order(me, mine.orderId)).toMatchObject({ status: 'resting', remaining: lots(4) });
    expect(floor.book()).toEqual({ bids: [], asks: [[51, 4]] });
    expect(floor.reasons(me).at(-1)).toBe('SelfTradeCancel');
  });

  test('maker: the resting own order is cancelled and matching goes on behind it', () => {
    const floor = new Floor();
    const [other, me] = [floor.account(), floor.account()];
    const mine = floor.place(me, 'ask', 50, 4);
    floor.place(other, 'ask', 51, 3);
    expect(floor.place(me, 'bid', 52, 5, { selfTrade: 'maker' })).toMatchObject({ filled: lots(3), remaining: lots(2) });
    expect(floor.exchange.order(me, mine.orderId)).toMatchObject({
      status: 'canceled',
      remaining: 0,
      initial: lots(4),
      reason: 'SelfTradeCancel',
    });
    expect(floor.book()).toEqual({ bids: [[52, 2]], asks: [] });
  });

  test('own means the same user, also across subaccounts', () => {
    const floor = new Floor();
    const me = floor.account();
    accepted(
      floor.exchange.transfer(me, {
        transferId: 't',
        from: { shard: 0, subaccount: 0 },
        to: { shard: 0, subaccount: 7 },
        amount: floor.exchange.balance(me, { shard: 0 }).balance,
      }),
    );
    floor.exchange.deposit(me, 0, floor.exchange.balance(me, { shard: 2 }).balance);
    floor.place(me, 'ask', 50, 4, { subaccount: 7 });
    expect(floor.place(me, 'bid', 50, 4)).toMatchObject({ filled: 0, remaining: 0 });
  });
});

describe('reduce-only', () => {
  const reduce = { reduceOnly: true } as const;

  test('stops at a flat position', () => {
    const floor = new Floor();
    const [other, me] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 5);
    floor.ioc(me, 'bid', 50, 5);
    floor.place(other, 'bid', 48, 20);
    expect(floor.ioc(me, 'ask', 40, 12, reduce)).toMatchObject({ filled: lots(5), remaining: 0 });
    expect(floor.position(me)).toBe(0);
    expect(floor.reasons(me).at(-1)).toBe('ReduceOnlyCancel');
  });

  test('closes a short position from the bid side', () => {
    const floor = new Floor();
    const [other, me] = [floor.account(), floor.account()];
    floor.place(other, 'bid', 50, 5);
    floor.ioc(me, 'ask', 50, 3);
    floor.place(other, 'ask', 55, 20);
    expect(floor.ioc(me, 'bid', 60, 9, reduce).filled).toBe(lots(3));
    expect(floor.position(me)).toBe(0);
  });

  test('in the wrong direction takes nothing, or by switch is refused', () => {
    for (const [mode, code] of [
      ['cancel', 'filled 0'],
      ['refuse', 'invalid_order'],
    ] as const) {
      const floor = new Floor({ switches: { reduceOnlyWithoutPosition: mode } });
      floor.place(floor.account(), 'ask', 50, 5);
      const answer = floor.send(floor.account(), 'bid', 50, 5, { timeInForce: 'immediate-or-cancel', ...reduce });
      expect(answer.ok ? `filled ${answer.filled}` : answer.refusal.code).toBe(code);
      expect(floor.exchange.trades()).toEqual([]);
    }
  });
});
