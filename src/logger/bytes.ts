/** A growing buffer to write fixed-width numbers into, and a bounds-checked way to read them back. Little-endian throughout. */

/** The buffer is at its bound. Made once: it is thrown where memory is short. */
export class BufferFullError extends Error {
  override readonly name = 'BufferFullError';
}
const FULL = new BufferFullError('the buffer is at its bound');

/** Reuses one block of memory, doubling it up to `limit`. Callers `reserve` before they write; the single writes do not check. */
export class ByteWriter {
  bytes: Buffer;
  /** Bytes written so far. */
  length = 0;
  #view: DataView;
  readonly #initial: number;

  constructor(
    initialBytes: number,
    readonly limit: number,
  ) {
    this.#initial = Math.min(initialBytes, limit);
    this.bytes = Buffer.allocUnsafeSlow(this.#initial);
    this.#view = viewOf(this.bytes);
  }

  /** Makes room for `count` more bytes. @throws BufferFullError where that would pass the limit; nothing has changed then */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  u8(value: number): void {
    this.bytes[this.length++] = value;
  }
  u32(value: number): void {
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }
  i32(value: number): void {
    this.#view.setInt32(this.length, value, true);
    this.length += 4;
  }
  f64(value: number): void {
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Byte length as u32, then the text in UTF-8. Reserves for itself. */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.reserve(4 + size);
    this.u32(size);
    this.length += this.bytes.write(value, this.length);
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  setU8(at: number, value: number): void {
    this.bytes[at] = value;
  }
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** The bytes written so far, lent until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Forgets everything; memory taken for a burst is given back. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > this.#initial * 8) this.#replace(this.#initial);
  }

  #grow(needed: number): void {
    if (needed > this.limit) throw FULL;
    let size = this.bytes.length;
    while (size < needed) size *= 2;
    this.#replace(Math.min(size, this.limit));
  }

  #replace(size: number): void {
    const old = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = viewOf(this.bytes);
    old.copy(this.bytes, 0, 0, this.length);
  }
}

/** A record ended before its content did. */
export class ShortRecordError extends Error {
  override readonly name = 'ShortRecordError';
}

/** Reads [start, end) of a block and never beyond. */
export class ByteReader {
  readonly #view: DataView;
  constructor(
    readonly bytes: Buffer,
    public offset: number,
    readonly end: number,
  ) {
    this.#view = viewOf(bytes);
  }

  get left(): number {
    return this.end - this.offset;
  }
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }
  text(): string {
    const size = this.u32();
    const start = this.#take(size);
    return this.bytes.toString('utf8', start, start + size);
  }

  #take(count: number): number {
    const start = this.offset;
    if (start + count > this.end) throw new ShortRecordError(`needed ${count} bytes, ${this.end - start} left`);
    this.offset = start + count;
    return start;
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
