/** Where order flow says that the price is going: pressure on several levels, as a shift of fair value (quoting reference e.3). */
import type { Level } from '../domain/events.js';
import { between, later, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import { fallingWeights, firstComponent, pressureOf, type LevelPair } from './order-flow.js';
import { ProvenSlope } from './proven-slope.js';

/** Levels of each side that are watched. */
export const FLOW_LEVELS = 3;
/** Until so many spans have been seen, weights fall by half from level to level; then they are the first principal component. */
const SPANS_MIN = 30;
const FALL = 0.5;
const NOWHERE: LevelPair = { bid: -Infinity, bidSize: 0, ask: Infinity, askSize: 0 };

/**
 * Time is cut into spans of one horizon. The flow of a span, each level's divided by its average depth, foretells the change of the microprice over the next one. The shift
 * is beta times the flow of the last span, fading as the next one passes, and 0 unless the forecasts have proven themselves on spans that they were not fitted to.
 */
export class FlowAlpha {
  readonly #horizon: DurationUs;
  readonly #slope = new ProvenSlope();
  readonly #products: number[][] = Array.from({ length: FLOW_LEVELS }, () => Array.from({ length: FLOW_LEVELS }, () => 0));
  #weights: readonly number[] = fallingWeights(FLOW_LEVELS, FALL);
  #spans = 0;
  #before: readonly LevelPair[] | null = null;
  readonly #pressure = new Float64Array(FLOW_LEVELS);
  readonly #depth = new Float64Array(FLOW_LEVELS);
  #looks = 0;
  #spanEnds: EpochUs = UNKNOWN_TIME;
  /** Flow of the span before this one and the microprice at its end. */
  #flow = NaN;
  #price = NaN;
  /** Microprice at the last look. */
  #latest = NaN;

  constructor(horizon: DurationUs) {
    this.#horizon = horizon;
  }

  /**
   * Takes the book as it stands.
   * @param bids best first, at most `FLOW_LEVELS` of them count; without our own orders, like `asks`
   * @param microprice in price units; null where a side is empty
   */
  observe(at: EpochUs, bids: readonly Level[], asks: readonly Level[], microprice: number | null): void {
    if (this.#spanEnds === UNKNOWN_TIME) this.#spanEnds = later(at, this.#horizon);
    while (at >= this.#spanEnds) this.#closeSpan(at);
    const now = Array.from({ length: FLOW_LEVELS }, (_, m) => pairAt(bids[m], asks[m]));
    for (const [m, pair] of now.entries()) {
      const before = this.#before?.[m];
      if (before !== undefined) this.#pressure[m] = (this.#pressure[m] as number) + pressureOf(before, pair);
      this.#depth[m] = (this.#depth[m] as number) + (pair.bidSize + pair.askSize) / 2;
    }
    this.#looks++;
    this.#before = now;
    this.#latest = microprice ?? NaN;
  }

  /** The book is not known any more: what happens until the next look is nobody's flow, and a move across the hole teaches nothing. */
  interrupt(): void {
    this.#before = null;
    this.#flow = NaN;
    this.#latest = NaN;
  }

  /** Shift of fair value at `at`, in price units, at most `most` either way. */
  value(at: EpochUs, most: number): number {
    if (Number.isNaN(this.#flow) || !this.#slope.isProven) return 0;
    const age = toSeconds(between(later(this.#spanEnds, -this.#horizon as DurationUs), at)) / toSeconds(this.#horizon);
    const shift = this.#slope.beta * this.#flow * Math.exp(-Math.max(0, age));
    return Math.min(most, Math.max(-most, shift));
  }

  get t(): number {
    return this.#slope.t;
  }

  #closeSpan(at: EpochUs): void {
    const price = this.#latest;
    if (!Number.isNaN(this.#flow) && !Number.isNaN(price) && !Number.isNaN(this.#price)) this.#slope.learn(this.#flow, price - this.#price);
    this.#flow = Number.isNaN(price) ? NaN : this.#spanFlow();
    this.#price = price;
    this.#pressure.fill(0);
    this.#depth.fill(0);
    this.#looks = 0;
    this.#spanEnds = later(this.#spanEnds, this.#horizon);
    // After a long silence the spans begin anew.
    if (between(this.#spanEnds, at) > this.#horizon) {
      this.#spanEnds = later(at, this.#horizon);
      this.#flow = NaN;
    }
  }

  #spanFlow(): number {
    const flows = Array.from(this.#pressure, (pressure, m) => {
      const depth = this.#looks === 0 ? 0 : (this.#depth[m] as number) / this.#looks;
      return depth > 0 ? pressure / depth : 0;
    });
    for (const [i, row] of this.#products.entries()) for (const [j, old] of row.entries()) row[j] = old + (flows[i] ?? 0) * (flows[j] ?? 0);
    this.#spans++;
    if (this.#spans >= SPANS_MIN) this.#weights = firstComponent(this.#products) ?? this.#weights;
    return flows.reduce((sum, flow, m) => sum + flow * (this.#weights[m] ?? 0), 0);
  }
}

const pairAt = (bid: Level | undefined, ask: Level | undefined): LevelPair => ({
  bid: bid?.price ?? NOWHERE.bid,
  bidSize: bid?.quantity ?? 0,
  ask: ask?.price ?? NOWHERE.ask,
  askSize: ask?.quantity ?? 0,
});
