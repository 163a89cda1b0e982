import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { completionScript, SHELLS } from '../../../src/cli/completion.js';
import { sampleCommands } from './sample-commands.js';

const commands = sampleCommands();
const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash itself offers for the last word of a line. */
const bashOffers = (line: string): readonly string[] => {
  const words = line.split(' ');
  const script = [
    completionScript('bash', 'kmm', commands),
    `COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_kmm',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: 'tests/unit/cli' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
};

describe.skipIf(!installed('bash'))('bash offers', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['kmm re', ['replay']],
    ['kmm co', ['config', 'completion']],
    ['kmm config ', ['show', 'check']],
    ['kmm config c', ['check']],
    ['kmm config check --f', ['--file']],
    ['kmm replay --fills ', ['queue', 'touch', 'none']],
    ['kmm replay --fills to', ['touch']],
    ['kmm replay x --ver', ['--verify']],
    ['kmm replay --out confirm.t', ['confirm.test.ts']],
    ['kmm replay confirm.t', ['confirm.test.ts']],
    ['kmm replay --speed ', []],
    ['kmm status --log-level tr', ['trace']],
    ['kmm completion z', ['zsh']],
    ['kmm help st', ['status']],
    ['kmm nothing ', []],
  ];
  for (const [line, words] of cases) test(`after "${line}"`, () => expect(bashOffers(line)).toEqual(words));
});

for (const shell of SHELLS) {
  test(`the ${shell} script knows every command, option and choice`, () => {
    const script = completionScript(shell, 'kmm', commands);
    for (const command of commands) {
      for (const word of command.name.split(' ')) expect(script).toContain(word);
      for (const option of command.options) {
        expect(script).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}`);
        for (const choice of option.choices ?? []) expect(script).toContain(choice);
      }
    }
  });

  test.skipIf(!installed(shell))(`${shell} itself accepts its script`, () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: completionScript(shell, 'kmm', commands), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
}

test('a quote in a description does not end the script', () => {
  const tricky = sampleCommands().map((command) => ({ ...command, summary: `It's [odd]: "$HOME" \`x\`` }));
  for (const shell of SHELLS) {
    const script = completionScript(shell, 'kmm', tricky);
    const { status, stderr } = spawnSync('bash', ['-n'], { input: shell === 'bash' ? script : '', encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    if (shell !== 'bash') expect(script).toContain("It'\\''s");
  }
});
