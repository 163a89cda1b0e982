import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/actions.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { openLogger, type LoggerOptions } from '../../../src/logger/logger.js';
import { parseTapeRow, TAPE_COLUMNS } from '../../../src/logger/tape-row.js';
import { startInThread, type StartThread, type ThreadEvents, type WritingThread } from '../../../src/logger/worker-client.js';
import { temporaryFolder } from './temporary.js';

const decisionOf = (market: number, noBid: string | null = null): Decision => ({
  type: 'decision',
  market: marketIndex(market),
  at: epochUs(1_795_000_000_000_000),
  bestBid: price(5000),
  bestAsk: price(5200),
  mid: 5100,
  fair: 5100,
  reservation: 5090,
  bid: price(5000),
  bidSize: quantity(1000),
  ask: price(5200),
  askSize: quantity(1000),
  noBid: noBid === null ? null : { code: noBid, text: 'why' },
  noAsk: null,
  inventory: quantity(0),
  unrealized: cash(0),
  realized: cash(0),
  fees: cash(0),
  cause: 'quote',
});

const optionsFor = (dir: string, parts: Partial<LoggerOptions> = {}): LoggerOptions => ({
  dir,
  now: () => epochUs(1_795_000_000_000_000),
  start: startInThread,
  ...parts,
});

const rowsIn = (dir: string) => {
  const [head, ...lines] = readFileSync(join(dir, 'tape.csv'), 'utf8').trimEnd().split('\n');
  expect(head).toBe(TAPE_COLUMNS.join(','));
  return lines.map((line, i) => parseTapeRow(line.split(','), `tape.csv:${i + 2}`));
};
const linesIn = (dir: string) =>
  readFileSync(join(dir, 'ops.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { code: string; text: string; level: string });

test('rows and lines are on disk after a flush, with markets and reasons by name', async () => {
  const dir = temporaryFolder();
  const logger = await openLogger(optionsFor(dir));
  logger.market(0, ticker('KX-A'));
  logger.market(5, ticker('KX-B'));
  logger.tape(decisionOf(0), 1000);
  logger.tape(decisionOf(5, 'STALE_DATA'), 2000);
  logger.tape(decisionOf(5, 'HALTED'), 3000);
  logger.log('info', 'FEED_UP', 'Connection established.', { host: 'demo' });
  await logger.flush();
  expect(rowsIn(dir).map((row) => [row.ticker, row.noBid, row.latencyNs, row.seq])).toEqual([
    ['KX-A', null, 1000, 1],
    ['KX-B', 'STALE_DATA', 2000, 2],
    ['KX-B', 'HALTED', 3000, 3],
  ]);
  expect(linesIn(dir)).toMatchObject([{ level: 'INFO', code: 'FEED_UP', host: 'demo' }]);
  expect(logger.counters).toEqual({ rows: 3, droppedRows: 0, waitingRows: 0, waitingFills: 0, lines: 1, droppedLines: 0, restarts: 0 });
  await logger.close();
});

test('closing writes what waits', async () => {
  const dir = temporaryFolder();
  const logger = await openLogger(optionsFor(dir));
  logger.market(0, ticker('KX-A'));
  logger.tape(decisionOf(0), 1);
  logger.log('warn', 'X', 'last words');
  await logger.close();
  await logger.close();
  expect(rowsIn(dir)).toHaveLength(1);
  expect(linesIn(dir)).toHaveLength(1);
});

test('a full ring drops rows, counts them, and the hole shows on the tape', async () => {
  const dir = temporaryFolder();
  const logger = await openLogger(optionsFor(dir, { limits: { ringRows: 4 } }));
  logger.market(0, ticker('KX-A'));
  for (let i = 0; i < 10; i++) logger.tape(decisionOf(0), 1);
  await logger.flush();
  logger.tape(decisionOf(0), 1);
  await logger.close();
  expect(logger.counters).toMatchObject({ rows: 5, droppedRows: 6 });
  expect(rowsIn(dir).map((row) => row.seq)).toEqual([1, 2, 3, 4, 11]);
});

test('a folder that cannot be made is refused at start', async () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'file'), '');
  await expect(openLogger(optionsFor(join(dir, 'file', 'run')))).rejects.toMatchObject({ code: 'STORAGE' });
});

/** A writing thread that can be killed, or not write at all. */
class Fragile {
  threads: { events: ThreadEvents; inner: WritingThread }[] = [];
  deaf = false;
  readonly start: StartThread = (setup, events) => {
    const inner = startInThread(setup, events);
    this.threads.push({ events, inner });
    return {
      kind: 'worker',
      post: (message) => {
        if (!this.deaf) inner.post(message);
      },
      hold: (on) => {
        inner.hold(on);
      },
      end: () => {
        inner.end();
      },
    };
  };

  kill(reason = 'exit code 1'): void {
    const last = this.threads.at(-1);
    last?.inner.end();
    last?.events.died(reason);
  }
}

describe('when the writing thread dies', () => {
  test('it is started again, and no row, line or name is lost', async () => {
    const dir = temporaryFolder();
    const fragile = new Fragile();
    const notices: string[] = [];
    const logger = await openLogger(optionsFor(dir, { start: fragile.start, onNotice: (_, code) => notices.push(code) }));
    logger.market(0, ticker('KX-A'));
    logger.tape(decisionOf(0, 'STALE_DATA'), 1);
    logger.log('info', 'ONE', 'written');
    await logger.flush();
    fragile.deaf = true;
    logger.tape(decisionOf(0, 'HALTED'), 2);
    logger.log('info', 'TWO', 'in flight when it died');
    const flushed = logger.flush();
    fragile.deaf = false;
    fragile.kill();
    logger.tape(decisionOf(0, 'STALE_DATA'), 3);
    await flushed;
    await logger.close();
    expect(rowsIn(dir).map((row) => [row.ticker, row.noBid, row.seq])).toEqual([
      ['KX-A', 'STALE_DATA', 1],
      ['KX-A', 'HALTED', 2],
      ['KX-A', 'STALE_DATA', 3],
    ]);
    expect(linesIn(dir).map((line) => line.code)).toEqual(['ONE', 'TWO', 'LOGGER_RESTARTED']);
    expect(notices).toEqual(['LOGGER_RESTARTED']);
    expect(logger.counters.restarts).toBe(1);
  });

  test('again and again, it is not started for ever: this thread takes over, and says so once', async () => {
    const dir = temporaryFolder();
    const fragile = new Fragile();
    const notices: string[] = [];
    const logger = await openLogger(optionsFor(dir, { start: fragile.start, onNotice: (_, code) => notices.push(code) }));
    logger.market(0, ticker('KX-A'));
    for (let i = 0; i < 6; i++) fragile.kill();
    expect(fragile.threads).toHaveLength(6);
    expect(logger.writesFrom).toBe('in-thread');
    logger.tape(decisionOf(0), 1);
    await logger.close();
    expect(rowsIn(dir)).toHaveLength(1);
    expect(notices).toEqual([...Array.from({ length: 5 }, () => 'LOGGER_RESTARTED'), 'LOGGER_IN_THREAD']);
  });
});

test('lines beyond the bound are dropped and counted, not piled up', async () => {
  const fragile = new Fragile();
  const logger = await openLogger(optionsFor(temporaryFolder(), { start: fragile.start, limits: { linesMax: 3 } }));
  fragile.deaf = true;
  for (let i = 0; i < 10; i++) logger.log('info', 'X', 'flood');
  expect(logger.counters).toMatchObject({ lines: 3, droppedLines: 7 });
  fragile.deaf = false;
  fragile.kill();
  await logger.close();
});
