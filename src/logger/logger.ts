/**
 * The trading thread's end of the record for people: rows of the tape and lines of the log. Nothing here waits, touches a disk or throws: what
 * cannot be taken is dropped and counted. A second thread writes; when it dies it is started again, and trading goes on meanwhile.
 */
import type { Decision, NoQuote, Severity } from '../domain/actions.js';
import type { Ticker } from '../domain/ids.js';
import type { EpochUs } from '../domain/units.js';
import type { FillRow } from './fill-tape.js';
import type { LogLine } from './ops-log.js';
import type { Fields } from './redaction.js';
import type { FromScribe, ToScribe } from './scribe.js';
import type { SideTable } from './side-tables.js';
import { StorageError } from './storage-errors.js';
import { ringMemory, RING_ROWS, TapeProducer } from './tape-ring.js';
import { startInThread, startWorker, type LoggerLimits, type StartThread, type WritingThread } from './worker-client.js';

export interface LoggerOptions {
  /** Folder of the run; made where it is missing. Holds `tape.csv` and `ops.log`. */
  readonly dir: string;
  /** Time of log lines. */
  readonly now: () => EpochUs;
  readonly limits?: Partial<LoggerLimits>;
  /** The files cannot be written (`ok: false`), or can again: becomes a `storage` fact. */
  readonly onHealth?: (ok: boolean, detail: string) => void;
  /** What people should know about the logger itself; it is in the log as well where that is possible. */
  readonly onNotice?: (severity: Severity, code: string, text: string) => void;
  /** How the writing thread is started; by default the compiled worker, or this thread where there is none. */
  readonly start?: StartThread;
  /** What takes over from a thread that has died too often; by default this thread. */
  readonly startHere?: StartThread;
}

export const LOGGER_LIMITS: LoggerLimits = {
  tapeBytes: 256 * 1024 * 1024,
  logBytes: 32 * 1024 * 1024,
  logsKept: 10,
  linesMax: 10_000,
  ringRows: RING_ROWS,
  fillsUntil: 'kernel',
};

export interface LoggerCounters {
  /** Rows offered to the tape and taken. */
  readonly rows: number;
  readonly droppedRows: number;
  /** Rows taken but not yet with the kernel. */
  readonly waitingRows: number;
  readonly lines: number;
  readonly droppedLines: number;
  /** Fills told but not yet with the kernel. None is ever dropped. */
  readonly waitingFills: number;
  /** How often the writing thread had to be started again. */
  readonly restarts: number;
}

/** A thread that keeps dying is started again no more often than this; then rows and lines are written from the trading thread. */
const RESTARTS_MAX = 5;
/** Codes are few and fixed; a flood of new ones is a fault that must not fill memory. */
const REASONS_MAX = 1000;

/**
 * Opens tape and log and waits until they can be written.
 * @throws StorageError where the folder or a file cannot be opened
 */
export const openLogger = async (options: LoggerOptions): Promise<Logger> => {
  const logger = new Logger(options);
  await logger.ready;
  return logger;
};

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Logger {
  readonly #options: LoggerOptions;
  readonly #limits: LoggerLimits;
  readonly #memory: SharedArrayBuffer;
  readonly #ring: TapeProducer;
  readonly #tickers: Ticker[] = [];
  readonly #reasons = new Map<string, number>();
  /** Lines that are not known to be written: sent again to a new thread. */
  readonly #lines: LogLine[] = [];
  /** Fills that are not known to be written: sent again to a new thread, which writes each once. */
  readonly #fills: { readonly seq: number; readonly fill: FillRow }[] = [];
  readonly #flushes = new Map<number, Pending>();
  /** Notices from before the log was open. */
  readonly #early: (() => void)[] = [];
  readonly #opening: Pending;
  /** Settles once the files are open. */
  readonly ready: Promise<void>;
  #thread: WritingThread;
  #start: StartThread;
  #lineSeq = 0;
  #fillSeq = 0;
  #droppedLines = 0;
  #restarts = 0;
  #flushSeq = 0;
  #isOpen = false;
  /** Why nothing can be written for now or for good, or null. */
  #unwritable: string | null = null;
  #closing: Pending | null = null;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#limits = { ...LOGGER_LIMITS, ...options.limits };
    this.#memory = ringMemory(this.#limits.ringRows);
    this.#ring = new TapeProducer(this.#memory);
    const opening = deferred();
    this.#opening = opening.pending;
    this.ready = opening.promise;
    this.#start = options.start ?? this.#defaultStart();
    this.#thread = this.#startThread();
    this.#thread.hold(true);
  }

  get counters(): LoggerCounters {
    const { offered, dropped, waiting } = this.#ring;
    this.#forgetFills();
    return {
      rows: offered - dropped,
      droppedRows: dropped,
      waitingRows: waiting,
      lines: this.#lineSeq,
      droppedLines: this.#droppedLines,
      waitingFills: this.#fills.length,
      restarts: this.#restarts,
    };
  }

  /** Where tape and log are written from. */
  get writesFrom(): WritingThread['kind'] {
    return this.#thread.kind;
  }

  /** Names a market; before its first decision. */
  market(index: number, ticker: Ticker): void {
    this.#tickers[index] = ticker;
    this.#thread.post({ type: 'market', index, ticker });
  }

  /** One row. @param latencyNs from the arrival of the frame to the decision */
  tape(decision: Decision, latencyNs: number): void {
    this.#ring.put(decision, this.#reasonId(decision.noBid), this.#reasonId(decision.noAsk), latencyNs);
  }

  /** One fill, for `fills.csv`. Kept until it is written. */
  booked(fill: FillRow): void {
    this.#forgetFills();
    const told = { seq: ++this.#fillSeq, fill };
    this.#fills.push(told);
    this.#thread.post({ type: 'fill', ...told });
  }

  /** One line. Fields are shown as they are, secrets by name or shape excepted. */
  log(severity: Severity, code: string, text: string, fields: Fields = {}): void {
    this.#forgetWritten();
    if (this.#lines.length >= this.#limits.linesMax) {
      this.#droppedLines++;
      return;
    }
    const line: LogLine = { seq: ++this.#lineSeq, at: this.#options.now(), severity, code, text, fields };
    this.#lines.push(line);
    this.#thread.post({ type: 'line', line });
  }

  /** One formatted line of a table besides tape and fills. Lost where the thread dies before it is written: the journal has what it tells. */
  side(table: SideTable, line: string): void {
    this.#thread.post({ type: 'side', table, line });
  }

  /** Resolves once all rows and lines so far are with the kernel. Rejects where the disk refuses them; they are kept. */
  flush(): Promise<void> {
    if (this.#unwritable !== null) return Promise.reject(notWritten(this.#unwritable));
    const { promise, pending } = deferred();
    const id = ++this.#flushSeq;
    this.#flushes.set(id, pending);
    this.#thread.hold(true);
    this.#thread.post({ type: 'flush', id });
    return promise;
  }

  /** Writes what waits and ends the thread. Rejects where something could not be written; the thread is ended all the same. */
  async close(): Promise<void> {
    if (this.#closing !== null) return;
    const { promise, pending } = deferred();
    this.#closing = pending;
    try {
      await this.flush();
    } finally {
      if (this.#unwritable === null) {
        this.#thread.hold(true);
        this.#thread.post({ type: 'close' });
        await promise;
      }
      this.#thread.end();
    }
  }

  #defaultStart(): StartThread {
    if (import.meta.url.endsWith('.js')) return startWorker(new URL('./worker.js', import.meta.url));
    this.#notice('warn', 'LOGGER_IN_THREAD', 'not running from compiled files: tape and log are written from the trading thread');
    return startInThread;
  }

  #startThread(): WritingThread {
    const setup = { memory: this.#memory, dir: this.#options.dir, limits: this.#limits };
    return this.#start(setup, {
      message: (message) => this.#hear(message),
      died: (reason) => this.#replace(reason),
    });
  }

  #hear(message: FromScribe): void {
    switch (message.type) {
      case 'ready':
        if (this.#unwritable === null) this.#begin();
        else this.#goOn();
        break;
      case 'refused':
        this.#refuse(new StorageError(message.operation, message.file, message.errno));
        break;
      case 'flushed':
        this.#settle(message.id, message.problem);
        break;
      case 'health':
        this.#options.onHealth?.(message.ok, message.detail);
        break;
      case 'closed':
        this.#closing?.resolve();
        break;
    }
  }

  #begin(): void {
    this.#isOpen = true;
    for (const say of this.#early.splice(0)) say();
    this.#opening.resolve();
    this.#relax();
  }

  /** At start the caller hears of it; later the thread, which a disk has refused its files, tries on. */
  #refuse(error: StorageError): void {
    if (this.#isOpen) return this.#giveUp(error.message);
    this.#thread.end();
    this.#opening.reject(error);
  }

  /** The files that the disk refused to a new thread are open after all. */
  #goOn(): void {
    this.#unwritable = null;
    this.#tellAgain();
    this.#options.onHealth?.(true, 'tape and log can be written again');
  }

  #settle(id: number, problem: string | null): void {
    const pending = this.#flushes.get(id);
    this.#flushes.delete(id);
    this.#relax();
    if (problem === null) pending?.resolve();
    else pending?.reject(notWritten(problem));
  }

  #relax(): void {
    if (this.#flushes.size === 0 && this.#closing === null) this.#thread.hold(false);
  }

  #replace(reason: string): void {
    if (this.#restarts > RESTARTS_MAX) return this.#giveUp(reason);
    this.#restarts++;
    if (this.#restarts > RESTARTS_MAX) {
      this.#start = this.#options.startHere ?? startInThread;
      this.#notice(
        'error',
        'LOGGER_IN_THREAD',
        `the logging thread died again (${reason}): tape and log are written from the trading thread`,
      );
    }
    this.#thread = this.#startThread();
    this.#tellAgain();
    if (this.#restarts <= RESTARTS_MAX)
      this.#notice('error', 'LOGGER_RESTARTED', `the logging thread died (${reason}): restart ${this.#restarts} of ${RESTARTS_MAX}`);
  }

  /** Nothing is there that could write, or nothing yet. Trading goes on or not as the storage fact says. */
  #giveUp(reason: string): void {
    if (this.#unwritable === null) this.#options.onHealth?.(false, reason);
    this.#unwritable = reason;
    for (const id of this.#flushes.keys()) this.#settle(id, reason);
    this.#closing?.resolve();
  }

  /** A new thread knows nothing: names, lines that may be lost, and what was asked for. */
  #tellAgain(): void {
    this.#forgetWritten();
    this.#forgetFills();
    const post = (message: ToScribe): void => this.#thread.post(message);
    for (const [index, ticker] of this.#tickers.entries()) if (ticker !== undefined) post({ type: 'market', index, ticker });
    for (const [code, id] of this.#reasons) post({ type: 'reason', id, code });
    for (const told of this.#fills) post({ type: 'fill', ...told });
    for (const line of this.#lines) post({ type: 'line', line });
    for (const id of this.#flushes.keys()) post({ type: 'flush', id });
    if (this.#closing !== null) post({ type: 'close' });
    if (this.#flushes.size > 0 || this.#closing !== null) this.#thread.hold(true);
  }

  #forgetFills(): void {
    const done = this.#ring.fillsDone;
    while ((this.#fills[0]?.seq ?? Number.POSITIVE_INFINITY) <= done) this.#fills.shift();
  }

  #forgetWritten(): void {
    const done = this.#ring.linesDone;
    let count = 0;
    while ((this.#lines[count]?.seq ?? Number.POSITIVE_INFINITY) <= done) count++;
    if (count > 0) this.#lines.splice(0, count);
  }

  #reasonId(reason: NoQuote | null): number {
    if (reason === null) return 0;
    return this.#reasons.get(reason.code) ?? this.#nameReason(reason.code);
  }

  #nameReason(code: string): number {
    const id = this.#reasons.size + 1;
    if (id > REASONS_MAX) return 0;
    this.#reasons.set(code, id);
    this.#thread.post({ type: 'reason', id, code });
    return id;
  }

  #notice(severity: Severity, code: string, text: string): void {
    this.#options.onNotice?.(severity, code, text);
    if (this.#isOpen) this.log(severity, code, text);
    else this.#early.push(() => this.log(severity, code, text));
  }
}

const deferred = (): { readonly promise: Promise<void>; readonly pending: Pending } => {
  let pending: Pending = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    pending = { resolve, reject };
  });
  return { promise, pending };
};

const notWritten = (problem: string): Error => new Error(`tape and log are not written: ${problem}`);
