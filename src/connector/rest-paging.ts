/** Reads lists to their end. A page that fails, an endless list or a cursor that comes again makes the whole reading fail: half a list proves nothing. */
import { decoded, type RestResult, type Result } from './rest-result.js';
import { fieldsOf, itemsOf } from './rest-decode.js';
import type { Fields } from './wire-fields.js';

export interface PageParts<T> {
  /** What is read, for messages. */
  readonly what: string;
  /** Name of the list in the body. */
  readonly list: string;
  readonly decode: (item: Fields) => T;
  /** What tells two rows apart: a row that slips from one page to the next while we read is counted once, its later state stands. */
  readonly keyOf: (item: T) => string;
  readonly pagesMax: number;
  /** Whether the document promises a cursor with every page: without one nobody knows whether the list has ended. */
  readonly cursor: 'promised' | 'optional';
  readonly fetch: (cursor: string | null) => Promise<RestResult>;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

export const readAllPages = async <T>(parts: PageParts<T>): Promise<Result<readonly T[]>> => {
  const rows = new Map<string, T>();
  const seen = new Set<string>();
  let cursor: string | null = null;
  for (let page = 0; page < parts.pagesMax; page++) {
    const result: Result<Page<T>> = decoded(await parts.fetch(cursor), (body) => decodePage(body, parts));
    if (result.kind !== 'ok') return result;
    for (const item of result.value.items) rows.set(parts.keyOf(item), item);
    cursor = result.value.cursor;
    if (cursor === null) return { kind: 'ok', status: result.status, value: [...rows.values()] };
    if (seen.has(cursor)) return { kind: 'unknown', status: result.status, reason: `${parts.what}: the same cursor came twice` };
    seen.add(cursor);
  }
  return { kind: 'unknown', status: 0, reason: `${parts.what}: more than ${parts.pagesMax} pages` };
};

const decodePage = <T>(body: unknown, parts: PageParts<T>): Page<T> => {
  const fields = fieldsOf(body, parts.what);
  // An account without a single row may get an object without the list.
  const items = fields.has(parts.list) || !isEmpty(body) ? itemsOf(fields, parts.list, parts.decode) : [];
  if (parts.cursor === 'promised' && !isEmpty(body) && !Object.hasOwn(body as object, 'cursor'))
    fields.refuse('cursor', 'a cursor, empty on the last page');
  return { items, cursor: fields.optionalText('cursor') };
};

const isEmpty = (body: unknown): boolean => Object.keys(body as object).length === 0;
