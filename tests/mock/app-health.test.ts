/** What a container is asked for its health: a bot that runs is healthy, one that has ended, died or stands still is not. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostExchange, Program, runFolder, temporary, until } from './app-world.js';

const health = (out: string, ...more: readonly string[]): { readonly code: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['packaging/healthcheck.mjs', out, ...more], { encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}`.trim() };
};

test('a container knows whether its bot lives', { timeout: 120_000 }, async () => {
  const world = await hostExchange({ seed: 'e2e-health' });
  const out = temporary();
  expect(health(out)).toEqual({ code: 1, said: `unhealthy: no account has traded from ${out}` });
  const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', out]);
  await until('orders rest', async () => (await world.orders('resting')).length > 0);
  expect(health(out)).toEqual({ code: 0, said: 'healthy' });

  // A process that stands still: alive, and writes nothing.
  bot.kill('SIGSTOP');
  const run = runFolder(out);
  for (const name of readdirSync(run)) utimesSync(join(run, name), 1, 1);
  expect(health(out)).toMatchObject({ code: 1, said: expect.stringMatching(/nothing was written for \d+ s/) });
  bot.kill('SIGCONT');
  await until('it writes again', () => health(out).code === 0);

  bot.kill('SIGKILL');
  await bot.exited;
  expect(health(out)).toMatchObject({ code: 1, said: expect.stringContaining('is gone') });
  const [account = ''] = readdirSync(join(out, 'state'));
  const lease = join(out, 'state', account, 'lease.json');
  for (const text of ['', '{"pid":"1"}', '{"pid":0}', '[]']) {
    writeFileSync(lease, text);
    expect(health(out)).toEqual({ code: 1, said: 'unhealthy: nobody holds the lease' });
  }
  expect(readFileSync(lease, 'utf8')).toBe('[]');
});
