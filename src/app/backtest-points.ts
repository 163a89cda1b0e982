/** The settings of every point: the whole configuration is loaded and checked anew for each. */
import type { CommandContext } from '../cli/command.js';
import { CommandFailure } from '../cli/exit-codes.js';
import { loadConfig } from '../config/config-file.js';
import { ConfigError } from '../config/issue.js';
import type { Settings } from '../config/settings.js';
import type { Override } from '../config/text-source.js';
import type { SweepPoint } from './backtest-sweep.js';
import { configFailure, overrideOf } from './config-options.js';

const NEEDS = { credentials: false, markets: false };

/** Options of the command that set a key. */
const KEYS = { strategy: 'strategy.model', markets: 'markets.tickers', seed: 'exchange.seed' } as const;

/** @throws CommandFailure, which names the point whose configuration is not sound */
export const settingsOf = (
  { options }: Pick<CommandContext, 'options'>,
  point: SweepPoint,
  variables: Readonly<Record<string, string | undefined>>,
): Settings => {
  const own = Object.entries(KEYS).flatMap(([flag, key]): Override[] => {
    const text = options.optionalText(flag);
    return text === null ? [] : [{ key, flag, text }];
  });
  const overrides = [
    ...options.texts('set').map(overrideOf),
    ...own,
    { key: 'environment', text: 'playback', flag: 'env' },
    ...point.overrides,
  ];
  try {
    return loadConfig({ path: options.optionalText('config'), variables, overrides, needs: NEEDS }).settings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const failure = configFailure(error);
    if (point.overrides.length === 0) throw failure;
    throw new CommandFailure(failure.exitCode, `the point ${point.label} is no sound configuration`, {
      notes: failure.notes,
      fix: 'leave such values out of the sweep, or set what they do not go together with',
      data: failure.data,
      cause: failure,
    });
  }
};
