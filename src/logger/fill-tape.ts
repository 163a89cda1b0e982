/**
 * The tape of fills: `fills.csv`, one row for each, once. What a crash kept from it is in the journal and is added at the next start.
 *
 * | column | unit |
 * |---|---|
 * | ts, exchange_ts | engine time of the booking, exchange's time of the execution; ISO 8601 in UTC with microseconds |
 * | ticker, fill_id, order_id, client_order_id | names; a foreign order may have no client id |
 * | side | bid bought YES, ask sold YES |
 * | price | dollars, four decimals |
 * | quantity, position | contracts, two decimals; the position is the one after it |
 * | fee, realized_pnl | dollars, six decimals; what the fill closed has earned before fees |
 * | role | maker or taker |
 * | source | who told it first: stream, rest or paper |
 */
import type { Booked } from '../domain/actions.js';
import { UNKNOWN_TIME, formatCash, formatPrice, formatQuantity } from '../domain/units.js';
import type { AppendFile } from '../domain/ports.js';
import type { Ticker } from '../domain/ids.js';
import { splitFields } from './tape-files.js';
import { formatTime } from './time-text.js';

export const FILL_COLUMNS = [
  'ts',
  'ticker',
  'fill_id',
  'side',
  'price',
  'quantity',
  'fee',
  'role',
  'position',
  'realized_pnl',
  'order_id',
  'client_order_id',
  'source',
  'exchange_ts',
] as const;

/** First line of the file. */
export const FILL_HEAD = `${FILL_COLUMNS.join(',')}\n`;

/** A booked fill with the name of its market. */
export interface FillRow {
  readonly ticker: Ticker;
  readonly booked: Booked;
}

/** One line with its end. */
export const formatFill = ({ ticker, booked }: FillRow): string =>
  `${[
    formatTime(booked.at),
    ticker,
    booked.fillId,
    booked.side,
    formatPrice(booked.price),
    formatQuantity(booked.quantity),
    formatCash(booked.fee),
    booked.role,
    formatQuantity(booked.position),
    formatCash(booked.realized),
    booked.orderId,
    booked.clientId ?? '',
    booked.source,
    booked.exchangeAt === UNKNOWN_TIME ? '' : formatTime(booked.exchangeAt),
  ]
    .map(quoted)
    .join(',')}\n`;

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** Ids of all whole rows of a file, in order. A last line without its end is no row. */
export const fillIdsIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .slice(1, -1)
    .map((line, i) => splitFields(line, `fills.csv:${i + 2}`)[FILL_COLUMNS.indexOf('fill_id')] ?? '');

/** As `fillIdsIn`, of a file as a crash or a power failure may leave it; none where there is no file, or it is no tape of fills. */
export const tapedIn = (found: string | null): readonly string[] => {
  const text = found?.replace(/\0+$/, '') ?? '';
  return text.startsWith(FILL_HEAD) ? fillIdsIn(text) : [];
};

/**
 * A file of fills with those added that it lacks.
 * @param found null where there is no file
 * @returns null where nothing is missing, or the file is no tape of fills
 */
export const completedFills = (
  found: string | null,
  fills: readonly FillRow[],
): { readonly text: string; readonly added: number } | null => {
  // As a power failure may leave the end of a file.
  const text = found?.replace(/\0+$/, '') ?? null;
  // The head itself may be torn; whatever else stands there is not ours to replace.
  if (text !== null && !text.startsWith(FILL_HEAD) && !FILL_HEAD.startsWith(text)) return null;
  const whole = text === null || text.length < FILL_HEAD.length ? FILL_HEAD : text.slice(0, text.lastIndexOf('\n') + 1);
  const written = new Set(fillIdsIn(whole));
  const missing = fills.filter(({ booked }) => !written.has(booked.fillId));
  return missing.length === 0 ? null : { text: whole + missing.map(formatFill).join(''), added: missing.length };
};

/** The file of fills. */
export interface FillFile extends AppendFile {
  /** All whole lines. What a failed write has left behind them is cut off. @throws StorageError */
  text(): string;
}

/** Appends fills, each once by its id: also those told again because the thread that wrote them has died, and those of which a failed write has kept a part. */
export class FillSink {
  readonly #file: FillFile;
  /** By threads before this one, and by writes that failed. */
  #written: ReadonlySet<string>;
  /** Rows by the id of their fill. */
  readonly #waiting = new Map<string, string>();
  #inDoubt = false;
  #lastTaken = 0;
  #lastWritten = 0;

  constructor(file: FillFile, written: readonly string[]) {
    this.#file = file;
    this.#written = new Set(written);
  }

  /** Number of the last fill that is with the kernel. */
  get lastWritten(): number {
    return this.#lastWritten;
  }

  /** One that was told before is passed over. */
  take(seq: number, fill: FillRow): void {
    if (seq <= this.#lastTaken) return;
    this.#lastTaken = seq;
    if (!this.#written.has(fill.booked.fillId)) this.#waiting.set(fill.booked.fillId, formatFill(fill));
  }

  /** @throws StorageError; what waits is kept */
  flush(): void {
    // Rows that are there after all must still arrive where rows have to: an empty write sees to that.
    const wasInDoubt = this.#inDoubt;
    if (wasInDoubt) this.#passOver();
    if (wasInDoubt || this.#waiting.size > 0) {
      this.#inDoubt = true;
      this.#file.append(Buffer.from([...this.#waiting.values()].join('')));
      this.#inDoubt = false;
      this.#waiting.clear();
    }
    this.#lastWritten = this.#lastTaken;
  }

  #passOver(): void {
    this.#written = new Set(fillIdsIn(this.#file.text()));
    for (const id of this.#written) this.#waiting.delete(id);
    this.#inDoubt = false;
  }
}
