import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { epochUs } from '../../../src/domain/units.js';
import { Journal } from '../../../src/logger/journal.js';
import { JournalReader, type JournalRecord } from '../../../src/logger/journal-reader.js';
import { segmentName } from '../../../src/logger/journal-segment.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import { actionLists, events } from './arbitrary.js';
import { HEADER } from './header.js';

const MIB = 1024 * 1024;
const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });
const say = (text: string): EngineAction => ({ type: 'say', severity: 'info', code: 'X', text });
const read = (files: MemoryFiles): JournalRecord[] => [...new JournalReader(files).records()];
const ticksIn = (files: MemoryFiles): number[] => read(files).flatMap((record) => (record.type === 'event' ? [record.event.at] : []));

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});

test('what is noted is read back in order, with its answers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(events, actionLists, fc.boolean()), { maxLength: 12 }), (steps) => {
      const disk = new MemoryFiles();
      const journal = new Journal(disk, HEADER, { segmentBytes: 900, bufferBytes: MIB });
      const expected: unknown[] = [];
      for (const [number, [event, actions, flushes]] of steps.entries()) {
        journal.event(event);
        journal.actions(actions);
        expected.push({ type: 'event', number: number + 1, event });
        if (actions.length > 0) expected.push({ type: 'actions', number: number + 1, actions });
        if (flushes) journal.flush();
      }
      journal.close();
      expect(read(disk)).toStrictEqual([...expected, { type: 'end', events: steps.length }]);
    }),
    { numRuns: 60 },
  );
});

test('the header is read back whole', () => {
  new Journal(files, HEADER).close();
  expect(new JournalReader(files).header).toMatchObject(HEADER);
});

test('records leave in one write per flush, and none without a record', () => {
  const writes: number[] = [];
  files.fault = (_, bytes) => (writes.push(bytes), null);
  const journal = new Journal(files, HEADER);
  writes.length = 0;
  journal.flush();
  for (let at = 1; at <= 1000; at++) journal.event(tick(at));
  expect(writes).toEqual([]);
  journal.flush();
  expect(writes).toEqual([1000 * 18]);
  expect(journal.pendingBytes).toBe(0);
});

test('an empty answer takes no room', () => {
  const journal = new Journal(files, HEADER);
  journal.event(tick(1));
  const before = journal.pendingBytes;
  journal.actions([]);
  expect(journal.pendingBytes).toBe(before);
});

test('a lent fact that is refilled afterwards is kept as it was', () => {
  const lent = { type: 'tick' as const, at: epochUs(1) };
  const journal = new Journal(files, HEADER);
  journal.event(lent);
  lent.at = epochUs(2);
  journal.event(lent);
  journal.close();
  expect(ticksIn(files)).toEqual([1, 2]);
});

test('what comes after the close is counted as dropped and cannot spoil the journal', () => {
  const journal = new Journal(files, HEADER);
  journal.event(tick(1));
  journal.close();
  journal.event(tick(2));
  journal.actions([say('late')]);
  journal.flush();
  journal.close();
  expect(journal.dropped).toBe(2);
  expect(ticksIn(files)).toEqual([1]);
});

test('a folder that already holds a journal is refused', () => {
  new Journal(files, HEADER).close();
  expect(() => new Journal(files, HEADER)).toThrow(StorageError);
});

test('a folder that cannot be written is noticed at once', () => {
  files.fault = () => ({ errno: 'ENOSPC', kept: 0 });
  expect(() => new Journal(files, HEADER)).toThrow('ENOSPC');
  expect(files.list()).toEqual([]);
});

describe('rotation', () => {
  test('begins a new segment beyond the size, and none is left empty', () => {
    const journal = new Journal(files, HEADER, { segmentBytes: 100, bufferBytes: MIB });
    for (let at = 1; at <= 5; at++) {
      journal.event(tick(at));
      journal.flush();
    }
    journal.close();
    expect(journal.segments).toBe(6);
    expect(files.list()).toHaveLength(6);
    expect(ticksIn(files)).toEqual([1, 2, 3, 4, 5]);
  });

  test('never cuts a flush in two', () => {
    const journal = new Journal(files, HEADER, { segmentBytes: 1000, bufferBytes: MIB });
    for (let at = 1; at <= 500; at++) journal.event(tick(at));
    journal.flush();
    expect(files.list()).toHaveLength(1);
  });
});

describe('when the disk refuses', () => {
  const fail = (times: number, kept = 0): void => {
    let left = times;
    files.fault = (_, bytes) => (left-- > 0 ? { errno: 'ENOSPC', kept: Math.min(kept, bytes) } : null);
  };

  test.each([0, 1, 5, 17, 18, 19, 36])('records are kept and written once to a new segment (%i bytes were kept by the system)', (kept) => {
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    journal.flush();
    journal.event(tick(2));
    journal.event(tick(3));
    fail(1, kept);
    expect(() => {
      journal.flush();
    }).toThrow(StorageError);
    journal.event(tick(4));
    journal.flush();
    journal.close();
    expect(files.list()).toEqual([segmentName(1), segmentName(2)]);
    expect(ticksIn(files)).toEqual([1, 2, 3, 4]);
    expect(journal.dropped).toBe(0);
  });

  test('again and again, no heap of empty segments is left', () => {
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    fail(50, 3);
    for (let i = 0; i < 50; i++)
      expect(() => {
        journal.flush();
      }).toThrow('ENOSPC');
    journal.flush();
    journal.close();
    expect(files.list()).toEqual([segmentName(1), segmentName(2)]);
    expect(ticksIn(files)).toEqual([1]);
  });

  test('and a failed segment cannot be removed, its number is passed over', () => {
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    fail(2, 30);
    files.remove = () => {
      throw new StorageError('remove', 'x', 'EIO');
    };
    for (let i = 0; i < 2; i++)
      expect(() => {
        journal.flush();
      }).toThrow('ENOSPC');
    journal.flush();
    journal.close();
    expect(files.list()).toEqual([1, 2, 3].map(segmentName));
    const reader = new JournalReader(files);
    expect([...reader.records()].filter((record) => record.type === 'event')).toHaveLength(1);
    expect(reader.ending).toMatchObject({ closed: true, abandoned: [segmentName(2)], segments: 2 });
  });

  test('for longer than the buffer holds, the loss is counted and marked where it happened', () => {
    const journal = new Journal(files, HEADER, { segmentBytes: MIB, bufferBytes: 18 * 10 });
    fail(1);
    for (let at = 1; at <= 10; at++) journal.event(tick(at));
    expect(() => {
      journal.flush();
    }).toThrow('ENOSPC');
    for (let at = 11; at <= 14; at++) journal.event(tick(at));
    journal.actions([say('lost too')]);
    expect(journal.dropped).toBe(5);
    journal.flush();
    journal.event(tick(15));
    journal.close();
    const kinds = read(files).map((record) => (record.type === 'event' ? record.event.at : record));
    expect(kinds).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, { type: 'gap', dropped: 5 }, 15, { type: 'end', events: 11 }]);
  });

  test('closing reports it', () => {
    const journal = new Journal(files, HEADER);
    journal.event(tick(1));
    fail(9);
    expect(() => {
      journal.close();
    }).toThrow('ENOSPC');
  });
});
