/** Options that several commands share, beside those of the configuration itself. */
import type { CommandContext, OptionSpec } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { LoadedConfig } from '../config/config-file.js';
import type { Needs } from '../config/rules.js';
import type { Override } from '../config/text-source.js';
import type { Environment } from '../domain/settings.js';
import { loadForCommand } from './config-options.js';
import { readConnectLine } from './connect-line.js';

export const CONNECT_OPTION: OptionSpec = {
  name: 'connect',
  value: 'path',
  describe: 'With --env custom: file with the JSON line that `npm run exchange -- --json` prints.',
};
export const OUT_OPTION: OptionSpec = {
  name: 'out',
  value: 'path',
  placeholder: '<dir>',
  describe: 'Parent folder of runs and state (default: logger.folder, which is runs).',
};

export const CONSOLE_OPTION: OptionSpec = {
  name: 'console',
  value: 'text',
  choices: ['screen', 'trades'],
  describe: 'trades shows orders, fills and changes of state alone, and writes tables of them (default: logger.console, which is screen).',
};

/** Which option of the command line sets which key of the configuration. */
const KEYS = {
  out: 'logger.folder',
  strategy: 'strategy.model',
  markets: 'markets.tickers',
  tickers: 'markets.tickers',
  seed: 'exchange.seed',
  console: 'logger.console',
  balance: 'paper.balance_dollars',
  fills: 'paper.fills',
} as const;

/**
 * Loads the configuration with the given options on top.
 * @param names those options of KEYS, and `connect`, that the command has
 * @param environment takes the place of what the command line and the configuration say
 * @param more further values, which win over all others
 * @throws CommandFailure with everything that is wrong
 */
export const settingsFor = (
  context: Pick<CommandContext, 'options'>,
  names: readonly (keyof typeof KEYS | 'connect')[],
  needs: Needs,
  environment?: Environment,
  more: readonly Override[] = [],
): LoadedConfig => {
  const extra = names.flatMap((name): Override[] => {
    const text = context.options.optionalText(name);
    if (text === null) return [];
    return name === 'connect' ? addressesOf(text) : [{ key: KEYS[name], flag: name, text }];
  });
  if (environment !== undefined) extra.push({ key: 'environment', flag: 'env', text: environment });
  const loaded = loadForCommand(context, needs, [...extra, ...more]);
  // Or the key of one exchange would sign for another.
  if (names.includes('connect')) onlyIn('custom', ['connect'], context, loaded.settings.environment);
  return loaded;
};

/** An option that means nothing in this environment is a mistake of the caller, never ignored. @throws CommandFailure (usage) */
export const onlyIn = (
  world: Environment,
  names: readonly string[],
  { options }: Pick<CommandContext, 'options'>,
  environment: Environment,
): void => {
  const stray = environment === world ? undefined : names.find((name) => options.given(name));
  if (stray !== undefined)
    throw new CommandFailure(ExitCode.usage, `option --${stray} belongs to the environment ${world}, and this one is ${environment}`, {
      fix: `write --env ${world}, or leave --${stray} out`,
    });
};

const addressesOf = (connectFile: string): Override[] => {
  const line = readConnectLine(connectFile);
  return [
    { key: 'connector.rest_url', flag: 'connect', text: line.rest },
    { key: 'connector.websocket_url', flag: 'connect', text: line.ws },
  ];
};

/** With --connect the key comes in that file, so the configuration need not have one. */
export const needsOf = (context: CommandContext): Needs =>
  context.options.optionalText('connect') === null ? { credentials: true, markets: true } : { credentials: false, markets: false };
