import { describe, expect, test } from 'vitest';
import { MalformedFrameError, type WireContext } from '../../../src/connector/wire-fields.js';
import { parseFrame } from '../../../src/connector/wire-frame.js';
import { decodeMessage, type WireMessage } from '../../../src/connector/wire-messages.js';
import { price } from '../../../src/domain/units.js';
import { bytesOf } from '../../support/stream.js';
import { grid } from '../../support/grids.js';

const context = (noSide: WireContext['noSide'] = 'no-price', payout = 10_000): WireContext => ({ noSide, payoutOf: () => price(payout) });
const decode = (frame: unknown, ctx = context()): WireMessage => decodeMessage(parseFrame(bytesOf(frame)), ctx);

const refusal = (frame: unknown, ctx = context()): MalformedFrameError => {
  try {
    decode(frame, ctx);
  } catch (error) {
    if (error instanceof MalformedFrameError) return error;
    throw error;
  }
  throw new Error('the frame was accepted');
};

const delta = (msg: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'orderbook_delta',
  sid: 1,
  seq: 2,
  msg: { market_ticker: 'M-A', market_id: 'x', price_dollars: '0.4200', delta_fp: '-5.00', side: 'yes', ts_ms: 1795296000400, ...msg },
});
const without = (frame: Record<string, unknown>, name: string): Record<string, unknown> => {
  const { [name]: _gone, ...rest } = frame['msg'] as Record<string, unknown>;
  return { ...frame, msg: rest };
};

describe('control messages', () => {
  test.each([
    [
      { type: 'subscribed', id: 1, msg: { channel: 'trade', sid: 2 } },
      { type: 'subscribed', channel: 'trade', sid: 2 },
    ],
    [
      { type: 'ok', id: 2, sid: 1, seq: 9, msg: { market_tickers: ['A', 'B'] } },
      { type: 'ok', tickers: ['A', 'B'], subscriptions: null },
    ],
    [
      { type: 'ok', id: 3, msg: [{ channel: 'fill', sid: 3 }] },
      { type: 'ok', tickers: null, subscriptions: [{ channel: 'fill', sid: 3 }] },
    ],
    [
      { type: 'ok', id: 3 },
      { type: 'ok', tickers: null, subscriptions: null },
    ],
    [{ id: 102, sid: 2, seq: 7, type: 'unsubscribed' }, { type: 'unsubscribed' }],
    [
      { type: 'error', id: 3, msg: { code: 8, msg: 'Unknown channel name' } },
      { type: 'error', code: 8, text: 'Unknown channel name', tickers: [] },
    ],
    [
      { type: 'error', sid: 1, seq: 4, msg: { code: 26, msg: 'limit', market_tickers: ['A'], market_ticker: 'B' } },
      { type: 'error', code: 26, text: 'limit', tickers: ['B', 'A'] },
    ],
    [
      { type: 'constructor', msg: {} },
      { type: 'unknown', name: 'constructor' },
    ],
    [
      { type: 'rfq_created', sid: 15, msg: { id: 'x' } },
      { type: 'unknown', name: 'rfq_created' },
    ],
  ])('%j', (frame, message) => {
    expect(decode(frame)).toEqual(message);
  });
});

describe('book messages', () => {
  const snapshot = {
    type: 'orderbook_snapshot',
    sid: 1,
    seq: 1,
    msg: {
      market_ticker: 'M-A',
      yes_dollars_fp: [
        ['0.4100', '10.00'],
        ['0.4200', '13.00'],
      ],
      no_dollars_fp: [
        ['0.5500', '20.00'],
        ['0.5600', '17.50'],
      ],
    },
  };
  const bids = [
    { price: 4200, quantity: 1300 },
    { price: 4100, quantity: 1000 },
  ];

  test('a NO bid at p is a YES ask at payout minus p, best first', () => {
    expect(decode(snapshot)).toMatchObject({
      bids,
      asks: [
        { price: 4400, quantity: 1750 },
        { price: 4500, quantity: 2000 },
      ],
      exchangeAt: 0,
    });
  });

  test('under use_yes_price the NO side already comes in YES prices', () => {
    const yes = { ...snapshot, msg: { ...snapshot.msg, no_dollars_fp: [['0.4500', '20.00'], ['0.4400', '17.50']] } }; // prettier-ignore
    expect(decode(yes, context('yes-price'))).toEqual(decode(snapshot));
  });

  test('a payout other than a dollar moves the NO side with it', () => {
    const message = decode(
      { ...snapshot, msg: { market_ticker: 'M-A', no_dollars_fp: [['1.5000', '1.00']] } },
      context('no-price', 20_000),
    );
    expect(message).toMatchObject({ bids: [], asks: [{ price: 5000, quantity: 100 }] });
  });

  test('a side without levels is absent, and a level of nothing is none', () => {
    expect(decode({ ...snapshot, msg: { market_ticker: 'M-A' } })).toMatchObject({ bids: [], asks: [] });
    expect(decode({ ...snapshot, msg: { market_ticker: 'M-A', yes_dollars_fp: [['0.4100', '0.00']] } })).toMatchObject({ bids: [] });
  });

  test.each([
    ['a price twice', [['0.4100', '1.00'], ['0.41', '2.00']]], // prettier-ignore
    ['a negative size', [['0.4100', '-1.00']]],
    ['a price of 0', [['0.0000', '1.00']]],
    ['a price of the payout', [['1.0000', '1.00']]],
    ['three decimals of a contract', [['0.4100', '1.001']]],
    ['a bare number', [41]],
    ['one part', [['0.4100']]],
    ['an object', { '0.41': '1' }],
  ])('a snapshot with %s is refused', (_name, levels) => {
    const error = refusal({ ...snapshot, msg: { market_ticker: 'M-A', yes_dollars_fp: levels } });
    expect(error.message).toContain('orderbook_snapshot.msg.yes_dollars_fp of M-A');
  });

  test.each([
    [{}, { side: 'bid', price: 4200, change: -500, exchangeAt: 1795296000400000 }],
    [{ side: 'no' }, { side: 'ask', price: 5800 }],
    [
      { price_dollars: 0.56, delta_fp: 1406474.86 },
      { price: 5600, change: 140647486 },
    ],
    [{ client_order_id: 'c-1', subaccount: 1 }, { side: 'bid' }],
    [{ ts_ms: undefined, ts: '2026-06-11T06:29:47.42784Z' }, { exchangeAt: 1781159387427840 }],
    [{ ts_ms: undefined, ts: 1776624314 }, { exchangeAt: 1776624314000000 }],
    [{ ts_ms: undefined }, { exchangeAt: 0 }],
    [{ ts_ms: null, ts: null }, { exchangeAt: 0 }],
    [{ ts: 'whatever, since ts_ms is here' }, { exchangeAt: 1795296000400000 }],
  ])('a delta with %j', (msg, expected) => {
    expect(decode(delta(msg))).toMatchObject(expected);
  });

  test('a delta of the NO side under use_yes_price keeps its price', () => {
    expect(decode(delta({ side: 'no' }), context('yes-price'))).toMatchObject({ side: 'ask', price: 4200 });
  });

  test.each([
    ['price_dollars', '42'],
    ['price_dollars', '1.0000'],
    ['price_dollars', '0.0000'],
    ['price_dollars', '-0.4200'],
    ['price_dollars', '0.42001'],
    ['price_dollars', '4.2e-1'],
    ['price_dollars', 'NaN'],
    ['price_dollars', ['0.42']],
    ['price_dollars', { toString: 'x' }],
    ['delta_fp', '-0.00'],
    ['delta_fp', '1.005'],
    ['delta_fp', ''],
    ['delta_fp', null],
    ['delta_fp', true],
    ['side', 'bid'],
    ['side', 'toString'],
    ['ts_ms', '1795296000400'],
    ['ts_ms', -5],
    ['ts_ms', 0],
    ['ts_ms', 1795296000400.5],
  ])('a delta whose %s is %j is refused with its path and market', (name, value) => {
    const error = refusal(delta({ [name]: value }));
    expect(error.message).toContain(`orderbook_delta.msg.${name} of M-A: expected`);
    expect(error).toMatchObject({ code: 'MALFORMED_MESSAGE', ticker: 'M-A' });
  });

  test.each(['price_dollars', 'delta_fp', 'side'])('a delta without %s is refused', (name) => {
    expect(refusal(without(delta(), name)).message).toBe(
      `orderbook_delta.msg.${name} of M-A: expected ${name === 'side' ? 'one of yes, no' : 'a decimal text'}, got "nothing"`,
    );
  });

  test('a delta without market names no market', () => {
    expect(refusal(without(delta(), 'market_ticker')).ticker).toBeNull();
  });

  test.each(['-0', '1e400', '-1e400'])('the number %s is never a price or a size', (literal) => {
    const text = JSON.stringify(delta({ price_dollars: 77 }));
    expect(refusal(text.replace('77', literal)).message).toContain('price_dollars');
    expect(refusal(JSON.stringify(delta({ delta_fp: 77 })).replace('77', literal)).message).toContain('delta_fp');
  });

  test('a message without msg is refused', () => {
    expect(refusal({ type: 'orderbook_delta', sid: 1, seq: 2 }).message).toBe('orderbook_delta.msg: expected an object, got "null"');
  });
});

describe('trades and tickers', () => {
  const trade = {
    trade_id: 't-1',
    market_ticker: 'M-A',
    yes_price_dollars: '0.5600',
    no_price_dollars: '0.4400',
    count_fp: '2.00',
    taker_side: 'no',
    taker_outcome_side: 'yes',
    taker_book_side: 'bid',
    is_block_trade: false,
    ts: 1776624314,
    ts_ms: 1776624314123,
  };

  test('a trade has the YES price and the aggressor', () => {
    expect(decode({ type: 'trade', sid: 2, seq: 1, msg: trade })).toEqual({
      type: 'trade',
      ticker: 'M-A',
      tradeId: 't-1',
      price: 5600,
      quantity: 200,
      takerSide: 'bid',
      block: false,
      exchangeAt: 1776624314123000,
    });
  });

  test('a trade from before the newer words tells its aggressor by taker_side', () => {
    const { taker_outcome_side: _o, taker_book_side: _b, is_block_trade: _x, ts_ms: _m, ...old } = trade;
    expect(decode({ type: 'trade', sid: 2, msg: old })).toMatchObject({ takerSide: 'ask', block: false, exchangeAt: 1776624314000000 });
  });

  test.each([
    ['count_fp', '0.00'],
    ['yes_price_dollars', '1.0100'],
    ['taker_book_side', 'yes'],
    ['is_block_trade', 'no'],
    ['trade_id', 5],
  ])('a trade whose %s is %j is refused', (name, value) => {
    expect(refusal({ type: 'trade', sid: 2, msg: { ...trade, [name]: value } }).message).toContain(`trade.msg.${name} of M-A`);
  });

  test('a ticker shows the exchange’s own top of book, empty sides included', () => {
    const msg = {
      market_ticker: 'M-A',
      price_dollars: '0.9970',
      yes_bid_dollars: '0.0000',
      yes_ask_dollars: '1.0000',
      yes_bid_size_fp: '0.00',
      yes_ask_size_fp: '0.00',
      ts_ms: 1776625202000,
    };
    expect(decode({ type: 'ticker', sid: 3, msg })).toMatchObject({ last: 9970, bid: 0, ask: 10_000, bidSize: 0, askSize: 0 });
  });
});

describe('private messages', () => {
  const fill = {
    trade_id: 'f-1',
    order_id: 'o-1',
    client_order_id: 'kmm-r-1',
    market_ticker: 'M-A',
    exchange_index: 0,
    is_taker: false,
    side: 'yes',
    action: 'sell_to_close',
    outcome_side: 'no',
    book_side: 'ask',
    yes_price_dollars: '0.4300',
    count_fp: '5.00',
    fee_cost: '0.054600',
    post_position_fp: '-5.00',
    ts: 1795296000,
    ts_ms: 1795296000401,
    subaccount: 1,
  };
  const order = {
    order_id: 'o-1',
    client_order_id: 'kmm-r-1',
    ticker: 'M-A',
    status: 'canceled',
    side: 'no',
    outcome_side: 'yes',
    book_side: 'bid',
    yes_price_dollars: '0.4300',
    initial_count_fp: '25.00',
    fill_count_fp: '5.00',
    remaining_count_fp: '0.00',
    created_time: null,
    created_ts_ms: null,
    last_update_reason: 'ExpiryCancel',
    subaccount_number: 0,
    expiration_ts_ms: 1795296000401,
    order_group_id: 'g-1',
  };

  test('a fill keeps fee, role and position after it; its direction comes from the book side only', () => {
    expect(decode({ type: 'fill', sid: 3, msg: fill })).toEqual({
      type: 'fill',
      ticker: 'M-A',
      fillId: 'f-1',
      orderId: 'o-1',
      clientId: 'kmm-r-1',
      side: 'ask',
      price: 4300,
      quantity: 500,
      fee: 54_600,
      role: 'maker',
      positionAfter: -500,
      exchangeAt: 1795296000401000,
      subaccount: 1,
    });
  });

  test.each([
    ['yes_price_dollars', '1.0001', 'a price up to the payout'],
    ['count_fp', '100000000.01', 'at most 100000000.00 either way'],
    ['fee_cost', '-100000000.000001', 'at most 100000000.000000 either way'],
    ['trade_id', 'x'.repeat(4097), 'a text of at most 4096 characters'],
    ['order_id', '..', 'a text that can name something'],
    ['order_id', '\ud800', 'a text that can name something'],
  ])('a fill whose %s would break the sums of money or the paths of our calls is refused at the door', (name, value, expected) => {
    expect(refusal({ type: 'fill', sid: 3, msg: { ...fill, [name]: value } }).message).toContain(expected);
  });

  test('a fill of an order without our id has none', () => {
    const { client_order_id: _c, ...msg } = fill;
    expect(decode({ type: 'fill', sid: 3, msg })).toMatchObject({ clientId: null });
    expect(decode({ type: 'fill', sid: 3, msg: { ...fill, client_order_id: '' } })).toMatchObject({ clientId: null });
  });

  test.each([
    ['outcome_side', 'yes'],
    ['book_side', 'sell'],
    ['is_taker', 'false'],
    ['fee_cost', 'free'],
    ['count_fp', '-5.00'],
    ['trade_id', undefined],
    ['fee_cost', undefined],
  ])('a fill whose %s is %j is refused, never guessed', (name, value) => {
    expect(refusal({ type: 'fill', sid: 3, msg: { ...fill, [name]: value } }).message).toContain(`fill.msg.${name}`);
  });

  test('an order tells all that is known of it', () => {
    expect(decode({ type: 'user_order', sid: 4, msg: order })).toEqual({
      type: 'user_order',
      ticker: 'M-A',
      orderId: 'o-1',
      clientId: 'kmm-r-1',
      side: 'bid',
      price: 4300,
      initial: 2500,
      filled: 500,
      remaining: 0,
      status: 'cancelled',
      updatedAt: 0,
      expiresAt: 1795296000401000,
      group: 'g-1',
      reason: 'ExpiryCancel',
      subaccount: 0,
    });
  });

  test('an order without expiry, group and reason has none of them', () => {
    const { expiration_ts_ms: _e, order_group_id: _g, last_update_reason: _r, ...msg } = order;
    expect(decode({ type: 'user_order', sid: 4, msg })).toMatchObject({ expiresAt: null, group: null, reason: null });
    const dated = decode({ type: 'user_order', sid: 4, msg: { ...msg, expiration_time: '2026-11-21T00:00:00.5Z' } });
    expect(dated).toMatchObject({ expiresAt: Date.UTC(2026, 10, 21) * 1000 + 500_000 });
  });

  test('an order status that is new to us is refused', () => {
    expect(refusal({ type: 'user_order', sid: 4, msg: { ...order, status: 'frozen' } }).message).toContain(
      'resting, canceled, executed, unknown',
    );
  });

  test('a position is one signed number', () => {
    expect(decode({ type: 'market_position', sid: 5, msg: { market_ticker: 'M-A', position_fp: '-3.50', subaccount: 0 } })).toEqual({
      type: 'market_position',
      ticker: 'M-A',
      position: -350,
      subaccount: 0,
    });
  });

  test.each(['created', 'triggered', 'reset', 'deleted', 'limit_updated'])('an order group can be %s', (word) => {
    const message = decode({ type: 'order_group_updates', sid: 6, seq: 4, msg: { event_type: word, order_group_id: 'g', ts_ms: 1 } });
    expect(message).toEqual({ type: 'order_group_updates', group: 'g', change: word.replace('_', '-') });
  });
});

describe('lifecycle messages', () => {
  const life = (event_type: string, msg: Record<string, unknown> = {}): Record<string, unknown> => ({
    type: 'market_lifecycle_v2',
    sid: 7,
    seq: 1,
    msg: { market_ticker: 'M-A', event_type, ...msg },
  });
  const ranges = [
    { start: '0.0000', end: '0.1000', step: '0.0010' },
    { start: '0.1000', end: '0.9000', step: '0.0100' },
    { start: '0.9000', end: '1.0000', step: '0.0010' },
  ];

  test.each([
    ['activated', {}, { kind: 'activated' }],
    ['deactivated', { is_deactivated: true }, { kind: 'deactivated' }],
    ['close_date_updated', { close_ts: 1795296000 }, { kind: 'close-moved', closesAt: 1795296000000000 }],
    ['determined', { result: 'yes', settlement_value: '1.0000' }, { kind: 'determined', settlesAt: 10_000 }],
    ['determined', { result: 'scalar', settlement_value: '0.2500' }, { kind: 'determined', settlesAt: 2500 }],
    ['determined', { result: 'yes' }, { kind: 'determined', settlesAt: 10_000 }],
    ['determined', { result: 'no' }, { kind: 'determined', settlesAt: 0 }],
    ['determined', { result: '' }, { kind: 'determined', settlesAt: null }],
    ['settled', { settled_ts: 1 }, { kind: 'settled' }],
    ['metadata_updated', {}, { kind: 'metadata', strike: null }],
    [
      'metadata_updated',
      { strike_type: 'greater_or_equal', floor_strike: 95000.5 },
      { kind: 'metadata', strike: { floor: 95000.5, floorStrict: false, cap: null, capStrict: false } },
    ],
    ['created', { close_ts: 1795296000 }, { kind: 'created', grid: null, closesAt: 1795296000000000 }],
    ['split', {}, { kind: 'unknown', word: 'split' }],
  ])('%s %j', (word, msg, change) => {
    expect(decode(life(word, msg))).toEqual({ type: 'market_lifecycle_v2', ticker: 'M-A', change });
  });

  test('a new price grid is read from its ranges, never from its label', () => {
    const message = decode(life('price_level_structure_updated', { price_level_structure: 'linear_cent', price_ranges: ranges }));
    expect(message).toMatchObject({ change: { kind: 'grid-changed' } });
    const change = message.type === 'market_lifecycle_v2' && message.change.kind === 'grid-changed' ? message.change : null;
    expect(change?.grid.equals(grid('tapered_deci_cent'))).toBe(true);
  });

  test.each([
    ['price_level_structure_updated', {}, 'price_ranges'],
    ['price_level_structure_updated', { price_ranges: ranges.slice(1) }, 'price_ranges'],
    ['price_level_structure_updated', { price_ranges: ['0-1'] }, 'price_ranges[0]'],
    ['price_level_structure_updated', { price_ranges: [{ start: '0', end: '1' }] }, 'price_ranges[0].step'],
    ['close_date_updated', {}, 'close_ts'],
    ['close_date_updated', { close_ts: '2026-11-20' }, 'close_ts'],
    ['determined', { settlement_value: '1.5000' }, 'settlement_value'],
  ])('%s with %j is refused', (word, msg, path) => {
    expect(refusal(life(word, msg))).toMatchObject({ ticker: 'M-A', where: `market_lifecycle_v2.msg.${path} of M-A` });
  });

  test('an event may override the fees of its series and clear that again', () => {
    const fees = (fee_type_override: unknown, fee_multiplier_override: unknown): WireMessage =>
      decode({ type: 'event_fee_update', sid: 7, seq: 2, msg: { event_ticker: 'E', fee_type_override, fee_multiplier_override } });
    expect(fees('flat', 0.5)).toMatchObject({ event: 'E', override: { type: 'flat', multiplierMicros: 500_000 } });
    expect(fees(null, null)).toMatchObject({ override: { type: null, multiplierMicros: null } });
    expect(() => fees('free', 1)).toThrow('fee_type_override');
    expect(() => fees('flat', '1')).toThrow('fee_multiplier_override');
    expect(() => decode({ type: 'event_fee_update', sid: 7, msg: { event_ticker: 'E', fee_type_override: null } })).toThrow(
      'fee_multiplier',
    );
  });

  test('an event lifecycle message names its event', () => {
    expect(decode({ type: 'event_lifecycle', sid: 7, seq: 3, msg: { event_ticker: 'E' } })).toEqual({
      type: 'event_lifecycle',
      event: 'E',
    });
  });
});
