/** What a top of book says about where the price is and which way it is pushed. Real numbers are in price units. */
import { contractsOf, quantity, type DurationUs, type EpochUs } from '../domain/units.js';
import type { TopOfBook } from './own-orders.js';

/** Halfway between best bid and best ask, in price units; null where a side is empty. */
export const midOf = (top: Readonly<TopOfBook>): number | null =>
  top.bestBid === null || top.bestAsk === null ? null : (top.bestBid + top.bestAsk) / 2;

/**
 * Mid weighted by the opposite side's size, in price units: much on the bid pulls it towards the ask. Null where a side is empty.
 * The weighted mid of the quoting reference, e.4; it is no martingale and jumps when a level clears.
 */
export const micropriceOf = (top: Readonly<TopOfBook>): number | null =>
  top.bestBid === null || top.bestAsk === null
    ? null
    : (top.bidSize * top.bestAsk + top.askSize * top.bestBid) / (top.bidSize + top.askSize);

const BUCKETS = 64;

/**
 * Order flow imbalance: the sum over a sliding window of what each change at the top of the book added to or took from either side (quoting reference e.3).
 * Positive means pressure upwards.
 *
 * The window is cut into 64 buckets, so memory is fixed however wild the market; it reaches back between 63/64 of the window and the whole.
 * Sums are whole quantity units and so stay exact. An empty side counts as a price infinitely far away with size zero.
 *
 * @see Cont, Kukanov and Stoikov (2014), "The price impact of order book events"
 */
export class OrderFlowImbalance {
  readonly #buckets = new Float64Array(BUCKETS);
  readonly #width: number;
  #current = -1;
  #sum = 0;
  #known = false;
  #bid = 0;
  #bidSize = 0;
  #ask = 0;
  #askSize = 0;

  constructor(window: DurationUs) {
    this.#width = Math.max(1, Math.ceil(window / BUCKETS));
  }

  /** Takes the top as it stands at `at`. Call after every change of the top; the first call only sets the starting point. */
  observe(at: EpochUs, top: Readonly<TopOfBook>): void {
    this.#advance(at);
    const bid = top.bestBid ?? -Infinity;
    const ask = top.bestAsk ?? Infinity;
    if (this.#known) {
      const pressure =
        (bid >= this.#bid ? top.bidSize : 0) -
        (bid <= this.#bid ? this.#bidSize : 0) -
        (ask <= this.#ask ? top.askSize : 0) +
        (ask >= this.#ask ? this.#askSize : 0);
      const slot = this.#current % BUCKETS;
      this.#buckets[slot] = (this.#buckets[slot] as number) + pressure;
      this.#sum += pressure;
    }
    this.#known = true;
    this.#bid = bid;
    this.#bidSize = top.bidSize;
    this.#ask = ask;
    this.#askSize = top.askSize;
  }

  /** The book was lost: what happens until the next observation is nobody's flow. The window keeps what was seen before. */
  forgetTop(): void {
    this.#known = false;
  }

  /** Imbalance over the window that ends at `at`, in contracts. */
  value(at: EpochUs): number {
    this.#advance(at);
    return contractsOf(quantity(this.#sum));
  }

  #advance(at: EpochUs): void {
    const bucket = Math.floor(at / this.#width);
    if (bucket <= this.#current) return;
    const stale = this.#current < 0 ? 0 : Math.min(bucket - this.#current, BUCKETS);
    for (let i = 1; i <= stale; i++) {
      const slot = (this.#current + i) % BUCKETS;
      this.#sum -= this.#buckets[slot] as number;
      this.#buckets[slot] = 0;
    }
    this.#current = bucket;
  }
}
