import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { epochUs, price, quantity } from '../../../src/domain/units.js';
import { ByteWriter } from '../../../src/logger/bytes.js';
import { beginRecord, endRecord, KIND, PREAMBLE_BYTES } from '../../../src/logger/journal-frame.js';
import { Journal, type JournalPlace } from '../../../src/logger/journal.js';
import { JournalReader, type JournalRecord } from '../../../src/logger/journal-reader.js';
import { segmentName } from '../../../src/logger/journal-segment.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { JournalDamagedError, JournalVersionError } from '../../../src/logger/storage-errors.js';
import { HEADER } from './header.js';

const delta = (at: number): EngineEvent => ({
  type: 'book-delta',
  at: epochUs(at),
  market: marketIndex(1),
  side: 'bid',
  price: price(4200),
  change: quantity(100),
  exchangeAt: epochUs(at),
});

interface Wish {
  readonly segments: number;
  readonly closed: boolean;
}

/** A journal of three deltas and one answer per segment. */
const journalOf = (wish: Wish): MemoryFiles => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER, { segmentBytes: 1, bufferBytes: 1 << 20 });
  for (let segment = 0; segment < wish.segments; segment++) {
    for (let i = 1; i <= 3; i++) journal.event(delta(segment * 3 + i));
    journal.actions([{ type: 'stopped', left: segment }]);
    journal.flush();
  }
  if (wish.closed) journal.close();
  return files;
};

const copyOf = (files: MemoryFiles): MemoryFiles => {
  const copy = new MemoryFiles();
  for (const name of files.list()) copy.write(name, files.read(name));
  return copy;
};

type Outcome = { readonly records: JournalRecord[]; readonly error: unknown; readonly reader: JournalReader | null };

const outcomeOf = (files: MemoryFiles): Outcome => {
  const records: JournalRecord[] = [];
  let reader: JournalReader | null = null;
  try {
    reader = new JournalReader(files);
    for (const record of reader.records()) records.push(record);
    return { records, error: null, reader };
  } catch (error) {
    return { records, error, reader };
  }
};

const isTyped = (error: unknown): boolean => error instanceof JournalDamagedError || error instanceof JournalVersionError;

describe('damage', () => {
  test('of any single byte anywhere is detected, and nothing false is told before it', () => {
    const files = journalOf({ segments: 2, closed: false });
    const truth = outcomeOf(files).records;
    for (const name of files.list())
      for (let at = 0; at < files.read(name).length; at++) {
        const copy = copyOf(files);
        const byte = copy.read(name).readUInt8(at);
        copy.read(name)[at] = byte ^ (1 << (at % 8));
        const { records, error } = outcomeOf(copy);
        expect(isTyped(error), `${name} byte ${at}`).toBe(true);
        expect(records).toStrictEqual(truth.slice(0, records.length));
      }
  });

  test('names file and offset', () => {
    const files = journalOf({ segments: 1, closed: true });
    const name = files.list().at(-1) as string;
    const bytes = files.read(name);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    const { error } = outcomeOf(files);
    expect(error).toMatchObject({ code: 'JOURNAL_DAMAGED', file: name, offset: bytes.length - 18 });
  });

  test('by a cut inside an inner segment is detected at every length', () => {
    const files = journalOf({ segments: 2, closed: true });
    const name = segmentName(1);
    const whole = Buffer.from(files.read(name));
    for (let length = 0; length < whole.length; length++) {
      files.write(name, whole.subarray(0, length));
      expect(outcomeOf(files).error, `cut at ${length}`).toBeInstanceOf(JournalDamagedError);
    }
  });

  test('by a missing first, inner or misnamed segment is detected', () => {
    const wish = { segments: 3, closed: true };
    for (const missing of [1, 2]) {
      const files = journalOf(wish);
      files.remove(segmentName(missing));
      expect(outcomeOf(files).error).toMatchObject({
        code: 'JOURNAL_DAMAGED',
        expected: expect.stringContaining(segmentName(missing)) as string,
      });
    }
    const files = journalOf(wish);
    files.write(segmentName(9), files.read(segmentName(4)));
    expect(outcomeOf(files).error).toMatchObject({ expected: 'segment 9' });
  });

  test('by a segment of another run is detected', () => {
    const files = journalOf({ segments: 1, closed: false });
    const other = new MemoryFiles();
    const journal = new Journal(other, { ...HEADER, run: 'run-2' }, { segmentBytes: 1, bufferBytes: 1 << 20 });
    journal.event(delta(1));
    journal.flush();
    journal.event(delta(2));
    journal.flush();
    files.write(segmentName(2), other.read(segmentName(2)));
    expect(outcomeOf(files).error).toMatchObject({ code: 'JOURNAL_DAMAGED', expected: expect.stringContaining('run run-2') as string });
  });

  test('by an empty folder or a file of another kind is told as such', () => {
    expect(outcomeOf(new MemoryFiles()).error).toMatchObject({ found: 'no segment' });
    const files = new MemoryFiles();
    files.write(segmentName(1), Buffer.from('ts,ticker,mid\nnot a journal\n'));
    expect(outcomeOf(files).error).toMatchObject({ expected: expect.stringContaining('KMMJ') as string, offset: 0 });
  });
});

describe('the end as a crash leaves it', () => {
  test('any cut of the last segment keeps every whole record and says what was dropped', () => {
    const files = journalOf({ segments: 2, closed: false });
    const truth = outcomeOf(files).records;
    const name = segmentName(2);
    const whole = Buffer.from(files.read(name));
    let cleanCuts = 0;
    for (let length = 0; length < whole.length; length++) {
      const copy = copyOf(files);
      copy.write(name, whole.subarray(0, length));
      const { records, error, reader } = outcomeOf(copy);
      expect(error, `cut at ${length}`).toBeNull();
      expect(records).toStrictEqual(truth.slice(0, records.length));
      expect(records.length).toBeGreaterThanOrEqual(4);
      expect(reader?.ending.closed).toBe(false);
      const { torn, abandoned } = reader?.ending ?? { torn: null, abandoned: [] };
      if (torn !== null) expect(torn.offset + torn.bytes).toBe(length);
      else if (abandoned.length === 0) cleanCuts++;
    }
    // After the header and after each of the three deltas, nothing is left over.
    expect(cleanCuts).toBe(4);
  });

  test('an unfinished record is dropped and its place is named', () => {
    const files = journalOf({ segments: 1, closed: false });
    const name = segmentName(1);
    const whole = files.read(name);
    files.write(name, Buffer.concat([whole, whole.subarray(-20)]).subarray(0, whole.length + 3));
    const { reader } = outcomeOf(files);
    expect(reader?.ending.torn).toEqual({ file: name, offset: whole.length, bytes: 3 });
  });

  test('zeros from the middle of a record on are a torn end as well, and a file of nothing else is empty', () => {
    const files = journalOf({ segments: 1, closed: false });
    const name = segmentName(1);
    const whole = files.read(name);
    const truth = outcomeOf(files).records;
    const told: number[] = [];
    for (let cut = PREAMBLE_BYTES; cut < whole.length; cut++) {
      files.write(name, Buffer.concat([whole.subarray(0, cut), Buffer.alloc(whole.length - cut + 700)]));
      if (JournalReader.isEmpty(files)) continue;
      const { error, records } = outcomeOf(files);
      expect(error).toBeNull();
      expect(records).toStrictEqual(truth.slice(0, records.length));
      told.push(records.length);
    }
    expect([...new Set(told)]).toEqual([0, 1, 2, 3]);
    files.write(name, Buffer.alloc(whole.length));
    expect(JournalReader.isEmpty(files)).toBe(true);
  });

  test('zeros that a power failure leaves behind are a torn end, not damage', () => {
    const files = journalOf({ segments: 1, closed: false });
    const name = segmentName(1);
    const whole = files.read(name);
    files.write(name, Buffer.concat([whole, Buffer.alloc(5000)]));
    const { error, records, reader } = outcomeOf(files);
    expect(error).toBeNull();
    expect(records).toHaveLength(4);
    expect(reader?.ending.torn).toEqual({ file: name, offset: whole.length, bytes: 5000 });
  });

  test('a clean close is told from a crash', () => {
    expect(outcomeOf(journalOf({ segments: 1, closed: true })).reader?.ending).toMatchObject({ closed: true, torn: null, events: 3 });
    expect(outcomeOf(journalOf({ segments: 1, closed: false })).reader?.ending).toMatchObject({ closed: false, torn: null, events: 3 });
  });

  test('nothing may follow a clean close', () => {
    const files = journalOf({ segments: 1, closed: true });
    const last = files.list().at(-1) as string;
    const whole = files.read(last);
    files.write(last, Buffer.concat([whole, whole.subarray(-18)]));
    expect(outcomeOf(files).error).toBeInstanceOf(JournalDamagedError);
  });
});

test('a journal of a newer build is refused with advice', () => {
  const out = new ByteWriter(4096, 4096);
  out.reserve(8);
  for (const letter of 'KMMJ') out.u8(letter.charCodeAt(0));
  out.u32(3);
  const start = beginRecord(out, KIND.header, 0);
  out.text(JSON.stringify({ ...HEADER, format: 3, segment: 1, predecessor: null, eventsBefore: 0 }));
  endRecord(out, start);
  const files = new MemoryFiles();
  files.write(segmentName(1), out.written());
  const { error } = outcomeOf(files);
  expect(error).toBeInstanceOf(JournalVersionError);
  expect((error as Error).message).toContain('use the build that wrote it');
});

test('one bit that turned in the number of the format does not pass for a newer build', () => {
  for (const bit of [0, 1, 2, 12, 31]) {
    const files = journalOf({ segments: 1, closed: true });
    const bytes = files.read(segmentName(1));
    bytes.writeUInt32LE((bytes.readUInt32LE(4) ^ (1 << bit)) >>> 0, 4);
    expect([bit, outcomeOf(files).error]).toEqual([bit, expect.any(JournalDamagedError)]);
  }
});

test('a journal of the first format, which does not repeat its number, is read', () => {
  const out = new ByteWriter(4096, 4096);
  out.reserve(8);
  for (const letter of 'KMMJ') out.u8(letter.charCodeAt(0));
  out.u32(1);
  const start = beginRecord(out, KIND.header, 0);
  out.text(JSON.stringify({ ...HEADER, segment: 1, predecessor: null, eventsBefore: 0 }));
  endRecord(out, start);
  const files = new MemoryFiles();
  files.write(segmentName(1), out.written());
  expect(outcomeOf(files).error).toBeNull();
});

describe('reading on from a place that the writer noted', () => {
  const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });
  const write = (places: (JournalPlace | null)[]): MemoryFiles => {
    const files = new MemoryFiles();
    // Small segments: several places lie in each, several segments behind each place.
    const journal = new Journal(files, HEADER, { segmentBytes: 700, bufferBytes: 65_536 });
    for (let at = 1; at <= 30; at++) {
      journal.event(tick(at));
      if (at % 3 === 0) journal.actions([{ type: 'stopped', left: at }]);
      journal.flush();
      places.push(journal.place);
    }
    return files;
  };

  test('gives exactly what comes after it, from every place', () => {
    const places: (JournalPlace | null)[] = [];
    const files = write(places);
    const all = [...new JournalReader(files).records()];
    for (const place of places) {
      if (place === null) throw new Error('expected a place');
      const after = all.filter((record) => (record.type === 'event' || record.type === 'actions') && record.number > place.events);
      expect([...new JournalReader(files).recordsAfter(place)]).toEqual(after);
      // A place that was written again elsewhere is found by counting.
      expect([...new JournalReader(files).recordsAfter({ ...place, segment: 'journal-000099.bin' })]).toEqual(after);
    }
  });

  test('of a place that the files do not reach any more gives nothing', () => {
    const places: (JournalPlace | null)[] = [];
    const files = write(places);
    const last = places.at(-1);
    if (last === null || last === undefined) throw new Error('expected a place');
    files.write(last.segment, files.read(last.segment).subarray(0, last.offset - 20));
    expect([...new JournalReader(files).recordsAfter(last)]).toEqual([]);
  });
});

test('records larger than the reading block are read whole', () => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER);
  const reason = 'x'.repeat(3 * 1024 * 1024);
  for (let i = 1; i <= 3; i++) {
    journal.event({ type: 'feed-down', at: epochUs(i), reason });
    journal.event(delta(i));
  }
  journal.close();
  const { records, error } = outcomeOf(files);
  expect(error).toBeNull();
  expect(
    records.filter((record) => record.type === 'event' && record.event.type === 'feed-down' && record.event.reason === reason),
  ).toHaveLength(3);
});

test('reading twice tells the same twice', () => {
  const reader = new JournalReader(journalOf({ segments: 2, closed: true }));
  expect([...reader.records()]).toStrictEqual([...reader.records()]);
  expect(reader.ending.events).toBe(6);
});

test.each(['{"build":1}', 'null', '{"build":', ''])('a header that is sealed but says %j is damage, not a crash', (text) => {
  const out = new ByteWriter(1024, 1024);
  for (const letter of 'KMMJ') out.u8(letter.charCodeAt(0));
  out.u32(1);
  const start = beginRecord(out, KIND.header, 0);
  out.text(text);
  endRecord(out, start);
  const files = new MemoryFiles();
  files.write(segmentName(1), out.written());
  expect(outcomeOf(files).error).toBeInstanceOf(JournalDamagedError);
});

test('records cut out to the byte are missed by the count at the end', () => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER);
  for (let i = 1; i <= 3; i++) journal.event(delta(i));
  journal.close();
  const name = segmentName(1);
  const bytes = files.read(name);
  const size = (at: number): number => 6 + bytes.readUInt32LE(at) + 4;
  const second = 8 + size(8);
  files.write(name, Buffer.concat([bytes.subarray(0, second), bytes.subarray(second + size(second))]));
  expect(outcomeOf(files).error).toBeInstanceOf(JournalDamagedError);
});
