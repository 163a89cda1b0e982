/**
 * Watches a file of outside opinions and offers them as `signal` facts: for tests, and for users whose model runs elsewhere and writes a file.
 * The file is the message and its modification time is the time the opinion was formed: a writer that stands by an unchanged opinion touches the file.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Ticker } from '../domain/ids.js';
import type { Clock, Offer, Timer, Timers } from '../domain/ports.js';
import { fromEpochMs, type DurationUs, type EpochUs } from '../domain/units.js';
import { formatOf, parseSignals, SignalFileError } from './signal-file.js';

export interface FileStamp {
  readonly modifiedAt: EpochUs;
  readonly bytes: number;
}

/** One file. Both calls reject where it cannot be read. */
export interface SignalFile {
  readonly path: string;
  stamp(): Promise<FileStamp>;
  read(): Promise<string>;
}

export interface FileFeedParts {
  readonly file: SignalFile;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly offer: Offer;
  /** Told once when something begins to be wrong, and null once it is right again. */
  readonly report: (problem: SignalFileError | null) => void;
  readonly pollEvery: DurationUs;
}

/** A larger file is a mistake, and reading it would hold up trading. */
const BYTES_MAX = 1 << 20;

export class FileFeed {
  readonly #parts: FileFeedParts;
  #timer: Timer | null = null;
  #reading = false;
  #stopped = false;
  #seen: FileStamp | null = null;
  #offered = new Set<Ticker>();
  #problem: string | null = null;

  constructor(parts: FileFeedParts) {
    this.#parts = parts;
  }

  /** Reads at once and then as often as configured. */
  start(): void {
    this.#timer ??= this.#parts.timers.every(this.#parts.pollEvery, () => void this.poll());
    void this.poll();
  }

  /** Nothing is offered any more, not even by a reading under way. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** One look at the file. Never rejects: what is wrong is reported. A look during another does nothing. */
  async poll(): Promise<void> {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    try {
      await this.#look();
    } catch (error) {
      this.#tell(error instanceof SignalFileError ? error : this.#unreadable(error));
    } finally {
      this.#reading = false;
    }
  }

  async #look(): Promise<void> {
    const { file } = this.#parts;
    const before = await file.stamp();
    if (this.#seen !== null && same(before, this.#seen)) return;
    if (before.bytes > BYTES_MAX) throw new SignalFileError(file.path, `at most ${BYTES_MAX} bytes`, `${before.bytes} bytes`);
    const text = await file.read();
    // A file that changed while it was read may be half old and half new: the next look takes it.
    if (!same(before, await file.stamp()) || this.#stopped) return;
    this.#seen = before;
    this.#take(text, before.modifiedAt);
    this.#tell(null);
  }

  #take(text: string, asOf: EpochUs): void {
    const { file, clock, offer } = this.#parts;
    const entries = parseSignals(text, formatOf(file.path), file.path);
    const named = new Set(entries.map((entry) => entry.ticker));
    const at = clock.now();
    for (const gone of this.#offered) if (!named.has(gone)) offer({ type: 'signal', at, ticker: gone, shift: 0, asOf });
    for (const { ticker, shift } of entries) offer({ type: 'signal', at, ticker, shift, asOf });
    this.#offered = named;
  }

  #tell(problem: SignalFileError | null): void {
    if (this.#stopped || (problem?.message ?? null) === this.#problem) return;
    this.#problem = problem?.message ?? null;
    this.#parts.report(problem);
  }

  /** The file went away or was never there: whatever comes next is new, even with an old stamp. */
  #unreadable(cause: unknown): SignalFileError {
    this.#seen = null;
    return new SignalFileError(this.#parts.file.path, 'a readable file', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const same = (a: FileStamp, b: FileStamp): boolean => a.modifiedAt === b.modifiedAt && a.bytes === b.bytes;

/** A file of the disk. */
export const signalFile = (path: string): SignalFile => ({
  path,
  stamp: async () => {
    const found = await stat(path);
    return { modifiedAt: fromEpochMs(Math.floor(found.mtimeMs)), bytes: found.size };
  },
  read: () => readFile(path, 'utf8'),
});
