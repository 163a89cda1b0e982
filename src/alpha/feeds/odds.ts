/**
 * A bookmaker's odds as opinions. The answer may be any JSON: a path leads to the odds of each outcome. The format is the user's to name, there is no document behind it.
 * Pure.
 */
import type { Ticker } from '../../domain/ids.js';
import { fromEpochMs, UNKNOWN_TIME, type EpochUs } from '../../domain/units.js';
import { FeedFrameError } from './feed-errors.js';
import { atPath, parsePath, type PathStep } from './json-path.js';
import { impliedProbability, multiplicative, power, type OddsFormat } from './odds-math.js';
import { jsonOf, numberOf, shown } from './outside-json.js';

export interface OddsReading {
  readonly name: string;
  readonly odds: OddsFormat;
  /** All outcomes of the event; those without a market of ours have no ticker. */
  readonly outcomes: readonly { readonly ticker: Ticker | null; readonly path: string }[];
  readonly margin: 'multiplicative' | 'power' | 'none';
  readonly timePath: string | null;
}

export interface OddsSaid {
  readonly opinions: readonly { readonly ticker: Ticker; readonly probability: number }[];
  /** UNKNOWN_TIME where no path leads to one. */
  readonly formedAt: EpochUs;
}

/** A bookmaker keeps a few percent. What sums to much less is no book of all outcomes, and what sums to much more lists one twice. */
const BOOK_LOW = 0.95;
const BOOK_HIGH = 1.6;
/** American odds are written +150 and, by some, with a real minus sign. */
const plainSign = (value: unknown): unknown => (typeof value === 'string' ? value.replace('−', '-').trim() : value);
const SECONDS_UNTIL = 1e11;
const EPOCH_MS_MAX = 4_102_444_800_000;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

export class OddsReader {
  readonly #outcomes: readonly { readonly ticker: Ticker | null; readonly path: string; readonly steps: readonly PathStep[] }[];
  readonly #time: readonly PathStep[] | null;

  /** @throws InvalidPathError */
  constructor(private readonly reading: OddsReading) {
    this.#outcomes = reading.outcomes.map((outcome) => ({ ...outcome, steps: parsePath(outcome.path) }));
    this.#time = reading.timePath === null ? null : parsePath(reading.timePath);
  }

  /** @throws FeedFrameError; an answer is taken whole or not at all */
  read(text: string): OddsSaid {
    const document = jsonOf(this.reading.name, text);
    const fair = this.#fair(this.#outcomes.map(({ path, steps }) => this.#implied(path, atPath(document, steps))));
    const opinions = this.#outcomes.flatMap(({ ticker }, i) => (ticker === null ? [] : [{ ticker, probability: fair[i] ?? Number.NaN }]));
    return { opinions, formedAt: this.#time === null ? UNKNOWN_TIME : this.#timeOf(atPath(document, this.#time)) };
  }

  #implied(path: string, value: unknown): number {
    const { name, odds } = this.reading;
    const implied = impliedProbability(numberOf(plainSign(value)), odds);
    if (Number.isNaN(implied)) throw new FeedFrameError(name, path, `${odds} odds`, shown(value));
    return implied;
  }

  #fair(implied: readonly number[]): readonly number[] {
    const { name, margin } = this.reading;
    if (margin === 'none') return implied;
    const sum = implied.reduce((total, one) => total + one, 0);
    if (!(sum >= BOOK_LOW && sum <= BOOK_HIGH))
      throw new FeedFrameError(
        name,
        'outcomes',
        `probabilities that sum to ${BOOK_LOW} to ${BOOK_HIGH} before the margin is taken out`,
        sum.toFixed(4),
      );
    return margin === 'power' ? power(implied) : multiplicative(implied);
  }

  #timeOf(value: unknown): EpochUs {
    const number = numberOf(value);
    const ms =
      Number.isNaN(number) && typeof value === 'string' && RFC3339.test(value)
        ? Date.parse(value)
        : number < SECONDS_UNTIL
          ? number * 1000
          : number;
    if (!(ms > 0 && ms < EPOCH_MS_MAX))
      throw new FeedFrameError(this.reading.name, 'time', 'a time in RFC 3339, seconds or milliseconds', shown(value));
    return fromEpochMs(Math.floor(ms));
  }
}
