/** Takes rows out of the ring, names what is a number there, and appends them to the tape as CSV. Runs in the writing thread. */
import { stringify } from 'csv-stringify/sync';
import { ticker, type Ticker } from '../domain/ids.js';
import type { AppendFile } from '../domain/ports.js';
import { cash, epochUs, price, quantity, type Price } from '../domain/units.js';
import { CAUSES, type RingRow, type TapeConsumer } from './tape-ring.js';
import { formatTapeRow, TAPE_COLUMNS, type TapeRow } from './tape-row.js';

/** First line of every tape file. */
export const TAPE_HEAD = `${TAPE_COLUMNS.join(',')}\n`;

/** A tape's file. */
export interface TapeFile extends AppendFile {
  /** The last whole line, without its end; empty where there is none. What a failed write has left behind it is cut off. @throws StorageError */
  lastLine(): string;
}

const BATCH_ROWS = 2048;

/** Numbers and times never need quotes; names might. */
const NEEDS_QUOTES = /[",\r\n]/;

export class TapeSink {
  readonly #ring: TapeConsumer;
  readonly #file: TapeFile;
  readonly #tickers: Ticker[] = [];
  readonly #reasons: string[] = [];
  #rows = 0;
  /** Rows of the ring may be on the file: a write failed after a part of it, or a thread before this one died between file and ring. */
  #inDoubt: boolean;
  /** Whether a name needs quotes. As a rule none does, and joining fields takes a tenth of the time. */
  #quotes = false;

  constructor(ring: TapeConsumer, file: TapeFile) {
    this.#ring = ring;
    this.#file = file;
    this.#inDoubt = ring.beats > 0;
  }

  /** Rows written by this sink. */
  get rows(): number {
    return this.#rows;
  }

  nameMarket(index: number, name: Ticker): void {
    this.#tickers[index] = name;
    this.#quotes ||= NEEDS_QUOTES.test(name);
  }

  nameReason(id: number, code: string): void {
    this.#reasons[id] = code;
    this.#quotes ||= NEEDS_QUOTES.test(code);
  }

  /**
   * Writes the oldest `count` waiting rows. They leave the ring once they are with the kernel.
   * @throws StorageError; the rows not written stay in the ring
   */
  write(count: number): void {
    for (let left = this.#inDoubt ? count - this.#passOver(count) : count; left > 0;) {
      const batch = Math.min(left, BATCH_ROWS);
      const records: string[][] = [];
      for (let i = 0; i < batch; i++) records.push(formatTapeRow(this.#named(this.#ring.peek(i))));
      this.#inDoubt = true;
      this.#file.append(Buffer.from(this.#quotes ? stringify(records) : joined(records)));
      this.#inDoubt = false;
      this.#ring.release(batch);
      this.#rows += batch;
      left -= batch;
    }
  }

  /** Of the oldest `count` rows those that are on the file leave the ring. @returns how many */
  #passOver(count: number): number {
    const written = sequenceOf(this.#file.lastLine());
    let passed = 0;
    while (passed < count && this.#ring.peek(passed).seq <= written) passed++;
    this.#ring.release(passed);
    this.#rows += passed;
    this.#inDoubt = false;
    return passed;
  }

  #named(row: RingRow): TapeRow {
    return {
      at: epochUs(row.at),
      ticker: this.#tickers[row.market] ?? ticker(`#${row.market}`),
      mid: orNull(row.mid),
      fair: orNull(row.fair),
      reservation: orNull(row.reservation),
      bestBid: priceOrNull(row.bestBid),
      bestAsk: priceOrNull(row.bestAsk),
      bid: priceOrNull(row.bid),
      ask: priceOrNull(row.ask),
      bidSize: quantity(row.bidSize),
      askSize: quantity(row.askSize),
      inventory: quantity(row.inventory),
      unrealized: cash(row.unrealized),
      realized: cash(row.realized),
      fees: cash(row.fees),
      latencyNs: orNull(row.latencyNs),
      cause: CAUSES[row.cause] ?? 'quote',
      noBid: this.#reasonOf(row.noBid),
      noAsk: this.#reasonOf(row.noAsk),
      seq: row.seq,
    };
  }

  #reasonOf(id: number): string | null {
    return id === 0 ? null : (this.#reasons[id] ?? `#${id}`);
  }
}

/** The last column of a row. @returns NaN for any other line */
const sequenceOf = (line: string): number => Number(line.slice(line.lastIndexOf(',') + 1) || Number.NaN);

const joined = (records: readonly (readonly string[])[]): string => {
  let text = '';
  for (const fields of records) text += `${fields.join(',')}\n`;
  return text;
};

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const priceOrNull = (value: number): Price | null => (Number.isNaN(value) ? null : price(value));
