/** Two orders at once on a venue that answers after 10 ms: the second must not wait for the answer to the first. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { clientOrderId, marketIndex } from '../src/domain/ids.js';
import type { Place } from '../src/domain/order.js';
import { price, quantity } from '../src/domain/units.js';
import { scaled, type Bench, type BenchOptions } from './bench.js';
import { nextMessage, startChild } from './child.js';
import { makeMarkets } from './markets.js';
import { percentiles } from './measure.js';
import { atMost, ratio, type Row } from './report.js';
import { openRest, type KmmRest } from './wire-kmm.js';
import { wireFiles } from './wire-keys.js';
import type { PairResult, WireAddresses, WireSetup } from './wire-types.js';

const ANSWER_MS = 10;

export const twoOrdersBench: Bench = {
  name: 'two-orders',
  what: `time until the second of two orders is on the wire, answers after ${ANSWER_MS} ms`,
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    const files = wireFiles(folder);
    const exchange = startChild('wire-exchange', { args: [JSON.stringify({ tls: files.tls, answerMs: ANSWER_MS } satisfies WireSetup)] });
    const open: KmmRest[] = [];
    try {
      const { rest } = await nextMessage<WireAddresses>(exchange);
      const ca = files.tls === null ? null : readFileSync(files.tls.cert, 'utf8');
      const warm = openRest({ rest, key: files.key }, ca);
      const single = openRest({ rest, key: files.key }, ca, 1);
      open.push(warm, single);
      await sleep(200);
      const found = { warm: [] as PairResult[], single: [] as PairResult[] };
      for (let round = 0; round <= options.rounds; round++)
        for (const [name, client] of [['warm', warm] as const, ['single', single] as const]) {
          const result = await pairs(exchange, client, options);
          if (round > 0) found[name].push(result);
          options.tick();
        }
      const ours = rowFor('ours, connections kept warm', found.warm);
      const one = rowFor('one connection for orders', found.single);
      return {
        name: 'two-orders',
        what: twoOrdersBench.what,
        rows: [ours, one],
        verdicts: [
          { what: 'second order on the wire after, p50', value: ours.best / 1000, unit: 'ms', goal: atMost(1) },
          { what: 'handshakes meanwhile', value: found.warm.reduce((sum, { connects }) => sum + connects, 0), unit: '', goal: atMost(0) },
          ratio('ours / one connection', ours.best / one.best),
        ],
        notes: [files.tls === null ? 'plain connections: no openssl here' : 'TLS on both sides', 'best is the median of the best round'],
      };
    } finally {
      for (const { signer, rest } of open) {
        signer.stop();
        await rest.close();
      }
      exchange.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const [MARKET] = makeMarkets(1) as [ReturnType<typeof makeMarkets>[number]];
let counter = 0;

const order = (): Place => ({
  type: 'place',
  clientId: clientOrderId(`kmm-bench-${++counter}`),
  market: marketIndex(0),
  side: 'bid',
  price: price(4600),
  quantity: quantity(1000),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
});

const pairs = async (exchange: ChildProcess, { api }: KmmRest, options: BenchOptions): Promise<PairResult> => {
  exchange.send({ type: 'watch-pairs' });
  await nextMessage(exchange);
  for (let i = 0; i < scaled(20, options, 3); i++) {
    await Promise.all([api.trading.place(order(), MARKET), api.trading.place(order(), MARKET)]);
    await sleep(2);
  }
  exchange.send({ type: 'pairs' });
  return nextMessage<PairResult>(exchange);
};

const rowFor = (label: string, rounds: readonly PairResult[]): Row => {
  const medians = rounds.map(({ gapsUs }) => percentiles(Float64Array.from(gapsUs)).p50);
  return { label, unit: 'us', best: Math.min(...medians), ...percentiles(Float64Array.from(rounds.flatMap(({ gapsUs }) => gapsUs))) };
};
