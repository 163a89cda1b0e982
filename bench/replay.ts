/** How fast the records of a run are read back: the tape row by row, the journal through a fresh engine with every answer compared. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ticker } from '../src/domain/ids.js';
import { epochUs } from '../src/domain/units.js';
import { DiskJournal } from '../src/logger/journal-files.js';
import { Journal } from '../src/logger/journal.js';
import { openLogger } from '../src/logger/logger.js';
import { scaled, type Bench } from './bench.js';
import { askChild } from './child.js';
import { Flow } from './flow.js';
import { BENCH_HEADER } from './journal.js';
import { makeMarkets } from './markets.js';
import { Pipeline } from './pipeline.js';
import { benchRecipe } from './recipe.js';
import type { ReplayResult } from './replay-child.js';
import { atLeast, atMost, ratio } from './report.js';
import { DECISION } from './tape.js';

const READ = 'tape rows read and checked (readTape)';
const SPLIT = 'tape split by lines and commas, numbers unchecked';
const JOURNAL = 'journal events stepped and compared (verify)';
const KINDS = { [READ]: 'tape', [SPLIT]: 'split', [JOURNAL]: 'journal' } as const;

export const replayBench: Bench = {
  name: 'replay',
  what: 'reading tape and journal back, each in a process of its own',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    try {
      await writeTape(join(folder, 'run'), scaled(200_000, options));
      writeJournal(join(folder, 'run'), scaled(100_000, options));
      const best = new Map<string, ReplayResult>();
      for (let round = 0; round < Math.min(options.rounds, 3); round++)
        for (const [label, kind] of Object.entries(KINDS)) {
          const found = await askChild<ReplayResult>('replay-child', { args: [kind, join(folder, 'run')] });
          const before = best.get(label);
          if (before === undefined || found.ns < before.ns) best.set(label, found);
          options.tick();
        }
      const [read, split, journal] = [READ, SPLIT, JOURNAL].map((label) => best.get(label)) as [ReplayResult, ReplayResult, ReplayResult];
      return {
        name: 'replay',
        what: replayBench.what,
        rows: [...best].map(([label, { ns, items }]) => ({ label, unit: 'ns', best: ns / items })),
        verdicts: [
          { what: 'tape rows per second', value: (read.items / read.ns) * 1e9, unit: 'rows/s', goal: null },
          ratio('plain split / readTape, time', split.ns / read.ns, atLeast(1)),
          { what: `peak memory of readTape over ${read.items} rows`, value: read.rssMb, unit: 'MB', goal: atMost(100) },
          { what: 'peak memory of the plain split', value: split.rssMb, unit: 'MB', goal: null },
          { what: 'journal events per second', value: (journal.items / journal.ns) * 1e9, unit: 'events/s', goal: null },
          { what: `peak memory of verify over ${journal.items} events`, value: journal.rssMb, unit: 'MB', goal: atMost(100) },
          { what: 'journal replayed without a difference', value: journal.sound ? 1 : 0, unit: '', goal: atLeast(1) },
        ],
        notes: [
          'the goal of 15x is against csv-parse, which is not a dependency: the plain split stands in, with a goal of its own',
          'start and warm-up of the process count',
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const writeTape = async (folder: string, rows: number): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const logger = await openLogger({ dir: folder, now: () => epochUs(0), limits: { tapeBytes: 1 << 30 } });
  logger.market(0, ticker('KXBENCH-26NOV21H0000-T0'));
  for (let i = 0; i < rows; i++) {
    logger.tape({ ...DECISION, at: epochUs(DECISION.at + i * 1000) }, 900 + (i % 100));
    if (i % 20_000 === 0) while (logger.counters.waitingRows > 0) await sleep(2);
  }
  await logger.close();
};

/** A real run on the usual flow, ticks included. */
const writeJournal = (folder: string, frames: number): void => {
  const flow = new Flow({ markets: makeMarkets(50), frames });
  const journal = new Journal(new DiskJournal(folder), { ...BENCH_HEADER, settings: benchRecipe() });
  const pipeline = new Pipeline({ flow, recorder: journal });
  for (let i = 0; i < flow.length; i++) {
    pipeline.frame(i);
    if (i % 1000 === 0) pipeline.tick(pipeline.now);
  }
  journal.close();
};
