/** One run on an account, from the lease to its end: the same for every world that trades. */
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';
import { toEpochMs } from '../domain/units.js';
import type { Access } from './access.js';
import type { BotRun } from './bot-run.js';
import { knownGroups } from './group-memory.js';
import type { Host } from './host.js';
import { runLive, type LiveResult } from './live-world.js';
import { makeRunFolder } from './run-files.js';
import { recipeOf } from './run-settings.js';
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
  const now = new Date(toEpochMs(host.clock.wall()));
  // Every start of the simulated exchange is a new account: its key id names a folder of its own.
  const state = StateFiles.forAccount(settings.logger.folder, access.env, access.keyId, settings.connector.subaccount, host);
  state.lease(now);
  try {
    const folder = makeRunFolder(host.files, settings.logger.folder, now, access.env);
    const run = `${state.beginRun(folder, now).toString(36)}${now.getTime().toString(36)}${host.runSalt()}`;
    return await runLive({
      context,
      settings,
      access,
      host,
      state,
      folder,
      recipe: recipeOf(settings, run, state.latch()?.reason ?? null, true, knownGroups(state)),
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
