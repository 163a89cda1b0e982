/**
 * Text files that only grow, are put aside at a size, and survive what happens to files: deleted or moved under us, a torn last line after a crash,
 * a full disk. Private to the owner, no symbolic link followed.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, parse } from 'node:path';
import type { AppendFile } from '../domain/ports.js';
import { privateFolder } from './journal-files.js';
import { StorageError } from './storage-errors.js';

export interface RotatingOptions {
  readonly folder: string;
  /** For instance `tape.csv`; what is put aside becomes `tape-000001.csv` and so on. */
  readonly name: string;
  /** Size beyond which the file is put aside. */
  readonly bytesMax: number;
  /** How many files put aside are kept; null keeps all. */
  readonly keep: number | null;
  /** First line of every file, newline included; empty for none. */
  readonly head: string;
  /** Where every write has arrived when it returns; absent: with the kernel. */
  readonly until?: 'kernel' | 'platter';
}

const FILE_MODE = 0o600;
const NEWLINE = 10;
const LINE_BYTES_MAX = 64 * 1024;

export class RotatingFile implements AppendFile {
  readonly #options: RotatingOptions;
  readonly #path: string;
  #handle: number | null = null;
  #size = 0;

  /** Opens at once. @throws StorageError */
  constructor(options: RotatingOptions) {
    this.#options = options;
    this.#path = join(options.folder, options.name);
    this.#open();
  }

  /**
   * Appends whole lines. On failure nothing of them stays in the file, as far as the system allows, and the handle is given up.
   * @throws StorageError
   */
  append(bytes: Uint8Array): void {
    if (this.#handle !== null && this.#wasTakenAway(this.#handle)) this.#release();
    if (this.#handle === null) this.#open();
    if (this.#size > this.#options.head.length && this.#size + bytes.length > this.#options.bytesMax) this.#rotate();
    this.#write(bytes);
  }

  /** All that the present file holds. @throws StorageError */
  text(): string {
    if (this.#handle === null) this.#open();
    return this.#read(0);
  }

  /** The last whole line of the present file, without its end; empty where there is none. @throws StorageError */
  lastLine(): string {
    if (this.#handle === null) this.#open();
    return (
      this.#read(Math.max(0, this.#size - LINE_BYTES_MAX))
        .split('\n')
        .at(-2) ?? ''
    );
  }

  #read(from: number): string {
    const bytes = Buffer.alloc(this.#size - from);
    try {
      return bytes.toString('utf8', 0, readSync(this.#handle as number, bytes, 0, bytes.length, from));
    } catch (error) {
      throw StorageError.from('read', this.#path, error);
    }
  }

  close(): void {
    this.#release();
  }

  #write(bytes: Uint8Array): void {
    const handle = this.#handle as number;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done);
      if (this.#options.until === 'platter') fdatasyncSync(handle);
      this.#size += bytes.length;
    } catch (error) {
      this.#cutBack(handle);
      this.#release();
      throw StorageError.from('write', this.#path, error);
    }
  }

  /** Half a batch would be written twice, once torn: what was there before is what shall be there. */
  #cutBack(handle: number): void {
    try {
      ftruncateSync(handle, this.#size);
    } catch {
      // The write's own failure is reported; opening the file again repairs a torn line.
    }
  }

  #open(): void {
    privateFolder(this.#options.folder);
    const flags = constants.O_CREAT | constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;
    try {
      const handle = openSync(this.#path, flags, FILE_MODE);
      this.#handle = handle;
      this.#size = repairTail(handle);
      if (this.#size > 0 && !startsWith(handle, this.#options.head)) this.#rotate();
      else if (this.#size === 0) this.#write(Buffer.from(this.#options.head));
    } catch (error) {
      this.#release();
      throw StorageError.from('open', this.#path, error);
    }
  }

  #rotate(): void {
    this.#release();
    const { folder, keep } = this.#options;
    const aside = this.#putAside();
    try {
      renameSync(this.#path, join(folder, this.#asideName((aside.at(-1) ?? 0) + 1)));
      if (keep !== null)
        for (const number of aside.slice(0, Math.max(0, aside.length + 1 - keep))) unlinkSync(join(folder, this.#asideName(number)));
    } catch (error) {
      throw StorageError.from('rotate', this.#path, error);
    }
    this.#open();
  }

  /** Numbers of the files put aside, ascending. */
  #putAside(): number[] {
    const { name, ext } = parse(this.#options.name);
    const numbers: number[] = [];
    for (const entry of readdirSync(this.#options.folder)) {
      if (!entry.startsWith(`${name}-`) || !entry.endsWith(ext)) continue;
      const digits = entry.slice(name.length + 1, entry.length - ext.length);
      if (/^\d{6,}$/.test(digits)) numbers.push(Number(digits));
    }
    return numbers.sort((a, b) => a - b);
  }

  #asideName(number: number): string {
    const { name, ext } = parse(this.#options.name);
    return `${name}-${String(number).padStart(6, '0')}${ext}`;
  }

  #wasTakenAway(handle: number): boolean {
    const ours = fstatSync(handle);
    const there = lstatSync(this.#path, { throwIfNoEntry: false });
    return there?.ino !== ours.ino || there.dev !== ours.dev;
  }

  #release(): void {
    if (this.#handle === null) return;
    const handle = this.#handle;
    this.#handle = null;
    closeSync(handle);
  }
}

/** Cuts a line that a crash left unfinished; returns the size that remains. */
const repairTail = (handle: number): number => {
  const size = fstatSync(handle).size;
  const block = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const count = readSync(handle, block, 0, end - start, start);
    const newline = block.subarray(0, count).lastIndexOf(NEWLINE);
    if (newline >= 0) return cutTo(handle, size, start + newline + 1);
    end = start;
  }
  return cutTo(handle, size, 0);
};

const cutTo = (handle: number, size: number, wanted: number): number => {
  if (wanted < size) ftruncateSync(handle, wanted);
  return wanted;
};

const startsWith = (handle: number, head: string): boolean => {
  const wanted = Buffer.from(head);
  const found = Buffer.alloc(wanted.length);
  return readSync(handle, found, 0, found.length, 0) === wanted.length && found.equals(wanted);
};
