/** Options that several commands share, beside those of the configuration itself. */
import type { CommandContext, OptionSpec } from '../cli/command.js';
import type { LoadedConfig } from '../config/config-file.js';
import type { Needs } from '../config/rules.js';
import type { Override } from '../config/text-source.js';
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

/** Which option of the command line sets which key of the configuration. */
const KEYS = {
  out: 'logger.folder',
  strategy: 'strategy.model',
  markets: 'markets.tickers',
  tickers: 'markets.tickers',
  seed: 'exchange.seed',
} as const;

/** Loads the configuration with the given options on top. @throws CommandFailure with everything that is wrong */
export const settingsFor = (context: CommandContext, names: readonly (keyof typeof KEYS)[], needs: Needs): LoadedConfig => {
  const extra: Override[] = [];
  for (const name of names) {
    const text = context.options.optionalText(name);
    if (text !== null) extra.push({ key: KEYS[name], flag: name, text });
  }
  const connect = context.options.given('connect') ? context.options.text('connect') : null;
  if (connect !== null) {
    const line = readConnectLine(connect);
    extra.push(
      { key: 'connector.rest_url', flag: 'connect', text: line.rest },
      { key: 'connector.websocket_url', flag: 'connect', text: line.ws },
    );
  }
  return loadForCommand(context, needs, extra);
};

/** With --connect the key comes in that file, so the configuration need not have one. */
export const needsOf = (context: CommandContext): Needs =>
  context.options.optionalText('connect') === null ? { credentials: true, markets: true } : { credentials: false, markets: false };
