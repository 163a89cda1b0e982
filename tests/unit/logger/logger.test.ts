import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/actions.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { openLogger, type LoggerOptions } from '../../../src/logger/logger.js';
import { parseTapeRow, TAPE_COLUMNS } from '../../../src/logger/tape-row.js';
import { PatientScribe } from '../../../src/logger/patient-scribe.js';
import type { FromScribe } from '../../../src/logger/scribe.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import {
  openScribeFiles,
  startInThread,
  type StartThread,
  type ThreadEvents,
  type WritingThread,
} from '../../../src/logger/worker-client.js';
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

/** A writing thread whose files a disk may refuse; every round is the test's. */
class OnFullDisk {
  full = false;
  #scribe: PatientScribe | null = null;
  #events: ThreadEvents | null = null;
  readonly start: StartThread = (setup, events) => {
    let over = false;
    this.#events = events;
    const open = () => {
      if (this.full) throw new StorageError('open', 'tape.csv', 'ENOSPC');
      return openScribeFiles(setup.dir, setup.limits);
    };
    const answer = (message: FromScribe): void => queueMicrotask(() => (over ? undefined : events.message(message)));
    const scribe = new PatientScribe(setup.memory, open, { answer, pull: () => undefined });
    this.#scribe = scribe;
    return {
      kind: 'worker',
      post: (message) => scribe.take(message),
      hold: () => undefined,
      end: () => {
        over = true;
      },
    };
  };
  async rounds(count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.#scribe?.drain();
    await Promise.resolve();
  }
  async die(): Promise<void> {
    this.#events?.died('simulated');
    await Promise.resolve();
  }
}

describe('when the disk is full while the writing thread is replaced', () => {
  const setUp = async () => {
    const dir = temporaryFolder();
    const disk = new OnFullDisk();
    const health: boolean[] = [];
    const logger = await openLogger(optionsFor(dir, { start: disk.start, onHealth: (ok) => health.push(ok) }));
    logger.market(0, ticker('KX-A'));
    logger.tape(decisionOf(0), 1);
    logger.log('info', 'ONE', 'before');
    await logger.flush();
    disk.full = true;
    await disk.die();
    logger.tape(decisionOf(0), 2);
    logger.log('info', 'TWO', 'meanwhile');
    await disk.rounds(500);
    return { dir, disk, health, logger };
  };

  test('no thread is used up, a flush says so, and all is written once there is room', async () => {
    const { dir, disk, health, logger } = await setUp();
    expect(logger.counters.restarts).toBe(1);
    await expect(logger.flush()).rejects.toThrow('ENOSPC');
    disk.full = false;
    await disk.rounds(51);
    expect(health).toEqual([false, true]);
    logger.tape(decisionOf(0), 3);
    await logger.close();
    expect(rowsIn(dir).map((row) => [row.ticker, row.seq])).toEqual([
      ['KX-A', 1],
      ['KX-A', 2],
      ['KX-A', 3],
    ]);
    expect(linesIn(dir).map((line) => line.code)).toEqual(['ONE', 'LOGGER_RESTARTED', 'TWO']);
  });

  test('the end of the program does not wait for room', async () => {
    const { health, logger } = await setUp();
    await expect(logger.close()).rejects.toThrow('ENOSPC');
    expect(health).toEqual([false]);
  });
});

test('the program ends also when nothing is left that could write', async () => {
  const mortal: { died: (reason: string) => void }[] = [];
  const start: StartThread = (_setup, events) => {
    mortal.push(events);
    // Dead ones say nothing more.
    queueMicrotask(() => mortal.at(-1) === events && events.message({ type: 'ready' }));
    return { kind: 'in-thread', post: () => undefined, hold: () => undefined, end: () => undefined };
  };
  const logger = await openLogger(optionsFor(temporaryFolder(), { start, startHere: start }));
  for (let i = 0; i < 7; i++) {
    mortal.at(-1)?.died('simulated');
    await Promise.resolve();
  }
  await expect(logger.close()).rejects.toThrow('simulated');
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
