/** Counts what is allocated, in a process started with --expose-gc and a young generation so large that nothing is collected in between. */
import { getHeapStatistics } from 'node:v8';
import { Flow } from './flow.js';
import { JsonBot } from './json-bot.js';
import { makeMarkets } from './markets.js';
import { Pipeline } from './pipeline.js';

export interface AllocResult {
  /** Bytes per delta of three flows. */
  readonly quiet: number;
  readonly usual: number;
  readonly json: number;
  /** Deltas counted for `quiet`, and growth of the heap after all of them. */
  readonly deltas: number;
  readonly growth: number;
}

const MARKETS = 50;
const FRAMES = 20_000;
/** Deltas between two looks at the heap. */
const CHUNK = 2000;

const collect = (): void => {
  (globalThis as { readonly gc?: () => void }).gc?.();
};
const used = (): number => getHeapStatistics().used_heap_size;

/** What a look at the heap itself allocates. */
const lookCost = (): number => {
  const from = used();
  for (let i = 0; i < 100; i++) used();
  return (used() - from) / 101;
};

/** Plays the flow over and over; a chunk in which a collection ran, and so shrank the heap, is not counted. */
const bytesPerDelta = (flow: Flow, work: (i: number) => void, deltas: number): number => {
  let bytes = 0;
  let counted = 0;
  let cost = 0;
  for (let done = 0; done < deltas; done += flow.length) {
    collect();
    cost = lookCost();
    for (let from = 0; from < flow.length; from += CHUNK) {
      const before = used();
      for (let i = from; i < Math.min(from + CHUNK, flow.length); i++) work(i);
      const grown = used() - before - cost;
      if (grown < 0 && grown < -cost * 2) continue;
      bytes += Math.max(0, grown);
      counted += CHUNK;
    }
    flow.rewind();
  }
  return bytes / Math.max(1, counted);
};

const quietRun = (deltas: number): { readonly quiet: number; readonly growth: number } => {
  const flow = new Flow({ markets: makeMarkets(MARKETS), frames: FRAMES, topShare: 0 });
  // Interval rows belong to time, not to deltas: they are turned off here and part of the usual flow.
  const pipeline = new Pipeline({ flow, reports: 'never' });
  bytesPerDelta(flow, pipeline.frame, FRAMES * 3);
  collect();
  const before = used();
  const quiet = bytesPerDelta(flow, pipeline.frame, deltas);
  collect();
  return { quiet, growth: used() - before };
};

const usualRun = (deltas: number): number => {
  const flow = new Flow({ markets: makeMarkets(MARKETS), frames: FRAMES });
  const pipeline = new Pipeline({ flow });
  bytesPerDelta(flow, pipeline.frame, FRAMES * 3);
  return bytesPerDelta(flow, pipeline.frame, deltas);
};

const jsonRun = (): number => {
  const markets = makeMarkets(MARKETS);
  const flow = new Flow({ markets, frames: FRAMES, topShare: 0 });
  const bot = new JsonBot(markets, flow.snapshots, null);
  return bytesPerDelta(flow, (i) => bot.frame(flow.frames[i] as Buffer, flow.at(i)), FRAMES * 5);
};

const deltas = Math.max(FRAMES, Math.round(Number(process.argv[2])));
const { quiet, growth } = quietRun(deltas);
process.send?.({ quiet, growth, deltas, usual: usualRun(Math.min(deltas, 10 * FRAMES)), json: jsonRun() } satisfies AllocResult);
