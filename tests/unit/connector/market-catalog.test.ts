import { describe, expect, test } from 'vitest';
import { CatalogError, loadCatalog } from '../../../src/connector/catalog-loader.js';
import { toMarket, withOverride, type CatalogInput } from '../../../src/connector/market-catalog.js';
import type { RawBody } from '../../../src/connector/rest-market-data.js';
import { notSent, type Result } from '../../../src/connector/rest-result.js';
import { QUADRATIC } from '../../../src/domain/fees.js';

const TICKER = 'KXBTC15M-26NOV211500-00';
const marketBody = {
  ticker: TICKER,
  event_ticker: 'KXBTC15M-26NOV211500',
  exchange_index: 2,
  status: 'active',
  notional_value_dollars: '1.0000',
  close_time: '2026-11-21T15:00:00Z',
  // The label contradicts the ranges on purpose: only the ranges count.
  price_level_structure: 'linear_cent',
  price_ranges: [
    { start: '0.0000', end: '0.1000', step: '0.0010' },
    { start: '0.1000', end: '0.9000', step: '0.0100' },
    { start: '0.9000', end: '1.0000', step: '0.0010' },
  ],
};
const eventBody = { event_ticker: 'KXBTC15M-26NOV211500', series_ticker: 'KXBTC15M', mutually_exclusive: true };
const seriesBody = { ticker: 'KXBTC15M', fee_type: 'quadratic', fee_multiplier: 1 };
const complete: CatalogInput = { ticker: TICKER, market: marketBody, event: eventBody, series: seriesBody };
const changed = (market: object, event: object = {}, series: object = {}): CatalogInput => ({
  ticker: TICKER,
  market: { ...marketBody, ...market },
  event: { ...eventBody, ...event },
  series: { ...seriesBody, ...series },
});

describe('the catalog', () => {
  test('makes a market of its three bodies', () => {
    const market = toMarket(complete, 'refuse');
    expect(market).toMatchObject({
      ticker: TICKER,
      event: 'KXBTC15M-26NOV211500',
      series: 'KXBTC15M',
      shard: 2,
      status: 'active',
      payout: 10_000,
      fees: { type: 'quadratic', multiplierMicros: 1_000_000 },
      closesAt: Date.UTC(2026, 10, 21, 15) * 1000,
      mutuallyExclusive: true,
      assumed: [],
    });
    expect(market.grid.levelCount).toBe(99 + 80 + 100);
    expect(market.grid.lowest).toBe(10);
  });

  test.each([
    [
      'the override of the event',
      { fee_type_override: 'quadratic_with_maker_fees', fee_multiplier_override: 0.5 },
      'quadratic_with_maker_fees',
      500_000,
    ],
    ['an override of the type alone', { fee_type_override: 'flat', fee_multiplier_override: null }, 'flat', 1_000_000],
    ['an override of the multiplier alone', { fee_type_override: null, fee_multiplier_override: 0 }, 'quadratic', 0],
    ['no override', { fee_type_override: null, fee_multiplier_override: null }, 'quadratic', 1_000_000],
  ])('takes fees from %s', (_, event, type, multiplierMicros) => {
    expect(toMarket(changed({}, event), 'refuse').fees).toEqual({ type, multiplierMicros });
  });

  test('reads a payout other than a dollar, with a grid that reaches it', () => {
    const two = { notional_value_dollars: '2.0000', price_ranges: [{ start: '0', end: '2', step: '0.01' }] };
    expect(toMarket(changed(two), 'refuse')).toMatchObject({ payout: 20_000, grid: { levelCount: 199 } });
    expect(() => toMarket(changed({ notional_value_dollars: '2.0000' }), 'refuse')).toThrow(/price ranges/);
  });

  test('takes an absent shard for the first', () => {
    expect(toMarket(changed({ exchange_index: undefined }), 'refuse').shard).toBe(0);
  });

  test.each<[string, CatalogInput, RegExp]>([
    ['the market', { ...complete, market: null }, /market KXBTC15M.*expected its/],
    ['the event', { ...complete, event: null }, /expected its outcomes/],
    ['the series', { ...complete, series: null }, /expected its fees/],
    ['the price ranges', changed({ price_ranges: undefined }), /expected its grid/],
    ['the close', changed({ close_time: undefined }), /close_time/],
    ['the payout', changed({ notional_value_dollars: undefined }), /expected its payout/],
    ['whether outcomes exclude each other', changed({}, { mutually_exclusive: undefined }), /mutually_exclusive/],
  ])('refuses for trading what lacks %s', (_, input, message) => {
    expect(() => toMarket(input, 'refuse')).toThrow(message);
  });

  test.each<[string, CatalogInput, RegExp]>([
    ['another market', changed({ ticker: 'KXOTHER' }), /expected KXBTC15M/],
    ['an unknown status', changed({ status: 'sleeping' }), /market\.status.*expected one of initialized/],
    ['an unknown fee type', changed({}, {}, { fee_type: 'cubic' }), /fee_type/],
    ['an unknown fee override', changed({}, { fee_type_override: 'cubic' }), /fee type: expected one of/],
    ['a multiplier finer than a millionth', changed({}, {}, { fee_multiplier: 0.12345678 }), /fee multiplier/],
    ['a multiplier as text', changed({}, {}, { fee_multiplier: '1' }), /fee_multiplier/],
    ['ranges with a hole', changed({ price_ranges: [{ start: '0', end: '0.5', step: '0.01' }] }), /price ranges/],
    ['ranges of numbers beyond reading', changed({ price_ranges: [{ start: '0', end: '1', step: '1e-5' }] }), /step/],
    ['no ranges in the list', changed({ price_ranges: [] }), /price ranges/],
    ['a close that is no time', changed({ close_time: 'tomorrow' }), /close_time/],
    ['a text for a body', { ...complete, event: 'x' }, /event: expected an object/],
  ])('refuses in every case %s', (_, input, message) => {
    expect(() => toMarket(input, 'refuse')).toThrow(message);
    expect(() => toMarket(input, 'allow')).toThrow(message);
  });

  test('assumes the usual where that is allowed, and says so', () => {
    const market = toMarket({ ticker: TICKER, market: null, event: null, series: null }, 'allow');
    expect(market).toMatchObject({
      event: 'KXBTC15M-26NOV211500',
      series: 'KXBTC15M',
      status: 'active',
      payout: 10_000,
      fees: QUADRATIC,
      closesAt: null,
      shard: 0,
    });
    expect(market.grid.levelCount).toBe(99);
    expect(market.assumed).toEqual([
      'payout: $1 per contract',
      'event: the ticker without its last part',
      'series: the first part of the event',
      'status: active',
      'grid: whole cents',
      'fees: quadratic, multiplier 1',
      'close: unknown',
      'outcomes: not mutually exclusive',
    ]);
  });

  test('gives a cleared override back to the series', () => {
    const own = { type: 'quadratic' as const, multiplierMicros: 500_000 };
    expect(withOverride(own, { type: null, multiplier: null })).toEqual(own);
  });
});

describe('strikes', () => {
  test.each([
    ['greater', { floor_strike: 91999.99 }, { floor: 91999.99, floorStrict: true, cap: null, capStrict: false }],
    ['greater_or_equal', { floor_strike: 0 }, { floor: 0, floorStrict: false, cap: null, capStrict: false }],
    ['less', { cap_strike: -3 }, { floor: null, floorStrict: false, cap: -3, capStrict: true }],
    ['less_or_equal', { cap_strike: 78 }, { floor: null, floorStrict: false, cap: 78, capStrict: false }],
    ['between', { floor_strike: 84, cap_strike: 85 }, { floor: 84, floorStrict: false, cap: 85, capStrict: false }],
    // A bound that this type does not speak of is not read.
    ['greater', { floor_strike: 5, cap_strike: 'none' }, { floor: 5, floorStrict: true, cap: null, capStrict: false }],
  ])('%s %o', (strike_type, bounds, strike) => {
    expect(toMarket(changed({ strike_type, ...bounds }), 'refuse').strike).toEqual(strike);
  });

  test.each([
    ['of a type that is not about a number', { strike_type: 'structured', floor_strike: 1.5 }],
    ['of a type that we do not know', { strike_type: 'range_of_the_future', floor_strike: 1 }],
    ['of no type', { floor_strike: 1 }],
    ['whose number is not fixed yet', { strike_type: 'greater_or_equal', floor_strike: null }],
    ['with one bound missing', { strike_type: 'between', floor_strike: 84 }],
  ])('a market %s has none', (_, body) => {
    expect(toMarket(changed(body), 'refuse')).not.toHaveProperty('strike');
  });

  test.each([
    ['a text for a number', { strike_type: 'greater', floor_strike: '91999.99' }, /market\.floor_strike.*expected a number/],
    ['a cap below the floor', { strike_type: 'between', floor_strike: 85, cap_strike: 84 }, /cap_strike.*at least the floor 85/],
  ])('%s is refused', (_, body, message) => {
    expect(() => toMarket(changed(body), 'refuse')).toThrow(message);
  });

  test('when the result is expected and whether it may close early are told where the exchange tells them', () => {
    const body = { expected_expiration_time: '2026-11-21T15:05:00Z', can_close_early: true };
    expect(toMarket(changed(body), 'refuse')).toMatchObject({ determinesAt: Date.UTC(2026, 10, 21, 15, 5) * 1000, canCloseEarly: true });
    const without = toMarket(complete, 'refuse');
    expect(without).not.toHaveProperty('determinesAt');
    expect(without).not.toHaveProperty('canCloseEarly');
    expect(() => toMarket(changed({ expected_expiration_time: 'soon' }), 'refuse')).toThrow(/expected_expiration_time/);
  });
});

describe('loading the catalog', () => {
  const raw = (body: Record<string, unknown>): RawBody => ({ ticker: String(body['ticker'] ?? body['event_ticker']), shard: 0, body });
  const other = { ...marketBody, ticker: `${TICKER}-B` };
  const answers = (markets: object[]): { calls: string[]; api: Parameters<typeof loadCatalog>[0] } => {
    const calls: string[] = [];
    const ok = <T>(name: string, value: T): Promise<Result<T>> => {
      calls.push(name);
      return Promise.resolve({ kind: 'ok', status: 200, value });
    };
    return {
      calls,
      api: {
        markets: () =>
          ok(
            'markets',
            markets.map((body) => raw(body as Record<string, unknown>)),
          ),
        event: (name) => ok(`event ${name}`, raw(eventBody)),
        series: (name) => ok(`series ${name}`, raw(seriesBody)),
      },
    };
  };

  test('asks for each event and series once and keeps the order of the tickers', async () => {
    const { calls, api } = answers([marketBody, other]);
    const catalog = await loadCatalog(api, [other.ticker, TICKER]);
    expect(catalog.markets.map((market) => market.ticker)).toEqual([other.ticker, TICKER]);
    expect(calls).toEqual(['markets', 'event KXBTC15M-26NOV211500', 'series KXBTC15M']);
    expect(catalog.bodies[1]).toEqual(complete);
  });

  test('fails where a market is unknown or a call fails, and assumes nothing', async () => {
    const { api } = answers([marketBody]);
    await expect(loadCatalog(api, ['KXNONE'])).rejects.toThrow(/KXNONE: the exchange knows no such market/);
    const failing = { ...api, series: () => Promise.resolve(notSent('no connection')) };
    await expect(loadCatalog(failing, [TICKER])).rejects.toThrow(CatalogError);
    await expect(loadCatalog(failing, [TICKER])).rejects.toThrow(/KXBTC15M: .*no connection/);
  });
});
