/** What the process refuses to inherit and leaves behind, seen from outside. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program, temporary, until } from './app-world.js';

test.each([
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_OPTIONS', '--tls-min-v1.0'],
])('nothing is done with %s=%s, but help is given', async (name, value) => {
  const out = join(temporary(), 'runs');
  const bot = new Program(['start', '--out', out, '--json'], { env: { [name]: value } });
  expect((await bot.exited).code).toBe(11);
  expect(JSON.parse(bot.stdout)).toMatchObject({ error: { exitCode: 11, why: expect.stringContaining(value.replace(/^0$/, name)) } });
  const help = new Program(['start', '--help'], { env: { [name]: value } });
  expect((await help.exited).code).toBe(0);
});

test('a signal opens no debugger, and what a careless umask would leave open is private', async () => {
  const folder = temporary();
  mkdirSync(join(folder, 'out'), { mode: 0o755 });
  const exchange = new Program(['exchange', '--key-type', 'ed25519', '--truth', join(folder, 'out', 'truth.jsonl')], {
    env: { TMPDIR: folder },
  });
  await until('the exchange is ready', () => exchange.stdout.includes('private_key_path'));
  exchange.kill('SIGUSR1');
  const modes = (path: string): number[] =>
    readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(path, name)).mode & 0o077);
  const keys = readdirSync(folder).filter((name) => name !== 'out');
  expect(keys).toHaveLength(1);
  expect([...modes(join(folder, 'out')), ...keys.flatMap((name) => modes(join(folder, name)))]).toEqual([0, 0]);
  exchange.kill('SIGTERM');
  expect((await exchange.exited).code).toBe(0);
  expect(exchange.stderr).not.toContain('Debugger');
});
