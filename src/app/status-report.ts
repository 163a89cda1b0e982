/** How every account below a folder stands, from its state folder alone: lease, latch, last run, and what the bot last wrote of itself. */
import { toEpochMs, type EpochUs } from '../domain/units.js';
import type { Account } from './accounts.js';
import type { KillLatch, Lease } from './state-files.js';
import { readStatus, type RunStatus } from './status-file.js';

/** `died`: a lease without its process. `hung`: the process lives and has written nothing for too long. */
export type Life = 'none' | 'died' | 'running' | 'hung';

export interface AccountStatus {
  readonly name: string;
  readonly folder: string;
  readonly life: Life;
  readonly lease: Lease | null;
  readonly latch: KillLatch | null;
  readonly lastRun: string | null;
  /** Null where no bot has written one, or none that can be read. */
  readonly status: RunStatus | null;
  readonly statusAgeMs: number | null;
  /** A bot that turns, is not halted and is not told to stop. */
  readonly healthy: boolean;
}

/** Usually a bot writes once a second; where it is set up to write less often it is given as many turns. */
const HUNG_AFTER_MS = 5000;
const HUNG_AFTER_TURNS = 5;
/** Until its first picture a bot reads limits, markets and the account. */
const START_PATIENCE_MS = 30_000;

export const statusOfAccount = ({ state, name }: Account, wall: EpochUs): AccountStatus => {
  const now = toEpochMs(wall);
  const lease = state.heldLease();
  const alive = state.runningBot() !== null;
  const text = state.status();
  const status = text === null ? null : readStatus(text);
  const statusAgeMs = status === null ? null : Math.max(0, now - Date.parse(status.at));
  const life = lease === null ? 'none' : !alive ? 'died' : isHung(lease, status, statusAgeMs, now) ? 'hung' : 'running';
  const latch = state.latch();
  const turning = life === 'running' && status !== null && status.pid === lease?.pid;
  return {
    name,
    folder: state.folder,
    life,
    lease,
    latch,
    lastRun: lastRunOf(state.lastRun()),
    status,
    statusAgeMs,
    healthy: turning && latch === null && status.halt === null && status.standing !== 'stopped',
  };
};

const isHung = (lease: Lease, status: RunStatus | null, ageMs: number | null, now: number): boolean => {
  if (status !== null && status.pid === lease.pid && ageMs !== null)
    return ageMs > Math.max(HUNG_AFTER_MS, HUNG_AFTER_TURNS * (status.every_ms ?? 0));
  const startedAt = Date.parse(lease.startedAt);
  return Number.isFinite(startedAt) && now - startedAt > START_PATIENCE_MS;
};

const lastRunOf = (lastRun: { readonly folder?: unknown } | null): string | null =>
  typeof lastRun?.folder === 'string' ? lastRun.folder : null;

/** Some bot runs, and every one that runs or should run is well. Accounts that nobody trades are left out. */
export const isHealthy = (accounts: readonly AccountStatus[]): boolean => {
  const held = accounts.filter(({ life }) => life !== 'none');
  return held.length > 0 && held.every(({ healthy }) => healthy);
};
