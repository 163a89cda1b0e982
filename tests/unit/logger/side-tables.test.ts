import { describe, expect, test } from 'vitest';
import type { AppendFile } from '../../../src/domain/ports.js';
import { SIDE_COLUMNS, SIDE_TABLES, sideHead, sideLine, SideSink, type SideTable } from '../../../src/logger/side-tables.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import { splitFields } from '../../../src/logger/tape-files.js';

class Page implements AppendFile {
  text = '';
  closed = false;
  append(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString();
  }
  close(): void {
    this.closed = true;
  }
}

class Desk {
  readonly pages = new Map<SideTable, Page>();
  refuses = false;
  readonly sink = new SideSink((table) => {
    if (this.refuses) throw new StorageError('open', `${table}.csv`, 'ENOSPC');
    const page = new Page();
    this.pages.set(table, page);
    return page;
  });
}

describe('a row', () => {
  test('has a field for every column, in their order, and survives commas, quotes and line ends', () => {
    const line = sideLine('state', { ts: 't', what: 'halt', detail: 'loss, "all" of it\nand more' });
    expect(line.endsWith('\n')).toBe(true);
    expect(splitFields(line.slice(0, -1), 'x')).toEqual(['t', 'halt', '', '', '', '', '', 'loss, "all" of it\nand more']);
    for (const table of SIDE_TABLES) expect(sideHead(table).trim().split(',')).toEqual([...SIDE_COLUMNS[table]]);
  });
});

describe('the files', () => {
  test('are opened when there is something to write, and get it in order', () => {
    const { sink, pages } = new Desk();
    sink.flush();
    expect(pages.size).toBe(0);
    sink.take('orders', 'a\n');
    sink.take('orders', 'b\n');
    sink.flush();
    sink.take('orders', 'c\n');
    sink.flush();
    sink.close();
    expect([...pages].map(([table, page]) => [table, page.text, page.closed])).toEqual([['orders', 'a\nb\nc\n', true]]);
  });

  test('what the disk refuses waits; of too much the oldest is dropped', () => {
    const desk = new Desk();
    desk.refuses = true;
    for (let i = 0; i < 10_005; i++) desk.sink.take('state', `${i}\n`);
    desk.sink.flush();
    desk.refuses = false;
    desk.sink.flush();
    const lines = desk.pages.get('state')?.text.trimEnd().split('\n') ?? [];
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([10_000, '5', '10004']);
  });

  test("a fault that is not the disk's is not swallowed", () => {
    const sink = new SideSink(() => {
      throw new TypeError('ours');
    });
    sink.take('state', 'x\n');
    expect(() => sink.flush()).toThrow('ours');
  });
});
