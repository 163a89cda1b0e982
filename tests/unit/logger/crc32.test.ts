import { Buffer } from 'node:buffer';
import { crc32 as reference } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '../../../src/logger/crc32.js';

test('the known check value is met', () => {
  expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926);
});

test('it agrees with the library on every span', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(20), (bytes, skip) => {
      const start = Math.min(skip, bytes.length);
      const wanted = reference(bytes.subarray(start));
      expect(crc32(bytes, start, bytes.length)).toBe(wanted);
    }),
  );
});
