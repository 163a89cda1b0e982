/** The contract of every command of `kmm`. Help, parsing, completion and documentation are all made from this one table. */
import type { DurationUs } from '../domain/units.js';
import type { Output, Prompt } from './output.js';

export interface Command {
  /** One or two words, such as `replay` or `config show`. */
  readonly name: string;
  /** One short sentence for the list of commands. */
  readonly summary: string;
  /** Overrides the usage line that is made from positionals and options; without the program's name. */
  readonly usage?: string;
  /** What it does, in whole sentences; paragraphs are separated by an empty line and wrapped when shown. */
  readonly description: string;
  readonly options: readonly OptionSpec[];
  readonly positionals?: readonly PositionalSpec[];
  readonly examples?: readonly Example[];
  /** It looks itself whether the environment of the process is safe, because something of it comes first. */
  readonly guardsItself?: boolean;
  /**
   * Does the work.
   * @returns an exit code of the table in `exit-codes.ts`
   * @throws CommandFailure for everything a person can put right; anything else ends with exit code 1
   */
  run(context: CommandContext): Promise<number>;
}

/** One long option. `--help`, `--json` and `--log-level` belong to every command and are not listed by it. */
export interface OptionSpec {
  /** Without the dashes. A `flag` can be denied with `--no-<name>`. */
  readonly name: string;
  /**
   * `duration` is a number with a unit: `500ms`, `20s`, `5m`, `1h`, `2d`. `path` is a text that completion fills in with files.
   */
  readonly value: 'flag' | 'text' | 'path' | 'integer' | 'number' | 'duration';
  /** One letter that stands for the name. */
  readonly short?: string;
  /** What stands for the value in help, such as `<file>`; made from `value` or `choices` where missing. */
  readonly placeholder?: string;
  readonly describe: string;
  /** The value in force when the option is not given, as it would be typed. */
  readonly default?: string;
  readonly choices?: readonly string[];
  /** Inclusive bounds of a number or integer. */
  readonly range?: { readonly low?: number; readonly high?: number };
  readonly repeatable?: boolean;
  readonly required?: boolean;
}

/** One argument without a name. Only the last may be repeatable. */
export interface PositionalSpec {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  /** Completion offers file names. */
  readonly path?: boolean;
}

export interface Example {
  /** The command line after `kmm`. */
  readonly line: string;
  readonly describe: string;
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface CommandContext {
  readonly options: OptionValues;
  readonly positionals: readonly string[];
  /** `--json`: exactly one JSON document goes to stdout (`output.json`), everything else to stderr. */
  readonly json: boolean;
  readonly logLevel: LogLevel;
  /** Already minds `--json`: with it, `out` writes to stderr. */
  readonly output: Output;
  readonly prompt: Prompt;
  /** Aborted when a person asks the program to stop (SIGINT, SIGTERM). */
  readonly signal: AbortSignal;
}

/**
 * The checked values of the options. A name that the command did not declare, or an accessor that does not fit its kind, is a fault of ours and
 * stops the program. The plain accessors are for options with a default or `required`; the `optional` ones answer null where nothing was given.
 */
export interface OptionValues {
  /** Whether it stood on the command line. */
  given(name: string): boolean;
  flag(name: string): boolean;
  text(name: string): string;
  optionalText(name: string): string | null;
  /** Every value of a repeatable option, in order. */
  texts(name: string): readonly string[];
  number(name: string): number;
  optionalNumber(name: string): number | null;
  duration(name: string): DurationUs;
  optionalDuration(name: string): DurationUs | null;
}
