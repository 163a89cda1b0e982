import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completionCommand } from '../../../src/app/commands/completion.js';
import { configCommands } from '../../../src/app/commands/config.js';
import { initCommand } from '../../../src/app/commands/init.js';
import type { Command } from '../../../src/cli/command.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput, NOBODY, type Prompt } from '../../../src/cli/output.js';
import { jsonSchema } from '../../../src/config/schema.js';

const commands: readonly Command[] = [...configCommands, initCommand, completionCommand('kmm', () => commands)];

const run = async (argv: readonly string[], prompt: Prompt = NOBODY) => {
  const output = new CapturedOutput();
  const code = await dispatch(commands, argv, output, { prompt });
  return { code, output, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

const answering = (answers: readonly (string | null)[]): Prompt & { readonly asked: string[] } => {
  const left = [...answers];
  const asked: string[] = [];
  return {
    isTty: true,
    asked,
    ask: async (question) => {
      asked.push(question);
      return left.shift() ?? null;
    },
  };
};

let folder = '';
const path = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-app-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('kmm config', () => {
  test('show prints the merged configuration, with origins where asked for', async () => {
    writeFileSync(path('c.yaml'), 'risk:\n  collar_cents: 8\n');
    const plain = await run(['config', 'show', '--config', path('c.yaml')]);
    expect([plain.code, plain.stderr]).toEqual([0, '']);
    expect(plain.stdout).toContain('  collar_cents: 8');
    const shown = await run([
      'config',
      'show',
      '--origin',
      '--config',
      path('c.yaml'),
      '--env',
      'playback',
      '--set',
      'risk.on_limit=refuse',
    ]);
    expect(shown.stdout).toMatch(/collar_cents: 8 +# .*c\.yaml:2/);
    expect(shown.stdout).toMatch(/environment: playback +# flag --env/);
    expect(shown.stdout).toMatch(/on_limit: refuse +# flag --set/);
  });

  test('show --json is one document', async () => {
    const { code, output } = await run(['config', 'show', '--json', '--set', 'risk.collar_cents=8', '--config', 'config.example.yaml']);
    expect([code, output.stdout, output.documents.length]).toEqual([0, [], 1]);
    expect(output.documents[0]).toMatchObject({ 'risk.collar_cents': { value: '8', origin: 'flag --set' } });
  });

  test('check tells every error and ends with 3', async () => {
    writeFileSync(path('c.yaml'), 'risk:\n  colar_cents: 8\n  loss_max_session_dollars: 0\n');
    const { code, stderr } = await run(['config', 'check', '--config', path('c.yaml')]);
    expect(code).toBe(3);
    expect(stderr).toContain('the configuration has 2 errors');
    expect(stderr).toContain('c.yaml:2: risk.colar_cents');
    expect(stderr).toContain('c.yaml:3: risk.loss_max_session_dollars');
    expect(stderr).toContain('fix:');
  });

  test('check --json gives the errors to programs', async () => {
    writeFileSync(path('c.yaml'), 'risk:\n  colar_cents: 8\n');
    const { code, output } = await run(['config', 'check', '--json', '--config', path('c.yaml')]);
    expect(code).toBe(3);
    expect(output.documents).toMatchObject([
      { error: { exitCode: 3, data: { issues: [{ key: 'risk.colar_cents', near: 'collar_cents' }] } } },
    ]);
  });

  test('check ends with 4 where only the key is missing', async () => {
    writeFileSync(path('c.yaml'), 'environment: demo\nmarkets: {tickers: [KXA-1]}\n');
    expect((await run(['config', 'check', '--config', path('c.yaml')])).code).toBe(4);
  });

  test('check accepts the example', async () => {
    const { code, stdout } = await run(['config', 'check', '--config', 'config.example.yaml', '--env', 'sim']);
    expect([code, stdout]).toEqual([0, 'config.example.yaml: valid for the environment sim']);
  });

  test('--set without a value is a usage error', async () => {
    const { code, stderr } = await run(['config', 'show', '--set', 'risk.collar_cents']);
    expect([code, stderr.includes('<key>=<value>')]).toEqual([2, true]);
  });

  test('schema prints the schema alone', async () => {
    const { code, output } = await run(['config', 'schema']);
    expect([code, output.stdout, output.documents]).toEqual([0, [], [jsonSchema()]]);
  });
});

describe('kmm init', () => {
  test('writes what was answered, for the owner alone, and it passes the check', async () => {
    writeFileSync(path('demo.pem'), generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const prompt = answering(['demo', 'abcd-1234', path('demo.pem'), '', 'KXA-1', '', '', '']);
    const { code, stdout } = await run(['init', '--out', path('c.yaml')], prompt);
    expect([code, prompt.asked.length]).toEqual([0, 8]);
    expect(stdout).toContain('kmm config check');
    expect(statSync(path('c.yaml')).mode & 0o777).toBe(0o600);
    expect((await run(['config', 'check', '--config', path('c.yaml')])).code).toBe(0);
  });

  test('asks again for a key that others may read', async () => {
    writeFileSync(path('open.pem'), generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o644 });
    const { code, stderr } = await run(['init', '--out', path('c.yaml')], answering(['demo', 'abcd-1234', path('open.pem'), null]));
    expect(code).toBe(2);
    expect(stderr).toContain('chmod 600');
    expect(existsSync(path('c.yaml'))).toBe(false);
  });

  test('never overwrites, and asks nothing then', async () => {
    writeFileSync(path('c.yaml'), 'mine');
    const prompt = answering([]);
    const { code, stderr } = await run(['init', '--out', path('c.yaml')], prompt);
    expect([code, prompt.asked, readFileSync(path('c.yaml'), 'utf8')]).toEqual([2, [], 'mine']);
    expect(stderr).toContain('is not overwritten');
  });

  test('needs a terminal', async () => {
    const { code, stderr } = await run(['init', '--out', path('c.yaml')]);
    expect([code, stderr.includes('config.example.yaml')]).toEqual([2, true]);
  });

  test('says when the folder cannot be written', async () => {
    const { code } = await run(['init', '--out', path('none/c.yaml')], answering(['', '', '', '']));
    expect(code).toBe(9);
  });
});

test('kmm completion prints the script of its own table', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['show', 'check', 'init', 'completion']) expect(stdout).toContain(word);
  }
  expect((await run(['completion', 'bash', '--json'])).output.documents[0]).toMatchObject({ shell: 'bash' });
});

test('every command has help that names its options', async () => {
  for (const command of commands) {
    const { code, stdout } = await run([...command.name.split(' '), '--help']);
    expect(code).toBe(0);
    for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});
