/** Every order, fill, position, balance, book and error body that was recorded at the real exchange becomes a typed result. */
import { describe, expect, test } from 'vitest';
import { gridOf, toMarket } from '../../../src/connector/market-catalog.js';
import { strikeOf } from '../../../src/connector/market-strike.js';
import { refusalCode } from '../../../src/connector/refusal.js';
import { decodeCosts, decodeLimits, writeBudgetFact } from '../../../src/connector/rest-account.js';
import { fieldsOf, inner, itemsOf } from '../../../src/connector/rest-decode.js';
import * as data from '../../../src/connector/rest-market-data.js';
import { decodeCancelled, decodePlaced } from '../../../src/connector/rest-orders.js';
import * as portfolio from '../../../src/connector/rest-portfolio.js';
import { classify, type RestResult } from '../../../src/connector/rest-result.js';
import { isObject, type JsonObject } from '../../../src/connector/wire-fields.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { Cancel, Place } from '../../../src/domain/order.js';
import { epochUs, parseQuantity, price, quantity } from '../../../src/domain/units.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

const FORTUNA = 'rest-demo-fortuna-20260611.jsonl.gz';
const COCKPIT = 'rest-prod-cockpit-202608.jsonl.gz';
const TERMS = 'rest-prod-series-terms-202607.jsonl.gz';
const RFQ = 'rest-demo-rfq-20260706.jsonl.gz';
const FIVE = 'rest-demo-5mkt-20260701.jsonl.gz';
const ALL = [FORTUNA, COCKPIT, TERMS, RFQ, FIVE];
const ONE_DOLLAR = price(10_000);

interface Recorded {
  readonly case: string;
  readonly meta: { readonly method: string; readonly path: string; readonly status: number; readonly request_body: JsonObject | null };
  readonly body: JsonObject;
}

const lines = <T>(name: string): T[] => readLines(name).map((line) => JSON.parse(line) as T);

const first = <T>(list: readonly T[]): T => {
  const item = list.at(0);
  if (item === undefined) throw new Error('expected at least one');
  return item;
};

/** Every object anywhere in a recording that has all of these fields. */
const objectsWith = (names: readonly string[], files: readonly string[] = ALL): JsonObject[] => {
  const found: JsonObject[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (!isObject(value)) return;
    if (names.every((name) => Object.hasOwn(value, name))) found.push(value);
    Object.values(value).forEach(look);
  };
  for (const file of files)
    for (const line of lines<JsonObject>(file)) {
      look(line);
      if (typeof line['response_body'] === 'string') look(JSON.parse(line['response_body']));
    }
  return found;
};

describe.skipIf(recordingsDir() === null)('of the recordings', () => {
  const outcomeOf = ({ meta, body }: Recorded): RestResult => classify(meta.status, JSON.stringify(body));

  test('every error body of the demo exchange is a refusal with its code', () => {
    const errors = lines<Recorded>(FORTUNA).filter(({ meta }) => meta.status >= 400);
    const told = errors.map((recorded) => {
      const outcome = outcomeOf(recorded);
      if (outcome.kind !== 'refused') throw new Error(`${recorded.case} is ${outcome.kind}`);
      return `${recorded.case} ${outcome.status} ${outcome.shape} ${outcome.code} ${refusalCode(outcome)}`;
    });
    expect(told).toEqual([
      'auth__bad_signature 401 nested authentication_error unauthorized',
      'auth__missing_signature_header 401 nested signature_is_missing_from_headers unauthorized',
      'auth__skew_minus30s 401 nested header_timestamp_expired unauthorized',
      'auth__skew_minus5min 401 nested header_timestamp_expired unauthorized',
      'auth__skew_plus5min 401 nested header_timestamp_expired unauthorized',
      'auth__unknown_key_id 401 nested authentication_error unauthorized',
      'cleanup__leftover_0 404 nested not_found not-found',
      'cleanup__leftover_1 404 nested not_found not-found',
      'cleanup__leftover_2 404 nested not_found not-found',
      'markets__limit_over_max 400 msg http-400 other',
      'orders__cancel_already_canceled 404 nested not_found not-found',
      'orders__cancel_executed 404 nested not_found not-found',
      'orders__cancel_unknown_id 404 nested not_found not-found',
      'orders__duplicate_client_order_id 409 nested order_already_exists duplicate-client-id',
      'orders__insufficient_balance 400 nested insufficient_balance insufficient-balance',
      'orders__invalid_price_structure 400 nested invalid_price invalid-price',
      'orders__numeric_field_types 400 flat bad_request other',
      'orders__post_only_cross 400 nested invalid_order post-only-cross',
      'orders__reuse_canceled_client_id 409 nested order_already_exists duplicate-client-id',
    ]);
  });

  test('every error of the perps demo is a refusal, and its 503 is unknown', () => {
    const errors = lines<Recorded>('rest-demo-perps-20260612.jsonl.gz').filter(({ meta }) => (meta.status ?? 200) >= 400);
    expect(errors.length).toBeGreaterThan(20);
    const wrong = errors.filter((recorded) => outcomeOf(recorded).kind !== (recorded.meta.status === 503 ? 'unknown' : 'refused'));
    expect(wrong.map((recorded) => recorded.case)).toEqual([]);
  });

  test('every V2 create is answered for its own order', () => {
    const creates = lines<Recorded>(FORTUNA).filter(
      ({ meta }) => meta.status === 201 && meta.path === '/trade-api/v2/portfolio/events/orders',
    );
    expect(creates).toHaveLength(5);
    const told = creates.map(({ meta, body }) => {
      const asked = meta.request_body as JsonObject;
      const place = {
        type: 'place',
        clientId: clientOrderId(asked['client_order_id'] as string),
        quantity: parseQuantity(asked['count'] as string),
      } as Place;
      const placed = decodePlaced(body, place);
      expect(placed.clientId).toBe(place.clientId);
      expect(placed.exchangeAt).toBe((body['ts_ms'] as number) * 1000);
      return [placed.filled, placed.remaining];
    });
    // A maker, an IOC that filled, the settlement seed, an IOC that met its own order, a maker.
    expect(told).toEqual([
      [0, 100],
      [100, 0],
      [100, 0],
      [0, 0],
      [0, 100],
    ]);
  });

  test('both V2 cancels that worked say by how much', () => {
    const cancels = lines<Recorded>(FORTUNA).filter(
      ({ meta }) => meta.status === 200 && meta.method === 'DELETE' && meta.path.includes('/events/orders/'),
    );
    expect(cancels).toHaveLength(2);
    for (const { body } of cancels) {
      const cancel = { type: 'cancel', orderId: venueOrderId(body['order_id'] as string) } as Cancel;
      expect(decodeCancelled(body, cancel)).toMatchObject({ orderId: cancel.orderId, reducedBy: 100 });
    }
  });

  test('every order reads', () => {
    const orders = objectsWith(['initial_count_fp', 'order_id']).map((body) => portfolio.decodeOrder(fieldsOf(body, 'order')));
    expect(orders).toHaveLength(14);
    expect(new Set(orders.map((order) => order.status))).toEqual(new Set(['resting', 'cancelled', 'executed']));
    for (const order of orders) {
      expect(order.clientId).not.toBeNull();
      expect(order.shard).toBe(0);
      expect(order.filled + order.remaining).toBeLessThanOrEqual(order.initial);
      if (order.status === 'resting') expect(order.remaining).toBe(order.initial - order.filled);
    }
  });

  test('every fill reads, with its fee to the last digit', () => {
    const bodies = objectsWith(['fill_id', 'fee_cost', 'count_fp']);
    expect(bodies).toHaveLength(46);
    for (const body of bodies) {
      const fill = portfolio.decodeFill(fieldsOf(body, 'fill'));
      expect(Math.round(Number(body['fee_cost']) * 1e6)).toBe(fill.fee);
      expect(Math.round(Number(body['yes_price_dollars']) * 1e4)).toBe(fill.price);
      expect(Math.round(Number(body['count_fp']) * 100)).toBe(fill.quantity);
      expect(fill.role).toBe(body['is_taker'] === true ? 'taker' : 'maker');
      expect(Math.floor(fill.exchangeAt / 1_000_000)).toBe(body['ts']);
    }
  });

  test('every position reads, short ones too', () => {
    const positions = objectsWith(['position_fp', 'market_exposure_dollars']).map((body) =>
      portfolio.decodePosition(fieldsOf(body, 'position')),
    );
    expect(positions.length).toBeGreaterThanOrEqual(8);
    expect(positions.some((position) => position.position < 0)).toBe(true);
    expect(positions.find((position) => position.ticker.startsWith('KXWTACHALLENGERMATCH'))).toMatchObject({
      position: 300,
      cost: 2_500_000,
      fees: 18_900,
      realized: 0,
    });
  });

  test('every balance reads, exact to a hundredth of a cent', () => {
    const balances = objectsWith(['balance_dollars', 'portfolio_value']).map((body) => portfolio.decodeBalance(body));
    expect(balances).toHaveLength(12);
    expect(balances[0]).toEqual({ total: 98_018_600, byShard: new Map([[0, 98_018_600]]), portfolioValue: 1_980_000 });
  });

  test('every settlement reads', () => {
    const settlements = objectsWith(['settled_time', 'revenue', 'market_result']).map((body) =>
      portfolio.decodeSettlement(fieldsOf(body, 'settlement')),
    );
    expect(settlements).toHaveLength(22);
    expect(settlements.some((row) => row.revenue > 0)).toBe(true);
  });

  test('every public trade reads', () => {
    const trades = objectsWith(['trade_id', 'is_block_trade', 'taker_book_side']).map((body) => data.decodeTrade(fieldsOf(body, 'trade')));
    expect(trades).toHaveLength(12);
    expect(trades[0]).toMatchObject({ ticker: 'KXPGATOUR-USO26-JDAY', price: 300, quantity: 777, takerSide: 'bid', isBlock: false });
  });

  test('every order book reads, in YES terms, sorted and not crossed', () => {
    const bodies = objectsWith(['orderbook_fp']);
    expect(bodies.length).toBeGreaterThan(20);
    for (const body of bodies) {
      const { bids, asks } = data.decodeBook(body, ONE_DOLLAR);
      expect(bids.map((level) => level.price)).toEqual(bids.map((level) => level.price).sort((a, b) => b - a));
      expect(asks.map((level) => level.price)).toEqual(asks.map((level) => level.price).sort((a, b) => a - b));
      if (bids[0] && asks[0]) expect(bids[0].price).toBeLessThan(asks[0].price);
    }
    const book = data.decodeBook(JSON.parse(first(lines<JsonObject>(FIVE))['response_body'] as string), ONE_DOLLAR);
    expect([book.bids[0], book.asks[0]]).toEqual([
      { price: 1600, quantity: 16_874_973 },
      { price: 1700, quantity: 2_527_176 },
    ]);
  });

  test('the limits and costs of both demo recordings read', () => {
    const limits = objectsWith(['usage_tier', 'read', 'write']).map((body) => decodeLimits(body));
    expect(limits).toEqual([
      { tier: 'basic', read: { refillPerSecond: 200, capacity: 200 }, write: { refillPerSecond: 100, capacity: 100 } },
      { tier: 'basic', read: { refillPerSecond: 200, capacity: 400 }, write: { refillPerSecond: 100, capacity: 100 } },
    ]);
    for (const body of objectsWith(['default_cost', 'endpoint_costs'])) {
      const fact = writeBudgetFact(first(limits), decodeCosts(body), epochUs(1));
      expect(fact).toEqual({
        type: 'write-budget',
        at: 1,
        refillPerSecond: 100,
        capacity: 100,
        createCost: 10,
        amendCost: 10,
        cancelCost: 2,
      });
    }
  });

  test('the exchange status reads', () => {
    const [status] = lines<Recorded>(FORTUNA).filter((recorded) => recorded.case === 'exchange__status');
    const state = data.decodeExchangeState(status?.body);
    expect(state).toEqual({ shards: [{ shard: 0, exchangeActive: true, tradingActive: true }], resumesAt: null });
    expect(data.exchangeStatusFacts(state, epochUs(5))).toEqual([
      { type: 'exchange-status', at: 5, shard: 0, exchangeActive: true, tradingActive: true },
    ]);
  });

  test('every market has a grid of its own ranges, whatever its label', () => {
    const markets = objectsWith(['price_ranges', 'status', 'notional_value_dollars']);
    expect(markets.length).toBeGreaterThan(400);
    const counts = new Map<number, number>();
    for (const body of markets) {
      const fields = fieldsOf(body, 'market');
      const { levelCount } = gridOf(fields, fields.price('notional_value_dollars'));
      counts.set(levelCount, (counts.get(levelCount) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([99, 999]);
    expect(counts.get(999)).toBe(14);
  });

  test('every market becomes one of ours, saying what was assumed', () => {
    for (const body of objectsWith(['price_ranges', 'status', 'notional_value_dollars'])) {
      const market = toMarket({ ticker: body['ticker'] as string, market: body, event: null, series: null }, 'allow');
      expect(market.closesAt).not.toBeNull();
      expect(market.assumed).toEqual([
        'series: the first part of the event',
        'fees: quadratic, multiplier 1',
        'outcomes: not mutually exclusive',
      ]);
    }
  });

  test('series and events give fees and exclusiveness', () => {
    const [mlb] = objectsWith(['fee_type', 'fee_multiplier'], [COCKPIT]);
    expect(mlb).toMatchObject({ ticker: 'KXMLBGAME', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0.5 });
    const event = first(objectsWith(['mutually_exclusive', 'markets'], [COCKPIT]));
    const body = first(event['markets'] as JsonObject[]);
    const market = toMarket({ ticker: body['ticker'] as string, market: body, event, series: mlb }, 'refuse');
    expect(market).toMatchObject({
      series: 'KXNFLGAME',
      event: event['event_ticker'],
      mutuallyExclusive: true,
      fees: { type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 },
      assumed: [],
    });
  });

  test('the lists of a page read with their cursor', () => {
    const [orders] = lines<Recorded>(FORTUNA).filter((recorded) => recorded.case === 'portfolio__orders_list');
    expect(itemsOf(fieldsOf(orders?.body, 'orders'), 'orders', portfolio.decodeOrder)).toHaveLength(9);
    const [single] = lines<Recorded>(FORTUNA).filter((recorded) => recorded.case === 'orders__get_after_cancel');
    const late = portfolio.decodeOrder(inner(fieldsOf(single?.body, 'order'), 'order'));
    expect(portfolio.toVenueOrder(late, marketIndex(3))).toMatchObject({ market: 3, status: 'resting', remaining: quantity(100) });
  });

  test('every recorded strike is read: above, below and between; of players and combinations there is none', () => {
    const bodies = objectsWith(['strike_type', 'close_time', 'ticker']);
    const told = new Map<string, Set<string>>();
    for (const body of bodies) {
      const strike = strikeOf(fieldsOf(body, 'market'));
      const shape = strike === null ? 'none' : `${strike.floor === null ? '' : 'floor'}${strike.cap === null ? '' : 'cap'}`;
      const type = body['strike_type'] as string;
      told.set(type, (told.get(type) ?? new Set()).add(shape));
      if (strike !== null) expect([strike.floor, strike.cap]).toEqual([body['floor_strike'] ?? null, body['cap_strike'] ?? null]);
    }
    expect(Object.fromEntries([...told].map(([type, shapes]) => [type, [...shapes]]))).toEqual({
      greater: ['floor'],
      less: ['cap'],
      between: ['floorcap'],
      structured: ['none'],
      custom: ['none'],
    });
  });
});
