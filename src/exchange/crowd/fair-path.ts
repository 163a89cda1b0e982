import { assert } from '../../domain/errors.js';
import type { Chance } from '../../domain/ports.js';
import { toSeconds, type DurationUs, type EpochUs } from '../../domain/units.js';

/** What the path draws from. */
export interface Noise extends Chance {
  exponential(mean: number): number;
  normal(): number;
}

export interface FairPathSettings {
  /** Belief volatility sigma_b per square root of a second. */
  readonly beliefVolatility: number;
  readonly newsPerHour: number;
  /** Standard deviation of the log-odds of one piece of news. */
  readonly newsSize: number;
  readonly step: DurationUs;
  /** How far back the path can be asked. */
  readonly memory: DurationUs;
}

/**
 * Fair probabilities of outcomes of which exactly one comes true, as they follow from evidence that arrives over time: quoting reference c.1,
 * for any number of outcomes. The outcome Y is drawn first. Each outcome k has a log-likelihood that moves by independent increments
 * N(+w/2, w) if k = Y and N(-w/2, w) if not; then p_k proportional to p_k(0) exp(L_k) is exactly P(Y = k | evidence), so every p_k is a
 * martingale on [0, 1] and they always sum to 1. With w = v/2 the log-odds between two outcomes move by N(+-v/2, v), v = sigma_b^2 dt,
 * which for two outcomes is the mixture law of the reference. No Euler step, no clipping.
 *
 * The path is a step function on a fixed grid of time, so it does not depend on when it is asked.
 */
export class FairPath {
  /** Index of the outcome that will come true. */
  readonly outcome: number;
  readonly #logs: Float64Array;
  /** The last probabilities, one row per step, as a ring. */
  readonly #ring: Float64Array;
  readonly #rows: number;
  readonly #width: number;
  #step = 0;
  #nextNews: number;

  constructor(
    private readonly noise: Noise,
    weights: readonly number[],
    private readonly settings: FairPathSettings,
    private readonly startAt: EpochUs,
  ) {
    assert(weights.length >= 2 && weights.every((weight) => weight > 0), 'a fair path needs two or more outcomes with positive weights');
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#width = weights.length;
    this.#rows = Math.ceil(settings.memory / settings.step) + 2;
    this.#ring = new Float64Array(this.#rows * this.#width);
    this.#logs = Float64Array.from(weights, (weight) => Math.log(weight / total));
    this.outcome = FairPath.#draw(noise.next() * total, weights);
    this.#nextNews = this.#newsAfter(0);
    this.#write();
  }

  static #draw(at: number, weights: readonly number[]): number {
    let left = at;
    for (let k = 0; k < weights.length - 1; k++) {
      left -= weights[k] as number;
      if (left < 0) return k;
    }
    return weights.length - 1;
  }

  /** Seconds from the start to the next news after `from`. */
  #newsAfter(from: number): number {
    const { newsPerHour } = this.settings;
    return newsPerHour > 0 ? from + this.noise.exponential(3600 / newsPerHour) : Number.POSITIVE_INFINITY;
  }

  /** Probability of outcome `k` at a moment that is not farther back than the memory. */
  at(time: EpochUs, k: number): number {
    const wanted = Math.max(Math.floor((time - this.startAt) / this.settings.step), 0);
    while (this.#step < wanted) this.#advance();
    assert(this.#step - wanted < this.#rows, 'the fair path is asked for a moment it has forgotten');
    return this.#ring[(wanted % this.#rows) * this.#width + k] as number;
  }

  #advance(): void {
    this.#step++;
    const dt = toSeconds(this.settings.step);
    this.#evidence(this.settings.beliefVolatility ** 2 * dt);
    while (this.#nextNews <= this.#step * dt) {
      this.#evidence(this.settings.newsSize ** 2);
      this.#nextNews = this.#newsAfter(this.#nextNews);
    }
    this.#write();
  }

  /** Evidence that moves the log-odds of a pair of outcomes with variance `v`. */
  #evidence(v: number): void {
    const w = v / 2;
    for (let k = 0; k < this.#width; k++) {
      const drift = k === this.outcome ? w / 2 : -w / 2;
      this.#logs[k] = (this.#logs[k] as number) + drift + Math.sqrt(w) * this.noise.normal();
    }
  }

  #write(): void {
    const top = Math.max(...this.#logs);
    let sum = 0;
    for (let k = 0; k < this.#width; k++) sum += Math.exp((this.#logs[k] as number) - top);
    const row = (this.#step % this.#rows) * this.#width;
    for (let k = 0; k < this.#width; k++) {
      const log = (this.#logs[k] as number) - top;
      this.#logs[k] = log;
      this.#ring[row + k] = Math.exp(log) / sum;
    }
  }
}
