/** `kmm start --env playback` on real recordings: the whole pipeline on recorded input, twice the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLines, recordingsDir } from '../support/recordings.js';
import { kmm, runFolder, tapeOf, temporary, type Body } from './app-world.js';

const folder = recordingsDir();
const FIVE = 'ws-demo-5mkt-20260701.jsonl.gz';

interface Played {
  readonly code: number;
  readonly summary: Body;
  readonly run: string;
  readonly stderr: string;
}

const play = async (from: string, ...more: string[]): Promise<Played> => {
  const out = temporary();
  const { code, document, stderr } = await kmm(['start', '--env', 'playback', '--from', from, '--out', out, '--json', ...more]);
  return { code, summary: document, run: runFolder(out), stderr };
};

/** The recording with some of its lines, in a folder that goes away. */
const cut = (name: string, keep: (line: string, index: number) => boolean): string => {
  const file = join(temporary(), 'cut.jsonl.gz');
  writeFileSync(file, gzipSync(`${readLines(name).filter(keep).join('\n')}\n`));
  return file;
};

/** Everything of the tape that is not measured. */
const decidedTape = (run: string): string => {
  const [head = '', ...rows] = readFileSync(join(run, 'tape.csv'), 'utf8').split('\n');
  const latency = head.split(',').indexOf('latency_ms');
  expect(latency).toBe(8);
  return [head, ...rows.map((row) => row.split(',').toSpliced(latency, 1).join(','))].join('\n');
};

const isDelta = (line: string): boolean => line.startsWith('{"type":"orderbook_delta"');

describe.runIf(folder !== null)('five markets of the demo exchange', () => {
  const file = join(folder ?? '', FIVE);
  let first: Played;
  let again: Played;

  beforeAll(async () => {
    first = await play(file, '--seed', '3');
    again = await play(file, '--seed', '3');
  });

  test('every frame is read, without a gap, and every order is accepted', () => {
    expect(first.code).toBe(0);
    expect(first.summary).toMatchObject({
      env: 'playback',
      seed: '3',
      frames: 2898,
      deltas: 2885,
      sequence_gaps: 0,
      orders_rejected: 0,
      outcomes_unknown: 0,
      open_orders_at_exit: 0,
      halted: null,
    });
    expect(first.summary['orders_placed']).toBeGreaterThan(0);
  });

  test('all active markets are quoted on both sides', () => {
    const rows = tapeOf(first.run);
    for (const name of ['MIA', 'GSW', 'CLE']) {
      const own = rows.filter((row) => row[1] === `KXNEXTTEAMNBA-26LJAM-${name}`);
      expect([name, own.some((row) => row[3] !== '' && row[4] !== '')]).toEqual([name, true]);
    }
  });

  test('time is recorded time', () => {
    const times = tapeOf(first.run).map((row) => row[0] ?? '');
    expect([times[0]?.slice(0, 10), times.at(-1)?.slice(0, 10)]).toEqual(['2026-07-01', '2026-07-01']);
    expect(times).toEqual(times.toSorted());
  });

  test('it ends with its recording: the tape has no rows of a bot that has stopped', () => {
    expect(Math.floor(Number(first.summary['duration_s']))).toBe(315);
    expect(readFileSync(join(first.run, 'tape.csv'), 'utf8')).not.toContain('stopped');
  });

  test('a paper venue that takes a minute to answer does not keep it from ending', async () => {
    const slow = await play(
      cut(FIVE, (_, i) => i < 150),
      '--set',
      'paper.latency_ms=60000',
    );
    expect([slow.code, slow.summary['open_orders_at_exit']]).toEqual([0, 0]);
  });

  test('fills of the recorder are counted and not booked', () => {
    expect(first.summary['private_messages_not_booked']).toBe(2);
    const journalled = tapeOf(first.run).filter((row) => row.includes('fill')).length;
    expect(first.summary['fills']).toBe(journalled);
  });

  test('without market bodies it says what it assumed', () => {
    const assumed = first.summary['assumed'] as string[];
    for (const name of first.summary['markets'] as string[])
      expect(assumed).toEqual(
        expect.arrayContaining([`${name}: grid: whole cents`, `${name}: fees: quadratic, multiplier 1`, `${name}: close: unknown`]),
      );
    expect(first.stderr).toContain('grid: whole cents');
  });

  test('two playbacks of one seed are the same, byte for byte', () => {
    expect(again.summary['decision_hash']).toBe(first.summary['decision_hash']);
    expect(decidedTape(again.run)).toBe(decidedTape(first.run));
  });

  test('another seed gives another hash', async () => {
    const { summary } = await play(file, '--seed', '4');
    expect(summary['decision_hash']).not.toBe(first.summary['decision_hash']);
  });

  test('its journal replays to the same decisions', async () => {
    const { code, document } = await kmm(['replay', first.run, '--verify', '--json']);
    expect([code, document['verified'], document['decision_hash']]).toEqual([0, true, first.summary['decision_hash']]);
  });

  test('ten times as fast as it was recorded, it decides what it decides at once', async () => {
    const head = cut(FIVE, (_, i) => i < 150);
    const [most, ten] = [await play(head, '--seed', '3'), await play(head, '--seed', '3', '--speed', '10x')];
    expect(ten.summary['decision_hash']).toBe(most.summary['decision_hash']);
    expect(decidedTape(ten.run)).toBe(decidedTape(most.run));
  });

  test('a delta that is missing is a gap: told, all markets of the stream pulled, and other decisions', async () => {
    let deltas = 0;
    const holed = await play(
      cut(FIVE, (line) => !isDelta(line) || ++deltas !== 1200),
      '--seed',
      '3',
    );
    expect(holed.summary).toMatchObject({ deltas: 1199, sequence_gaps: 1, open_orders_at_exit: 0 });
    expect(holed.summary['decision_hash']).not.toBe(first.summary['decision_hash']);
    expect(holed.stderr).toMatch(/gap/i);
    const head = readFileSync(join(holed.run, 'tape.csv'), 'utf8').split('\n')[0]?.split(',') ?? [];
    const pulled = tapeOf(holed.run).filter((row) => row[head.indexOf('cause')] === 'pull' && row[3] === '' && row[4] === '');
    expect(new Set(pulled.map((row) => row[1])).size).toBeGreaterThanOrEqual(3);
  });

  test('named markets are played alone, and one that is not in it is refused', async () => {
    const one = await play(file, '--markets', 'KXNEXTTEAMNBA-26LJAM-MIA');
    expect(one.summary['markets']).toEqual(['KXNEXTTEAMNBA-26LJAM-MIA']);
    const none = await kmm(['start', '--env', 'playback', '--from', file, '--out', temporary(), '--markets', 'KXNONE']);
    expect([none.code, none.stderr.includes('it has books of KX')]).toEqual([2, true]);
  });
});

describe.runIf(folder !== null)('other recordings', () => {
  test.each([
    ['ws-prod-kxbtc-hourly-20260418.jsonl.gz', 61],
    ['ws-demo-quiet-orderbook-20260611.jsonl', 2],
  ])('%s plays without a gap', async (name, deltas) => {
    const { code, summary } = await play(join(folder ?? '', name));
    expect([code, summary['sequence_gaps'], summary['orders_rejected'], summary['open_orders_at_exit']]).toEqual([0, 0, 0, 0]);
    expect(summary['deltas']).toBeGreaterThanOrEqual(deltas);
  });
});
