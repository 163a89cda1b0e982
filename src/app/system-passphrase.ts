/** Where the passphrase of an encrypted key comes from: a variable, an open file descriptor, or a person. Never the command line, which everybody can list. */
import { readFileSync } from 'node:fs';
import type { CommandContext, OptionSpec } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { NOBODY, type Prompt } from '../cli/output.js';
import type { Credentials } from '../config/settings.js';

export const PASSPHRASE_OPTION: OptionSpec = {
  name: 'passphrase-fd',
  value: 'integer',
  placeholder: '<n>',
  range: { low: 0, high: 1023 },
  describe: 'Read the passphrase of an encrypted key from this open file descriptor (3<file); without it, from the variable or a prompt.',
};

export interface PassphraseSources {
  /** An open descriptor whose first line is the passphrase. */
  readonly descriptor: number | null;
  /** Asked last, where a person sits at a terminal. */
  readonly prompt: Prompt;
}

export const passphraseSources = ({ options, prompt }: Pick<CommandContext, 'options' | 'prompt'>): PassphraseSources => ({
  descriptor: options.optionalNumber('passphrase-fd'),
  prompt,
});

export const VARIABLE_ONLY: PassphraseSources = { descriptor: null, prompt: NOBODY };

/** @returns the passphrase that needs nobody to be asked, or undefined. @throws CommandFailure (usage) where the descriptor cannot be read */
export const givenPassphrase = ({ passphraseEnv }: Credentials, { descriptor }: PassphraseSources): string | undefined => {
  if (descriptor !== null) return firstLine(descriptor);
  return passphraseEnv === undefined ? undefined : process.env[passphraseEnv];
};

/** @returns what a person types, or undefined where nobody is there */
export const askedPassphrase = async (path: string, { prompt }: PassphraseSources): Promise<string | undefined> =>
  prompt.isTty ? ((await prompt.ask(`Passphrase of ${path}: `, 'hidden')) ?? undefined) : undefined;

const firstLine = (descriptor: number): string => {
  try {
    return readFileSync(descriptor, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new CommandFailure(ExitCode.usage, `the passphrase cannot be read from file descriptor ${descriptor}`, {
      why: (error as NodeJS.ErrnoException).code ?? 'unknown',
      fix: `open it for this command, for instance: --passphrase-fd ${descriptor} ${descriptor}<passphrase-file`,
    });
  }
};
