/** Opens the records of a run that trades beside a live feed, as the settings want them. */
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';
import type { Halt } from '../domain/actions.js';
import { BotRun } from './bot-run.js';
import type { EngineRecipe } from './engine-recipe.js';
import type { Host } from './host.js';

export interface LiveRunOptions {
  readonly context: Pick<CommandContext, 'output' | 'logLevel'>;
  readonly settings: Settings;
  readonly host: Host;
  readonly recipe: EngineRecipe;
  readonly folder: string;
  readonly seed: string;
}

/** @throws StorageError */
export const openLiveRun = (options: LiveRunOptions, onHalt: (halt: Halt) => void): Promise<BotRun> => {
  const { settings, context, recipe, host, folder, seed } = options;
  const { journal, logger } = settings;
  return BotRun.open(
    {
      env: settings.environment,
      seed,
      folder,
      recipe,
      strategyName: settings.strategy.name,
      host,
      output: context.output,
      logLevel: context.logLevel,
      console: logger.console,
      segmentBytes: journal.segmentBytes,
      durability: journal.durability,
      tape: { bytes: logger.tapeBytes, rows: logger.tapeRows, logBytes: logger.logBytes, logsKept: logger.logFilesKept },
      tapeBehindMax: logger.tapeBehindMax,
      warnLatency: logger.warnLatency,
    },
    onHalt,
  );
};
