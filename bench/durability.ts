/** What an order waits for: its record with the kernel, or on the platter too, under orders that arrive at a fixed rate whatever the disk does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GroupCommit, type Durability } from '../src/logger/durability.js';
import { DiskJournal } from '../src/logger/journal-files.js';
import { Journal } from '../src/logger/journal.js';
import { scaled, type Bench } from './bench.js';
import { ACTIONS, BENCH_HEADER, DELTA } from './journal.js';
import { percentiles } from './measure.js';
import { ratio, type Row } from './report.js';

/** More than any tier's write budget lets through. */
const ORDERS_PER_SECOND = 500;
const LIMITS = { segmentBytes: 64 << 20, bufferBytes: 64 << 20 };

interface Waits {
  readonly label: string;
  readonly ns: Float64Array;
  /** Syncs that the disk was asked for. */
  readonly rounds: number;
  /** Longest that one order held the loop up. */
  readonly blockedNs: number;
}

/** Orders at their moments; each is recorded and flushed at once, and counts as gone when nothing more must be waited for. */
const trade = async (folder: string, durability: Durability, orders: number): Promise<Waits> => {
  const journal = new Journal(new DiskJournal(folder, durability), BENCH_HEADER, { ...LIMITS, durability });
  const commit = durability === 'power' ? new GroupCommit(journal) : null;
  const ns = new Float64Array(orders);
  const waiting: { readonly index: number; readonly mark: number; readonly due: number }[] = [];
  const seen = { gone: 0 };
  let blockedNs = 0;
  const release = (): void => {
    const now = process.hrtime.bigint();
    const safe = commit?.proven ?? journal.written;
    while ((waiting[0]?.mark ?? Infinity) <= safe) {
      const { index, due } = waiting.shift() as (typeof waiting)[number];
      ns[index] = Number(now) - due;
      seen.gone++;
    }
  };
  commit?.onRound(release);
  const begin = Number(process.hrtime.bigint());
  for (let index = 0; index < orders; index++) {
    const due = begin + (index * 1e9) / ORDERS_PER_SECOND;
    const early = (due - Number(process.hrtime.bigint())) / 1e6;
    if (early > 0) await pause(early);
    const from = Number(process.hrtime.bigint());
    journal.event(DELTA);
    journal.actions(ACTIONS);
    journal.flush();
    // From when it was due or could be begun: the timer's own lateness is not the disk's.
    waiting.push({ index, mark: journal.written, due: from });
    if (commit === null) release();
    else commit.request();
    blockedNs = Math.max(blockedNs, Number(process.hrtime.bigint()) - from);
  }
  while (seen.gone < orders) await pause(1);
  journal.close();
  return { label: durability, ns: ns.sort(), rounds: commit?.rounds ?? 0, blockedNs };
};

const rowsOf = ({ label, ns, blockedNs }: Waits): Row[] => {
  const { p50, p99, p999 } = percentiles(ns);
  return [
    { label: `${label}: an order waits`, best: p50, p50, p99, p999, unit: 'ns' },
    { label: `${label}: longest that one order held the loop up`, best: blockedNs, unit: 'ns' },
  ];
};

export const durabilityBench: Bench = {
  name: 'durability',
  what: 'what an order waits for under kernel and under power durability, at 500 orders a second',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    try {
      const orders = scaled(1000, options, 50);
      const kernel = await trade(join(folder, 'kernel'), 'kernel', orders);
      options.tick();
      const power = await trade(join(folder, 'power'), 'power', orders);
      return {
        name: 'durability',
        what: durabilityBench.what,
        rows: [...rowsOf(kernel), ...rowsOf(power)],
        verdicts: [ratio('orders per sync of the disk', orders / power.rounds)],
        notes: ['the disk is that of the temporary folder: where that is memory, power costs nothing here and something on a disk'],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
