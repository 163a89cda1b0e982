import { describe, expect, test } from 'vitest';
import { readAllPages } from '../../../src/connector/rest-paging.js';
import { notSent, type RestResult } from '../../../src/connector/rest-result.js';

const page = (ids: readonly string[], cursor?: string | null): RestResult => ({
  kind: 'ok',
  status: 200,
  value: { rows: ids.map((id, i) => ({ id, n: i })), cursor },
});

const read = async (pages: readonly RestResult[], pagesMax = 10): Promise<{ ids: string[] | string; cursors: (string | null)[] }> => {
  const cursors: (string | null)[] = [];
  const result = await readAllPages({
    what: 'rows',
    list: 'rows',
    decode: (fields) => ({ id: fields.text('id'), n: fields.count('n') }),
    keyOf: (row) => row.id,
    pagesMax,
    cursor: 'optional',
    fetch: async (cursor) => {
      cursors.push(cursor);
      return pages[cursors.length - 1] ?? notSent('no such page');
    },
  });
  return { ids: result.kind === 'ok' ? result.value.map((row) => row.id) : result.kind, cursors };
};

describe('a paged list', () => {
  test.each([[''], [null], [undefined]])('ends with the cursor %o', async (cursor) => {
    expect(await read([page(['a', 'b'], cursor)])).toEqual({ ids: ['a', 'b'], cursors: [null] });
  });

  test('is read to its last page, passing each cursor back', async () => {
    expect(await read([page(['a'], 'c1'), page(['b'], 'c2'), page([], '')])).toEqual({ ids: ['a', 'b'], cursors: [null, 'c1', 'c2'] });
  });

  test('counts a row once that slipped to the next page', async () => {
    expect((await read([page(['a', 'b'], 'c1'), page(['b', 'c'], '')])).ids).toEqual(['a', 'b', 'c']);
  });

  test('is nothing where any page fails, however many came before', async () => {
    expect((await read([page(['a'], 'c1'), { kind: 'unknown', status: 503, reason: 'x' }])).ids).toBe('unknown');
    expect((await read([page(['a'], 'c1'), notSent('x')])).ids).toBe('refused');
    expect((await read([page(['a'], 'c1'), { kind: 'ok', status: 200, value: { rows: [{ id: 'b' }] } }])).ids).toBe('unknown');
    expect((await read([{ kind: 'ok', status: 200, value: { other: [] } }])).ids).toBe('unknown');
    expect((await read([{ kind: 'ok', status: 200, value: null }])).ids).toBe('unknown');
  });

  test('is nothing where a cursor comes again or the pages do not end', async () => {
    expect((await read([page(['a'], 'c1'), page(['b'], 'c1')])).ids).toBe('unknown');
    const endless = Array.from({ length: 20 }, (_, i) => page([`${i}`], `c${i}`));
    const { ids, cursors } = await read(endless, 3);
    expect(ids).toBe('unknown');
    expect(cursors).toHaveLength(3);
  });

  test('may be an empty object, as recorded', async () => {
    expect((await read([{ kind: 'ok', status: 200, value: {} }])).ids).toEqual([]);
  });

  test('a promised cursor that is missing is no end: half a list would pass for the whole', async () => {
    const result = await readAllPages({
      what: 'orders',
      list: 'rows',
      decode: (row) => row.text('id'),
      keyOf: (id) => id,
      pagesMax: 3,
      cursor: 'promised',
      fetch: async () => ({ kind: 'ok', status: 200, value: { rows: [{ id: 'a' }] } }),
    });
    expect(result).toMatchObject({ kind: 'unknown' });
  });
});
