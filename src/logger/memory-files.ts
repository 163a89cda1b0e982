/** A journal's folder in memory, with a disk that can be made to fail: for simulations and tests. Implements the same ports as the real one. */
import type { JournalFile, JournalFiles } from './journal.js';
import type { JournalSource, SourceFile } from './journal-reader.js';
import { StorageError } from './storage-errors.js';

/** What the disk answers to a write of `bytes`: null takes it; otherwise the system's code and how many bytes it kept before it failed. */
export type DiskFault = (file: string, bytes: number) => { readonly errno: string; readonly kept: number } | null;

/** What the disk answers to a sync: null once everything is on the platter, otherwise the system's code. */
export type SyncFault = (file: string) => string | null;

const HEALTHY: DiskFault = () => null;
const SYNCED: SyncFault = () => null;

export class MemoryFiles implements JournalFiles, JournalSource {
  readonly #files = new Map<string, Buffer>();
  /** Bytes of each file that survive a power failure. */
  readonly #proven = new Map<string, number>();
  fault: DiskFault = HEALTHY;
  syncFault: SyncFault = SYNCED;
  /** Syncs carried out. */
  syncs = 0;

  list(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  create(name: string): JournalFile {
    if (this.#files.has(name)) throw new StorageError('create', name, 'EEXIST');
    this.#files.set(name, Buffer.alloc(0));
    return { append: (bytes) => this.#append(name, bytes), sync: () => this.#sync(name), close: () => undefined };
  }

  remove(name: string): void {
    if (!this.#files.delete(name)) throw new StorageError('remove', name, 'ENOENT');
  }

  open(name: string): SourceFile {
    const bytes = this.read(name);
    return {
      size: bytes.length,
      read: (into, position) => bytes.copy(into, 0, position),
      close: () => undefined,
    };
  }

  /** The whole content, lent. @throws StorageError where there is no such file */
  read(name: string): Buffer {
    const bytes = this.#files.get(name);
    if (bytes === undefined) throw new StorageError('open', name, 'ENOENT');
    return bytes;
  }

  /** Replaces a file's content as a faulty disk or a crash would. */
  write(name: string, bytes: Uint8Array): void {
    this.#files.set(name, Buffer.from(bytes));
  }

  /** The power fails: of every file only what was synced is left. */
  losePower(): void {
    for (const [name, bytes] of this.#files) this.#files.set(name, bytes.subarray(0, this.#proven.get(name) ?? 0));
  }

  async #sync(name: string): Promise<void> {
    const { length } = this.read(name);
    const errno = this.syncFault(name);
    await Promise.resolve();
    if (errno !== null) throw new StorageError('sync', name, errno);
    this.syncs++;
    this.#proven.set(name, Math.max(length, this.#proven.get(name) ?? 0));
  }

  #append(name: string, bytes: Uint8Array): void {
    const fault = this.fault(name, bytes.length);
    const kept = fault === null ? bytes : bytes.subarray(0, fault.kept);
    this.#files.set(name, Buffer.concat([this.read(name), kept]));
    if (fault !== null) throw new StorageError('write', name, fault.errno);
  }
}
