/** Writes every raw frame with its receive time to a gzip file. The caller is never slowed: what the disk cannot take is dropped, counted and said. */
import { createWriteStream, mkdirSync, openSync, writeFileSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Timer, Timers } from '../domain/ports.js';
import { seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { recordedLine, sidecarPath, type RecordingSidecar } from './recording-format.js';

export interface RecorderOptions {
  /** A new file; an existing one is never overwritten. */
  readonly path: string;
  readonly timers: Timers;
  /** At most this much is lost when the process is killed. */
  readonly flushEvery?: DurationUs;
  /** Unwritten bytes beyond which frames are dropped. */
  readonly bufferBytesMax?: number;
  /** Told when frames begin to be dropped, when that ends, and when the file cannot be written at all. */
  readonly onProblem: (text: string) => void;
}

const FLUSH_EVERY = seconds(1);
const BUFFER_BYTES_MAX = 32 * 1024 * 1024;
/** Frames are handed to the compressor in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;

export class Recorder {
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  readonly #flushing: Timer;
  readonly #bufferBytesMax: number;
  readonly #closed: Promise<void>;
  #lines: string[] = [];
  #gatheredBytes = 0;
  #compressingBytes = 0;
  #written = 0;
  #dropped = 0;
  #droppedNow = 0;
  #failure: string | null = null;
  #ended = false;

  /** Opens the file. @throws the system's error where it exists already or cannot be made */
  constructor(private readonly options: RecorderOptions) {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
    this.#bufferBytesMax = options.bufferBytesMax ?? BUFFER_BYTES_MAX;
    this.#file = createWriteStream(options.path, { fd: openSync(options.path, 'wx', 0o600) });
    this.#gzip = createGzip();
    this.#closed = new Promise((resolve) => this.#file.once('close', resolve));
    this.#gzip.on('error', (error) => this.#fail(error));
    this.#file.on('error', (error) => this.#fail(error));
    this.#gzip.pipe(this.#file);
    this.#flushing = options.timers.every(options.flushEvery ?? FLUSH_EVERY, () => this.flush());
  }

  /** Frames handed to the file so far. */
  get written(): number {
    return this.#written;
  }

  /** Frames that did not fit; a replay will show them as sequence gaps. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Notes one frame. The bytes are copied; the call never waits. */
  frame(bytes: Uint8Array, at: EpochUs): void {
    if (this.#ended) return;
    const waiting = this.#gatheredBytes + this.#compressingBytes + bytes.length + this.#file.writableLength;
    if (this.#failure !== null || waiting > this.#bufferBytesMax) {
      this.#drop();
      return;
    }
    if (this.#droppedNow > 0) this.#recovered();
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    const line = recordedLine(raw, at);
    this.#lines.push(line);
    this.#gatheredBytes += line.length;
    this.#written++;
    if (this.#gatheredBytes >= PIECE_BYTES) this.#handOver();
  }

  /** Brings everything noted so far to the system, so that a kill loses little. Called regularly by itself. */
  flush(): void {
    if (this.#ended || this.#failure !== null || this.#lines.length === 0) return;
    this.#handOver();
    this.#gzip.flush(constants.Z_SYNC_FLUSH);
  }

  /** Ends the file; resolves when all is written. */
  async close(): Promise<{ readonly written: number; readonly dropped: number }> {
    if (!this.#ended) {
      this.#flushing.cancel();
      this.#handOver();
      this.#ended = true;
      if (this.#failure === null) this.#gzip.end();
      else this.#file.destroy();
    }
    await this.#closed;
    return { written: this.#written, dropped: this.#dropped };
  }

  #handOver(): void {
    if (this.#lines.length === 0 || this.#failure !== null) return;
    const piece = this.#lines.join('');
    const size = this.#gatheredBytes;
    this.#lines = [];
    this.#gatheredBytes = 0;
    this.#compressingBytes += size;
    this.#gzip.write(piece, () => {
      this.#compressingBytes -= size;
    });
  }

  #drop(): void {
    this.#dropped++;
    if (this.#droppedNow++ > 0 || this.#failure !== null) return;
    this.options.onProblem(
      `${this.options.path}: the disk is behind by ${this.#bufferBytesMax} bytes: frames are dropped until it catches up`,
    );
  }

  #recovered(): void {
    this.options.onProblem(`${this.options.path}: recording again; ${this.#droppedNow} frames are missing`);
    this.#droppedNow = 0;
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error.message;
    this.#lines = [];
    this.#gatheredBytes = 0;
    this.#file.destroy();
    this.options.onProblem(`${this.options.path}: cannot be written (${error.message}): recording has ended`);
  }
}

/** Writes what a replay needs besides the frames next to the recording, as `FILE.markets.json`. */
export const writeSidecar = (recording: string, sidecar: RecordingSidecar): void => {
  const { markets, series, events } = sidecar;
  writeFileSync(sidecarPath(recording), `${JSON.stringify({ markets, series, events }, null, 1)}\n`, { flag: 'wx', mode: 0o600 });
};
