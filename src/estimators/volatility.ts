/** How much the price moves per square root of a second, learnt from the mid as it comes. */
import type { VolatilitySettings } from '../domain/settings.js';
import { between, PRICE_PER_DOLLAR, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import { irregularEwmaStep } from './ewma.js';
import { RecentGaps } from './recent-gaps.js';

/**
 * Average of squared mid changes per second with exponentially fading memory, for changes that come at irregular times (quoting reference e.1):
 * w = exp(-dt / averaging), variance = w * variance + (1 - w) * d^2 / dt. It starts from the prior, which fades as data comes in.
 *
 * Two floors hold it up. The configured one, and the grid's: on a coarse grid most changes are 0 and the average sinks between two steps although the
 * price is only hidden by the tick, so the answer is never below one tick per square root of the median time between changes. That median is taken over
 * the last 15 changes, and the present quiet spell counts where it is longer, so a market that fell asleep is let down.
 */
export class VolatilityEstimator {
  readonly #averagingSeconds: number;
  readonly #floor: number;
  readonly #sampleEvery: DurationUs;
  #variance: number;
  #mid = NaN;
  #sampledAt: EpochUs = UNKNOWN_TIME;
  readonly #gaps = new RecentGaps();

  /** @param sampleEvery changes closer together than this are seen as one: faster sampling would measure the bounce of the quotes, not the price */
  constructor(settings: VolatilitySettings, sampleEvery: DurationUs = seconds(1)) {
    this.#averagingSeconds = toSeconds(settings.averaging);
    this.#floor = settings.floor * PRICE_PER_DOLLAR;
    this.#variance = (settings.prior * PRICE_PER_DOLLAR) ** 2;
    this.#sampleEvery = sampleEvery;
  }

  /**
   * Takes the mid (price units) as it stands at `at`; call it as often as you like, also when nothing changed: stillness is information too.
   * Null (a side is empty, the book is lost) starts afresh with the next mid, because a move across a hole has no known duration.
   */
  observe(at: EpochUs, mid: number | null): void {
    if (mid === null || !Number.isFinite(mid)) {
      this.#mid = NaN;
      this.#gaps.interrupt();
      return;
    }
    if (Number.isNaN(this.#mid)) {
      this.#mid = mid;
      this.#sampledAt = at;
      return;
    }
    const span = between(this.#sampledAt, at);
    if (span <= 0 || span < this.#sampleEvery) return;
    const change = mid - this.#mid;
    this.#variance = irregularEwmaStep(this.#variance, change, toSeconds(span), this.#averagingSeconds);
    this.#mid = mid;
    this.#sampledAt = at;
    if (change !== 0) this.#gaps.note(at);
  }

  /**
   * Standard deviation of the price in price units per square root of a second.
   * @param tick step of the grid where the price is, in price units; 0 leaves the grid's floor out
   */
  value(at: EpochUs, tick = 0): number {
    const gap = this.#gaps.median(at);
    return Math.max(Math.sqrt(this.#variance), this.#floor, gap === 0 ? 0 : tick / Math.sqrt(gap));
  }
}
