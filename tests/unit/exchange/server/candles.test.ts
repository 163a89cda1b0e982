import { beforeEach, describe, expect, test } from 'vitest';
import { fillId, ticker } from '../../../../src/domain/ids.js';
import { epochUs, later, price, quantity, seconds, type EpochUs } from '../../../../src/domain/units.js';
import type { TickerView } from '../../../../src/exchange/core/types.js';
import { Candles } from '../../../../src/exchange/server/candles.js';
import { host } from './hosting.js';

const KX = ticker('KX');
/** A whole hour. */
const START = 1_795_262_400;
const at = (s: number): EpochUs => later(epochUs(START * 1_000_000), seconds(s));

const view = (bid: number, ask: number, openInterest = 0): TickerView =>
  ({
    bid: price(bid),
    ask: price(ask),
    bidSize: quantity(100),
    askSize: quantity(100),
    last: null,
    lastSize: quantity(0),
    volume: quantity(0),
    openInterest: quantity(openInterest),
    turnover: 0 as never,
  }) satisfies TickerView;

let candles: Candles;
const quote = (s: number, bid: number, ask: number): void =>
  candles.hear({ type: 'ticker', at: at(s), ticker: KX, payout: price(10_000), ticks: view(bid, ask, 500) });
const trade = (s: number, p: number, q: number): void =>
  candles.hear({
    type: 'trade',
    at: at(s),
    trade: { tradeId: fillId('t'), ticker: KX, price: price(p), payout: price(10_000), quantity: quantity(q), takerSide: 'bid', at: at(s) },
  });
const read = (from: number, to: number, period: 1 | 60 | 1440 = 1, includeLatestBefore = false): readonly Record<string, unknown>[] =>
  candles.read(KX, { from: START + from, to: START + to, period, includeLatestBefore }) as readonly Record<string, unknown>[];

const span = (open: string, high: string, low: string, close: string): Record<string, string> => ({
  open_dollars: open,
  high_dollars: high,
  low_dollars: low,
  close_dollars: close,
});

describe('candlesticks', () => {
  beforeEach(() => {
    candles = new Candles();
    quote(-600, 4000, 4400);
    quote(5, 4100, 4300);
    trade(10, 4300, 200);
    trade(20, 4200, 100);
    quote(30, 4200, 4600);
    quote(70, 4200, 4500);
    trade(200, 4400, 300);
  });

  test('a minute tells the paths of bid and ask and the trades with their mean, and ends at its last second', () => {
    expect(read(0, 60)).toEqual([
      {
        end_period_ts: START + 60,
        yes_bid: span('0.4000', '0.4200', '0.4000', '0.4200'),
        yes_ask: span('0.4400', '0.4600', '0.4300', '0.4600'),
        price: { ...span('0.4300', '0.4300', '0.4200', '0.4200'), mean_dollars: '0.4267' },
        volume_fp: '3.00',
        open_interest_fp: '5.00',
      },
    ]);
  });

  test('a minute without trades tells only the price before; a minute without anything is not told', () => {
    const [first, second, third] = read(1, 400);
    expect([first, second, third].map((candle) => candle?.['end_period_ts'])).toEqual([START + 60, START + 120, START + 240]);
    expect(second?.['price']).toEqual({ previous_dollars: '0.4200' });
    expect(third?.['price']).toEqual({
      ...span('0.4400', '0.4400', '0.4400', '0.4400'),
      mean_dollars: '0.4400',
      previous_dollars: '0.4200',
    });
  });

  test('an hour is put together from its minutes', () => {
    const [hour] = read(0, 3600, 60).slice(-1);
    expect(hour).toMatchObject({
      end_period_ts: START + 3600,
      price: { ...span('0.4300', '0.4400', '0.4200', '0.4400'), mean_dollars: '0.4333' },
      volume_fp: '6.00',
      yes_bid: { open_dollars: '0.4000', close_dollars: '0.4200' },
    });
  });

  test('the latest state before a range can be put in front', () => {
    expect(read(130, 180, 1, true)).toEqual([
      {
        end_period_ts: START + 180,
        yes_bid: span('0.4200', '0.4200', '0.4200', '0.4200'),
        yes_ask: span('0.4500', '0.4500', '0.4500', '0.4500'),
        price: { previous_dollars: '0.4200' },
        volume_fp: '0.00',
        open_interest_fp: '5.00',
      },
    ]);
  });
});

test('too long a range is refused by its length alone, in the words of the exchange', async () => {
  const { anonymous, tickers } = await host();
  const answer = await anonymous.get(`/series/S/markets/${tickers[0]}/candlesticks?start_ts=0&end_ts=684000&period_interval=1`);
  expect([answer.status, answer.text]).toEqual([
    400,
    expect.stringContaining('requested time range with candlesticks: 11400.000000, max candlesticks: 5000'),
  ]);
});
