/** The folder of a journal on a real disk: private to its owner (folder 0700, files 0600), and no symbolic link is followed. */
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { JournalFile, JournalFiles } from './journal.js';
import type { Durability } from './durability.js';
import type { JournalSource, SourceFile } from './journal-reader.js';
import { segmentNumber } from './journal-segment.js';
import { StorageError } from './storage-errors.js';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes the folder where it is missing. @throws StorageError where it cannot be made, is no folder or is a symbolic link */
export const privateFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw StorageError.from('create folder', path, error);
  }
  const found = lstatSync(path);
  if (found.isSymbolicLink()) throw new StorageError('create folder', path, 'ELOOP');
};

/** A folder that journals are written to and read from. */
export class DiskJournal implements JournalFiles, JournalSource {
  /** @throws StorageError */
  constructor(
    readonly folder: string,
    private readonly durability: Durability = 'kernel',
  ) {}

  /** Segments in the order of their numbers. */
  list(): readonly string[] {
    const numbered = this.#entries().map((name) => ({ name, number: segmentNumber(name) }));
    return numbered
      .filter((entry): entry is { name: string; number: number } => entry.number !== null)
      .sort((a, b) => a.number - b.number)
      .map((entry) => entry.name);
  }

  create(name: string): JournalFile {
    privateFolder(this.folder);
    const path = join(this.folder, name);
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
    try {
      const file = new DiskFile(openSync(path, flags, FILE_MODE), path);
      if (this.durability === 'power') syncPath(this.folder);
      return file;
    } catch (error) {
      throw StorageError.from('create', path, error);
    }
  }

  remove(name: string): void {
    const path = join(this.folder, name);
    try {
      unlinkSync(path);
    } catch (error) {
      throw StorageError.from('remove', path, error);
    }
  }

  open(name: string): SourceFile {
    const path = join(this.folder, name);
    try {
      const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      return new DiskSource(handle, path, fstatSync(handle).size);
    } catch (error) {
      throw StorageError.from('open', path, error);
    }
  }

  settle(): void {
    if (this.durability !== 'power') return;
    const names = this.list();
    for (const name of names) syncPath(join(this.folder, name));
    if (names.length > 0) syncPath(this.folder);
  }

  #entries(): readonly string[] {
    try {
      return readdirSync(this.folder);
    } catch (error) {
      const failure = StorageError.from('list', this.folder, error);
      if (failure.errno === 'ENOENT') return [];
      throw failure;
    }
  }
}

class DiskFile implements JournalFile {
  #closing = false;
  #syncs = 0;
  constructor(
    readonly handle: number,
    readonly path: string,
  ) {}

  /** One write as a rule; the system may take a large one in parts. */
  append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.handle, bytes, done, bytes.length - done);
    } catch (error) {
      throw StorageError.from('write', this.path, error);
    }
  }

  /** Waits for the disk in a thread of the runtime: this one goes on. */
  sync(): Promise<void> {
    this.#syncs++;
    return new Promise<void>((resolve, reject) => {
      fdatasync(this.handle, (error) => {
        this.#syncs--;
        if (this.#closing && this.#syncs === 0) quietly(() => closeSync(this.handle));
        if (error === null) resolve();
        else reject(StorageError.from('sync', this.path, error));
      });
    });
  }

  /** A file that is being synced is closed after that: its number must not go to another file meanwhile. */
  close(): void {
    this.#closing = true;
    if (this.#syncs > 0) return;
    try {
      closeSync(this.handle);
    } catch (error) {
      throw StorageError.from('close', this.path, error);
    }
  }
}

/** A file, or a folder: a new file survives a power failure only once its folder does. @throws StorageError */
const syncPath = (path: string): void => {
  try {
    const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw StorageError.from('sync', path, error);
  }
};

const quietly = (run: () => void): void => {
  try {
    run();
  } catch {
    // The handle was given up before: nobody waits for it.
  }
};

class DiskSource implements SourceFile {
  constructor(
    readonly handle: number,
    readonly path: string,
    readonly size: number,
  ) {}

  read(into: Uint8Array, position: number): number {
    try {
      return readSync(this.handle, into, 0, into.length, position);
    } catch (error) {
      throw StorageError.from('read', this.path, error);
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}
