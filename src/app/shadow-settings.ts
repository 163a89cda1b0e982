/** The parameters of a shadow: those of the run, with what a second file says instead. */
import type { CommandContext, OptionSpec } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { ConfigError } from '../config/issue.js';
import type { Settings } from '../config/settings.js';
import type { Override } from '../config/text-source.js';
import { readYaml } from '../config/yaml-source.js';
import { configFailure } from './config-options.js';
import { systemFiles } from './system-files.js';

export const SHADOW_OPTION: OptionSpec = {
  name: 'shadow',
  value: 'path',
  placeholder: '<file>',
  describe: 'Run a second set of parameters on paper beside this one: a file with the keys that differ.',
};

/** Sections that are the run's: the shadow shares its feed, its markets and its place on the disk. */
const OF_THE_RUN = ['environment', 'credentials', 'markets', 'connector', 'logger', 'journal', 'exchange'];

export interface ShadowChoice {
  readonly file: string;
  readonly settings: Settings;
}

/**
 * @param load loads the configuration of the run with further values on top
 * @returns null where no shadow is wanted @throws CommandFailure
 */
export const shadowOf = (
  { options }: Pick<CommandContext, 'options'>,
  load: (more: readonly Override[]) => Settings,
): ShadowChoice | null => {
  const file = options.optionalText('shadow');
  return file === null ? null : { file, settings: load(overridesOf(file)) };
};

const overridesOf = (file: string): readonly Override[] => {
  const text = systemFiles.read(file);
  if (text === null)
    throw new CommandFailure(ExitCode.usage, `option --shadow: there is no file ${file}`, {
      fix: 'name a file with the keys that differ, such as strategy: { gamma_per_dollar: 0.05 }',
    });
  const { values, issues } = readYaml(text, file);
  if (issues.length > 0) throw configFailure(new ConfigError(issues));
  const stray = [...values.keys()].find((key) => OF_THE_RUN.includes(key.split('.')[0] as string));
  if (stray !== undefined)
    throw new CommandFailure(ExitCode.configInvalid, `${file}: a shadow cannot have its own ${stray}`, {
      why: 'it sees the feed and the markets of the run and writes beside its records',
      fix: 'name only keys that decide about quotes, risk and paper',
    });
  if (values.size === 0)
    throw new CommandFailure(ExitCode.configInvalid, `${file} names nothing that differs from the run`, {
      fix: 'write at least one key, such as strategy: { gamma_per_dollar: 0.05 }',
    });
  return [...values].map(([key, { value }]) => ({ key, text: Array.isArray(value) ? value.join(',') : String(value), flag: 'shadow' }));
};
