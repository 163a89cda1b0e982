/**
 * Rows of the tape on their way from the trading thread to the writing one: fixed-width numbers in shared memory, one producer, one consumer.
 * Putting a row in costs no allocation and never waits; when the ring is full the row is dropped and counted.
 */
import type { Decision } from '../domain/actions.js';

/** Numbers per row; see `put` for their order. */
const ROW_WIDTH = 20;
const ROW_BYTES = ROW_WIDTH * 8;

/** Words in front of the rows, shared by both threads. */
const WORD = { head: 0, tail: 1, dropped: 2, linesDone: 3, beats: 4, fillsDone: 5 } as const;
const HEAD_BYTES = 64;

/** Rows in a ring unless said otherwise: 10 MB, which bridges a pause of the writing thread of 0.6 s at 100 000 rows a second. */
export const RING_ROWS = 65_536;

/** Names of the numbers in `cause`. */
export const CAUSES: readonly Decision['cause'][] = ['quote', 'fill', 'interval', 'pull'];

/** Memory for `rows` rows, a power of two. */
export const ringMemory = (rows: number): SharedArrayBuffer => {
  if (rows < 2 || (rows & (rows - 1)) !== 0) throw new RangeError(`ring rows: expected a power of two, got ${rows}`);
  const memory = new SharedArrayBuffer(HEAD_BYTES + rows * ROW_BYTES);
  // Written once, so that the system hands out every page now and not in the middle of trading.
  new Float64Array(memory).fill(0);
  return memory;
};

/** A row as it lies in the ring; `null` is NaN there. Reason codes and markets are numbers whose names travel separately. */
export interface RingRow {
  market: number;
  seq: number;
  at: number;
  mid: number;
  fair: number;
  reservation: number;
  bestBid: number;
  bestAsk: number;
  bid: number;
  ask: number;
  bidSize: number;
  askSize: number;
  noBid: number;
  noAsk: number;
  inventory: number;
  unrealized: number;
  realized: number;
  fees: number;
  cause: number;
  latencyNs: number;
}

abstract class Ring {
  protected readonly words: Int32Array;
  protected readonly rows: Float64Array;
  /** Rows that fit. */
  readonly capacity: number;

  constructor(readonly memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.rows = new Float64Array(memory, HEAD_BYTES);
    this.capacity = this.rows.length / ROW_WIDTH;
  }

  /** Rows that wait to be written. Counters wrap at 2^32, differences do not. */
  get waiting(): number {
    return (Atomics.load(this.words, WORD.head) - Atomics.load(this.words, WORD.tail)) | 0;
  }
  /** Rows dropped because the ring was full. */
  get dropped(): number {
    return Atomics.load(this.words, WORD.dropped) >>> 0;
  }
  /** Sequence number of the last log line that is with the kernel, modulo 2^31. */
  get linesDone(): number {
    return Atomics.load(this.words, WORD.linesDone);
  }
  /** Sequence number of the last fill that is with the kernel, modulo 2^31. */
  get fillsDone(): number {
    return Atomics.load(this.words, WORD.fillsDone);
  }
  /** Counts the writing thread's rounds: while it moves, the thread lives. */
  get beats(): number {
    return Atomics.load(this.words, WORD.beats);
  }
}

export class TapeProducer extends Ring {
  #head: number;
  #room: number;
  #seq: number;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.#head = Atomics.load(this.words, WORD.head);
    this.#room = this.capacity - this.waiting;
    this.#seq = 0;
  }

  /** Rows offered so far, dropped ones included. */
  get offered(): number {
    return this.#seq;
  }

  /** Puts a row in, or counts it as dropped. @returns false where it was dropped */
  put(d: Decision, noBid: number, noAsk: number, latencyNs: number): boolean {
    const seq = ++this.#seq;
    if (this.#room === 0) {
      this.#room = this.capacity - this.waiting;
      if (this.#room === 0) {
        Atomics.add(this.words, WORD.dropped, 1);
        return false;
      }
    }
    this.#room--;
    const rows = this.rows;
    const i = (this.#head & (this.capacity - 1)) * ROW_WIDTH;
    rows[i] = d.market;
    rows[i + 1] = seq;
    rows[i + 2] = d.at;
    rows[i + 3] = d.mid ?? Number.NaN;
    rows[i + 4] = d.fair ?? Number.NaN;
    rows[i + 5] = d.reservation ?? Number.NaN;
    rows[i + 6] = d.bestBid ?? Number.NaN;
    rows[i + 7] = d.bestAsk ?? Number.NaN;
    rows[i + 8] = d.bid ?? Number.NaN;
    rows[i + 9] = d.ask ?? Number.NaN;
    rows[i + 10] = d.bidSize;
    rows[i + 11] = d.askSize;
    rows[i + 12] = noBid;
    rows[i + 13] = noAsk;
    rows[i + 14] = d.inventory;
    rows[i + 15] = d.unrealized;
    rows[i + 16] = d.realized;
    rows[i + 17] = d.fees;
    rows[i + 18] = causeCode(d.cause);
    rows[i + 19] = latencyNs;
    this.#head = (this.#head + 1) | 0;
    Atomics.store(this.words, WORD.head, this.#head);
    return true;
  }
}

/** Written out, since a search through CAUSES would cost more than the row. */
const causeCode = (cause: Decision['cause']): number => {
  switch (cause) {
    case 'quote':
      return 0;
    case 'fill':
      return 1;
    case 'interval':
      return 2;
    case 'pull':
      return 3;
  }
};

export class TapeConsumer extends Ring {
  readonly #row: RingRow = emptyRow();

  /** The n-th waiting row, lent until the next call. It stays in the ring until `release`. */
  peek(n: number): RingRow {
    const rows = this.rows;
    const i = ((Atomics.load(this.words, WORD.tail) + n) & (this.capacity - 1)) * ROW_WIDTH;
    const row = this.#row;
    const at = (offset: number): number => rows[i + offset] as number;
    row.market = at(0);
    row.seq = at(1);
    row.at = at(2);
    row.mid = at(3);
    row.fair = at(4);
    row.reservation = at(5);
    row.bestBid = at(6);
    row.bestAsk = at(7);
    row.bid = at(8);
    row.ask = at(9);
    row.bidSize = at(10);
    row.askSize = at(11);
    row.noBid = at(12);
    row.noAsk = at(13);
    row.inventory = at(14);
    row.unrealized = at(15);
    row.realized = at(16);
    row.fees = at(17);
    row.cause = at(18);
    row.latencyNs = at(19);
    return row;
  }

  /** Gives the oldest `count` rows back to the producer: they are written. */
  release(count: number): void {
    Atomics.store(this.words, WORD.tail, (Atomics.load(this.words, WORD.tail) + count) | 0);
  }

  /** Tells the other thread that this one lives. */
  beat(): void {
    Atomics.add(this.words, WORD.beats, 1);
  }

  fillDone(sequence: number): void {
    Atomics.store(this.words, WORD.fillsDone, sequence);
  }

  lineDone(sequence: number): void {
    Atomics.store(this.words, WORD.linesDone, sequence);
  }
}

const emptyRow = (): RingRow => ({
  market: 0,
  seq: 0,
  at: 0,
  mid: 0,
  fair: 0,
  reservation: 0,
  bestBid: 0,
  bestAsk: 0,
  bid: 0,
  ask: 0,
  bidSize: 0,
  askSize: 0,
  noBid: 0,
  noAsk: 0,
  inventory: 0,
  unrealized: 0,
  realized: 0,
  fees: 0,
  cause: 0,
  latencyNs: 0,
});
