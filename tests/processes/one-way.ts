/** One direction of a proxied connection: bytes come in, and go out as the rules of the moment say. Never reorders, never invents. */
import type { Socket } from 'node:net';
import type { Chance } from '../../src/domain/ports.js';

export interface WayRules {
  /** Bytes are taken and vanish; so does the news that the sender has hung up. */
  readonly swallow: boolean;
  readonly delayMs: number;
  /** 0: as fast as it comes. */
  readonly bytesPerSecond: number;
  /** Chunks are joined and cut anew at random places. */
  readonly segment: boolean;
  /** The connection is reset in the middle of the next chunk. */
  readonly cutMidway: boolean;
}

export const PLAIN: WayRules = { swallow: false, delayMs: 0, bytesPerSecond: 0, segment: false, cutMidway: false };

/** More than this on its way, and the sender is told to wait, as a full pipe does. */
const PIPE_BYTES = 256 * 1024;
const PIECE_MAX = 400;
/** Chunks that come within this are joined before they are cut anew. */
const JOIN_MS = 3;

/** What a direction did to the bytes. */
export type Felt = 'swallowed' | 'cut' | 'pieces' | 'delayed';

export interface WayEnds {
  readonly from: Socket;
  readonly to: Socket;
  readonly rules: () => WayRules;
  readonly chance: Chance;
  /** Resets both ends. */
  readonly reset: () => void;
  readonly count: (what: Felt) => void;
  /** Sees every chunk before the rules do; true takes it out of the stream. */
  readonly watch: (bytes: Buffer) => boolean;
}

interface Piece {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

export class OneWay {
  readonly #ends: WayEnds;
  #queue: Piece[] = [];
  #queued = 0;
  #lastDue = 0;
  #joining: Buffer[] = [];
  #timers = new Set<NodeJS.Timeout>();
  #ended = false;

  constructor(ends: WayEnds) {
    this.#ends = ends;
    ends.from.on('data', (bytes: Buffer) => this.#take(bytes));
    ends.from.on('end', () => this.#end());
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#queue = [];
  }

  #take(bytes: Buffer): void {
    if (this.#ends.watch(bytes)) return;
    const rules = this.#ends.rules();
    if (rules.swallow) return this.#ends.count('swallowed');
    if (rules.cutMidway && bytes.length > 1) return this.#cut(bytes);
    if (!rules.segment) return this.#post(bytes);
    if (this.#joining.push(bytes) === 1) this.#after(JOIN_MS, () => this.#repack());
  }

  #cut(bytes: Buffer): void {
    const { to, chance, count, reset } = this.#ends;
    count('cut');
    const until = 1 + Math.floor(chance.next() * (bytes.length - 1));
    // Flushed before the reset, so that the other end holds half a message.
    to.write(bytes.subarray(0, until), () => reset());
  }

  #repack(): void {
    const bytes = Buffer.concat(this.#joining);
    this.#joining = [];
    for (let at = 0; at < bytes.length;) {
      const length = 1 + Math.floor(this.#ends.chance.next() * PIECE_MAX);
      this.#ends.count('pieces');
      this.#post(bytes.subarray(at, at + length));
      at += length;
    }
    if (this.#ended) this.#after(0, () => this.#finish());
  }

  #post(bytes: Buffer): void {
    const { delayMs, bytesPerSecond } = this.#ends.rules();
    const now = performance.now();
    const cost = bytesPerSecond === 0 ? 0 : (bytes.length / bytesPerSecond) * 1000;
    const dueAt = Math.max(now + delayMs, this.#lastDue) + cost;
    this.#lastDue = dueAt;
    if (dueAt <= now && this.#queue.length === 0) {
      this.#ends.to.write(bytes);
      return;
    }
    this.#ends.count('delayed');
    this.#queue.push({ bytes, dueAt });
    this.#queued += bytes.length;
    if (this.#queued > PIPE_BYTES) this.#ends.from.pause();
    if (this.#queue.length === 1) this.#after(dueAt - now, () => this.#deliver());
  }

  #deliver(): void {
    for (let piece = this.#queue[0]; piece !== undefined; piece = this.#queue[0]) {
      const wait = piece.dueAt - performance.now();
      if (wait > 0.5) {
        this.#after(wait, () => this.#deliver());
        return;
      }
      this.#queue.shift();
      this.#queued -= piece.bytes.length;
      this.#ends.to.write(piece.bytes);
    }
    if (this.#ends.from.isPaused()) this.#ends.from.resume();
    if (this.#ended) this.#finish();
  }

  #end(): void {
    this.#ended = true;
    if (this.#queue.length === 0 && this.#joining.length === 0) this.#finish();
  }

  #finish(): void {
    if (!this.#ends.rules().swallow) this.#ends.to.end();
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
