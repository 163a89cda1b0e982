/**
 * What outlives a run, per environment, key and subaccount: the lease (one bot at a time), the kill latch, the snapshot, and where the last run wrote.
 * Files are 0600 in folders 0700; every change is written beside and renamed over.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';

export interface Lease {
  readonly pid: number;
  readonly startedAt: string;
}

export interface KillLatch {
  readonly reason: string;
  readonly at: string;
}

export interface LastRun {
  readonly folder: string;
  readonly startedAt: string;
  /** Runs started so far: part of the run id, so that no two runs share client ids even where a clock stood still. */
  readonly runs: number;
}

const LEASE = 'lease.json';
const LATCH = 'kill-latch.json';
const LAST_RUN = 'last-run.json';
const SNAPSHOT = 'snapshot.json';

/** Folder name of an account: environment, the first eight hex digits of the key id's SHA-256, subaccount. */
export const accountFolder = (env: string, keyId: string, subaccount: number): string =>
  `${env}-${createHash('sha256').update(keyId).digest('hex').slice(0, 8)}-${subaccount}`;

export class StateFiles {
  #leased = false;

  /** @throws CommandFailure (storage) where the folder cannot be made */
  constructor(readonly folder: string) {
    try {
      makeFolders(folder);
    } catch (cause) {
      throw storageFailure(`the state folder ${folder} cannot be made`, cause);
    }
  }

  static forAccount(out: string, env: string, keyId: string, subaccount: number): StateFiles {
    return new StateFiles(join(out, 'state', accountFolder(env, keyId, subaccount)));
  }

  /** Every account folder below `out`. */
  static all(out: string): StateFiles[] {
    const root = join(out, 'state');
    if (!existsSync(root)) return [];
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => new StateFiles(join(root, name)));
  }

  /** Takes the lease, also over one whose process is gone. @throws CommandFailure (already running) */
  lease(now: Date): void {
    const lease: Lease = { pid: process.pid, startedAt: now.toISOString() };
    if (!this.#create(LEASE, lease)) {
      const held = this.runningBot();
      if (held !== null && held.pid !== process.pid) throw this.#held(held);
      rmSync(join(this.folder, LEASE), { force: true });
      if (!this.#create(LEASE, lease)) throw this.#held(this.heldLease() ?? lease);
    }
    this.#leased = true;
  }

  #held({ pid, startedAt }: Lease): CommandFailure {
    return new CommandFailure(ExitCode.alreadyRunning, `another run (process ${pid}, since ${startedAt}) trades this account`, {
      why: 'two bots on one account would fight over the same orders',
      fix: `stop it first, or give this one another subaccount or another --out; its lease is ${join(this.folder, LEASE)}`,
    });
  }

  heldLease(): Lease | null {
    const found = this.#read(LEASE) as Lease | null;
    return found !== null && Number.isSafeInteger(found.pid) && found.pid > 0 ? found : null;
  }

  /** The lease whose process lives; one that was killed has left its lease behind. */
  runningBot(): Lease | null {
    const held = this.heldLease();
    return held !== null && isAlive(held.pid) ? held : null;
  }

  release(): void {
    if (this.#leased) rmSync(join(this.folder, LEASE), { force: true });
    this.#leased = false;
  }

  latch(): KillLatch | null {
    if (!existsSync(join(this.folder, LATCH))) return null;
    // A latch that cannot be read, or that somebody wrote by hand without a reason, is a latch all the same.
    const { reason, at } = (this.#read(LATCH) ?? {}) as Partial<Record<keyof KillLatch, unknown>>;
    return {
      reason: typeof reason === 'string' && reason !== '' ? reason : 'the latch file is unreadable or gives no reason',
      at: typeof at === 'string' ? at : 'unknown',
    };
  }

  setLatch(reason: string, now: Date): void {
    if (this.latch() === null) this.#write(LATCH, { reason, at: now.toISOString() } satisfies KillLatch);
  }

  clearLatch(): void {
    rmSync(join(this.folder, LATCH), { force: true });
  }

  lastRun(): LastRun | null {
    return this.#read(LAST_RUN) as LastRun | null;
  }

  /** The account is gone, as the simulated exchange's is at its end: so is what was kept of it. */
  remove(): void {
    this.#leased = false;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Counts a new run and remembers where it writes. @returns the number of this run */
  beginRun(folder: string, now: Date): number {
    const runs = (this.lastRun()?.runs ?? 0) + 1;
    this.#write(LAST_RUN, { folder, startedAt: now.toISOString(), runs } satisfies LastRun);
    return runs;
  }

  /** What the last run knew, as plain data; the caller proves its shape. */
  snapshot(): object | null {
    return this.#read(SNAPSHOT);
  }

  saveSnapshot(snapshot: object): void {
    // Written every few seconds beside trading: a power failure may cost it, a pause of the disk must not.
    this.#write(SNAPSHOT, snapshot, 'kernel');
  }

  #read(name: string): object | null {
    const path = join(this.folder, name);
    if (!existsSync(path)) return null;
    try {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return typeof value === 'object' && value !== null ? value : null;
    } catch {
      // Torn by a crash or by hand: treated as absent, the caller's safe side is chosen by what the file means.
      return null;
    }
  }

  #write(name: string, value: object, until: 'platter' | 'kernel' = 'platter'): void {
    this.#put(name, value, until, renameSync);
  }

  /** Writes a file that is not there yet, whole from its first moment. @returns false where it is there */
  #create(name: string, value: object): boolean {
    try {
      this.#put(name, value, 'platter', linkSync);
      return true;
    } catch (error) {
      if (error instanceof CommandFailure && (error.cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Writes beside, then puts it in its place. */
  #put(name: string, value: object, until: 'platter' | 'kernel', place: (from: string, to: string) => void): void {
    const path = join(this.folder, name);
    const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      const handle = openSync(beside, 'wx', 0o600);
      try {
        writeSync(handle, `${JSON.stringify(value)}\n`);
        if (until === 'platter') fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      place(beside, path);
    } catch (cause) {
      throw storageFailure(`${path} cannot be written`, cause);
    } finally {
      rmSync(beside, { force: true });
    }
  }
}

/**
 * Makes a folder and its missing parents, each for the owner only. One by one: Node's own recursive way never returns on file systems that know no new folders,
 * such as /proc.
 */
export const makeFolders = (folder: string): void => {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Somebody else has made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const storageFailure = (what: string, cause: unknown): CommandFailure =>
  new CommandFailure(ExitCode.storage, what, {
    why: cause instanceof Error ? cause.message : String(cause),
    fix: 'give a folder that can be written with --out, or free some space',
    cause,
  });
