/** Who has fallen silent: notes when each opinion becomes too old, and says so once, and once more when it is back. Pure. */
import type { Ticker } from '../domain/ids.js';
import { between, seconds, type EpochUs } from '../domain/units.js';

/** Opinions of one source that became too old, or fresh again, together. */
export interface Turn {
  readonly source: string;
  readonly kind: 'stale' | 'back';
  /** In the order in which they turned; at least one. */
  readonly tickers: readonly Ticker[];
  /** False for a source that comes and goes: it has been told of within the last minute. */
  readonly tell: boolean;
}

interface Watched {
  readonly ticker: Ticker;
  readonly source: string;
  expiresAt: EpochUs;
  stale: boolean;
}

const NOTHING: readonly Turn[] = Object.freeze([]);
const TELL_SPACING = seconds(60);

export class StaleWatch {
  readonly #watched = new Map<string, Watched>();
  #back: Watched[] = [];
  /** Nothing becomes too old before this. */
  #nextAt = Infinity;
  readonly #toldAt = new Map<string, EpochUs>();
  /** Sources whose silence was told: their return is told too. */
  readonly #silent = new Set<string>();

  /** An opinion is good until `expiresAt`. */
  heard(ticker: Ticker, source: string, expiresAt: EpochUs, at: EpochUs): void {
    const key = keyOf(ticker, source);
    const known = this.#watched.get(key);
    if (expiresAt < this.#nextAt) this.#nextAt = expiresAt;
    if (known === undefined) {
      this.#watched.set(key, { ticker, source, expiresAt, stale: false });
      return;
    }
    known.expiresAt = expiresAt;
    if (!known.stale || expiresAt < at) return;
    known.stale = false;
    this.#back.push(known);
  }

  /** Withdrawn by its source: that it says nothing more is no silence. */
  forget(ticker: Ticker, source: string): void {
    this.#watched.delete(keyOf(ticker, source));
    this.#back = this.#back.filter((one) => one.ticker !== ticker || one.source !== source);
  }

  turns(now: EpochUs): readonly Turn[] {
    if (this.#back.length === 0 && now <= this.#nextAt) return NOTHING;
    const back = this.#back.filter(({ stale }) => !stale);
    this.#back = [];
    const stale: Watched[] = [];
    this.#nextAt = Infinity;
    for (const one of this.#watched.values()) {
      if (one.stale) continue;
      if (one.expiresAt < now) {
        one.stale = true;
        stale.push(one);
      } else if (one.expiresAt < this.#nextAt) this.#nextAt = one.expiresAt;
    }
    return [...bySource(back).map((part) => this.#backOf(part)), ...bySource(stale).map((part) => this.#staleOf(part, now))];
  }

  #backOf([source, tickers]: readonly [string, readonly Ticker[]]): Turn {
    return { source, kind: 'back', tickers, tell: this.#silent.delete(source) };
  }

  #staleOf([source, tickers]: readonly [string, readonly Ticker[]], now: EpochUs): Turn {
    const last = this.#toldAt.get(source);
    const tell = last === undefined || between(last, now) >= TELL_SPACING;
    if (tell) {
      this.#toldAt.set(source, now);
      this.#silent.add(source);
    }
    return { source, kind: 'stale', tickers, tell };
  }
}

const keyOf = (ticker: Ticker, source: string): string => `${ticker} ${source}`;

const bySource = (turned: readonly Watched[]): readonly (readonly [string, readonly Ticker[]])[] => {
  const groups = new Map<string, Ticker[]>();
  for (const { source, ticker } of turned) groups.set(source, [...(groups.get(source) ?? []), ticker]);
  return [...groups];
};
