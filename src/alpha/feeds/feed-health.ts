/** What a feed tells people: once when it falls silent, once when it is back, and of bad frames the first and then at most one a minute. Pure. */
import { between, seconds, type DurationUs, type EpochUs } from '../../domain/units.js';
import type { FeedReport, FeedStanding } from './feed-port.js';

const BAD_SPACING = seconds(60);

export class FeedHealth {
  #good = 0;
  #bad = 0;
  #heardAt: EpochUs | null = null;
  #standing: FeedStanding['standing'] = 'starting';
  #trouble: string | null = null;
  #badToldAt: EpochUs | null = null;
  #badUntold = 0;

  constructor(
    private readonly name: string,
    private readonly report: (report: FeedReport) => void,
  ) {}

  /** Something of use was heard. */
  good(at: EpochUs): void {
    this.#good++;
    this.#heardAt = at;
    if (this.#standing === 'up') return;
    this.#standing = 'up';
    this.#trouble = null;
    this.report({ severity: 'info', code: 'SIGNAL_FEED_UP', text: `${this.name} speaks.` });
  }

  /** Something came that is of no use. */
  bad(at: EpochUs, error: Error): void {
    this.#bad++;
    this.#badUntold++;
    if (this.#badToldAt !== null && between(this.#badToldAt, at) < BAD_SPACING) return;
    const more = this.#badUntold > 1 ? ` (${this.#badUntold} in all since the last word of it)` : '';
    this.#badToldAt = at;
    this.#badUntold = 0;
    this.report({ severity: 'warn', code: 'SIGNAL_FEED_BAD', text: `${error.message}${more}.` });
  }

  /** It cannot be reached, or says nothing: told once until it is heard again. */
  silent(code: 'SIGNAL_FEED_DOWN' | 'SIGNAL_FEED_SILENT', why: string): void {
    const told = this.#standing === 'silent';
    this.#standing = 'silent';
    this.#trouble = why;
    if (!told) this.report({ severity: 'warn', code, text: `${this.name}: ${why}; what it said grows old and then counts for nothing.` });
  }

  stop(): void {
    this.#standing = 'stopped';
  }

  standing(now: EpochUs): FeedStanding {
    const heardAgo: DurationUs | null = this.#heardAt === null ? null : between(this.#heardAt, now);
    return { name: this.name, standing: this.#standing, heardAgo, good: this.#good, bad: this.#bad, trouble: this.#trouble };
  }
}
