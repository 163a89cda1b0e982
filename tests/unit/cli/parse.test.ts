import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/cli/command.js';
import { CommandFailure, ExitCode } from '../../../src/cli/exit-codes.js';
import { parseArguments } from '../../../src/cli/parse.js';
import { AssertionFailure } from '../../../src/domain/errors.js';
import { sampleCommand } from './sample-commands.js';

const replay = sampleCommand('replay');

const failureOf = (target: Command, argv: readonly string[]): CommandFailure => {
  try {
    parseArguments(target, argv);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandFailure);
    return error as CommandFailure;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
};

describe('a command line that is right', () => {
  test('gives every option its typed value', () => {
    const { options, positionals } = parseArguments(
      replay,
      '-o report journal.kmj --speed=2.5 --limit 7 --for 1.5h --fills touch --market A --market B --verify --json --log-level debug'.split(
        ' ',
      ),
    );
    expect(positionals).toEqual(['journal.kmj']);
    expect(options.text('out')).toBe('report');
    expect(options.number('speed')).toBe(2.5);
    expect(options.optionalNumber('limit')).toBe(7);
    expect(options.duration('for')).toBe(5_400_000_000);
    expect(options.text('fills')).toBe('touch');
    expect(options.texts('market')).toEqual(['A', 'B']);
    expect([options.flag('verify'), options.flag('json')]).toEqual([true, true]);
    expect(options.text('log-level')).toBe('debug');
  });

  test('falls back to the defaults of the table', () => {
    const { options } = parseArguments(replay, ['x']);
    expect(options.number('speed')).toBe(1);
    expect(options.duration('for')).toBe(300_000_000);
    expect(options.text('log-level')).toBe('info');
    expect(options.optionalText('out')).toBeNull();
    expect(options.optionalNumber('limit')).toBeNull();
    expect(options.texts('market')).toEqual([]);
    expect(options.flag('verify')).toBe(false);
    expect([options.given('speed'), parseArguments(replay, ['x', '--speed', '1']).options.given('speed')]).toEqual([false, true]);
  });

  test('a flag can be denied', () => {
    expect(parseArguments(replay, ['x', '--no-verify']).options.flag('verify')).toBe(false);
    expect(parseArguments(replay, ['x', '--no-verify']).options.given('verify')).toBe(true);
  });

  test('everything after two dashes is an argument', () => {
    expect(parseArguments(replay, ['--', '--verify']).positionals).toEqual(['--verify']);
  });

  test('help may leave out what is required', () => {
    expect(parseArguments(replay, ['--help']).options.flag('help')).toBe(true);
  });
});

describe('a command line that is wrong is answered with what was expected', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['replay', 'x --spede 2', ['unknown option "--spede"', '--speed']],
    ['replay', 'x --marketz A', ['"--marketz"', '--market']],
    ['replay', 'x -q', ['unknown option "-q"']],
    ['replay', 'x --speed fast', ['--speed', 'a number from 0.1 to 1000', '"fast"']],
    ['replay', 'x --speed 2000', ['from 0.1 to 1000', '"2000"']],
    ['replay', 'x --speed Infinity', ['a number from', '"Infinity"']],
    ['replay', 'x --speed 0x10', ['a number from', '"0x10"']],
    ['replay', 'x --limit 1.5', ['a whole number of at least 1', '"1.5"']],
    ['replay', 'x --limit 0', ['of at least 1', '"0"']],
    ['replay', 'x --for 20', ['a number with a unit', '"20"']],
    ['replay', 'x --for soon', ['500ms', '"soon"']],
    ['replay', 'x --fills tuch', ['one of queue, touch, none', 'did you mean touch']],
    ['replay', 'x --out', ['--out', 'expected a path, got none']],
    ['replay', 'x --out --verify', ['--out', 'got none']],
    ['replay', 'x --out=', ['--out', 'got none']],
    ['replay', 'x --verify=yes', ['--verify', 'expected no value', '"yes"']],
    ['replay', 'x --verify --verify', ['--verify', 'more than once']],
    ['replay', 'x --speed 1 --speed 2', ['--speed', 'more than once']],
    ['replay', 'x y', ['unexpected argument "y"']],
    ['replay', '', ['<journal> is missing']],
    ['config check', '', ['--file is missing', 'expected a path']],
    ['completion', 'bahs', ['one of bash, zsh, fish', 'did you mean bash']],
    ['status', '--log-level verbose', ['one of error, warn, info, debug, trace', '"verbose"']],
  ];
  for (const [name, line, parts] of cases)
    test(`${name} ${line}`, () => {
      const failure = failureOf(
        sampleCommand(name),
        line.split(' ').filter((word) => word !== ''),
      );
      expect(failure.exitCode).toBe(ExitCode.usage);
      for (const part of parts) expect(`${failure.what}; ${failure.fix}`).toContain(part);
      expect(failure.fix).toContain(`kmm ${name} --help`);
    });

  test('no words at all can end in anything but values or a usage failure', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--speed',
        '--out',
        '-o',
        '--',
        '-',
        '--json',
        '--fills',
        '--no-verify',
        '--no-speed',
        '--__proto__',
        '5',
        '-5',
        '=',
        '--=',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          parseArguments(replay, argv);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandFailure);
          expect((error as CommandFailure).exitCode).toBe(ExitCode.usage);
        }
      }),
    );
  });
});

describe('a fault of our own stops the program', () => {
  const { options } = parseArguments(replay, ['x']);
  test('an option that is not in the table', () => expect(() => options.text('nothing')).toThrow(AssertionFailure));
  test('an accessor of another kind', () => expect(() => options.number('out')).toThrow(AssertionFailure));
  test('a plain accessor where there may be nothing', () => expect(() => options.number('limit')).toThrow(AssertionFailure));
});
