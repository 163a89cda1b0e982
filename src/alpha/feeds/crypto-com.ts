/**
 * Crypto.com Exchange's public market data as facts about an index: its value from the index channel, or from the middle of a book where no index is configured,
 * and candles for whoever computes volatility from them.
 *
 * Format: "Crypto.com Exchange API v1", exchange-docs.crypto.com/exchange/v1/rest-ws, change log up to 2025-07-17, as stored by a public crawl; read in November 2026.
 * From it: request and answer envelopes, channels book.{instrument}.{depth}, index.{instrument}, candlestick.{period}.{instrument}, one second of rest before the first
 * request. The heartbeat (public/heartbeat every 30 seconds, to be answered with the same id within 5) is from client libraries that agree (ccxt, hummingbot): the
 * stored page lacks that section. Unverified: whether the first candlestick message carries history; it is taken either way.
 */
import type { IndexVolatility } from '../../domain/events.js';
import { later, millis, seconds, toEpochMs, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../../domain/units.js';
import type { StreamProtocol } from '../stream-feed.js';
import type { Candle } from '../pricing/candle-volatility.js';
import { CandleWindow } from './candle-window.js';
import { FeedFrameError, FeedRefusedError } from './feed-errors.js';
import type { FeedWorld } from './feed-port.js';
import { jsonOf, numberOf, OutsideFields, shown } from './outside-json.js';
import { Plausible } from './plausible.js';

/** What the candles say of the future; null where they are too few. The mathematics are those of whoever prices. */
export type VolatilityOfCandles = (candles: readonly Candle[], now: EpochUs) => Pick<IndexVolatility, 'annual' | 'error'> | null;

export interface CryptoComSettings {
  readonly name: string;
  /** How the facts call the index. */
  readonly index: string;
  /** Where its value is from: the index channel of an instrument such as BTCUSD-INDEX, or the middle of the book of one such as BTC_USD. */
  readonly value: { readonly channel: 'index' | 'book'; readonly instrument: string };
  /** Such as BTC_USD. Null: no candles. */
  readonly candleInstrument: string | null;
  readonly candlePeriod: '1m' | '5m' | '15m';
  /** Candles are kept this long. */
  readonly candlesFor: DurationUs;
  /** Part by which a value may differ from the one before. */
  readonly jumpMax: number;
  /** Values are told at most this often. */
  readonly spacing: DurationUs;
}

const VALUE_MAX = 1e12;
const ENTRIES_MAX = 2000;
const DEPTH = 10;
const NO_ANSWER: readonly string[] = Object.freeze([]);

export class CryptoComProtocol implements StreamProtocol {
  readonly greetAfter = seconds(1);
  readonly keepAlive = null;
  readonly #candles: CandleWindow;
  readonly #plausible: Plausible;
  /** Stamp of the newest value: an earlier one is old news. */
  #valueAt: EpochUs = UNKNOWN_TIME;
  #toldAt: EpochUs = UNKNOWN_TIME;
  #requests = 0;

  constructor(
    private readonly settings: CryptoComSettings,
    private readonly world: Pick<FeedWorld, 'offer'>,
    private readonly volatility: VolatilityOfCandles | null,
  ) {
    this.#candles = new CandleWindow(settings.candlesFor);
    this.#plausible = new Plausible(settings.jumpMax);
  }

  greeting(at: EpochUs): readonly string[] {
    const { value, candleInstrument, candlePeriod } = this.settings;
    const channels = [
      value.channel === 'index' ? `index.${value.instrument}` : `book.${value.instrument}.${DEPTH}`,
      ...(candleInstrument === null ? [] : [`candlestick.${candlePeriod}.${candleInstrument}`]),
    ];
    return [JSON.stringify({ id: ++this.#requests, method: 'subscribe', params: { channels }, nonce: toEpochMs(at) })];
  }

  frame(text: string, at: EpochUs): { readonly answers: readonly string[]; readonly useful: boolean } {
    const { name } = this.settings;
    const frame = OutsideFields.of(name, 'frame', jsonOf(name, text));
    const method = frame.text('method');
    // An answered heartbeat keeps the line open, but is no price: a feed that sends nothing else is silent.
    if (method === 'public/heartbeat') return { answers: [answerTo(frame)], useful: false };
    const code = frame.value('code') ?? 0;
    if (code !== 0) {
      const answer = `code ${shown(code)} ${shown(frame.value('message') ?? '')}`;
      throw new FeedRefusedError(name, method, answer, 'check the names of the instruments in alpha.crypto_com');
    }
    if (method !== 'subscribe' || frame.value('result') === undefined) return { answers: NO_ANSWER, useful: false };
    return { answers: NO_ANSWER, useful: this.#result(frame.object('result'), at) };
  }

  tick(): void {}

  lost(): void {}

  #result(result: OutsideFields, at: EpochUs): boolean {
    const { value, candleInstrument } = this.settings;
    const channel = result.value('channel');
    const instrument = result.value('instrument_name');
    if (channel === value.channel && instrument === value.instrument)
      return channel === 'index' ? this.#index(result, at) : this.#book(result, at);
    if (channel === 'candlestick' && instrument === candleInstrument) this.#candlesticks(result, at);
    // Candles alone are no sign of life: the value is what is waited for.
    return false;
  }

  #index(result: OutsideFields, at: EpochUs): boolean {
    let told = false;
    for (const entry of result.list('data', ENTRIES_MAX)) {
      const fields = OutsideFields.of(this.settings.name, 'index', entry);
      if (this.#value(fields.number('v', 0, VALUE_MAX), fields.millis('t'), at)) told = true;
    }
    return told;
  }

  #book(result: OutsideFields, at: EpochUs): boolean {
    const last = result.list('data', ENTRIES_MAX).at(-1);
    const book = OutsideFields.of(this.settings.name, 'book', last);
    const bid = this.#best(book, 'bids', (a, b) => a > b);
    const ask = this.#best(book, 'asks', (a, b) => a < b);
    if (bid === null || ask === null) return false;
    if (bid >= ask) throw new FeedFrameError(this.settings.name, 'book', 'a best bid below the best ask', `${bid} and ${ask}`);
    return this.#value((bid + ask) / 2, book.millis('t'), at);
  }

  /** Levels are [price, size, orders]. */
  #best(book: OutsideFields, side: 'bids' | 'asks', better: (a: number, b: number) => boolean): number | null {
    let best: number | null = null;
    for (const level of book.list(side, ENTRIES_MAX)) {
      const [price, size] = Array.isArray(level) ? [numberOf(level[0]), numberOf(level[1])] : [Number.NaN, Number.NaN];
      if (!(price > 0 && price <= VALUE_MAX) || !(size >= 0)) book.refuse(side, 'levels of [price, size, orders]');
      if (size > 0 && (best === null || better(price, best))) best = price;
    }
    return best;
  }

  #value(value: number, stamp: EpochUs, at: EpochUs): boolean {
    const asOf = stamp === UNKNOWN_TIME || stamp > at ? at : stamp;
    if (asOf < this.#valueAt) return false;
    if (!this.#plausible.takes(value))
      throw new FeedFrameError(
        this.settings.name,
        'value',
        `above 0 and within ${this.settings.jumpMax * 100} % of the one before`,
        String(value),
      );
    this.#valueAt = asOf;
    if (at < later(this.#toldAt, this.settings.spacing)) return true;
    this.#toldAt = at;
    this.world.offer({ type: 'index', at, index: this.settings.index, value, asOf });
    return true;
  }

  #candlesticks(result: OutsideFields, at: EpochUs): void {
    const candles = result
      .list('data', ENTRIES_MAX)
      .map((entry) => this.#candle(OutsideFields.of(this.settings.name, 'candlestick', entry), at));
    let finished = false;
    for (const candle of candles.sort((a, b) => a.from - b.from)) if (this.#candles.take(candle)) finished = true;
    if (finished) this.#tellVolatility(at);
  }

  #candle(fields: OutsideFields, at: EpochUs): Candle {
    const price = (name: string): number => {
      const value = fields.number(name, 0, VALUE_MAX);
      return value > 0 ? value : fields.refuse(name, 'a price above 0');
    };
    const candle = { from: fields.millis('t'), open: price('o'), high: price('h'), low: price('l'), close: price('c') };
    if (candle.from === UNKNOWN_TIME || candle.from > later(at, CLOCK_SLACK)) fields.refuse('t', 'the start of a candle that has begun');
    if (candle.high < Math.max(candle.open, candle.close)) fields.refuse('h', 'a high at or above open and close');
    if (candle.low > Math.min(candle.open, candle.close)) fields.refuse('l', 'a low at or below open and close');
    return candle;
  }

  #tellVolatility(at: EpochUs): void {
    const found = this.volatility?.(this.#candles.finished, at) ?? null;
    if (found === null || !(found.annual > 0) || !Number.isFinite(found.annual) || !(found.error >= 0)) return;
    this.world.offer({ type: 'index-volatility', at, index: this.settings.index, annual: found.annual, error: found.error, asOf: at });
  }
}

/** Their clock may be ahead of ours. */
const CLOCK_SLACK = millis(5000);

const answerTo = (heartbeat: OutsideFields): string =>
  JSON.stringify({ id: heartbeat.number('id', -1, Number.MAX_SAFE_INTEGER), method: 'public/respond-heartbeat' });
