/** What is known of one index: its last value, the readings behind it, how much it moves. Decides which facts to believe. */
import type { IndexUpdate, IndexVolatility } from '../domain/events.js';
import type { IndexSettings } from '../domain/settings.js';
import { between, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { SECONDS_PER_YEAR } from './pricing/digital.js';
import { WindowSamples } from './window-samples.js';

/**
 * What became of a fact: `taken`; `older` than what is known, ignored; `invalid`, a number that cannot be, which withdraws the value until the next good one;
 * `jump`, too far away to be believed alone: nothing is valued until the next value confirms it or goes back.
 */
export type Verdict = 'taken' | 'older' | 'invalid' | 'jump';

interface Value {
  readonly value: number;
  readonly asOf: EpochUs;
}

export interface Volatility {
  readonly annual: number;
  readonly error: number;
  readonly asOf: EpochUs;
}

/** More than this is a mistake: an index that moves twenty times its worth in a year. */
const ANNUAL_MAX = 20;
/** For judging jumps alone: without a volatility, and where the candles say that nothing moves. */
const ANNUAL_ASSUMED = 1;
const ANNUAL_LEAST = 0.1;
/** Two values closer in time are judged as if this long apart: an index is published in steps. */
const SECONDS_LEAST = 1;

export class IndexState {
  readonly #settings: IndexSettings;
  #last: Value | null = null;
  #suspect: Value | null = null;
  #isBroken = false;
  #volatility: Volatility | null = null;
  #version = 0;
  readonly #windows = new Map<DurationUs, WindowSamples>();

  constructor(
    readonly name: string,
    settings: IndexSettings,
  ) {
    this.#settings = settings;
    const longest = new Map<DurationUs, number>();
    for (const { index, samples, spacing } of settings.mappings)
      if (index === name) longest.set(spacing, Math.max(samples, longest.get(spacing) ?? 0));
    for (const [spacing, samples] of longest) this.#windows.set(spacing, new WindowSamples(spacing, samples, settings.ageMax));
  }

  /** Grows whenever something that a valuation rests upon has changed. */
  get version(): number {
    return this.#version;
  }

  get last(): Value | null {
    return this.#last;
  }

  get volatility(): Volatility | null {
    return this.#volatility;
  }

  /** A value that waits to be confirmed, or null. */
  get suspect(): Value | null {
    return this.#suspect;
  }

  /** The source spoke of no number at last. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Readings at this spacing. @throws where no mapping asked for it */
  window(spacing: DurationUs): WindowSamples {
    return this.#windows.get(spacing) as WindowSamples;
  }

  /** True from the moment on at which the last value is too old. */
  isStale(now: EpochUs): boolean {
    return this.#last !== null && between(this.#last.asOf, now) > this.#settings.ageMax;
  }

  takeValue(update: IndexUpdate): Verdict {
    const { value } = update;
    const told: Value = { value, asOf: momentOf(update) };
    if (!(Number.isFinite(value) && value > 0 && Number.isFinite(told.asOf))) {
      this.#isBroken = true;
      this.#version++;
      return 'invalid';
    }
    const newest = this.#suspect ?? this.#last;
    if (newest !== null && told.asOf < newest.asOf) return 'older';
    if (this.#last === null || this.#isNear(this.#last, told)) this.#believe(told);
    else if (this.#suspect !== null && this.#isNear(this.#suspect, told)) {
      this.#believe(this.#suspect);
      this.#believe(told);
    } else {
      this.#suspect = told;
      this.#version++;
      return 'jump';
    }
    return 'taken';
  }

  takeVolatility(update: IndexVolatility): Verdict {
    const { annual, error } = update;
    const asOf = momentOf(update);
    if (!(annual > 0 && annual <= ANNUAL_MAX && error >= 0 && Number.isFinite(error) && Number.isFinite(asOf))) return 'invalid';
    if (this.#volatility !== null && asOf < this.#volatility.asOf) return 'older';
    this.#volatility = { annual, error, asOf };
    this.#version++;
    return 'taken';
  }

  #believe(told: Value): void {
    this.#last = told;
    this.#suspect = null;
    this.#isBroken = false;
    this.#version++;
    for (const window of this.#windows.values()) window.take(told.asOf, told.value);
  }

  #isNear(from: Value, to: Value): boolean {
    const annual = Math.max(this.#volatility?.annual ?? ANNUAL_ASSUMED, ANNUAL_LEAST);
    const time = Math.max(toSeconds(between(from.asOf, to.asOf)), SECONDS_LEAST);
    const deviation = annual * Math.sqrt(time / SECONDS_PER_YEAR);
    return Math.abs(Math.log(to.value / from.value)) <= this.#settings.jumpSigmasMax * deviation;
  }
}

/** When the source formed it, but never after we heard it: one whose clock runs ahead must not stay fresh for ever. */
const momentOf = ({ at, asOf }: { readonly at: EpochUs; readonly asOf: EpochUs }): EpochUs => (asOf > at ? at : asOf);
