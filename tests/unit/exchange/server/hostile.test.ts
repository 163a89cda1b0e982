/** Bodies, frames and bytes that no good client sends: each gets a plain refusal, and the exchange goes on. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client } from './client.js';
import { host, type Hosted } from './hosting.js';

let hosted: Hosted;
let me: Client;
let ticker: string;
beforeAll(async () => {
  hosted = await host();
  me = hosted.clients[0];
  ticker = hosted.exchange.exchange.markets()[0]?.ticker ?? '';
});

const details = (said: string): unknown => ({ code: 'bad_request', message: 'bad request', details: said });
const ORDERS = '/portfolio/events/orders';
const ORDER = { side: 'bid', count: '1.00', price: '0.4000', time_in_force: 'good_till_canceled', self_trade_prevention_type: 'maker' };

const codeOf = (item: Record<string, unknown> | undefined): unknown => (item?.['error'] as { code?: string } | undefined)?.code;

describe('request bodies', () => {
  test.each<[string, string, string]>([
    ['nothing', ' ', 'EOF'],
    ['half an object', '{"ticker":"X"', 'unexpected EOF'],
    ['no JSON', 'hello', "invalid character 'h' looking for beginning of value"],
    ['a list', '[]', 'json: cannot unmarshal array into Go value of type CreateOrderV2Request'],
    ['a number for a text', '{"count":1}', 'json: cannot unmarshal number into Go struct field CreateOrderV2Request.count of type string'],
    [
      'the first wrong field counts',
      '{"price":0.5,"count":1}',
      'json: cannot unmarshal number into Go struct field CreateOrderV2Request.price of type string',
    ],
    [
      'a text for a number',
      '{"subaccount":"1"}',
      'json: cannot unmarshal string into Go struct field CreateOrderV2Request.subaccount of type int',
    ],
    [
      'a broken number',
      '{"expiration_time":1.5}',
      'json: cannot unmarshal number 1.5 into Go struct field CreateOrderV2Request.expiration_time of type int64',
    ],
    [
      'a text for a flag',
      '{"post_only":"yes"}',
      'json: cannot unmarshal string into Go struct field CreateOrderV2Request.post_only of type bool',
    ],
    [
      'an object for a text',
      '{"ticker":{}}',
      'json: cannot unmarshal object into Go struct field CreateOrderV2Request.ticker of type string',
    ],
    [
      'a shard beyond 32 bits',
      '{"exchange_index":3000000000}',
      'json: cannot unmarshal number 3000000000 into Go struct field CreateOrderV2Request.exchange_index of type int32',
    ],
    ['no ticker', '{}', "Key: 'CreateOrderV2Request.Ticker' Error:Field validation for 'Ticker' failed on the 'required' tag"],
    [
      'a null ticker',
      '{"ticker":null}',
      "Key: 'CreateOrderV2Request.Ticker' Error:Field validation for 'Ticker' failed on the 'required' tag",
    ],
    [
      'an unknown side',
      JSON.stringify({ ...ORDER, ticker: 'X', side: 'yes' }),
      "Key: 'CreateOrderV2Request.Side' Error:Field validation for 'Side' failed on the 'oneof' tag",
    ],
    [
      'GTT, which is no time in force',
      JSON.stringify({ ...ORDER, ticker: 'X', time_in_force: 'good_till_time' }),
      "Key: 'CreateOrderV2Request.TimeInForce' Error:Field validation for 'TimeInForce' failed on the 'oneof' tag",
    ],
    [
      'deep nesting',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      'json: cannot unmarshal array into Go value of type CreateOrderV2Request',
    ],
  ])('%s', async (_name, body, said) => {
    const answer = await me.call('POST', ORDERS, body);
    expect([answer.status, answer.body]).toEqual([400, details(said)]);
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['five decimals of a dollar', { price: '0.12345' }, 400, 'invalid dollar precision: -5'],
    ['a price in words', { price: 'half' }, 400, 'invalid_order'],
    ['a price of one', { price: '1.0000' }, 400, 'invalid_price'],
    ['a price of nothing', { price: '0' }, 400, 'invalid_price'],
    ['a negative price', { price: '-0.10' }, 400, 'invalid_price'],
    ['a count of nothing', { count: '0' }, 400, 'invalid_order_size'],
    ['a negative count', { count: '-1' }, 400, 'invalid_order_size'],
    ['a thousandth of a contract', { count: '0.001' }, 400, 'invalid_order_size'],
    ['a count beyond all bounds', { count: '999999999999.00' }, 400, 'invalid_order_size'],
    ['exponents', { count: '1e3' }, 400, 'invalid_order_size'],
    ['an unknown market', { ticker: '__proto__' }, 404, 'not_found'],
    ['another shard', { exchange_index: 3 }, 404, 'not_found'],
    ['a group that is none', { order_group_id: 'no-group' }, 404, 'not_found'],
    ['an expiry in the past', { expiration_time: 1 }, 400, 'must be in the future'],
  ])('%s is refused', async (_name, changes, status, said) => {
    const answer = await me.order({ ticker, ...changes });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(said)]);
  });

  test('more than 64 KiB are refused unread, and the connection ends', async () => {
    const answer = await me.call('POST', ORDERS, JSON.stringify({ ...ORDER, ticker: 'X'.repeat(70_000) }));
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
  });

  test('a body without a content type is refused as recorded', async () => {
    const answer = await me.call('POST', ORDERS);
    expect([answer.status, answer.body]).toEqual([400, { code: 'invalid_content_type', message: 'invalid_content_type' }]);
  });

  test('one bad item of a batch harms no other', async () => {
    const answer = await me.call('POST', `${ORDERS}/batched`, {
      orders: [
        { ...ORDER, ticker, client_order_id: 'good' },
        { ...ORDER, ticker, client_order_id: 'bad', price: '0.12345' },
        { ...ORDER, ticker: 'NOPE', client_order_id: 'lost' },
      ],
    });
    const [good, bad, lost] = answer.body['orders'] as Record<string, unknown>[];
    expect([answer.status, good?.['remaining_count'], codeOf(bad), codeOf(lost)]).toEqual([201, '1.00', 'invalid_order', 'not_found']);
  });

  test('whatever JSON comes as an order, the answer is a refusal or an order, never a fault', async () => {
    const field = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('0.5000', '10.00', 'bid', 'ask', 'maker'),
    );
    const names = [
      'ticker',
      'side',
      'count',
      'price',
      'time_in_force',
      'self_trade_prevention_type',
      'client_order_id',
      'expiration_time',
      'subaccount',
    ];
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...names), field),
      fc.dictionary(fc.constantFrom(...names), field).map((part) => ({ ...ORDER, ticker, ...part })),
    );
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const { status } = await me.call('POST', ORDERS, JSON.stringify(value));
        expect([201, 400, 404, 409]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  test('whatever query comes, the answer is a list or a refusal', async () => {
    const pair = fc.tuple(
      fc.constantFrom('limit', 'cursor', 'status', 'min_ts', 'ticker', 'subaccount', 'exchange_index', 'tickers', 'depth'),
      fc.string({ maxLength: 20 }),
    );
    const path = fc.constantFrom(
      '/markets',
      '/portfolio/orders',
      '/portfolio/fills',
      '/portfolio/positions',
      '/events',
      `/markets/${ticker}/orderbook`,
    );
    await fc.assert(
      fc.asyncProperty(path, fc.array(pair, { maxLength: 4 }), async (where, pairs) => {
        const { status } = await me.get(`${where}?${new URLSearchParams(pairs).toString()}`);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });
});

describe('bytes', () => {
  /** What the exchange says to raw bytes before it hangs up. */
  const answerTo = (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      const { port, hostname } = new URL(hosted.exchange.rest);
      let heard = '';
      const socket = connect({ port: Number(port), host: hostname }, () => socket.write(bytes));
      socket.on('data', (data: Buffer) => (heard += data.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(heard.split('\r\n')[0] ?? ''));
    });

  test.each([
    ['no HTTP at all', '\u0000\u0001\u0002\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['headers beyond 8 KiB', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(9000)}\r\n\r\n`, 'HTTP/1.1 431 Request Header Fields Too Large'],
    [
      'an upgrade of another path',
      'GET /other HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n',
      'HTTP/1.1 404 Not Found',
    ],
  ])('%s', async (_name, bytes, line) => {
    expect(await answerTo(bytes)).toBe(line);
  });

  test.each([
    ['headers that never end', 'GET /trade-api/v2/exchange/status HTTP/1.1\r\nhost: x\r\nx: y'],
    ['not a single byte of a request', ''],
  ])('%s end their connection, though nobody else asks for anything', async (_name, bytes) => {
    expect(['HTTP/1.1 408 Request Timeout', '']).toContain(await answerTo(bytes));
  });

  test('compression that is offered is not taken up', async () => {
    const { socket } = await me.stream();
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  test('a frame beyond 64 KiB ends its connection and no other', async () => {
    const [big, small] = [await me.stream(), await me.stream()];
    const closed = new Promise<number>((resolve) => big.socket.once('close', (code) => resolve(code)));
    big.socket.on('error', () => undefined);
    big.socket.send('x'.repeat(70_000));
    expect(await closed).toBe(1009);
    expect((await small.reply(small.command('list_subscriptions'))).type).toBe('ok');
    small.close();
  });

  test('a connection that is cut in the middle of a request leaves no trace', async () => {
    const { port, hostname } = new URL(hosted.exchange.rest);
    await new Promise<void>((resolve) => {
      const socket = connect({ port: Number(port), host: hostname }, () => {
        socket.write('POST /trade-api/v2/portfolio/events/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
        socket.end();
        socket.destroy();
      });
      socket.on('close', () => resolve());
    });
    expect((await me.get('/portfolio/balance')).status).toBe(200);
  });
});

test('after all of this the exchange still serves and has found no fault of its own', async () => {
  expect((await me.get('/portfolio/balance')).status).toBe(200);
  expect(hosted.faults).toEqual([]);
});
