import { describe, expect, test } from 'vitest';
import { HandshakeRefusedError } from '../../../src/connector/feed-errors.js';
import { SESSION_DEFAULTS, playbackSettings } from '../../../src/connector/session-types.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { later, millis, seconds } from '../../../src/domain/units.js';
import { aMarket, SessionBench } from '../../support/stream.js';

const A = marketIndex(0);
const B = marketIndex(1);

/** Subscription ids follow the order of subscribing: private first, books last. */
const SID = { fill: 1, user_orders: 2, market_positions: 3, order_group_updates: 4, market_lifecycle_v2: 5, trade: 6, orderbook_delta: 7 };
const BOOK = SID.orderbook_delta;

const snapshot = (
  seq: number,
  market = 'M-A',
  yes: string[][] = [['0.4000', '10.00']],
  no: string[][] = [['0.5000', '5.00']],
): unknown => ({
  type: 'orderbook_snapshot',
  sid: BOOK,
  seq,
  msg: { market_ticker: market, market_id: 'x', yes_dollars_fp: yes, no_dollars_fp: no },
});
const delta = (seq: number, market = 'M-A', msg: Record<string, unknown> = {}): unknown => ({
  type: 'orderbook_delta',
  sid: BOOK,
  seq,
  msg: { market_ticker: market, market_id: 'x', price_dollars: '0.4000', delta_fp: '1.00', side: 'yes', ...msg },
});

/** Open, subscribed, both books live after snapshots 1 and 2. */
const running = (settings: Partial<typeof SESSION_DEFAULTS> = {}): SessionBench => {
  const bench = new SessionBench(settings);
  bench.open();
  bench.now = later(bench.now, millis(300));
  bench.frame(snapshot(1));
  bench.frame(snapshot(2, 'M-B'));
  bench.take();
  return bench;
};

describe('connecting', () => {
  test('asks for every channel by a command of its own, books last with use_yes_price pinned, and no books without markets', () => {
    const bench = new SessionBench({ noSide: 'yes-price', ticker: true });
    bench.step({ type: 'start', at: bench.now });
    expect(bench.take().actions).toEqual([{ type: 'connect' }]);
    bench.step({ type: 'opened', at: bench.now });
    expect(bench.sent()).toEqual([
      { id: 1, cmd: 'subscribe', params: { channels: ['fill'] } },
      { id: 2, cmd: 'subscribe', params: { channels: ['user_orders'] } },
      { id: 3, cmd: 'subscribe', params: { channels: ['market_positions'] } },
      { id: 4, cmd: 'subscribe', params: { channels: ['order_group_updates'] } },
      { id: 5, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } },
      { id: 6, cmd: 'subscribe', params: { channels: ['trade'], market_tickers: ['M-A', 'M-B'] } },
      { id: 7, cmd: 'subscribe', params: { channels: ['ticker'], market_tickers: ['M-A', 'M-B'], send_initial_snapshot: true } },
      { id: 8, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: ['M-A', 'M-B'], use_yes_price: true } },
    ]);
    const empty = new SessionBench({ privateMessages: 'count', lifecycle: false, noSide: 'no-price' }, []);
    empty.step({ type: 'start', at: empty.now });
    empty.step({ type: 'opened', at: empty.now });
    expect(empty.sent()).toEqual([]);
    expect(empty.session.up).toBe(true);
  });

  test('is up only when books and own fills and orders are subscribed', () => {
    const bench = new SessionBench();
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    const reply = (id: number, channel: string): void => bench.frame({ type: 'subscribed', id, msg: { channel, sid: id } });
    reply(7, 'orderbook_delta');
    reply(1, 'fill');
    expect(bench.take().facts).toEqual([]);
    reply(2, 'user_orders');
    expect(bench.take().facts).toEqual([{ type: 'feed-up', at: bench.now }]);
  });

  test('gives up a connection that does not open and waits with full jitter, longer each time', () => {
    const bench = new SessionBench();
    bench.step({ type: 'start', at: bench.now });
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const failedAt = bench.now;
      bench.step({ type: 'lost', at: bench.now, reason: 'refused' });
      bench.take();
      while (bench.take().actions.every((action) => action.type !== 'connect')) bench.pass(0.1);
      waits.push(Math.round((bench.now - failedAt) / 100_000) / 10);
    }
    // Half of 0.5 s doubled, since chance says 0.5; never above half of 30 s; rounded up to a tick.
    expect(waits).toEqual([0.3, 0.5, 1, 2, 4, 8, 15, 15, 15]);
    bench.pass(10.1);
    expect(bench.actions.at(0)).toEqual({ type: 'disconnect' });
    expect(bench.session.counters.reconnects).toBe(9);
  });

  test('a refused handshake is reported at once and retried slowly', () => {
    const bench = new SessionBench();
    bench.step({ type: 'start', at: bench.now });
    const error = new HandshakeRefusedError('host', 401, 'NOT_FOUND');
    bench.step({ type: 'refused', at: bench.now, error });
    expect(bench.take().actions).toContainEqual({ type: 'failed', error });
    bench.pass(29.9);
    expect(bench.take().actions).toEqual([]);
    bench.pass(0.2);
    expect(bench.take().actions).toEqual([{ type: 'connect' }]);
  });

  test('replaces a connection on which a subscription is never answered', () => {
    const bench = new SessionBench();
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    for (let i = 0; i < 101; i++) {
      bench.step({ type: 'heard', at: bench.now });
      bench.pass(0.1);
    }
    expect(bench.actions).toContainEqual({ type: 'disconnect' });
    expect(bench.reports().map((report) => report.text)).toContainEqual(expect.stringContaining('no reply to the subscription of fill'));
  });

  test('a required channel that is refused costs the connection; an optional one only itself', () => {
    const refuse = (id: number): SessionBench => {
      const bench = new SessionBench();
      bench.step({ type: 'start', at: bench.now });
      bench.step({ type: 'opened', at: bench.now });
      bench.frame({ type: 'error', id, msg: { code: 9, msg: 'Authentication required' } });
      return bench;
    };
    expect(refuse(SID.fill).actions).toContainEqual({ type: 'disconnect' });
    const optional = refuse(SID.trade);
    optional.confirm();
    expect(optional.actions).not.toContainEqual({ type: 'disconnect' });
    expect(optional.session.up).toBe(true);
    expect(optional.reports()[0]?.text).toBe('the exchange answered error 9 (Authentication required) about trade subscribe');
  });

  test('stops for good', () => {
    const bench = running();
    bench.step({ type: 'stop', at: bench.now });
    expect(bench.take()).toMatchObject({
      facts: [
        { type: 'feed-down', reason: 'stopped' },
        { type: 'book-lost', market: A },
        { type: 'book-lost', market: B },
      ],
      actions: [{ type: 'disconnect' }],
    });
    bench.frame(delta(3));
    bench.pass(60);
    expect(bench.take()).toEqual({ facts: [], actions: [] });
  });
});

describe('books', () => {
  test('a snapshot and its deltas become facts in YES terms; what arrived together ends with one batch-end', () => {
    const bench = new SessionBench();
    bench.open();
    bench.take();
    bench.frame(snapshot(1));
    bench.frame(delta(2));
    bench.frame(delta(3, 'M-A', { side: 'no', price_dollars: '0.5000', delta_fp: '-5.00', ts_ms: 1795296000400 }));
    bench.step({ type: 'read-end', at: bench.now });
    bench.step({ type: 'read-end', at: bench.now });
    expect(bench.facts).toEqual([
      {
        type: 'book-snapshot',
        at: bench.now,
        market: A,
        bids: [{ price: 4000, quantity: 1000 }],
        asks: [{ price: 5000, quantity: 500 }],
        exchangeAt: 0,
      },
      { type: 'book-delta', at: bench.now, market: A, side: 'bid', price: 4000, change: 100, exchangeAt: 0 },
      { type: 'book-delta', at: bench.now, market: A, side: 'ask', price: 5000, change: -500, exchangeAt: 1795296000400000 },
      { type: 'batch-end', at: bench.now },
    ]);
  });

  test('deltas before their snapshot are dropped', () => {
    const bench = new SessionBench();
    bench.open();
    bench.take();
    bench.frame(delta(1));
    bench.frame(delta(2, 'M-B', { ts: 'not for the "scanner"', ts_ms: 1795296000400 }));
    expect(bench.facts).toEqual([]);
    expect(bench.session.counters).toMatchObject({ deltas: 0, deltasDropped: 2, gaps: 0 });
  });

  test('replies take numbers too', () => {
    const bench = running();
    bench.frame({ type: 'ok', id: 99, sid: BOOK, seq: 3, msg: { market_tickers: [] } });
    bench.frame(delta(4));
    bench.frame({ type: 'error', sid: BOOK, seq: 5, msg: { code: 11, msg: 'Invalid parameter' } });
    bench.frame(delta(6));
    expect(bench.session.counters).toMatchObject({ gaps: 0, deltas: 2, errors: 1 });
  });

  test('a missing number loses every book of the subscription and asks for them; their deltas wait for the snapshots', () => {
    const bench = running();
    bench.frame(delta(3));
    bench.frame(delta(5));
    bench.frame(delta(6, 'M-B'));
    expect(bench.facts).toMatchObject([
      { type: 'book-delta', market: A },
      { type: 'book-lost', market: A, reason: 'sequence-gap' },
      { type: 'book-lost', market: B, reason: 'sequence-gap' },
    ]);
    expect(bench.sent()).toMatchObject([
      { cmd: 'update_subscription', params: { sid: BOOK, action: 'get_snapshot', market_tickers: ['M-A', 'M-B'] } },
    ]);
    expect(bench.reports()[0]).toMatchObject({ code: 'SEQUENCE_GAP', text: expect.stringContaining('expected message 4, got 5') });
    bench.take();
    bench.frame({ type: 'ok', id: bench.session.counters.frames, sid: BOOK, seq: 7, msg: {} });
    bench.frame(snapshot(8, 'M-B'));
    bench.frame(delta(9, 'M-B'));
    bench.frame(delta(10));
    expect(bench.facts).toMatchObject([
      { type: 'book-snapshot', market: B },
      { type: 'book-delta', market: B },
    ]);
    expect(bench.session.counters).toMatchObject({ gaps: 1, deltasDropped: 3 });
  });

  test('repeats and stragglers change nothing', () => {
    const bench = running();
    bench.frame(delta(3));
    bench.take();
    bench.frame(delta(3));
    bench.frame(delta(1));
    bench.frame(snapshot(2));
    bench.frame({ type: 'ok', id: 1, sid: BOOK, seq: 3, msg: {} });
    expect(bench.take()).toEqual({ facts: [], actions: [] });
    expect(bench.session.counters).toMatchObject({ old: 4, gaps: 0 });
    bench.frame(delta(4));
    expect(bench.facts).toHaveLength(1);
  });

  test('a number that ran far ahead does not make the stream deaf for ever: old snapshots that were asked for replace the connection', () => {
    const bench = running();
    bench.frame(delta(900_000));
    bench.take();
    for (const seq of [4, 6]) bench.frame(snapshot(seq));
    expect(bench.actions).toEqual([]);
    bench.frame(snapshot(8, 'M-B'));
    expect(bench.actions).toContainEqual({ type: 'disconnect' });
    expect(
      bench
        .reports()
        .map((report) => report.text)
        .join(),
    ).toContain('snapshots that were asked for have old numbers');
  });

  test('a subscription that the exchange does not know is made anew on a new connection', () => {
    const bench = running();
    bench.step({ type: 'request-snapshot', at: bench.now, market: A });
    const [asked] = bench.sent();
    bench.take();
    bench.frame({ type: 'error', id: asked?.id, msg: { code: 7, msg: 'Unknown subscription ID' } });
    expect(bench.actions).toContainEqual({ type: 'disconnect' });
  });

  test('an unanswered request for a snapshot is repeated', () => {
    const bench = running();
    bench.frame(delta(9));
    bench.take();
    const quiet = (): void => bench.step({ type: 'heard', at: bench.now });
    for (let i = 0; i < 49; i++) {
      quiet();
      bench.pass(0.1);
    }
    expect(bench.sent()).toEqual([]);
    bench.pass(0.2);
    expect(bench.sent()).toMatchObject([{ params: { action: 'get_snapshot', market_tickers: ['M-A', 'M-B'] } }]);
  });

  test('a book that never comes is asked for less and less often', () => {
    const bench = running();
    bench.frame(delta(9));
    const asks: number[] = [];
    const began = bench.now;
    for (let i = 0; i < 4000; i++) {
      bench.step({ type: 'heard', at: bench.now });
      bench.pass(0.1);
      if (bench.sent().length > 0) asks.push(Math.round((bench.now - began) / 1_000_000));
      bench.take();
    }
    expect(asks).toEqual([0, 5, 15, 35, 75, 155, 235, 315, 395]);
  });

  test('gap upon gap does not become a storm of requests', () => {
    const bench = running();
    for (let i = 0; i < 100; i++) bench.frame(delta(10 + 2 * i));
    expect(bench.sent()).toHaveLength(1);
    bench.pass(0.3);
    expect(bench.sent()).toHaveLength(2);
  });

  test('the engine may ask for a snapshot; the present book goes on meanwhile', () => {
    const bench = running();
    bench.pass(1);
    bench.take();
    bench.step({ type: 'request-snapshot', at: bench.now, market: B });
    bench.step({ type: 'request-snapshot', at: bench.now, market: B });
    expect(bench.sent()).toMatchObject([{ params: { action: 'get_snapshot', market_tickers: ['M-B'] } }]);
    bench.frame(delta(3, 'M-B'));
    expect(bench.facts).toHaveLength(1);
  });

  test('where snapshots cannot be asked for, a new subscription brings them', () => {
    const bench = running();
    bench.step({ type: 'request-snapshot', at: bench.now, market: B });
    const id = bench.sent().at(-1)?.id;
    bench.take();
    bench.frame({ type: 'error', id, msg: { code: 13, msg: 'Unsupported action' } });
    expect(bench.facts).toMatchObject([{ type: 'book-lost', reason: 'subscription-ended' }, { type: 'book-lost' }]);
    expect(bench.sent()).toMatchObject([{ cmd: 'unsubscribe', params: { sids: [BOOK] } }]);
    bench.take();
    bench.frame(delta(3));
    expect(bench.session.counters.stray).toBe(1);
    bench.pass(1.1);
    expect(bench.sent()).toMatchObject([{ cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: ['M-A', 'M-B'] } }]);
  });

  test('a delta that cannot be read stops its own market only', () => {
    const bench = running();
    bench.frame(delta(3, 'M-B', { price_dollars: 'cheap' }));
    bench.frame(delta(4));
    bench.frame(delta(5, 'M-B'));
    expect(bench.facts).toMatchObject([
      { type: 'book-lost', market: B, reason: 'malformed' },
      { type: 'book-delta', market: A },
    ]);
    expect(bench.sent()).toEqual([]);
    expect(bench.reports()).toMatchObject([{ severity: 'error', code: 'MALFORMED_MESSAGE', text: expect.stringContaining('of M-B') }]);
    bench.pass(5);
    expect(bench.sent()).toMatchObject([{ params: { action: 'get_snapshot', market_tickers: ['M-B'] } }]);
  });

  test.each([
    ['whose market cannot be read', delta(3, 'M-B', { market_ticker: 7 })],
    ['without a number', { ...(delta(3) as object), seq: undefined }],
  ])('a delta %s stops what it may concern', (_name, frame) => {
    const bench = running();
    bench.frame(frame);
    expect(bench.facts[0]).toMatchObject({ type: 'book-lost', reason: 'malformed' });
  });

  test('messages on a subscription that is not ours are counted and ignored', () => {
    const bench = running();
    bench.frame({ ...(delta(3) as object), sid: 77 });
    bench.frame({ ...(delta(1) as object), sid: SID.trade });
    bench.frame({ ...(snapshot(2) as object), sid: SID.trade });
    bench.frame({ type: 'subscribed', id: 500, msg: { channel: 'orderbook_delta', sid: 77 } });
    expect(bench.take()).toEqual({ facts: [], actions: [] });
    expect(bench.session.counters.stray).toBe(4);
  });
});

describe('subscriptions that end', () => {
  test.each([10, 25])('error %i ends the book subscription: its books are lost, and it is asked for again', (code) => {
    const bench = running();
    bench.frame({ type: 'error', sid: BOOK, seq: 3, msg: { code, msg: 'over' } });
    expect(bench.facts).toMatchObject([
      { type: 'book-lost', market: A, reason: 'subscription-ended' },
      { type: 'book-lost', market: B, reason: 'subscription-ended' },
    ]);
    expect(bench.session.up).toBe(true);
    bench.take();
    bench.pass(1);
    const [command] = bench.sent();
    expect(command).toMatchObject({ cmd: 'subscribe', params: { channels: ['orderbook_delta'] } });
    bench.frame({ type: 'subscribed', id: command?.id, msg: { channel: 'orderbook_delta', sid: 70 } });
    bench.frame({ ...(snapshot(1) as object), sid: 70 });
    expect(bench.session.isLive(A)).toBe(true);
  });

  test('while we cannot see our fills the stream is down', () => {
    const bench = running();
    bench.frame({ type: 'error', sid: SID.fill, msg: { code: 25, msg: 'overflow' } });
    expect(bench.take().facts).toMatchObject([{ type: 'feed-down', reason: expect.stringContaining('error 25') }]);
    bench.pass(1);
    const command = bench.sent().at(-1);
    bench.frame({ type: 'subscribed', id: command?.id, msg: { channel: 'fill', sid: 71 } });
    expect(bench.take().facts).toMatchObject([{ type: 'feed-up' }]);
  });

  test('an ending that names no subscription costs the connection', () => {
    const bench = running();
    bench.frame({ type: 'error', msg: { code: 25, msg: 'overflow' } });
    expect(bench.actions).toContainEqual({ type: 'disconnect' });
  });

  test('other errors are reported, with the markets they name', () => {
    const bench = running();
    bench.frame({ type: 'error', id: 900, sid: BOOK, seq: 3, msg: { code: 26, msg: 'limit', market_ticker: 'M-B' } });
    expect(bench.take()).toEqual({
      facts: [],
      actions: [
        {
          type: 'report',
          severity: 'error',
          code: 'STREAM_ERROR',
          text: 'the exchange answered error 26 (limit) about orderbook_delta M-B',
        },
      ],
    });
  });
});

describe('silence and loss', () => {
  test('pings every two seconds, calls the stream silent after five, hears it again', () => {
    const bench = running();
    bench.pass(5);
    expect(bench.take()).toEqual({ facts: [], actions: [{ type: 'ping' }, { type: 'ping' }] });
    bench.pass(0.1);
    expect(bench.take().facts).toEqual([{ type: 'feed-silence', at: bench.now, silent: true }]);
    bench.step({ type: 'heard', at: bench.now });
    expect(bench.take().facts).toEqual([{ type: 'feed-silence', at: bench.now, silent: false }]);
    bench.pass(4);
    bench.frame(delta(3));
    bench.pass(4);
    expect(bench.take().facts).toMatchObject([{ type: 'book-delta' }]);
  });

  test('replaces a connection that stays silent; silence ends when the next one opens', () => {
    const bench = running();
    bench.pass(10.1);
    expect(bench.take()).toMatchObject({
      facts: [
        { type: 'feed-silence', silent: true },
        { type: 'feed-down', reason: 'nothing heard, not even a pong' },
        { type: 'book-lost', market: A, reason: 'disconnected' },
        { type: 'book-lost', market: B, reason: 'disconnected' },
      ],
    });
    bench.pass(1);
    expect(bench.take().actions).toContainEqual({ type: 'connect' });
    bench.step({ type: 'opened', at: bench.now });
    expect(bench.facts).toMatchObject([{ type: 'feed-silence', silent: false }]);
  });

  test('after a loss everything is subscribed anew and every book waits for its snapshot', () => {
    const bench = running();
    bench.pass(6 - 1);
    bench.step({ type: 'lost', at: bench.now, reason: 'closed with code 1006' });
    expect(bench.take().facts.map((fact) => fact.type)).toEqual(['feed-down', 'book-lost', 'book-lost']);
    bench.pass(0.3);
    bench.step({ type: 'opened', at: bench.now });
    bench.confirm();
    expect(bench.sent()).toHaveLength(7);
    bench.take();
    bench.frame(delta(1));
    bench.frame(snapshot(2));
    bench.frame(delta(3));
    expect(bench.facts).toMatchObject([
      { type: 'book-snapshot', market: A },
      { type: 'book-delta', market: A },
    ]);
    expect(bench.session.counters).toMatchObject({ reconnects: 1, gaps: 0 });
  });

  test('a connection after one that did not last counts as up only once it has proved stable', () => {
    const bench = running();
    const drop = (): void => {
      bench.step({ type: 'lost', at: bench.now, reason: 'flap' });
      while (bench.take().actions.every((action) => action.type !== 'connect')) bench.pass(0.1);
      bench.step({ type: 'opened', at: bench.now });
      bench.confirm();
    };
    bench.pass(1);
    drop();
    expect(bench.session.up).toBe(false);
    bench.pass(3);
    drop();
    bench.step({ type: 'heard', at: bench.now });
    bench.pass(4.9);
    expect(bench.session.up).toBe(false);
    bench.step({ type: 'heard', at: bench.now });
    bench.pass(0.2);
    expect(bench.session.up).toBe(true);
    drop();
    expect(bench.session.up).toBe(true);
  });

  test('the wait before reconnecting starts small again after a stable connection', () => {
    const bench = running();
    for (let i = 0; i < 5; i++) {
      bench.step({ type: 'lost', at: bench.now, reason: 'flap' });
      while (bench.take().actions.every((action) => action.type !== 'connect')) bench.pass(0.1);
      bench.step({ type: 'opened', at: bench.now });
      bench.confirm();
    }
    bench.pass(3);
    bench.step({ type: 'heard', at: bench.now });
    bench.pass(3);
    bench.step({ type: 'lost', at: bench.now, reason: 'gone' });
    expect(bench.reports().at(-1)?.text).toBe('connection lost: gone; next attempt (number 1) in 250 ms');
  });

  test.each([
    ['an unreadable frame', '{"type":"fi'],
    ['a fill that cannot be read', { type: 'fill', sid: SID.fill, msg: { market_ticker: 'M-A', trade_id: 't' } }],
    ['a reply that cannot be read', { type: 'error', id: 3, msg: 'no' }],
  ])('%s may hide a fill: the connection is replaced, so that everything is proven again', (_name, frame) => {
    const bench = running();
    bench.frame(frame);
    expect(bench.actions).toContainEqual({ type: 'disconnect' });
    expect(bench.facts[0]).toMatchObject({ type: 'feed-down' });
    expect(bench.reports()[0]).toMatchObject({ severity: 'error', code: 'MALFORMED_MESSAGE' });
    expect(bench.session.counters.malformed).toBe(1);
  });
});

describe('markets come and go', () => {
  const withC = (bench: SessionBench): void => {
    bench.register.add(aMarket('M-C'));
    bench.step({ type: 'add-markets', at: bench.now, markets: [marketIndex(2)] });
  };

  test('a new market is added to the subscriptions that have markets', () => {
    const bench = running();
    withC(bench);
    expect(bench.sent()).toMatchObject([
      { params: { sid: SID.trade, action: 'add_markets', market_tickers: ['M-C'] } },
      { params: { sid: BOOK, action: 'add_markets', market_tickers: ['M-C'] } },
    ]);
    bench.frame({ type: 'ok', id: 9, sid: BOOK, seq: 3, msg: { market_tickers: ['M-A', 'M-B', 'M-C'] } });
    bench.frame(snapshot(4, 'M-C'));
    bench.frame(delta(5, 'M-C'));
    expect(bench.facts).toMatchObject([{ type: 'book-snapshot', market: 2 }, { type: 'book-delta', market: 2 }]); // prettier-ignore
  });

  test('a market added while the subscription is on its way follows when it is there', () => {
    const bench = new SessionBench();
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    withC(bench);
    expect(bench.sent()).toHaveLength(7);
    bench.confirm();
    expect(bench.sent().slice(7)).toMatchObject([
      { params: { sid: SID.trade, action: 'add_markets', market_tickers: ['M-C'] } },
      { params: { sid: BOOK, action: 'add_markets', market_tickers: ['M-C'] } },
    ]);
  });

  test('a removed market is unsubscribed and heard no more', () => {
    const bench = running();
    bench.step({ type: 'remove-markets', at: bench.now, markets: [B] });
    expect(bench.sent()).toMatchObject([
      { params: { sid: SID.trade, action: 'delete_markets', market_tickers: ['M-B'] } },
      { params: { sid: BOOK, action: 'delete_markets', market_tickers: ['M-B'] } },
    ]);
    bench.frame(delta(3, 'M-B'));
    bench.frame(snapshot(4, 'M-B'));
    bench.frame(delta(6));
    expect(bench.facts).toMatchObject([{ type: 'book-lost', market: A }]);
    expect(bench.session.counters).toMatchObject({ foreign: 1, deltasDropped: 2 });
  });
});

describe('other messages', () => {
  const msg = (type: string, sid: number, body: Record<string, unknown>, seq?: number): unknown => ({ type, sid, seq, msg: body });
  const fill = { trade_id: 'f', order_id: 'o', market_ticker: 'M-B', is_taker: true, book_side: 'ask', yes_price_dollars: '0.4300', count_fp: '5.00', fee_cost: '0.01', ts: 1795296000, subaccount: 0 }; // prettier-ignore
  const order = { order_id: 'o', client_order_id: 'c', ticker: 'M-A', status: 'resting', book_side: 'bid', yes_price_dollars: '0.4300', initial_count_fp: '25.00', fill_count_fp: '5.00', remaining_count_fp: '20.00', subaccount_number: 0 }; // prettier-ignore

  test('private messages of our subaccount become facts', () => {
    const bench = running();
    bench.frame(msg('fill', SID.fill, fill));
    bench.frame(msg('user_order', SID.user_orders, order));
    bench.frame(msg('market_position', SID.market_positions, { market_ticker: 'M-A', position_fp: '-5.00', subaccount: 0 }));
    bench.frame(msg('order_group_updates', SID.order_group_updates, { event_type: 'triggered', order_group_id: 'g', ts_ms: 1 }, 1));
    expect(bench.facts).toMatchObject([
      {
        type: 'fill',
        source: 'stream',
        fill: { fillId: 'f', market: B, side: 'ask', price: 4300, quantity: 500, fee: 10_000, role: 'taker', positionAfter: null },
      },
      { type: 'order-update', order: { market: A, side: 'bid', remaining: 2000, status: 'resting' }, reason: null },
      { type: 'position-update', market: A, position: -500 },
      { type: 'order-group-update', group: 'g', change: 'triggered' },
    ]);
  });

  test('private messages of another subaccount or market are counted, not booked', () => {
    const bench = running();
    bench.frame(msg('fill', SID.fill, { ...fill, subaccount: 3 }));
    bench.frame(msg('fill', SID.fill, { ...fill, market_ticker: 'ELSE' }));
    bench.frame(msg('user_order', SID.user_orders, { ...order, subaccount_number: 1 }));
    expect(bench.facts).toEqual([]);
    expect(bench.session.counters.privateNotBooked).toBe(3);
  });

  test('when told to count only, private channels are not asked for and never booked', () => {
    const bench = new SessionBench({ privateMessages: 'count' });
    bench.open();
    expect(bench.sent().map((command) => (command.params['channels'] as string[])[0])).toEqual([
      'market_lifecycle_v2',
      'trade',
      'orderbook_delta',
    ]);
    expect(bench.session.up).toBe(true);
  });

  test('public trades are told with their aggressor; block trades took nothing from the book and are counted', () => {
    const bench = running();
    const trade = {
      trade_id: 't',
      market_ticker: 'M-A',
      yes_price_dollars: '0.5600',
      count_fp: '2.00',
      taker_book_side: 'bid',
      ts_ms: 1795296000400,
    };
    bench.frame(msg('trade', SID.trade, trade, 1));
    bench.frame(msg('trade', SID.trade, { ...trade, is_block_trade: true }, 2));
    bench.frame(msg('trade', SID.trade, { ...trade, market_ticker: 'ELSE' }, 3));
    expect(bench.facts).toEqual([
      { type: 'trade', at: bench.now, market: A, price: 5600, quantity: 200, takerSide: 'bid', exchangeAt: 1795296000400000 },
    ]);
    expect(bench.session.counters).toMatchObject({ trades: 1, blockTrades: 1, foreign: 1 });
  });

  test('a gap in trades is counted and said, and loses no book', () => {
    const bench = running();
    const life = { market_ticker: 'M-A', event_type: 'metadata_updated' };
    bench.frame(msg('market_lifecycle_v2', SID.market_lifecycle_v2, life, 1));
    bench.frame(msg('market_lifecycle_v2', SID.market_lifecycle_v2, life, 3));
    expect(bench.facts).toEqual([]);
    expect(bench.session.counters.gaps).toBe(1);
    expect(bench.reports()[0]?.text).toContain('read the markets over REST');
  });

  test.each([
    [{ event_type: 'deactivated' }, { status: 'inactive' }],
    [{ event_type: 'activated' }, { status: 'active' }],
    [{ event_type: 'close_date_updated', close_ts: 1795296000 }, { closesAt: 1795296000000000 }],
    [
      { event_type: 'determined', result: 'no' },
      { status: 'determined', settlesAt: 0 },
    ],
    [{ event_type: 'settled' }, { status: 'finalized' }],
    [
      { event_type: 'metadata_updated', strike_type: 'between', floor_strike: 95000, cap_strike: 95250 },
      { strike: { floor: 95000, floorStrict: false, cap: 95250, capStrict: false } },
    ],
  ])('lifecycle %j', (body, changed) => {
    const bench = running();
    bench.frame(msg('market_lifecycle_v2', SID.market_lifecycle_v2, { market_ticker: 'M-B', ...body }, 1));
    expect(bench.facts).toEqual([{ type: 'market-changed', at: bench.now, market: B, ...changed }]);
  });

  test('a price grid that cannot be read pauses its market', () => {
    const bench = running();
    const body = { market_ticker: 'M-B', event_type: 'price_level_structure_updated', price_ranges: [] };
    bench.frame(msg('market_lifecycle_v2', SID.market_lifecycle_v2, body, 1));
    expect(bench.facts).toEqual([{ type: 'market-changed', at: bench.now, market: B, status: 'inactive' }]);
    expect(bench.reports()[0]?.text).toContain('price_ranges of M-B');
  });

  test('new fees of an event reach its markets', () => {
    const bench = running();
    bench.register.add({ ...aMarket('M-B'), ticker: ticker('M-B'), event: aMarket('OTHER-E-1').event });
    const body = { event_ticker: 'OTHER-E', fee_type_override: 'flat', fee_multiplier_override: 0.5 };
    bench.frame(msg('event_fee_update', SID.market_lifecycle_v2, body, 1));
    expect(bench.facts).toEqual([{ type: 'market-changed', at: bench.now, market: B, fees: { type: 'flat', multiplierMicros: 500_000 } }]);
  });

  test('unknown types are counted and named once', () => {
    const bench = running();
    for (let i = 0; i < 3; i++) bench.frame({ type: 'weather', sid: BOOK, seq: 3 + i, msg: {} });
    bench.frame(delta(6));
    expect(bench.facts).toHaveLength(1);
    expect(bench.session.counters.unknownTypes).toBe(3);
    expect(bench.reports()).toHaveLength(1);
  });

  test('tickers are read and counted', () => {
    const bench = new SessionBench({ ticker: true });
    bench.open();
    const body = {
      market_ticker: 'M-A',
      price_dollars: '0.5',
      yes_bid_dollars: '0.4',
      yes_ask_dollars: '0.6',
      yes_bid_size_fp: '1.00',
      yes_ask_size_fp: '1.00',
    };
    bench.frame(msg('ticker', 7, body));
    expect(bench.session.counters.tickers).toBe(1);
  });
});

describe('playback', () => {
  test('sends nothing, watches no silence, and takes subscriptions as they were recorded', () => {
    const bench = new SessionBench(playbackSettings('no-price'));
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    bench.frame({ type: 'subscribed', id: 2, msg: { channel: 'orderbook_delta', sid: 1 } });
    bench.frame({ type: 'error', id: 2, msg: { code: 8, msg: 'Unknown channel name' } });
    bench.frame({ ...(snapshot(1) as object), sid: 1 });
    bench.pass(60);
    bench.frame({ ...(delta(3) as object), sid: 1 });
    expect(bench.facts.map((fact) => fact.type)).toEqual(['feed-up', 'book-snapshot', 'book-lost']);
    expect(bench.actions.filter((action) => action.type !== 'report')).toEqual([{ type: 'connect' }]);
  });

  test('a recording may begin in the middle, and hold several connections', () => {
    const bench = new SessionBench(playbackSettings('no-price'));
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    bench.frame(snapshot(500));
    bench.frame(delta(501));
    bench.frame({ type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: BOOK } });
    bench.frame(snapshot(1));
    bench.frame(delta(2));
    expect(bench.facts.map((fact) => fact.type)).toEqual([
      'feed-up',
      'book-snapshot',
      'book-delta',
      'book-lost',
      'book-snapshot',
      'book-delta',
    ]);
    expect(bench.session.counters.gaps).toBe(0);
  });

  test('a bad frame costs itself only', () => {
    const bench = new SessionBench(playbackSettings('no-price'));
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    bench.frame('{"type":');
    bench.frame(snapshot(1));
    expect(bench.facts.map((fact) => fact.type)).toEqual(['feed-up', 'book-snapshot']);
    expect(bench.session.counters.malformed).toBe(1);
  });
});

test('the defaults ping before they call silence, and call silence before they reconnect', () => {
  const { pingEvery, silenceAfter, reconnectAfter } = SESSION_DEFAULTS;
  expect([pingEvery, silenceAfter, reconnectAfter]).toEqual([seconds(2), seconds(5), seconds(10)]);
});
