/** Paths of a fair price that ends at 0 or 1, by the exact law of quoting reference c.1: no Euler step. */
import type { Random } from '../exchange/core/random.js';

export interface Beliefs {
  readonly kind: 'constant' | 'to-settlement';
  /** `constant`: sigma_b per square root of a second. `to-settlement`: sigma_b times the root of the time left, as where an index decides. */
  readonly volatility: number;
  /** Jumps of the log-odds per second, and their standard deviation. */
  readonly jumpRate: number;
  readonly jumpSize: number;
}

/** sigma_b with `left` seconds to go. */
export const beliefVolatilityAt = ({ kind, volatility }: Beliefs, left: number): number =>
  kind === 'constant' ? volatility : volatility / Math.sqrt(left);

/** One path, and what happens to quotes along it. Refilled for every path. */
export class BeliefPath {
  /** Fair prices in dollars, one more than there are steps. */
  readonly fair: Float64Array;
  /** A uniform number per step and side: whether a taker without knowledge comes. */
  readonly buyers: Float64Array;
  readonly sellers: Float64Array;
  outcome: 0 | 1 = 0;

  /** @param seconds of the whole path, of `steps` equal steps */
  constructor(
    readonly beliefs: Beliefs,
    readonly seconds: number,
    readonly steps: number,
  ) {
    this.fair = new Float64Array(steps + 1);
    this.buyers = new Float64Array(steps);
    this.sellers = new Float64Array(steps);
  }

  /** The outcome is drawn first; the log-odds then move by N(+-v/2, v), up where it is yes. */
  refill(random: Random, start: number): void {
    const { beliefs, seconds, steps, fair } = this;
    const step = seconds / steps;
    const chance = 1 - Math.exp(-beliefs.jumpRate * step);
    const jump = beliefs.jumpSize ** 2;
    this.outcome = random.next() < start ? 1 : 0;
    const towards = this.outcome === 1 ? 0.5 : -0.5;
    let logOdds = Math.log(start / (1 - start));
    fair[0] = start;
    for (let i = 0; i < steps; i++) {
      const volatility = beliefVolatilityAt(beliefs, seconds - i * step);
      let variance = volatility * volatility * step;
      if (random.next() < chance) variance += jump;
      logOdds += towards * variance + Math.sqrt(variance) * random.normal();
      fair[i + 1] = 1 / (1 + Math.exp(-logOdds));
      this.buyers[i] = random.next();
      this.sellers[i] = random.next();
    }
  }
}
