import { describe, expect, test } from 'vitest';
import { ticker } from '../../../../src/domain/ids.js';
import { epochUs, later, seconds } from '../../../../src/domain/units.js';
import { gridOf } from '../../../../src/exchange/core/grids.js';
import { thursdayPause } from '../../../../src/exchange/core/thursday.js';
import { A, accepted, B, cents, COIN, EVENT, Floor, lots, refusal, refused, settingsOf, START } from './floor.js';

const status = (floor: Floor): string | undefined => floor.exchange.market(A)?.status;
const told = (floor: Floor): string[] => floor.events.flatMap((event) => (event.type === 'lifecycle' ? [event.change] : []));

describe('a market’s life', () => {
  test('opens at its time, without a lifecycle message', () => {
    const floor = new Floor({ opensAfter: 10 });
    const me = floor.account();
    expect(status(floor)).toBe('initialized');
    expect(refusal(floor.send(me, 'bid', 40, 1))).toBe('400 market_inactive');
    floor.pass(10);
    expect(status(floor)).toBe('active');
    floor.place(me, 'bid', 40, 1);
    expect(told(floor)).toEqual([]);
  });

  test('after the close every order call is refused, cancels too, and resting orders go shortly after', () => {
    const floor = new Floor();
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 10);
    floor.pass(3600);
    expect(status(floor)).toBe('closed');
    expect(refusal(floor.send(me, 'bid', 40, 1))).toBe('400 market_inactive');
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(orderId)))).toBe('400 market_inactive');
    expect(refusal(floor.exchange.decreaseOrder(me, { ...floor.address(orderId), reduceTo: lots(1) }))).toBe('400 market_inactive');
    expect(accepted(floor.exchange.cancelAll(me, null)).count).toBe(0);
    expect(floor.exchange.order(me, orderId)?.status).toBe('resting');
    floor.pass(2);
    expect(floor.exchange.order(me, orderId)).toMatchObject({ status: 'canceled', reason: 'CloseCancel' });
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(orderId)))).toBe('400 market_inactive');
  });

  test('with a known result it is determined after the delay and finalized after the settlement timer', () => {
    const floor = new Floor({ result: { kind: 'yes' } });
    floor.pass(3600 + 99);
    expect(status(floor)).toBe('closed');
    floor.pass(1);
    expect(status(floor)).toBe('determined');
    expect(floor.exchange.market(A)).toMatchObject({ result: 'yes', settlementValue: 10_000, settledAt: null });
    floor.pass(59);
    expect(status(floor)).toBe('determined');
    floor.pass(1);
    expect(status(floor)).toBe('finalized');
    expect(told(floor).filter((change) => change === 'determined' || change === 'settled')).toHaveLength(6);
  });

  test('without a known result it stays closed until it is determined', () => {
    const floor = new Floor();
    floor.pass(7200);
    expect(status(floor)).toBe('closed');
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'no' } });
    floor.pass(60);
    expect(status(floor)).toBe('finalized');
  });

  test('a dispute stops the timer; the corrected result starts it again', () => {
    const floor = new Floor({ result: { kind: 'yes' } });
    floor.pass(3710);
    floor.exchange.act({ type: 'dispute', ticker: A });
    floor.pass(600);
    expect(status(floor)).toBe('disputed');
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'no' } });
    expect(status(floor)).toBe('amended');
    floor.pass(60);
    expect(floor.exchange.market(A)).toMatchObject({ status: 'finalized', result: 'no', settlementValue: 0 });
  });

  test('determined while it trades, it closes at once', () => {
    const floor = new Floor();
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 10);
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'yes' } });
    expect(floor.exchange.order(me, orderId)?.reason).toBe('CloseCancel');
    floor.pass(4000);
    expect(status(floor)).toBe('finalized');
  });

  test('the close moves earlier and later, and a closed market opens again empty', () => {
    const floor = new Floor();
    const me = floor.account();
    floor.exchange.act({ type: 'move-close', ticker: A, closesAt: later(START, seconds(100)) });
    floor.place(me, 'bid', 40, 1);
    floor.pass(100);
    expect(status(floor)).toBe('closed');
    floor.exchange.act({ type: 'move-close', ticker: A, closesAt: later(START, seconds(500)) });
    expect(status(floor)).toBe('active');
    expect(floor.book().bids).toEqual([]);
    floor.place(me, 'bid', 41, 1);
    floor.pass(10);
    expect(floor.book().bids).toEqual([[41, 1]]);
    floor.pass(390);
    expect(status(floor)).toBe('closed');
    expect(told(floor)).toEqual(['close-date-updated', 'close-date-updated', 'activated']);
  });

  test('a market that is listed later is told as created and can be traded', () => {
    const floor = new Floor();
    const listing = settingsOf().world.markets[0];
    if (listing === undefined) throw new Error('the test world has markets');
    const fresh = ticker('KXTEST-26NOV21-D');
    floor.exchange.act({ type: 'list', market: { ...listing, ticker: fresh } });
    expect(told(floor)).toEqual(['created']);
    floor.place(floor.account(), 'bid', 40, 1, { ticker: fresh });
    expect(floor.exchange.event(EVENT)?.markets).toContain(fresh);
  });
});

describe('deactivation', () => {
  test('refuses new orders, lets cancels through, and reactivation cancels all that rested', () => {
    const floor = new Floor();
    const me = floor.account();
    const [kept, gone] = [floor.place(me, 'bid', 40, 1), floor.place(me, 'bid', 39, 1)];
    floor.exchange.act({ type: 'deactivate', ticker: A });
    expect(refusal(floor.send(me, 'bid', 40, 1))).toBe('409 trading_is_paused');
    accepted(floor.exchange.cancelOrder(me, floor.address(gone.orderId)));
    expect(floor.exchange.order(me, kept.orderId)?.status).toBe('resting');
    floor.exchange.act({ type: 'activate', ticker: A });
    expect(floor.exchange.order(me, kept.orderId)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' });
    floor.place(me, 'bid', 40, 1);
    expect(told(floor)).toEqual(['deactivated', 'activated']);
  });

  test('by switch also refuses cancels', () => {
    const floor = new Floor({ switches: { cancelWhileInactive: false } });
    const me = floor.account();
    const { orderId } = floor.place(me, 'bid', 40, 1);
    floor.exchange.act({ type: 'deactivate', ticker: A });
    expect(refusal(floor.exchange.cancelOrder(me, floor.address(orderId)))).toBe('409 trading_is_paused');
  });

  test('cancels orders with cancel_order_on_pause only where the switch says so', () => {
    for (const marketPauseCancels of [true, false]) {
      const floor = new Floor({ switches: { marketPauseCancels } });
      const me = floor.account();
      const { orderId } = floor.place(me, 'bid', 40, 1, { cancelOnPause: true });
      floor.exchange.act({ type: 'deactivate', ticker: A });
      expect(floor.exchange.order(me, orderId)?.status).toBe(marketPauseCancels ? 'canceled' : 'resting');
    }
  });
});

describe('pauses', () => {
  const calls = (floor: Floor): string[] => {
    const me = floor.account();
    const orders = [1, 2, 3].map((c) => floor.place(me, 'bid', c, 2).orderId);
    return ['pause-trading', 'pause-exchange'].flatMap((type) => {
      floor.exchange.act({ type: type as 'pause-trading', shard: 0, resumesAt: null });
      const [first, second, third] = orders;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three orders were placed');
      const codes = [
        floor.send(me, 'bid', 4, 1),
        floor.exchange.amendOrder(me, {
          ...floor.address(first),
          ticker: A,
          side: 'bid',
          price: cents(5),
          total: lots(2),
          clientOrderId: null,
          updatedClientOrderId: null,
        }),
        floor.exchange.decreaseOrder(me, { ...floor.address(second), reduceBy: lots(1) }),
        floor.exchange.cancelOrder(me, floor.address(type === 'pause-trading' ? third : second)),
      ].map((answer) => (answer.ok ? 'ok' : answer.refusal.code));
      floor.exchange.act({ type: type === 'pause-trading' ? 'resume-trading' : 'resume-exchange', shard: 0 });
      return codes;
    });
  };

  test('a trading pause takes cancels and decreases only, an exchange pause takes nothing', () => {
    expect(calls(new Floor())).toEqual([
      'trading_is_paused',
      'trading_is_paused',
      'ok',
      'ok',
      'exchange_is_paused',
      'exchange_is_paused',
      'exchange_is_paused',
      'exchange_is_paused',
    ]);
    expect(calls(new Floor({ switches: { decreaseWhilePaused: false } }))[2]).toBe('trading_is_paused');
  });

  test('resting orders stay, those with cancel_order_on_pause go', () => {
    for (const type of ['pause-trading', 'pause-exchange'] as const) {
      const floor = new Floor();
      const me = floor.account();
      const [stays, goes] = [floor.place(me, 'bid', 40, 1), floor.place(me, 'bid', 40, 1, { cancelOnPause: true })];
      floor.exchange.act({ type, shard: null, resumesAt: null });
      expect(floor.exchange.order(me, stays.orderId)?.status).toBe('resting');
      expect(floor.exchange.order(me, goes.orderId)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' });
    }
  });

  test('are per shard, and the status says so', () => {
    const floor = new Floor();
    const me = floor.account();
    const resumesAt = later(START, seconds(60));
    floor.exchange.act({ type: 'pause-trading', shard: 2, resumesAt });
    floor.exchange.schedule(resumesAt, { type: 'resume-trading', shard: 2 });
    floor.place(me, 'bid', 40, 1, { ticker: B });
    expect(refused(floor.send(me, 'bid', 40, 1, { ticker: COIN }))).toEqual({
      status: 409,
      code: 'trading_is_paused',
      message: 'trading is paused',
    });
    expect(floor.exchange.exchangeStatus()).toMatchObject([
      { shard: 0, tradingActive: true },
      { shard: 2, tradingActive: false, exchangeActive: true, resumesAt },
    ]);
    floor.pass(60);
    floor.place(me, 'bid', 40, 1, { ticker: COIN });
  });

  test('an exchange pause refuses cancel-all', () => {
    const floor = new Floor();
    floor.exchange.act({ type: 'pause-exchange', shard: null, resumesAt: null });
    expect(refusal(floor.exchange.cancelAll(floor.account(), null))).toBe('409 exchange_is_paused');
  });
});

describe('the weekly pause', () => {
  test.each([
    ['2026-11-21T15:00:00Z', '2026-11-26T08:00:00Z'],
    ['2026-11-26T07:59:59Z', '2026-11-26T08:00:00Z'],
    ['2026-11-26T08:00:00Z', '2026-12-03T08:00:00Z'],
    ['2026-07-01T00:00:00Z', '2026-07-02T07:00:00Z'],
    ['2026-03-05T09:00:00Z', '2026-03-12T07:00:00Z'],
    ['2026-10-29T08:00:00Z', '2026-11-05T08:00:00Z'],
  ])('after %s it is at %s for two hours', (after, from) => {
    const pause = thursdayPause(epochUs(Date.parse(after) * 1000));
    expect(new Date(pause.from / 1000).toISOString()).toBe(from.replace('Z', '.000Z'));
    expect(pause.to - pause.from).toBe(seconds(7200));
  });

  test('comes and goes by itself, week after week', () => {
    const floor = new Floor({ settings: { weeklyPause: true } });
    const active = (iso: string): boolean | undefined => {
      floor.exchange.advance(epochUs(Date.parse(iso) * 1000));
      return floor.exchange.exchangeStatus()[0]?.tradingActive;
    };
    expect(['2026-11-26T07:59:00Z', '2026-11-26T08:00:00Z', '2026-11-26T10:00:00Z', '2026-12-03T09:00:00Z'].map(active)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

test('an exchange that starts within the weekly pause starts paused', () => {
  const startAt = epochUs(Date.parse('2026-11-26T09:00:00Z') * 1000);
  const floor = new Floor({ startAt, settings: { weeklyPause: true } });
  floor.exchange.advance(startAt);
  expect(refusal(floor.send(floor.account(), 'bid', 40, 1))).toBe('409 trading_is_paused');
  floor.exchange.advance(epochUs(Date.parse('2026-11-26T09:59:59Z') * 1000));
  expect(floor.exchange.exchangeStatus()[0]?.tradingActive).toBe(false);
  floor.exchange.advance(epochUs(Date.parse('2026-11-26T10:00:00Z') * 1000));
  expect(floor.exchange.exchangeStatus()[0]?.tradingActive).toBe(true);
});

test('a finer grid leaves resting orders in their place and admits the new prices', () => {
  const floor = new Floor();
  const [me, other] = [floor.account(), floor.account()];
  const mine = floor.place(me, 'bid', 40, 10);
  floor.place(other, 'bid', 40, 10);
  expect(refusal(floor.send(me, 'bid', 40.5, 1))).toBe('400 invalid_price');
  floor.exchange.act({
    type: 'change-grid',
    ticker: A,
    structure: 'center_half_edge_half_cent',
    grid: gridOf('center_half_edge_half_cent'),
  });
  expect(floor.exchange.queuePosition(me, mine.orderId)?.ahead).toBe(0);
  floor.place(me, 'bid', 40.5, 1);
  expect(floor.book().bids).toEqual([
    [40.5, 1],
    [40, 20],
  ]);
  expect(told(floor)).toEqual(['price-levels-updated']);
});

test('time cannot go back, and acts that make no sense are faults of the caller', () => {
  const floor = new Floor();
  floor.pass(10);
  expect(() => floor.exchange.advance(START)).toThrow('time cannot go back');
  expect(() => floor.exchange.act({ type: 'activate', ticker: A })).toThrow('cannot be activated');
  expect(() => floor.exchange.act({ type: 'dispute', ticker: A })).toThrow('cannot be disputed');
});
