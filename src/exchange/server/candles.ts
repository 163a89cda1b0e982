/** Candlesticks of one exchange, built from its own ticker and trade events: minutes are kept, hours and days are put together when asked for. */
import type { Ticker } from '../../domain/ids.js';
import {
  addQuantity,
  formatPrice,
  formatQuantity,
  price,
  ZERO_PRICE,
  ZERO_QUANTITY,
  type EpochUs,
  type Price,
  type Quantity,
} from '../../domain/units.js';
import type { ExchangeEvent, MarketView, TickerView } from '../core/types.js';
import type { Json } from './replies.js';
import { unixSeconds } from './times.js';

/** Minutes per candle that the exchange offers. */
export const PERIODS = [1, 60, 1440] as const;
export type Period = (typeof PERIODS)[number];

const SECONDS_PER_MINUTE = 60;
/** A week of minutes per market; the oldest go first. */
const MINUTES_KEPT = 10_080;

interface Span {
  open: Price;
  high: Price;
  low: Price;
  close: Price;
}

interface Candle {
  /** Unix seconds. */
  end: number;
  bid: Span;
  ask: Span;
  /** Trades; null where there were none. */
  price: Span | null;
  /** Sum of price times quantity, for the mean. */
  turnover: number;
  volume: Quantity;
  openInterest: Quantity;
  /** Last trade before this candle; null where there was none. */
  previous: Price | null;
}

interface Track {
  readonly minutes: Candle[];
  bid: Price;
  ask: Price;
  last: Price | null;
  openInterest: Quantity;
}

const flat = (at: Price): Span => ({ open: at, high: at, low: at, close: at });

const stretch = (span: Span, to: Price): void => {
  span.high = price(Math.max(span.high, to));
  span.low = price(Math.min(span.low, to));
  span.close = to;
};

const endOf = (at: EpochUs): number => (Math.floor(unixSeconds(at) / SECONDS_PER_MINUTE) + 1) * SECONDS_PER_MINUTE;

export class Candles {
  readonly #tracks = new Map<Ticker, Track>();

  /** Where a market stands before its first event is heard. */
  begin(market: MarketView): void {
    this.#track(market.ticker, market.ticks, market.payout);
  }

  hear(event: ExchangeEvent): void {
    if (event.type === 'ticker') {
      const track = this.#track(event.ticker, event.ticks, event.payout);
      const candle = this.#minute(track, event.at);
      track.bid = event.ticks.bid ?? ZERO_PRICE;
      track.ask = event.ticks.ask ?? event.payout;
      track.openInterest = event.ticks.openInterest;
      stretch(candle.bid, track.bid);
      stretch(candle.ask, track.ask);
      candle.openInterest = track.openInterest;
    }
    if (event.type === 'trade') {
      const { trade } = event;
      const track = this.#tracks.get(trade.ticker);
      if (track === undefined) return;
      const candle = this.#minute(track, event.at);
      if (candle.price === null) candle.price = flat(trade.price);
      else stretch(candle.price, trade.price);
      candle.turnover += trade.price * trade.quantity;
      candle.volume = addQuantity(candle.volume, trade.quantity);
      track.last = trade.price;
    }
  }

  #track(ticker: Ticker, ticks: TickerView, payout: Price): Track {
    let track = this.#tracks.get(ticker);
    if (track === undefined) {
      track = { minutes: [], bid: ticks.bid ?? ZERO_PRICE, ask: ticks.ask ?? payout, last: ticks.last, openInterest: ticks.openInterest };
      this.#tracks.set(ticker, track);
    }
    return track;
  }

  #minute(track: Track, at: EpochUs): Candle {
    const end = endOf(at);
    const newest = track.minutes.at(-1);
    if (newest !== undefined && newest.end >= end) return newest;
    const { bid, ask, last, openInterest } = track;
    const candle: Candle = {
      end,
      bid: flat(bid),
      ask: flat(ask),
      price: null,
      turnover: 0,
      volume: ZERO_QUANTITY,
      openInterest,
      previous: last,
    };
    track.minutes.push(candle);
    if (track.minutes.length > MINUTES_KEPT) track.minutes.shift();
    return candle;
  }

  /**
   * Candles whose end lies in [from, to], oldest first; periods in which nothing happened have none.
   * @param includeLatestBefore puts an empty candle first that carries the last price known before `from`
   */
  read(
    ticker: Ticker,
    ask: { readonly from: number; readonly to: number; readonly period: Period; readonly includeLatestBefore: boolean },
  ): readonly Json[] {
    const all = merge(this.#tracks.get(ticker)?.minutes ?? [], ask.period);
    const inside = all.filter(({ end }) => end >= ask.from && end <= ask.to);
    const before = ask.includeLatestBefore ? all.findLast(({ end }) => end < ask.from) : undefined;
    const bodies = inside.map(candleBody);
    return before === undefined ? bodies : [projected(before, ask.from, ask.period), ...bodies];
  }
}

const copy = (candle: Candle, end: number): Candle => ({
  ...candle,
  end,
  bid: { ...candle.bid },
  ask: { ...candle.ask },
  price: candle.price === null ? null : { ...candle.price },
});

const join = (span: Span, next: Span): void => {
  span.high = price(Math.max(span.high, next.high));
  span.low = price(Math.min(span.low, next.low));
  span.close = next.close;
};

const merge = (minutes: readonly Candle[], period: Period): readonly Candle[] => {
  const length = period * SECONDS_PER_MINUTE;
  const merged: Candle[] = [];
  for (const minute of minutes) {
    const end = Math.ceil(minute.end / length) * length;
    const open = merged.at(-1);
    if (open === undefined || open.end !== end) {
      merged.push(copy(minute, end));
      continue;
    }
    join(open.bid, minute.bid);
    join(open.ask, minute.ask);
    if (minute.price !== null) {
      if (open.price === null) open.price = { ...minute.price };
      else join(open.price, minute.price);
    }
    open.turnover += minute.turnover;
    open.volume = addQuantity(open.volume, minute.volume);
    open.openInterest = minute.openInterest;
  }
  return merged;
};

const spanBody = (span: Span): { readonly [key: string]: Json } => ({
  close_dollars: formatPrice(span.close),
  high_dollars: formatPrice(span.high),
  low_dollars: formatPrice(span.low),
  open_dollars: formatPrice(span.open),
});

/** Without trades only the previous price is told. */
const candleBody = (candle: Candle): Json => ({
  end_period_ts: candle.end,
  open_interest_fp: formatQuantity(candle.openInterest),
  price: {
    ...(candle.price === null
      ? {}
      : { ...spanBody(candle.price), mean_dollars: formatPrice(price(Math.round(candle.turnover / candle.volume))) }),
    ...(candle.previous === null ? {} : { previous_dollars: formatPrice(candle.previous) }),
  },
  volume_fp: formatQuantity(candle.volume),
  yes_ask: spanBody(candle.ask),
  yes_bid: spanBody(candle.bid),
});

/** The last candle before a range, carried to the range's first period boundary: quotes stand still, no trade. */
const projected = (candle: Candle, from: number, period: Period): Json => {
  const length = period * SECONDS_PER_MINUTE;
  const last = candle.price?.close ?? candle.previous;
  return candleBody({
    end: Math.ceil(from / length) * length,
    bid: flat(candle.bid.close),
    ask: flat(candle.ask.close),
    price: null,
    turnover: 0,
    volume: ZERO_QUANTITY,
    openInterest: candle.openInterest,
    previous: last,
  });
};
