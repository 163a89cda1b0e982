import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileFeed, signalFile, type FileStamp, type SignalFile } from '../../../src/alpha/file-feed.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { epochUs, monoNs, seconds } from '../../../src/domain/units.js';

/** A file in memory that counts its readings and can change while it is read. */
class MemoryFile implements SignalFile {
  readonly path = 'alpha.json';
  text: string | null = null;
  modifiedAt = 0;
  readings = 0;
  duringRead: () => void = () => {};

  write(text: string, modifiedAt: number): void {
    this.text = text;
    this.modifiedAt = modifiedAt;
  }
  async stamp(): Promise<FileStamp> {
    if (this.text === null) throw new Error('ENOENT: no such file');
    return { modifiedAt: epochUs(this.modifiedAt), bytes: this.text.length };
  }
  async read(): Promise<string> {
    this.readings++;
    const { text } = this;
    this.duringRead();
    return text ?? '';
  }
}

const setUp = (file: SignalFile) => {
  const offered: EngineEvent[] = [];
  const reports: (string | null)[] = [];
  const ticks: { every: number; run: () => void; cancelled: boolean }[] = [];
  const every = (span: number, run: () => void) => {
    const entry = { every: span, run, cancelled: false };
    ticks.push(entry);
    return { cancel: () => void (entry.cancelled = true) };
  };
  const feed = new FileFeed({
    file,
    clock: { now: () => epochUs(9_000), monoNs: () => monoNs(0), wall: () => epochUs(9_000) },
    timers: { every, after: every, soon: queueMicrotask },
    offer: (event) => offered.push(event),
    report: (problem) => reports.push(problem === null ? null : problem.message),
    pollEvery: seconds(2),
  });
  const taken = () => offered.splice(0);
  return { feed, taken, reports, ticks };
};

const said = (name: string, shift: number, asOf: number) => ({ type: 'signal', at: 9_000, ticker: name, shift, asOf });

describe('a file of opinions', () => {
  test('becomes one signal per ticker, formed when the file was written', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1.5, "B": -2 }', 7_000);
    const { feed, taken } = setUp(file);
    await feed.poll();
    expect(taken()).toEqual([said('A', 150, 7_000), said('B', -200, 7_000)]);
  });

  test('is not read again until it is touched, and a touch renews the opinion', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1 }', 7_000);
    const { feed, taken } = setUp(file);
    await feed.poll();
    await feed.poll();
    expect([file.readings, taken().length]).toEqual([1, 1]);
    file.modifiedAt = 8_000;
    await feed.poll();
    expect(taken()).toEqual([said('A', 100, 8_000)]);
  });

  test('withdraws the opinion on a ticker that it no longer names, once', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1, "B": 2 }', 7_000);
    const { feed, taken } = setUp(file);
    await feed.poll();
    taken();
    file.write('{ "B": 3 }', 8_000);
    await feed.poll();
    expect(taken()).toEqual([said('A', 0, 8_000), said('B', 300, 8_000)]);
    file.modifiedAt = 8_500;
    await feed.poll();
    expect(taken()).toEqual([said('B', 300, 8_500)]);
  });

  test('that changes while it is read is taken at the next look', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1', 7_000);
    file.duringRead = () => file.write('{ "A": 2 }', 7_001);
    const { feed, taken, reports } = setUp(file);
    await feed.poll();
    expect([taken(), reports]).toEqual([[], []]);
    file.duringRead = () => {};
    await feed.poll();
    expect(taken()).toEqual([said('A', 200, 7_001)]);
  });

  test('that is absent, then wrong, then right is reported once at each turn and never throws', async () => {
    const file = new MemoryFile();
    const { feed, taken, reports } = setUp(file);
    await feed.poll();
    await feed.poll();
    expect(reports).toEqual([expect.stringContaining('ENOENT')]);
    file.write('{ "A": "much" }', 7_000);
    await feed.poll();
    await feed.poll();
    expect(reports.slice(1)).toEqual([expect.stringContaining('expected a number of cents for "A"')]);
    expect(taken()).toEqual([]);
    file.write('{ "A": 1 }', 8_000);
    await feed.poll();
    expect(reports.slice(2)).toEqual([null]);
    expect(taken()).toEqual([said('A', 100, 8_000)]);
  });

  test('that comes back with its old stamp is read again', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1 }', 7_000);
    const { feed, taken, reports } = setUp(file);
    await feed.poll();
    const { text } = file;
    file.text = null;
    await feed.poll();
    file.text = text;
    await feed.poll();
    expect(taken()).toEqual([said('A', 100, 7_000), said('A', 100, 7_000)]);
    expect(reports.at(-1)).toBeNull();
  });

  test('of absurd size is refused unread', async () => {
    const file = new MemoryFile();
    file.write(' '.repeat(2_000_000), 7_000);
    const { feed, reports } = setUp(file);
    await feed.poll();
    expect(file.readings).toBe(0);
    expect(reports).toEqual([expect.stringContaining('at most 1048576 bytes')]);
  });
});

describe('the feed', () => {
  test('looks at the start and at every turn of its timer, never twice at a time', async () => {
    const file = new MemoryFile();
    file.write('{}', 7_000);
    const { feed, ticks } = setUp(file);
    feed.start();
    feed.start();
    expect(ticks.map(({ every }) => every)).toEqual([2_000_000]);
    ticks[0]?.run();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(file.readings).toBe(1);
    file.modifiedAt = 8_000;
    ticks[0]?.run();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(file.readings).toBe(2);
  });

  test('offers nothing once it is stopped, not even from a reading under way', async () => {
    const file = new MemoryFile();
    file.write('{ "A": 1 }', 7_000);
    const { feed, taken, ticks } = setUp(file);
    feed.start();
    file.duringRead = () => feed.stop();
    await new Promise<void>((resolve) => setImmediate(resolve));
    await feed.poll();
    expect([taken(), ticks[0]?.cancelled, file.readings]).toEqual([[], true, 1]);
  });

  test('reads a file of the disk', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kmm-alpha-'));
    try {
      const path = join(dir, 'alpha.csv');
      writeFileSync(path, 'ticker,cents\nA,0.25\n');
      utimesSync(path, 1_700_000_000, 1_700_000_000);
      const { feed, taken, reports } = setUp(signalFile(path));
      await feed.poll();
      expect([taken(), reports]).toEqual([[said('A', 25, 1_700_000_000_000_000)], []]);
      rmSync(path);
      await feed.poll();
      expect(reports).toEqual([expect.stringContaining('a readable file')]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
