/**
 * What makes records survive a power failure: bytes that are with the kernel are forced to the platter, many at once. Records that arrive while the disk works share the
 * next round (group commit), so the loop never waits and a slow disk costs one round, not one for each order.
 */
import type { AppendFile } from '../domain/ports.js';
import { StorageError } from './storage-errors.js';

/** A file of the journal. */
export interface JournalFile extends AppendFile {
  /** Resolves once everything appended so far survives a power failure. After a rejection the handle must not be used again. */
  sync(): Promise<void>;
}

/** `kernel`: a flushed record survives the death of the process. `power`: orders also wait until their records survive a power failure. */
export type Durability = 'kernel' | 'power';

/** Bytes that are with the kernel and not yet on the platter, kept to be written again elsewhere: after a failed sync nobody knows which of them are there. */
export class UnprovenBytes {
  #parts: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(Buffer.from(bytes));
    this.#length += bytes.length;
  }

  /** The oldest `count` bytes, all of them whole additions, are on the platter. */
  proven(count: number): void {
    let left = count;
    while (left > 0) {
      const first = this.#parts[0];
      if (first === undefined || first.length > left) throw new RangeError(`${left} bytes were proven that were never written together`);
      this.#parts.shift();
      left -= first.length;
      this.#length -= first.length;
    }
  }

  /** Hands everything over and forgets it. */
  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return all;
  }
}

/** What a group commit needs of a journal. */
export interface Syncable {
  /** Bytes of records handed to the kernel so far; only grows. */
  readonly written: number;
  /** How many of them survive a power failure. */
  readonly proven: number;
  /** Forces everything handed over so far to the platter. Rejects with StorageError; the handle is then given up. */
  sync(): Promise<void>;
}

/** Runs one sync after the other for as long as somebody waits. */
export class GroupCommit {
  readonly #journal: Syncable;
  #wanted = 0;
  #running = false;
  #rounds = 0;
  #told: (problem: string | null) => void = () => {};

  constructor(journal: Syncable) {
    this.#journal = journal;
  }

  /** Syncs begun so far: with many records to each, this is what the disk was asked for. */
  get rounds(): number {
    return this.#rounds;
  }
  get running(): boolean {
    return this.#running;
  }
  /** Handed to the kernel so far: an order that was recorded by now may leave once `proven` has reached this. */
  get written(): number {
    return this.#journal.written;
  }
  get proven(): number {
    return this.#journal.proven;
  }

  /** Is told after every round: null, or why it failed. */
  onRound(told: (problem: string | null) => void): void {
    this.#told = told;
  }

  /** Asks that everything written so far be proven. */
  request(): void {
    this.#wanted = this.#journal.written;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    let problem: string | null = null;
    this.#rounds++;
    try {
      await this.#journal.sync();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    this.#running = false;
    // After a failure whoever waits decides: the records must be written again first.
    if (problem === null && this.#journal.proven < this.#wanted) void this.#run();
    this.#told(problem);
  }
}

/** Forces a file out, with the error in the house's words. */
export const syncFile = async (file: JournalFile, name: string): Promise<void> => {
  try {
    await file.sync();
  } catch (error) {
    throw StorageError.from('sync', name, error);
  }
};
