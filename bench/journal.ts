/** What it costs that every fact is recorded, that an order leaves only after its record is with the kernel, and what a record on the platter would cost. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineAction } from '../src/domain/actions.js';
import type { BookDelta } from '../src/domain/events.js';
import { clientOrderId, marketIndex } from '../src/domain/ids.js';
import { epochUs, price, quantity } from '../src/domain/units.js';
import { ByteWriter } from '../src/logger/bytes.js';
import { writeActions } from '../src/logger/journal-codec.js';
import { DiskJournal } from '../src/logger/journal-files.js';
import type { JournalHeader } from '../src/logger/journal-segment.js';
import { Journal } from '../src/logger/journal.js';
import { scaled, type Bench } from './bench.js';
import { interleave, rowOf, type Timing, type Variant } from './measure.js';
import { ratio } from './report.js';
import { DECISION } from './tape.js';

export const BENCH_HEADER: JournalHeader = {
  build: 'bench',
  run: 'bench',
  created: epochUs(1_795_262_400_000_000),
  environment: 'sim',
  seed: null,
  settings: {},
};

export const DELTA: BookDelta = {
  type: 'book-delta',
  at: epochUs(1_795_262_400_020_000),
  market: marketIndex(7),
  side: 'bid',
  price: price(4800),
  change: quantity(1234),
  exchangeAt: epochUs(1_795_262_400_000_000),
};

/** What a usual quote leads to: one order and its decision. */
export const ACTIONS = [
  {
    type: 'send',
    call: {
      mode: 'single',
      commands: [
        {
          type: 'place',
          clientId: clientOrderId('kmm-bench-1'),
          market: marketIndex(7),
          side: 'bid',
          price: price(4800),
          quantity: quantity(1000),
          timeInForce: 'good-till-cancelled',
          postOnly: true,
          reduceOnly: false,
          cancelOnPause: true,
          selfTrade: 'taker-at-cross',
          expiresAt: null,
          group: null,
        },
      ],
    },
  },
  DECISION,
] as unknown as readonly EngineAction[];

export const journalBench: Bench = {
  name: 'journal',
  what: 'the record of every fact, and its hand-over to the kernel before an order leaves',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    let made = 0;
    const open = (): Journal => new Journal(new DiskJournal(join(folder, String(made++))), BENCH_HEADER);
    const variants: Variant[] = [
      { label: 'a delta journalled', items: scaled(50_000, options), prepare: () => recording(open(), (journal) => journal.event(DELTA)) },
      {
        label: 'an order and its decision journalled',
        items: scaled(10_000, options),
        prepare: () => {
          const out = new ByteWriter(1 << 20, 1 << 28);
          return () => {
            if (out.length > 1 << 19) out.clear();
            writeActions(out, ACTIONS);
          };
        },
      },
      {
        label: 'delta, order and decision journalled and flushed',
        items: scaled(2000, options),
        prepare: () =>
          recording(open(), (journal) => {
            journal.event(DELTA);
            journal.actions(ACTIONS);
            journal.flush();
          }),
      },
      {
        label: 'one write of 600 bytes to a file',
        items: scaled(2000, options),
        prepare: () => writing(join(folder, `w${made++}`), 'kernel'),
      },
      {
        label: 'the same write, on the platter (fdatasync)',
        items: scaled(50, options, 5),
        prepare: () => writing(join(folder, `s${made++}`), 'disk'),
      },
      { label: 'JSON.stringify of the same delta', items: scaled(50_000, options), prepare: () => () => void JSON.stringify(DELTA) },
    ];
    try {
      const timings = interleave(variants, options.rounds, options.tick);
      const [delta, , flushed, write, disk, json] = timings as [Timing, Timing, Timing, Timing, Timing, Timing];
      return {
        name: 'journal',
        what: journalBench.what,
        rows: timings.map((timing) => rowOf(timing)),
        verdicts: [
          ratio('a delta journalled / JSON.stringify of it', delta.best / json.best),
          ratio('record and flush / the bare write', flushed.best / write.best),
          ratio('on the platter / with the kernel', disk.best / write.best),
        ],
        notes: ['orders wait for the kernel only: that survives the death of the process, not of the machine'],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Flushed outside of what is told of, except where the work flushes itself: a full buffer is emptied at every ten thousandth record. */
const recording = (journal: Journal, work: (journal: Journal) => void): ((i: number) => void) => {
  return (i) => {
    if (i % 10_000 === 9999) journal.flush();
    work(journal);
  };
};

const writing = (path: string, until: 'kernel' | 'disk'): ((i: number) => void) => {
  const bytes = Buffer.alloc(600, 1);
  const file = openSync(path, 'a');
  setImmediate(() => closeSync(file));
  return () => {
    writeSync(file, bytes);
    if (until === 'disk') fdatasyncSync(file);
  };
};
