import { expect, test } from 'vitest';
import { CapturedOutput } from '../../../src/cli/output.js';
import { BotRun } from '../../../src/app/bot-run.js';
import { marketIndex } from '../../../src/domain/ids.js';
import type { SmallFiles } from '../../../src/domain/ports.js';
import { later, millis, price, quantity, seconds } from '../../../src/domain/units.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { TapeConsumer } from '../../../src/logger/tape-ring.js';
import type { StartThread } from '../../../src/logger/worker-client.js';
import { START } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { ENGINE, EXECUTION, FIXED, RISK, UNPROTECTED, ESTIMATORS } from '../../support/settings.js';

const NO_FILES: SmallFiles = {
  makeFolder: () => {},
  folders: () => [],
  removeFolder: () => {},
  exists: () => false,
  read: () => null,
  replace: () => {},
  create: () => true,
  remove: () => {},
  rename: () => false,
};

/** A run whose writing thread takes rows only when the test says so. */
const setUp = async () => {
  let now = START;
  let ring: TapeConsumer | null = null;
  const startWriter: StartThread = (setup, events) => {
    ring = new TapeConsumer(setup.memory);
    queueMicrotask(() => events.message({ type: 'ready' }));
    return { kind: 'worker', post: () => {}, hold: () => {}, end: () => {} };
  };
  const bot = await BotRun.open(
    {
      env: 'sim',
      seed: '1',
      folder: 'run',
      recipe: {
        run: 'r',
        engine: ENGINE,
        execution: EXECUTION,
        risk: RISK,
        estimators: ESTIMATORS,
        protection: UNPROTECTED,
        knownGroups: [],
        signals: { ageMax: seconds(60), shiftMax: 500 },
        strategy: FIXED,
        bookHasOwnOrders: false,
        killedBefore: null,
      },
      strategyName: 'fixed',
      host: {
        clock: { now: () => now, monoNs: () => 0 as never, wall: () => now },
        files: NO_FILES,
        journal: () => new MemoryFiles(),
        startWriter,
      },
      output: new CapturedOutput(),
      logLevel: 'error',
      segmentBytes: 1 << 20,
      durability: 'kernel',
      tape: { bytes: 1 << 20, rows: 1 << 12, logBytes: 1 << 20, logsKept: 1 },
      tapeBehindMax: seconds(5),
      warnLatency: seconds(1),
    },
    () => {},
  );
  bot.connect({ send: () => {}, readAccount: () => {} }, { requestSnapshot: () => {} });
  bot.listMarkets([market()]);
  const level = (at: number) => [{ price: price(at), quantity: quantity(1000) }];
  return {
    bot,
    decide: () => {
      bot.offer({ type: 'book-snapshot', at: now, market: marketIndex(0), bids: level(4500), asks: level(5500), exchangeAt: now });
      bot.offer({ type: 'batch-end', at: now });
      bot.flush();
    },
    pass: (ms: number) => {
      now = later(now, millis(ms));
      bot.offer({ type: 'tick', at: now });
      bot.flush();
    },
    drain: () => ring?.release(ring.waiting),
  };
};

test('no new order leaves while the tape is more than its limit behind, and again once it has caught up', async () => {
  const { bot, decide, pass, drain } = await setUp();
  decide();
  pass(4900);
  expect(bot.engine.state.storageOk).toBe(true);
  pass(200);
  expect([...bot.engine.state.storageProblems]).toEqual(['tape']);
  drain();
  pass(100);
  expect(bot.engine.state.storageOk).toBe(true);
});

test('a thread that writes in bursts is not behind', async () => {
  const { bot, decide, pass, drain } = await setUp();
  for (let i = 0; i < 10; i++) {
    decide();
    pass(3000);
    drain();
    expect(bot.engine.state.storageOk).toBe(true);
  }
});
