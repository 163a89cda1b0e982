/**
 * Whole bot against whole exchange, faults drawn from seeds, invariants held at every event (see `judge.ts` and `verdict.ts`).
 * A seed that fails: KMM_SEED=123 npx vitest run tests/simulation prints its trace.
 */
import { describe, expect, test } from 'vitest';
import { CORPUS } from './corpus.js';
import { FAULT_KINDS, type FaultKind } from './faults.js';
import { runSeed, type Outcome } from './verdict.js';

const WANTED = process.env['KMM_SEED'];
/** `KMM_SEEDS=2000:500` runs 500 seeds from 2000 on. */
const [FIRST = 21, COUNT = 40] = (process.env['KMM_SEEDS'] ?? '21:40').split(':').map(Number);
const TWICE_EVERY = 10;
const struck = new Map<FaultKind, number>();

const hold = (seed: number): Outcome => {
  const outcome = runSeed(seed);
  for (const [kind, count] of outcome.world.misfortune.struck) struck.set(kind, (struck.get(kind) ?? 0) + count);
  const { error, world } = outcome;
  if (error !== null) {
    const kinds = [...world.plan.kinds].join(', ');
    error.message = `seed ${seed} after ${outcome.virtualSeconds.toFixed(1)} virtual seconds: ${error.message}\nfaults: ${kinds}\nreplay with: KMM_SEED=${seed} npx vitest run tests/simulation`;
    throw error;
  }
  return outcome;
};

describe.runIf(WANTED !== undefined)('one seed', () => {
  test(`seed ${WANTED}`, { timeout: 120_000 }, () => {
    const { error } = runSeed(Number(WANTED), (line) => void process.stdout.write(`${line}\n`));
    expect(error).toBeNull();
  });
});

describe.runIf(WANTED === undefined)('whatever goes wrong', () => {
  test.each(CORPUS)('seed %i, which once showed: %s', (seed) => {
    expect(hold(seed).fills).toBeGreaterThan(0);
  });

  test.each(Array.from({ length: COUNT }, (_, i) => FIRST + i))('seed %i ends well', (seed) => {
    const outcome = hold(seed);
    expect(outcome.virtualSeconds).toBeGreaterThan(outcome.world.plan.seconds);
    // The same seed is the same world, to the last action.
    if (seed % TWICE_EVERY === 0) expect(hold(seed).world.hash).toBe(outcome.world.hash);
  });

  test('every kind of fault has struck', () => {
    expect(FAULT_KINDS.filter((kind) => !struck.has(kind))).toEqual([]);
  });
});
