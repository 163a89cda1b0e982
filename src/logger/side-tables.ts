/**
 * Tables of a run besides tape and fills, for people and spreadsheets: what was valued, what was ordered, what changed. They are written as well as can be: the disk's
 * refusals are no reason to stop trading, and whatever is lost here is in the journal.
 */
import type { AppendFile } from '../domain/ports.js';
import { StorageError } from './storage-errors.js';

export const SIDE_TABLES = ['valuations', 'orders', 'state'] as const;
export type SideTable = (typeof SIDE_TABLES)[number];

/** Units are in docs/records.md. */
export const SIDE_COLUMNS = {
  valuations: [
    'ts',
    'ticker',
    'probability',
    'standard_error',
    'belief_volatility',
    'best_bid',
    'best_ask',
    'index',
    'index_value',
    'index_ts',
    'annual_volatility',
    'volatility_error',
    'no_valuation',
  ],
  orders: [
    'ts',
    'ticker',
    'what',
    'side',
    'price',
    'quantity',
    'filled',
    'remaining',
    'time_in_force',
    'client_order_id',
    'order_id',
    'detail',
  ],
  state: ['ts', 'what', 'ticker', 'position', 'cost', 'realized_pnl', 'fees', 'detail'],
} as const satisfies Record<SideTable, readonly string[]>;

/** One row of a table by the names of its columns; what is left out is an empty field. */
export type SideRow<Table extends SideTable> = Partial<Record<(typeof SIDE_COLUMNS)[Table][number], string>>;

export const sideHead = (table: SideTable): string => `${SIDE_COLUMNS[table].join(',')}\n`;

/** One line with its end. */
export const sideLine = <Table extends SideTable>(table: Table, row: SideRow<Table>): string => {
  const cells: Partial<Record<string, string>> = row;
  return `${SIDE_COLUMNS[table].map((name) => quoted(cells[name] ?? '')).join(',')}\n`;
};

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** Lines of one table that may wait for the disk; of more the oldest are dropped. */
const LINES_MAX = 10_000;

/** Opens each file with its first line. */
export class SideSink {
  readonly #open: (table: SideTable) => AppendFile;
  readonly #files = new Map<SideTable, AppendFile>();
  readonly #waiting = new Map<SideTable, string[]>();

  /** @param open throws StorageError where the file cannot be had */
  constructor(open: (table: SideTable) => AppendFile) {
    this.#open = open;
  }

  take(table: SideTable, line: string): void {
    const lines = this.#waiting.get(table);
    if (lines === undefined) this.#waiting.set(table, [line]);
    else {
      lines.push(line);
      if (lines.length > LINES_MAX) lines.shift();
    }
  }

  /** Writes what waits. What the disk refuses waits on. */
  flush(): void {
    for (const [table, lines] of this.#waiting) if (lines.length > 0 && this.#write(table, lines)) lines.length = 0;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #write(table: SideTable, lines: readonly string[]): boolean {
    try {
      let file = this.#files.get(table);
      if (file === undefined) {
        file = this.#open(table);
        this.#files.set(table, file);
      }
      file.append(Buffer.from(lines.join('')));
      return true;
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }
}
