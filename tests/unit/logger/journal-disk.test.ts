/** What the real disk's part of the journal does at its edges: syncs, handles that are closed meanwhile, and refusals of the system as typed errors. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { Journal } from '../../../src/logger/journal.js';
import { DiskJournal, privateFolder } from '../../../src/logger/journal-files.js';
import { JournalReader } from '../../../src/logger/journal-reader.js';
import { HEADER } from './header.js';
import { temporaryFolder } from './temporary.js';

const NAME = 'journal-000001.bin';
const POWER = { segmentBytes: 1 << 20, bufferBytes: 1 << 20, durability: 'power' } as const;
/** Where the system lists a process's open files. */
const HANDLES = '/proc/self/fd';
const HAS_PROC = existsSync(HANDLES);
const isOpen = (path: string): boolean =>
  readdirSync(HANDLES).some((handle) => {
    try {
      return readlinkSync(join(HANDLES, handle)) === path;
    } catch {
      // Another thread's file, closed since the list was made.
      return false;
    }
  });
const refusal = (operation: string, errno: string): object => ({ code: 'STORAGE', operation, errno });

describe('a file of the journal', () => {
  test('that must survive a power failure is written, synced and read back', async () => {
    const folder = join(temporaryFolder(), 'run');
    const journal = new Journal(new DiskJournal(folder, 'power'), HEADER, POWER);
    journal.event({ type: 'tick', at: epochUs(1) });
    journal.flush();
    expect([journal.proven, journal.written]).toEqual([0, 18]);
    await journal.sync();
    expect([journal.proven, journal.written]).toEqual([18, 18]);
    journal.close();
    expect([...new JournalReader(new DiskJournal(folder)).records()].map((record) => record.type)).toEqual(['event', 'end']);
  });

  test.skipIf(!HAS_PROC)('closed while it is synced is closed after the last sync, and not before', async () => {
    const folder = temporaryFolder();
    const file = new DiskJournal(folder).create(NAME);
    file.append(Buffer.from('abc'));
    const syncs = [file.sync(), file.sync()];
    file.close();
    expect(isOpen(join(folder, NAME))).toBe(true);
    await Promise.all(syncs);
    expect([isOpen(join(folder, NAME)), readFileSync(join(folder, NAME), 'utf8')]).toEqual([false, 'abc']);
  });

  test.skipIf(!HAS_PROC)('is closed at once where no sync is under way, and stays open after one until it is closed', async () => {
    const folder = temporaryFolder();
    const file = new DiskJournal(folder).create(NAME);
    await file.sync();
    file.append(Buffer.from('x'));
    expect(isOpen(join(folder, NAME))).toBe(true);
    file.close();
    expect(isOpen(join(folder, NAME))).toBe(false);
  });

  test('is read from any place, and what is no file is a typed refusal', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, NAME), 'abc');
    mkdirSync(join(folder, 'journal-000002.bin'));
    const files = new DiskJournal(folder);
    const source = files.open(NAME);
    const into = Buffer.alloc(8);
    expect([source.size, source.read(into, 1), into.toString('latin1', 0, 2)]).toEqual([3, 2, 'bc']);
    source.close();
    const directory = files.open('journal-000002.bin');
    expect(() => directory.read(into, 0)).toThrow(expect.objectContaining(refusal('read', 'EISDIR')));
    directory.close();
    if (HAS_PROC) expect([isOpen(join(folder, NAME)), isOpen(join(folder, 'journal-000002.bin'))]).toEqual([false, false]);
  });
});

describe('a folder', () => {
  test('that is a file is a typed refusal to list, not an empty journal', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    expect(() => new DiskJournal(path).list()).toThrow(expect.objectContaining(refusal('list', 'ENOTDIR')));
    expect(() => privateFolder(path)).toThrow(expect.objectContaining(refusal('create folder', 'EEXIST')));
  });

  test('that is there already is taken as it is', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'run'));
    expect(() => privateFolder(join(folder, 'run'))).not.toThrow();
  });

  test('loses the file that is removed, and says what is missing', () => {
    const files = new DiskJournal(temporaryFolder());
    files.create(NAME).close();
    files.remove(NAME);
    expect(files.list()).toEqual([]);
    expect(() => files.open(NAME)).toThrow(expect.objectContaining(refusal('open', 'ENOENT')));
    expect(() => files.remove(NAME)).toThrow(expect.objectContaining(refusal('remove', 'ENOENT')));
  });
});
