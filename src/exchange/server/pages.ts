/** Pages of a list. The cursor is an opaque text; one that cannot be read means the first page (recorded). */
import type { Json } from './replies.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly cursor: string;
}

const MARK = 'k1:';

const encode = (key: string): string => Buffer.from(MARK + key, 'utf8').toString('base64url');

const decode = (cursor: string): string | null => {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return text.startsWith(MARK) ? text.slice(MARK.length) : null;
};

/**
 * One page of a list that is already in its order. The cursor names the last item sent, so new items at the head shift nothing; where that item is
 * gone, the first page is sent again.
 */
export const pageOf = <T>(all: readonly T[], limit: number, cursor: string | null, keyOf: (item: T) => string): Page<T> => {
  const after = cursor === null ? null : decode(cursor);
  const start = after === null ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return { items, cursor: last === undefined || start + items.length >= all.length ? '' : encode(keyOf(last)) };
};

/** A page in the usual body: the list under its name, and the cursor. */
export const pageBody = <T>(name: string, page: Page<T>, encodeItem: (item: T) => Json): Json => ({
  cursor: page.cursor,
  [name]: page.items.map(encodeItem),
});
