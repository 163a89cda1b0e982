/** The papers say what the program does: every command, option, key, link and code in them is looked up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/app/commands.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import type { Command } from '../../src/cli/command.js';
import { allOptions } from '../../src/cli/parse.js';
import { splitArguments } from '../../src/cli/system-arguments.js';
import { LEAVES, SECTIONS } from '../../src/config/schema.js';
import { DEFAULT_SWITCHES, type Switches } from '../../src/exchange/core/switches.js';
import { ROUTES } from '../../src/exchange/server/api.js';
import { readSwitches, SWITCH_VALUES } from '../../src/exchange/server/switch-texts.js';
import { TAPE_COLUMNS } from '../../src/logger/tape-row.js';

const PAPERS: readonly string[] = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...readdirSync('docs/adr').map((name) => `docs/adr/${name}`),
];
const textOf = (paper: string): string => readFileSync(paper, 'utf8');
const SCRIPTS = (JSON.parse(textOf('package.json')) as { readonly scripts: Record<string, string> }).scripts;

/** What the group of a match caught; empty where it took no part. */
const caught = (match: RegExpExecArray, group: number): string => match[group] ?? '';

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;
/** What a reader would copy: `code spans` of the running text, and the lines of fenced blocks. */
const codeOf = (paper: string): string[] => {
  const text = textOf(paper);
  const blocks = [...text.matchAll(FENCE)].flatMap((match) => caught(match, 2).split('\n'));
  const spans = [...text.replace(FENCE, '').matchAll(/`([^`\n]+)`/g)].map((match) => caught(match, 1));
  return [...blocks, ...spans].map((line) => line.replace(/^\$ /, '').trim());
};
const named = PAPERS.flatMap((paper) => codeOf(paper).map((code) => ({ paper, code })));

/** The words of a command line after shell comments and redirections were taken off. */
const wordsOf = (line: string): string[] =>
  [
    ...line
      .replace(/\s#.*$/, '')
      .replace(/\s*[<>|].*$/, '')
      .matchAll(/"([^"]*)"|(\S+)/g),
  ].map((match) => match[1] ?? caught(match, 2));

/** What a script of package.json hands to the program, after the build; null where it runs something else. */
const argumentsOf = (script: string): string[] | null => {
  const run = /node dist\/(main|probe)\.js ?(.*)$/.exec(SCRIPTS[script] ?? '');
  if (run === null) return null;
  return [...(run[1] === 'probe' ? ['probe'] : []), ...wordsOf(caught(run, 2))];
};

/** The arguments of the program behind a line that a reader would type; null where the line is none of ours. */
const invocationOf = (line: string): string[] | null => {
  const words = wordsOf(line);
  if (words[0] === 'node' && words[1] === 'dist/main.js') return words.slice(2);
  if (words[0] === 'kmm') return words.slice(1);
  if (words[0] !== 'npm') return null;
  const rest = words.slice(1).filter((word) => word !== '--silent');
  const script = rest[0] === 'run' ? rest[1] : ['start', 'test'].includes(rest[0] ?? '') ? rest[0] : undefined;
  if (script === undefined) return null;
  if (SCRIPTS[script] === undefined) return [`npm run ${script}`];
  const before = argumentsOf(script);
  if (before === null) return null;
  const end = words.indexOf('--');
  return [...before, ...(end < 0 ? [] : words.slice(end + 1))];
};

const commandOf = (words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | null => {
  const pair = COMMANDS.find((command) => command.name === `${words[0]} ${words[1]}`);
  if (pair !== undefined) return { command: pair, rest: words.slice(2) };
  const single = COMMANDS.find((command) => command.name === words[0]);
  return single === undefined ? null : { command: single, rest: words.slice(1) };
};

/** What is wrong with the words after a command's name; null where the command would take them. */
const misuseOf = (command: Command, rest: readonly string[]): string | null => {
  const specs = allOptions(command);
  const tokens = splitArguments(
    rest,
    specs.map((spec) => ({
      name: spec.name,
      takesValue: spec.value !== 'flag',
      ...(spec.short === undefined ? {} : { short: spec.short }),
    })),
  );
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if ((command.positionals ?? []).length === 0) return `${command.name} takes no "${token.value}"`;
      continue;
    }
    const spec = specs.find((known) => known.name === token.name || `no-${known.name}` === token.name);
    if (spec === undefined) return `${command.name} has no option --${token.name}`;
    if (spec.choices !== undefined && token.value !== null && !spec.choices.includes(token.value))
      return `--${spec.name} cannot be ${token.value}`;
  }
  return null;
};

const invocations = named.flatMap(({ paper, code }) => {
  const words = invocationOf(code);
  return words === null ? [] : [{ paper, code, words }];
});

describe('the commands in the papers', () => {
  test('are many, so that this test cannot pass by finding none', () => {
    expect(invocations.length).toBeGreaterThan(30);
  });

  test.each(invocations)('$paper: $code', ({ words }) => {
    if (words.every((word) => word === '--help')) return;
    const found = commandOf(words);
    expect(found, `the command of ${words.join(' ')}`).not.toBeNull();
    if (found !== null) expect(misuseOf(found.command, found.rest)).toBeNull();
  });

  test('README names every script and every command', () => {
    const readme = codeOf('README.md').join('\n');
    for (const script of ['start', 'test', 'probe', 'exchange', 'record', 'replay', 'bench'])
      expect(readme).toMatch(new RegExp(`npm (run )?${script}\\b`));
    expect(COMMANDS.filter(({ name }) => !readme.includes(name)).map(({ name }) => name)).toEqual([]);
  });

  test('options that stand alone are taken by some command', () => {
    const alone = named.filter(({ code }) => /^--[a-z]/.test(code));
    expect(alone.length).toBeGreaterThan(10);
    const taken = (code: string): boolean => COMMANDS.some((command) => misuseOf(command, wordsOf(code)) === null);
    expect(alone.filter(({ code }) => !taken(code))).toEqual([]);
  });
});

describe('the configuration in the papers', () => {
  const SECTION = [...SECTIONS.keys()].filter((path) => path !== '' && !path.includes('.')).join('|');
  const KEY = new RegExp(`^((?:${SECTION})\\.[a-z_.]+)(?:[:= ].*)?$`);
  const keys = named.flatMap(({ paper, code }) => {
    const key = KEY.exec(code.replace(/^.*--set /, ''))?.[1];
    return key === undefined || /\.(ts|js|md|json|yaml|csv|log|bin)$/.test(key) ? [] : [{ paper, key }];
  });

  test('names keys that exist', () => {
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter(({ key }) => !LEAVES.has(key) && !SECTIONS.has(key))).toEqual([]);
  });

  test('sets keys that exist, but for the one that shows an error', () => {
    const set = named.flatMap(({ code }) => [...code.matchAll(/--set (\S+?)=/g)].map((match) => caught(match, 1)));
    expect(set.length).toBeGreaterThan(3);
    expect(set.filter((key) => !LEAVES.has(key))).toEqual(['risk.colar_cents']);
  });

  test('names variables that exist', () => {
    const known = new Set([...[...LEAVES.values()].map((leaf) => leaf.variable), 'KMM_SHARED']);
    const variables = named.flatMap(({ paper, code }) => (/^KMM_[A-Z_]+$/.test(code) ? [{ paper, code }] : []));
    expect(variables.length).toBeGreaterThan(3);
    expect(variables.filter(({ code }) => !known.has(code))).toEqual([]);
  });
});

/** The rows of the first table below a heading, each as its cells without backticks. */
const tableUnder = (paper: string, heading: string): string[][] => {
  const part = textOf(paper).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = part.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
};

describe('the tables in the papers', () => {
  test('of exit codes is the one of the program', () => {
    const rows = tableUnder('docs/configuration.md', 'Exit codes');
    expect(rows).toEqual(EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]));
  });

  test('of tape columns has all columns in order', () => {
    expect(tableUnder('docs/records.md', 'tape.csv').map(([column]) => column)).toEqual([...TAPE_COLUMNS]);
  });

  test('of switches has all of them with the default in force', () => {
    const rows = tableUnder('docs/simulated-exchange.md', 'Switches');
    expect(rows.map(([name]) => name)).toEqual(SWITCH_VALUES.map(({ name }) => name));
    const read = readSwitches(rows.map(([name, value]) => `${name}=${value}`));
    expect(comparable(read)).toEqual(comparable(DEFAULT_SWITCHES));
  });

  test('of endpoints has every route of the simulated exchange and no other', () => {
    const rows = tableUnder('docs/simulated-exchange.md', 'REST').flatMap(([path, methods]) =>
      (methods ?? '').split(', ').map((method) => `${method} ${path}`),
    );
    expect(rows.toSorted()).toEqual(ROUTES.map(({ method, pattern }) => `${method} ${pattern}`).toSorted());
  });
});

/** The message of a refusal is not part of a switch's text. */
const comparable = (switches: Partial<Switches>): object =>
  Object.fromEntries(
    Object.entries(switches).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && 'message' in value ? { ...value, message: '' } : value,
    ]),
  );

describe('the links in the papers', () => {
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(' ', '-');
  const links = PAPERS.flatMap((paper) =>
    [
      ...textOf(paper)
        .replace(FENCE, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].map((match) => ({ paper, target: caught(match, 1) })),
  ).filter(({ target }) => !/^[a-z]+:/.test(target));

  test('lead to files, and to headings in them', () => {
    expect(links.length).toBeGreaterThan(20);
    const broken = links.filter(({ paper, target }) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? paper : normalize(join(dirname(paper), file));
      if (!existsSync(path)) return true;
      return anchor !== undefined && ![...textOf(path).matchAll(/^#+ (.+)$/gm)].some((match) => anchorOf(caught(match, 1)) === anchor);
    });
    expect(broken).toEqual([]);
  });

  test('and every source file that is named exists', () => {
    const FILE = /^(?:[\w.-]+\/)+[\w.-]+\.(?:ts|md)$/;
    const files = named.filter(({ code }) => FILE.test(code));
    expect(files.length).toBeGreaterThan(20);
    // Rooms are named without the folder they lie in.
    expect(files.filter(({ code }) => !existsSync(code) && !existsSync(join('src', code)))).toEqual([]);
  });
});

describe('the words of the papers', () => {
  test('name no path of one machine and use no long dashes', () => {
    const foreign = /[\u2013\u2014]|\/(?:home|work|root|Users)\/|\/tmp\/|\p{Extended_Pictographic}/u;
    expect(PAPERS.filter((paper) => foreign.test(textOf(paper)))).toEqual([]);
  });
});
