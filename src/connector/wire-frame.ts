/** From the bytes of one websocket frame to its envelope: `{type, sid?, seq?, id?, msg}`. Size, encoding and depth are checked before anything is built. */
import { fromEpochMs, UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import { clipped, isObject, MalformedFrameError, show, type JsonObject } from './wire-fields.js';

/** The envelope of one message. Unknown fields beside these are ignored. */
export interface WireFrame {
  readonly type: string;
  /** Subscription the message belongs to; null on plain command replies. */
  readonly sid: number | null;
  /** Its number within the subscription; null on channels that do not count. */
  readonly seq: number | null;
  /** The command it answers. */
  readonly id: number | null;
  readonly msg: JsonObject | readonly unknown[] | null;
  /** The market it is about, where it says so. */
  readonly ticker: string | null;
  /** When the exchange sent it, as the frame says; UNKNOWN_TIME where it does not. */
  readonly sentAt: EpochUs;
}

/** The exchange may send up to 64 MiB; a full book of 9,999 levels on both sides is half of this, and what is larger would hold up everything else. */
export const FRAME_BYTES_MAX = 1024 * 1024;
const DEPTH_MAX = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param bytes one whole text frame, with or without a trailing newline
 * @throws MalformedFrameError naming what is wrong; nothing of the frame has had an effect then
 */
export const parseFrame = (bytes: Uint8Array, bytesMax: number = FRAME_BYTES_MAX): WireFrame => {
  if (bytes.length > bytesMax) throw new MalformedFrameError('frame', `at most ${bytesMax} bytes`, `${bytes.length} bytes`);
  if (isTooDeep(bytes)) throw new MalformedFrameError('frame', `nesting of at most ${DEPTH_MAX} levels`, 'deeper nesting');
  const text = decodeText(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedFrameError('frame', 'JSON', text);
  }
  if (!isObject(value)) throw new MalformedFrameError('frame', 'a JSON object', text);
  const type = own(value, 'type');
  if (typeof type !== 'string') throw new MalformedFrameError('frame.type', 'a text', show(type));
  const msg = own(value, 'msg') ?? null;
  if (msg !== null && typeof msg !== 'object') throw new MalformedFrameError(`${clipped(type)}.msg`, 'an object', show(msg));
  return {
    type,
    sid: numberOf(value, 'sid', type),
    seq: numberOf(value, 'seq', type),
    id: numberOf(value, 'id', type),
    msg: msg as WireFrame['msg'],
    ticker: tickerOf(msg),
    sentAt: sendingTime(own(value, 'sending_ts_ms')),
  };
};

const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/** It only tells how old a frame is: one that cannot be read is no reason to refuse the frame. */
const sendingTime = (value: unknown): EpochUs =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? fromEpochMs(value) : UNKNOWN_TIME;

const numberOf = (object: JsonObject, name: string, type: string): number | null => {
  const value = own(object, name);
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || Object.is(value, -0))
    throw new MalformedFrameError(`${clipped(type)}.${name}`, 'a whole number of at least 0', show(value));
  return value;
};

/** Private orders say `ticker`, everything else `market_ticker`. */
const tickerOf = (msg: unknown): string | null => {
  if (!isObject(msg)) return null;
  const ticker = own(msg, 'market_ticker') ?? own(msg, 'ticker');
  return typeof ticker === 'string' && ticker !== '' ? ticker : null;
};

const decodeText = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedFrameError('frame', 'UTF-8 text', `${bytes.length} bytes that are not`);
  }
};

/** Counts brackets outside of texts: a frame made to exhaust us is refused before it is parsed. */
const isTooDeep = (bytes: Uint8Array): boolean => {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (inText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEPTH_MAX) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
};
