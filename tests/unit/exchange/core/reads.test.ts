import { describe, expect, test } from 'vitest';
import { epochUs, later, millis, seconds } from '../../../../src/domain/units.js';
import { A, accepted, B, COIN, EVENT, Floor, lots, nth, SERIES, START } from './floor.js';

describe('reads lag behind the matching engine', () => {
  const lagging = (min: number, max: number): Floor => new Floor({ settings: { readLag: { min: millis(min), max: millis(max) } } });

  test('a cancelled order still rests in the reads for as long as the lag, though a second cancel is a 404 at once', () => {
    const floor = lagging(500, 500);
    const me = floor.account();
    floor.pass(1);
    const { orderId } = floor.place(me, 'bid', 40, 1);
    expect(floor.exchange.order(me, orderId)).toBeNull();
    floor.pass(1);
    accepted(floor.exchange.cancelOrder(me, floor.address(orderId)));
    floor.pass(0.36);
    expect(floor.exchange.order(me, orderId)?.status).toBe('resting');
    expect(floor.exchange.cancelOrder(me, floor.address(orderId)).ok).toBe(false);
    floor.pass(0.139999);
    expect(floor.exchange.order(me, orderId)?.status).toBe('resting');
    floor.pass(0.000001);
    expect(floor.exchange.order(me, orderId)?.status).toBe('canceled');
  });

  test('orders, fills, positions, balance and groups all stand as of the stated time', () => {
    const floor = lagging(1000, 1000);
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 10);
    floor.pass(5);
    floor.ioc(me, 'bid', 50, 10);
    floor.place(me, 'bid', 10, 10);
    accepted(floor.exchange.createGroup(me, { limit: lots(1), subaccount: 0, shard: 0 }));
    const seen = (): unknown => [
      floor.exchange.orders(me).length,
      floor.exchange.fills(me).length,
      floor.position(me),
      floor.cash(me),
      floor.held(me),
      floor.exchange.groups(me).length,
    ];
    floor.pass(0.999);
    expect(floor.exchange.userDataTimestamp(me)).toBe(later(START, millis(4999)));
    expect(seen()).toEqual([0, 0, 0, 1000, 0, 0]);
    floor.pass(0.001);
    expect(floor.exchange.userDataTimestamp(me)).toBe(later(START, seconds(5)));
    expect(seen()).toEqual([2, 1, 10, 994.825, 1, 1]);
  });

  test('a drawn lag stays within its bounds, varies, and never shows an older state than before', () => {
    const floor = lagging(100, 900);
    const me = floor.account();
    floor.pass(10);
    let last = epochUs(0);
    const lags = new Set<number>();
    for (let i = 0; i < 200; i++) {
      floor.pass(1);
      const asOf = floor.exchange.userDataTimestamp(me);
      expect(asOf).toBeGreaterThanOrEqual(last);
      expect(floor.exchange.now - asOf).toBeGreaterThanOrEqual(millis(100));
      expect(floor.exchange.now - asOf).toBeLessThanOrEqual(millis(900));
      lags.add(floor.exchange.now - asOf);
      last = asOf;
    }
    expect(lags.size).toBeGreaterThan(100);
  });

  test('public reads do not lag', () => {
    const floor = lagging(5000, 5000);
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 10);
    floor.ioc(me, 'bid', 50, 4);
    expect(floor.book().asks).toEqual([[50, 6]]);
    expect(floor.exchange.trades()).toHaveLength(1);
    expect(floor.exchange.market(A)?.ticks).toMatchObject({ last: 5000, volume: lots(4), openInterest: lots(4) });
  });
});

describe('filters', () => {
  const busy = (): { floor: Floor; me: ReturnType<Floor['account']> } => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 10);
    floor.place(other, 'ask', 50, 10, { ticker: COIN });
    floor.place(me, 'bid', 40, 1);
    floor.pass(10);
    floor.ioc(me, 'bid', 50, 1);
    floor.ioc(me, 'bid', 50, 2, { ticker: COIN });
    floor.ioc(me, 'bid', 30, 1, { ticker: B });
    return { floor, me };
  };

  test('of orders', () => {
    const { floor, me } = busy();
    const count = (filter: Parameters<Floor['exchange']['orders']>[1]): number => floor.exchange.orders(me, filter).length;
    expect(count({})).toBe(4);
    expect(count({ ticker: A })).toBe(2);
    expect(count({ status: 'resting' })).toBe(1);
    expect(count({ status: 'executed' })).toBe(2);
    expect(count({ status: 'canceled' })).toBe(1);
    expect(count({ events: [EVENT] })).toBe(3);
    expect(count({ shard: 2 })).toBe(1);
    expect(count({ subaccount: 1 })).toBe(0);
    expect(count({ since: later(START, seconds(1)) })).toBe(3);
    expect(count({ until: later(START, seconds(1)) })).toBe(1);
  });

  test('orders and fills come newest first', () => {
    const { floor, me } = busy();
    expect(floor.exchange.orders(me).map((order) => order.ticker)).toEqual([B, COIN, A, A]);
    expect(floor.exchange.fills(me).map((fill) => fill.ticker)).toEqual([COIN, A]);
  });

  test('of fills and positions', () => {
    const { floor, me } = busy();
    expect(floor.exchange.fills(me, { tickers: [A, B] })).toHaveLength(1);
    expect(floor.exchange.fills(me, { shard: 2 })).toHaveLength(1);
    expect(floor.exchange.fills(me, { until: START })).toHaveLength(0);
    expect(floor.exchange.fills(me, { orderId: nth(floor.exchange.orders(me, { ticker: COIN }), 0).orderId })).toHaveLength(1);
    expect(floor.exchange.positions(me, { event: EVENT }).markets).toMatchObject([{ ticker: A, quantity: lots(1) }]);
    expect(floor.exchange.positions(me).events).toMatchObject([
      { event: EVENT, quantity: lots(1), cost: 500_000, exposure: 500_000 },
      { event: 'KXCOIN-26NOV21', quantity: lots(2), cost: 1_000_000 },
    ]);
  });

  test('done orders leave the list after two weeks, resting ones stay', () => {
    const floor = new Floor();
    const me = floor.account();
    floor.exchange.act({ type: 'move-close', ticker: A, closesAt: later(START, seconds(30 * 24 * 3600)) });
    floor.place(me, 'bid', 40, 1);
    floor.ioc(me, 'bid', 40, 1);
    floor.pass(14 * 24 * 3600);
    expect(floor.exchange.orders(me)).toHaveLength(2);
    floor.pass(1);
    expect(floor.exchange.orders(me)).toMatchObject([{ status: 'resting' }]);
  });
});

test('only so many done orders and fills are kept, but every resting order', () => {
  const floor = new Floor({ settings: { historyKept: 40 } });
  const [me, other] = [floor.account(), floor.account()];
  const resting = floor.place(me, 'bid', 10, 1);
  floor.place(other, 'ask', 50, 200);
  for (let i = 0; i < 200; i++) floor.ioc(me, 'bid', 50, 1);
  expect(floor.exchange.orders(me).length).toBeLessThanOrEqual(52);
  expect(floor.exchange.orders(me).length).toBeGreaterThanOrEqual(40);
  expect(floor.exchange.fills(me).length).toBeLessThanOrEqual(50);
  expect(floor.exchange.order(me, resting.orderId)?.status).toBe('resting');
  expect(floor.exchange.orders(me, { status: 'resting' })).toHaveLength(1);
});

describe('queue positions', () => {
  test('count better prices and earlier orders at the own price', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'bid', 42, 5);
    floor.place(other, 'bid', 40, 7);
    const mine = floor.place(me, 'bid', 40, 1);
    floor.place(other, 'bid', 40, 9);
    floor.place(other, 'bid', 39, 9);
    expect(floor.exchange.queuePosition(me, mine.orderId)).toEqual({ orderId: mine.orderId, ticker: A, ahead: lots(12) });
    floor.ioc(floor.account(), 'ask', 40, 6);
    expect(floor.exchange.queuePositions(me)).toEqual([{ orderId: mine.orderId, ticker: A, ahead: lots(6) }]);
    expect(floor.exchange.queuePosition(other, mine.orderId)).toBeNull();
    expect(floor.exchange.queuePositions(me, { subaccount: 3 })).toEqual([]);
  });

  test('by switch cover shard 0 only', () => {
    const floor = new Floor({ switches: { queuePositionsOnAllShards: false } });
    const me = floor.account();
    floor.place(me, 'bid', 40, 1, { ticker: COIN });
    const mine = floor.place(me, 'bid', 40, 1);
    expect(floor.exchange.queuePositions(me).map((queue) => queue.orderId)).toEqual([mine.orderId]);
  });
});

describe('public reads', () => {
  test('name series, events and markets with the terms in force', () => {
    const floor = new Floor();
    floor.exchange.act({ type: 'series-fees', series: SERIES, fees: { type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 } });
    expect(floor.exchange.seriesOf(SERIES)?.fees).toEqual({ type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 });
    expect(floor.exchange.market(A)?.fees).toEqual({ type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 });
    floor.exchange.act({ type: 'override-fees', event: EVENT, override: { type: null, multiplierMicros: 0 } });
    expect(floor.exchange.market(B)?.fees).toEqual({ type: 'quadratic_with_maker_fees', multiplierMicros: 0 });
    expect(floor.exchange.events().map((event) => event.markets)).toEqual([[A, B], [COIN]]);
    expect(floor.exchange.series()).toHaveLength(2);
    expect(floor.exchange.market(COIN)?.shard).toBe(2);
  });

  test('trades come newest first, within times, and only so many are kept', () => {
    const floor = new Floor({ settings: { tradesKept: 5 } });
    const [me, other] = [floor.account(), floor.account()];
    for (let i = 0; i < 20; i++) {
      floor.place(other, 'ask', 50, 1, { ticker: i % 4 === 0 ? B : A });
      floor.ioc(me, 'bid', 50, 1, { ticker: i % 4 === 0 ? B : A });
      floor.pass(1);
    }
    expect(floor.exchange.trades().map((trade) => (trade.at - START) / 1e6)).toEqual([19, 18, 17, 16, 15, 14, 12, 8, 4, 0]);
    expect(floor.exchange.trades({ ticker: B }).map((trade) => (trade.at - START) / 1e6)).toEqual([16, 12, 8, 4, 0]);
    expect(floor.exchange.trades({ ticker: A, since: later(START, seconds(18)) })).toHaveLength(2);
  });

  test('the day’s volume forgets what is older than a day', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.exchange.act({ type: 'move-close', ticker: A, closesAt: later(START, seconds(90 * 3600)) });
    floor.place(other, 'ask', 50, 10);
    floor.ioc(me, 'bid', 50, 4);
    floor.pass(20 * 3600);
    floor.ioc(me, 'bid', 50, 3);
    expect(floor.exchange.market(A)).toMatchObject({ volume24h: lots(7), ticks: { volume: lots(7) } });
    floor.pass(10 * 3600);
    expect(floor.exchange.market(A)).toMatchObject({ volume24h: lots(3), ticks: { volume: lots(7) } });
  });
});
