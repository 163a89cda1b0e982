/** Jumps of the log-odds as they are met, on top of a prior. */
import type { Estimate } from '../domain/estimates.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { jumpsBehind } from './jumps.js';

/**
 * lambda_J and s_J: what was seen counts with its number, the prior with its weight in jumps. Sizes are averaged as squares; jumps below the threshold are put back by
 * the law of their sizes once there are two to go by, as `jumpsBehind` says.
 */
export class LiveJumps {
  readonly #settings: EstimatorSettings['jumps'];
  #count = 0;
  #squares = 0;
  #seconds = 0;
  /** Time times threshold squared: its mean is what the sizes were cut at. */
  #cut = 0;

  constructor(settings: EstimatorSettings['jumps']) {
    this.#settings = settings;
  }

  /** So much time was watched, in which a change beyond `threshold` would have counted. */
  passed(seconds: number, threshold: number): void {
    this.#seconds += seconds;
    this.#cut += seconds * threshold * threshold;
  }

  note(size: number): void {
    this.#count++;
    this.#squares += size * size;
  }

  get count(): number {
    return this.#count;
  }

  /** lambda_J per second. */
  get rate(): Estimate {
    const { rate, weight, learn } = this.#settings;
    if (!learn || this.#seconds === 0) return { value: rate, error: null };
    const found = this.#behind();
    const missed = found === null || this.#count === 0 ? 1 : (found.rate.value * this.#seconds) / this.#count;
    const value = (this.#count * missed + weight) / (this.#seconds + (rate > 0 ? weight / rate : 0));
    const own = found?.rate.error ?? null;
    const counted = value / Math.sqrt(this.#count + weight);
    return { value, error: own === null ? counted : Math.max(counted, own * (this.#count / (this.#count + weight))) };
  }

  /** s_J of the log-odds. */
  get size(): Estimate {
    const { size, weight, learn } = this.#settings;
    if (!learn || this.#count === 0) return { value: size, error: null };
    const found = this.#behind();
    const own = found === null ? this.#squares / this.#count : found.size.value ** 2;
    const value = Math.sqrt((this.#count * own + weight * size * size) / (this.#count + weight));
    return { value, error: value / Math.sqrt(2 * (this.#count + weight)) };
  }

  #behind(): ReturnType<typeof jumpsBehind> {
    const threshold = Math.sqrt(this.#cut / this.#seconds);
    return jumpsBehind(
      { count: this.#count, meanSquare: this.#squares / Math.max(1, this.#count), threshold, calmVariance: 0 },
      this.#seconds,
    );
  }
}
