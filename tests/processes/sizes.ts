/** How much is run: a little with every `npm test`, all of it with KMM_FULL=1. KMM_SEED names the seed; by default it is the same every time. */
export const FULL = process.env['KMM_FULL'] === '1';

const given = Number(process.env['KMM_SEED'] ?? '');
export const SEED = Number.isSafeInteger(given) && given > 0 ? given : 20_261_121;

/** Numbers of the exchanges that a kind of story is dealt out to. */
export const pairs = (quick: number, full: number): number[] => Array.from({ length: FULL ? full : quick }, (_, i) => i);
