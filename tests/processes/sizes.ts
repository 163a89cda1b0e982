/** How much is run: a little with every `npm test`, all of it with KMM_FULL=1. KMM_SEED names the seed; by default it is the same every time. */
export const FULL = process.env['KMM_FULL'] === '1';

const given = Number(process.env['KMM_SEED'] ?? '');
export const SEED = Number.isSafeInteger(given) && given > 0 ? given : 20_261_121;

/** Adds to a failure how to see it again. */
export const seeded = async (seed: number, run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`with KMM_SEED=${SEED}${FULL ? ' KMM_FULL=1' : ''} (chance ${seed}): ${words}`, { cause: error });
  }
};
