/** A story with processes of its own, from an exchange of its own to the judge's verdict; stories are told side by side, since most of their time is waiting. */
import { SeededChance } from '../../src/domain/chance.js';
import type { Chance } from '../../src/domain/ports.js';
import { Arena } from './arena.js';
import { Judge } from './judge.js';
import { FULL, SEED } from './sizes.js';

export interface Scenario {
  readonly name: string;
  readonly assertStory: () => Promise<void>;
}

export interface Stage {
  readonly arena: Arena;
  readonly judge: Judge;
  readonly chance: Chance;
  /** Of this scenario alone. */
  readonly seed: number;
}

/** Opens an exchange for the story and closes it whatever happens; a failure says how to see it again. */
export const scenario = (name: string, story: (stage: Stage) => Promise<void>): Scenario => ({
  name,
  assertStory: async () => {
    const chance = new SeededChance(SEED, name);
    const seed = 1 + Math.floor(chance.next() * 1e9);
    const arena = await Arena.open(`${seed}`);
    try {
      await story({ arena, judge: new Judge(arena), chance, seed });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new Error(`${name} (KMM_SEED=${SEED}${FULL ? ' KMM_FULL=1' : ''}): ${words}`, { cause: error });
    } finally {
      await arena.close();
    }
  },
});

/** A story that waits for the full run: `npm test` is to be short, and tells the ones that find most in least time. */
export const inFullRun = (story: Scenario): readonly Scenario[] => (FULL ? [story] : []);
