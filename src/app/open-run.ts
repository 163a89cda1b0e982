/** Opens the records of a run that trades beside a live feed, as the settings want them. */
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';
import type { Halt } from '../domain/actions.js';
import { BotRun } from './bot-run.js';
import type { CarriedIn } from './carried.js';
import type { EngineRecipe } from './engine-recipe.js';
import type { Host } from './host.js';

export interface LiveRunOptions {
  readonly context: Pick<CommandContext, 'output' | 'logLevel'>;
  readonly settings: Settings;
  readonly host: Host;
  readonly recipe: EngineRecipe;
  readonly folder: string;
  readonly seed: string;
  /** What the run before left; absent where runs leave nothing to each other. */
  readonly carried?: CarriedIn;
}

/** @throws StorageError */
export const openLiveRun = (options: LiveRunOptions, onHalt: (halt: Halt) => void): Promise<BotRun> => {
  const { settings, context, recipe, host, folder, seed, carried } = options;
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
      ...(carried?.taped === undefined ? {} : { taped: carried.taped }),
    },
    onHalt,
  );
};
