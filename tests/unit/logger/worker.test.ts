/** The real thread, from compiled files: a `.ts` file cannot be started as a worker. Run by the test script, which compiles first. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decision, Severity } from '../../../src/domain/actions.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, quantity } from '../../../src/domain/units.js';
import type * as LoggerModule from '../../../src/logger/logger.js';
import type * as HostModule from '../../../src/logger/worker-client.js';
import { temporaryFolder } from './temporary.js';

const compiled = (name: string): string => resolve('dist', 'src', 'logger', name);
const isCompiled = existsSync(compiled('worker.js'));
if (!isCompiled) process.stderr.write('skipped: the logger is not compiled (npx tsc), so its worker thread is not tested\n');

const decisionOf = (at: number): Decision => ({
  type: 'decision',
  market: marketIndex(0),
  at: epochUs(at),
  bestBid: null,
  bestAsk: null,
  mid: null,
  fair: null,
  reservation: null,
  bid: null,
  bidSize: quantity(0),
  ask: null,
  askSize: quantity(0),
  noBid: { code: 'STALE_DATA', text: '' },
  noAsk: null,
  inventory: quantity(0),
  unrealized: cash(0),
  realized: cash(0),
  fees: cash(0),
  cause: 'quote',
});

describe.runIf(isCompiled)('the compiled worker thread', () => {
  let logger: typeof LoggerModule;
  let host: typeof HostModule;
  beforeAll(async () => {
    logger = (await import(pathToFileURL(compiled('logger.js')).href)) as typeof LoggerModule;
    host = (await import(pathToFileURL(compiled('worker-client.js')).href)) as typeof HostModule;
  });
  const now = (): ReturnType<typeof epochUs> => epochUs(1_795_000_000_000_000);
  const rowsIn = (dir: string): string[] => readFileSync(join(dir, 'tape.csv'), 'utf8').trimEnd().split('\n').slice(1);

  test('writes tape and log, every row once and by name', async () => {
    const dir = temporaryFolder();
    const open = await logger.openLogger({ dir, now });
    expect(open.writesFrom).toBe('worker');
    open.market(0, ticker('KX-A'));
    for (let i = 1; i <= 5000; i++) open.tape(decisionOf(i), i);
    open.log('info', 'FEED_UP', 'Connection established.', { passphrase: 'canary' });
    await open.flush();
    for (let i = 5001; i <= 10_000; i++) open.tape(decisionOf(i), i);
    await open.close();
    const rows = rowsIn(dir);
    expect(rows.map((row) => Number(row.split(',').at(-1)))).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    expect(rows.every((row) => row.includes('KX-A') && row.includes('STALE_DATA'))).toBe(true);
    const log = readFileSync(join(dir, 'ops.log'), 'utf8');
    expect(log).toContain('Connection established.');
    expect(log).not.toContain('canary');
    expect(open.counters).toMatchObject({ rows: 10_000, droppedRows: 0, waitingRows: 0, restarts: 0 });
  });

  test('that is killed is replaced, and nothing taken is lost', async () => {
    const dir = temporaryFolder();
    const notices: [Severity, string][] = [];
    const start = host.startWorker(pathToFileURL(compiled('worker.js')));
    let kill: () => void = () => undefined;
    const open = await logger.openLogger({
      dir,
      now,
      onNotice: (severity, code) => notices.push([severity, code]),
      start: (setup, events) => {
        const thread = start(setup, events);
        kill = () => {
          thread.end();
          events.died('killed by a test');
        };
        return thread;
      },
    });
    open.market(0, ticker('KX-A'));
    for (let i = 1; i <= 100; i++) open.tape(decisionOf(i), i);
    open.log('info', 'BEFORE', 'may be in flight');
    kill();
    for (let i = 101; i <= 200; i++) open.tape(decisionOf(i), i);
    await open.close();
    const sequence = rowsIn(dir).map((row) => Number(row.split(',').at(-1)));
    expect([...new Set(sequence)]).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(rowsIn(dir).every((row) => row.includes('KX-A'))).toBe(true);
    expect(readFileSync(join(dir, 'ops.log'), 'utf8')).toContain('BEFORE');
    expect(notices).toEqual([['error', 'LOGGER_RESTARTED']]);
  });

  test('that cannot be started at all leaves the writing to this thread, said loudly', async () => {
    const dir = temporaryFolder();
    const codes: string[] = [];
    const open = await logger.openLogger({
      dir,
      now,
      onNotice: (_, code) => codes.push(code),
      start: host.startWorker(pathToFileURL(compiled('no-such-worker.js'))),
    });
    expect(open.writesFrom).toBe('in-thread');
    open.tape(decisionOf(1), 1);
    await open.close();
    expect(rowsIn(dir)).toHaveLength(1);
    expect(codes.at(-1)).toBe('LOGGER_IN_THREAD');
  });

  test('refuses a folder that cannot be made', async () => {
    await expect(logger.openLogger({ dir: '/dev/null/run', now })).rejects.toMatchObject({ code: 'STORAGE' });
  });
});
