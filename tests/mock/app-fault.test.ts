/** Our own code fails in a callback while orders rest. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostExchange, Program, temporary, until } from './app-world.js';

test('a fault of ours ends the run, and leaves nothing resting', async () => {
  const world = await hostExchange({ seed: 'e2e-fault' });
  const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', temporary()], {
    imports: join(import.meta.dirname, 'fault-on-signal.mjs'),
  });
  await until('orders rest', async () => (await world.orders('resting')).length > 2);
  bot.kill('SIGURG');
  const { code } = await bot.exited;
  expect(bot.stderr).toContain('planted fault');
  expect(code).toBe(1);
  expect(await world.orders('resting')).toEqual([]);
});
