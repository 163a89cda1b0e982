/** SIGSTOP for a while, as when a machine is moved or a laptop sleeps: on wake nothing is placed on what was known before. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { SeededChance } from '../../src/domain/chance.js';
import { Arena, READY } from './arena.js';
import { killChildren } from './children.js';
import { endCleanly } from './crashes.js';
import { Judge } from './judge.js';
import { recordsOf, type RunRecords } from './run-records.js';
import { FULL, seeded, SEED } from './sizes.js';

afterAll(killChildren);

const PAIRS = FULL ? 3 : 1;
/** Seconds of sleep, dealt out to the pairs in turn. */
const SLEEPS_S = FULL ? [30, 22, 16, 0.4, 12, 8, 1.2, 5, 3, 2] : [2.5];
/** Longer than `silence_ms` of the arena's bots, with room for a slow machine. */
const NOTICED_MS = 1500;

describe.concurrent('a bot that is stopped and continued', () => {
  test.each(Array.from({ length: PAIRS }, (_, pair) => pair))(
    'pulls its quotes on wake, reads the account, and goes on (%i)',
    { timeout: 330_000 },
    (pair) =>
      seeded(SEED + pair, async () => {
        const chance = new SeededChance(SEED, `freezes ${pair}`);
        const arena = await Arena.open(`freezes-${SEED}-${pair}`);
        try {
          const judge = new Judge(arena);
          const bot = arena.start();
          await bot.said(READY);
          const sleeps = SLEEPS_S.filter((_, i) => i % PAIRS === pair);
          for (const sleep of sleeps) {
            await pause(500 + chance.next() * 1000);
            bot.kill('SIGSTOP');
            await pause(sleep * 1000);
            bot.kill('SIGCONT');
            await placedAgain(arena, bot);
          }
          const summary = await endCleanly(bot);
          expect(await judge.verdict(summary)).toEqual([]);
          expect(judge.deadFills).toEqual([]);
          const { noticed, hasty } = wakes(recordsOf(String(summary['folder'])));
          expect(hasty).toEqual([]);
          expect(noticed).toBeGreaterThanOrEqual(sleeps.filter((sleep) => sleep * 1000 > NOTICED_MS).length);
        } finally {
          await arena.close();
        }
      }),
  );
});

const placedAgain = async (arena: Arena, bot: { readonly stderr: string }): Promise<void> => {
  const since = Date.now();
  const patience = performance.now() + 40_000;
  while (!(await arena.orders('resting')).some((order) => Date.parse(String(order['created_time'])) > since)) {
    if (performance.now() > patience) throw new Error(`no new quote after waking up:\n${bot.stderr.slice(-2000)}`);
    await pause(50);
  }
};

/** Long holes in the time of the facts, and orders that left after one before the feed was noticed to be silent or lost. */
const wakes = ({ steps }: RunRecords): { readonly noticed: number; readonly hasty: readonly string[] } => {
  const hasty: string[] = [];
  let noticed = 0;
  let suspicious = false;
  for (const [i, { event, actions }] of steps.entries()) {
    const gapMs = (event.at - (steps[i - 1]?.event.at ?? event.at)) / 1000;
    if (gapMs > NOTICED_MS) {
      noticed++;
      suspicious = true;
    }
    if (event.type === 'feed-down' || event.type === 'feed-silence') suspicious = false;
    if (!suspicious) continue;
    for (const action of actions)
      if (action.type === 'send' && action.call.commands.some(({ type }) => type === 'place'))
        hasty.push(`step ${i} (${event.type}) places ${JSON.stringify(action.call.commands)}`);
  }
  return { noticed, hasty };
};
