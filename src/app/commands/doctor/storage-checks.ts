/** Where records and state lie: room, modes, speed, and who else is there. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { accountFolder, StateFiles } from '../../state-files.js';
import { fail, ok, skipped, warn, type Check, type Verdict } from './check.js';
import { some, type Patient } from './patient.js';

const outOf = (patient: Patient): string => patient.get('config').settings.logger.folder;

/** The folder itself, or the nearest parent that is there. */
const nearest = (path: string): string => {
  let at = resolve(path);
  while (!existsSync(at)) at = dirname(at);
  return at;
};

const writable = (patient: Patient): Verdict => {
  const out = outOf(patient);
  const place = nearest(out);
  try {
    if (!statSync(place).isDirectory()) return fail(`${place} is no folder`, 'give another folder with --out');
    accessSync(place, constants.W_OK | constants.X_OK);
    rmSync(mkdtempSync(join(place, '.kmm-doctor-')), { recursive: true });
  } catch (error) {
    return fail(
      `${place} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'give a folder that can be written with --out',
    );
  }
  return ok(place === resolve(out) ? out : `${out}, which a start will make`);
};

const GIB = 2 ** 30;
const ROOM = { fail: 0.1, warn: 2 } as const;

const room = (patient: Patient): Verdict => {
  const { bavail, bsize } = statfsSync(nearest(outOf(patient)));
  const free = (bavail * bsize) / GIB;
  const found = `${free.toFixed(1)} GiB free`;
  if (free < ROOM.fail) return fail(found, 'free some space: no order leaves while the journal cannot be written');
  return free < ROOM.warn ? warn(found, `free some space: ${ROOM.warn} GiB hold about a day of a busy run`) : ok(found);
};

/** Records tell what is traded, and whoever can write the state can stop or release the bot. */
const modes = (patient: Patient): Verdict => {
  const state = join(outOf(patient), 'state');
  if (!existsSync(state)) return ok('nothing written yet');
  const folders = readdirSync(state, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(state, entry.name)] : []));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const open = [state, ...folders, ...files].filter((path) => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077);
  if (process.platform === 'win32') return skipped('modes mean nothing here');
  return open.length === 0
    ? ok(`${folders.length} accounts, for the owner only`)
    : fail(`others may read or write ${some(open, 2)}`, `run: chmod -R go-rwx ${state}`);
};

const WRITES = 20;
const SLOW_MS = 20;

/** What it costs until a record survives a power failure. */
const sync = (patient: Patient): Verdict => {
  const folder = mkdtempSync(join(nearest(outOf(patient)), '.kmm-doctor-'));
  const spans: number[] = [];
  try {
    const file = openSync(join(folder, 'sync'), 'wx', 0o600);
    for (let i = 0; i < WRITES; i++) {
      const started = performance.now();
      writeSync(file, 'x'.repeat(512));
      fsyncSync(file);
      spans.push(performance.now() - started);
    }
    closeSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sorted = spans.toSorted((a, b) => a - b);
  const [median = 0, most = 0] = [sorted[WRITES >> 1], sorted.at(-1)];
  const found = `median ${median.toFixed(1)} ms, most ${most.toFixed(1)} ms until a write is on the disk`;
  return median > SLOW_MS ? warn(found, 'put --out on a faster or less busy disk') : ok(found);
};

const stateOf = (patient: Patient): StateFiles | null => {
  const { settings } = patient.get('config');
  const { env, keyId } = patient.get('access');
  const folder = join(settings.logger.folder, 'state', accountFolder(env, keyId, settings.connector.subaccount));
  // Looking must not make it.
  return existsSync(folder) ? new StateFiles(folder) : null;
};

const lease = (patient: Patient): Verdict => {
  const state = stateOf(patient);
  const held = state?.heldLease() ?? null;
  if (state === null || held === null) return ok('none');
  if (state.runningBot() !== null)
    return fail(`process ${held.pid} trades this account since ${held.startedAt}`, 'stop it first, or choose another subaccount');
  return warn(`process ${held.pid} died without ending its run`, 'the next start takes over; look before that: kmm reconcile');
};

const latch = (patient: Patient): Verdict => {
  const set = stateOf(patient)?.latch() ?? null;
  return set === null
    ? ok('not set')
    : fail(`set at ${set.at}: ${set.reason}`, 'look into it, then clear it: kmm kill --clear "what you found"');
};

export const STORAGE_CHECKS: readonly Check<Patient>[] = [
  { area: 'storage', name: 'folder', needs: ['configuration'], run: writable },
  { area: 'storage', name: 'disk space', needs: ['folder'], run: room },
  { area: 'storage', name: 'disk speed', needs: ['folder'], run: sync },
  { area: 'storage', name: 'modes', needs: ['folder'], run: modes },
  { area: 'storage', name: 'other bots', needs: ['private key'], run: lease },
  { area: 'storage', name: 'kill latch', needs: ['private key'], run: latch },
];
