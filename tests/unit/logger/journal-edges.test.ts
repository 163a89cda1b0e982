/** A journal's counters, and what is left behind where a step fails half way. */
import { describe, expect, test } from 'vitest';
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { epochUs } from '../../../src/domain/units.js';
import { GroupCommit, UnprovenBytes } from '../../../src/logger/durability.js';
import { Journal, type JournalFile } from '../../../src/logger/journal.js';
import { JournalReader, type JournalRecord, type SourceFile } from '../../../src/logger/journal-reader.js';
import { segmentName } from '../../../src/logger/journal-segment.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import { HEADER } from './header.js';

const MIB = 1 << 20;
const TICK_BYTES = 18;
const POWER = { segmentBytes: 2048, bufferBytes: MIB, durability: 'power' } as const;
const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });
const read = (files: MemoryFiles): JournalRecord[] => [...new JournalReader(files).records()];
const ticksIn = (files: MemoryFiles): number[] => read(files).flatMap((record) => (record.type === 'event' ? [record.event.at] : []));
const headBytes = (files: MemoryFiles, segment = 1): number => files.read(segmentName(segment)).length;

/** Notes which files are open. */
class WatchedFiles extends MemoryFiles {
  readonly open_: string[] = [];
  override create(name: string): JournalFile {
    const file = super.create(name);
    this.open_.push(name);
    return { ...file, close: () => this.#close(name) };
  }
  override open(name: string): SourceFile {
    this.open_.push(name);
    return { ...super.open(name), close: () => this.#close(name) };
  }
  #close(name: string): void {
    this.open_.splice(this.open_.indexOf(name), 1);
  }
}

describe('what a journal counts', () => {
  test('events, bytes of all segments, bytes of records, and where the next one stands', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER);
    const head = headBytes(files);
    expect([journal.events, journal.bytes, journal.written, journal.proven, journal.segments]).toEqual([0, head, 0, 0, 1]);
    journal.event(tick(1));
    journal.event(tick(2));
    expect([journal.events, journal.pendingBytes, journal.written]).toEqual([2, 2 * TICK_BYTES, 0]);
    journal.flush();
    journal.event(tick(3));
    journal.flush();
    expect([journal.events, journal.bytes, journal.written, journal.proven]).toEqual([3, head + 3 * TICK_BYTES, 3 * TICK_BYTES, 0]);
    expect(journal.place).toEqual({ segment: segmentName(1), offset: head + 3 * TICK_BYTES, events: 3 });
    journal.close();
    expect([journal.place, journal.dropped]).toEqual([null, 0]);
  });

  test('each segment with its own head, and the events before it', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, { segmentBytes: 1, bufferBytes: MIB });
    for (let at = 1; at <= 3; at++) {
      journal.event(tick(at));
      journal.flush();
    }
    const sizes = files.list().map((name) => files.read(name).length);
    expect(journal.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(journal.place).toEqual({ segment: segmentName(3), offset: sizes[2], events: 3 });
  });

  test('a segment up to its size, to the byte', () => {
    const files = new MemoryFiles();
    const head = new Journal(new MemoryFiles(), HEADER).bytes;
    const journal = new Journal(files, HEADER, { segmentBytes: head + 2 * TICK_BYTES, bufferBytes: MIB });
    for (const [at, segments] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      journal.event(tick(at));
      journal.flush();
      expect(journal.segments).toBe(segments);
    }
  });

  test('digests of the state where they were noted, and those that came too late as dropped', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    journal.state('abc');
    journal.close();
    journal.state('late');
    journal.event(tick(2));
    expect(journal.dropped).toBe(2);
    expect(read(files)).toEqual([
      { type: 'event', number: 1, event: tick(1) },
      { type: 'state', hash: 'abc' },
      { type: 'end', events: 1 },
    ]);
  });
});

describe('a fact that cannot be written', () => {
  const circular = (): object => {
    const value: { self?: unknown } = {};
    value.self = value;
    return value;
  };

  test('is thrown, and leaves neither a part of itself nor a count behind', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    expect(() => journal.event({ type: 'feed-down', at: epochUs(2), reason: circular() } as unknown as EngineEvent)).toThrow(TypeError);
    expect(() => journal.actions([{ type: 'say', text: circular() } as unknown as EngineAction])).toThrow(TypeError);
    expect(() => journal.state(7 as unknown as string)).toThrow(TypeError);
    expect([journal.events, journal.dropped, journal.pendingBytes]).toEqual([1, 0, TICK_BYTES]);
    journal.close();
    expect(ticksIn(files)).toEqual([1]);
  });

  test('for want of room is dropped whole, and so is all that follows until the gap is marked', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, { segmentBytes: MIB, bufferBytes: 3 * TICK_BYTES });
    journal.event(tick(1));
    journal.actions([{ type: 'say', severity: 'info', code: 'X', text: 'x'.repeat(100) }]);
    journal.state('short');
    journal.event(tick(2));
    expect([journal.dropped, journal.events, journal.pendingBytes]).toEqual([3, 1, TICK_BYTES]);
    journal.flush();
    journal.state('y'.repeat(100));
    journal.flush();
    // Nothing waited, so there was nothing to flush: the gap is marked with the next record.
    expect(journal.dropped).toBe(4);
    journal.close();
    expect(read(files)).toEqual([
      { type: 'event', number: 1, event: tick(1) },
      { type: 'gap', dropped: 3 },
      { type: 'end', events: 1 },
    ]);
  });
});

describe('handles', () => {
  test('of full segments, of refused ones and of the last are closed', () => {
    const files = new WatchedFiles();
    const journal = new Journal(files, HEADER, { segmentBytes: 1, bufferBytes: MIB });
    for (let at = 1; at <= 3; at++) {
      journal.event(tick(at));
      journal.flush();
      expect(files.open_).toEqual([segmentName(at)]);
    }
    files.fault = () => ({ errno: 'EIO', kept: 0 });
    journal.event(tick(4));
    expect(() => journal.flush()).toThrow(StorageError);
    expect([files.open_, journal.place]).toEqual([[], null]);
    files.fault = () => null;
    journal.flush();
    expect(files.open_).toHaveLength(1);
    journal.close();
    expect([files.open_, ticksIn(files), files.open_]).toEqual([[], [1, 2, 3, 4], []]);
  });

  test('are closed even where closing the journal fails, and nothing is written any more', () => {
    const files = new WatchedFiles();
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    files.fault = () => ({ errno: 'EIO', kept: 0 });
    expect(() => journal.close()).toThrow(StorageError);
    files.fault = () => null;
    journal.close();
    journal.flush();
    expect([files.open_, ticksIn(files)]).toEqual([[], []]);
  });

  test('of readers are closed, whether they read to the end, stop or meet damage', () => {
    const files = new WatchedFiles();
    const journal = new Journal(files, HEADER, { segmentBytes: 1, bufferBytes: MIB });
    for (let at = 1; at <= 2; at++) {
      journal.event(tick(at));
      journal.flush();
    }
    journal.close();
    const reader = new JournalReader(files);
    expect(files.open_).toEqual([]);
    expect([...reader.records()]).toHaveLength(3);
    for (const record of reader.records()) {
      expect(record.type).toBe('event');
      break;
    }
    expect([...reader.recordsAfter({ segment: segmentName(1), offset: 1e9, events: 1 })]).toHaveLength(2);
    expect([...reader.recordsAfter({ segment: segmentName(3), offset: 1e9, events: 1 })]).toHaveLength(2);
    expect([...reader.recordsAfter({ segment: segmentName(2), offset: files.read(segmentName(2)).length, events: 2 })]).toHaveLength(1);
    expect([JournalReader.isEmpty(files), files.open_]).toEqual([false, []]);
    const bytes = files.read(segmentName(1));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    expect(() => [...new JournalReader(files).records()]).toThrow('checksum');
    bytes[0] = 0;
    expect(() => new JournalReader(files)).toThrow('KMMJ');
    expect(files.open_).toEqual([]);
  });
});

describe('under power durability', () => {
  test('without it a sync does nothing', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    journal.flush();
    await journal.sync();
    journal.close();
    await journal.sync();
    expect([files.syncs, journal.proven]).toEqual([0, 0]);
  });

  test('a sync with no file open is refused: the records must be written again first', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, POWER);
    files.fault = () => ({ errno: 'ENOSPC', kept: 0 });
    journal.event(tick(1));
    expect(() => journal.flush()).toThrow('ENOSPC');
    await expect(journal.sync()).rejects.toMatchObject({ operation: 'sync', errno: 'EBADF', file: segmentName(1) });
  });

  test('only what was written when the sync began is proven', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, POWER);
    journal.event(tick(1));
    journal.flush();
    const syncing = journal.sync();
    journal.event(tick(2));
    journal.flush();
    await syncing;
    expect([journal.proven, journal.written]).toEqual([TICK_BYTES, 2 * TICK_BYTES]);
    await journal.sync();
    expect([journal.proven, journal.written]).toEqual([2 * TICK_BYTES, 2 * TICK_BYTES]);
    files.losePower();
    expect(ticksIn(files)).toEqual([1, 2]);
  });

  test('a segment goes on beyond its size until all of it is proven', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, { ...POWER, segmentBytes: 1 });
    for (let at = 1; at <= 3; at++) {
      journal.event(tick(at));
      journal.flush();
    }
    expect(journal.segments).toBe(1);
    await journal.sync();
    journal.event(tick(4));
    journal.flush();
    expect(journal.segments).toBe(2);
    expect(ticksIn(files)).toEqual([1, 2, 3, 4]);
  });

  test('a segment of which something was proven is named by its successor with what was proven', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, POWER);
    journal.event(tick(1));
    journal.flush();
    await journal.sync();
    const provenAt = headBytes(files);
    journal.event(tick(2));
    journal.flush();
    files.fault = () => ({ errno: 'EIO', kept: 5 });
    journal.event(tick(3));
    expect(() => journal.flush()).toThrow('EIO');
    files.fault = () => null;
    journal.flush();
    expect([ticksIn(files), journal.written]).toEqual([[1, 2, 3], 3 * TICK_BYTES]);
    const reader = new JournalReader(files);
    const [, ...behind] = [...reader.records()];
    expect(behind).toEqual([...reader.recordsAfter({ segment: segmentName(1), offset: provenAt, events: 1 })]);
    expect(reader.ending).toMatchObject({ segments: 2, abandoned: [], events: 3 });
  });

  test('a segment of which nothing was proven is passed over: all that it held is in the next', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, POWER);
    journal.event(tick(1));
    journal.flush();
    files.syncFault = () => 'EIO';
    await expect(journal.sync()).rejects.toThrow('EIO');
    files.syncFault = () => null;
    journal.event(tick(2));
    journal.flush();
    await journal.sync();
    const reader = new JournalReader(files);
    expect([...reader.records()]).toHaveLength(2);
    expect(reader.ending).toMatchObject({ segments: 1, abandoned: [segmentName(1)], events: 2 });
  });

  test('what waits is lost, counted and marked where it finds no room behind what must be written again', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, { ...POWER, bufferBytes: 6 * TICK_BYTES });
    for (let at = 1; at <= 3; at++) journal.event(tick(at));
    journal.flush();
    for (let at = 4; at <= 8; at++) journal.event(tick(at));
    files.syncFault = () => 'EIO';
    await expect(journal.sync()).rejects.toThrow('EIO');
    files.syncFault = () => null;
    expect([journal.dropped, journal.pendingBytes]).toEqual([1, 3 * TICK_BYTES]);
    journal.flush();
    expect(read(files).map((record) => (record.type === 'event' ? record.event.at : record))).toEqual([
      1,
      2,
      3,
      { type: 'gap', dropped: 1 },
    ]);
  });

  test('half of the buffer may wait for the disk, and no more', () => {
    const journal = new Journal(new MemoryFiles(), HEADER, { ...POWER, bufferBytes: 8 * TICK_BYTES });
    const flushed: number[] = [];
    const fill = (): void => {
      for (let at = 1; at <= 10; at++) {
        journal.event(tick(at));
        journal.flush();
        flushed.push(at);
      }
    };
    expect(fill).toThrow(expect.objectContaining({ operation: 'sync', errno: 'ETIMEDOUT', file: segmentName(1) }));
    expect(flushed).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('bytes that are not proven', () => {
  test('are counted, copied and handed over once', () => {
    const bytes = new UnprovenBytes();
    const lent = Buffer.from('abc');
    bytes.add(lent);
    bytes.add(new Uint8Array(0));
    lent.fill(0);
    bytes.add(Buffer.from('de'));
    expect(bytes.length).toBe(5);
    bytes.proven(0);
    bytes.proven(3);
    expect(bytes.length).toBe(2);
    expect([bytes.take().toString(), bytes.length, bytes.take().length]).toEqual(['de', 0, 0]);
    expect(() => bytes.proven(1)).toThrow('1 bytes were proven that were never written together');
  });
});

describe('a group commit', () => {
  test('tells of the journal what is written and what is proven, and begins one round at a time', async () => {
    let finish: () => void = () => {};
    const journal = { written: 5, proven: 0, sync: () => new Promise<void>((resolve) => (finish = resolve)) };
    const commit = new GroupCommit(journal);
    expect([commit.written, commit.proven, commit.running, commit.rounds]).toEqual([5, 0, false, 0]);
    commit.request();
    commit.request();
    expect([commit.running, commit.rounds]).toEqual([true, 1]);
    journal.proven = 5;
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect([commit.proven, commit.running, commit.rounds]).toEqual([5, false, 1]);
  });
});
