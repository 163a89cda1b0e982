/**
 * Signatures made before they are needed. The body is not signed, so for a path that never changes only the timestamp matters: a few entries per
 * path lie ready, each is used once and thrown away when it grows old. An RSA signature then costs the sending thread nothing.
 */
import type { Clock, Timer, Timers } from '../domain/ports.js';
import { millis, toEpochMs, type DurationUs } from '../domain/units.js';
import type { SigningKey } from './keys.js';
import { authHeaders, DirectSigner, signedText, type AuthHeaders, type HttpMethod, type Signer } from './sign.js';

export interface PoolSettings {
  /** Entries kept ready per path. */
  readonly depth: number;
  /** No signature older than this is used. What the exchange accepts is not documented; ten seconds have been seen to pass. */
  readonly ageMax: DurationUs;
  /** How often old entries are replaced. Must be well below `ageMax`. */
  readonly refreshEvery: DurationUs;
}

export const DEFAULT_POOL: PoolSettings = { depth: 4, ageMax: millis(500), refreshEvery: millis(100) };

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
  #timer: Timer | null = null;
  #timers: Timers | null = null;
  #soon: Timer | null = null;
  #trusted = true;

  constructor(
    private readonly keyId: string,
    private readonly key: SigningKey,
    private readonly clock: Pick<Clock, 'wall'>,
    constantPaths: readonly { readonly method: HttpMethod; readonly path: string }[],
    private readonly settings: PoolSettings = DEFAULT_POOL,
  ) {
    this.#direct = new DirectSigner(keyId, key, clock);
    for (const { method, path } of constantPaths) this.#shelves.set(`${method} ${path}`, { method, path, entries: [], ordered: 0 });
  }

  /** Starts keeping the shelves full. */
  start(timers: Timers): void {
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
    const shelf = this.#trusted ? this.#shelves.get(`${method} ${path}`) : undefined;
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
      // Replaced one refresh early, so that an entry is never found too old at the moment of need.
      this.#dropOld(shelf, now, (this.settings.ageMax - this.settings.refreshEvery) / 1000);
      while (shelf.entries.length + shelf.ordered < this.settings.depth) this.#order(shelf, now);
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
    this.#dropOld(shelf, toEpochMs(this.clock.wall()), this.settings.ageMax / 1000);
    return shelf.entries.shift();
  }

  /** A wall clock that was set back makes entries look like the future: they go as well. */
  #dropOld(shelf: Shelf, nowMs: number, ageMaxMs: number): void {
    const kept = shelf.entries.filter((entry) => nowMs - entry.at <= ageMaxMs && entry.at <= nowMs);
    this.counters.expired += shelf.entries.length - kept.length;
    shelf.entries.splice(0, shelf.entries.length, ...kept);
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
