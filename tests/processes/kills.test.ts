/** SIGKILL at any moment: the next bot finds the account as it is, ends with nothing resting, and the records of all runs add up to what the exchange says. */
import { afterAll, describe, expect, test } from 'vitest';
import { SeededChance } from '../../src/domain/chance.js';
import { Arena } from './arena.js';
import { killChildren } from './children.js';
import { cleanRun, crash, CRASHES, type Crash } from './crashes.js';
import { Judge } from './judge.js';
import { FULL, seeded, SEED } from './sizes.js';

afterAll(killChildren);

const PAIRS = FULL ? 3 : 2;
const KILLS_PER_PAIR = FULL ? 20 : 3;

describe.concurrent('a bot that is killed', () => {
  test.each(Array.from({ length: PAIRS }, (_, pair) => pair))(
    'again and again on exchange %i leaves nothing that the next one does not put right',
    { timeout: 330_000 },
    (pair) =>
      seeded(SEED + pair, async () => {
        const chance = new SeededChance(SEED, `kills ${pair}`);
        const arena = await Arena.open(`kills-${SEED}-${pair}`);
        try {
          const judge = new Judge(arena);
          for (let kills = 0, round = pair * 2; kills < KILLS_PER_PAIR; round++) {
            const how = CRASHES[round % CRASHES.length] as Crash;
            kills += await crash(arena, judge, how, chance);
            const summary = await cleanRun(arena, chance.next() * 800);
            expect(await judge.verdict(summary), `after ${kills} kills, the last ${how}`).toEqual([]);
          }
        } finally {
          await arena.close();
        }
      }),
  );
});
