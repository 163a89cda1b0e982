/**
 * The record of everything the engine was told and everything it answered, in the order it happened: enough to replay the run to the byte.
 * Records collect in memory and leave in one write on `flush`. A flushed record survives the death of the process. Under `power` durability `sync` forces it to the
 * platter as well; what is not proven to be there is kept, and written again into a new segment where a sync fails.
 */
import type { EngineAction } from '../domain/actions.js';
import type { AppendFile } from '../domain/ports.js';
import type { EngineEvent } from '../domain/events.js';
import { BufferFullError, ByteWriter } from './bytes.js';
import { writeActions, writeEvent } from './journal-codec.js';
import { beginRecord, endRecord, KIND } from './journal-frame.js';
import { syncFile, UnprovenBytes, type Durability, type JournalFile } from './durability.js';
import { segmentName, writeSegmentHeader, type JournalHeader, type Predecessor } from './journal-segment.js';
import { StorageError } from './storage-errors.js';

export type { JournalFile } from './durability.js';

/** The folder of one run's journal. `create` makes a file that must not exist yet; every method throws StorageError. */
export interface JournalFiles {
  list(): readonly string[];
  create(name: string): JournalFile;
  remove(name: string): void;
}

/** A point between two records. */
export interface JournalPlace {
  readonly segment: string;
  readonly offset: number;
  /** Events recorded before it. */
  readonly events: number;
}

export interface JournalLimits {
  /** A segment beyond this size is followed by a new one. */
  readonly segmentBytes: number;
  /** Most that waits in memory while the disk refuses; beyond it records are lost, counted and marked in the journal. */
  readonly bufferBytes: number;
  /** Absent: `kernel`. */
  readonly durability?: Durability;
}

export const JOURNAL_LIMITS: JournalLimits = { segmentBytes: 64 * 1024 * 1024, bufferBytes: 64 * 1024 * 1024 };

const INITIAL_BUFFER_BYTES = 256 * 1024;
/** A settings object beyond this is a mistake. */
const HEADER_BYTES_MAX = 4 * 1024 * 1024;

interface OpenSegment {
  readonly name: string;
  readonly file: JournalFile;
  readonly headBytes: number;
  /** Bytes known to be with the kernel. */
  bytes: number;
  /** Bytes known to be on the platter, where that is asked for. */
  provenBytes: number;
}

export class Journal {
  readonly #files: JournalFiles;
  readonly #header: JournalHeader;
  readonly #limits: JournalLimits;
  readonly #pending: ByteWriter;
  /** null after a failed write: that handle is never tried again. */
  #open: OpenSegment | null = null;
  #last: Predecessor | null = null;
  #segment = 0;
  /** null where nothing waits for the platter. */
  readonly #unproven: UnprovenBytes | null;
  #events = 0;
  #eventsFlushed = 0;
  #eventsProven = 0;
  #bytes = 0;
  #written = 0;
  #proven = 0;
  #dropped = 0;
  #droppedNow = 0;
  #closed = false;

  /**
   * Creates the first segment at once, so that a folder that cannot be written is noticed before trading begins.
   * @throws StorageError where that fails or the folder already holds a journal
   */
  constructor(files: JournalFiles, header: JournalHeader, limits: JournalLimits = JOURNAL_LIMITS) {
    this.#files = files;
    this.#header = header;
    this.#limits = limits;
    this.#pending = new ByteWriter(INITIAL_BUFFER_BYTES, limits.bufferBytes);
    this.#unproven = limits.durability === 'power' ? new UnprovenBytes() : null;
    const present = files.list()[0];
    if (present !== undefined) throw new StorageError('create', present, 'EEXIST');
    this.#open = this.#openNext();
  }

  /** Events recorded, without those dropped. */
  get events(): number {
    return this.#events;
  }
  /** Bytes handed to the kernel, over all segments. */
  get bytes(): number {
    return this.#bytes;
  }
  /** Bytes of records handed to the kernel. What is written again after a fault counts once. */
  get written(): number {
    return this.#written;
  }
  /** How many of `written` survive a power failure. */
  get proven(): number {
    return this.#proven;
  }
  /** Where the next record will stand, or null while no file is open. Only right after a flush. */
  get place(): JournalPlace | null {
    return this.#open === null ? null : { segment: this.#open.name, offset: this.#open.bytes, events: this.#events };
  }
  /** Bytes that wait for the next flush. */
  get pendingBytes(): number {
    return this.#pending.length;
  }
  /** Records lost because the disk refused for longer than the buffer holds. Above zero the run cannot be replayed to its end. */
  get dropped(): number {
    return this.#dropped;
  }
  /** Segments begun so far. */
  get segments(): number {
    return this.#segment;
  }

  /** Notes one fact. Never touches the disk, and a full buffer is counted, not thrown. The fact may be lent: it is copied at once. */
  event(event: EngineEvent): void {
    if (this.#closed || this.#droppedNow > 0) return this.#drop();
    const start = this.#pending.length;
    try {
      writeEvent(this.#pending, event);
      this.#events++;
    } catch (error) {
      this.#undo(start, error);
    }
  }

  /** Notes what the engine answered to the event before. An empty answer takes no room. Never touches the disk. */
  actions(list: readonly EngineAction[]): void {
    if (list.length === 0) return;
    if (this.#closed || this.#droppedNow > 0) return this.#drop();
    const start = this.#pending.length;
    try {
      writeActions(this.#pending, list);
    } catch (error) {
      this.#undo(start, error);
    }
  }

  /** Notes a digest of the engine's state after everything before: replay compares it. */
  state(hash: string): void {
    if (this.#closed || this.#droppedNow > 0) return this.#drop();
    const start = this.#pending.length;
    try {
      beginRecord(this.#pending, KIND.state, 0);
      this.#pending.text(hash);
      endRecord(this.#pending, start);
    } catch (error) {
      this.#undo(start, error);
    }
  }

  /**
   * Forces everything flushed so far to the platter, under `power` durability.
   * @throws StorageError; that handle is given up, and the next flush writes what was not proven into a new segment
   */
  async sync(): Promise<void> {
    const open = this.#open;
    if (this.#unproven === null) return;
    if (open === null) throw new StorageError('sync', segmentName(this.#segment), 'EBADF');
    const { bytes } = open;
    const written = this.#written;
    const events = this.#eventsFlushed;
    try {
      await syncFile(open.file, open.name);
    } catch (error) {
      if (this.#open === open) this.#abandon(open);
      throw error;
    }
    // Given up meanwhile: its records were written again elsewhere and must be proven there.
    if (this.#open !== open) return;
    this.#unproven.proven(written - this.#proven);
    this.#proven = written;
    this.#eventsProven = events;
    open.provenBytes = bytes;
  }

  /**
   * Hands all records to the kernel in one write.
   * @throws StorageError where it refuses; the records are kept, and the next flush tries a new segment
   */
  flush(): void {
    if (this.#closed || this.#pending.length === 0) return;
    this.#write();
    if (this.#droppedNow === 0) return;
    this.#markGap();
    this.#write();
  }

  /** Marks the journal as complete, flushes and closes. What is noted afterwards counts as dropped. @throws StorageError; the file is closed all the same */
  close(): void {
    if (this.#closed) return;
    try {
      this.flush();
      const start = beginRecord(this.#pending, KIND.end, 8);
      this.#pending.f64(this.#events);
      endRecord(this.#pending, start);
      this.#write();
    } finally {
      this.#closed = true;
      this.#open?.file.close();
      this.#open = null;
    }
  }

  #write(): void {
    // A disk that proves nothing any more must not fill memory.
    if (this.#unproven !== null && this.#unproven.length > this.#limits.bufferBytes / 2)
      throw new StorageError('sync', this.#open?.name ?? segmentName(this.#segment), 'ETIMEDOUT');
    if (this.#open !== null && this.#isFull(this.#open)) this.#retire(this.#open);
    const open = (this.#open ??= this.#openNext());
    const size = this.#pending.length;
    try {
      open.file.append(this.#pending.written());
    } catch (error) {
      this.#abandon(open);
      throw StorageError.from('write', open.name, error);
    }
    open.bytes += size;
    this.#bytes += size;
    this.#written = this.#noteWritten();
    this.#eventsFlushed = this.#events;
    this.#pending.clear();
  }

  /** Copies what was just written where it must be proven. @returns bytes written in all */
  #noteWritten(): number {
    if (this.#unproven === null) return this.#written + this.#pending.length;
    this.#unproven.add(this.#pending.written());
    return this.#proven + this.#unproven.length;
  }

  /** A segment that holds nothing yet takes a batch of any size; one that is not proven to its end goes on, since its successor says how much of it counts. */
  #isFull(open: OpenSegment): boolean {
    if (this.#unproven !== null && this.#unproven.length > 0) return false;
    return open.bytes > open.headBytes && open.bytes + this.#pending.length > this.#limits.segmentBytes;
  }

  #retire(open: OpenSegment): void {
    this.#last = { name: open.name, bytes: open.bytes };
    this.#open = null;
    open.file.close();
  }

  /** The system may have kept a part of what it refused: the next segment says how much of this one counts. */
  #abandon(open: OpenSegment): void {
    // One of which nothing is proven may not be there after a power failure: the next follows the one before it.
    if (this.#unproven === null) this.#last = { name: open.name, bytes: open.bytes };
    else if (open.provenBytes > 0) this.#last = { name: open.name, bytes: open.provenBytes };
    this.#open = null;
    quietly(() => open.file.close());
    if (this.#unproven === null) return;
    this.#eventsFlushed = this.#eventsProven;
    this.#putBack(this.#unproven.take());
  }

  /** What was not proven is written again, before what waits. Where there is no room for both, what waits is lost, counted and marked. */
  #putBack(unproven: Buffer): void {
    if (unproven.length === 0) return;
    const waiting = Buffer.from(this.#pending.written());
    this.#pending.length = 0;
    this.#pending.raw(unproven);
    try {
      this.#pending.raw(waiting);
    } catch (error) {
      if (!(error instanceof BufferFullError)) throw error;
      this.#drop();
    }
  }

  #openNext(): OpenSegment {
    const name = segmentName(this.#segment + 1);
    const head = new ByteWriter(4096, HEADER_BYTES_MAX);
    writeSegmentHeader(head, { ...this.#header, segment: this.#segment + 1, predecessor: this.#last, eventsBefore: this.#eventsFlushed });
    let file: JournalFile | null = null;
    try {
      file = this.#files.create(name);
      file.append(head.written());
    } catch (error) {
      this.#discard(name, file);
      throw StorageError.from('create', name, error);
    }
    this.#segment++;
    this.#bytes += head.length;
    return { name, file, headBytes: head.length, bytes: head.length, provenBytes: 0 };
  }

  /** A segment without a whole header is taken away again; where even that fails its number is given up, and readers pass over it. */
  #discard(name: string, file: AppendFile | null): void {
    if (file !== null) {
      quietly(() => file.close());
      quietly(() => this.#files.remove(name));
    }
    quietly(() => {
      if (this.#files.list().includes(name)) this.#segment++;
    });
  }

  #undo(start: number, error: unknown): void {
    this.#pending.length = start;
    if (!(error instanceof BufferFullError)) throw error;
    this.#drop();
  }

  #drop(): void {
    this.#dropped++;
    this.#droppedNow++;
  }

  #markGap(): void {
    const start = beginRecord(this.#pending, KIND.gap, 8);
    this.#pending.f64(this.#droppedNow);
    endRecord(this.#pending, start);
    this.#droppedNow = 0;
  }
}

/** For second failures on the way out of a first one: the first is the one that is reported. */
const quietly = (run: () => void): void => {
  try {
    run();
  } catch {
    // The caller throws the failure that came first.
  }
};
