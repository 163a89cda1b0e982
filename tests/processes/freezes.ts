/** SIGSTOP for a while, as when a machine is moved: on wake nothing is placed on what was known before. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { quotesAgain, READY } from './arena.js';
import { endCleanly } from './crashes.js';
import { recordsOf, type RunRecords } from './run-records.js';
import { scenario, type Scenario } from './scenario.js';
import { FULL, pairs } from './sizes.js';

const PAIRS = pairs(1, 3);
/** Seconds of sleep, dealt out to the pairs in turn. */
const SLEEPS_S = FULL ? [30, 22, 16, 0.4, 12, 8, 1.2, 5, 3, 2] : [2.5];
/** Longer than the data of the arena's bots may be old, with room for a slow machine. */
const NOTICED_MS = 1500;

export const FREEZE_SCENARIOS: readonly Scenario[] = PAIRS.map((pair) =>
  scenario(`a bot that is stopped and continued reads the account before it goes on (${pair})`, async ({ arena, judge, chance }) => {
    const bot = arena.start();
    await bot.said(READY);
    const sleeps = SLEEPS_S.filter((_, i) => i % PAIRS.length === pair);
    for (const sleep of sleeps) {
      await pause(500 + chance.next() * 1000);
      bot.kill('SIGSTOP');
      await pause(sleep * 1000);
      bot.kill('SIGCONT');
      await quotesAgain(arena, bot, `${sleep} s of sleep`);
    }
    const summary = await endCleanly(bot);
    assert.deepEqual(await judge.verdict(summary), []);
    assert.deepEqual(judge.deadFills, []);
    const { noticed, hasty } = wakes(recordsOf(String(summary['folder'])));
    assert.deepEqual(hasty, []);
    assert.ok(noticed >= sleeps.filter((sleep) => sleep * 1000 > NOTICED_MS).length);
  }),
);

/** Long holes in the time of the facts, and orders that left after one before the account was read anew. */
const wakes = ({ steps }: RunRecords): { readonly noticed: number; readonly hasty: readonly string[] } => {
  const hasty: string[] = [];
  let noticed = 0;
  let recovering = false;
  for (const [i, { event, actions }] of steps.entries()) {
    const gapMs = (event.at - (steps[i - 1]?.event.at ?? event.at)) / 1000;
    if (gapMs > NOTICED_MS) {
      noticed++;
      recovering = true;
    }
    for (const action of actions) {
      if (action.type === 'say' && action.code === 'READY') recovering = false;
      if (recovering && action.type === 'send' && action.call.commands.some(({ type }) => type !== 'cancel'))
        hasty.push(`step ${i} (${event.type}) sends ${JSON.stringify(action.call.commands)}`);
    }
  }
  return { noticed, hasty };
};
