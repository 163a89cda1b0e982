/**
 * Reads a recording of the stream: raw frames one per line, or `{"recv_ts_ns": N, "raw": "..."}` lines, plain or gzip. Never more than one chunk and one line
 * are in memory. A file that was cut off keeps what is whole, and says so.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { fromEpochMs, type EpochUs } from '../domain/units.js';
import { RecordingError, sidecarPath, type RecordingSidecar } from './recording-format.js';
import { isObject } from './wire-fields.js';
import { parseRfc3339 } from './wire-time.js';

export interface RecordedFrame {
  /**
   * When it was received. Where the recording does not say, the newest exchange stamp seen so far (or the first to come) stands in; null where there is none
   * at all. Never decreases.
   */
  readonly at: EpochUs | null;
  /** The frame as it came. */
  readonly bytes: Buffer;
  /** Its line in the file, from 1. */
  readonly line: number;
}

export interface ReadOptions {
  /** The file ends in the middle of something; what came before is whole. */
  readonly onTruncated?: (text: string) => void;
}

const EXPECTED = 'a recording of raw websocket frames: one {"type": ..., "msg": ...} or {"recv_ts_ns": ..., "raw": ...} per line';
const LINE_BYTES_MAX = 64 * 1024 * 1024;
const LOOK_AHEAD_FRAMES = 10_000;
const NEWLINE = 0x0a;

/** @throws RecordingError naming file and line where it is no recording, is empty, is damaged or cannot be read */
export async function* readRecording(path: string, options: ReadOptions = {}): AsyncGenerator<RecordedFrame> {
  /** Frames from before the first known time. */
  let early: Omit<RecordedFrame, 'at'>[] | null = [];
  let at: EpochUs | null = null;
  let count = 0;
  for await (const line of linesOf(path, options)) {
    const frame = frameOf(path, line);
    if (frame === null) {
      options.onTruncated?.(`${path} line ${line.number}: the last line is cut off and left out`);
      continue;
    }
    count++;
    const stamp = frame.at ?? exchangeStamp(frame.bytes);
    if (stamp !== null && (at === null || stamp > at)) at = stamp;
    const { bytes } = frame;
    if (early !== null && at === null && early.length < LOOK_AHEAD_FRAMES) {
      early.push({ bytes, line: line.number });
      continue;
    }
    if (early !== null) for (const held of early) yield { at, ...held };
    early = null;
    yield { at, bytes, line: line.number };
  }
  if (early !== null) for (const held of early) yield { at: null, ...held };
  if (count === 0) throw new RecordingError(path, null, EXPECTED, 'an empty file');
}

/** The sidecar next to a recording (or elsewhere), or null where there is none. @throws RecordingError where it is not what it should be */
export const readSidecar = async (recording: string, path = sidecarPath(recording)): Promise<RecordingSidecar | null> => {
  const expected = 'a JSON object with the lists markets, series and events';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unreadable(path, cause);
  }
  const value = parseOrUndefined(text);
  if (!isObject(value)) throw new RecordingError(path, null, expected, text);
  const list = (name: string): readonly unknown[] => {
    const entries = value[name];
    if (!Array.isArray(entries)) throw new RecordingError(path, null, expected, `${name}: ${JSON.stringify(entries) ?? 'nothing'}`);
    return entries;
  };
  return { markets: list('markets'), series: list('series'), events: list('events') };
};

interface Line {
  readonly number: number;
  readonly bytes: Buffer;
  /** False for a last line without its newline. */
  readonly ended: boolean;
}

/** The frame of one line; null where the line is the cut-off end of the file. */
const frameOf = (path: string, line: Line): { readonly at: EpochUs | null; readonly bytes: Buffer } | null => {
  const text = line.bytes.toString('utf8');
  const value = parseOrUndefined(text);
  if (value === undefined && !line.ended) return null;
  if (isObject(value) && typeof value['raw'] === 'string' && typeof value['recv_ts_ns'] === 'number')
    return { at: receiveTime(path, line, text, value['recv_ts_ns']), bytes: Buffer.from(value['raw'], 'utf8') };
  if (isObject(value) && typeof value['type'] === 'string' && (isObject(value['msg']) || Array.isArray(value['msg']) || 'sid' in value))
    return { at: null, bytes: line.bytes };
  throw new RecordingError(path, line.number, EXPECTED, text);
};

/** Nanoseconds are beyond exact numbers: their digits are read from the text, cut to microseconds. */
const receiveTime = (path: string, line: Line, text: string, nanos: number): EpochUs => {
  const digits = /"recv_ts_ns"\s*:\s*(\d{4,19})\s*[,}]/.exec(text)?.[1];
  const micros = digits === undefined ? Math.floor(nanos / 1000) : Number(digits.slice(0, -3));
  if (!Number.isSafeInteger(micros) || micros <= 0)
    throw new RecordingError(path, line.number, 'recv_ts_ns in nanoseconds since 1970', String(nanos));
  return micros as EpochUs;
};

const exchangeStamp = (bytes: Buffer): EpochUs | null => {
  const text = bytes.toString('latin1');
  const millis = /"ts_ms"\s*:\s*(\d{13})\s*[,}]/.exec(text)?.[1];
  if (millis !== undefined) return fromEpochMs(Number(millis));
  const ts = /"ts"\s*:\s*"([^"]{20,30})"/.exec(text)?.[1];
  return ts === undefined ? null : parseRfc3339(ts);
};

const parseOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

async function* linesOf(path: string, options: ReadOptions): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(path, options)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      number++;
      const bytes = parts.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...parts, chunk.subarray(start, end)]);
      if (!isBlank(bytes)) yield { number, bytes, ended: true };
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LINE_BYTES_MAX) throw new RecordingError(path, number + 1, EXPECTED, `a line of more than ${LINE_BYTES_MAX} bytes`);
  }
  const rest = Buffer.concat(parts);
  if (!isBlank(rest)) yield { number: number + 1, bytes: rest, ended: false };
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);

/** The file's bytes, unpacked where it is gzip (told by its first bytes, not by its name). */
async function* chunksOf(path: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  let unpacker: Unpacker | null = null;
  let first = true;
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      if (first && chunk[0] === 0x1f && chunk[1] === 0x8b) unpacker = new Unpacker();
      first = false;
      if (unpacker === null) yield chunk;
      else yield* await unpacker.write(chunk);
    }
    if (unpacker === null) return;
    const { chunks, truncated, rubbish } = await unpacker.end();
    yield* chunks;
    if (truncated) options.onTruncated?.(`${path}: the compressed file is cut off; everything before that is used`);
    if (rubbish) options.onTruncated?.(`${path}: something that is not compressed follows the compressed data; it is left out`);
  } catch (cause) {
    throw cause instanceof RecordingError ? cause : unreadable(path, cause);
  } finally {
    file.destroy();
    unpacker?.destroy();
  }
}

/**
 * Unpacks piece by piece and waits for each piece, so that a cut-off file has given all it holds before its missing end is noticed. (Piping would lose the
 * last piece together with the error.)
 */
class Unpacker {
  readonly #gunzip: Gunzip = createGunzip();
  #out: Buffer[] = [];
  #error: unknown = null;
  /** It has ended, well or badly: it will call nobody any more. Rubbish behind the packed data ends it before the file does. */
  #isOver = false;
  #settle: () => void = () => undefined;

  constructor() {
    this.#gunzip.on('data', (chunk: Buffer) => this.#out.push(chunk));
    const over = (): void => {
      this.#isOver = true;
      this.#settle();
    };
    this.#gunzip.on('end', over);
    this.#gunzip.on('error', (error) => {
      this.#error = error;
      over();
    });
    this.#gunzip.on('close', over);
  }

  async write(chunk: Buffer): Promise<Buffer[]> {
    if (!this.#isOver)
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        this.#gunzip.write(chunk, () => resolve());
      });
    await turn();
    if (this.#error !== null) throw this.#error;
    return this.#take();
  }

  /** `rubbish`: something that is not packed follows what is. */
  async end(): Promise<{ readonly chunks: Buffer[]; readonly truncated: boolean; readonly rubbish: boolean }> {
    const rubbish = this.#isOver && this.#error === null;
    if (!this.#isOver)
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        this.#gunzip.end();
      });
    const truncated = codeOf(this.#error) === 'Z_BUF_ERROR';
    if (this.#error !== null && !truncated) throw this.#error;
    return { chunks: this.#take(), truncated, rubbish };
  }

  destroy(): void {
    this.#gunzip.destroy();
  }

  #take(): Buffer[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }
}

/** Lets the stream hand out what it has already unpacked. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const unreadable = (path: string, cause: unknown): RecordingError =>
  new RecordingError(path, null, 'a readable recording', cause instanceof Error ? cause.message : String(cause), { cause });
