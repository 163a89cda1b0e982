/** Two results side by side over equal spans of time, in bounded memory: spans grow longer as a run does. */
import { dollarsOfCash, subtractCash, toSeconds, ZERO_CASH, type Cash, type DurationUs } from '../domain/units.js';
import { pairedInterval, sum, type Interval } from './backtest-statistics.js';

/** Spans kept at most; then two become one. */
const SPANS_MAX = 4096;
/** Spans that follow each other are not quite independent: they are judged in so many groups. */
const GROUPS = 30;

export interface PairedResult {
  /** Result of the one less that of the other, in dollars. */
  readonly difference: number;
  /** 95 %, by Student's t over groups of spans; null for fewer than two. */
  readonly interval: Interval | null;
  /** What was paired: so many groups of so many seconds. */
  readonly groups: number;
  readonly groupSeconds: number;
}

export class PairedSpans {
  #spans: number[] = [];
  #width: number;
  /** Spans that wait to be joined into one of the present width. */
  #part = 0;
  #joined = 0;
  #join = 1;
  #last: Cash = ZERO_CASH;

  constructor(private readonly span: DurationUs) {
    this.#width = toSeconds(span);
  }

  /** Both results at the end of a span, since the start. */
  add(one: Cash, other: Cash): void {
    const now = subtractCash(one, other);
    this.#part += dollarsOfCash(subtractCash(now, this.#last));
    this.#last = now;
    if (++this.#joined < this.#join) return;
    this.#spans.push(this.#part);
    this.#part = 0;
    this.#joined = 0;
    if (this.#spans.length < SPANS_MAX) return;
    this.#spans = this.#spans.flatMap((value, i) => (i % 2 === 0 ? [value + (this.#spans[i + 1] ?? 0)] : []));
    this.#join *= 2;
    this.#width = toSeconds(this.span) * this.#join;
  }

  result(): PairedResult {
    const size = Math.max(1, Math.ceil(this.#spans.length / GROUPS));
    // Whole groups only; what is left over belongs to the difference and to no group.
    const groups = Array.from({ length: Math.floor(this.#spans.length / size) }, (_, i) =>
      sum(this.#spans.slice(i * size, (i + 1) * size)),
    );
    return {
      difference: dollarsOfCash(this.#last),
      interval: pairedInterval(groups),
      groups: groups.length,
      groupSeconds: size * this.#width,
    };
  }
}
