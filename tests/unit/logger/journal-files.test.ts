import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { DiskJournal } from '../../../src/logger/journal-files.js';
import { Journal } from '../../../src/logger/journal.js';
import { JournalReader } from '../../../src/logger/journal-reader.js';
import { segmentName } from '../../../src/logger/journal-segment.js';
import { HEADER } from './header.js';
import { temporaryFolder } from './temporary.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a journal on a real disk', () => {
  test('is private to its owner and readable again', () => {
    const folder = join(temporaryFolder(), 'runs', 'run-1');
    const journal = new Journal(new DiskJournal(folder), HEADER, { segmentBytes: 1, bufferBytes: 1 << 20 });
    for (let at = 1; at <= 12; at++) {
      journal.event({ type: 'tick', at: epochUs(at) });
      journal.flush();
    }
    journal.close();
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(join(folder, 'journal-000001.bin'))).toBe(0o600);
    const reader = new JournalReader(new DiskJournal(folder));
    expect([...reader.records()].flatMap((record) => (record.type === 'event' ? [record.event.at] : []))).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    expect(reader.ending).toMatchObject({ closed: true, segments: 13 });
  });

  test('is with the kernel after a flush: another reader sees it while it is still open', () => {
    const folder = temporaryFolder();
    const journal = new Journal(new DiskJournal(folder), HEADER);
    journal.event({ type: 'tick', at: epochUs(5) });
    journal.flush();
    expect([...new JournalReader(new DiskJournal(folder)).records()]).toHaveLength(1);
    journal.close();
  });

  test('does not overwrite an older one', () => {
    const folder = temporaryFolder();
    const files = new DiskJournal(folder);
    files.create('journal-000001.bin').close();
    expect(() => files.create('journal-000001.bin')).toThrow('EEXIST');
    expect(() => new Journal(files, HEADER)).toThrow('every run writes into a folder of its own');
  });

  test('does not follow symbolic links', () => {
    const folder = temporaryFolder();
    const elsewhere = join(folder, 'elsewhere.bin');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, join(folder, 'journal-000001.bin'));
    const files = new DiskJournal(folder);
    expect(() => files.create('journal-000001.bin')).toThrow('EEXIST');
    expect(() => files.open('journal-000001.bin')).toThrow('ELOOP');
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect(() => new DiskJournal(join(folder, 'link')).create('journal-000001.bin')).toThrow('ELOOP');
  });

  test('lists segments in the order of their numbers and nothing else', () => {
    const folder = temporaryFolder();
    for (const name of ['journal-1000000.bin', 'journal-000002.bin', 'tape.csv', 'journal-1.bin', 'journal-000010.bin'])
      writeFileSync(join(folder, name), '');
    expect(new DiskJournal(folder).list()).toEqual(['journal-000002.bin', 'journal-000010.bin', 'journal-1000000.bin']);
    expect(new DiskJournal(join(folder, 'absent')).list()).toEqual([]);
  });

  test('says why a folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => new Journal(new DiskJournal(join(folder, 'file', 'run')), HEADER)).toThrow('cannot');
  });

  test('removing what is not there is a typed refusal', () => {
    expect(() => {
      new DiskJournal(temporaryFolder()).remove('journal-000001.bin');
    }).toThrow('ENOENT');
  });
});

test('what is to be built upon is forced to the platter, also where there is nothing yet', () => {
  const folder = temporaryFolder();
  new DiskJournal(join(folder, 'none'), 'power').settle();
  const journal = new DiskJournal(folder, 'power');
  journal.create(segmentName(1)).append(Buffer.from('x'));
  journal.settle();
  symlinkSync('/dev/null', join(folder, segmentName(2)));
  expect(() => journal.settle()).toThrow('ELOOP');
  // Nobody waits for the platter: nothing is touched.
  new DiskJournal(folder).settle();
});
