/** Help texts, made from the command table, at most 80 columns wide. */
import { COMMON_OPTIONS } from './parse.js';
import type { Command, OptionSpec, PositionalSpec } from './command.js';
import { EXIT_CODES } from './exit-codes.js';

const WIDTH = 80;
const INDENT = '  ';
/** Where descriptions begin; longer names push theirs to the next line. */
const COLUMN = 28;

/** Breaks at spaces; a word longer than the width stands alone. Empty lines part paragraphs. */
export const wrap = (text: string, width: number): readonly string[] =>
  text.split(/\n\s*\n/).flatMap((paragraph, i) => {
    const lines: string[] = i === 0 ? [] : [''];
    let line = '';
    for (const word of paragraph.split(/\s+/).filter((w) => w !== '')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });

/** `name   description`, the description wrapped in its own column. */
const entry = (name: string, describe: string): readonly string[] => {
  const lines = wrap(describe, WIDTH - COLUMN);
  const head = `${INDENT}${name}`;
  const rest = lines.map((line) => `${' '.repeat(COLUMN)}${line}`.trimEnd());
  if (head.length + 2 > COLUMN) return [head, ...rest];
  return [`${head.padEnd(COLUMN)}${lines[0] ?? ''}`.trimEnd(), ...rest.slice(1)];
};

export const placeholderOf = (spec: OptionSpec): string => {
  if (spec.placeholder !== undefined) return spec.placeholder;
  if (spec.choices !== undefined && spec.choices.join('|').length <= 24) return `<${spec.choices.join('|')}>`;
  switch (spec.value) {
    case 'flag':
      return '';
    case 'text':
      return '<text>';
    case 'path':
      return '<path>';
    case 'integer':
    case 'number':
      return '<number>';
    case 'duration':
      return '<duration>';
  }
};

const signature = (spec: OptionSpec): string =>
  `${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.name} ${placeholderOf(spec)}`.trimEnd();

const remarks = (spec: OptionSpec): string => {
  const { low, high } = spec.range ?? {};
  const notes = [
    spec.choices === undefined || placeholderOf(spec).includes('|') ? '' : `One of ${spec.choices.join(', ')}.`,
    low === undefined ? '' : `At least ${low}.`,
    high === undefined ? '' : `At most ${high}.`,
    spec.default === undefined ? '' : `Default: ${spec.default}.`,
    spec.repeatable === true ? 'May be repeated.' : '',
    spec.required === true ? 'Required.' : '',
  ];
  return [spec.describe, ...notes].filter((note) => note !== '').join(' ');
};

const positionalShape = (spec: PositionalSpec): string => {
  const name = `<${spec.name}>${spec.repeatable === true ? '...' : ''}`;
  return spec.required === true ? name : `[${name}]`;
};

export const usageLine = (command: Command): string =>
  command.usage ??
  [
    command.name,
    ...(command.positionals ?? []).map(positionalShape),
    ...command.options.filter((spec) => spec.required === true).map((spec) => `--${spec.name} ${placeholderOf(spec)}`),
    '[options]',
  ].join(' ');

const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', `${title}:`, ...lines]);

/** Complete help of one command. */
export const commandHelp = (program: string, command: Command): readonly string[] => [
  ...wrap(`Usage: ${program} ${usageLine(command)}`, WIDTH),
  '',
  ...wrap(command.description, WIDTH),
  ...section(
    'Arguments',
    (command.positionals ?? []).flatMap((spec) =>
      entry(positionalShape(spec), spec.choices === undefined ? spec.describe : `${spec.describe} One of ${spec.choices.join(', ')}.`),
    ),
  ),
  ...section(
    'Options',
    command.options.flatMap((spec) => entry(signature(spec), remarks(spec))),
  ),
  ...section(
    'Common options',
    COMMON_OPTIONS.flatMap((spec) => entry(signature(spec), remarks(spec))),
  ),
  ...section(
    'Examples',
    (command.examples ?? []).flatMap((example) => [
      `${INDENT}${program} ${example.line}`,
      ...wrap(example.describe, WIDTH - 6).map((line) => `      ${line}`),
    ]),
  ),
];

/** The list of all commands, or of one group (`config`). */
export const overview = (program: string, commands: readonly Command[], group: string | null = null): readonly string[] => {
  const shown = group === null ? commands : commands.filter((command) => command.name.startsWith(`${group} `));
  const prefix = group === null ? program : `${program} ${group}`;
  return [
    `Usage: ${prefix} <command> [options]`,
    ...section(
      'Commands',
      shown.flatMap((command) => entry(command.name, command.summary)),
    ),
    ...(group === null
      ? section(
          'Exit codes',
          EXIT_CODES.flatMap(({ code, meaning }) => entry(String(code), meaning)),
        )
      : []),
    '',
    `Help of a command: ${prefix} <command> --help`,
  ];
};

/** The same for programs: the table itself, without its functions. */
export const commandDocument = (command: Command): object => ({
  name: command.name,
  summary: command.summary,
  usage: usageLine(command),
  description: command.description,
  positionals: command.positionals ?? [],
  options: [...command.options, ...COMMON_OPTIONS],
  examples: command.examples ?? [],
});
