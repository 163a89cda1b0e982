/** Checked reading of what feeds outside send: size, encoding, JSON, then field by field. Every refusal names feed, place, expectation and what came. */
import { fromEpochMs, UNKNOWN_TIME, type EpochUs } from '../../domain/units.js';
import { FeedFrameError } from './feed-errors.js';

export interface JsonFields {
  readonly [name: string]: unknown;
}

export const isFields = (value: unknown): value is JsonFields => typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder('utf-8', { fatal: true });
const SHOWN_MAX = 60;
/** Beyond this milliseconds are no time that anything of ours can be. */
const EPOCH_MS_MAX = 4_102_444_800_000;
const DECIMAL = /^[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})$/;

/** @throws FeedFrameError */
export const textOfBytes = (feed: string, bytes: Uint8Array, bytesMax: number): string => {
  if (bytes.length > bytesMax) throw new FeedFrameError(feed, 'frame', `at most ${bytesMax} bytes`, `${bytes.length} bytes`);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new FeedFrameError(feed, 'frame', 'UTF-8 text', `${bytes.length} bytes that are not`);
  }
};

/** @throws FeedFrameError */
export const jsonOf = (feed: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new FeedFrameError(feed, 'frame', 'JSON', text);
  }
};

/** How an outside value reads in a message: short, whatever its size. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value.slice(0, SHOWN_MAX);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'null';
};

/** A plain decimal as text, or a number; NaN for anything else, so that whoever asks must look. */
export const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : Number.NaN;
};

/** One object of a feed's frame. */
export class OutsideFields {
  constructor(
    private readonly feed: string,
    private readonly where: string,
    private readonly fields: JsonFields,
  ) {}

  /** @throws FeedFrameError where the value is no object */
  static of(feed: string, where: string, value: unknown): OutsideFields {
    if (!isFields(value)) throw new FeedFrameError(feed, where, 'an object', shown(value));
    return new OutsideFields(feed, where, value);
  }

  value(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  refuse(name: string, expected: string): never {
    throw new FeedFrameError(this.feed, `${this.where}.${name}`, expected, shown(this.value(name)));
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' && value !== '' && value.length <= 256 ? value : this.refuse(name, 'a text');
  }

  /** At most `most` entries. */
  list(name: string, most: number): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value)) return this.refuse(name, 'a list');
    return value.length <= most ? value : this.refuse(name, `at most ${most} entries`);
  }

  object(name: string): OutsideFields {
    return OutsideFields.of(this.feed, `${this.where}.${name}`, this.value(name));
  }

  /** A number within the bounds, both included, as a decimal text or a JSON number. */
  number(name: string, low: number, high: number): number {
    const number = numberOf(this.value(name));
    return number >= low && number <= high ? number : this.refuse(name, `a number from ${low} to ${high}`);
  }

  /** Milliseconds since 1970, as a number or a text; UNKNOWN_TIME where there are none. */
  millis(name: string): EpochUs {
    const value = this.value(name);
    if (value === undefined || value === null) return UNKNOWN_TIME;
    const ms = numberOf(value);
    return Number.isSafeInteger(ms) && ms > 0 && ms < EPOCH_MS_MAX ? fromEpochMs(ms) : this.refuse(name, 'milliseconds since 1970');
  }
}
