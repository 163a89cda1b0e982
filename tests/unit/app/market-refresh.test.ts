import { expect, test } from 'vitest';
import { changeOf, StreamNews } from '../../../src/app/market-refresh.js';
import { toMarket } from '../../../src/connector/market-catalog.js';
import { epochUs, parsePrice } from '../../../src/domain/units.js';

const AT = epochUs(1_795_000_000_000_000);
const event = { event_ticker: 'KXA-26', series_ticker: 'KXA', mutually_exclusive: false, exchange_index: 0 };
const series = { ticker: 'KXA', fee_type: 'quadratic', fee_multiplier: 1 };
const body = {
  ticker: 'KXA-26-T1',
  event_ticker: 'KXA-26',
  exchange_index: 0,
  status: 'active',
  notional_value_dollars: '1.0000',
  close_time: '2026-11-22T00:00:00Z',
  price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
  result: '',
};
const input = (change: object) => ({ ticker: body.ticker, market: { ...body, ...change }, event, series });
const believed = { index: 3, market: toMarket(input({}), 'refuse'), settled: false };

test('a market as we believe it to be is no news', () => {
  expect(changeOf(believed, input({}), AT)).toBeNull();
});

test.each([
  ['a pause', { status: 'inactive' }, { status: 'inactive' }],
  ['an earlier close', { close_time: '2026-11-21T12:00:00Z' }, { closesAt: Date.UTC(2026, 10, 21, 12) * 1000 }],
  ['a result of yes', { status: 'determined', result: 'yes' }, { status: 'determined', settlesAt: parsePrice('1') }],
  ['a result of no', { status: 'finalized', result: 'no' }, { status: 'finalized', settlesAt: parsePrice('0') }],
  [
    'a settlement at a value',
    { status: 'finalized', result: 'scalar', settlement_value_dollars: '0.4210' },
    { status: 'finalized', settlesAt: parsePrice('0.4210') },
  ],
  [
    'a strike that is fixed at last',
    { strike_type: 'greater', floor_strike: 91999.99 },
    { strike: { floor: 91999.99, floorStrict: true, cap: null, capStrict: false } },
  ],
])('%s that the stream did not tell comes out as a fact', (_, change, told) => {
  expect(changeOf(believed, input(change), AT)).toEqual({ type: 'market-changed', at: AT, market: 3, ...told });
});

test('a new tick structure comes out with its grid', () => {
  const change = changeOf(believed, input({ price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0010' }] }), AT);
  expect(change?.grid?.levelCount).toBe(999);
});

test('a market that has paid out is not settled twice', () => {
  const settled = { ...believed, market: { ...believed.market, status: 'finalized' as const }, settled: true };
  expect(changeOf(settled, input({ status: 'finalized', result: 'yes' }), AT)).toBeNull();
});

test('a description that was on its way while the stream told of new ticks does not bring the old ones back', () => {
  const news = new StreamNews();
  const later = epochUs(AT + 1);
  expect(news.isNewerThan(AT, 3)).toBe(false);
  news.heard(3, later);
  expect([news.isNewerThan(AT, 3), news.isNewerThan(later, 3), news.isNewerThan(AT, 4)]).toEqual([true, false, false]);
});

test('a body that is not what was promised is refused with its place', () => {
  expect(() => changeOf(believed, input({ status: 'quantum' }), AT)).toThrow('status');
});
