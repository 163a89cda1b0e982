import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { benchRecipe } from '../../../bench/recipe.js';
import { BotRun } from '../../../src/app/bot-run.js';
import { systemFiles } from '../../../src/app/system-files.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import type { EngineAction } from '../../../src/domain/actions.js';
import { marketIndex } from '../../../src/domain/ids.js';
import type { Feed, Venue } from '../../../src/domain/ports.js';
import { millis, parsePrice, parseQuantity, seconds } from '../../../src/domain/units.js';
import { DiskJournal } from '../../../src/logger/journal-files.js';
import { JournalReader } from '../../../src/logger/journal-reader.js';
import { readTape } from '../../../src/logger/tape-files.js';
import { startInThread } from '../../../src/logger/worker-client.js';
import { FakeTime } from '../../support/fake-time.js';
import { market } from '../../support/markets.js';

const folder = mkdtempSync(join(tmpdir(), 'kmm-bot-run-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NUMBERS = { frames: 0, gaps: 0, privateNotBooked: 0 };
const QUIET_VENUE: Venue = { send: () => undefined, readAccount: () => undefined };
const QUIET_FEED: Feed = { requestSnapshot: () => undefined };

test('a batch that ends while the records are being closed leaves no row on the tape that the journal does not know', async () => {
  const time = new FakeTime();
  const bot = await BotRun.open(
    {
      env: 'custom',
      seed: '1',
      folder,
      recipe: benchRecipe(),
      strategyName: 'fixed',
      host: { clock: time, files: systemFiles, journal: (dir) => new DiskJournal(dir), startWriter: startInThread },
      output: new CapturedOutput(),
      logLevel: 'info',
      segmentBytes: 1 << 20,
      durability: 'kernel',
      tapeBehindMax: seconds(5),
      tape: { bytes: 1 << 20, rows: 1 << 12, logBytes: 1 << 20, logsKept: 1 },
      warnLatency: seconds(60),
    },
    () => undefined,
  );
  bot.connect(QUIET_VENUE, QUIET_FEED);
  bot.listMarkets([market()]);
  bot.offer({ type: 'feed-up', at: time.now() });
  const level = (text: string) => ({ price: parsePrice(text), quantity: parseQuantity('100') });
  const book = { market: marketIndex(0), bids: [level('0.45')], asks: [level('0.55')] };
  bot.offer({ type: 'book-snapshot', at: time.now(), exchangeAt: time.now(), ...book });
  bot.offer({ type: 'batch-end', at: time.now() });
  time.advance(millis(2000));
  const finished = bot.finish(NUMBERS);
  bot.offer({ type: 'tick', at: time.now() });
  bot.offer({ type: 'batch-end', at: time.now() });
  const summary = await finished;

  const actions: EngineAction[] = [];
  for (const record of new JournalReader(new DiskJournal(folder)).records()) if (record.type === 'actions') actions.push(...record.actions);
  const decisions = actions.filter(({ type }) => type === 'decision').length;
  expect([[...readTape(folder)].length, summary['decisions']]).toEqual([decisions, decisions]);
  expect(decisions).toBeGreaterThan(0);
});
