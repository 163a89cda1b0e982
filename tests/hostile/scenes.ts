/** Plays scene after scene until enough frames were tampered with. A failing scene is made smaller: fewer tamperings, as long as it still fails. */
import { HeapWatch, SEED, stallOf, textOfError, type Tally } from './campaign.js';
import { shrinkList } from './shrink.js';
import { play, type Replay, type Scene } from './stream-scene.js';

const FRAMES_PER_SCENE = 300;
const HEAP_EVERY = 10;
const SHOWN_MAX = 400;

export interface ScenesResult {
  readonly tally: Tally;
  /** Placements and amends that left, all of them allowed. */
  readonly orders: number;
}

/** @throws Error with seed, scene and the fewest tamperings that still fail */
export const playScenes = async (frames: number, corpus: readonly Buffer[]): Promise<ScenesResult> => {
  const tally = new Map<string, number>();
  const heap = new HeapWatch();
  let orders = 0;
  for (let number = 0, left = frames; left > 0; number++) {
    const scene: Scene = { seed: SEED, number, frames: Math.min(left, FRAMES_PER_SCENE), corpus };
    const slow = new Set<number>();
    const result = await play(scene, { took: (frame, ms) => void (stallOf(ms) && slow.add(frame)) }).catch(async (error: unknown) => {
      throw await failure(scene, error);
    });
    for (const frame of slow) await proveNoStall(scene, frame);
    for (const word of result.words) tally.set(word, (tally.get(word) ?? 0) + 1);
    orders += result.orders;
    left -= result.words.length;
    if (number % HEAP_EVERY === 0) heap.sample();
  }
  heap.judge();
  return { tally, orders };
};

const STALL_TRIES = 5;

/** A busy machine is slow now and then; a frame that is slow in every replay is a stall. */
const proveNoStall = async (scene: Scene, frame: number): Promise<void> => {
  let least = Infinity;
  for (let i = 0; i < STALL_TRIES; i++)
    await play(scene, { took: (number, ms) => void (number === frame && (least = Math.min(least, ms))) });
  if (stallOf(least)) throw await failure(scene, new Error(`frame ${frame}: a stall of ${least.toFixed(0)} ms at least`));
};

const fails = async (scene: Scene, replay: Replay): Promise<unknown> => {
  try {
    await play(scene, replay);
    return null;
  } catch (error) {
    return error;
  }
};

const failure = async (scene: Scene, cause: unknown): Promise<Error> => {
  const all = Array.from({ length: scene.frames }, (_, i) => i);
  const kept = await shrinkList(all, async (some) => (await fails(scene, { only: new Set(some) })) !== null);
  const shown: string[] = [];
  const error = await fails(scene, {
    only: new Set(kept),
    injecting: (number, bytes) => shown.push(`  frame ${number}: ${JSON.stringify(bytes.toString('latin1').slice(0, SHOWN_MAX))}`),
  });
  return new Error(
    `stream, seed ${scene.seed}, scene ${scene.number}: ${textOfError(error ?? cause)}\n` +
      `${kept.length} of ${scene.frames} tamperings are enough:\n${shown.join('\n')}`,
    { cause },
  );
};
