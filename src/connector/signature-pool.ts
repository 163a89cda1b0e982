/**
 * Signatures made before they are needed. The body is not signed, so for a path that never changes only the timestamp matters: a few entries per
 * path lie ready, each is used once and thrown away when it grows old. An RSA signature then costs the sending thread nothing. The paths of an order of ours are
 * known from its acceptance on, and are kept ready in the same way while it lives.
 */
import type { Clock, Timer, Timers } from '../domain/ports.js';
import { millis, toEpochMs, type DurationUs } from '../domain/units.js';
import type { RequestKey } from './keys.js';
import { authHeaders, DirectSigner, signedText, type AuthHeaders, type HttpMethod, type Signer } from './sign.js';

export interface PoolSettings {
  /** Entries kept ready per path; 0: none for any, each request is signed when it leaves. */
  readonly depth: number;
  /** No signature older than this is used. What the exchange accepts is not documented; ten seconds have been seen to pass. */
  readonly ageMax: DurationUs;
  /** How often old entries are replaced. Must be well below `ageMax`. */
  readonly refreshEvery: DurationUs;
  /** The same for the paths of single orders, one signature each: many of them rest for long, so these may grow older. Recorded: five seconds pass. */
  readonly orderAgeMax: DurationUs;
  /** Orders whose paths are kept signed; beyond it the oldest are signed at the moment of need. */
  readonly ordersMax: number;
}

export const DEFAULT_POOL: PoolSettings = {
  depth: 4,
  ageMax: millis(500),
  refreshEvery: millis(100),
  orderAgeMax: millis(2500),
  ordersMax: 50,
};

/** A call whose path never changes. */
export interface ConstantCall {
  readonly method: HttpMethod;
  readonly path: string;
  /** So many are needed at once and seldom: they lie ready, and may grow as old as those of single orders. */
  readonly ready?: number;
}

interface Entry {
  readonly at: number;
  readonly headers: AuthHeaders;
}

interface Shelf {
  readonly method: HttpMethod;
  readonly path: string;
  /** Oldest first. */
  readonly entries: Entry[];
  ordered: number;
  readonly depth: number;
  readonly ageMax: DurationUs;
}

export interface PoolCounters {
  /** Taken from the pool. */
  pooled: number;
  /** Signed on the calling thread: another path, an empty shelf, or after a refusal. */
  direct: number;
  expired: number;
  failed: number;
}

export class PooledSigner implements Signer {
  readonly counters: PoolCounters = { pooled: 0, direct: 0, expired: 0, failed: 0 };
  readonly #direct: DirectSigner;
  readonly #shelves = new Map<string, Shelf>();
  /** Names of the shelves of each order, oldest order first. */
  readonly #orders = new Map<string, readonly string[]>();
  #timer: Timer | null = null;
  #timers: Timers | null = null;
  #soon: Timer | null = null;
  #trusted = true;

  constructor(
    private readonly keyId: string,
    private readonly key: RequestKey,
    private readonly clock: Pick<Clock, 'wall'>,
    constantPaths: readonly ConstantCall[],
    private readonly settings: PoolSettings = DEFAULT_POOL,
  ) {
    this.#direct = new DirectSigner(keyId, key, clock);
    if (settings.depth === 0) return;
    for (const { method, path, ready } of constantPaths)
      this.#addShelf(method, path, ready ?? settings.depth, ready === undefined ? settings.ageMax : settings.orderAgeMax);
  }

  get #isOn(): boolean {
    return this.#trusted && this.settings.depth > 0;
  }

  /** Keeps this call signed as long as the program runs: it is rare, and urgent when it comes. */
  keep({ method, path }: { readonly method: HttpMethod; readonly path: string }): void {
    if (!this.#isOn || this.#shelves.has(`${method} ${path}`)) return;
    const shelf = this.#addShelf(method, path, 1, this.settings.orderAgeMax);
    this.#order(shelf, toEpochMs(this.clock.wall()));
  }

  /** Keeps the calls of one order signed from now on: its id is known, and the next call about it may be urgent. */
  prepare(orderId: string, calls: readonly { readonly method: HttpMethod; readonly path: string }[]): void {
    if (!this.#isOn || this.#orders.has(orderId)) return;
    const oldest = this.#orders.keys().next();
    if (this.#orders.size >= this.settings.ordersMax && oldest.done !== true) this.forget(oldest.value);
    this.#orders.set(
      orderId,
      calls.map(({ method, path }) => `${method} ${path}`),
    );
    const now = toEpochMs(this.clock.wall());
    for (const { method, path } of calls) this.#order(this.#addShelf(method, path, 1, this.settings.orderAgeMax), now);
  }

  /** The order is gone: nothing more will be said about it. */
  forget(orderId: string): void {
    for (const name of this.#orders.get(orderId) ?? []) this.#shelves.delete(name);
    this.#orders.delete(orderId);
  }

  /** Starts keeping the shelves full. */
  start(timers: Timers): void {
    if (!this.#isOn) return;
    this.#timers = timers;
    this.#timer ??= timers.every(this.settings.refreshEvery, () => this.refresh());
    this.refresh();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#soon?.cancel();
    this.#soon = null;
    this.#timers = null;
  }

  headers(method: HttpMethod, path: string): AuthHeaders {
    const query = path.indexOf('?');
    const shelf = this.#trusted ? this.#shelves.get(`${method} ${query < 0 ? path : path.slice(0, query)}`) : undefined;
    const entry = shelf && this.#take(shelf);
    if (entry) {
      this.counters.pooled++;
      this.#refillSoon();
      return entry.headers;
    }
    this.counters.direct++;
    return this.#direct.headers(method, path);
  }

  /** Signatures ordered and not yet made. */
  get outstanding(): number {
    let count = 0;
    for (const shelf of this.#shelves.values()) count += shelf.ordered;
    return count;
  }

  refused(): void {
    this.#trusted = false;
    for (const shelf of this.#shelves.values()) shelf.entries.length = 0;
  }

  /** Throws old entries away and orders new ones from the thread pool. */
  refresh(): void {
    if (!this.#trusted) return;
    const now = toEpochMs(this.clock.wall());
    for (const shelf of this.#shelves.values()) {
      if (isFresh(shelf, now, (shelf.ageMax - this.settings.refreshEvery) / 1000)) continue;
      // Replaced one refresh early, so that an entry is never found too old at the moment of need.
      this.#dropOld(shelf, now, (shelf.ageMax - this.settings.refreshEvery) / 1000);
      while (shelf.entries.length + shelf.ordered < shelf.depth) this.#order(shelf, now);
    }
  }

  /** What was taken is replaced when the present work is done, so that a run of orders finds the shelf full again. */
  #refillSoon(): void {
    if (this.#soon !== null || this.#timers === null) return;
    this.#soon = this.#timers.after(millis(0), () => {
      this.#soon = null;
      this.refresh();
    });
  }

  /** Oldest first: the younger ones stay good for longer. */
  #take(shelf: Shelf): Entry | undefined {
    this.#dropOld(shelf, toEpochMs(this.clock.wall()), shelf.ageMax / 1000);
    return shelf.entries.shift();
  }

  /** A wall clock that was set back makes entries look like the future: they go as well. */
  #dropOld(shelf: Shelf, nowMs: number, ageMaxMs: number): void {
    const kept = shelf.entries.filter((entry) => nowMs - entry.at <= ageMaxMs && entry.at <= nowMs);
    this.counters.expired += shelf.entries.length - kept.length;
    shelf.entries.splice(0, shelf.entries.length, ...kept);
  }

  #addShelf(method: HttpMethod, path: string, depth: number, ageMax: DurationUs): Shelf {
    const shelf: Shelf = { method, path, entries: [], ordered: 0, depth, ageMax };
    this.#shelves.set(`${method} ${path}`, shelf);
    return shelf;
  }

  #order(shelf: Shelf, at: number): void {
    shelf.ordered++;
    this.key.signInBackground(Buffer.from(signedText(at, shelf.method, shelf.path), 'utf8'), (error, signature) => {
      shelf.ordered--;
      if (error !== null || signature === null) this.counters.failed++;
      else if (this.#trusted) shelf.entries.push({ at, headers: authHeaders(this.keyId, at, signature) });
    });
  }
}

/** Full, with nothing that grows too old: most shelves are, most of the time. */
const isFresh = (shelf: Shelf, nowMs: number, ageMaxMs: number): boolean => {
  const { entries } = shelf;
  const oldest = entries[0];
  const newest = entries[entries.length - 1];
  if (entries.length + shelf.ordered < shelf.depth) return false;
  return oldest === undefined || newest === undefined || (nowMs - oldest.at <= ageMaxMs && newest.at <= nowMs);
};
