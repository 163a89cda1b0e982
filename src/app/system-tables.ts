/** Tables on disk: CSV by csv-stringify, Parquet by hyparquet-writer where it is installed. A file is written beside and put in its place once it is whole. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { epochUs } from '../domain/units.js';
import { formatTime } from '../logger/time-text.js';
import type { Cells, Column, ColumnType } from '../replay/table-columns.js';

export const FORMATS = ['csv', 'parquet'] as const;
export type TableFormat = (typeof FORMATS)[number];

/** One table that is being written. */
export interface TableFile {
  add(cells: Cells): void;
  /** Puts the whole file in its place. @returns its path */
  finish(): string;
  /** Takes away what was begun. */
  abandon(): void;
}

export type OpenTable = (name: string, columns: readonly Column[]) => TableFile;

/** Rows kept before they are written together. */
const CHUNK_ROWS = 8192;
const PARQUET_PACKAGE: string = 'hyparquet-writer';
/** The one that this was tested with. */
const PARQUET_VERSION = '0.17.0';

/**
 * @param parquetPackage what writes Parquet; looked for only where it is wanted
 * @throws CommandFailure where Parquet is wanted and its package is not installed
 */
export const tableFiles = async (format: TableFormat, folder: string, parquetPackage = PARQUET_PACKAGE): Promise<OpenTable> => {
  const parquet = format === 'parquet' ? await loadParquet(parquetPackage) : null;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (name, columns) => {
    const path = join(folder, `${name}.${format}`);
    return parquet === null ? new CsvFile(path, columns) : new ParquetFile(path, columns, parquet);
  };
};

/** Rows that wait, and the file beside the place that they will have. */
abstract class ChunkedFile implements TableFile {
  protected readonly beside: string;
  #waiting: Cells[] = [];

  constructor(private readonly path: string) {
    this.beside = `${path}.${process.pid}.part`;
  }

  add(cells: Cells): void {
    if (this.#waiting.push(cells) >= CHUNK_ROWS) this.#flush();
  }

  finish(): string {
    this.#flush();
    this.close();
    renameSync(this.beside, this.path);
    return this.path;
  }

  abandon(): void {
    rmSync(this.beside, { force: true });
  }

  protected abstract write(rows: readonly Cells[]): void;
  protected abstract close(): void;

  #flush(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length > 0) this.write(rows);
  }
}

class CsvFile extends ChunkedFile {
  readonly #handle: number;

  constructor(
    path: string,
    private readonly columns: readonly Column[],
  ) {
    super(path);
    this.#handle = openSync(this.beside, 'wx', 0o600);
    this.#text([columns.map(({ name }) => name)]);
  }

  protected write(rows: readonly Cells[]): void {
    this.#text(rows.map((cells) => cells.map((cell, i) => csvText(cell, this.columns[i]?.type ?? 'text'))));
  }

  protected close(): void {
    closeSync(this.#handle);
  }

  #text(rows: readonly (readonly string[])[]): void {
    const bytes = Buffer.from(stringify(rows as string[][]));
    for (let written = 0; written < bytes.length;) written += writeSync(this.#handle, bytes, written);
  }
}

const csvText = (cell: string | number | null, type: ColumnType): string => {
  if (cell === null) return '';
  if (typeof cell === 'string' || type === 'text' || type === 'integer') return String(cell);
  return type === 'time' ? formatTime(epochUs(cell)) : decimalText(cell, type.decimals);
};

/** 17500 with six decimals is 0.017500: the digits of the whole number, with a point. */
const decimalText = (units: number, decimals: number): string => {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  return `${units < 0 ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}`;
};

/** What of the package is used; it is not there for everyone, so its own types cannot be relied on. */
interface ParquetPackage {
  fileWriter(path: string): unknown;
  ParquetWriter: new (options: { readonly writer: unknown; readonly schema: readonly object[] }) => {
    write(options: { readonly columnData: readonly { readonly name: string; readonly data: readonly unknown[] }[] }): void;
    finish(): void;
  };
}

const loadParquet = async (name: string): Promise<ParquetPackage> => {
  try {
    return (await import(name)) as ParquetPackage;
  } catch (error) {
    throw new CommandFailure(ExitCode.usage, `Parquet needs the package ${PARQUET_PACKAGE}, which is not installed`, {
      why: 'it is optional, and nothing else of the program needs it',
      fix: `install it with: npm install --no-save ${PARQUET_PACKAGE}@${PARQUET_VERSION}   or export with --format csv`,
      cause: error,
    });
  }
};

class ParquetFile extends ChunkedFile {
  readonly #writer: InstanceType<ParquetPackage['ParquetWriter']>;

  constructor(
    path: string,
    private readonly columns: readonly Column[],
    parquet: ParquetPackage,
  ) {
    super(path);
    // The package opens the file itself and keeps the mode of one that is there.
    closeSync(openSync(this.beside, 'wx', 0o600));
    const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)];
    this.#writer = new parquet.ParquetWriter({ writer: parquet.fileWriter(this.beside), schema });
  }

  protected write(rows: readonly Cells[]): void {
    this.#writer.write({
      columnData: this.columns.map(({ name, type }, i) => ({ name, data: rows.map((cells) => parquetValue(cells[i] ?? null, type)) })),
    });
  }

  protected close(): void {
    this.#writer.finish();
  }
}

const parquetValue = (cell: string | number | null, type: ColumnType): unknown => (cell === null || type === 'text' ? cell : BigInt(cell));

/** Digits that a whole number of 64 bits holds for certain. */
const INT64_DIGITS = 18;

const schemaOf = ({ name, type }: Column): object => {
  const column = { name, repetition_type: 'OPTIONAL' };
  if (type === 'text') return { ...column, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  if (type === 'integer') return { ...column, type: 'INT64' };
  if (type === 'time')
    return {
      ...column,
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    };
  const { decimals: scale } = type;
  return { ...column, type: 'INT64', converted_type: 'DECIMAL', scale, precision: INT64_DIGITS };
};
