import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { BufferFullError, ByteReader, ByteWriter, ShortRecordError } from '../../../src/logger/bytes.js';

const filled = (writer: ByteWriter, count: number): ByteWriter => {
  writer.raw(new Uint8Array(count).fill(7));
  return writer;
};

describe('the buffer that is written into', () => {
  test('doubles until what is asked for fits, and keeps what it holds', () => {
    const out = new ByteWriter(8, 1000);
    filled(out, 5);
    out.reserve(3);
    expect(out.bytes.length).toBe(8);
    out.reserve(4);
    expect(out.bytes.length).toBe(16);
    out.reserve(40);
    expect([out.bytes.length, [...out.written()]]).toEqual([64, [7, 7, 7, 7, 7]]);
  });

  test('grows to its limit and no further, and is as before where it cannot', () => {
    const out = new ByteWriter(8, 20);
    filled(out, 8);
    out.reserve(12);
    expect(out.bytes.length).toBe(20);
    filled(out, 12);
    expect(() => out.reserve(1)).toThrow(BufferFullError);
    expect([out.length, out.bytes.length, out.written().every((byte) => byte === 7)]).toEqual([20, 20, true]);
    expect(new ByteWriter(100, 20).bytes.length).toBe(20);
  });

  test('forgets all at once, and gives back what a burst took', () => {
    const out = new ByteWriter(8, 1000);
    filled(out, 64).clear();
    expect([out.length, out.bytes.length]).toEqual([0, 64]);
    filled(out, 65).clear();
    expect([out.length, out.bytes.length]).toEqual([0, 8]);
    filled(out, 3);
    expect([...out.written()]).toEqual([7, 7, 7]);
  });

  test('takes numbers of every width, little-endian, and lets them be set afterwards', () => {
    const out = new ByteWriter(64, 64);
    out.u8(0xfe);
    out.u32(0xfedcba98);
    out.i32(-2);
    out.f64(-1.5);
    expect(out.written().toString('hex')).toBe('fe98badcfefeffffff000000000000f8bf');
    out.setU8(0, 1);
    out.setU32(1, 2);
    const back = new ByteReader(Buffer.from(out.written()), 0, out.length);
    expect([back.u8(), back.u32(), back.i32(), back.f64(), back.left]).toEqual([1, 2, -2, -1.5, 0]);
  });

  test('writes on in the block that it has grown into', () => {
    const out = new ByteWriter(4, 100);
    out.u32(1);
    out.reserve(4);
    out.u32(2);
    out.text('three');
    const back = new ByteReader(Buffer.from(out.written()), 0, out.length);
    expect([back.u32(), back.u32(), back.text()]).toEqual([1, 2, 'three']);
  });

  test('measures texts in bytes, not in letters', () => {
    const out = new ByteWriter(4, 100);
    out.text('k€y');
    expect([out.length, new ByteReader(Buffer.from(out.written()), 0, out.length).text()]).toEqual([9, 'k€y']);
  });
});

describe('the bytes that are read back', () => {
  const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);

  test('end where they are said to end, whatever lies behind', () => {
    const input = new ByteReader(bytes, 1, 5);
    expect([input.left, input.u32(), input.left]).toEqual([4, 0x05040302, 0]);
    expect(() => input.u8()).toThrow(ShortRecordError);
    expect(() => new ByteReader(bytes, 0, 7).f64()).toThrow('needed 8 bytes, 7 left');
    expect(() => new ByteReader(bytes, 6, 9).i32()).toThrow('needed 4 bytes, 3 left');
  });

  test('that name a longer text than there is are refused', () => {
    expect(() => new ByteReader(Buffer.from([3, 0, 0, 0, 65, 66]), 0, 6).text()).toThrow('needed 3 bytes, 2 left');
  });

  test('are those of their own block, wherever in memory it lies', () => {
    const part = Buffer.from(Uint8Array.from([9, 9, 9, 9, 42, 0, 0, 0]).buffer, 4, 4);
    expect(new ByteReader(part, 0, 4).u32()).toBe(42);
  });
});
