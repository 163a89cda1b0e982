/**
 * How much an index moves, out of its own values: for indices of the exchange's channels, which come without candles. Squared returns of values some seconds apart, over a
 * window, with a prior that counts as some of them: there is an answer from the second value on, and its error says how little it rests upon. Pure.
 */
import type { IndexUpdate, IndexVolatility } from '../domain/events.js';
import { between, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { Plausible } from './feeds/plausible.js';
import { SECONDS_PER_YEAR } from './pricing/digital.js';

export interface RealisedSettings {
  /** Least time between two values that are compared: closer ones say more of how the index is made than of how it moves. */
  readonly spacing: DurationUs;
  readonly window: DurationUs;
  /** sigma per square root of a year before anything is known. */
  readonly prior: number;
  /** So many returns the prior counts for. */
  readonly weight: number;
}

/** A value further from the one before than this part of it is no move. */
const JUMP_MAX = 0.1;

interface Return {
  readonly at: EpochUs;
  /** Squared, per second. */
  readonly variance: number;
}

export class RealisedVolatility {
  readonly #indices = new Map<string, Moves>();

  constructor(private readonly settings: RealisedSettings) {}

  /** @returns what is believed now, once per compared value; null between them */
  take(update: IndexUpdate): IndexVolatility | null {
    const { index, value, at } = update;
    let moves = this.#indices.get(index);
    if (moves === undefined) {
      moves = new Moves();
      this.#indices.set(index, moves);
    }
    if (!moves.take(value, at, this.settings)) return null;
    const { prior, weight } = this.settings;
    const count = moves.returns.length + weight;
    const sum = moves.returns.reduce((total, { variance }) => total + variance, (weight * prior ** 2) / SECONDS_PER_YEAR);
    const annual = Math.sqrt((sum / count) * SECONDS_PER_YEAR);
    // A variance of n normal squares has the relative error sqrt(2 / n), its root half of that.
    return { type: 'index-volatility', at, index, annual, error: annual / Math.sqrt(2 * count), asOf: at };
  }
}

class Moves {
  returns: Return[] = [];
  readonly #plausible = new Plausible(JUMP_MAX);
  #last: { readonly value: number; readonly at: EpochUs } | null = null;

  /** @returns whether the value was compared */
  take(value: number, at: EpochUs, { spacing, window }: RealisedSettings): boolean {
    if (!this.#plausible.takes(value)) return false;
    const last = this.#last;
    if (last !== null && between(last.at, at) < spacing) return false;
    this.#last = { value, at };
    // A leap that was confirmed is where the index is now, and no measure of how it moves.
    if (last === null || Math.abs(value / last.value - 1) > JUMP_MAX) return false;
    this.returns.push({ at, variance: Math.log(value / last.value) ** 2 / toSeconds(between(last.at, at)) });
    const first = this.returns.findIndex((one) => between(one.at, at) <= window);
    if (first > 0) this.returns.splice(0, first);
    return true;
  }
}
