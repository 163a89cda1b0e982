import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects, type AsyncBuffer } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/app/commands.js';
import { tableFiles } from '../../../src/app/system-tables.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { splitFields } from '../../../src/logger/tape-files.js';
import { TABLE_NAMES, TABLES, type Column, type TableName, type TableRow } from '../../../src/replay/table-columns.js';
import { tableRows } from '../../../src/replay/tables.js';
import { eventsOf, recordsOf, runOf } from '../replay/toy-run.js';
import { BUSY, folderOf, temporary } from './run-folders.js';

type Body = Record<string, unknown>;
const columnsOf = (table: TableName): readonly Column[] => TABLES[table].columns;
const run = async (...argv: string[]) => {
  const output = new CapturedOutput();
  const code = await dispatch(COMMANDS, argv, output);
  return { code, text: output.stdout.join('\n'), errors: output.stderr.join('\n'), document: output.documents[0] as Body };
};
const totalOf = (document: Body): Body => document['total'] as Body;

describe('kmm replay', () => {
  test('tells where the result came from, and how sure that is', async () => {
    const { code, text } = await run('replay', folderOf(BUSY));
    expect(code).toBe(0);
    for (const word of [
      '= spread',
      'inventory',
      'less fees',
      "agree with the bot's own account",
      'Sharpe',
      '\u00b1',
      'Drawdown at most',
      'After 10 s',
      'order messages per fill',
    ])
      expect(text).toContain(word);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('says the same as JSON, with sums that add up', async () => {
    const { document } = await run('replay', folderOf(BUSY), '--json');
    const total = totalOf(document);
    const parts = total['attribution'] as Record<string, number>;
    const micros = (name: string): number => Math.round((parts[name] ?? Number.NaN) * 1e6);
    expect(
      micros('spread_dollars') +
        micros('inventory_dollars') +
        micros('settlement_dollars') +
        micros('taken_over_dollars') -
        micros('fees_dollars'),
    ).toBe(micros('net_dollars'));
    expect(total).toMatchObject({ identity: { broken: 0, largest_difference_dollars: 0 }, fills: 160, maker_fills: 160 });
    const { n, sharpe, sharpe_error: error } = (total['periods'] ?? {}) as Record<string, number>;
    expect(error).toBeCloseTo(Math.sqrt((1 + (sharpe ?? 0) ** 2 / 2) / (n ?? 0)), 9);
    expect((total['markouts'] as Body[]).map((each) => each['horizon_seconds'])).toEqual(expect.arrayContaining([1, 10, 60]));
  });

  test('writes a page, and one page of several runs', async () => {
    const [one, two, out] = [folderOf(BUSY), folderOf(BUSY.slice(0, 100)), temporary()];
    expect((await run('replay', one, '--html', join(out, 'one.html'))).code).toBe(0);
    const { code, document } = await run('replay', one, two, '--json', '--html', join(out, 'two.html'));
    expect([code, (document['runs'] as Body[]).length]).toEqual([0, 2]);
    expect(readFileSync(join(out, 'one.html'), 'utf8')).toContain('KMM run report');
    expect(readFileSync(join(out, 'two.html'), 'utf8')).toContain('KMM report of 2 runs');
    expect(statSync(join(out, 'two.html')).mode & 0o777).toBe(0o600);
  });

  test('verifies one run at a time', async () => {
    const folder = folderOf(BUSY);
    expect(await run('replay', folder, folder, '--verify')).toMatchObject({ code: 2, errors: expect.stringContaining('one folder') });
  });
});

describe('records that are not whole', () => {
  test('an empty run says that there is nothing to show', async () => {
    const empty = folderOf([]);
    expect(await run('replay', empty)).toMatchObject({ code: 0, text: expect.stringContaining('nothing to show') });
    expect((await run('replay', empty, '--json')).document).toMatchObject({
      from_us: null,
      total: { fills: 0, net_dollars: 0 },
      markets: [],
    });
    const page = join(temporary(), 'r.html');
    expect((await run('replay', empty, '--html', page)).code).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('nothing to show');
  });

  test('a run without fills has a result of zero and no ratio', async () => {
    const quiet = folderOf(BUSY.map((move) => ({ ...move, kind: 'tick' as const })));
    const { code, text } = await run('replay', quiet);
    expect([code, text.includes('No Sharpe ratio'), text.includes('no fill judged')]).toEqual([0, true, true]);
    expect(totalOf((await run('replay', quiet, '--json')).document)).toMatchObject({
      net_dollars: 0,
      periods: { sharpe: null, sharpe_error: null },
      quoting: { messages_per_fill: null, fill_ratio: null },
    });
  });

  test('a torn end is left out, and said', async () => {
    const torn = folderOf(BUSY, { closed: false, change: (bytes) => bytes.subarray(0, bytes.length - 7) });
    const { code, text } = await run('replay', torn);
    expect([code, text.split('\n').slice(0, 2)]).toEqual([
      0,
      ['The last record of journal-000001.bin is torn and was left out.', 'The run did not end in good order.'],
    ]);
    const exported = await run('export', torn, '--out', temporary(), '--json');
    expect(exported.document['warnings']).toHaveLength(2);
  });

  test.each(['replay', 'export'])('%s refuses a journal that is damaged, and leaves no half file', async (command) => {
    const damaged = folderOf(BUSY, {
      change: (bytes) => {
        const at = bytes.length >> 1;
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        return bytes;
      },
    });
    const out = temporary();
    const { code, errors } = await run(command, damaged, ...(command === 'export' ? ['--out', out] : []));
    expect([code, errors.includes('cannot be read to its end'), errors.includes('restore the file from a copy')]).toEqual([9, true, true]);
    expect(readdirSync(out)).toEqual([]);
  });

  test.each(['replay', 'export'])('%s refuses a journal of another format', async (command) => {
    const foreign = folderOf(BUSY, { change: (bytes) => Buffer.concat([Buffer.from('{"recv_ts_ns": 1, "raw": "..."}\n'), bytes]) });
    const { code, errors } = await run(command, foreign, ...(command === 'export' ? ['--out', temporary()] : []));
    expect([code, errors.includes('expected')]).toEqual([9, true]);
  });

  test.each(['replay', 'export'])('%s refuses a folder that is none of a run, and a recording', async (command) => {
    const more = command === 'export' ? ['--out', temporary()] : [];
    expect(await run(command, temporary(), ...more)).toMatchObject({ code: 2, errors: expect.stringContaining('is no folder of a run') });
    expect(await run(command, '/nowhere/at/all', ...more)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('there is no folder'),
    });
    const recording = join(temporary(), 'ws.jsonl');
    writeFileSync(recording, '{"recv_ts_ns": 1, "raw": "{}"}\n');
    expect((await run(command, recording, ...more)).code).toBe(9);
  });

  test('records that the disk refused are told, since figures after them are not whole', async () => {
    const folder = folderOf(BUSY);
    const { files } = runOf(eventsOf(BUSY), { closed: true, bufferBytes: 4000 });
    for (const name of files.list()) writeFileSync(join(folder, name), files.read(name));
    const { document } = await run('replay', folder, '--json');
    expect(document['warnings']).toContainEqual(expect.stringMatching(/^\d+ records were lost while the disk refused/));
  });
});

/** A folder as the reader of Parquet wants it. */
const bufferOf = (path: string): AsyncBuffer => {
  const bytes = readFileSync(path);
  return {
    byteLength: bytes.length,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
};

const expected = (): Map<TableName, TableRow[]> => {
  const rows = new Map<TableName, TableRow[]>(TABLE_NAMES.map((name) => [name, []]));
  const { files } = runOf(eventsOf(BUSY), { closed: true });
  for (const row of tableRows(recordsOf(files), new Set(TABLE_NAMES), { bookHasOwnOrders: false })) rows.get(row.table)?.push(row);
  return rows;
};

/** The whole number of units behind a decimal text. */
const unitsOf = (text: string): number => Number(text.replace('.', ''));

describe('kmm export', () => {
  const rows = expected();

  test('has rows in every table to compare', () => {
    for (const name of TABLE_NAMES) expect([name, (rows.get(name) ?? []).length > 100]).toEqual([name, true]);
  });

  test('puts each figure under its name: the first fill of the run, and what became of it after 100 ms', () => {
    const named = (table: TableName, row: TableRow | undefined): Body =>
      Object.fromEntries(columnsOf(table).map(({ name }, i) => [name, row?.cells[i]]));
    const [first] = rows.get('fills') ?? [];
    expect(named('fills', first)).toMatchObject({
      side: 'bid',
      price_dollars: 4074,
      quantity_contracts: 201,
      fee_dollars: 100,
      role: 'maker',
      position_contracts: 201,
      mid_dollars: 50_000,
      source: 'stream',
    });
    const [after] = rows.get('markouts') ?? [];
    expect(named('markouts', after)).toMatchObject({
      horizon_ms: 100,
      state: 'judged',
      price_dollars: 4074,
      effective_dollars: 9260,
      markout_dollars: -9620,
      kept_dollars: -360,
    });
    const last = named('equity', rows.get('equity')?.at(-1));
    expect(Number(last['spread_dollars']) + Number(last['inventory_dollars']) - Number(last['fees_dollars'])).toBe(last['net_dollars']);
    expect(last['run_net_dollars']).toBe(last['net_dollars']);
    expect(named('decisions', rows.get('decisions')?.[0])).toMatchObject({
      cause: 'interval',
      mid_dollars: 50_000,
      best_bid_dollars: 4900,
      ask_dollars: 5100,
      ask_contracts: 1000,
    });
    expect(named('trades', rows.get('trades')?.[0])).toMatchObject({ price_dollars: 4074, quantity_contracts: 201, taker_side: 'ask' });
  });

  test('as CSV: every cell read back is the integer that it was', async () => {
    const out = join(temporary(), 'tables');
    const { code, document } = await run('export', folderOf(BUSY), '--out', out, '--json');
    expect(code).toBe(0);
    for (const { table, file, rows: count } of document['tables'] as { table: TableName; file: string; rows: number }[]) {
      const [head = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
      const columns = columnsOf(table);
      expect(head).toBe(columns.map(({ name }) => name).join(','));
      expect([lines.length, count]).toEqual([rows.get(table)?.length, rows.get(table)?.length]);
      for (const [i, line] of lines.entries()) {
        const cells = splitFields(line, file).map((text, c) => {
          const type = columns[c]?.type ?? 'text';
          if (text === '') return null;
          if (type === 'text') return text;
          if (type === 'integer') return Number(text);
          if (type === 'time') return Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));
          expect(text.split('.')[1]).toHaveLength(type.decimals);
          return unitsOf(text);
        });
        expect(cells).toEqual(rows.get(table)?.[i]?.cells);
      }
    }
  });

  test('as Parquet: every cell read back is the integer that it was, however many rows a chunk has', async () => {
    const out = temporary();
    const { code } = await run('export', folderOf(BUSY), '--out', out, '--format', 'parquet');
    expect(code).toBe(0);
    for (const table of TABLE_NAMES) {
      const read = await parquetReadObjects({ file: bufferOf(join(out, `${table}.parquet`)) });
      expect(read.length).toBe(rows.get(table)?.length);
      for (const [i, object] of read.entries()) {
        const cells = columnsOf(table).map(({ name, type }) => {
          const value: unknown = object[name];
          if (value === null || value === undefined) return null;
          if (type === 'text') return value;
          if (type === 'integer') return Number(value);
          // The reader makes a date of milliseconds: the microseconds are compared in the next test.
          if (type === 'time') return (value as Date).getTime() * 1000;
          return Math.round((value as number) * 10 ** type.decimals);
        });
        const wanted = rows
          .get(table)
          ?.[i]?.cells.map((cell, c) =>
            columnsOf(table)[c]?.type === 'time' && cell !== null ? Math.floor(Number(cell) / 1000) * 1000 : cell,
          );
        expect(cells).toEqual(wanted);
      }
    }
  });

  test('microseconds and numbers beyond what a float holds survive Parquet', async () => {
    const folder = temporary();
    const open = await tableFiles('parquet', folder);
    const file = open('t', [
      { name: 'ts', type: 'time' },
      { name: 'cash', type: { decimals: 6 } },
    ]);
    const values: [number, number][] = [
      [1_795_000_000_123_457, Number.MAX_SAFE_INTEGER],
      [1, -1],
      [2, -Number.MAX_SAFE_INTEGER],
    ];
    for (const cells of values) file.add(cells);
    const read = await parquetReadObjects({
      file: bufferOf(file.finish()),
      parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
    });
    expect(read.map((row) => Number(row['ts']))).toEqual(values.map(([ts]) => ts));
    // The reader divides in floats, which are good for no more than this.
    for (const [i, row] of read.entries()) expect(row['cash'] as number).toBeCloseTo((values[i]?.[1] ?? 0) / 1e6, 5);
  });

  test('without the optional package Parquet is refused with the line that installs it, before a folder is made', async () => {
    const out = join(temporary(), 'tables');
    await expect(tableFiles('parquet', out, 'hyparquet-writer-that-is-not-there')).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringContaining('not installed') as unknown,
      fix: expect.stringContaining('npm install --no-save hyparquet-writer@0.17.0') as unknown,
    });
    expect(readdirSync(join(out, '..'))).toEqual([]);
    await expect(tableFiles('csv', out, 'hyparquet-writer-that-is-not-there')).resolves.toBeTypeOf('function');
  });

  test('a table without rows has its columns', async () => {
    for (const format of ['csv', 'parquet'] as const) {
      const out = temporary();
      const { code } = await run('export', folderOf([]), '--out', out, '--format', format, '--tables', 'fills');
      expect([code, readdirSync(out)]).toEqual([0, [`fills.${format}`]]);
      if (format === 'csv')
        expect(readFileSync(join(out, 'fills.csv'), 'utf8')).toBe(`${TABLES.fills.columns.map(({ name }) => name).join(',')}\n`);
      else expect(await parquetReadObjects({ file: bufferOf(join(out, 'fills.parquet')) })).toEqual([]);
    }
  });

  test('replaces an older export as a whole, for its owner alone', async () => {
    const out = temporary();
    writeFileSync(join(out, 'fills.csv'), 'older', { mode: 0o644 });
    expect((await run('export', folderOf(BUSY), '--out', out, '--tables', 'fills')).code).toBe(0);
    expect(statSync(join(out, 'fills.csv')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(out, 'fills.csv'), 'utf8')).toContain('fill-1,');
    expect(readdirSync(out)).toEqual(['fills.csv']);
  });

  test.each([
    [['--tables', 'fills,quotes'], 2, 'there is no table quotes'],
    [['--tables', ','], 2, 'names no table'],
    [['--format', 'xlsx'], 2, 'csv, parquet'],
  ] as const)('%j is refused with what to do', async (more, code, says) => {
    const found = await run('export', folderOf(BUSY), '--out', temporary(), ...more);
    expect([found.code, found.errors]).toEqual([code, expect.stringContaining(says)]);
  });

  test('a place that cannot be written to is told as such', async () => {
    const out = join(temporary(), 'a-file');
    writeFileSync(out, '');
    expect(await run('export', folderOf(BUSY), '--out', out)).toMatchObject({
      code: 9,
      errors: expect.stringContaining('name another folder with --out'),
    });
  });
});
