/** Journals made by hand, sealed with right checksums: what a reader must refuse although no bit has turned, and what it must pass over. */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { ByteWriter } from '../../../src/logger/bytes.js';
import { writeEvent } from '../../../src/logger/journal-codec.js';
import { beginRecord, endRecord, FORMAT_VERSION, KIND } from '../../../src/logger/journal-frame.js';
import { JournalReader, type JournalRecord, type SourceFile } from '../../../src/logger/journal-reader.js';
import { segmentName, type SegmentHeader } from '../../../src/logger/journal-segment.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { HEADER } from './header.js';

type Write = (out: ByteWriter) => void;

const record =
  (kind: number, content: Write = () => undefined): Write =>
  (out) => {
    const start = beginRecord(out, kind, 64);
    content(out);
    endRecord(out, start);
  };
const tick =
  (at: number): Write =>
  (out) => {
    writeEvent(out, { type: 'tick', at: epochUs(at) });
  };
const count = (kind: number, value: number): Write => record(kind, (out) => out.f64(value));
const end = (events: number): Write => count(KIND.end, events);
const gap = (dropped: number): Write => count(KIND.gap, dropped);
const state = (hash: string): Write => record(KIND.state, (out) => out.text(hash));

interface Forgery {
  readonly header?: Partial<SegmentHeader>;
  /** The number at the very front. */
  readonly version?: number;
  readonly headKind?: number;
  readonly records?: readonly Write[];
}

const segmentOf = (number: number, forgery: Forgery = {}): Buffer => {
  const out = new ByteWriter(4096, 1 << 20);
  out.reserve(8);
  for (const letter of 'KMMJ') out.u8(letter.charCodeAt(0));
  out.u32(forgery.version ?? FORMAT_VERSION);
  const header = { ...HEADER, format: FORMAT_VERSION, segment: number, predecessor: null, eventsBefore: 0, ...forgery.header };
  record(forgery.headKind ?? KIND.header, (to) => to.text(JSON.stringify(header)))(out);
  for (const write of forgery.records ?? []) write(out);
  return Buffer.from(out.written());
};

const filesOf = (...segments: readonly Buffer[]): MemoryFiles => {
  const files = new MemoryFiles();
  for (const [i, bytes] of segments.entries()) files.write(segmentName(i + 1), bytes);
  return files;
};
/** A second segment that follows `first` whole. */
const after = (first: Buffer, forgery: Forgery = {}): Buffer =>
  segmentOf(2, { ...forgery, header: { predecessor: { name: segmentName(1), bytes: first.length }, ...forgery.header } });
const readAll = (files: MemoryFiles): JournalRecord[] => [...new JournalReader(files).records()];
const damage = (expected: string, found: string): object => ({ code: 'JOURNAL_DAMAGED', expected, found });

describe('a sealed journal is refused', () => {
  const head = segmentOf(1).length;

  test.each<[string, MemoryFiles, object]>([
    [
      'with a kind of record that no build of this format knows',
      filesOf(segmentOf(1, { records: [tick(1), record(99)] })),
      { ...damage('a kind of record this build knows', 'kind 99'), offset: head + 18 },
    ],
    [
      'with an event that is no JSON',
      filesOf(segmentOf(1, { records: [record(KIND.eventJson, (out) => out.text('{"type":'))] })),
      {
        code: 'JOURNAL_DAMAGED',
        expected: `a readable record of kind ${KIND.eventJson}`,
        offset: head,
        cause: expect.any(SyntaxError) as unknown,
      },
    ],
    [
      'with a record that is shorter than its content',
      filesOf(segmentOf(1, { records: [record(KIND.tick)] })),
      damage(`a readable record of kind ${KIND.tick}`, 'needed 8 bytes, 0 left'),
    ],
    [
      'that counts other events at its end',
      filesOf(segmentOf(1, { records: [tick(1), end(2)] })),
      damage('the 2 events that its end counts', '1'),
    ],
    [
      'that goes on after the mark that closes it',
      filesOf(segmentOf(1, { records: [end(0), tick(1)] })),
      damage('nothing after the mark that closes the journal', `a record of kind ${KIND.tick}`),
    ],
    [
      'that begins with another record than its header',
      filesOf(segmentOf(1, { headKind: KIND.state })),
      { ...damage('a header record', `a record of kind ${KIND.state}`), offset: 8 },
    ],
    [
      'whose header lacks the events before it',
      filesOf(segmentOf(1, { header: { eventsBefore: undefined as unknown as number } })),
      damage('a header with all its fields', 'one that lacks some'),
    ],
    [
      'whose header names another format than its front',
      filesOf(segmentOf(1, { header: { format: 1 } })),
      { ...damage('format 1, as the header says', `format ${FORMAT_VERSION}`), offset: 4 },
    ],
    ['whose header names another segment', filesOf(segmentOf(3)), damage('segment 1', 'the header of segment 3')],
  ])('%s', (_, files, error) => {
    expect(() => readAll(files)).toThrow(expect.objectContaining(error));
  });

  test.each<[string, Forgery, object]>([
    [
      'follows one that was closed',
      { header: { eventsBefore: 1 } },
      damage('nothing after the mark that closes the journal', 'another segment'),
    ],
  ])('where a segment %s', (_, forgery, error) => {
    const first = segmentOf(1, { records: [tick(1), end(1)] });
    expect(() => readAll(filesOf(first, after(first, forgery)))).toThrow(expect.objectContaining(error));
  });

  test('where a segment counts other events before it than there are', () => {
    const first = segmentOf(1, { records: [tick(1)] });
    expect(() => readAll(filesOf(first, after(first, { header: { eventsBefore: 2 } })))).toThrow(
      expect.objectContaining(damage('2 events in the segments before', '1')),
    );
  });

  test('where a segment is shorter than the one after it says, and where that cuts a record in two', () => {
    const first = segmentOf(1, { records: [tick(1)] });
    const second = after(first, { header: { eventsBefore: 1 } });
    expect(() => readAll(filesOf(first.subarray(0, -1), second))).toThrow(
      expect.objectContaining(damage(`${first.length} bytes, as the segment after it says`, `${first.length - 1}`)),
    );
    const cut = { header: { eventsBefore: 1, predecessor: { name: segmentName(1), bytes: first.length - 1 } } };
    expect(() => readAll(filesOf(first, segmentOf(2, cut)))).toThrow(
      expect.objectContaining(damage('a whole record', '17 bytes up to the end that the next segment names')),
    );
  });

  test('where zeros stand before the end that the next segment names', () => {
    const first = Buffer.concat([segmentOf(1), Buffer.alloc(20)]);
    expect(() => readAll(filesOf(first, after(first)))).toThrow(
      expect.objectContaining(damage('the head of a record', 'bytes that are none')),
    );
  });

  test('where anything but zeros follows zeros at its end', () => {
    const zeros = Buffer.alloc(1_100_000);
    zeros[zeros.length - 1] = 1;
    expect(() => readAll(filesOf(Buffer.concat([segmentOf(1), zeros])))).toThrow('bytes that are none');
    zeros[zeros.length - 1] = 0;
    expect(readAll(filesOf(Buffer.concat([segmentOf(1), zeros])))).toEqual([]);
  });

  test('where a segment stands beside the chain and follows another place', () => {
    const first = segmentOf(1, { records: [tick(1)] });
    const stray = after(first, { header: { eventsBefore: 1 } });
    const last = segmentOf(3, { header: { predecessor: { name: segmentName(1), bytes: first.length - 18 } } });
    expect(() => readAll(filesOf(first, stray, last))).toThrow(
      expect.objectContaining(damage('a segment that the one after it names', 'a segment of no chain')),
    );
  });
});

describe('another format', () => {
  test('that says so at its front and in its header is named, and what this build reads', () => {
    for (const version of [0, FORMAT_VERSION + 1])
      expect(() => readAll(filesOf(segmentOf(1, { version, header: { format: version } })))).toThrow(
        expect.objectContaining({ code: 'JOURNAL_VERSION', found: version, supported: FORMAT_VERSION }),
      );
  });

  test('that frames its records in another way is named by its front alone', () => {
    const bytes = segmentOf(1, { version: 9 });
    bytes.writeUInt8(bytes.readUInt8(13) ^ 1, 13);
    expect(() => readAll(filesOf(bytes))).toThrow(expect.objectContaining({ code: 'JOURNAL_VERSION', found: 9 }));
    bytes.writeUInt32LE(FORMAT_VERSION, 4);
    expect(() => readAll(filesOf(bytes))).toThrow(expect.objectContaining({ code: 'JOURNAL_DAMAGED' }));
  });
});

describe('a folder', () => {
  test('is empty as long as no segment got as far as its header', () => {
    const whole = segmentOf(1);
    expect(JournalReader.isEmpty(new MemoryFiles())).toBe(true);
    expect([0, 7, 8, 20, whole.length - 1].map((length) => JournalReader.isEmpty(filesOf(whole.subarray(0, length))))).toEqual(
      Array.from({ length: 5 }, () => true),
    );
    expect(JournalReader.isEmpty(filesOf(whole))).toBe(false);
    expect(JournalReader.isEmpty(filesOf(whole.subarray(0, 3), segmentOf(2)))).toBe(false);
  });

  test('with nothing but such segments is told as such', () => {
    expect(() => new JournalReader(filesOf(segmentOf(1).subarray(0, 20)))).toThrow(
      expect.objectContaining({ ...damage('a whole header', 'a file that ends before it'), file: segmentName(1) }),
    );
  });

  test('has segments passed over that a later one replaces, or that have no header', () => {
    const first = segmentOf(1, { records: [tick(1)] });
    const follows = { predecessor: { name: segmentName(1), bytes: first.length }, eventsBefore: 1 };
    const files = filesOf(
      first,
      segmentOf(2, { header: follows, records: [tick(2)] }),
      first.subarray(0, 30),
      segmentOf(4, { header: follows, records: [tick(2), tick(3), end(3)] }),
    );
    const reader = new JournalReader(files);
    expect([...reader.records()].flatMap((found) => (found.type === 'event' ? [found.event.at] : []))).toEqual([1, 2, 3]);
    expect(reader.ending).toEqual({ segments: 2, events: 3, closed: true, torn: null, abandoned: [segmentName(3), segmentName(2)] });
  });
});

describe('what the reader tells of the end', () => {
  test('is that of the last reading', () => {
    const whole = segmentOf(1, { records: [tick(1), tick(2)] });
    const files = filesOf(whole.subarray(0, -1));
    const reader = new JournalReader(files);
    expect(reader.ending).toMatchObject({ events: 0, closed: false, torn: null });
    expect([[...reader.records()].length, reader.ending.torn?.bytes]).toEqual([1, 17]);
    files.write(segmentName(1), segmentOf(1, { records: [tick(1), tick(2), end(2)] }));
    expect([[...reader.records()].length, reader.ending]).toEqual([3, expect.objectContaining({ events: 2, closed: true, torn: null })]);
    files.write(segmentName(1), whole);
    expect([[...reader.recordsAfter({ segment: segmentName(1), offset: whole.length - 18, events: 1 })], reader.ending]).toEqual([
      [{ type: 'event', number: 2, event: { type: 'tick', at: 2 } }],
      expect.objectContaining({ events: 2, closed: false, torn: null }),
    ]);
  });
});

describe('reading on from a place', () => {
  const first = segmentOf(1, { records: [tick(1), state('a'), tick(2), gap(3), state('b'), tick(3)] });
  const second = after(first, { header: { eventsBefore: 3 }, records: [state('c'), tick(4), end(4)] });
  const behind = (events: number, offset = 1e9): readonly unknown[] =>
    [...new JournalReader(filesOf(first, second)).recordsAfter({ segment: segmentName(1), offset, events })].map((found) =>
      found.type === 'event' ? found.number : found.type,
    );

  test('found by counting gives gaps and states with the events that they follow', () => {
    expect([0, 1, 2, 3, 4].map((events) => behind(events))).toEqual([
      [1, 'state', 2, 'gap', 'state', 3, 'state', 4, 'end'],
      [2, 'gap', 'state', 3, 'state', 4, 'end'],
      [3, 'state', 4, 'end'],
      [4, 'end'],
      [],
    ]);
  });

  test('at the first record, at the end of a segment, and before any record', () => {
    const head = segmentOf(1).length;
    expect(behind(0, head)).toEqual([1, 'state', 2, 'gap', 'state', 3, 'state', 4, 'end']);
    expect(behind(3, first.length)).toEqual(['state', 4, 'end']);
    expect(behind(2, head - 1)).toEqual([3, 'state', 4, 'end']);
  });

  test('that the newest segment does not reach is found by counting as well, and the events are counted in full', () => {
    const reader = new JournalReader(filesOf(first, second));
    const found = [...reader.recordsAfter({ segment: segmentName(2), offset: second.length + 1, events: 2 })];
    expect([found.map(({ type }) => type), reader.ending.events]).toEqual([['event', 'state', 'event', 'end'], 4]);
    expect([[...reader.recordsAfter({ segment: segmentName(2), offset: 1e9, events: 9 })], reader.ending.events]).toEqual([[], 4]);
  });

  test('checks that the segments behind it continue it', () => {
    const wrong = after(first, { header: { eventsBefore: 4 }, records: [tick(4)] });
    const place = { segment: segmentName(1), offset: first.length, events: 3 };
    expect(() => [...new JournalReader(filesOf(first, wrong)).recordsAfter(place)]).toThrow('4 events in the segments before');
  });
});

test('a file that shrinks while it is read is damage, not a hang and not an end', () => {
  class Shrinking extends MemoryFiles {
    override open(name: string): SourceFile {
      const file = super.open(name);
      return { ...file, size: file.size + 18 };
    }
  }
  const files = new Shrinking();
  files.write(segmentName(1), segmentOf(1, { records: [tick(1)] }));
  expect(() => readAll(files)).toThrow('the file shrank while it was read');
});
