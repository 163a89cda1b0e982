/** A journal's folder in memory, with a disk that can be made to fail: for simulations and tests. Implements the same ports as the real one. */
import type { AppendFile } from '../domain/ports.js';
import type { JournalFiles } from './journal.js';
import type { JournalSource, SourceFile } from './journal-reader.js';
import { StorageError } from './storage-errors.js';

/** What the disk answers to a write of `bytes`: null takes it; otherwise the system's code and how many bytes it kept before it failed. */
export type DiskFault = (file: string, bytes: number) => { readonly errno: string; readonly kept: number } | null;

const HEALTHY: DiskFault = () => null;

export class MemoryFiles implements JournalFiles, JournalSource {
  readonly #files = new Map<string, Buffer>();
  fault: DiskFault = HEALTHY;

  list(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  create(name: string): AppendFile {
    if (this.#files.has(name)) throw new StorageError('create', name, 'EEXIST');
    this.#files.set(name, Buffer.alloc(0));
    return { append: (bytes) => this.#append(name, bytes), close: () => undefined };
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

  #append(name: string, bytes: Uint8Array): void {
    const fault = this.fault(name, bytes.length);
    const kept = fault === null ? bytes : bytes.subarray(0, fault.kept);
    this.#files.set(name, Buffer.concat([this.read(name), kept]));
    if (fault !== null) throw new StorageError('write', name, fault.errno);
  }
}
