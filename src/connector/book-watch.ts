/** Which books of the run are trustworthy, and when to ask for a snapshot of those that are not. */
import type { MarketIndex } from '../domain/ids.js';
import type { DurationUs, EpochUs } from '../domain/units.js';

type BookState = 'unwanted' | 'waiting' | 'live';

interface Watched {
  readonly market: MarketIndex;
  state: BookState;
  askedAt: number;
  /** When to ask (again), or NEVER. */
  askAt: number;
  /** Requests without an answer. */
  unanswered: number;
}

const NEVER = Infinity;
const LONG_AGO = -Infinity;
const DOUBLINGS_MAX = 4;

export class BookWatch {
  readonly #watched: Watched[] = [];
  #nextAsk = NEVER;

  #entry(market: MarketIndex): Watched {
    for (let m = this.#watched.length; m <= market; m++)
      this.#watched.push({ market: m as MarketIndex, state: 'unwanted', askedAt: LONG_AGO, askAt: NEVER, unanswered: 0 });
    return this.#watched[market] as Watched;
  }

  add(market: MarketIndex): void {
    const entry = this.#entry(market);
    if (entry.state === 'unwanted') entry.state = 'waiting';
  }

  remove(market: MarketIndex): void {
    const entry = this.#entry(market);
    entry.state = 'unwanted';
    entry.askAt = NEVER;
  }

  isWanted(market: MarketIndex): boolean {
    return market < this.#watched.length && this.#entry(market).state !== 'unwanted';
  }

  isLive(market: MarketIndex): boolean {
    return market < this.#watched.length && (this.#watched[market] as Watched).state === 'live';
  }

  /** All wanted markets, by index. */
  wanted(): MarketIndex[] {
    return this.#watched.filter((entry) => entry.state !== 'unwanted').map((entry) => entry.market);
  }

  live(): MarketIndex[] {
    return this.#watched.filter((entry) => entry.state === 'live').map((entry) => entry.market);
  }

  /** The market's snapshot came: its deltas count from now on. */
  gotSnapshot(market: MarketIndex): void {
    const entry = this.#entry(market);
    entry.state = 'live';
    entry.askAt = NEVER;
    entry.unanswered = 0;
  }

  /** The book is not to be trusted until its next snapshot. */
  lose(market: MarketIndex): void {
    const entry = this.#entry(market);
    if (entry.state === 'live') entry.state = 'waiting';
  }

  /** A snapshot is wanted now, but not sooner than `spacing` after the last request for this market. */
  want(market: MarketIndex, at: EpochUs, spacing: DurationUs): void {
    const entry = this.#entry(market);
    if (entry.state === 'unwanted') return;
    this.#askAt(entry, Math.max(at, entry.askedAt + spacing));
  }

  /**
   * The exchange has been asked (by a request or by subscribing). Without an answer it is asked again after `patience`, then after twice that, and so on:
   * a market that the exchange does not know must not be asked for every few seconds for ever.
   */
  asked(market: MarketIndex, at: EpochUs, patience: DurationUs): void {
    const entry = this.#entry(market);
    entry.askedAt = at;
    entry.askAt = at + patience * 2 ** Math.min(entry.unanswered++, DOUBLINGS_MAX);
    this.#nextAsk = Math.min(this.#nextAsk, entry.askAt);
  }

  /** Nobody can be asked at present. */
  askNobody(): void {
    for (const entry of this.#watched) {
      entry.askAt = NEVER;
      entry.unanswered = 0;
    }
    this.#nextAsk = NEVER;
  }

  /** Markets whose snapshot is to be asked for now. */
  due(at: EpochUs): MarketIndex[] {
    if (at < this.#nextAsk) return [];
    this.#nextAsk = this.#watched.reduce((soonest, entry) => (entry.askAt > at ? Math.min(soonest, entry.askAt) : soonest), NEVER);
    return this.#watched.filter((entry) => entry.askAt <= at && entry.state !== 'unwanted').map((entry) => entry.market);
  }

  #askAt(entry: Watched, when: number): void {
    entry.askAt = Math.min(entry.askAt, when);
    this.#nextAsk = Math.min(this.#nextAsk, entry.askAt);
  }
}
