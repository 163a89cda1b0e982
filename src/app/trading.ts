/** One run on an account, from the lease to its end: the same for every world that trades. */
import type { CommandContext } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { toEpochMs, toSeconds } from '../domain/units.js';
import type { Access } from './access.js';
import type { BotRun } from './bot-run.js';
import { carriedIn } from './carried.js';
import { brakeAfter, CRASH_WINDOW, recentCrashes } from './crash-brake.js';
import { knownTrips } from './group-holds.js';
import { knownGroups } from './group-memory.js';
import type { Host } from './host.js';
import { runLive, type LiveResult } from './live-world.js';
import { makeRunFolder } from './run-files.js';
import { recipeOf } from './run-settings.js';
import { firstSnapshot } from './run-snapshot.js';
import { StateFiles } from './state-files.js';

/**
 * Trades until the duration is over, a person stops it or a limit halts it.
 * @throws CommandFailure or StorageError where it cannot begin
 */
export const tradeOn = async (
  host: Host,
  context: CommandContext,
  settings: Settings,
  access: Access,
  onOpen?: (bot: BotRun) => void,
): Promise<LiveResult> => {
  // Every start of the simulated exchange is a new account: its key id names a folder of its own.
  const state = StateFiles.forAccount(settings.logger.folder, access.env, access.keyId, settings.connector.subaccount, host);
  const crashed = state.lease(wallTime(host));
  try {
    const crashes = await brake(host, context, state, crashed);
    const now = wallTime(host);
    const carried = carriedIn({
      host,
      snapshot: state.snapshot(),
      lastFolder: state.lastRun()?.folder ?? null,
      beforeFolder: state.lastRun()?.before ?? null,
      snapshotPath: state.snapshotPath,
      nowMs: now.getTime(),
      sessionResetMs: state.sessionResetMs(),
      durability: settings.journal.durability,
    });
    const folder = makeRunFolder(host.files, settings.logger.folder, now, access.env);
    const run = `${state.beginRun(folder, now, crashes).toString(36)}${now.getTime().toString(36)}${host.runSalt()}`;
    state.prepareLatch();
    // From here on the next start reads this run's journal, and what is known now must not depend on the one before any more.
    state.saveSnapshot(firstSnapshot(carried, { run, folder, at: now.toISOString() }), 'platter');
    return await runLive({
      context,
      settings,
      access,
      host,
      state,
      folder,
      carried,
      recipe: { ...recipeOf(settings, run, state.latch()?.reason ?? null, true, knownGroups(state)), groupTrips: knownTrips(state) },
      seed: settings.exchange.seed,
      duration: context.options.optionalDuration('duration'),
      ...(onOpen === undefined ? {} : { onOpen }),
    });
  } finally {
    // The simulated exchange ends with the run, and its account with it.
    if (access.env === 'sim') state.remove();
    else state.release();
  }
};

const wallTime = (host: Host): Date => new Date(toEpochMs(host.clock.wall()));

/** Holds a start back that follows many crashes. @returns the crashes that count @throws CommandFailure where a person must look first */
const brake = async (host: Host, context: CommandContext, state: StateFiles, crashed: boolean): Promise<readonly number[]> => {
  const nowMs = wallTime(host).getTime();
  const crashes = recentCrashes([...state.crashes(), ...(crashed ? [nowMs] : [])], nowMs);
  if (context.options.flag('force')) return crashes;
  state.noteCrashes(crashes);
  const verdict = brakeAfter(crashes, nowMs);
  if (verdict.kind === 'refuse')
    throw new CommandFailure(
      ExitCode.preflightFailed,
      `the program crashed ${verdict.crashes} times in ${toSeconds(CRASH_WINDOW) / 60} minutes`,
      {
        why: 'every start cancels and places anew, and whatever ends it is not mended by that; orders of the last run expire by themselves',
        fix: `look into ops.log and the last words of the process; cancel what may rest with kmm kill; then start with --force`,
      },
    );
  if (verdict.kind === 'wait') {
    context.output.err(
      `[WARNING] The program crashed ${verdict.crashes} times lately: this start waits ${toSeconds(verdict.span)} s (--force does not wait).`,
    );
    await new Promise<void>((resolve) => host.timers.after(verdict.span, resolve));
  }
  return crashes;
};
