/** How much the belief moves: volatility of the log-odds and jumps of it, learnt from the mid as it comes. */
import type { Estimate } from '../domain/estimates.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { between, toSeconds, UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import { JUMP_DEVIATIONS } from './jumps.js';
import { LiveJumps } from './live-jumps.js';
import { logOdds, stepInLogOdds } from './log-odds.js';
import { RecentGaps } from './recent-gaps.js';

/** Where a probability, or the market's idea of it, is too vague for log-odds (quoting reference e.1). */
export const PROBABILITY_LOW = 0.03;
export const PROBABILITY_HIGH = 0.97;
/** In dollars per contract that pays one. */
export const SPREAD_MAX = 0.1;

/** A change of the log-odds needs about three samples: faster ones see the grid and the bounce. */
const SAMPLES_PER_CHANGE = 3;
/** Relative error of the variance that the prior starts with: it is taken to be known to about half of the volatility. */
const PRIOR_ERROR = 1;
/** For telling jumps the prior counts as so many products: a market that is livelier than it says must not be taken for jumping until it has faded. */
const ROBUST_PRIOR = 5;
const HALF_PI = Math.PI / 2;

/**
 * Irregular EWMA of squared changes of x = ln(p / (1 - p)) (quoting reference e.1), from its prior on. A change beyond 4 standard deviations is a jump and is kept out; what it
 * is measured by is a second average of products of neighbours (bipower), in which single jumps hardly count and a lasting change does, so that a market that wakes up is
 * not taken for jumping for ever.
 *
 * It looks every `sampling`, or every third of the median time in which the mid moves by a tick where that is longer. Only then the grid hides the movement, and only
 * then the answer is held up by one tick per square root of that time.
 */
export class BeliefVolatility {
  readonly jumps: LiveJumps;
  readonly #settings: EstimatorSettings['belief'];
  readonly #averaging: number;
  readonly #gaps = new RecentGaps();
  #x = NaN;
  #sampledAt: EpochUs = UNKNOWN_TIME;
  /** Mid at the last move by a whole tick, in dollars. */
  #steppedFrom = NaN;
  /** s^2, and the same from products of neighbours. */
  #variance: number;
  #robust: number;
  #previous = NaN;
  #products = 0;
  #floor = 0;
  /** What is left of the prior's weight; sums over the samples of weight^2, weight^2 z, weight^2 z^2 with z = d^2 / dt. */
  #priorWeight = 1;
  #weights = 0;
  #weighted = 0;
  #weightedSquares = 0;

  constructor({ belief, jumps }: Pick<EstimatorSettings, 'belief' | 'jumps'>) {
    this.jumps = new LiveJumps(jumps);
    this.#settings = belief;
    this.#averaging = toSeconds(belief.averaging);
    this.#variance = belief.prior ** 2;
    this.#robust = this.#variance;
  }

  /** Whether `observe` may learn something at this moment. */
  isDue(at: EpochUs): boolean {
    return Number.isNaN(this.#x) || between(this.#sampledAt, at) >= this.#settings.sampling;
  }

  /**
   * Takes the book as it stands; call it as often as you like.
   * @param probability the mid in units of the payout; null where a side is empty
   * @param spread of the book, and `tick` of the grid at the mid, in the same unit
   * @returns whether anything was learnt
   */
  observe(at: EpochUs, probability: number | null, spread: number, tick: number): boolean {
    if (probability === null || !(probability >= PROBABILITY_LOW && probability <= PROBABILITY_HIGH) || !(spread <= SPREAD_MAX)) {
      this.interrupt();
      return false;
    }
    if (Number.isNaN(this.#x)) {
      this.#x = logOdds(probability);
      this.#sampledAt = at;
      this.#steppedFrom = probability;
      return false;
    }
    const span = between(this.#sampledAt, at);
    if (span <= 0 || span < this.#settings.sampling) return false;
    this.#noteStep(at, probability, tick);
    const gap = this.#gaps.median(at);
    const dt = toSeconds(span);
    if (dt * SAMPLES_PER_CHANGE < gap) return false;
    const step = stepInLogOdds(tick, probability);
    const hidden = gap > SAMPLES_PER_CHANGE * toSeconds(this.#settings.sampling);
    this.#floor = hidden ? step / Math.sqrt(gap) : 0;
    this.#take(logOdds(probability) - this.#x, dt, step);
    this.#x = logOdds(probability);
    this.#sampledAt = at;
    return true;
  }

  /** sigma_b, with the error that sampling and what is left of the prior give it. */
  get volatility(): Estimate {
    const { prior, floor, learn } = this.#settings;
    if (!learn || this.#weights === 0) return { value: prior, error: null };
    const own = Math.sqrt(this.#variance);
    const value = Math.max(own, floor, this.#floor);
    // Of the average: what squares of normal changes vary by, or what these have been seen to vary by where that is more.
    const seen = this.#weightedSquares - 2 * this.#variance * this.#weighted + this.#variance ** 2 * this.#weights;
    const sampling = Math.max(2 * this.#variance ** 2 * this.#weights, seen);
    const left = (this.#priorWeight * PRIOR_ERROR * prior ** 2) ** 2;
    return { value, error: Math.sqrt(sampling + left) / (2 * Math.max(own, Number.MIN_VALUE)) };
  }

  #take(change: number, dt: number, step: number): void {
    const size = Math.abs(change);
    const kept = Math.exp(-dt / this.#averaging);
    const scale = Math.max(Math.sqrt(Math.max(this.#robust, this.#variance)), this.#floor);
    const threshold = JUMP_DEVIATIONS * Math.max(scale * Math.sqrt(dt), step);
    const rate = Math.min(size, threshold) / Math.sqrt(dt);
    if (!Number.isNaN(this.#previous)) {
      const gain = Math.max(1 - kept, 1 / (this.#products + ROBUST_PRIOR));
      this.#robust += gain * (HALF_PI * rate * this.#previous - this.#robust);
      this.#products++;
    }
    this.#previous = rate;
    this.jumps.passed(dt, threshold);
    if (size > threshold) {
      this.jumps.note(size);
      return;
    }
    const weight = 1 - kept;
    const z = (change * change) / dt;
    this.#variance = kept * this.#variance + weight * z;
    this.#priorWeight *= kept;
    this.#weights = kept * kept * this.#weights + weight * weight;
    this.#weighted = kept * kept * this.#weighted + weight * weight * z;
    this.#weightedSquares = kept * kept * this.#weightedSquares + weight * weight * z * z;
  }

  #noteStep(at: EpochUs, probability: number, tick: number): void {
    if (Math.abs(probability - this.#steppedFrom) < tick * (1 - 1e-9)) return;
    this.#steppedFrom = probability;
    this.#gaps.note(at);
  }

  /** A move across a hole has no known duration. */
  interrupt(): void {
    this.#x = NaN;
    this.#previous = NaN;
    this.#gaps.interrupt();
  }
}
