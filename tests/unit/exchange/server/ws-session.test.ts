/** The session on its own, with a reader that can be made too slow. */
import { describe, expect, test } from 'vitest';
import { ticker, clientOrderId } from '../../../../src/domain/ids.js';
import { epochUs, price, quantity } from '../../../../src/domain/units.js';
import { defaultSettings } from '../../../../src/exchange/core/default-world.js';
import { Exchange } from '../../../../src/exchange/core/exchange.js';
import type { CreateOrder } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { WsSession, type SessionLimits } from '../../../../src/exchange/server/ws-session.js';
import type { Frame } from './client.js';

const LIMITS: SessionLimits = { marketsPerSubscription: 3, commandsPerSecond: 4 };

class Bench {
  readonly exchange = new Exchange(defaultSettings('ws', epochUs(1_795_262_400_000_000), { crowd: null }));
  readonly account: AccountId = this.exchange.openAccount({
    name: 'a',
    precision: 100 as never,
    deposits: [{ shard: 0, amount: 1_000_000_000 as never }],
  });
  readonly tickers = this.exchange.markets().map((market) => market.ticker);
  readonly frames: Frame[] = [];
  tooSlow = false;
  readonly session = new WsSession(
    { account: this.account, subaccount: null },
    { market: (name) => this.exchange.market(name), tickers: () => this.tickers, book: (name) => this.exchange.book(name) },
    LIMITS,
    (frame, kind) => {
      if (kind === 'data' && this.tooSlow) return false;
      this.frames.push(JSON.parse(frame) as Frame);
      return true;
    },
  );

  constructor() {
    this.exchange.onEvent((event) => this.session.publish(event, 0));
  }

  say(cmd: string, params: Record<string, unknown>, nowMs = 0): void {
    this.session.receive(JSON.stringify({ id: 1, cmd, params }), nowMs);
  }

  bid(changes: Partial<CreateOrder> = {}): void {
    this.exchange.createOrder(this.account, {
      ticker: this.tickers[0] ?? ticker(''),
      side: 'bid',
      price: price(4000),
      quantity: quantity(100),
      timeInForce: 'good-till-cancelled',
      selfTrade: 'taker-at-cross',
      clientOrderId: clientOrderId('mine'),
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
      cancelOnPause: false,
      group: null,
      subaccount: 0,
      shard: null,
      ...changes,
    });
  }
}

describe('a reader that is too slow', () => {
  test('loses the subscription that overflows, with error 25 in its numbering, and may subscribe again', () => {
    const bench = new Bench();
    bench.say('subscribe', { channels: ['orderbook_delta', 'user_orders'], market_tickers: [bench.tickers[0]] });
    bench.tooSlow = true;
    bench.bid();
    bench.tooSlow = false;
    bench.bid({ clientOrderId: clientOrderId('second') });
    bench.say('subscribe', { channels: ['orderbook_delta'], market_tickers: [bench.tickers[0]] });
    const errors = bench.frames.filter((frame) => frame.type === 'error').map((frame) => [frame.sid, frame.seq, frame.msg]);
    expect(errors).toEqual([
      [1, 2, { code: 25, msg: 'Subscription buffer overflow' }],
      [2, 1, { code: 25, msg: 'Subscription buffer overflow' }],
    ]);
    expect(bench.frames.at(-2)).toEqual({ type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 3 } });
    expect(bench.frames.at(-1)).toMatchObject({
      type: 'orderbook_snapshot',
      sid: 3,
      seq: 1,
      msg: { yes_dollars_fp: [['0.4000', '2.00']] },
    });
  });
});

describe('limits of a session', () => {
  test('more markets than a subscription may have are refused with code 26, at the start and later', () => {
    const bench = new Bench();
    bench.say('subscribe', { channels: ['orderbook_delta'], market_tickers: bench.tickers });
    bench.say('subscribe', { channels: ['orderbook_delta'], market_tickers: bench.tickers.slice(0, 3) });
    bench.say('update_subscription', { sid: 1, action: 'add_markets', market_tickers: bench.tickers });
    expect(bench.frames.filter((frame) => frame.type === 'error').map((frame) => frame.msg?.['code'])).toEqual([26, 26]);
  });

  test('more commands in a second than allowed are refused with code 27; the next second starts anew', () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) bench.say('subscribe', { channels: ['trade'] }, 500);
    bench.say('subscribe', { channels: ['trade'] }, 1600);
    expect(bench.frames.map((frame) => frame.msg?.['code'] ?? frame.type)).toEqual(['subscribed', 'ok', 'ok', 'ok', 27, 'ok']);
  });
});

test('a key locked to a subaccount hears nothing of its siblings', () => {
  const bench = new Bench();
  const heard: Frame[] = [];
  const locked = new WsSession(
    { account: bench.account, subaccount: 1 },
    { market: (name) => bench.exchange.market(name), tickers: () => bench.tickers, book: (name) => bench.exchange.book(name) },
    LIMITS,
    (frame) => heard.push(JSON.parse(frame) as Frame) > 0,
  );
  bench.exchange.onEvent((event) => locked.publish(event, 0));
  locked.receive(
    JSON.stringify({
      id: 1,
      cmd: 'subscribe',
      params: { channels: ['user_orders', 'orderbook_delta'], market_tickers: bench.tickers.slice(0, 1) },
    }),
    0,
  );
  bench.bid();
  expect(heard.filter((frame) => frame.type === 'user_order')).toEqual([]);
  expect(heard.filter((frame) => frame.type === 'orderbook_delta').map((frame) => frame.msg?.['client_order_id'])).toEqual([undefined]);
});
