/**
 * A disk with a page cache: what was written is with the kernel and survives the death of a process; what was synced survives a power failure. It can be full,
 * slow, or refuse, and it can lose and bend bytes. Holds the journal, the tape, the log and the small state files of all processes of one world.
 */
import type { AppendFile, SmallFiles } from '../../src/domain/ports.js';
import type { Durability } from '../../src/logger/durability.js';
import type { JournalFile, JournalFiles } from '../../src/logger/journal.js';
import type { JournalSource, SourceFile } from '../../src/logger/journal-reader.js';
import { segmentNumber } from '../../src/logger/journal-segment.js';
import { StorageError } from '../../src/logger/storage-errors.js';
import { epochUs, millis, type DurationUs } from '../../src/domain/units.js';

/** What the disk answers to an operation: null does it, a code refuses it. */
export type Refusal = 'ENOSPC' | 'EIO' | 'EMFILE' | null;

export interface DiskMood {
  /** Asked before every write. `kept` bytes of it still reach the file where it is refused. */
  write(path: string, bytes: number): { readonly errno: Exclude<Refusal, null>; readonly kept: number } | null;
  sync(path: string): Refusal;
  /** How long a sync of the journal takes; absent: as a good disk. */
  readonly slow?: DurationUs;
  open(path: string): Refusal;
}

export const CALM: DiskMood = { write: () => null, sync: () => null, open: () => null };

class Content {
  #bytes = Buffer.alloc(1024);
  length = 0;
  /** Bytes that survive a power failure. */
  synced = 0;

  append(bytes: Uint8Array): void {
    const end = this.length + bytes.length;
    if (end > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.length);
    this.length = end;
  }

  view(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** @param share of the unsynced bytes that were written all the same */
  losePower(share: number, zeros: boolean): void {
    const { length } = this;
    const kept = this.synced + Math.floor((length - this.synced) * share);
    // Sectors are written whole.
    this.cut(zeros ? Math.max(this.synced, kept - (kept % SECTOR_BYTES)) : kept);
    if (zeros) this.append(Buffer.alloc(length - this.length));
    this.synced = this.length;
  }

  cut(length: number): void {
    this.length = Math.min(this.length, length);
    this.synced = Math.min(this.synced, this.length);
  }
}

/** A small file as the kernel has it and as the platter has it. */
interface Small {
  cached: string | null;
  durable: string | null;
}

const NEWLINE = 10;

export interface LineFile extends AppendFile {
  text(): string;
  lastLine(): string;
}

/** A process that uses the disk. A dead one does nothing any more. */
export interface DiskUser {
  readonly alive: boolean;
  /** Absent: nobody waits for this disk. */
  after?(span: DurationUs, run: () => void): void;
}

const SYNC_TAKES = millis(2);
/** After a power failure: how much the disk had written of its own accord. */
const SURVIVES = 0.45;
const ZEROS = 0.3;
const SECTOR_BYTES = 512;

export class SimulatedDisk {
  readonly #files = new Map<string, Content>();
  readonly #small = new Map<string, Small>();
  readonly #folders = new Set<string>();
  mood: DiskMood = CALM;
  /** A record that was written whole has lost its end since: what followed from it may stand elsewhere. */
  hasTorn = false;
  /** Up to there records may be missing that nobody had promised to keep. */
  lostUntil = epochUs(0);
  /** Told of every write before it happens: a place to die at. */
  beforeWrite: (path: string, bytes: number) => void = () => {};
  afterWrite: (path: string) => void = () => {};

  // ---- what processes see ----

  small(user: DiskUser): SmallFiles {
    const write = (path: string, text: string, until: 'platter' | 'kernel'): void => {
      if (!user.alive) return;
      this.beforeWrite(path, text.length);
      if (!user.alive) return;
      this.#refuse('write', path, this.mood.write(path, text.length)?.errno ?? null);
      if (until === 'platter') this.#refuse('write', path, this.mood.sync(path));
      // One that grew until now, as a tape that is completed.
      if (this.#files.has(path)) return this.#replaceGrown(path, text, until);
      const small = this.#small.get(path) ?? { cached: null, durable: null };
      small.cached = text;
      if (until === 'platter') small.durable = text;
      this.#small.set(path, small);
      this.afterWrite(path);
    };
    return {
      makeFolder: (path) => void this.#folders.add(path),
      folders: (path) => [...this.#folders].filter((each) => each.startsWith(`${path}/`)).map((each) => each.slice(path.length + 1)),
      removeFolder: (path) => {
        if (!user.alive) return;
        for (const name of this.#small.keys()) if (name.startsWith(`${path}/`)) this.#small.delete(name);
        this.#folders.delete(path);
      },
      exists: (path) => this.smallText(path) !== null || this.#files.has(path),
      read: (path) => this.smallText(path) ?? this.#files.get(path)?.view().toString() ?? null,
      replace: write,
      create: (path, text) => {
        if (this.smallText(path) !== null) return false;
        write(path, text, 'platter');
        return true;
      },
      remove: (path) => {
        if (user.alive) this.#small.delete(path);
      },
      rename: (from, to) => {
        const small = this.#small.get(from);
        if (small === undefined || small.cached === null) return false;
        this.beforeWrite(to, 0);
        if (!user.alive) return true;
        this.#small.delete(from);
        this.#small.set(to, small);
        this.afterWrite(to);
        // The name is there; only a power failure can take it back.
        this.#refuse('sync', to, this.mood.sync(to));
        small.durable = small.cached;
        return true;
      },
    };
  }

  #replaceGrown(path: string, text: string, until: 'platter' | 'kernel'): void {
    const content = new Content();
    content.append(Buffer.from(text));
    if (until === 'platter') content.synced = content.length;
    this.#files.set(path, content);
    this.afterWrite(path);
  }

  journal(user: DiskUser, folder: string, durability: Durability = 'kernel'): JournalFiles & JournalSource {
    return {
      list: () =>
        [...this.#files.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1))
          .filter((name) => segmentNumber(name) !== null)
          .sort(),
      create: (name) => {
        const path = `${folder}/${name}`;
        this.#refuse('create', path, this.mood.open(path));
        if (this.#files.has(path)) throw new StorageError('create', path, 'EEXIST');
        this.#files.set(path, new Content());
        return this.#syncable(user, path);
      },
      remove: (name) => {
        if (user.alive) this.#files.delete(`${folder}/${name}`);
      },
      settle: () => {
        if (durability === 'kernel' || !user.alive) return;
        for (const [path, content] of this.#files) {
          if (!path.startsWith(`${folder}/journal-`)) continue;
          this.#refuse('sync', path, this.mood.sync(path));
          content.synced = content.length;
        }
      },
      open: (name) => this.#source(`${folder}/${name}`),
    };
  }

  /** A file that only grows; made where it is missing. */
  appending(user: DiskUser, path: string): AppendFile {
    if (!this.#files.has(path)) this.#files.set(path, new Content());
    return {
      append: (bytes) => {
        if (!user.alive) return;
        this.beforeWrite(path, bytes.length);
        if (!user.alive) return;
        const refused = this.mood.write(path, bytes.length);
        const content = this.#content(path);
        content.append(refused === null ? bytes : bytes.subarray(0, refused.kept));
        this.#refuse('write', path, refused?.errno ?? null);
        this.afterWrite(path);
      },
      close: () => undefined,
    };
  }

  /** A file of lines. Before it is read or written again, what a refused write has left of a line is cut off; whole lines of it stay. */
  lines(user: DiskUser, path: string, until: 'platter' | 'kernel' = 'kernel'): LineFile {
    const file = until === 'platter' ? this.#proving(user, path) : this.appending(user, path);
    const whole = (): Buffer => {
      const content = this.#content(path);
      content.cut(content.view().lastIndexOf(NEWLINE) + 1);
      return content.view();
    };
    return {
      append: (bytes) => {
        if (user.alive) whole();
        file.append(bytes);
      },
      text: () => whole().toString(),
      lastLine: () => {
        const bytes = whole();
        return bytes.subarray(bytes.lastIndexOf(NEWLINE, -2) + 1, -1).toString();
      },
      close: () => undefined,
    };
  }

  /** Every write waits for the platter. */
  #proving(user: DiskUser, path: string): AppendFile {
    const file = this.appending(user, path);
    return {
      ...file,
      append: (bytes) => {
        file.append(bytes);
        if (!user.alive) return;
        this.#refuse('sync', path, this.mood.sync(path));
        const content = this.#content(path);
        content.synced = content.length;
      },
    };
  }

  #syncable(user: DiskUser, path: string): JournalFile {
    return {
      ...this.appending(user, path),
      sync: async () => {
        if (!user.alive) return;
        const content = this.#content(path);
        const { length } = content;
        this.#refuse('sync', path, this.mood.sync(path));
        await new Promise<void>((resolve) => (user.after === undefined ? resolve() : user.after(this.mood.slow ?? SYNC_TAKES, resolve)));
        content.synced = Math.max(content.synced, length);
      },
    };
  }

  #source(path: string): SourceFile {
    const bytes = this.read(path);
    return { size: bytes.length, read: (into, position) => bytes.copy(into, 0, position), close: () => undefined };
  }

  #refuse(operation: StorageError['operation'], path: string, errno: Refusal): void {
    if (errno !== null) throw new StorageError(operation, path, errno);
  }

  /** A file that was deleted under its writer is made anew by it. */
  #content(path: string): Content {
    const content = this.#files.get(path) ?? new Content();
    this.#files.set(path, content);
    return content;
  }

  // ---- what the world does with it ----

  names(): string[] {
    return [...this.#files.keys()];
  }

  /** The whole content, lent. */
  read(path: string): Buffer {
    const content = this.#files.get(path);
    if (content === undefined) throw new StorageError('open', path, 'ENOENT');
    return content.view();
  }

  /** The last write of a file comes out torn: only `share` of its last `bytes` are there. */
  tear(path: string, bytes: number): void {
    const content = this.#files.get(path);
    this.hasTorn = true;
    content?.cut(Math.max(0, content.length - bytes));
  }

  flip(path: string, at: number): void {
    const view = this.#files.get(path)?.view();
    if (view !== undefined && at < view.length) view[at] = (view[at] as number) ^ 0x10;
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  setSmall(path: string, text: string): void {
    this.#small.set(path, { cached: text, durable: text });
  }

  smallNames(): string[] {
    return [...this.#small.keys()].filter((name) => this.smallText(name) !== null);
  }

  smallText(path: string): string | null {
    return this.#small.get(path)?.cached ?? null;
  }

  /**
   * The power fails: what was not synced is lost, all of it or from somewhere on, or comes back as zeros.
   * @param chance in [0, 1), drawn for every file
   */
  losePower(chance: () => number): void {
    for (const content of this.#files.values()) content.losePower(chance(), chance() < ZEROS);
    for (const [path, small] of this.#small) {
      const fate = small.cached === small.durable ? 0 : chance();
      // Most file systems keep the old or the new one; some have only the name of the new one.
      if (fate < SURVIVES) small.cached = small.durable;
      else if (fate >= 2 * SURVIVES) small.cached = '';
      small.durable = small.cached;
      if (small.cached === null) this.#small.delete(path);
    }
  }
}
