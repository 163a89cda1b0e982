/** Turns the words after a command's name into checked values. What is wrong is named together with what was expected. */
import { assert, quote } from '../domain/errors.js';
import { nearestName } from '../domain/near-name.js';
import type { DurationUs } from '../domain/units.js';
import { LOG_LEVELS, type Command, type OptionSpec, type OptionValues, type PositionalSpec } from './command.js';
import { DURATION_SHAPE, parseDuration } from './duration.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import { splitArguments, type ArgumentToken } from './system-arguments.js';

/** The options that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', value: 'flag', describe: 'Print one JSON document on stdout, everything else on stderr.' },
  { name: 'log-level', value: 'text', choices: LOG_LEVELS, default: 'info', describe: 'How much to tell on stderr.' },
  { name: 'help', short: 'h', value: 'flag', describe: 'Show this help.' },
];

export const allOptions = (command: Pick<Command, 'options'>): readonly OptionSpec[] => [...command.options, ...COMMON_OPTIONS];

export interface ParsedArguments {
  readonly options: OptionValues;
  readonly positionals: readonly string[];
}

type Declared = Pick<Command, 'name' | 'options' | 'positionals'>;
type Value = boolean | string | number | DurationUs;

/**
 * @param argv the words after the command's name
 * @throws CommandFailure with exit code 2 for the first thing that is wrong
 */
export const parseArguments = (command: Declared, argv: readonly string[]): ParsedArguments => {
  const specs = allOptions(command);
  const given = new Map<string, Value[]>();
  const positionals: string[] = [];
  const tokens = splitArguments(
    argv,
    specs.map((spec) => ({
      name: spec.name,
      takesValue: spec.value !== 'flag',
      ...(spec.short === undefined ? {} : { short: spec.short }),
    })),
  );
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    else takeOption(command, specs, token, given);
  }
  // Whoever asks for help may leave out what is required.
  if (!given.has('help')) {
    requireOptions(command, given);
    checkPositionals(command, positionals);
  }
  return { options: new GivenOptions(specs, given), positionals };
};

const misuse = (command: Declared, what: string, fix: string): CommandFailure =>
  new CommandFailure(ExitCode.usage, what, { fix: `${fix}; see: kmm ${command.name} --help` });

const takeOption = (
  command: Declared,
  specs: readonly OptionSpec[],
  token: Extract<ArgumentToken, { kind: 'option' }>,
  given: Map<string, Value[]>,
): void => {
  const denied = token.name.startsWith('no-') ? specs.find((s) => s.value === 'flag' && `no-${s.name}` === token.name) : undefined;
  const spec = specs.find((s) => s.name === token.name) ?? denied;
  if (spec === undefined) throw unknownOption(command, specs, token.typed);
  if (given.has(spec.name) && spec.repeatable !== true)
    throw misuse(command, `option --${spec.name} is given more than once`, 'give it once');
  const value = spec.value === 'flag' ? flagValue(command, token, spec !== denied) : readValue(command, spec, token);
  given.set(spec.name, [...(given.get(spec.name) ?? []), value]);
};

const unknownOption = (command: Declared, specs: readonly OptionSpec[], typed: string): CommandFailure => {
  const near = nearestName(
    typed.replace(/^-+/, ''),
    specs.map((s) => s.name),
  );
  return misuse(command, `unknown option ${quote(typed)} of "${command.name}"`, near === null ? 'leave it out' : `did you mean --${near}`);
};

const flagValue = (command: Declared, token: Extract<ArgumentToken, { kind: 'option' }>, value: boolean): boolean => {
  if (token.inline) throw misuse(command, `option ${token.typed}: expected no value, got ${quote(token.value ?? '')}`, 'drop the value');
  return value;
};

/** A dash begins an option unless it begins a number: `--shift -2` is meant as it stands. */
const looksLikeOption = (text: string): boolean => text.startsWith('-') && text !== '-' && !/^-\.?\d/.test(text);

const readValue = (command: Declared, spec: OptionSpec, token: Extract<ArgumentToken, { kind: 'option' }>): Value => {
  const expected = expectation(spec);
  if (token.value === null || token.value === '' || (!token.inline && looksLikeOption(token.value)))
    throw misuse(command, `option --${spec.name}: expected ${expected}, got none`, `write --${spec.name}=<value>`);
  const value = convert(spec, token.value);
  if (value !== null) return value;
  const near = spec.choices === undefined ? null : nearestName(token.value, spec.choices);
  throw misuse(
    command,
    `option --${spec.name}: expected ${expected}, got ${quote(token.value)}`,
    near === null ? 'correct the value' : `did you mean ${near}`,
  );
};

/** What a value of this option must be, in words. */
export const expectation = (spec: OptionSpec): string => {
  if (spec.choices !== undefined) return `one of ${spec.choices.join(', ')}`;
  const { low, high } = spec.range ?? {};
  const bounds =
    low !== undefined && high !== undefined
      ? ` from ${low} to ${high}`
      : low !== undefined
        ? ` of at least ${low}`
        : high !== undefined
          ? ` of at most ${high}`
          : '';
  switch (spec.value) {
    case 'flag':
      return 'no value';
    case 'text':
      return 'a text';
    case 'path':
      return 'a path';
    case 'integer':
      return `a whole number${bounds}`;
    case 'number':
      return `a number${bounds}`;
    case 'duration':
      return DURATION_SHAPE;
  }
};

/** The typed value, or null where the text is not one. */
const convert = (spec: OptionSpec, text: string): Value | null => {
  if (spec.choices !== undefined && !spec.choices.includes(text)) return null;
  switch (spec.value) {
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : null;
    case 'text':
    case 'path':
      return text;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? within(spec, Number(text)) : null;
    case 'number':
      return /^-?(\d+(\.\d*)?|\.\d+)(e-?\d{1,2})?$/i.test(text) ? within(spec, Number(text)) : null;
    case 'duration':
      return parseDuration(text);
  }
};

const within = (spec: OptionSpec, n: number): number | null => {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = spec.range ?? {};
  return Number.isFinite(n) && n >= low && n <= high ? n : null;
};

const requireOptions = (command: Declared, given: ReadonlyMap<string, unknown>): void => {
  const missing = command.options.find((spec) => spec.required === true && !given.has(spec.name));
  if (missing !== undefined)
    throw misuse(command, `option --${missing.name} is missing: expected ${expectation(missing)}`, `add --${missing.name}`);
};

const checkPositionals = (command: Declared, values: readonly string[]): void => {
  const specs = command.positionals ?? [];
  const missing = specs.find((spec, i) => spec.required === true && values[i] === undefined);
  if (missing !== undefined) throw misuse(command, `argument <${missing.name}> is missing: ${missing.describe}`, 'add it');
  values.forEach((value, i) => {
    const spec = specs[i] ?? (specs.at(-1)?.repeatable === true ? specs.at(-1) : undefined);
    if (spec === undefined) throw misuse(command, `unexpected argument ${quote(value)} of "${command.name}"`, 'leave it out');
    checkPositional(command, spec, value);
  });
};

const checkPositional = (command: Declared, spec: PositionalSpec, value: string): void => {
  if (spec.choices === undefined || spec.choices.includes(value)) return;
  const near = nearestName(value, spec.choices);
  throw misuse(
    command,
    `argument <${spec.name}>: expected one of ${spec.choices.join(', ')}, got ${quote(value)}`,
    near === null ? 'choose one of them' : `did you mean ${near}`,
  );
};

class GivenOptions implements OptionValues {
  readonly #specs: ReadonlyMap<string, OptionSpec>;
  readonly #given: ReadonlyMap<string, readonly Value[]>;

  constructor(specs: readonly OptionSpec[], given: ReadonlyMap<string, readonly Value[]>) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#given = given;
  }

  given(name: string): boolean {
    this.#spec(name);
    return this.#given.has(name);
  }
  flag(name: string): boolean {
    return (this.#value(name, ['flag']) as boolean | null) ?? false;
  }
  text(name: string): string {
    return this.#required(name, this.optionalText(name));
  }
  optionalText(name: string): string | null {
    return this.#value(name, ['text', 'path']) as string | null;
  }
  texts(name: string): readonly string[] {
    const first = this.optionalText(name);
    const given = this.#given.get(name) as readonly string[] | undefined;
    return given ?? (first === null ? [] : [first]);
  }
  number(name: string): number {
    return this.#required(name, this.optionalNumber(name));
  }
  optionalNumber(name: string): number | null {
    return this.#value(name, ['integer', 'number']) as number | null;
  }
  duration(name: string): DurationUs {
    return this.#required(name, this.optionalDuration(name));
  }
  optionalDuration(name: string): DurationUs | null {
    return this.#value(name, ['duration']) as DurationUs | null;
  }

  #spec(name: string): OptionSpec {
    const spec = this.#specs.get(name);
    assert(spec !== undefined, `option --${name} is not in the command's table`);
    return spec;
  }

  #value(name: string, kinds: readonly OptionSpec['value'][]): Value | null {
    const spec = this.#spec(name);
    assert(kinds.includes(spec.value), `option --${name} is a ${spec.value}, read as ${kinds.join(' or ')}`);
    const given = this.#given.get(name)?.at(-1);
    if (given !== undefined) return given;
    if (spec.default === undefined) return null;
    const fallback = convert(spec, spec.default);
    assert(fallback !== null, `default of --${name}: expected ${expectation(spec)}, got ${quote(spec.default)}`);
    return fallback;
  }

  #required<T>(name: string, value: T | null): T {
    assert(value !== null, `option --${name} has no default and is not required: read it as optional`);
    return value;
  }
}
