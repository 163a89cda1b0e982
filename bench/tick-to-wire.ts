/** From a frame leaving the exchange to the first byte of our request arriving there: the whole bot, its libraries and the kernel, on both ends of a loopback. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaled, type Bench, type BenchOptions } from './bench.js';
import { nextMessage, startChild } from './child.js';
import { percentiles } from './measure.js';
import { atLeast, atMost, ratio, type Report, type Row } from './report.js';
import { wireFiles } from './wire-keys.js';
import type { BotKind, BotSetup, VolleyResult, WireAddresses, WireSetup } from './wire-types.js';

const BOTS: readonly (readonly [BotKind, string])[] = [
  ['kmm', 'ours: feed, engine, journal, tape, venue'],
  ['floor', 'do-nothing reactor: fixed bytes on a raw socket'],
  ['usual', 'usual bot: JSON.parse, signature on demand, undici'],
];
const EVERY_MS = 10;

export const tickToWireBench: Bench = {
  name: 'tick-to-wire',
  what: 'frame out to first request byte in, stamped by a stand-in exchange in its own process',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    const children: ChildProcess[] = [];
    try {
      const files = wireFiles(folder);
      const exchange = startChild('wire-exchange', { args: [JSON.stringify({ tls: files.tls, answerMs: 0 } satisfies WireSetup)] });
      children.push(exchange);
      const addresses = await nextMessage<WireAddresses>(exchange);
      for (const [kind] of BOTS) {
        const setup: BotSetup = { ...addresses, kind, key: files.key, ca: files.tls?.cert ?? null, folder: join(folder, 'run') };
        const bot = startChild('wire-bot', { args: [JSON.stringify(setup)] });
        children.push(bot);
        await nextMessage<string>(bot);
      }
      return report(await volleys(exchange, options), files.tls !== null);
    } finally {
      for (const child of children) child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** All rounds of all bots, in turns. */
const volleys = async (exchange: ChildProcess, options: BenchOptions): Promise<Map<BotKind, VolleyResult[]>> => {
  const found = new Map<BotKind, VolleyResult[]>(BOTS.map(([kind]) => [kind, []]));
  // One round to warm up, which does not count.
  for (let round = 0; round <= options.rounds; round++)
    for (const [kind] of BOTS) {
      exchange.send({ type: 'volley', volley: { bot: kind, count: scaled(100, options, 10), everyMs: EVERY_MS } });
      const result = await nextMessage<VolleyResult>(exchange);
      if (round > 0) found.get(kind)?.push(result);
      options.tick();
    }
  return found;
};

const rowFor = (label: string, rounds: readonly (readonly number[])[]): Row => {
  const medians = rounds.map((samples) => percentiles(Float64Array.from(samples)).p50).filter((median) => !Number.isNaN(median));
  return { label, unit: 'us', best: medians.length === 0 ? NaN : Math.min(...medians), ...percentiles(Float64Array.from(rounds.flat())) };
};

const report = (found: ReadonlyMap<BotKind, readonly VolleyResult[]>, encrypted: boolean): Report => {
  const rows = BOTS.map(([kind, label]) =>
    rowFor(
      label,
      (found.get(kind) ?? []).map((result) => result.first),
    ),
  );
  const [kmm, floor, usual] = rows as [Row, Row, Row];
  const ours = found.get('kmm') ?? [];
  const place = rowFor(
    'ours: to the first byte of a new order',
    ours.map((result) => result.place),
  );
  const sum = (of: (result: VolleyResult) => number): number => ours.reduce((total, result) => total + of(result), 0);
  const kinds = new Map<string, number>();
  for (const result of ours) for (const [kind, count] of Object.entries(result.kinds)) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return {
    name: 'tick-to-wire',
    what: tickToWireBench.what,
    rows: [...rows, place],
    verdicts: [
      ratio('ours / do-nothing reactor, p50', kmm.best / floor.best, atMost(1.25)),
      ratio('ours / do-nothing reactor, p99', (kmm.p99 ?? NaN) / (floor.p99 ?? NaN)),
      ratio('usual bot / ours, p50', usual.best / kmm.best, atLeast(5)),
      ratio('ours to a new order / do-nothing reactor, p50', place.best / floor.best),
      { what: 'new connections while trading', value: sum((result) => result.connects), unit: '', goal: atMost(0) },
      { what: 'frames that brought no request within 10 ms', value: sum((result) => result.silent), unit: '', goal: null },
    ],
    notes: [
      encrypted ? 'TLS on both sides' : 'no openssl here, so the connections are plain: no TLS in any of the figures',
      `first requests of ours: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
      'best is the median of the best round, the percentiles are over all rounds; the key is RSA-2048',
      'a busy loop (goal <= 0.5x) is not an option of the program yet',
    ],
  };
};
