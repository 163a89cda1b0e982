/** What can go wrong between us and the disk, as typed errors. None carries anything but file names and the system's own code. */
import { TradingError } from '../domain/errors.js';

/** The system refused a file operation. Nothing new may leave until the records are safe; cancels still go. */
export class StorageError extends TradingError {
  readonly code = 'STORAGE';
  constructor(
    readonly operation: 'create folder' | 'list' | 'create' | 'open' | 'write' | 'sync' | 'read' | 'rotate' | 'remove' | 'close',
    readonly file: string,
    /** The system's code, for instance ENOSPC or EIO; `UNKNOWN` where it gave none. */
    readonly errno: string,
    options?: ErrorOptions,
  ) {
    super(`cannot ${operation} ${file}: ${errno}${hintFor(errno)}`, options);
  }

  /** Wraps what node:fs threw, keeping it as the cause. */
  static from(operation: StorageError['operation'], file: string, cause: unknown): StorageError {
    if (cause instanceof StorageError) return cause;
    const errno = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
    return new StorageError(operation, file, errno, { cause });
  }
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', ' (the disk is full: free some space, writing resumes by itself)'],
  ['EDQUOT', ' (the disk quota is used up: free some space, writing resumes by itself)'],
  ['EIO', ' (the disk reports a fault: check it before trading on)'],
  ['EROFS', ' (the file system is read-only: choose another folder or remount it)'],
  ['EACCES', ' (permission denied: check owner and mode of the folder)'],
  ['EPERM', ' (not permitted: check owner and mode of the folder)'],
  ['EEXIST', ' (it exists already: every run writes into a folder of its own)'],
  ['ELOOP', ' (it is a symbolic link, and those are not followed: name the real folder)'],
  ['ENOENT', ' (not found: check the path)'],
  ['ETIMEDOUT', ' (the disk does not confirm what was written: check it before trading on)'],
  ['EMFILE', ' (too many open files: raise the limit)'],
]);

const hintFor = (errno: string): string => HINTS.get(errno) ?? '';

/** A journal whose inside is not as it was written. Nothing after the named place can be trusted. */
export class JournalDamagedError extends TradingError {
  readonly code = 'JOURNAL_DAMAGED';
  constructor(
    readonly file: string,
    /** Byte offset of the first record that is wrong. */
    readonly offset: number,
    readonly expected: string,
    readonly found: string,
    options?: ErrorOptions,
  ) {
    super(
      `journal ${file} at byte ${offset}: expected ${expected}, found ${found}; the record before it is the last that can be trusted`,
      options,
    );
  }
}

/** The journal was written by a build with another format. */
export class JournalVersionError extends TradingError {
  readonly code = 'JOURNAL_VERSION';
  constructor(
    readonly file: string,
    readonly found: number,
    readonly supported: number,
  ) {
    super(
      found > supported
        ? `journal ${file}: format ${found} is newer than the ${supported} this build reads; use the build that wrote it, or a newer one`
        : `journal ${file}: format ${found} is not known to this build, which reads ${supported}; use the build that wrote it`,
    );
  }
}
