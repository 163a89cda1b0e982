/** SIGKILL at any moment: the next bot finds the account as it is, ends with nothing resting, and the records of all runs add up to what the exchange says. */
import assert from 'node:assert/strict';
import { cleanRun, crash, CRASHES } from './crashes.js';
import { scenario, type Scenario } from './scenario.js';
import { FULL, pairs } from './sizes.js';

const KILLS = FULL ? 20 : 2;

export const KILL_SCENARIOS: readonly Scenario[] = pairs(3, 3).map((pair) =>
  scenario(
    `a bot that is killed at any moment leaves nothing that the next one does not put right (${pair})`,
    async ({ arena, judge, chance }) => {
      for (let kills = 0, round = pair * 2; kills < KILLS; round++) {
        const how = CRASHES[round % CRASHES.length] ?? 'while it trades';
        kills += await crash(arena, judge, how, chance);
        const summary = await cleanRun(arena, chance.next() * 800);
        assert.deepEqual(await judge.verdict(summary), [], `after ${kills} kills, the last ${how}`);
      }
    },
  ),
);
