import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Frame, Stream } from './client.js';
import { host, type Hosted } from './hosting.js';

let hosted: Hosted;
let me: Client;
let A: string;
let B: string;
beforeAll(async () => {
  hosted = await host({ accounts: [{}, {}] });
  me = hosted.clients[0];
  [A, B] = hosted.tickers;
});

const errorOf = (frame: Frame): unknown => [frame.type, frame.msg?.['code']];

describe('a command with a fault gets its error code', () => {
  test.each<[string, string | Record<string, unknown>, number]>([
    ['no JSON', 'hello', 1],
    ['no object', '[]', 1],
    ['no params', { id: 5, cmd: 'subscribe' }, 2],
    ['no channels', { id: 5, cmd: 'subscribe', params: {} }, 3],
    ['empty channels', { id: 5, cmd: 'subscribe', params: { channels: [] } }, 3],
    ['no sids', { id: 5, cmd: 'unsubscribe', params: {} }, 4],
    ['an unknown command', { id: 5, cmd: 'dance' }, 5],
    ['an unknown sid to end', { id: 5, cmd: 'unsubscribe', params: { sids: [99] } }, 7],
    [
      'an unknown sid to change',
      { id: 5, cmd: 'update_subscription', params: { sid: 99, action: 'add_markets', market_tickers: ['X'] } },
      7,
    ],
    ['an unknown channel', { id: 5, cmd: 'subscribe', params: { channels: ['ticker_v2'] } }, 8],
    ['a channel that is not simulated', { id: 5, cmd: 'subscribe', params: { channels: ['cfbenchmarks_value'] } }, 10],
    ['tickers that are no texts', { id: 5, cmd: 'subscribe', params: { channels: ['ticker'], market_tickers: [1] } }, 11],
    ['an unknown market', { id: 5, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_ticker: 'NOPE' } }, 11],
    [
      'two sids to change',
      { id: 5, cmd: 'update_subscription', params: { sids: [1, 2], action: 'add_markets', market_tickers: ['X'] } },
      12,
    ],
    ['an unsupported action', { id: 5, cmd: 'update_subscription', params: { sid: 1, action: 'dance', market_tickers: ['X'] } }, 13],
    ['a book without a market', { id: 5, cmd: 'subscribe', params: { channels: ['orderbook_delta'] } }, 14],
    ['a change without a market', { id: 5, cmd: 'update_subscription', params: { sid: 1, action: 'add_markets' } }, 14],
    ['no action', { id: 5, cmd: 'update_subscription', params: { sid: 1, market_tickers: ['X'] } }, 15],
    ['shard factor zero', { id: 5, cmd: 'subscribe', params: { channels: ['communications'], shard_factor: 0 } }, 19],
    ['a shard key without factor', { id: 5, cmd: 'subscribe', params: { channels: ['communications'], shard_key: 1 } }, 20],
    ['a shard key out of range', { id: 5, cmd: 'subscribe', params: { channels: ['communications'], shard_factor: 2, shard_key: 2 } }, 21],
    ['too large a shard factor', { id: 5, cmd: 'subscribe', params: { channels: ['communications'], shard_factor: 101 } }, 22],
  ])('%s: code %#', async (_name, command, code) => {
    const stream = await me.stream();
    stream.socket.send(typeof command === 'string' ? command : JSON.stringify(command));
    const frame = await stream.until((frames) => frames.find((one) => one.type === 'error'));
    expect([errorOf(frame), frame.id]).toEqual([['error', code], typeof command === 'string' ? undefined : 5]);
    stream.close();
  });

  test('one wrong channel among right ones spoils only itself, as recorded', async () => {
    const stream = await me.stream();
    const id = stream.command('subscribe', { channels: ['trade', 'nonsense', 'fill'] });
    await stream.until((frames) => frames.length === 3);
    expect(stream.frames).toEqual([
      { type: 'subscribed', id, msg: { channel: 'trade', sid: 1 } },
      { type: 'error', id, msg: { code: 8, msg: 'Unknown channel name' } },
      { type: 'subscribed', id, msg: { channel: 'fill', sid: 2 } },
    ]);
    stream.close();
  });
});

describe('subscriptions', () => {
  const open = async (params: Record<string, unknown>): Promise<Stream> => {
    const stream = await me.stream();
    await stream.reply(stream.command('subscribe', params));
    return stream;
  };
  /** After this, everything the exchange had to say before has arrived. */
  const settle = async (stream: Stream): Promise<void> => void (await stream.reply(stream.command('list_subscriptions')));

  test('every channel gets a sid of its own, and the list names them', async () => {
    const stream = await open({ channels: ['orderbook_delta', 'ticker', 'user_orders'], market_tickers: [A] });
    const list = await stream.reply(stream.command('list_subscriptions'));
    expect(list).toMatchObject({
      type: 'ok',
      msg: [
        { channel: 'orderbook_delta', sid: 1 },
        { channel: 'ticker', sid: 2 },
        { channel: 'user_orders', sid: 3 },
      ],
    });
    stream.close();
  });

  test('subscribing again adds markets to the same sid, says so with a number, and sends the new snapshots only', async () => {
    const stream = await open({ channels: ['orderbook_delta'], market_tickers: [B] });
    const ok = await stream.reply(stream.command('subscribe', { channels: ['orderbook_delta'], market_tickers: [A, B] }));
    await settle(stream);
    expect(ok).toMatchObject({ type: 'ok', sid: 1, seq: 2, msg: { market_tickers: [A, B].sort() } });
    expect(stream.ofType('orderbook_snapshot').map((frame) => [frame.seq, frame.msg?.['market_ticker']])).toEqual([
      [1, B],
      [3, A],
    ]);
    stream.close();
  });

  test('markets can be added, taken away and shown anew; control replies take their place in the numbering', async () => {
    const stream = await open({ channels: ['orderbook_delta'], market_tickers: [A] });
    const added = await stream.reply(stream.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: [B] }));
    const again = await stream.reply(stream.command('update_subscription', { sids: [1], action: 'get_snapshot', market_ticker: A }));
    const removed = await stream.reply(stream.command('update_subscription', { sid: 1, action: 'delete_markets', market_tickers: [A] }));
    await me.order({ ticker: A, price: '0.0100', count: '1.00' });
    await me.order({ ticker: B, price: '0.0100', count: '1.00' });
    const ended = await stream.reply(stream.command('unsubscribe', { sids: [1] }));
    expect([added.seq, again.seq, removed.seq, ended.seq]).toEqual([2, 4, 6, 8]);
    expect(removed.msg).toEqual({ market_tickers: [B] });
    expect(ended).toEqual({ id: ended.id, sid: 1, seq: 8, type: 'unsubscribed' });
    expect(stream.ofType('orderbook_delta').map((frame) => frame.msg?.['market_ticker'])).toEqual([B]);
    stream.close();
  });

  test('a subscription that wants no lists in its acknowledgements gets none', async () => {
    const stream = await open({ channels: ['ticker'], market_tickers: [A], skip_ticker_ack: true });
    const ok = await stream.reply(stream.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: [B] }));
    expect(ok).toEqual({ type: 'ok', id: ok.id, sid: 1, seq: 1 });
    stream.close();
  });

  test('an ended subscription is silent, and its sid is not used again', async () => {
    const stream = await open({ channels: ['trade'] });
    await stream.reply(stream.command('unsubscribe', { sids: [1] }));
    const again = await stream.reply(stream.command('subscribe', { channels: ['trade'] }));
    expect(again.msg).toEqual({ channel: 'trade', sid: 2 });
    stream.close();
  });

  test('the ticker channel takes market ids, and sends how things stand only when asked to', async () => {
    const quiet = await open({ channels: ['ticker'], market_tickers: [A] });
    const asking = await open({ channels: ['ticker'], market_tickers: [A], send_initial_snapshot: true });
    await settle(quiet);
    await settle(asking);
    const id = asking.ofType('ticker')[0]?.msg?.['market_id'];
    const byId = await open({ channels: ['ticker'], market_ids: [id], send_initial_snapshot: true });
    await settle(byId);
    expect([quiet.ofType('ticker').length, asking.ofType('ticker').length, byId.ofType('ticker').length]).toEqual([0, 1, 1]);
    for (const stream of [quiet, asking, byId]) stream.close();
  });
});

describe('private channels', () => {
  test('each account hears of its own orders, fills and positions, and knows its own changes of the book', async () => {
    const other = hosted.client(1);
    const mine = await me.stream();
    const theirs = await other.stream();
    const channels = ['orderbook_delta', 'fill', 'user_orders', 'market_positions', 'trade'];
    for (const stream of [mine, theirs]) await stream.reply(stream.command('subscribe', { channels, market_tickers: [A] }));
    await me.order({ ticker: A, price: '0.6000', count: '3.00', client_order_id: 'maker' });
    await other.order({
      ticker: A,
      side: 'ask',
      price: '0.6000',
      count: '2.00',
      client_order_id: 'taker',
      time_in_force: 'immediate_or_cancel',
    });
    for (const stream of [mine, theirs]) await stream.until((frames) => frames.find((frame) => frame.type === 'market_position'));

    const fills = [mine, theirs].map((stream) => stream.ofType('fill').map((frame) => frame.msg));
    expect(fills[0]).toMatchObject([
      { client_order_id: 'maker', is_taker: false, book_side: 'bid', outcome_side: 'yes', post_position_fp: '2.00' },
    ]);
    expect(fills[1]).toMatchObject([
      { client_order_id: 'taker', is_taker: true, book_side: 'ask', outcome_side: 'no', post_position_fp: '-2.00' },
    ]);
    expect(fills[0]?.[0]?.['trade_id']).toBe(fills[1]?.[0]?.['trade_id']);
    expect(mine.ofType('trade')[0]?.msg).toMatchObject({
      taker_book_side: 'ask',
      taker_outcome_side: 'no',
      yes_price_dollars: '0.6000',
      no_price_dollars: '0.4000',
      count_fp: '2.00',
    });

    const named = [mine, theirs].map((stream) =>
      stream.ofType('orderbook_delta').map((frame) => [frame.msg?.['delta_fp'], frame.msg?.['client_order_id']]),
    );
    expect(named).toEqual([
      [
        ['3.00', 'maker'],
        ['-2.00', 'maker'],
      ],
      [
        ['3.00', undefined],
        ['-2.00', undefined],
      ],
    ]);
    expect(mine.ofType('user_order').map((frame) => [frame.msg?.['status'], frame.msg?.['remaining_count_fp'], frame.seq])).toEqual([
      ['resting', '3.00', undefined],
      ['resting', '1.00', undefined],
    ]);
    for (const stream of [mine, theirs]) stream.close();
  });

  test('the life of an order group is told with numbers', async () => {
    const stream = await me.stream();
    await stream.reply(stream.command('subscribe', { channels: ['order_group_updates'] }));
    const { order_group_id } = (await me.call('POST', '/portfolio/order_groups/create', { contracts_limit: 10 })).body;
    const group = `/portfolio/order_groups/${String(order_group_id)}`;
    await me.call('PUT', `${group}/limit`, { contracts_limit_fp: '5.00' });
    await me.call('PUT', `${group}/trigger`, {});
    await me.call('PUT', `${group}/reset`, {});
    await me.call('DELETE', group);
    await stream.until((frames) => frames.length === 6);
    expect(
      stream.ofType('order_group_updates').map((frame) => [frame.seq, frame.msg?.['event_type'], frame.msg?.['contracts_limit_fp']]),
    ).toEqual([
      [1, 'created', '10.00'],
      [2, 'limit_updated', '5.00'],
      [3, 'triggered', undefined],
      [4, 'reset', undefined],
      [5, 'deleted', undefined],
    ]);
    stream.close();
  });
});

test('the exchange sends pings with the payload "heartbeat", and answers pings', async () => {
  const { clients } = await host({ heartbeatMs: 5 });
  const stream = await clients[0].stream();
  const heard = await new Promise<string>((resolve) => stream.socket.once('ping', (data: Buffer) => resolve(data.toString('utf8'))));
  const answered = new Promise<string>((resolve) => stream.socket.once('pong', (data: Buffer) => resolve(data.toString('utf8'))));
  stream.socket.ping('hello');
  expect([heard, await answered]).toEqual(['heartbeat', 'hello']);
  stream.close();
});
