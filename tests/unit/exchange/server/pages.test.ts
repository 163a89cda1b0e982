import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { pageOf } from '../../../../src/exchange/server/pages.js';
import type { Client } from './client.js';
import { host } from './hosting.js';

const own = (n: number): string => String(n);

describe('pages of a list', () => {
  test('walking by cursor meets every item once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 12 }), (count, limit) => {
        const all = Array.from({ length: count }, (_, i) => i);
        const met: number[] = [];
        let cursor: string | null = null;
        do {
          const page: { items: readonly number[]; cursor: string } = pageOf(all, limit, cursor, own);
          met.push(...page.items);
          cursor = page.cursor;
        } while (cursor !== '');
        expect(met).toEqual(all);
      }),
    );
  });

  test('items that come in front meanwhile shift nothing', () => {
    const first = pageOf([5, 4, 3, 2, 1], 2, null, own);
    expect(pageOf([7, 6, 5, 4, 3, 2, 1], 2, first.cursor, own).items).toEqual([3, 2]);
  });

  test.each(['garbage', '', '%%%', 'a'.repeat(500)])('a cursor that nobody gave (%s) means the first page', (cursor) => {
    expect(pageOf([3, 2, 1], 2, cursor, own).items).toEqual([3, 2]);
  });
});

describe('pages over REST', () => {
  let me: Client;
  beforeAll(async () => {
    const { clients, exchange } = await host();
    me = clients[0];
    const ticker = exchange.exchange.markets()[0]?.ticker;
    for (let i = 1; i <= 7; i++) await me.order({ ticker, price: `0.0${i}00`, count: '1.00' });
  });

  const pricesOf = (body: Record<string, unknown>): string[] =>
    (body['orders'] as { yes_price_dollars: string }[]).map((order) => order.yes_price_dollars);

  test('orders come newest first, page by page, with an empty cursor on the last', async () => {
    const first = (await me.get('/portfolio/orders?limit=4')).body;
    const second = (await me.get(`/portfolio/orders?limit=4&cursor=${String(first['cursor'])}`)).body;
    expect(pricesOf(first)).toEqual(['0.0700', '0.0600', '0.0500', '0.0400']);
    expect([pricesOf(second), second['cursor']]).toEqual([['0.0300', '0.0200', '0.0100'], '']);
  });

  test('a cursor of another list means the first page', async () => {
    const markets = (await me.get('/markets?limit=1')).body;
    expect(pricesOf((await me.get(`/portfolio/orders?limit=2&cursor=${String(markets['cursor'])}`)).body)).toEqual(['0.0700', '0.0600']);
  });

  test.each([
    [
      '/portfolio/orders?limit=1001',
      "Parameter validation failed for GetOrders: Key: 'GetOrdersParams.Limit' Error:Field validation for 'Limit' failed on the 'lte' tag",
    ],
    [
      '/portfolio/fills?limit=-1',
      "Parameter validation failed for GetFills: Key: 'GetFillsParams.Limit' Error:Field validation for 'Limit' failed on the 'gte' tag",
    ],
    [
      '/events?limit=201',
      "Parameter validation failed for GetEvents: Key: 'GetEventsParams.Limit' Error:Field validation for 'Limit' failed on the 'lte' tag",
    ],
    ['/markets?limit=abc', 'Invalid format for parameter limit: error binding string parameter'],
    ['/series/S/markets/M/candlesticks?end_ts=1&period_interval=1', 'Query argument start_ts is required, but not found'],
    [
      '/series/S/markets/M/candlesticks?start_ts=0&end_ts=1&period_interval=5',
      "Parameter validation failed for GetMarketCandlesticks: Key: 'GetMarketCandlesticksParams.PeriodInterval' Error:Field validation for 'PeriodInterval' failed on the 'oneof' tag",
    ],
  ])('%s is refused in the exchange own words', async (path, msg) => {
    const answer = await me.get(path);
    expect([answer.status, answer.body]).toEqual([400, { msg }]);
  });

  test('a limit of zero is the default', async () => {
    expect(pricesOf((await me.get('/portfolio/orders?limit=0')).body)).toHaveLength(7);
  });

  test.each([
    ['status=resting', 7],
    ['status=canceled', 0],
    ['status=not-a-status', 0],
    ['event_ticker=KXHIGHNY-26NOV21,OTHER', 7],
    ['ticker=OTHER', 0],
    ['exchange_index=2', 0],
    ['min_ts=9999999999', 0],
    ['subaccount=0', 7],
  ])('orders by %s: %i', async (filter, count) => {
    expect(pricesOf((await me.get(`/portfolio/orders?${filter}`)).body)).toHaveLength(count);
  });
});
