/** Mutated configuration files, variables, command lines and signal files: an error that says where, or a value that was meant. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { parseSignals } from '../../src/alpha/signal-file.js';
import { COMMANDS } from '../../src/app/commands.js';
import { CommandFailure, ExitCode } from '../../src/cli/exit-codes.js';
import { parseArguments } from '../../src/cli/parse.js';
import { ConfigError } from '../../src/config/issue.js';
import { mergeConfig } from '../../src/config/merge.js';
import { LEAVES, SECTIONS } from '../../src/config/schema.js';
import { toSettings } from '../../src/config/to-settings.js';
import { TradingError } from '../../src/domain/errors.js';
import { run, share, TEST_TIMEOUT } from './campaign.js';
import { mutate, mutateBytes } from './mutations.js';
import type { Random } from './random.js';

const EXAMPLE = readFileSync('config.example.yaml', 'utf8');
/** The example without its comments: mutations hit values. */
const BARE = EXAMPLE.split('\n')
  .filter((line) => !/^\s*(#|$)/.test(line))
  .join('\n');
/** A configuration is read once, before trading. */
const START_MS = 2000;

const NASTY: readonly string[] = [
  ['<<: {environment: prod}', '&a a: *a', 'x: &x [*x]', '? {a: b}\n: c', '__proto__: {environment: prod}', 'constructor: 1', '"": 1'],
  [
    '---\nenvironment: prod',
    '%YAML 1.1\n---\nenvironment: sim',
    '!!js/function x',
    '!!binary aGk=',
    'environment: !!str sim',
    '\tenvironment: sim',
  ],
  [
    'environment: sim\nenvironment: prod',
    'risk: []',
    'risk: *none',
    'markets: &m [A-1]\nx: *m',
    'environment: yes',
    'environment: 0x10',
    '[[[[[[[[',
  ],
  ['risk:\n  collar_cents: .inf', 'risk:\n  collar_cents: 1e400', 'risk:\n  collar_cents: -0', 'risk:\n  collar_cents: 9007199254740993'],
].flat();

/** Every path of keys in a file, read by the library alone. */
const pathsIn = (text: string): string[] => {
  const paths: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || LEAVES.has(path)) {
      if (path !== '') paths.push(path);
      return;
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`);
  };
  visit(parseDocument(text, { version: '1.2', schema: 'core' }).toJS({ maxAliasCount: -1 }), '');
  return paths;
};

const assertIssues = (error: ConfigError): void => {
  expect(error.issues.length).toBeGreaterThan(0);
  for (const issue of error.issues) {
    if (issue.key === '' || issue.rule === '' || issue.fix === '')
      throw new Error(`an issue that does not say where or what to do: ${JSON.stringify(issue)}`);
    if (issue.origin.type === 'file' && !(issue.origin.line >= 1)) throw new Error(`an issue of no line: ${JSON.stringify(issue)}`);
  }
};

/** What a configuration came to. */
const load = (text: string, variables: Record<string, string> = {}): string => {
  try {
    toSettings(mergeConfig({ file: { name: 'config.yaml', text }, variables, overrides: [] }).config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assertIssues(error);
    return 'refused';
  }
  const unknown = pathsIn(text).filter((path) => !LEAVES.has(path) && !SECTIONS.has(path));
  if (unknown.length > 0) throw new Error(`unknown keys were accepted: ${unknown.join(', ')}`);
  return 'accepted';
};

test(
  'a configuration file is refused with the place of every error, or holds nothing but known keys',
  async () => {
    const lines = BARE.split('\n');
    const tally = await run({
      name: 'config',
      count: share(0.003),
      stallMs: START_MS,
      input: (random) => {
        const kept = Buffer.from(lines.filter(() => !random.oneIn(60)).join('\n'));
        if (random.oneIn(4)) return Buffer.from(`${kept.toString()}\n${random.pick(NASTY)}\n`);
        return random.oneIn(10) ? kept : mutateBytes(kept, random, Buffer.from(random.pick(NASTY)));
      },
      judge: (bytes) => load(bytes.toString('utf8')),
    });
    for (const word of ['refused', 'accepted']) expect(tally.get(word)).toBeGreaterThan(share(0.003) / 100);
  },
  TEST_TIMEOUT,
);

test(
  'a variable that names no key below a section of ours is an error; a value that does not fit names its variable',
  async () => {
    const names = [...LEAVES.values()].map((leaf) => leaf.variable);
    const roots = [...SECTIONS.keys()]
      .filter((path) => path !== '' && !path.startsWith('credentials'))
      .map((path) => `KMM_${path.toUpperCase()}_`);
    const tally = await run({
      name: 'variables',
      count: share(0.003),
      stallMs: START_MS,
      input: (random) => {
        const name = Buffer.from(random.pick(names));
        const told = random.oneIn(2) ? name : mutateBytes(name, random, Buffer.from(random.pick(names)));
        const value = random.pick(['1', '-1', 'NaN', '1e400', '', ' ', 'true', 'prod', '../..', 'a,b', '\u0000', '9'.repeat(50), 'A-1']);
        return Buffer.concat([told, Buffer.from(`=${value}`)]);
      },
      judge: (bytes) => {
        const text = bytes.toString('utf8');
        const at = text.indexOf('=');
        const [name, value] = [text.slice(0, at), text.slice(at + 1)];
        try {
          mergeConfig({ file: null, variables: { [name]: value }, overrides: [] });
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          assertIssues(error);
          return 'refused';
        }
        if (value !== '' && roots.some((root) => name.startsWith(root)) && !names.includes(name))
          throw new Error(`${name} was accepted and means nothing`);
        return 'accepted';
      },
    });
    for (const word of ['refused', 'accepted']) expect(tally.get(word)).toBeGreaterThan(share(0.003) / 100);
  },
  TEST_TIMEOUT,
);

test(
  'a command line is understood, or refused as misuse',
  async () => {
    const word = (random: Random, command: (typeof COMMANDS)[number]): string => {
      const option = random.pick([...command.options.map((spec) => spec.name), 'json', 'help', 'log-level']);
      return random.pick([
        `--${option}`,
        `--${option}=`,
        `--${option}=1`,
        `--no-${option}`,
        '1',
        '-1',
        '-h',
        '--',
        '-',
        '',
        '--__proto__',
        '--constructor=1',
        '1e400',
        'a b',
        '0x1',
        '-hh',
        '---x',
        '5m',
        'é',
      ]);
    };
    const tally = await run({
      name: 'command lines',
      count: share(0.03),
      input: (random) => {
        const command = random.pick(COMMANDS);
        const at = COMMANDS.indexOf(command);
        const words = Array.from({ length: random.below(5) }, () => word(random, command));
        const line = Buffer.from(JSON.stringify([at, ...words]));
        return random.oneIn(2) ? line : mutate(line, random, line);
      },
      judge: (bytes) => {
        const [at, words] = wordsOf(bytes);
        const command = COMMANDS[at % COMMANDS.length];
        if (command === undefined) throw new Error('no command');
        try {
          parseArguments(command, words);
          return 'understood';
        } catch (error) {
          if (error instanceof CommandFailure && error.exitCode === ExitCode.usage) return 'refused';
          throw error;
        }
      },
    });
    for (const each of ['refused', 'understood']) expect(tally.get(each)).toBeGreaterThan(share(0.03) / 100);
  },
  TEST_TIMEOUT,
);

const wordsOf = (bytes: Buffer): readonly [number, string[]] => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(value)) return [Number.isSafeInteger(value[0]) ? Math.abs(value[0] as number) : 0, value.slice(1).map(String)];
  } catch {
    // What is no list of words is taken as one.
  }
  return [0, bytes.toString('latin1').split(' ')];
};

test(
  'a file of signals is taken whole, or refused with its path',
  async () => {
    const files = ['{"KXA-1":1.5,"KXB-1":-2,"KXC-1":0}', 'ticker,cents\nKXA-1,1.5\nKXB-1,-2\n'].map((text) => Buffer.from(text));
    const tally = await run({
      name: 'signals',
      count: share(0.03),
      input: (random) => mutate(random.pick(files), random, random.pick(files)),
      judge: (bytes) => {
        const text = bytes.toString('utf8');
        try {
          for (const { ticker, shift } of parseSignals(text, text.startsWith('{') ? 'json' : 'csv', 'signals'))
            if (!Number.isFinite(shift) || Math.abs(shift) > 10_000 || !/^[A-Za-z0-9.-]{1,100}$/.test(ticker))
              throw new Error(`a signal of ${shift} for ${ticker}`);
          return 'taken';
        } catch (error) {
          if (error instanceof TradingError) return 'refused';
          throw error;
        }
      },
    });
    for (const word of ['refused', 'taken']) expect(tally.get(word)).toBeGreaterThan(share(0.03) / 100);
  },
  TEST_TIMEOUT,
);
