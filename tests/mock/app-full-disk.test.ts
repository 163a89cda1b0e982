/** The disk is full in the middle of a run: nothing new leaves, what rests is cancelled at the end, and what was recorded until then can be replayed. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostExchange, kmm, Program, runFolder, temporary, until } from './app-world.js';

test('on a full disk no new order leaves, cancels do, it is said aloud, and the run ends with 9', async () => {
  const world = await hostExchange({ seed: 'e2e-disk' });
  const out = temporary();
  const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--json'], {
    imports: join(import.meta.dirname, 'full-disk.mjs'),
    env: { KMM_TEST_DISK_BYTES: '40000' },
  });
  await bot.said('The journal cannot be written');
  expect(bot.stderr).toContain('the disk is full: free some space');
  expect(bot.stderr).toContain('no new orders, cancels go on');
  // Orders that were under way may still arrive; from then on their number stands while the crowd goes on trading.
  await until('nothing of ours rests any more', async () => (await world.orders('resting')).length === 0);
  const placed = (await world.orders()).length;
  expect(placed).toBeGreaterThan(0);
  const traded = world.running.exchange.trades().length;
  await until('the others trade on', () => world.running.exchange.trades().length >= traded + 5);
  expect((await world.orders()).length).toBe(placed);

  bot.kill('SIGTERM');
  const { code } = await bot.exited;
  expect(code).toBe(9);
  const summary = JSON.parse(bot.stdout) as Record<string, unknown>;
  expect(summary).toMatchObject({ open_orders_at_exit: 0, records_complete: false });
  expect(summary['position']).toEqual(await world.positions());

  const verified = await kmm(['replay', runFolder(out), '--verify', '--json']);
  expect(verified.document).toMatchObject({ difference: null });
  expect(JSON.stringify(verified.document['notes'])).toContain('did not end in good order');
});
