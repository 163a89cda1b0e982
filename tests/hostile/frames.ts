/** Frames to mutate: of the simulated exchange always, of the real one where its recordings are at hand. */
import { frameOfCents, frameOfFlat } from '../support/recorded-wire.js';
import { readLines, recordingsDir } from '../support/recordings.js';
import { BotWorld } from './bot-world.js';

const TICKS = 60;

/** What the simulated exchange tells a bot that quotes: every type of message, the private ones included. */
export const simulatedFrames = async (): Promise<Buffer[]> => {
  const world = new BotWorld('corpus');
  const frames: Buffer[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    world.tick();
    for (let frame = world.nextFrame(); frame !== null; frame = world.nextFrame()) {
      frames.push(frame);
      world.deliver(frame);
    }
    await world.rest();
  }
  return frames;
};

const RAW = ['ws-demo-5mkt-20260701.jsonl.gz', 'ws-demo-quiet-orderbook-20260611.jsonl', 'ws-demo-perp-private-20260612.jsonl'];
const FLAT = ['a-open', 'b-burst', 'c-close'].map((part) => `ws-prod-kxbtc15m-20260419-${part}.jsonl`);

/** Frames of the real exchange; none, said aloud, where there are no recordings. */
export const recordedFrames = (): Buffer[] => {
  if (recordingsDir() === null) return [];
  const frames = [
    ...RAW.flatMap(readLines),
    ...FLAT.flatMap(readLines).flatMap((line) => frameOfFlat(line) ?? []),
    ...readLines('ws-prod-kxbtc-hourly-20260418.jsonl.gz').map((line) => (JSON.parse(line) as { raw: string }).raw),
    ...readLines('ws-prod-cents-deltas-20250814.jsonl').map(frameOfCents),
  ];
  return frames.map((frame) => Buffer.from(frame));
};

export const tickersIn = (frames: readonly Buffer[]): string[] => [
  ...new Set(frames.flatMap((frame) => /"market_ticker":"([A-Za-z0-9.-]{1,80})"/.exec(frame.toString('latin1'))?.[1] ?? [])),
];
