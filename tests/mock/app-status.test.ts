/** `kmm status` beside a bot in a process of its own. */
import { expect, test } from 'vitest';
import { hostExchange, kmm, Program, temporary, until, type Body } from './app-world.js';

const first = (document: Body): Body => (document['accounts'] as Body[])[0] ?? {};

test('a bot that trades is healthy, one that is stopped by SIGSTOP hangs, and one that was killed has died', async () => {
  const world = await hostExchange({ seed: 'e2e-status' });
  const out = temporary();
  const bot = new Program(['start', '--env', 'custom', '--connect', world.connect, '--out', out]);
  const status = async (): Promise<Body> => (await kmm(['status', '--out', out, '--json'])).document;
  await until('it is healthy and quotes', async () => {
    const picture = first(await status())['status'] as Body | null;
    return picture?.['standing'] === 'trading';
  });
  expect((await kmm(['status', '--out', out, '--healthy'])).code).toBe(0);
  const told = first(await status());
  expect(told).toMatchObject({ life: 'running', healthy: true, process: bot.pid, latch: null });
  expect(told['status']).toMatchObject({ env: 'custom', pid: bot.pid, halt: null, orders: { unknown: 0 } });
  const markets = (told['status'] as Body)['markets'] as Body[];
  expect(markets.map((market) => String(market['ticker'])).toSorted()).toEqual(
    world.running.exchange
      .markets()
      .map((market) => market.ticker)
      .toSorted(),
  );

  bot.kill('SIGSTOP');
  await until('it is called hung', async () => first(await status())['life'] === 'hung');
  expect((await kmm(['status', '--out', out, '--healthy'])).code).toBe(1);
  bot.kill('SIGCONT');
  await until('it is well again', async () => first(await status())['healthy'] === true);

  bot.kill('SIGKILL');
  await bot.exited;
  expect(first(await status())).toMatchObject({ life: 'died', healthy: false });
});
