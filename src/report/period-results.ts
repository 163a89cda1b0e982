/** Results per period of equal length, in bounded memory: periods of a second grow to ten, a minute and so on as a run gets longer. */
import { cash, seconds, subtractCash, ZERO_CASH, type Cash, type EpochUs } from '../domain/units.js';
import { lowQuantile, sharpeOf, type Sharpe } from './statistics.js';

/** Lengths of a period in seconds; each divides the next. */
export const PERIOD_SECONDS = [1, 10, 60, 600, 3600, 86_400] as const;
/** Periods kept at most. */
export const PERIODS_MAX = 8192;
/** The longest length is reported that has so many whole periods: below that a ratio says next to nothing. */
const PERIODS_WANTED = 30;
const TAIL = 0.01;

export interface PeriodStatistics {
  readonly periodSeconds: number;
  /** Whole periods; a last one that was cut short is left out. */
  readonly n: number;
  readonly sharpe: Sharpe | null;
  /** The 1 % quantile of the results of a period: of fewer than a hundred it is the worst. */
  readonly quantile1: Cash | null;
  readonly worst: Cash | null;
}

export class PeriodResults {
  #start: number | null = null;
  #step = 0;
  /** The cumulative result at the end of each period; of the last one so far. */
  #ends: Cash[] = [];

  /** @param net cumulative; times must not decrease */
  add(at: EpochUs, net: Cash): void {
    this.#start ??= at;
    let index = this.#indexOf(at);
    while (index >= PERIODS_MAX && this.#step < PERIOD_SECONDS.length - 1) {
      this.#ends = coarser(this.#ends, lengthOf(this.#step + 1) / lengthOf(this.#step));
      this.#step++;
      index = this.#indexOf(at);
    }
    const last = this.#ends.at(-1) ?? ZERO_CASH;
    while (this.#ends.length < index) this.#ends.push(last);
    this.#ends[index] = net;
  }

  /** Statistics up to `to`, which must not lie before the last result. */
  statistics(to: EpochUs): PeriodStatistics {
    const found = this.#choose(to);
    return {
      periodSeconds: found.seconds,
      n: found.results.length,
      sharpe: sharpeOf(found.results, found.seconds),
      quantile1: lowQuantile(found.results, TAIL),
      worst: lowQuantile(found.results, 0),
    };
  }

  /** Results of the whole periods of the length that is reported. */
  results(to: EpochUs): readonly Cash[] {
    return this.#choose(to).results;
  }

  #choose(to: EpochUs): { readonly seconds: number; readonly results: readonly Cash[] } {
    const spanS = this.#start === null ? 0 : (to - this.#start) / seconds(1);
    let step = this.#step;
    while (step < PERIOD_SECONDS.length - 1 && Math.floor(spanS / lengthOf(step + 1)) >= PERIODS_WANTED) step++;
    const length = lengthOf(step);
    const ends = coarser(this.#ends, length / lengthOf(this.#step));
    const whole = Math.floor(spanS / length);
    const last = ends.at(-1) ?? ZERO_CASH;
    const results = Array.from({ length: whole }, (_, i) =>
      cash(subtractCash(ends[i] ?? last, i === 0 ? ZERO_CASH : (ends[i - 1] ?? last))),
    );
    return { seconds: length, results };
  }

  #indexOf(at: number): number {
    return Math.max(this.#ends.length - 1, Math.floor((at - (this.#start ?? at)) / seconds(lengthOf(this.#step))));
  }
}

const lengthOf = (step: number): number => PERIOD_SECONDS[step] ?? PERIOD_SECONDS[0];

const coarser = (ends: readonly Cash[], ratio: number): Cash[] =>
  ratio === 1
    ? [...ends]
    : Array.from({ length: Math.ceil(ends.length / ratio) }, (_, i) => ends[Math.min(ends.length, (i + 1) * ratio) - 1] ?? ZERO_CASH);
