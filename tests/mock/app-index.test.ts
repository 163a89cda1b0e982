/** A whole bot on the simulated exchange's own index: its values arrive as facts of the run, and its strikes are quoted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SIM_INDEX, SIM_SERIES } from '../../src/exchange/core/index-world.js';
import { DiskJournal } from '../../src/logger/journal-files.js';
import { JournalReader } from '../../src/logger/journal-reader.js';
import { hostExchange, kmm, runFolder, temporary, until } from './app-world.js';

test('the index is told once a second, and the open strikes are quoted', async () => {
  const world = await hostExchange({ seed: 'index', markets: 1, indexEvent: true });
  const out = temporary();
  const stop = new AbortController();
  const set = [`markets.series=${SIM_SERIES}`, `alpha.cfbenchmarks_indices=${SIM_INDEX}`].flatMap((text) => ['--set', text]);
  const run = kmm(['start', '--env', 'custom', '--connect', world.connect, '--out', out, ...set], stop.signal);
  await until('it quotes strikes of the index', async () => (await world.orders('resting')).length >= 4);
  await until('some values have come', () => world.running.exchange.now - world.running.exchange.settings.startAt > 4_000_000);
  stop.abort();
  expect((await run).code).toBe(0);
  const folder = runFolder(out);
  const values = [...new JournalReader(new DiskJournal(folder)).records()].flatMap((record) =>
    record.type === 'event' && record.event.type === 'index' ? [record.event] : [],
  );
  expect(values.length).toBeGreaterThanOrEqual(2);
  expect(values.every(({ index, value }) => index === SIM_INDEX && value > 80_000 && value < 100_000)).toBe(true);
  expect(readFileSync(join(folder, 'tape.csv'), 'utf8')).toContain(SIM_SERIES);
}, 60_000);
