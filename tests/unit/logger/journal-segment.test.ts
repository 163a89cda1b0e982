import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/logger/bytes.js';
import { headCheck } from '../../../src/logger/journal-frame.js';
import { isWhole, readSegmentHeader, segmentName, segmentNumber, type SegmentHeader } from '../../../src/logger/journal-segment.js';
import { HEADER } from './header.js';

const WHOLE: SegmentHeader = { ...HEADER, segment: 2, predecessor: { name: segmentName(1), bytes: 100 }, eventsBefore: 3 };

describe('the name of a segment', () => {
  test('is its number in six digits or more, and back', () => {
    for (const [number, name] of [
      [1, 'journal-000001.bin'],
      [123_456, 'journal-123456.bin'],
      [1_234_567, 'journal-1234567.bin'],
    ] as const)
      expect([segmentName(number), segmentNumber(name)]).toEqual([name, number]);
  });

  test.each(['journal-00001.bin', 'xjournal-000001.bin', 'journal-000001.bin.gz', 'journal-00000a.bin', 'journal-000001xbin', 'tape.csv'])(
    'is not %s',
    (name) => {
      expect(segmentNumber(name)).toBeNull();
    },
  );
});

describe('a header', () => {
  test.each<[string, object]>([
    ['with a predecessor', {}],
    ['of the first segment', { predecessor: null }],
  ])('%s is whole', (_, changes) => {
    expect(isWhole({ ...WHOLE, ...changes })).toBe(true);
  });

  test.each<[string, object]>([
    ['a build', { build: 7 }],
    ['a run', { run: undefined }],
    ['the moment it was made', { created: 'now' }],
    ['a whole moment', { created: 1.5 }],
    ['its number', { segment: undefined }],
    ['the events before', { eventsBefore: null }],
    ['a word on its predecessor', { predecessor: undefined }],
    ['the name of its predecessor', { predecessor: { bytes: 1 } }],
    ['the size of its predecessor', { predecessor: { name: 'x' } }],
  ])('without %s is not', (_, changes) => {
    expect(isWhole({ ...WHOLE, ...changes })).toBe(false);
  });

  test.each(['null', '7', '"text"'])('that says %s is none', (text) => {
    const out = new ByteWriter(64, 64);
    out.text(text);
    expect(() => readSegmentHeader(new ByteReader(out.written(), 0, out.length))).toThrow('no object');
  });
});

test('the check over length and kind sees any change of one byte', () => {
  const check = headCheck(0x01020304, 17);
  expect(check).toBe((0x5a + 17 + 1 + 2 + 3 + 4) & 0xff);
  for (const shift of [0, 8, 16, 24]) expect(headCheck((0x01020304 ^ (1 << shift)) >>> 0, 17)).not.toBe(check);
  expect(headCheck(0x01020304, 18)).not.toBe(check);
  expect(headCheck(0xff_ff_ff_ff, 255)).toBeLessThan(256);
});
