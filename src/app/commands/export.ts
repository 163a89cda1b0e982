/** `kmm export`: the records of a run as tables, for spreadsheets, DuckDB and notebooks. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { TABLE_NAMES, TABLES, type TableName } from '../../replay/table-columns.js';
import { tableRows } from '../../replay/tables.js';
import { bookOf, openRun, storageFailure } from '../system-records.js';
import { FORMATS, tableFiles, type TableFile, type TableFormat } from '../system-tables.js';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write the records of a run as CSV or Parquet tables.',
  description: [
    'Reads the journal of a run and writes one file per table: fills, decisions, public trades, markouts of every fill at every horizon, and equity with its parts.',
    'Numbers are exact: decimals of dollars and contracts in CSV, the same as DECIMAL in Parquet; every column says its unit in its name (docs/reports.md). Parquet needs the optional package hyparquet-writer.',
  ].join('\n\n'),
  positionals: [{ name: 'run-dir', describe: 'Folder of the run, such as runs/2026-11-21T10-00-00-000Z-sim.', required: true, path: true }],
  options: [
    {
      name: 'out',
      value: 'path',
      required: true,
      describe: 'Folder for the files; made where it is not there. Older files of the same name are replaced.',
    },
    { name: 'format', value: 'text', choices: FORMATS, default: 'csv', describe: 'How the tables are written.' },
    { name: 'tables', value: 'text', placeholder: 'a,b', default: TABLE_NAMES.join(','), describe: 'Which tables, separated by commas.' },
  ],
  examples: [
    { line: 'export runs/2026-11-21T10-00-00-000Z-sim --out tables', describe: 'five CSV files' },
    {
      line: 'export RUN_DIR --out tables --format parquet --tables fills,markouts',
      describe: 'two Parquet files for DuckDB or pandas',
    },
  ],
  run: async (context) => {
    const folder = context.positionals[0] ?? '';
    const out = context.options.text('out');
    const names = wantedOf(context.options.text('tables'));
    // Looked at first: a wrong folder is told before one is made.
    const reader = storageFailure(() => openRun(folder, context.output));
    const open = await writable(out, () => tableFiles(context.options.text('format') as TableFormat, out));
    const files = new Map<TableName, { readonly file: TableFile; rows: number }>();
    try {
      const rows = tableRows(reader.records(), new Set(names), bookOf(reader.header));
      await writable(out, async () => {
        for (const name of names) files.set(name, { file: open(name, TABLES[name].columns), rows: 0 });
        storageFailure(() => {
          for (const { table, cells } of rows) {
            const target = files.get(table);
            if (target === undefined) continue;
            target.file.add(cells);
            target.rows++;
          }
        });
      });
      const written = await writable(out, async () =>
        [...files].map(([table, { file, rows: count }]) => ({ table, file: file.finish(), rows: count })),
      );
      return tell(context, folder, written, reader.ending);
    } catch (error) {
      for (const { file } of files.values()) file.abandon();
      throw error;
    }
  },
};

const wantedOf = (text: string): readonly TableName[] => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.filter((name) => !TABLE_NAMES.some((known) => known === name));
  if (wrong.length > 0 || names.length === 0)
    throw new CommandFailure(ExitCode.usage, wrong.length === 0 ? '--tables names no table' : `there is no table ${wrong.join(', ')}`, {
      fix: `name some of ${TABLE_NAMES.join(', ')}, separated by commas`,
    });
  return TABLE_NAMES.filter((name) => names.includes(name));
};

/** Faults of the disk become failures that a person can act on. */
const writable = async <T>(out: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new CommandFailure(ExitCode.storage, `the tables cannot be written to ${out}`, {
      why: error.message,
      fix: 'name another folder with --out, or make room',
      cause: error,
    });
  }
};

interface Written {
  readonly table: TableName;
  readonly file: string;
  readonly rows: number;
}

const tell = (
  context: CommandContext,
  folder: string,
  written: readonly Written[],
  ending: { readonly torn: { readonly file: string } | null; readonly closed: boolean },
): number => {
  const warnings = [
    ...(ending.torn === null ? [] : [`The last record of ${ending.torn.file} is torn and was left out.`]),
    ...(ending.closed ? [] : ['The run did not end in good order.']),
  ];
  if (context.json) context.output.json({ folder, warnings, tables: written });
  else {
    for (const warning of warnings) context.output.out(warning);
    for (const { table, file, rows } of written) context.output.out(`${table.padEnd(10)} ${String(rows).padStart(9)} rows   ${file}`);
  }
  return ExitCode.ok;
};
