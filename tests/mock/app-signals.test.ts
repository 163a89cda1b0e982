/** A whole bot with a feed outside: an opinion moves its quotes by no more than it may, and by nothing once its source is silent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PolymarketServer } from '../support/feed-servers.js';
import { hostExchange, kmm, runFolder, tapeOf, temporary, until, type Finished } from './app-world.js';

const CENT = 0.01;
/** Columns of the tape. */
const [TICKER, MID] = [1, 2];

let finished: Finished;
let rows: { readonly ticker: string; readonly shift: number }[];
let silentFrom: number;
let log: string;
let status: string;
let opined: string;

beforeAll(async () => {
  const outside = await PolymarketServer.open();
  afterAll(() => outside.stream.close());
  outside.bid = 0.93;
  outside.ask = 0.94;
  const world = await hostExchange({ seed: 'signals', markets: 2 });
  const out = temporary();
  const config = join(temporary(), 'config.yaml');
  opined = world.running.exchange.markets()[0]?.ticker ?? '';
  const feed = {
    url: outside.stream.url,
    markets: [`${opined}=123`],
    confidence_max_percent: 100,
    shift_max_cents: 1,
    age_max_seconds: 1.5,
  };
  writeFileSync(config, `strategy: {model: symmetric}\nlogger: {status_every_ms: 100}\nalpha:\n  polymarket: [${JSON.stringify(feed)}]\n`);
  const stop = new AbortController();
  const run = kmm(['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--config', config], stop.signal);
  const logOf = (): string => {
    try {
      return readFileSync(join(runFolder(out), 'ops.log'), 'utf8');
    } catch {
      return '';
    }
  };
  const shifts = (): { readonly ticker: string; readonly shift: number }[] => {
    const head =
      readFileSync(join(runFolder(out), 'tape.csv'), 'utf8')
        .split('\n', 1)[0]
        ?.split(',') ?? [];
    const fair = head.indexOf('fair');
    return tapeOf(runFolder(out))
      .filter((cells) => (cells[fair] ?? '') !== '' && (cells[MID] ?? '') !== '')
      .map((cells) => ({ ticker: cells[TICKER] ?? '', shift: Number(cells[fair]) - Number(cells[MID]) }));
  };
  await until('the feed speaks', () => logOf().includes('polymarket speaks'));
  await until('the opinion moves a quote', () => shifts().some(({ ticker, shift }) => ticker === opined && shift > CENT / 2));
  await until('the status shows it', async () => {
    status = (await kmm(['status', '--out', out])).stdout;
    return /polymarket/.test(status);
  });
  outside.speaks = false;
  await until('the silence is told', () => logOf().includes('polymarket has said nothing new'));
  silentFrom = shifts().length;
  await until('quotes are made without it', () => shifts().length > silentFrom + 10);
  log = logOf();
  rows = shifts();
  stop.abort();
  finished = await run;
}, 60_000);

test('its quotes move by at most the configured cent, and those of other markets not at all', () => {
  const moved = rows.filter(({ ticker, shift }) => ticker === opined && Math.abs(shift) > CENT / 2);
  expect(moved.length).toBeGreaterThan(0);
  // The tape has five decimals.
  for (const { shift } of rows) expect(Math.abs(shift)).toBeLessThanOrEqual(CENT + 1e-5);
  for (const { ticker, shift } of rows) if (ticker !== opined) expect(Math.abs(shift)).toBeLessThan(1e-5);
});

test('they fall back once the source is silent, which is told once', () => {
  expect(rows.slice(silentFrom + 2).every(({ shift }) => Math.abs(shift) < 1e-5)).toBe(true);
  expect(log.split('polymarket has said nothing new').length - 1).toBe(1);
});

test('what was in force could be seen', () => {
  expect(status).toMatch(new RegExp(`signals.*polymarket`, 's'));
});

test('the run ends well', () => expect(finished.code).toBe(0));
