/** Ends that a person or a service manager asks for, with the exchange in reach and out of it; and who may not begin. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { quoting } from './arena.js';
import type { Child } from './children.js';
import { cleanRun, endCleanly } from './crashes.js';
import { READY } from './arena.js';
import { scenario, type Scenario } from './scenario.js';

/** Two requests this close together are one, as when a terminal signals the whole group. */
const ANOTHER_REQUEST_MS = 600;

const codes = (folder: string): string[] =>
  readFileSync(join(folder, 'ops.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { code: string }).code);

export const STOP_SCENARIOS: readonly Scenario[] = [
  scenario('SIGTERM with orders open ends with 0 and nothing rests; ops.log has said READY', async ({ arena, judge }) => {
    const summary = await endCleanly(await quoting(arena));
    expect(Number(summary['orders_cancelled'])).toBeGreaterThan(0);
    expect(await judge.verdict(summary)).toEqual([]);
    expect(judge.deadFills).toEqual([]);
    expect(codes(String(summary['folder'])).filter((code) => code === 'READY')).toEqual(['READY']);
  }),

  scenario(
    'a second bot on the account is refused with 10, also where several start at once over the lease of a dead one',
    async ({ arena, judge }) => {
      const first = await quoting(arena);
      const placed = (await arena.orders()).length;
      const second = arena.start();
      expect((await second.exited).code).toBe(10);
      expect(second.stderr).toContain(`process ${first.pid}`);
      // The first one trades on.
      while ((await arena.orders()).length === placed) await pause(20);
      first.kill('SIGKILL');
      await first.exited;
      judge.noteCutOff();
      const bots = [arena.start(), arena.start(), arena.start()];
      const fates = await Promise.all(
        bots.map(async (bot) => {
          const end = bot.exited.then(({ code }) => code);
          return Promise.race([
            bot.said(READY).then(
              () => 'trades',
              () => end,
            ),
            end,
          ]);
        }),
      );
      expect(fates.map(String).toSorted()).toEqual(['10', '10', 'trades']);
      expect(await judge.verdict(await endCleanly(bots[fates.indexOf('trades')] as Child))).toEqual([]);
    },
  ),

  scenario('SIGTERM while the exchange is out of reach ends with 12 and says so; the next start puts it right', async (stage) => {
    const { arena, judge, seed } = stage;
    const links = await arena.links(seed);
    const bot = await quoting(arena, links);
    for (const proxy of [links.rest, links.ws]) {
      proxy.refuse();
      proxy.resetAll();
    }
    judge.noteCutOff();
    bot.kill('SIGTERM');
    expect(await bot.exited).toEqual({ code: 12, signal: null });
    expect(bot.stderr).toContain('look at the exchange');
    expect((await arena.orders('resting')).length).toBeGreaterThan(0);
    expect(await judge.verdict(await cleanRun(arena, 200))).toEqual([]);
  }),

  scenario('a second SIGTERM while the first one waits for the exchange ends at once, with 12', async ({ arena, judge, seed }) => {
    const links = await arena.links(seed);
    const bot = await quoting(arena, links);
    for (const proxy of [links.rest, links.ws]) proxy.halfOpen();
    judge.noteCutOff();
    bot.kill('SIGTERM');
    await pause(ANOTHER_REQUEST_MS);
    expect(bot.ended).toBeNull();
    bot.kill('SIGTERM');
    expect(await bot.exited).toEqual({ code: 12, signal: null });
    expect(bot.stderr).toContain('second SIGTERM: leaving at once');
    expect(await judge.verdict(await cleanRun(arena, 200))).toEqual([]);
  }),
];
