/** How much garbage a delta makes. What does not allocate is not collected, and what is not collected does not pause. */
import { scaled, type Bench } from './bench.js';
import type { AllocResult } from './alloc-child.js';
import { askChild } from './child.js';
import { atMost } from './report.js';

/** The young generation, so that a whole chunk fits: megabytes. */
const SEMI_SPACE = 128;
const FLAGS = ['--expose-gc', `--max-semi-space-size=${SEMI_SPACE}`, `--min-semi-space-size=${SEMI_SPACE}`];

export const allocBench: Bench = {
  name: 'alloc',
  what: 'bytes allocated per delta, and growth of the heap',
  run: async (options) => {
    const found = await askChild<AllocResult>('alloc-child', { flags: FLAGS, args: [String(scaled(1_000_000, options))] });
    options.tick();
    return {
      name: 'alloc',
      what: allocBench.what,
      rows: [
        { label: 'ours, deltas that move no best price', unit: 'bytes', best: found.quiet },
        { label: 'ours, the usual flow with its decisions and orders', unit: 'bytes', best: found.usual },
        { label: 'JSON.parse + Map book', unit: 'bytes', best: found.json },
      ],
      verdicts: [
        { what: 'bytes per delta that moves no best price', value: found.quiet, unit: 'bytes', goal: atMost(16) },
        { what: 'bytes per delta of the usual flow', value: found.usual, unit: 'bytes', goal: null },
        { what: `heap growth over ${found.deltas} deltas`, value: found.growth / 1024 / 1024, unit: 'MB', goal: atMost(2) },
      ],
      notes: ['in a process of its own with --expose-gc; --full plays ten times as many deltas'],
    };
  },
};
