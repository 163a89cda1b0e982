/** The options by which every command finds its configuration, and the one way it is loaded. */
import type { CommandContext, OptionSpec } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { loadConfig, type LoadedConfig } from '../config/config-file.js';
import { ConfigError, formatIssue, formatOrigin } from '../config/issue.js';
import type { Needs } from '../config/rules.js';
import { ENVIRONMENTS } from '../config/schema.js';
import type { Override } from '../config/text-source.js';

export const CONFIG_OPTIONS: readonly OptionSpec[] = [
  { name: 'config', value: 'path', describe: 'The configuration file. Default: config.yaml where there is one.', placeholder: '<file>' },
  { name: 'env', value: 'text', describe: 'Where to trade.', choices: ENVIRONMENTS, placeholder: '<environment>' },
  {
    name: 'set',
    value: 'text',
    describe: 'Set one value of the configuration, such as risk.collar_cents=8.',
    placeholder: '<key=value>',
    repeatable: true,
  },
];

/**
 * The configuration in force for a command that lists CONFIG_OPTIONS.
 * @param extra values that further flags of the command stand for
 * @throws CommandFailure with exit code 3, or 4 where nothing but an API key is missing
 */
export const loadForCommand = (
  context: Pick<CommandContext, 'options'>,
  needs: Needs,
  extra: readonly Override[] = [],
  variables: Readonly<Record<string, string | undefined>> = process.env,
): LoadedConfig => {
  const { options } = context;
  const environment = options.optionalText('env');
  const overrides = [
    ...options.texts('set').map(overrideOf),
    ...(environment === null ? [] : [{ key: 'environment', text: environment, flag: 'env' }]),
    ...extra,
  ];
  try {
    return loadConfig({ path: options.optionalText('config'), variables, overrides, needs });
  } catch (error) {
    throw error instanceof ConfigError ? configFailure(error) : error;
  }
};

/** @throws CommandFailure (usage) */
export /** `<key>=<value>` of `--set`. @throws CommandFailure (usage) */
const overrideOf = (text: string): Override => {
  const split = text.indexOf('=');
  if (split <= 0)
    throw new CommandFailure(ExitCode.usage, 'option --set: expected <key>=<value>, got no "="', {
      fix: 'write for instance --set risk.collar_cents=8',
    });
  return { key: text.slice(0, split).trim(), text: text.slice(split + 1).trim(), flag: 'set' };
};

/** The errors of a configuration as the end of a command. */
export const configFailure = (error: ConfigError): CommandFailure => {
  const { issues } = error;
  const keyOnly = issues.every((issue) => issue.key.startsWith('credentials.'));
  return new CommandFailure(
    keyOnly ? ExitCode.credentials : ExitCode.configInvalid,
    issues.length === 1 ? 'the configuration has an error' : `the configuration has ${issues.length} errors`,
    {
      notes: issues.map(formatIssue),
      fix: 'correct them all, then try again: kmm config check',
      data: { issues: issues.map((issue) => ({ ...issue, origin: formatOrigin(issue.origin) })) },
      cause: error,
    },
  );
};
