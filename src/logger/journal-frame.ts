/**
 * The envelope of one journal record: length of the payload (u32), kind (u8), check (u8), payload, CRC-32 of all before it (u32).
 * The check byte covers length and kind alone, so that a damaged length is told from a record that merely ended too early.
 */
import type { ByteWriter } from './bytes.js';
import { crc32 } from './crc32.js';

/** Kinds of records. Numbers are written to disk: never reuse one. */
export const KIND = {
  header: 1,
  actions: 2,
  gap: 3,
  end: 4,
  state: 5,
  eventJson: 16,
  bookDelta: 17,
  trade: 18,
  batchEnd: 19,
  tick: 20,
  bookSnapshot: 21,
  signal: 22,
} as const;

export const FRAME_HEAD = 6;
export const FRAME_TAIL = 4;

/** Ends a segment's claim to be a journal of ours before any record: the letters KMMJ and the format version (u32). */
export const MAGIC = 'KMMJ';
/** 2 adds state hashes, fills with their ids, entries that are no fills, and positions carried over. */
export const FORMAT_VERSION = 2;
/** The oldest format that can still be read: it lacks those, and means the same in all else. */
export const OLDEST_FORMAT = 1;
export const PREAMBLE_BYTES = 8;

/** Begins a record with `payloadBytes` reserved for its content; more may be written through methods that reserve. Returns where it starts. */
export const beginRecord = (out: ByteWriter, kind: number, payloadBytes: number): number => {
  out.reserve(FRAME_HEAD + payloadBytes + FRAME_TAIL);
  const start = out.length;
  out.u32(0);
  out.u8(kind);
  out.u8(0);
  return start;
};

/** Fills in length, check and checksum of the record begun at `start`. */
export const endRecord = (out: ByteWriter, start: number): void => {
  out.reserve(FRAME_TAIL);
  const size = out.length - start - FRAME_HEAD;
  out.setU32(start, size);
  out.setU8(start + 5, headCheck(size, out.bytes[start + 4] as number));
  out.u32(crc32(out.bytes, start, out.length));
};

/** Any change of one byte among length and kind changes this sum. */
export const headCheck = (size: number, kind: number): number =>
  (0x5a + kind + (size & 0xff) + ((size >>> 8) & 0xff) + ((size >>> 16) & 0xff) + (size >>> 24)) & 0xff;
