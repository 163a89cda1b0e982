/** How a journal is cut into files: their names, and the header each begins with. */
import type { Environment } from '../domain/settings.js';
import type { EpochUs } from '../domain/units.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import { beginRecord, endRecord, FORMAT_VERSION, KIND, MAGIC } from './journal-frame.js';

/** What a replay must know of the run besides its facts. Contains no secret: the settings given here are those of the engine. */
export interface JournalHeader {
  /** Version and commit of the program. */
  readonly build: string;
  readonly run: string;
  readonly created: EpochUs;
  readonly environment: Environment;
  /** Seed of a simulated run, or null. */
  readonly seed: string | null;
  /** Settings from which the engine was made; plain JSON. */
  readonly settings: unknown;
}

/** The segment before, and how many of its bytes count: what lies beyond was written again in this one. */
export interface Predecessor {
  readonly name: string;
  readonly bytes: number;
}

export interface SegmentHeader extends JournalHeader {
  readonly segment: number;
  readonly predecessor: Predecessor | null;
  /** The format once more, under the checksum: what stands before it has none. Absent in the first format. */
  readonly format?: number;
  /** Events recorded in the segments before. */
  readonly eventsBefore: number;
}

const NAME = /^journal-(\d{6,})\.bin$/;

/** `journal-000001.bin` for 1. */
export const segmentName = (segment: number): string => `journal-${String(segment).padStart(6, '0')}.bin`;

/** The number in a segment's name, or null for any other file. */
export const segmentNumber = (name: string): number | null => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
};

/** The first bytes of a segment: magic, format version, header record. */
export const writeSegmentHeader = (out: ByteWriter, header: Omit<SegmentHeader, 'format'>): void => {
  out.reserve(8);
  for (const letter of MAGIC) out.u8(letter.charCodeAt(0));
  out.u32(FORMAT_VERSION);
  const start = beginRecord(out, KIND.header, 0);
  out.text(JSON.stringify({ ...header, format: FORMAT_VERSION } satisfies SegmentHeader));
  endRecord(out, start);
};

/** @throws SyntaxError, RangeError or ShortRecordError where the record is not a header */
export const readSegmentHeader = (input: ByteReader): SegmentHeader => {
  const header = JSON.parse(input.text()) as SegmentHeader | null;
  if (typeof header !== 'object' || header === null) throw new RangeError('no object');
  return header;
};

/** Whether a header of a known format has what the reader and every report rely on; the settings are the engine's to judge. */
export const isWhole = ({ build, run, created, segment, predecessor, eventsBefore }: Partial<SegmentHeader>): boolean =>
  typeof build === 'string' &&
  typeof run === 'string' &&
  [created, segment, eventsBefore].every((count) => Number.isSafeInteger(count)) &&
  (predecessor === null || (typeof predecessor?.name === 'string' && Number.isSafeInteger(predecessor.bytes)));
