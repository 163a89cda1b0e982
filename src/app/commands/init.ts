/** `kmm init`: asks a few questions and writes a first configuration. */
import { existsSync } from 'node:fs';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { DEFAULT_CONFIG_FILE, writeNewConfig } from '../../config/config-file.js';
import { InitWizard, type CheckKeyFile } from '../../config/init.js';
import { KeyError, loadPrivateKey } from '../../connector/keys.js';

/** A key that is encrypted is fine here: its passphrase is asked for at the start. */
const checkKeyFile: CheckKeyFile = (path) => {
  try {
    loadPrivateKey(path);
    return null;
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return error.code === 'KEY_PASSPHRASE' ? null : error.message;
  }
};

const exists = (path: string): CommandFailure =>
  new CommandFailure(ExitCode.usage, `${path} exists already and is not overwritten`, {
    fix: 'choose another name with --out, or move the old file away',
  });

const run = async ({ options, output, prompt, json, signal }: CommandContext): Promise<number> => {
  const path = options.text('out');
  if (existsSync(path)) throw exists(path);
  if (!prompt.isTty)
    throw new CommandFailure(ExitCode.usage, 'init asks questions and there is no terminal to ask on', {
      fix: 'run it in a terminal, or copy config.example.yaml',
    });
  const wizard = new InitWizard(checkKeyFile);
  let step = wizard.current;
  while (step.type === 'ask') {
    if (step.problem !== null) output.err(`  ${step.problem}`);
    const suggestion = step.suggestion === null || step.suggestion === '' ? '' : ` [${step.suggestion}]`;
    const answer = await prompt.ask(`${step.text}${suggestion}: `);
    if (answer === null) {
      signal.throwIfAborted();
      throw new CommandFailure(ExitCode.usage, 'the input ended', { fix: 'nothing was written; start again' });
    }
    step = wizard.answer(answer);
  }
  if (!write(path, step.yaml)) throw exists(path);
  if (json) output.json({ file: path, chosen: Object.fromEntries([...step.chosen].filter(([key]) => !key.startsWith('credentials.'))) });
  else {
    output.out(`${path} is written; only you can read it.`);
    output.out(step.chosen.has('credentials.prod.key_id') ? 'Next: kmm config check --env prod' : 'Next: kmm config check');
  }
  return ExitCode.ok;
};

const write = (path: string, yaml: string): boolean => {
  try {
    return writeNewConfig(path, yaml);
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: (error as NodeJS.ErrnoException).code ?? 'unknown',
      fix: 'check the folder and its owner',
      cause: error,
    });
  }
};

export const initCommand: Command = {
  name: 'init',
  summary: 'Make a first configuration by answering questions.',
  description:
    'Asks for environment, key, markets, size and limits, checks every answer at once, and writes a commented configuration that only you can read. An existing file is never overwritten, and nothing is sent anywhere.',
  options: [{ name: 'out', value: 'path', describe: 'The file to write.', placeholder: '<file>', default: DEFAULT_CONFIG_FILE }],
  examples: [{ line: 'init', describe: 'Answer the questions, then check the result with kmm config check.' }],
  run,
};
