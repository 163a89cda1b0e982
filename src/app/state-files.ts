/**
 * What outlives a run, per environment, key and subaccount: the lease (one bot at a time), the kill latch, the snapshot, and where the last run wrote.
 * Files are 0600 in folders 0700; every change is written beside and renamed over.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { SmallFiles } from '../domain/ports.js';
import type { Host } from './host.js';
import { systemFiles } from './system-files.js';
import { systemProcesses } from './system-host.js';

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
  /** Starts after a crash, lately: milliseconds since 1970. Absent: none. */
  readonly crashes?: readonly number[];
  /** Where the run before that one wrote; absent: there was none, or an older build has written this. */
  readonly before?: string;
}

const LEASE = 'lease.json';
const LATCH = 'kill-latch.json';
/** A latch that waits for its day: on a disk without room it needs only another name. */
const PREPARED_LATCH = 'kill-latch.prepared.json';
const PREPARED: KillLatch = { reason: 'killed while the disk took no more writes; ops.log or the console has the reason', at: 'unknown' };
/** One line per clearing, oldest first. */
const LATCH_HISTORY = 'kill-latch-history.jsonl';
const STATUS = 'status.json';
const LAST_RUN = 'last-run.json';
const SNAPSHOT = 'snapshot.json';
const GROUP_HOLDS = 'group-holds.json';
const SESSION_RESET = 'session-reset.json';
const ORDER_GROUPS = 'order-groups.json';

/** Folder name of an account: environment, the first eight hex digits of the key id's SHA-256, subaccount. */
export const accountFolder = (env: string, keyId: string, subaccount: number): string =>
  `${env}-${createHash('sha256').update(keyId).digest('hex').slice(0, 8)}-${subaccount}`;

/** What the files lie on, and who may live beside us. */
export type StateHost = Pick<Host, 'files' | 'processes'>;

const SYSTEM: StateHost = { files: systemFiles, processes: systemProcesses };

export class StateFiles {
  #leased = false;
  readonly #files: SmallFiles;
  /** Looked at several times a second. */
  readonly #latchPath: string;

  /** @throws CommandFailure (storage) where the folder cannot be made */
  constructor(
    readonly folder: string,
    private readonly host: StateHost = SYSTEM,
  ) {
    this.#files = host.files;
    this.#latchPath = join(folder, LATCH);
    try {
      this.#files.makeFolder(folder);
    } catch (cause) {
      throw storageFailure(`the state folder ${folder} cannot be made`, cause);
    }
  }

  static forAccount(out: string, env: string, keyId: string, subaccount: number, host: StateHost = SYSTEM): StateFiles {
    return new StateFiles(join(out, 'state', accountFolder(env, keyId, subaccount)), host);
  }

  /** Every account folder below `out`. */
  static all(out: string): StateFiles[] {
    const root = join(out, 'state');
    return systemFiles.folders(root).map((name) => new StateFiles(join(root, name)));
  }

  /** Takes the lease, also over one whose process is gone. @returns true where such a one was found: that run crashed. @throws CommandFailure (already running) */
  lease(now: Date): boolean {
    const lease: Lease = { pid: this.host.processes.own, startedAt: now.toISOString() };
    const isFree = this.#create(LEASE, lease);
    if (!isFree) {
      const held = this.runningBot();
      if (held !== null && held.pid !== this.host.processes.own) throw this.#held(held);
      this.#files.remove(join(this.folder, LEASE));
      if (!this.#create(LEASE, lease)) throw this.#held(this.heldLease() ?? lease);
    }
    this.#leased = true;
    return !isFree;
  }

  #held({ pid, startedAt }: Lease): CommandFailure {
    return new CommandFailure(ExitCode.alreadyRunning, `another run (process ${pid}, since ${startedAt}) trades this account`, {
      why: 'two bots on one account would fight over the same orders',
      fix: `stop it first, or give this one another subaccount or another --out; its lease is ${join(this.folder, LEASE)}`,
    });
  }

  heldLease(): Lease | null {
    const { pid, startedAt } = (this.#read(LEASE) ?? {}) as Partial<Record<keyof Lease, unknown>>;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return null;
    return { pid: pid as number, startedAt: typeof startedAt === 'string' ? startedAt : 'an unknown time' };
  }

  /** The lease whose process lives; one that was killed has left its lease behind. */
  runningBot(): Lease | null {
    const held = this.heldLease();
    return held !== null && this.host.processes.isAlive(held.pid) ? held : null;
  }

  release(): void {
    if (this.#leased) this.#files.remove(join(this.folder, LEASE));
    this.#leased = false;
  }

  /** What stops trading. A folder that others can change is no place for a latch: nobody trades from it. */
  latch(): KillLatch | null {
    const exposure = this.#files.exposure?.(this.folder) ?? null;
    return exposure === null ? this.#latchFile() : { reason: `the kill latch is not safe: ${exposure}`, at: 'unknown' };
  }

  #latchFile(): KillLatch | null {
    if (!this.#files.exists(this.#latchPath)) return null;
    // A latch that cannot be read, or that somebody wrote by hand without a reason, is a latch all the same.
    const { reason, at } = (this.#read(LATCH) ?? {}) as Partial<Record<keyof KillLatch, unknown>>;
    return {
      reason: typeof reason === 'string' && reason !== '' ? reason : 'the latch file is unreadable or gives no reason',
      at: typeof at === 'string' ? at : 'unknown',
    };
  }

  /** Lays down the latch for a day on which the disk is full. Where even that fails there is room for nothing, and the run says so soon enough. */
  prepareLatch(): void {
    if (!this.#files.exists(join(this.folder, PREPARED_LATCH))) this.#write(PREPARED_LATCH, PREPARED, 'kernel');
  }

  /** @throws CommandFailure (storage) where no latch could be left, not even the prepared one */
  setLatch(reason: string, now: Date): void {
    if (this.#latchFile() !== null) return;
    try {
      this.#write(LATCH, { reason, at: now.toISOString() } satisfies KillLatch);
    } catch (cause) {
      if (!orFail(this.#latchPath, () => this.#files.rename(join(this.folder, PREPARED_LATCH), this.#latchPath))) throw cause;
    }
  }

  /** @throws CommandFailure (storage) where the folder would go on to stop trading */
  clearLatch(): void {
    this.#refuseExposed();
    this.#files.remove(join(this.folder, LATCH));
  }

  #refuseExposed(): void {
    const exposure = this.#files.exposure?.(this.folder) ?? null;
    if (exposure !== null)
      throw new CommandFailure(ExitCode.storage, 'the kill latch cannot be cleared', {
        why: exposure,
        fix: 'put the folder right as said, then clear again',
      });
  }

  /** Keeps who clears the latch, when and why: one line in the folder's history, written before the latch goes. */
  recordClearing(by: { readonly who: string; readonly found: string; readonly heldShards?: readonly number[] }, now: Date): void {
    this.#refuseExposed();
    const latch = this.latch();
    const path = join(this.folder, LATCH_HISTORY);
    const heldShards = by.heldShards === undefined || by.heldShards.length === 0 ? undefined : by.heldShards;
    const entry = {
      clearedAt: now.toISOString(),
      clearedBy: by.who,
      found: by.found,
      latchedAt: latch?.at,
      reason: latch?.reason,
      heldShards,
    };
    orFail(path, () => this.#files.replace(path, `${this.#files.read(path) ?? ''}${textOf(entry)}`, 'platter'));
  }

  /** The bot's own picture of itself, as text; null where there is none. */
  status(): string | null {
    return this.#files.read(join(this.folder, STATUS));
  }

  saveStatus(status: object): void {
    this.#write(STATUS, status, 'kernel');
  }

  lastRun(): LastRun | null {
    const { folder, startedAt, runs, crashes, before } = (this.#read(LAST_RUN) ?? {}) as Partial<LastRun>;
    const whole = typeof folder === 'string' && typeof startedAt === 'string' && Number.isSafeInteger(runs);
    if (!whole) return null;
    return {
      folder,
      startedAt,
      runs: runs as number,
      crashes: Array.isArray(crashes) ? crashes.filter(Number.isSafeInteger) : [],
      ...(typeof before === 'string' ? { before } : {}),
    };
  }

  /** The account is gone, as the simulated exchange's is at its end: so is what was kept of it. */
  remove(): void {
    this.#leased = false;
    this.#files.removeFolder(this.folder);
  }

  /** Counts a new run and remembers where it writes. @param crashes starts after a crash that still count @returns the number of this run */
  beginRun(folder: string, now: Date, crashes: readonly number[] = []): number {
    const last = this.lastRun();
    const runs = (last?.runs ?? 0) + 1;
    const before = last === null ? {} : { before: last.folder };
    this.#write(LAST_RUN, { folder, startedAt: now.toISOString(), runs, crashes, ...before } satisfies LastRun);
    return runs;
  }

  /** Starts after a crash, as the last start wrote them down. */
  crashes(): readonly number[] {
    return this.lastRun()?.crashes ?? [];
  }

  /** The crashes that count are remembered also by a start that does not come to trade. */
  noteCrashes(crashes: readonly number[]): void {
    const last = this.lastRun();
    if (last !== null) this.#write(LAST_RUN, { ...last, crashes } satisfies LastRun);
  }

  get snapshotPath(): string {
    return join(this.folder, SNAPSHOT);
  }

  /** What the last run left, as it stands there; null where there is none. */
  snapshot(): string | null {
    try {
      return this.#files.read(this.snapshotPath);
    } catch (cause) {
      throw storageFailure(`${this.snapshotPath} cannot be read`, cause);
    }
  }

  /** @param until written every few seconds beside trading, a power failure may cost it, a pause of the disk must not: `kernel` */
  saveSnapshot(text: string, until: 'kernel' | 'platter'): void {
    orFail(this.snapshotPath, () => this.#files.replace(this.snapshotPath, text, until));
  }

  /** Order groups that runs of this account have made at the exchange. */
  orderGroups(): object | null {
    return this.#read(ORDER_GROUPS);
  }

  saveOrderGroups(groups: object): void {
    this.#write(ORDER_GROUPS, groups, 'kernel');
  }

  /** A person begins a new session: what earlier runs have lost does not count towards the limits any more. */
  resetSession(now: Date): void {
    this.#refuseExposed();
    this.#write(SESSION_RESET, { at: now.toISOString() });
  }

  /** When a person last did so, in milliseconds since 1970; null: never. */
  sessionResetMs(): number | null {
    const { at } = (this.#read(SESSION_RESET) ?? {}) as { at?: unknown };
    const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    return Number.isFinite(ms) ? ms : null;
  }

  groupHolds(): object | null {
    return this.#read(GROUP_HOLDS);
  }

  saveGroupHolds(holds: object): void {
    this.#write(GROUP_HOLDS, holds);
  }

  /** A person lets held shards go on. */
  clearGroupHolds(): void {
    this.#refuseExposed();
    this.#files.remove(join(this.folder, GROUP_HOLDS));
  }

  #read(name: string): object | null {
    try {
      const value: unknown = JSON.parse(this.#files.read(join(this.folder, name)) ?? 'null');
      return typeof value === 'object' ? value : null;
    } catch {
      // Torn by a crash or by hand: treated as absent, the caller's safe side is chosen by what the file means.
      return null;
    }
  }

  #write(name: string, value: object, until: 'platter' | 'kernel' = 'platter'): void {
    const path = join(this.folder, name);
    orFail(path, () => this.#files.replace(path, textOf(value), until));
  }

  /** @returns false where the file is there */
  #create(name: string, value: object): boolean {
    const path = join(this.folder, name);
    return orFail(path, () => this.#files.create(path, textOf(value)));
  }
}

const textOf = (value: object): string => `${JSON.stringify(value)}\n`;

const orFail = <T>(path: string, run: () => T): T => {
  try {
    return run();
  } catch (cause) {
    throw storageFailure(`${path} cannot be written`, cause);
  }
};

const storageFailure = (what: string, cause: unknown): CommandFailure =>
  new CommandFailure(ExitCode.storage, what, {
    why: cause instanceof Error ? cause.message : String(cause),
    fix: 'give a folder that can be written with --out, or free some space',
    cause,
  });
