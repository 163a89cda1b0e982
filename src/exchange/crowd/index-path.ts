/**
 * An index that contracts settle on: a geometric Brownian motion in steps of one second, drawn from a seed as a whole, so that it does not depend on when it is asked.
 * Strikes settle on the average of the last 60 values up to the close; what they are worth before follows from the same path (quoting reference f.1, f.2, with n = 60).
 */
import { assert } from '../../domain/errors.js';
import { between, later, seconds, toSeconds, type EpochUs } from '../../domain/units.js';
import type { Ticker } from '../../domain/ids.js';
import type { IndexListing, World } from '../core/types.js';

const SECONDS_PER_YEAR = 365 * 86_400;
/** Values that a settlement averages. */
const SAMPLES = 60;
const SECOND = seconds(1);

export interface Average {
  readonly value: number;
  readonly count: number;
}

export class IndexPath {
  readonly #values: Float64Array;
  /** Sum of the values before each. */
  readonly #sums: Float64Array;

  constructor(
    noise: { normal(): number },
    readonly listing: IndexListing,
  ) {
    const { from, until, startValue, volatility } = listing;
    assert(startValue > 0 && volatility > 0 && until > from, 'an index needs a value, a volatility and time');
    const steps = Math.ceil(toSeconds(between(from, until)));
    const variance = volatility ** 2 / SECONDS_PER_YEAR;
    this.#values = new Float64Array(steps + 1);
    this.#sums = new Float64Array(steps + 2);
    let log = Math.log(startValue);
    for (let i = 0; i <= steps; i++) {
      if (i > 0) log += -variance / 2 + Math.sqrt(variance) * noise.normal();
      // Values of the real index have cents.
      this.#values[i] = Math.round(Math.exp(log) * 100) / 100;
      this.#sums[i + 1] = this.#sum(i) + this.#value(i);
    }
  }

  /** The value in force at a moment. */
  at(time: EpochUs): number {
    return this.#value(this.#step(time));
  }

  /** Of the values of `count` seconds that end at `time`, that of `time` included. */
  averageUntil(time: EpochUs, count: number): Average {
    const last = this.#step(time);
    const first = Math.max(0, last - count + 1);
    return { value: (this.#sum(last + 1) - this.#sum(first)) / (last + 1 - first), count: last + 1 - first };
  }

  /** Of the values of the minute before `time`, that of `time` left out; the value itself where there are none. */
  averageBefore(time: EpochUs): Average {
    const last = this.#step(time);
    const first = Math.max(0, last - SAMPLES);
    return last === first
      ? { value: this.#value(last), count: 0 }
      : { value: (this.#sum(last) - this.#sum(first)) / (last - first), count: last - first };
  }

  /** What settles a market that closes then. */
  settlement(closesAt: EpochUs): number {
    return this.averageUntil(closesAt, SAMPLES).value;
  }

  /** Probability that the settlement lies above the strike, as it follows from the path up to `time` and its volatility. */
  above(strike: number, closesAt: EpochUs, time: EpochUs): number {
    const last = this.#step(time);
    const end = this.#step(closesAt);
    if (last >= end) return this.settlement(closesAt) > strike ? 1 : 0;
    const left = toSeconds(between(time, closesAt));
    const seen = Math.max(0, last - (end - SAMPLES));
    const rest = SAMPLES - seen;
    const needed = (SAMPLES * strike - (this.#sum(last + 1) - this.#sum(last + 1 - seen))) / rest;
    if (needed <= 0) return 1;
    const wait = seen === 0 ? Math.max(0, left - SAMPLES) : Math.max(0, left - rest);
    const effective = wait + ((rest + 1) * (2 * rest + 1)) / (6 * rest);
    const variance = (this.listing.volatility ** 2 * effective) / SECONDS_PER_YEAR;
    return normalCdf((Math.log(this.#value(last) / needed) - variance / 2) / Math.sqrt(variance));
  }

  #step(time: EpochUs): number {
    const step = Math.floor(between(this.listing.from, time) / SECOND);
    return Math.min(Math.max(step, 0), this.#values.length - 1);
  }
  #value(step: number): number {
    return this.#values[step] as number;
  }
  #sum(step: number): number {
    return this.#sums[step] as number;
  }
}

/** The first whole second at or after a moment: there the next value comes. */
export const nextSecond = (time: EpochUs): EpochUs => {
  const over = time % SECOND;
  return over === 0 ? time : later(time, seconds(1 - over / SECOND));
};

/** Abramowitz and Stegun 26.2.17, error below 1e-7: enough for a crowd that rounds to ticks. */
const normalCdf = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
};

/** One strike as the crowd asks for it: outcome 0 is YES. */
export class StrikePath {
  readonly outcome: number;
  constructor(
    private readonly path: IndexPath,
    private readonly strike: number,
    private readonly closesAt: EpochUs,
  ) {
    this.outcome = path.settlement(closesAt) > strike ? 0 : 1;
  }

  at(time: EpochUs, k: number): number {
    const yes = this.path.above(this.strike, this.closesAt, time);
    return k === 0 ? yes : 1 - yes;
  }
}

/** The paths of all markets whose events settle on an index. */
export const strikePaths = (path: IndexPath, world: World): readonly (readonly [Ticker, StrikePath])[] =>
  world.markets
    .filter(({ event }) => path.listing.events.includes(event))
    .map(({ ticker, strike, closesAt }) => {
      const floor = strike?.floor ?? null;
      assert(floor !== null, `market ${ticker} has no strike`);
      return [ticker, new StrikePath(path, floor, closesAt)] as const;
    });
