/** A whole bot whose stream is tampered with, frame by frame. */
import { expect, test } from 'vitest';
import { share, TEST_TIMEOUT } from './campaign.js';
import { recordedFrames } from './frames.js';
import { playScenes } from './scenes.js';

test(
  'a tampered stream: nothing is believed that was not said, no order leaves on it, and the bot heals',
  async () => {
    const { tally, orders } = await playScenes(share(0.04), recordedFrames());
    for (const word of ['accepted', 'malformed', 'gaps', 'old', 'stray', 'foreign', 'unknownTypes'])
      expect(tally.get(word)).toBeGreaterThan(0);
    // The bot did quote in between.
    expect(orders).toBeGreaterThan(share(0.04) / 200);
  },
  TEST_TIMEOUT,
);
