/** What a paper venue is made with: plain data, so that a run can say by which rule it was filled. */
import type { FeeRounding } from '../domain/fees.js';
import type { Cash, DurationUs } from '../domain/units.js';

/**
 * When a resting order of ours is filled. Every model needs volume that was there: a public trade, or size on the other side at or beyond our price.
 *
 * - `pessimistic`: a trade beyond our price only. What traded at our price went to the queue ahead of us.
 * - `queue`: also a trade at our price, once what was ahead of us at that price has gone (see `LevelQueue`).
 * - `optimistic`: also any trade at our price, as if we were always first.
 */
export type FillModel = 'optimistic' | 'queue' | 'pessimistic';

/**
 * Where a cancel left the queue at our price, which the public feed does not tell. For the model `queue`.
 *
 * - `by-size`: whoever is behind us was seen joining, with his size. A cancel of exactly such a size was that order (the youngest of them); any other was ahead. Exact where
 *   all sizes differ; too late where an order ahead has the size of one behind; too early where somebody behind only makes his order smaller.
 * - `split`: divided between ahead and behind as `ahead^power : behind^power`.
 * - `behind`: behind us as far as there is size, so that we move up by trades only; never too early.
 * - `ahead`: ahead of us as far as there is size; never too late.
 */
export type CancelRule = 'by-size' | 'split' | 'behind' | 'ahead';

export interface PaperSettings {
  readonly fills: FillModel;
  readonly cancels: CancelRule;
  /** Exponent of the split. 1: every contract is equally likely to leave. Above 1 the larger part loses more than its share, below 1 less. */
  readonly splitPower: number;
  /**
   * From a decision to the moment in which the feed shows the book that the command met, so: the way to the exchange and the way back. The answer comes then too.
   * Commands that the exchange has not seen yet change nothing: an order that is being cancelled can still be filled.
   */
  readonly latency: DurationUs;
  /** Uniform extra of each command, drawn from `chance`. */
  readonly jitter: DurationUs;
  /** What an order of ours has taken stays taken for so long, although the real book still shows it. */
  readonly takenFor: DurationUs;
  readonly balance: Cash;
  readonly rounding: FeeRounding;
}
