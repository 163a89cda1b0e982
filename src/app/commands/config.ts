/** `kmm config show`, `kmm config check` and `kmm config schema`. */
import type { Command, CommandContext } from '../../cli/command.js';
import { ExitCode } from '../../cli/exit-codes.js';
import { jsonSchema } from '../../config/schema.js';
import { showDocument, showLines } from '../../config/show.js';
import { CONFIG_OPTIONS, loadForCommand } from '../config-options.js';

/** Showing needs no key and no market: one looks at it to find out what is missing. */
const NO_NEEDS = { credentials: false, markets: false };
const ALL_NEEDS = { credentials: true, markets: true };

const show = async (context: CommandContext): Promise<number> => {
  const loaded = loadForCommand(context, NO_NEEDS);
  if (context.json) context.output.json(showDocument(loaded));
  else for (const line of showLines(loaded, context.options.flag('origin') ? 'with-origin' : 'plain')) context.output.out(line);
  return ExitCode.ok;
};

const check = async (context: CommandContext): Promise<number> => {
  const { path, config } = loadForCommand(context, ALL_NEEDS);
  if (context.json) context.output.json({ valid: true, file: path, environment: config.environment });
  else context.output.out(`${path ?? 'the defaults'}: valid for the environment ${config.environment}`);
  return ExitCode.ok;
};

const schema = async ({ output }: CommandContext): Promise<number> => {
  output.json(jsonSchema());
  return ExitCode.ok;
};

export const configCommands: readonly Command[] = [
  {
    name: 'config show',
    summary: 'Print the configuration in force.',
    description:
      'Merges defaults, file, environment variables and flags, in that order, and prints the result. Passphrases and keys are never part of it, only their paths and the first characters of an id.',
    options: [...CONFIG_OPTIONS, { name: 'origin', value: 'flag', describe: 'Say behind every value where it comes from.' }],
    examples: [
      { line: 'config show --origin', describe: 'See which line, variable or flag a value comes from.' },
      { line: 'config show --set risk.collar_cents=8', describe: 'See what a flag would change.' },
    ],
    run: show,
  },
  {
    name: 'config check',
    summary: 'Find every error of the configuration.',
    description:
      'Checks the configuration as a start would, with the key and the markets that its environment needs, and tells all errors at once: file, line, key, value, rule and fix. Sends nothing.',
    options: CONFIG_OPTIONS,
    examples: [{ line: 'config check --config prod.yaml --env prod', describe: 'Check another file for real money.' }],
    run: check,
  },
  {
    name: 'config schema',
    summary: 'Print the JSON Schema of the configuration.',
    description: 'Prints the schema by which editors complete and check the file while it is written.',
    options: [],
    examples: [{ line: 'config schema > config.schema.json', describe: 'Keep it next to the configuration.' }],
    run: schema,
  },
];
