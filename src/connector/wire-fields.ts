/** Checked reading of one JSON object of the wire: every field is asked for by name and type, and what is missing or changed says so with its path. */
import { InvalidUnitError, MalformedMessageError, quote } from '../domain/errors.js';
import {
  formatCash,
  formatQuantity,
  fromEpochMs,
  parseCash,
  parsePrice,
  parseQuantity,
  UNKNOWN_TIME,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { parseRfc3339 } from './wire-time.js';

export interface JsonObject {
  readonly [name: string]: unknown;
}

/** How the NO side of a book is written: in NO prices (the default of 2026) or, under `use_yes_price`, already in YES prices. Pinned on subscribing. */
export type NoSideConvention = 'no-price' | 'yes-price';

export interface WireContext {
  readonly noSide: NoSideConvention;
  /** Payout of a market's YES contract: what both sides of a price sum to. */
  payoutOf(ticker: string): Price;
}

/** A frame that is not what the exchange promised. Names the market where it is known, so that only that market needs to stop. */
export class MalformedFrameError extends MalformedMessageError {
  constructor(
    where: string,
    expected: string,
    received: string,
    readonly ticker: string | null = null,
  ) {
    super(ticker === null ? where : `${where} of ${clipped(ticker)}`, expected, received);
  }
}

/** A foreign name for use within a sentence: short and printable. */
export const clipped = (name: string): string => quote(name).slice(1, -1);

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const LISTED_MAX = 3;
const SHOWN_MAX = 200;

/** How an outside value reads in an error text. Its size must not matter: of a long text the beginning is shown, of a large list or object only what it is. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_MAX));
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? typeof value;
  const inner: unknown[] = Object.values(value);
  if (inner.length > LISTED_MAX || inner.some((part) => typeof part === 'object' && part !== null))
    return Array.isArray(value) ? `a list of ${inner.length}` : `an object of ${inner.length} fields`;
  return JSON.stringify(value).slice(0, SHOWN_MAX);
};

/** Most that one message may speak of. What is larger is no order of ours and no money of ours, and sums of it would no longer be exact. */
const SIZE_MAX = parseQuantity('100000000');
const CASH_MAX = parseCash('100000000');
/** Most contracts at one price of a book: at the smallest price they cost little. */
export const LEVEL_SIZE_MAX = parseQuantity('99999999999');
/** Names, ids and words are far shorter; a cursor may be long. */
const TEXT_MAX = 4096;

/** Ids and tickers come back in paths of our calls: half a character cannot be written there, and dots would lead elsewhere. */
export const isName = (text: string): boolean => text !== '' && text !== '.' && text !== '..' && !/\p{Surrogate}/u.test(text);

/** Largest millisecond and second stamps whose microseconds are still exact integers. */
const EPOCH_MS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
const EPOCH_SECONDS_MAX = Math.floor(EPOCH_MS_MAX / 1000);

export class Fields {
  /** @param path how the object is called in errors, such as `orderbook_delta.msg` */
  constructor(
    readonly path: string,
    readonly object: JsonObject,
    readonly ticker: string | null,
  ) {}

  /** The field itself; undefined where it is absent or null. Inherited names such as `constructor` are absent. */
  value(name: string): unknown {
    return Object.hasOwn(this.object, name) ? (this.object[name] ?? undefined) : undefined;
  }

  refuse(name: string, expected: string): never {
    throw new MalformedFrameError(`${this.path}.${name}`, expected, show(this.value(name)), this.ticker);
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value === '') return this.refuse(name, 'a text');
    if (value.length > TEXT_MAX) return this.refuse(name, `a text of at most ${TEXT_MAX} characters`);
    return isName(value) ? value : this.refuse(name, 'a text that can name something');
  }

  /** null where the field is absent, null or empty. */
  optionalText(name: string): string | null {
    const value = this.value(name);
    return value === undefined || value === '' ? null : this.text(name);
  }

  /** One of the known words, translated. */
  word<T>(name: string, words: ReadonlyMap<string, T>): T {
    const value = this.value(name);
    const meaning = typeof value === 'string' ? words.get(value) : undefined;
    return meaning === undefined ? this.refuse(name, `one of ${[...words.keys()].join(', ')}`) : meaning;
  }

  flag(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  /** A whole number of at least 0. */
  count(name: string): number {
    const value = this.value(name);
    const sound = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
    return sound ? value : this.refuse(name, 'a whole number of at least 0');
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : this.refuse(name, 'a list');
  }

  /** A price of at least 0. */
  price(name: string): Price {
    return this.#decimal(name, parsePrice, 'unsigned');
  }

  /** A number of contracts of at least 0. */
  quantity(name: string, most: Quantity = SIZE_MAX): Quantity {
    return this.#within(name, this.#decimal(name, parseQuantity, 'unsigned'), most, formatQuantity);
  }

  signedQuantity(name: string, most: Quantity = SIZE_MAX): Quantity {
    return this.#within(name, this.#decimal(name, parseQuantity, 'signed'), most, formatQuantity);
  }

  cash(name: string): Cash {
    return this.#within(name, this.#decimal(name, parseCash, 'signed'), CASH_MAX, formatCash);
  }

  #within<T extends number>(name: string, value: T, most: T, format: (value: T) => string): T {
    return Math.abs(value) <= most ? value : this.refuse(name, `at most ${format(most)} either way`);
  }

  #decimal<T extends number>(name: string, parse: (text: string) => T, sign: 'signed' | 'unsigned'): T {
    const result = readDecimal(this.value(name), parse, sign);
    return typeof result === 'string' ? this.refuse(name, result) : result;
  }

  /** When the exchange stamped it: `ts_ms`, else `ts` (RFC 3339 or seconds, as older frames have it), else UNKNOWN_TIME. */
  exchangeTime(): EpochUs {
    if (this.has('ts_ms')) return this.millis('ts_ms');
    const ts = this.value('ts');
    if (ts === undefined) return UNKNOWN_TIME;
    if (typeof ts === 'string') return parseRfc3339(ts) ?? this.refuse('ts', 'a time such as 2026-06-11T06:29:47.42Z');
    if (typeof ts === 'number' && ts > 0 && ts <= EPOCH_SECONDS_MAX) return Math.round(ts * 1e6) as EpochUs;
    return this.refuse('ts', 'a time in RFC 3339 or seconds');
  }

  /** Milliseconds since the epoch. */
  millis(name: string): EpochUs {
    const value = this.count(name);
    return value > 0 && value <= EPOCH_MS_MAX ? fromEpochMs(value) : this.refuse(name, 'milliseconds since 1970');
  }

  /** Whole seconds since the epoch. */
  seconds(name: string): EpochUs {
    const value = this.count(name);
    return value > 0 && value <= EPOCH_SECONDS_MAX ? fromEpochMs(value * 1000) : this.refuse(name, 'seconds since 1970');
  }
}

/**
 * A decimal of the wire, exact. The exchange writes texts; some clients have seen plain numbers instead, whose shortest decimal form says the same.
 * @returns the value, or (as a text) what would have been right
 */
export const readDecimal = <T extends number>(value: unknown, parse: (text: string) => T, sign: 'signed' | 'unsigned'): T | string => {
  if (typeof value !== 'string' && typeof value !== 'number') return 'a decimal text';
  if (Object.is(value, -0)) return 'a decimal without negative zero';
  try {
    const text = String(value);
    const parsed = parse(text);
    if (text.startsWith('-') && (sign === 'unsigned' || parsed === 0))
      return parsed === 0 ? 'a decimal without negative zero' : 'at least 0';
    return parsed;
  } catch (error) {
    if (error instanceof InvalidUnitError) return error.expected;
    throw error;
  }
};
