/** How much the price moves per square root of a second, learnt from the mid as it comes. */
import type { VolatilitySettings } from '../domain/settings.js';
import { between, PRICE_PER_DOLLAR, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';

/** Times between changes that are remembered for their median, and how many must be known before it counts. */
const GAPS = 15;
const GAPS_MIN = 5;

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
  #changedAt: EpochUs = UNKNOWN_TIME;
  readonly #gaps = new Float64Array(GAPS);
  #gapCount = 0;
  #medianGap = 0;

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
      this.#changedAt = UNKNOWN_TIME;
      return;
    }
    if (Number.isNaN(this.#mid)) {
      this.#mid = mid;
      this.#sampledAt = at;
      return;
    }
    const span = between(this.#sampledAt, at);
    if (span <= 0 || span < this.#sampleEvery) return;
    const dt = toSeconds(span);
    const change = mid - this.#mid;
    const kept = Math.exp(-dt / this.#averagingSeconds);
    this.#variance = kept * this.#variance + ((1 - kept) * change * change) / dt;
    this.#mid = mid;
    this.#sampledAt = at;
    if (change !== 0) this.#noteChange(at);
  }

  /**
   * Standard deviation of the price in price units per square root of a second.
   * @param tick step of the grid where the price is, in price units; 0 leaves the grid's floor out
   */
  value(at: EpochUs, tick = 0): number {
    return Math.max(Math.sqrt(this.#variance), this.#floor, this.#tickFloor(at, tick));
  }

  #tickFloor(at: EpochUs, tick: number): number {
    if (this.#gapCount < GAPS_MIN || this.#changedAt === UNKNOWN_TIME) return 0;
    const quiet = toSeconds(between(this.#changedAt, at));
    return tick / Math.sqrt(Math.max(this.#medianGap, quiet));
  }

  #noteChange(at: EpochUs): void {
    if (this.#changedAt !== UNKNOWN_TIME) {
      this.#gaps[this.#gapCount % GAPS] = toSeconds(between(this.#changedAt, at));
      this.#gapCount++;
      const known = this.#gaps.slice(0, Math.min(this.#gapCount, GAPS)).sort();
      this.#medianGap = known[known.length >> 1] as number;
    }
    this.#changedAt = at;
  }
}
