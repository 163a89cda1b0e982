/**
 * Reads the usual book delta straight from its bytes, without a text, an object or a parse: every literal of the known layout is checked, and anything
 * else at all is "not mine" and goes to the JSON path, which is its oracle. About six times faster than that path and free of allocation.
 */
import type { MarketIndex } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import { UNKNOWN_TIME, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import type { TickerBytes } from './ticker-bytes.js';
import { LEVEL_SIZE_MAX, type NoSideConvention } from './wire-fields.js';
import { epochOfCivil } from './wire-time.js';

/** One delta in YES terms. Refilled by the next scan. */
export interface ScannedDelta {
  sid: number;
  seq: number;
  market: MarketIndex;
  side: BookSide;
  price: Price;
  change: Quantity;
  exchangeAt: EpochUs;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const HEAD = bytesOf('{"type":"orderbook_delta","sid":');
const SEQ = bytesOf(',"seq":');
const SENDING = bytesOf(',"sending_ts_ms":');
const TICKER = bytesOf(',"msg":{"market_ticker":"');
const MARKET_ID = bytesOf('","market_id":"');
const PRICE = bytesOf('","price_dollars":"');
const CHANGE = bytesOf('","delta_fp":"');
const SIDE_YES = bytesOf('","side":"yes"');
const SIDE_NO = bytesOf('","side":"no"');
const TS = bytesOf(',"ts":"');
const TS_MS = bytesOf(',"ts_ms":');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const CLOSE = 0x7d;
const NEWLINE = 0x0a;

/** Digits of a whole number that is exact for certain, and characters of a decimal that both paths accept. */
const DIGITS_MAX = 15;
const DECIMAL_CHARS_MAX = 12;
const PRICE_DECIMALS = 4;
const QUANTITY_DECIMALS = 2;
/** The largest 13-digit millisecond stamp whose microseconds are exact. */
const EPOCH_MS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
const EPOCH_MS_DIGITS = 13;

export class DeltaScanner {
  /** What the last successful scan found; meaningless after an unsuccessful one. */
  readonly delta: ScannedDelta = {
    sid: 0,
    seq: 0,
    market: 0 as MarketIndex,
    side: 'bid',
    price: 0 as Price,
    change: 0 as Quantity,
    exchangeAt: UNKNOWN_TIME,
  };
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #value = 0;

  constructor(
    readonly tickers: TickerBytes,
    readonly noSide: NoSideConvention,
  ) {}

  /** True: `delta` holds the whole meaning of the frame. False: not mine. */
  scan(bytes: Uint8Array): boolean {
    this.#bytes = bytes;
    this.#at = 0;
    return this.#envelope() && this.#level() && this.#times() && this.#tail();
  }

  #envelope(): boolean {
    const delta = this.delta;
    if (!this.#literal(HEAD) || !this.#whole()) return false;
    delta.sid = this.#value;
    if (!this.#literal(SEQ) || !this.#whole()) return false;
    delta.seq = this.#value;
    if (this.#literal(SENDING) && !this.#whole()) return false;
    return this.#literal(TICKER);
  }

  #level(): boolean {
    const delta = this.delta;
    const start = this.#at;
    if (!this.#textEnd()) return false;
    const entry = this.tickers.find(this.#bytes, start, this.#at);
    if (entry < 0 || !this.#literal(MARKET_ID) || !this.#textEnd()) return false;
    if (!this.#literal(PRICE) || !this.#decimal(PRICE_DECIMALS)) return false;
    const price = this.#value;
    const payout = this.tickers.payoutAt(entry);
    if (price <= 0 || price >= payout || !this.#literal(CHANGE) || !this.#signedQuantity()) return false;
    delta.market = this.tickers.marketAt(entry);
    delta.change = this.#value as Quantity;
    if (this.#literal(SIDE_YES)) {
      delta.side = 'bid';
      delta.price = price as Price;
      return true;
    }
    delta.side = 'ask';
    delta.price = (this.noSide === 'no-price' ? payout - price : price) as Price;
    return this.#literal(SIDE_NO);
  }

  /** `ts_ms` wins over the deprecated `ts`, which is then skipped unread, as the JSON path does. */
  #times(): boolean {
    let stamp: number = UNKNOWN_TIME;
    let tsStart = -1;
    if (this.#literal(TS)) {
      tsStart = this.#at;
      if (!this.#textEnd()) return false;
      this.#at++;
    }
    if (this.#literal(TS_MS)) {
      const start = this.#at;
      if (!this.#whole() || this.#at - start !== EPOCH_MS_DIGITS || this.#value > EPOCH_MS_MAX) return false;
      stamp = this.#value * 1000;
    } else if (tsStart >= 0) {
      stamp = this.#civil(tsStart, this.#at - 1);
      if (stamp < 0) return false;
    }
    this.delta.exchangeAt = stamp as EpochUs;
    return true;
  }

  #tail(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at++] !== CLOSE) return false;
    if (this.#literal(SENDING) && !this.#whole()) return false;
    if (bytes[this.#at++] !== CLOSE) return false;
    return this.#at === bytes.length || (this.#at === bytes.length - 1 && bytes[this.#at] === NEWLINE);
  }

  /** Steps over the literal if it is here, else stays. */
  #literal(literal: Uint8Array): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const length = literal.length;
    if (start + length > bytes.length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== literal[i]) return false;
    this.#at = start + length;
    return true;
  }

  /** Goes to the closing quote of a plain text: printable ASCII without escapes. */
  #textEnd(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return false;
    }
    this.#at = at;
    return at < bytes.length;
  }

  /** A JSON whole number: digits without a leading zero. */
  #whole(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = Math.min(bytes.length, start + DIGITS_MAX);
    let at = start;
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const length = at - start;
    if (length === 0 || (length > 1 && bytes[start] === ZERO)) return false;
    this.#at = at;
    this.#value = value;
    // A sixteenth digit, a fraction or an exponent meets the literal that must follow, and fails there.
    return true;
  }

  /** An unsigned decimal text with at most `decimals` decimals, in units of 10^-decimals. */
  #decimal(decimals: number): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = Math.min(bytes.length, start + DECIMAL_CHARS_MAX);
    let at = start;
    let value = 0;
    let left = -1;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (left === 0) return false;
        if (left > 0) left--;
        value = value * 10 + digit;
      } else if (byte === DOT && left < 0 && at > start) {
        left = decimals;
      } else break;
    }
    if (at === start || left === decimals) return false;
    for (let zeros = left < 0 ? decimals : left; zeros > 0; zeros--) value *= 10;
    this.#at = at;
    this.#value = value;
    return Number.isSafeInteger(value);
  }

  #signedQuantity(): boolean {
    const negative = this.#bytes[this.#at] === MINUS;
    if (negative) this.#at++;
    if (!this.#decimal(QUANTITY_DECIMALS) || this.#value > LEVEL_SIZE_MAX) return false;
    if (!negative) return true;
    const wasZero = this.#value === 0;
    this.#value = -this.#value;
    return !wasZero;
  }

  /** `YYYY-MM-DDTHH:MM:SS[.fraction]Z` between two positions as microseconds, or -1. */
  #civil(start: number, end: number): number {
    const bytes = this.#bytes;
    const length = end - start;
    if (length < 20 || bytes[end - 1] !== 0x5a || bytes[start + 10] !== 0x54) return -1;
    if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS || bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return -1;
    const micros = length === 20 ? 0 : this.#fraction(start + 19, end - 1);
    const year = this.#digits(start, 4);
    const month = this.#digits(start + 5, 2);
    const day = this.#digits(start + 8, 2);
    const hour = this.#digits(start + 11, 2);
    const minute = this.#digits(start + 14, 2);
    const second = this.#digits(start + 17, 2);
    if (micros < 0 || hour < 0 || minute < 0 || second < 0) return -1;
    return epochOfCivil(year, month, day, hour, minute, second, micros);
  }

  #digits(start: number, count: number): number {
    let value = 0;
    for (let i = start; i < start + count; i++) {
      const digit = (this.#bytes[i] as number) - ZERO;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  /** `.f` up to `.fffffffff` as microseconds; finer is cut off. */
  #fraction(start: number, end: number): number {
    const count = end - start - 1;
    if (this.#bytes[start] !== DOT || count < 1 || count > 9 || this.#digits(start + 1, count) < 0) return -1;
    let micros = this.#digits(start + 1, Math.min(count, 6));
    for (let i = count; i < 6; i++) micros *= 10;
    return micros;
  }
}
