/** What a row of the tape costs the trading thread, and whether rows are lost at a hundred thousand a second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Decision } from '../src/domain/actions.js';
import { marketIndex, ticker } from '../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../src/domain/units.js';
import { openLogger, type Logger } from '../src/logger/logger.js';
import { scaled, type Bench, type BenchOptions } from './bench.js';
import { bestOf, timed } from './measure.js';
import { atMost, ratio } from './report.js';

export const DECISION: Decision = {
  type: 'decision',
  market: marketIndex(0),
  at: epochUs(1_795_262_400_000_000),
  bestBid: price(4800),
  bestAsk: price(5200),
  mid: 5000,
  fair: 5000.5,
  reservation: 4998.25,
  bid: price(4700),
  bidSize: quantity(1000),
  ask: price(5200),
  askSize: quantity(1000),
  noBid: null,
  noAsk: null,
  inventory: quantity(500),
  unrealized: cash(12_500),
  realized: cash(-3500),
  fees: cash(700),
  cause: 'quote',
};

/** Less than the ring holds, so that no row is dropped while it is timed. */
const BLOCK = 20_000;
const RATE = 100_000;

export const tapeBench: Bench = {
  name: 'tape',
  what: 'main-thread cost of one row of the tape, and drops under load',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    const logger = await openLogger({ dir: folder, now: () => epochUs(0) });
    logger.market(0, ticker('KXBENCH-26NOV21H0000-T0'));
    const sink = new Worker(SINK, { eval: true });
    try {
      const best = await bestOf(
        [
          { label: RING, run: () => ringRound(logger, options) },
          { label: POST, run: () => postRound(sink, options) },
        ],
        options.rounds,
        options.tick,
      );
      const dropsBefore = logger.counters.droppedRows;
      const rows = await pace(logger, scaled(2, options, 0.2));
      const drops = logger.counters.droppedRows - dropsBefore;
      const [ring, post] = [best.get(RING) as number, best.get(POST) as number];
      return {
        name: 'tape',
        what: tapeBench.what,
        rows: [
          { label: RING, unit: 'ns', best: ring },
          { label: POST, unit: 'ns', best: post },
        ],
        verdicts: [
          ratio('ring / postMessage', ring / post, atMost(0.1)),
          { what: `rows dropped of ${rows} at ${RATE} a second`, value: drops, unit: 'rows', goal: atMost(0) },
        ],
        notes: [`tape written from: ${logger.writesFrom}`],
      };
    } finally {
      await logger.close();
      await sink.terminate();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const RING = 'a row into the ring (logger.tape)';
const POST = 'postMessage of the same row';
const SINK = `const { parentPort } = require('node:worker_threads'); let n = 0;
parentPort.on('message', (m) => { n++; if (m === 'done') parentPort.postMessage(n); });`;

const ringRound = async (logger: Logger, options: BenchOptions): Promise<number> => {
  const rows = Math.min(BLOCK, scaled(BLOCK, options));
  const ns = timed(() => {
    for (let i = 0; i < rows; i++) logger.tape(DECISION, 1000 + i);
  });
  while (logger.counters.waitingRows > 0) await sleep(5);
  return ns / rows;
};

const postRound = async (sink: Worker, options: BenchOptions): Promise<number> => {
  const rows = Math.min(BLOCK, scaled(BLOCK, options));
  const drained = new Promise((resolve) => sink.once('message', resolve));
  const ns = timed(() => {
    for (let i = 0; i < rows; i++) sink.postMessage(DECISION, []);
  });
  sink.postMessage('done', []);
  await drained;
  return ns / rows;
};

/** Offers rows at a steady rate; a late turn of the event loop is made up for at once, as a burst of decisions would be. @returns rows offered */
const pace = async (logger: Logger, seconds: number): Promise<number> => {
  const from = performance.now();
  const total = Math.round(RATE * seconds);
  let offered = 0;
  while (offered < total) {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1000) * RATE));
    for (; offered < due; offered++) logger.tape(DECISION, offered);
    await sleep(1);
  }
  while (logger.counters.waitingRows > 0) await sleep(5);
  return offered;
};
