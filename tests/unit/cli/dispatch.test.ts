import { describe, expect, test } from 'vitest';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CommandFailure, EXIT_CODES, ExitCode } from '../../../src/cli/exit-codes.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { AssertionFailure } from '../../../src/domain/errors.js';
import { sampleCommands, type Ran } from './sample-commands.js';

const run = async (line: string, act: Parameters<typeof sampleCommands>[1] = async () => 0, signal?: AbortSignal) => {
  const ran: Ran[] = [];
  const output = new CapturedOutput();
  const argv = line.split(' ').filter((word) => word !== '');
  const code = await dispatch(sampleCommands(ran, act), argv, output, { version: '1.2.3', ...(signal && { signal }) });
  return { code, output, ran, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

describe('the right command runs', () => {
  test('with one word or two, and its exit code is the answer', async () => {
    const one = await run('status', async () => 7);
    expect([one.code, one.ran.map((r) => r.name)]).toEqual([7, ['status']]);
    const two = await run('config show');
    expect([two.code, two.ran.map((r) => r.name)]).toEqual([0, ['config show']]);
  });

  test('with its values, the log level and nobody to ask', async () => {
    const { ran } = await run('replay a.kmj --speed 3 --log-level warn');
    expect(ran[0]?.context.positionals).toEqual(['a.kmj']);
    expect(ran[0]?.context.options.number('speed')).toBe(3);
    expect([ran[0]?.context.logLevel, ran[0]?.context.json, ran[0]?.context.prompt.isTty]).toEqual(['warn', false, false]);
  });

  test('under --json its lines go to stderr and the document alone to stdout', async () => {
    const { output, code } = await run('status --json', async (context) => {
      context.output.out('working');
      context.output.draw('[###');
      context.output.json({ fine: true });
      return 0;
    });
    expect([code, output.stdout, output.stderr, output.documents, output.drawn]).toEqual([0, [], ['working'], [{ fine: true }], '']);
  });
});

describe('help', () => {
  const asked: readonly (readonly [string, number, string])[] = [
    ['--help', 0, 'Usage: kmm <command>'],
    ['-h', 0, 'Exit codes:'],
    ['help', 0, 'config show'],
    ['help replay', 0, 'Usage: kmm replay <journal> [options]'],
    ['replay --help', 0, 'Usage: kmm replay <journal> [options]'],
    ['config --help', 0, 'Usage: kmm config <command>'],
    ['help config', 0, 'config check'],
    ['help config show', 0, 'Usage: kmm config show'],
    ['config', 2, 'config check'],
    ['', 2, 'Usage: kmm <command>'],
    ['--version', 0, 'kmm 1.2.3'],
  ];
  for (const [line, code, text] of asked)
    test(`kmm ${line}`, async () => {
      const answer = await run(line);
      expect([answer.code, answer.ran]).toEqual([code, []]);
      expect(answer.stdout).toContain(text);
    });

  test('of a group lists its members alone', async () => {
    expect((await run('config --help')).stdout).not.toContain('replay');
  });

  test('lists every exit code', async () => {
    const { stdout } = await run('--help');
    for (const { code, meaning } of EXIT_CODES)
      expect(stdout).toContain(`\n  ${code} ${' '.repeat(25 - String(code).length)}${meaning.slice(0, 20)}`);
  });

  test('under --json is the command table', async () => {
    expect((await run('--help --json')).output.documents[0]).toMatchObject({ commands: [{ name: 'replay' }, {}, {}, {}, {}] });
    expect((await run('replay --help --json')).output.documents[0]).toMatchObject({ name: 'replay', summary: 'Does replay.' });
    expect((await run('--version --json')).output.documents).toEqual([{ program: 'kmm', version: '1.2.3' }]);
  });
});

describe('what is unknown is answered with the nearest name', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['statsu', 'unknown command "statsu"', 'did you mean: kmm status'],
    ['config shwo', 'unknown command "config shwo"', 'did you mean: kmm config show'],
    ['conifg show', 'unknown command "conifg"', 'did you mean: kmm config'],
    ['xyzzy', 'unknown command "xyzzy"', 'see: kmm --help'],
    ['--verify replay', 'expected a command before "--verify"', 'kmm replay --verify'],
    ['replay a --spede 2', 'unknown option "--spede"', 'did you mean --speed'],
  ];
  for (const [line, what, fix] of cases)
    test(`kmm ${line}`, async () => {
      const { code, stdout, stderr, ran } = await run(line);
      expect([code, stdout, ran]).toEqual([ExitCode.usage, '', []]);
      expect(stderr).toContain(`error: ${what}`);
      expect(stderr).toContain(fix);
    });
});

describe('a failing command', () => {
  const failure = new CommandFailure(ExitCode.storage, 'the tape cannot be written', {
    why: 'the disk is full',
    fix: 'free some space',
    notes: ['folder runs/1'],
    data: { bytesMissing: 12 },
  });
  const fail = async (): Promise<number> => Promise.reject(failure);

  test('says what happened, why and what to do, and ends with its code', async () => {
    const { code, output } = await run('status', fail);
    expect([code, output.stdout]).toEqual([9, []]);
    expect(output.stderr).toEqual([
      'error: the tape cannot be written',
      '  folder runs/1',
      '  why: the disk is full',
      '  fix: free some space',
    ]);
  });

  test('under --json says the same in a document', async () => {
    const { code, output } = await run('status --json', fail);
    expect([code, output.documents]).toEqual([
      9,
      [
        {
          error: {
            exitCode: 9,
            what: 'the tape cannot be written',
            why: 'the disk is full',
            fix: 'free some space',
            data: { bytesMissing: 12 },
          },
        },
      ],
    ]);
  });

  test('by a fault of ours ends with 1, and shows the stack only when asked', async () => {
    const broken = async (): Promise<number> => Promise.reject(new AssertionFailure('own quotes crossed'));
    const plain = await run('status', broken);
    expect(plain.code).toBe(ExitCode.unexpected);
    expect(plain.stderr).toContain('ASSERTION_FAILED: own quotes crossed');
    expect(plain.stderr).not.toContain(' at ');
    expect((await run('status --log-level debug', broken)).stderr).toContain(' at ');
  });

  test('because it was interrupted ends with the code of the signal', async () => {
    const act = async (): Promise<number> => Promise.reject(new Error('aborted'));
    expect((await run('status', act, AbortSignal.abort('SIGINT'))).code).toBe(130);
    expect((await run('status', act, AbortSignal.abort('SIGTERM'))).code).toBe(143);
    expect((await run('status', fail, AbortSignal.abort('SIGTERM'))).code).toBe(9);
  });
});

test('the documented exit codes are all the exit codes, once each', () => {
  expect(EXIT_CODES.map((row) => row.code)).toEqual(Object.values(ExitCode));
  expect(Object.values(ExitCode)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130, 143]);
});
