import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { epochUs } from '../../../src/domain/units.js';
import { GroupCommit, UnprovenBytes, type Syncable } from '../../../src/logger/durability.js';
import { Journal } from '../../../src/logger/journal.js';
import { JournalReader } from '../../../src/logger/journal-reader.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { HEADER } from './header.js';

const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });
const LIMITS = { segmentBytes: 2048, bufferBytes: 64 * 1024, durability: 'power' } as const;

/** The moments of the ticks that a reader finds. */
const ticksOf = (files: MemoryFiles): number[] =>
  [...new JournalReader(files).records()].flatMap((record) => (record.type === 'event' ? [record.event.at] : []));

describe('a journal that survives a power failure', () => {
  test('without a sync the power failure takes what only the kernel had', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, LIMITS);
    journal.event(tick(1));
    journal.flush();
    await journal.sync();
    journal.event(tick(2));
    journal.flush();
    files.losePower();
    expect(ticksOf(files)).toEqual([1]);
  });

  test('a failed sync is not tried again on the same handle: what was not proven is written again into a new segment', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, LIMITS);
    journal.event(tick(1));
    journal.flush();
    await journal.sync();
    journal.event(tick(2));
    journal.flush();
    files.syncFault = () => 'EIO';
    await expect(journal.sync()).rejects.toThrow('the disk reports a fault');
    files.syncFault = () => null;
    journal.event(tick(3));
    journal.flush();
    await journal.sync();
    files.losePower();
    expect(journal.segments).toBe(2);
    expect(ticksOf(files)).toEqual([1, 2, 3]);
    expect(journal.proven).toBe(journal.written);
  });

  test('a write that fails while a sync is under way leaves nothing unproven behind', async () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, LIMITS);
    journal.event(tick(1));
    journal.flush();
    const syncing = journal.sync();
    files.fault = () => ({ errno: 'ENOSPC', kept: 3 });
    journal.event(tick(2));
    expect(() => journal.flush()).toThrow('the disk is full');
    await syncing;
    expect(journal.proven).toBe(0);
    files.fault = () => null;
    journal.flush();
    await journal.sync();
    files.losePower();
    expect(ticksOf(files)).toEqual([1, 2]);
  });

  test('whatever fails and whenever the power goes, what was proven is there, in order and once', async () => {
    const steps = fc.array(fc.constantFrom('event', 'flush', 'sync', 'sync-fails', 'write-fails'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const files = new MemoryFiles();
        const journal = new Journal(files, HEADER, LIMITS);
        // The folder and the head of the first segment are there.
        await journal.sync();
        let next = 0;
        let proven = 0;
        let flushed = 0;
        for (const step of plan) {
          files.syncFault = () => (step === 'sync-fails' ? 'EIO' : null);
          files.fault = (_name, bytes) => (step === 'write-fails' ? { errno: 'ENOSPC', kept: Math.floor(bytes / 2) } : null);
          if (step === 'event') journal.event(tick(++next));
          else if (step === 'sync' || step === 'sync-fails') {
            const before = flushed;
            if (
              await journal.sync().then(
                () => true,
                () => false,
              )
            )
              proven = Math.max(proven, before);
            else flushed = proven;
          } else
            try {
              journal.flush();
              flushed = next;
            } catch {
              flushed = proven;
            }
        }
        files.losePower();
        const found = ticksOf(files);
        expect(found).toEqual(found.map((_, i) => i + 1));
        expect(found.length).toBeGreaterThanOrEqual(proven);
      }),
      { numRuns: 200 },
    );
  });

  test('a disk that proves nothing any more does not fill memory: it counts as failed', () => {
    const files = new MemoryFiles();
    const journal = new Journal(files, HEADER, { ...LIMITS, bufferBytes: 4096 });
    expect(() => {
      for (let i = 1; i < 200; i++) {
        journal.event(tick(i));
        journal.flush();
      }
    }).toThrow('does not confirm');
  });
});

describe('group commit', () => {
  class SlowDisk implements Syncable {
    written = 0;
    proven = 0;
    readonly rounds: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
    sync(): Promise<void> {
      const target = this.written;
      return new Promise((resolve, reject) => {
        this.rounds.push({
          resolve: () => {
            this.proven = target;
            resolve();
          },
          reject,
        });
      });
    }
  }
  const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('everything that comes while the disk works shares one further round', async () => {
    const disk = new SlowDisk();
    const commit = new GroupCommit(disk);
    const told: (string | null)[] = [];
    commit.onRound((problem) => told.push(problem));
    disk.written = 1;
    commit.request();
    for (disk.written = 2; disk.written < 9; disk.written++) commit.request();
    disk.rounds[0]?.resolve();
    await soon();
    expect([disk.rounds.length, commit.running]).toEqual([2, true]);
    disk.rounds[1]?.resolve();
    await soon();
    expect([commit.rounds, commit.running, told]).toEqual([2, false, [null, null]]);
  });

  test('a failed round is told, and nothing is tried until somebody asks again', async () => {
    const disk = new SlowDisk();
    const commit = new GroupCommit(disk);
    const told: (string | null)[] = [];
    commit.onRound((problem) => told.push(problem));
    disk.written = 1;
    commit.request();
    disk.rounds[0]?.reject(new Error('EIO'));
    await soon();
    expect([commit.rounds, commit.running, told]).toEqual([1, false, ['EIO']]);
    commit.request();
    expect(commit.rounds).toBe(2);
  });
});

test('bytes are proven in whole additions only', () => {
  const bytes = new UnprovenBytes();
  bytes.add(Buffer.from('abc'));
  bytes.add(Buffer.from('de'));
  expect(() => bytes.proven(2)).toThrow(RangeError);
  bytes.proven(3);
  expect(bytes.take().toString()).toBe('de');
});
