/** Pieces shared by the decoders of REST bodies. Unknown fields are fine; a missing or changed one is refused with its path. */
import { MalformedMessageError } from '../domain/errors.js';
import type { BookSide } from '../domain/market.js';
import { fromEpochMs, type EpochUs } from '../domain/units.js';
import { Fields, isObject, show } from './wire-fields.js';
import { parseRfc3339 } from './wire-time.js';

/** The body as an object whose fields can be asked for. @param ticker of the market it belongs to, if it is known, for messages */
export const fieldsOf = (body: unknown, path: string, ticker: string | null = null): Fields => {
  if (!isObject(body)) throw new MalformedMessageError(path, 'an object', show(body));
  return new Fields(path, body, ticker);
};

/** An object inside an object. */
export const inner = (fields: Fields, name: string): Fields => fieldsOf(fields.value(name), `${fields.path}.${name}`);

/** Every item of a list, each decoded with its own path. */
export const itemsOf = <T>(fields: Fields, name: string, decode: (item: Fields) => T): T[] =>
  fields.list(name).map((item, i) => decode(fieldsOf(item, `${fields.path}.${name}[${i}]`)));

/** A time as the exchange writes it in read models: RFC 3339 in UTC with any number of decimals. */
export const timeOf = (fields: Fields, name: string): EpochUs => {
  const text = fields.text(name);
  return parseRfc3339(text) ?? withOffset(text) ?? fields.refuse(name, 'a time such as 2026-06-11T06:29:47.42Z');
};

/** The exchange stamps in UTC; only its calendar of maintenance may be written in local time. */
const withOffset = (text: string): EpochUs | null => {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? fromEpochMs(at) : null;
};

export const optionalTimeOf = (fields: Fields, name: string): EpochUs | null => (fields.has(name) ? timeOf(fields, name) : null);

/** `exchange_index`; bodies from before the exchange was sharded lack it. */
export const shardOf = (fields: Fields): number => (fields.has('exchange_index') ? fields.count('exchange_index') : 0);

export const BOOK_SIDES: ReadonlyMap<string, BookSide> = new Map([
  ['bid', 'bid'],
  ['ask', 'ask'],
]);

/** A plain number of at least 0, possibly with decimals. */
export const numberOf = (fields: Fields, name: string): number => {
  const value = fields.value(name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fields.refuse(name, 'a number of at least 0');
};

/** A whole number of either sign, as money in cents is written. */
export const integerOf = (fields: Fields, name: string): number => {
  const value = fields.value(name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : fields.refuse(name, 'a whole number');
};
