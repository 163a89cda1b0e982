/**
 * Reads a journal back, record by record, without holding more than one block of it. Trusts nothing: every record is proven by its checksum and
 * every segment by the one after it. Only the very end may be torn, as a crash leaves it; that is dropped and said.
 */
import type { EngineAction } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import { ByteReader } from './bytes.js';
import { crc32 } from './crc32.js';
import { readActionList, readEvent } from './journal-codec.js';
import type { JournalPlace } from './journal.js';
import { FORMAT_VERSION, FRAME_HEAD, FRAME_TAIL, headCheck, KIND, MAGIC, OLDEST_FORMAT, PREAMBLE_BYTES } from './journal-frame.js';
import { isWhole, readSegmentHeader, segmentNumber, type JournalHeader, type SegmentHeader } from './journal-segment.js';
import { JournalDamagedError, JournalVersionError } from './storage-errors.js';

/** Where segments are read from. Methods throw StorageError. */
export interface JournalSource {
  /** Names of all segments in order of their numbers. */
  list(): readonly string[];
  open(name: string): SourceFile;
  /** Under `power` durability, forces all that is there to the platter: what is read is built upon. Absent where nothing can be lost. */
  settle?(): void;
}

export interface SourceFile {
  readonly size: number;
  /** Fills `into` from `position` on; returns how many bytes there were. */
  read(into: Uint8Array, position: number): number;
  close(): void;
}

export type JournalRecord =
  | { readonly type: 'event'; /** Counted from 1. */ readonly number: number; readonly event: EngineEvent }
  /** What the engine answered to the event before. */
  | { readonly type: 'actions'; readonly number: number; readonly actions: readonly EngineAction[] }
  /** The disk refused for so long that records were lost here: what follows does not continue what came before. */
  | { readonly type: 'gap'; readonly dropped: number }
  /** A digest of the engine's state after everything before. */
  | { readonly type: 'state'; readonly hash: string }
  /** The journal was closed in good order. */
  | { readonly type: 'end'; readonly events: number };

/** What was met at the end of the journal. Complete once `records()` has run out. */
export interface JournalEnding {
  readonly segments: number;
  readonly events: number;
  /** Closed in good order: nothing is missing. */
  readonly closed: boolean;
  /** Bytes of an unfinished record that were dropped at the very end, with the place. */
  readonly torn: { readonly file: string; readonly offset: number; readonly bytes: number } | null;
  /** Files passed over: segments that were given up while the disk refused. They hold nothing that is not elsewhere. */
  readonly abandoned: readonly string[];
}

interface Segment {
  readonly name: string;
  readonly header: SegmentHeader;
  readonly firstRecord: number;
}

export class JournalReader {
  readonly #source: JournalSource;
  readonly #chain: readonly Segment[];
  readonly #abandoned: readonly string[];
  #events = 0;
  #closed = false;
  #torn: JournalEnding['torn'] = null;
  #place: { readonly segment: Segment; readonly offset: number } | null = null;

  /**
   * Reads the headers and puts the segments in order.
   * @throws JournalDamagedError, JournalVersionError or StorageError
   */
  constructor(source: JournalSource) {
    this.#source = source;
    const names = source.list();
    const first = names[0];
    if (first === undefined) throw new JournalDamagedError('(none)', 0, 'a folder with journal-000001.bin', 'no segment');
    const headed = names.map((name) => ({ name, segment: readHead(source, name) }));
    const whole = headed.flatMap((entry) => (entry.segment === null ? [] : [entry.segment]));
    const { chain, superseded } = chainOf(whole, first);
    this.#chain = chain;
    this.#abandoned = [...headed.filter((entry) => entry.segment === null).map((entry) => entry.name), ...superseded];
  }

  /** Nothing was ever recorded: there is no segment, or none that got as far as its header. @throws StorageError */
  static isEmpty(source: JournalSource): boolean {
    return source.list().every((name) => readHead(source, name) === null);
  }

  get header(): JournalHeader {
    return (this.#chain[0] as Segment).header;
  }

  get ending(): JournalEnding {
    return { segments: this.#chain.length, events: this.#events, closed: this.#closed, torn: this.#torn, abandoned: this.#abandoned };
  }

  /** Bytes of all segments, and of those that have been read: for progress. */
  get bytes(): { readonly all: number; readonly read: number } {
    let [all, before] = [0, 0];
    for (const segment of this.#chain) {
      if (segment === this.#place?.segment) before = all;
      all += sizeOf(this.#source, segment.name);
    }
    return { all, read: before + (this.#place?.offset ?? 0) };
  }

  /** All records from the beginning. @throws JournalDamagedError at the first record that is not as it was written; StorageError */
  *records(): Generator<JournalRecord, void, undefined> {
    this.#events = 0;
    this.#closed = false;
    this.#torn = null;
    for (const [i, segment] of this.#chain.entries()) {
      const successor = this.#chain[i + 1];
      this.#checkStart(segment);
      yield* this.#segmentRecords(segment, successor?.header.predecessor?.bytes ?? null);
    }
  }

  /**
   * The records behind a place that the writer had noted, without reading what lies before it. A place that the files do not reach, or that was written again elsewhere,
   * is found by counting events; where the journal ends before it there is nothing.
   */
  *recordsAfter(place: JournalPlace): Generator<JournalRecord, void, undefined> {
    const at = this.#chain.findIndex((segment) => segment.name === place.segment);
    const segment = this.#chain[at];
    const limit = this.#chain[at + 1]?.header.predecessor?.bytes ?? null;
    if (segment === undefined || place.offset < segment.firstRecord || place.offset > (limit ?? sizeOf(this.#source, segment.name))) {
      for (const record of this.records()) if (this.#isBehind(record, place)) yield record;
      return;
    }
    this.#events = place.events;
    this.#closed = false;
    this.#torn = null;
    yield* this.#segmentRecords(segment, limit, place.offset);
    for (let next = at + 1; next < this.#chain.length; next++) {
      const following = this.#chain[next] as Segment;
      this.#checkStart(following);
      yield* this.#segmentRecords(following, this.#chain[next + 1]?.header.predecessor?.bytes ?? null);
    }
  }

  #isBehind(record: JournalRecord, place: JournalPlace): boolean {
    return record.type === 'event' || record.type === 'actions' ? record.number > place.events : this.#events > place.events;
  }

  #checkStart(segment: Segment): void {
    if (this.#closed) throw new JournalDamagedError(segment.name, 0, 'nothing after the mark that closes the journal', 'another segment');
    if (segment.header.eventsBefore !== this.#events)
      throw new JournalDamagedError(segment.name, 0, `${segment.header.eventsBefore} events in the segments before`, `${this.#events}`);
  }

  *#segmentRecords(segment: Segment, limit: number | null, start = segment.firstRecord): Generator<JournalRecord, void, undefined> {
    const file = this.#source.open(segment.name);
    try {
      if (limit !== null && file.size < limit)
        throw new JournalDamagedError(segment.name, file.size, `${limit} bytes, as the segment after it says`, `${file.size}`);
      const frames = new FrameReader(file, segment.name, start, limit);
      for (let frame = frames.next(); frame !== null; frame = frames.next()) {
        this.#place = { segment, offset: frames.recordOffset };
        yield this.#decode(frame, segment.name, frames.recordOffset);
      }
      if (frames.tornBytes > 0) this.#torn = { file: segment.name, offset: frames.recordOffset, bytes: frames.tornBytes };
    } finally {
      file.close();
    }
  }

  #decode(frame: Frame, file: string, offset: number): JournalRecord {
    if (this.#closed)
      throw new JournalDamagedError(file, offset, 'nothing after the mark that closes the journal', `a record of kind ${frame.kind}`);
    try {
      return this.#recordOf(frame, file, offset);
    } catch (error) {
      if (error instanceof JournalDamagedError) throw error;
      const found = error instanceof Error ? error.message : String(error);
      throw new JournalDamagedError(file, offset, `a readable record of kind ${frame.kind}`, found, { cause: error });
    }
  }

  #recordOf(frame: Frame, file: string, offset: number): JournalRecord {
    const { kind, payload } = frame;
    if (kind === KIND.actions) return { type: 'actions', number: this.#events, actions: readActionList(payload) };
    if (kind === KIND.state) return { type: 'state', hash: payload.text() };
    if (kind === KIND.gap) return { type: 'gap', dropped: payload.f64() };
    if (kind === KIND.end) {
      const events = payload.f64();
      if (events !== this.#events)
        throw new JournalDamagedError(file, offset, `the ${events} events that its end counts`, `${this.#events}`);
      this.#closed = true;
      return { type: 'end', events };
    }
    const event = readEvent(kind, payload);
    if (event === null) throw new JournalDamagedError(file, offset, 'a kind of record this build knows', `kind ${kind}`);
    this.#events++;
    return { type: 'event', number: this.#events, event };
  }
}

/** The header of one segment, or null where its file ends before a whole header: given up at birth. */
const readHead = (source: JournalSource, name: string): Segment | null => {
  const file = source.open(name);
  try {
    const preamble = Buffer.alloc(PREAMBLE_BYTES);
    if (file.read(preamble, 0) < PREAMBLE_BYTES || preamble.every((byte) => byte === 0)) return null;
    const version = versionIn(preamble, name);
    const frames = new FrameReader(file, name, PREAMBLE_BYTES, null);
    const frame = framesHead(frames, name, version);
    if (frame === null) return null;
    if (frame.kind !== KIND.header)
      throw new JournalDamagedError(name, PREAMBLE_BYTES, 'a header record', `a record of kind ${frame.kind}`);
    const header = headerOf(frame.payload, name);
    checkVersion(version, header.format ?? OLDEST_FORMAT, name);
    if (!isWhole(header)) throw new JournalDamagedError(name, PREAMBLE_BYTES, 'a header with all its fields', 'one that lacks some');
    return { name, header, firstRecord: frames.offset };
  } finally {
    file.close();
  }
};

const sizeOf = (source: JournalSource, name: string): number => {
  const file = source.open(name);
  try {
    return file.size;
  } finally {
    file.close();
  }
};

const headerOf = (payload: ByteReader, name: string): SegmentHeader => {
  try {
    return readSegmentHeader(payload);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new JournalDamagedError(name, PREAMBLE_BYTES, 'a readable header', found, { cause: error });
  }
};

const versionIn = (preamble: Buffer, name: string): number => {
  const magic = preamble.toString('latin1', 0, MAGIC.length);
  if (magic !== MAGIC) throw new JournalDamagedError(name, 0, `a journal, which begins with ${MAGIC}`, JSON.stringify(magic));
  return preamble.readUInt32LE(MAGIC.length);
};

const isKnown = (version: number): boolean => version >= OLDEST_FORMAT && version <= FORMAT_VERSION;

/** A format of another build may frame its records in another way: then there is nothing else to go by. */
const framesHead = (frames: FrameReader, name: string, version: number): Frame | null => {
  try {
    return frames.next();
  } catch (error) {
    if (isKnown(version)) throw error;
    throw new JournalVersionError(name, version, FORMAT_VERSION);
  }
};

/** A bit that turned in the number at the front must not pass for a newer build: the header says it again, under its checksum. */
const checkVersion = (version: number, inHeader: number, name: string): void => {
  if (version !== inHeader && (isKnown(version) || isKnown(inHeader)))
    throw new JournalDamagedError(name, MAGIC.length, `format ${inHeader}, as the header says`, `format ${version}`);
  if (!isKnown(version)) throw new JournalVersionError(name, version, FORMAT_VERSION);
};

/**
 * Follows the names of predecessors back from the newest segment. One that a later segment of the chain replaces, since both follow the same place, was given up before
 * anything of it was proven: all that it held is in the later one.
 */
const chainOf = (
  segments: readonly Segment[],
  firstName: string,
): { readonly chain: readonly Segment[]; readonly superseded: readonly string[] } => {
  const byName = new Map(segments.map((segment) => [segment.name, segment]));
  const newest = segments.at(-1);
  if (newest === undefined) throw new JournalDamagedError(firstName, 0, 'a whole header', 'a file that ends before it');
  const chain: Segment[] = [];
  for (let at: Segment | undefined = newest; at !== undefined;) {
    checkIdentity(at, newest);
    chain.unshift(at);
    byName.delete(at.name);
    const before: SegmentHeader['predecessor'] = at.header.predecessor;
    if (before === null) break;
    const found = byName.get(before.name);
    if (found === undefined) throw new JournalDamagedError(at.name, 0, `the segment before it, ${before.name}`, 'no such segment');
    at = found;
  }
  for (const stray of byName.values())
    if (!chain.some((segment) => replaces(segment, stray)))
      throw new JournalDamagedError(stray.name, 0, 'a segment that the one after it names', 'a segment of no chain');
  return { chain, superseded: [...byName.keys()] };
};

const replaces = (later: Segment, stray: Segment): boolean => {
  const [a, b] = [later.header.predecessor, stray.header.predecessor];
  return later.header.segment > stray.header.segment && a?.name === b?.name && a?.bytes === b?.bytes;
};

const checkIdentity = (segment: Segment, newest: Segment): void => {
  const { header, name } = segment;
  if (header.segment !== segmentNumber(name))
    throw new JournalDamagedError(name, 0, `segment ${segmentNumber(name)}`, `the header of segment ${header.segment}`);
  if (header.run !== newest.header.run)
    throw new JournalDamagedError(name, 0, `run ${newest.header.run}, as in ${newest.name}`, `run ${header.run}`);
};

interface Frame {
  readonly kind: number;
  readonly payload: ByteReader;
}

const BLOCK_BYTES = 1024 * 1024;

/** Cuts one file into proven records. */
class FrameReader {
  /** Where the next record begins. */
  offset: number;
  /** Where the record returned last, or the torn one, begins. */
  recordOffset: number;
  tornBytes = 0;
  #block: Buffer = Buffer.alloc(0);
  #blockStart: number;
  readonly #end: number;

  /** @param limit bytes that count, as the successor says; null in the newest segment, which may be torn */
  constructor(
    readonly file: SourceFile,
    readonly name: string,
    start: number,
    readonly limit: number | null,
  ) {
    this.offset = start;
    this.recordOffset = start;
    this.#blockStart = start;
    this.#end = limit ?? file.size;
  }

  /** The next record, valid until the one after; null at the end. */
  next(): Frame | null {
    this.recordOffset = this.offset;
    const left = this.#end - this.offset;
    if (left === 0) return null;
    if (left < FRAME_HEAD) return this.#tear(left);
    const head = this.#load(FRAME_HEAD);
    const size = this.#block.readUInt32LE(head);
    const kind = this.#block[head + 4] as number;
    if (this.#block[head + 5] !== headCheck(size, kind)) return this.#badHead(left);
    const whole = FRAME_HEAD + size + FRAME_TAIL;
    if (whole > left) return this.#tear(left);
    return this.#prove(whole, kind);
  }

  #prove(whole: number, kind: number): Frame | null {
    const start = this.#load(whole);
    const sumAt = start + whole - FRAME_TAIL;
    if (this.#block.readUInt32LE(sumAt) !== crc32(this.#block, start, sumAt)) {
      // Where zeros follow, they may begin in the sum itself; where nothing does, a turned bit must not pass for them.
      const zeros = this.offset + whole - (this.#end > this.offset + whole ? 1 : FRAME_TAIL);
      if (this.#isZeroFrom(zeros)) return this.#tear(this.#end - this.offset);
      throw new JournalDamagedError(this.name, this.offset, 'a record that agrees with its checksum', `${whole} bytes that do not`);
    }
    this.offset += whole;
    return { kind, payload: new ByteReader(this.#block, start + FRAME_HEAD, sumAt) };
  }

  #badHead(left: number): null {
    if (this.#isZeroFrom(this.offset + FRAME_HEAD - 1)) return this.#tear(left);
    throw new JournalDamagedError(this.name, this.offset, 'the head of a record', 'bytes that are none');
  }

  #tear(left: number): null {
    if (this.limit !== null)
      throw new JournalDamagedError(this.name, this.offset, 'a whole record', `${left} bytes up to the end that the next segment names`);
    this.tornBytes = left;
    return null;
  }

  /** After a power failure a file may end in zeros that were never written, from the middle of a record on: that is a torn end as well. */
  #isZeroFrom(from: number): boolean {
    if (this.limit !== null) return false;
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let at = from; at < this.#end;) {
      const count = this.file.read(block, at);
      if (count === 0) return false;
      if (block.subarray(0, count).some((byte) => byte !== 0)) return false;
      at += count;
    }
    return true;
  }

  /** Makes `count` bytes from `offset` on available; returns their place in the block. */
  #load(count: number): number {
    const start = this.offset - this.#blockStart;
    if (start + count <= this.#block.length) return start;
    const size = Math.min(Math.max(count, BLOCK_BYTES), this.#end - this.offset);
    const block = Buffer.allocUnsafe(size);
    const found = this.file.read(block, this.offset);
    if (found < count)
      throw new JournalDamagedError(this.name, this.offset, `${count} bytes`, `${found}: the file shrank while it was read`);
    this.#block = block.subarray(0, found);
    this.#blockStart = this.offset;
    return 0;
  }
}
