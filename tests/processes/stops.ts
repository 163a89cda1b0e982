/** Ends that a person or a service manager asks for, with the exchange in reach and out of it; and who may not begin. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { quoting, READY } from './arena.js';
import { cleanRun, endCleanly } from './crashes.js';
import { inFullRun, scenario, type Scenario } from './scenario.js';

/** Two requests this close together are one, as when a terminal signals the whole group. */
const ANOTHER_REQUEST_MS = 600;

/** Starts that are stopped before they are done. */
const STARTS = 12;

const codes = (folder: string): string[] =>
  readFileSync(join(folder, 'ops.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { code: string }).code);

export const STOP_SCENARIOS: readonly Scenario[] = [
  scenario('SIGTERM with orders open ends with 0 and nothing rests; ops.log has said READY', async ({ arena, judge }) => {
    const summary = await endCleanly(await quoting(arena));
    assert.ok(Number(summary['orders_cancelled']) > 0);
    assert.deepEqual(await judge.verdict(summary), []);
    assert.deepEqual(judge.deadFills, []);
    assert.deepEqual(
      codes(String(summary['folder'])).filter((code) => code === 'READY'),
      ['READY'],
    );
  }),

  ...inFullRun(
    scenario(
      'a second bot on the account is refused with 10, also where several start at once over the lease of a dead one',
      async ({ arena, judge }) => {
        const first = await quoting(arena);
        const placed = (await arena.orders()).length;
        const second = arena.start();
        assert.equal((await second.exited).code, 10);
        assert.ok(second.stderr.includes(`process ${first.pid}`), second.stderr);
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
        assert.deepEqual(fates.map(String).toSorted(), ['10', '10', 'trades']);
        assert.deepEqual(await judge.verdict(await endCleanly(bots[fates.indexOf('trades')] ?? first)), []);
      },
    ),
  ),

  ...inFullRun(
    scenario(
      'SIGTERM at any moment of a start ends it with 0, or before it has begun, and nothing rests',
      async ({ arena, judge, chance }) => {
        for (let i = 0; i < STARTS; i++) {
          const bot = arena.start();
          await pause(50 + chance.next() * 1500);
          bot.kill('SIGTERM');
          const { code, signal } = await bot.exited;
          // Until its own code runs, the signal ends the process as any other.
          assert.ok(code === 0 || signal === 'SIGTERM', `ended with ${code ?? signal}:\n${bot.stderr}`);
          assert.deepEqual(await arena.orders('resting'), []);
        }
        assert.deepEqual(await judge.verdict(await cleanRun(arena, 200)), []);
      },
    ),
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
    assert.deepEqual(await bot.exited, { code: 12, signal: null });
    assert.ok(bot.stderr.includes('look at the exchange'), bot.stderr);
    assert.ok((await arena.orders('resting')).length > 0);
    assert.deepEqual(await judge.verdict(await cleanRun(arena, 200)), []);
  }),

  scenario('a second SIGTERM while the first one waits for the exchange ends at once, with 12', async ({ arena, judge, seed }) => {
    const links = await arena.links(seed);
    const bot = await quoting(arena, links);
    for (const proxy of [links.rest, links.ws]) proxy.halfOpen();
    judge.noteCutOff();
    // On a busy machine a signal is heard late: the next one may come too soon after it to be another.
    while (bot.ended === null) {
      bot.kill('SIGTERM');
      await pause(ANOTHER_REQUEST_MS);
    }
    assert.deepEqual(await bot.exited, { code: 12, signal: null });
    assert.ok(bot.stderr.includes('second SIGTERM: leaving at once'), bot.stderr);
    assert.deepEqual(await judge.verdict(await cleanRun(arena, 200)), []);
  }),
];
