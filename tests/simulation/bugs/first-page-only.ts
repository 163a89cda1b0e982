/** Of a list only the first page is read. */
import { readAllPages as original, type PageParts } from '../../../src/connector/rest-paging.js';
import type { Result } from '../../../src/connector/rest-result.js';

export * from '../../../src/connector/rest-paging.js';

export const readAllPages = <T>(parts: PageParts<T>): Promise<Result<readonly T[]>> =>
  original({
    ...parts,
    fetch: async (cursor) => {
      const page = await parts.fetch(cursor);
      return page.kind === 'ok' ? { ...page, value: { ...(page.value as object), cursor: '' } } : page;
    },
  });
