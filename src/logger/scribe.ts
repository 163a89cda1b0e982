/** Everything the writing side does, whichever thread it runs in: messages in, rows out of the ring, two files, answers back. */
import type { Ticker } from '../domain/ids.js';
import type { AppendFile } from '../domain/ports.js';
import { FillSink, type FillFile, type FillRow } from './fill-tape.js';
import { OpsLog, type LogLine } from './ops-log.js';
import { SideSink, type SideTable } from './side-tables.js';
import { StorageError } from './storage-errors.js';
import { TapeConsumer } from './tape-ring.js';
import { TapeSink, type TapeFile } from './tape-sink.js';

/** From the trading thread. Names are sent before the first row that uses them. */
export type ToScribe =
  | { readonly type: 'market'; readonly index: number; readonly ticker: Ticker }
  | { readonly type: 'reason'; readonly id: number; readonly code: string }
  | { readonly type: 'line'; readonly line: LogLine }
  /** Counted from 1. */
  | { readonly type: 'fill'; readonly seq: number; readonly fill: FillRow }
  /** A formatted line of a table besides these. */
  | { readonly type: 'side'; readonly table: SideTable; readonly line: string }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'close' };

/** To the trading thread. */
export type FromScribe =
  | { readonly type: 'ready' }
  /** The files could not be opened at all. */
  | { readonly type: 'refused'; readonly operation: StorageError['operation']; readonly file: string; readonly errno: string }
  /** `problem` is null where everything is with the kernel. */
  | { readonly type: 'flushed'; readonly id: number; readonly problem: string | null }
  /** The files cannot be written, or can again. */
  | { readonly type: 'health'; readonly ok: boolean; readonly detail: string }
  | { readonly type: 'closed' };

export interface ScribeFiles {
  readonly tape: TapeFile;
  readonly log: AppendFile;
  readonly fills: FillFile;
  /** Fills that an earlier thread of this run has written. */
  readonly writtenFills: readonly string[];
  /** Opens a table besides these; absent where there are none, and their lines are dropped. */
  readonly openSide?: (table: SideTable) => AppendFile;
}

export interface ScribePorts {
  readonly files: ScribeFiles;
  readonly answer: (message: FromScribe) => void;
  /** Hands over the messages that have arrived but were not delivered yet. */
  readonly pull: (take: (message: ToScribe) => void) => void;
}

export class Scribe {
  readonly #ring: TapeConsumer;
  readonly #tape: TapeSink;
  readonly #log: OpsLog;
  readonly #fills: FillSink;
  readonly #side: SideSink | null;
  readonly #ports: ScribePorts;
  readonly #flushes: number[] = [];
  #problem: string | null = null;
  #closing = false;
  #closed = false;

  constructor(memory: SharedArrayBuffer, ports: ScribePorts) {
    this.#ports = ports;
    this.#ring = new TapeConsumer(memory);
    this.#tape = new TapeSink(this.#ring, ports.files.tape);
    this.#log = new OpsLog(ports.files.log);
    this.#fills = new FillSink(ports.files.fills, ports.files.writtenFills);
    this.#side = ports.files.openSide === undefined ? null : new SideSink(ports.files.openSide);
  }

  /** One message; a request to flush or close is carried out at once. */
  take(message: ToScribe): void {
    this.#note(message);
    if (message.type === 'flush' || message.type === 'close') this.drain();
  }

  /** Writes what waits. A refusal by the disk is told once, and everything is kept for the next round. */
  drain(): void {
    if (this.#closed) return;
    // Counted before the messages are pulled: the names of the rows counted here have been sent before them.
    const rows = this.#ring.waiting;
    this.#ports.pull((message) => {
      this.#note(message);
    });
    const problem = this.#write(rows);
    this.#tellHealth(problem);
    this.#ring.beat();
    for (const id of this.#flushes.splice(0)) this.#ports.answer({ type: 'flushed', id, problem });
    if (this.#closing) this.#close();
  }

  #note(message: ToScribe): void {
    switch (message.type) {
      case 'market':
        this.#tape.nameMarket(message.index, message.ticker);
        break;
      case 'reason':
        this.#tape.nameReason(message.id, message.code);
        break;
      case 'line':
        this.#log.take(message.line);
        break;
      case 'fill':
        this.#fills.take(message.seq, message.fill);
        break;
      case 'side':
        this.#side?.take(message.table, message.line);
        break;
      case 'flush':
        this.#flushes.push(message.id);
        break;
      case 'close':
        this.#closing = true;
        break;
    }
  }

  /** A fault of one file must not keep the other from being written. */
  #write(rows: number): string | null {
    const tape = problemOf(() => this.#tape.write(rows));
    const log = problemOf(() => {
      this.#log.flush();
      // A new thread has written none yet, and must not take back what the old one had.
      if (this.#log.lastWritten > 0) this.#ring.lineDone(this.#log.lastWritten);
    });
    const fills = problemOf(() => {
      this.#fills.flush();
      if (this.#fills.lastWritten > 0) this.#ring.fillDone(this.#fills.lastWritten);
    });
    this.#side?.flush();
    return tape ?? fills ?? log;
  }

  #tellHealth(problem: string | null): void {
    if ((problem === null) !== (this.#problem === null))
      this.#ports.answer({ type: 'health', ok: problem === null, detail: problem ?? 'tape and log can be written again' });
    this.#problem = problem;
  }

  #close(): void {
    this.#closed = true;
    this.#ports.files.tape.close();
    this.#ports.files.log.close();
    this.#ports.files.fills.close();
    this.#side?.close();
    this.#ports.answer({ type: 'closed' });
  }
}

/** Only the disk's refusals are expected here; anything else is ours and ends the thread. */
const problemOf = (run: () => void): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
};
