/**
 * What outlives a run, per environment, key and subaccount: the lease (one bot at a time), the kill latch, the snapshot, and where the last run wrote.
 * Files are 0600 in folders 0700; every change is written beside and renamed over.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';

export interface Lease {
  readonly pid: number;
  readonly run: string;
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
      mkdirSync(folder, { recursive: true, mode: 0o700 });
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
    return existsSync(root) ? readdirSync(root).map((name) => new StateFiles(join(root, name))) : [];
  }

  /** Takes the lease, also over one whose process is gone. @throws CommandFailure (already running) */
  lease(run: string, now: Date): void {
    const held = this.runningBot();
    if (held !== null && held.pid !== process.pid)
      throw new CommandFailure(ExitCode.alreadyRunning, `another run (process ${held.pid}, since ${held.startedAt}) trades this account`, {
        why: 'two bots on one account would fight over the same orders',
        fix: `stop it first, or give this one another subaccount or another --out; its lease is ${join(this.folder, LEASE)}`,
      });
    this.#write(LEASE, { pid: process.pid, run, startedAt: now.toISOString() } satisfies Lease);
    this.#leased = true;
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
    // A latch that cannot be read is a latch all the same.
    return (this.#read(LATCH) as KillLatch | null) ?? { reason: 'the latch file is unreadable', at: 'unknown' };
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
      renameSync(beside, path);
    } catch (cause) {
      rmSync(beside, { force: true });
      throw storageFailure(`${path} cannot be written`, cause);
    }
  }
}

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
