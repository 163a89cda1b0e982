/** The command table as a whole: what every command owes its users. */
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/app/commands.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { EXIT_CODES, ExitCode } from '../../../src/cli/exit-codes.js';
import { CapturedOutput } from '../../../src/cli/output.js';

const run = async (argv: readonly string[]) => {
  const output = new CapturedOutput();
  const code = await dispatch(COMMANDS, argv, output);
  return { code, output, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

describe.each(COMMANDS.map((command) => [command.name, command] as const))('kmm %s', (name, command) => {
  test('explains itself completely, in 80 columns', async () => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const option of [...command.options.map((spec) => spec.name), 'json', 'log-level', 'help'])
      expect(stdout).toContain(`--${option}`);
    for (const positional of command.positionals ?? []) expect(stdout).toContain(positional.name);
    for (const example of command.examples ?? []) expect(stdout).toContain(example.line);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('has an example, and every example uses options that exist', () => {
    expect(command.examples?.length).toBeGreaterThan(0);
    const known = new Set([...command.options.map((spec) => spec.name), 'json', 'log-level', 'help']);
    for (const { line } of command.examples ?? []) {
      expect(line.startsWith(name)).toBe(true);
      for (const [, option = ''] of line.matchAll(/(?:^|\s)--([a-z-]+)/g)) expect([line, known.has(option)]).toEqual([line, true]);
    }
  });

  test('gives its help to programs as well', async () => {
    const { code, output } = await run([...name.split(' '), '--help', '--json']);
    expect([code, output.stdout, output.documents.length]).toEqual([0, [], 1]);
    expect(output.documents[0]).toMatchObject({ name, summary: command.summary });
  });

  test('refuses an option it does not have with 2, naming its help', async () => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--no-such-thing']);
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(stderr).toContain(`kmm ${name} --help`);
  });
});

test('the list of commands names them all, and every exit code', async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  for (const { name, summary } of COMMANDS) expect(stdout.replace(/\s+/g, ' ')).toContain(`${name} ${summary}`);
  for (const { code: each, meaning } of EXIT_CODES) expect(stdout.replace(/\s+/g, ' ')).toContain(`${each} ${meaning}`);
  expect(new Set(EXIT_CODES.map(({ code: each }) => each))).toEqual(new Set(Object.values(ExitCode)));
});

test('names are unique and no command hides another', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(names.some((other) => other !== name && other.startsWith(`${name} `))).toBe(false);
});
