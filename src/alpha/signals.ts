/**
 * What every source outside says of every market: shifts in price units and probabilities with a confidence. Each is trusted for a while and within a bound of its
 * own, all together within one more; what is too old counts for nothing. Pure: facts go in, a shift of fair value comes out.
 */
import type { OpinionUpdate, SignalUpdate } from '../domain/events.js';
import type { Ticker } from '../domain/ids.js';
import { between, later, PRICE_PER_DOLLAR, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Alpha } from './alpha.js';
import { StaleWatch, type Turn } from './stale-watch.js';

export interface SourceLimits {
  /** An opinion older than this counts as none. */
  readonly ageMax: DurationUs;
  /** Most that this source may shift fair value, either way, in price units. */
  readonly shiftMax: number;
  /** `drop`: an opinion counts in full until it is too old. `linear`: it fades evenly and is nothing when it is too old. */
  readonly fade: 'drop' | 'linear';
}

/** Limits of the sources that have none of their own, and of all together. */
export interface SignalLimits {
  readonly ageMax: DurationUs;
  readonly shiftMax: number;
  /** Absent: `drop`. */
  readonly fade?: SourceLimits['fade'];
  /** Most that all sources together may shift fair value, either way, in price units. Absent: `shiftMax`. */
  readonly totalMax?: number;
  /** By the name of the source. */
  readonly sources?: Readonly<Record<string, SourceLimits>>;
}

/** One opinion as it stands, for those who look on. */
export interface SignalInForce {
  readonly source: string;
  /** What it adds to fair value now, in price units, after its bound and before the bound of all; 0 where it is too old. */
  readonly shift: number;
  readonly age: DurationUs;
  /** null where the source names a shift instead. */
  readonly probability: number | null;
  /** Part of it that is believed now, fading included; 0 where it is too old. */
  readonly confidence: number;
  readonly stale: boolean;
}

interface Held {
  readonly source: string;
  readonly limits: SourceLimits;
  readonly formedAt: EpochUs;
  /** In price units; unused where there is a probability. */
  readonly shift: number;
  readonly probability: number | null;
  readonly confidence: number;
  /** Its source says nothing any more: it is kept so that an older word that arrives late does not come back to life. */
  readonly withdrawn: boolean;
}

type Word = Pick<Held, 'shift' | 'probability' | 'confidence' | 'withdrawn'>;

/** What plain shifts are called that name no source: they come from the file. */
const UNNAMED = 'file';
const NONE: readonly Held[] = Object.freeze([]);
const NOTHING: readonly SignalInForce[] = Object.freeze([]);

export class Signals implements Alpha {
  readonly #limits: SignalLimits;
  readonly #totalMax: number;
  readonly #held = new Map<Ticker, Held[]>();
  readonly #watch = new StaleWatch();

  constructor(limits: SignalLimits) {
    this.#limits = limits;
    this.#totalMax = limits.totalMax ?? limits.shiftMax;
  }

  /**
   * Keeps the shift unless a younger word of its source is held. Its age counts from when the source formed it, but never from after we received it: a source
   * whose clock runs ahead must not stay fresh for ever. A shift that is no finite number withdraws it.
   */
  apply({ ticker, source = UNNAMED, shift, asOf, at }: SignalUpdate): void {
    const isSound = Number.isFinite(shift);
    this.#keep(
      ticker,
      source,
      earlier(asOf, at),
      { shift: isSound ? shift : 0, probability: null, confidence: 1, withdrawn: !isSound || shift === 0 },
      at,
    );
  }

  /** As `apply`, for a probability. One outside of [0, 1], or a confidence that is no number, withdraws the opinion. */
  applyOpinion({ ticker, source, probability, confidence, asOf, at }: OpinionUpdate): void {
    const isSound = probability !== null && probability >= 0 && probability <= 1 && Number.isFinite(confidence);
    const word = isSound
      ? { shift: 0, probability, confidence: Math.min(1, Math.max(0, confidence)), withdrawn: false }
      : { shift: 0, probability: null, confidence: 0, withdrawn: true };
    this.#keep(ticker, source, earlier(asOf, at), word, at);
  }

  getExternalSkew(ticker: Ticker, now: EpochUs, fair: number | null = null, payout: number = PRICE_PER_DOLLAR): number {
    const held = this.#held.get(ticker);
    if (held === undefined) return 0;
    const scale = scaleOf(held, now);
    let sum = 0;
    for (let i = 0; i < held.length; i++) sum += shiftOf(held[i] as Held, now, fair, payout, scale);
    return bounded(sum, this.#totalMax);
  }

  /** Every opinion on a market that has not been withdrawn, by source, fresh or not. */
  inForce(ticker: Ticker, now: EpochUs, fair: number | null, payout: number): readonly SignalInForce[] {
    const held = this.#held.get(ticker);
    if (held === undefined) return NOTHING;
    const scale = scaleOf(held, now);
    const speaking = held.filter(({ withdrawn }) => !withdrawn);
    return speaking.map((one) => ({
      source: one.source,
      shift: shiftOf(one, now, fair, payout, scale),
      age: between(one.formedAt, now),
      probability: one.probability,
      confidence: weightOf(one, now),
      stale: between(one.formedAt, now) > one.limits.ageMax,
    }));
  }

  /** Opinions that have become too old, or came back, since the last call. Cheap where none has; never the same turn twice. */
  turns(now: EpochUs): readonly Turn[] {
    return this.#watch.turns(now);
  }

  #limitsOf(source: string): SourceLimits {
    const { sources, ageMax, shiftMax, fade = 'drop' } = this.#limits;
    const own = sources !== undefined && Object.hasOwn(sources, source) ? sources[source] : undefined;
    return own ?? { ageMax, shiftMax, fade };
  }

  #keep(ticker: Ticker, source: string, formedAt: EpochUs, word: Word, at: EpochUs): void {
    const held = this.#held.get(ticker) ?? NONE;
    const before = held.find((one) => one.source === source);
    if (before !== undefined && before.formedAt > formedAt) return;
    const limits = before?.limits ?? this.#limitsOf(source);
    // In the order of names, so that sums do not depend on who spoke first.
    const others = held.filter((one) => one !== before);
    this.#held.set(
      ticker,
      [...others, { source, limits, formedAt, ...word }].sort((a, b) => (a.source < b.source ? -1 : 1)),
    );
    if (word.withdrawn) this.#watch.forget(ticker, source);
    else this.#watch.heard(ticker, source, later(formedAt, limits.ageMax), at);
  }
}

const earlier = (a: EpochUs, b: EpochUs): EpochUs => (a < b ? a : b);
const bounded = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/** Part of an opinion that counts now: its confidence, less what it has faded. */
const weightOf = ({ formedAt, limits, confidence }: Held, now: EpochUs): number => {
  const age = between(formedAt, now);
  if (age > limits.ageMax) return 0;
  return limits.fade === 'drop' || age <= 0 ? confidence : confidence * (1 - age / limits.ageMax);
};

/** Probabilities that are believed more than wholly when taken together are scaled down: two that say the same must not push beyond what they say. */
const scaleOf = (held: readonly Held[], now: EpochUs): number => {
  let sum = 0;
  for (let i = 0; i < held.length; i++) {
    const one = held[i] as Held;
    if (one.probability !== null) sum += weightOf(one, now);
  }
  return sum > 1 ? 1 / sum : 1;
};

const shiftOf = (one: Held, now: EpochUs, fair: number | null, payout: number, scale: number): number => {
  const weight = weightOf(one, now);
  if (weight === 0) return 0;
  if (one.probability === null) return bounded(weight * one.shift, one.limits.shiftMax);
  return fair === null ? 0 : bounded(weight * scale * (one.probability * payout - fair), one.limits.shiftMax);
};
