/**
 * Remembered solutions of the exact GLFT equations. Inputs are rounded to about 1 % first, so that estimates which tremble ask for the same solution again;
 * the rounding is part of the model, so an answer does not depend on what was asked before.
 */
import { exactDistances, glftCoefficients, type Distances, type GlftInputs } from './models/glft.js';
import { finiteValues, stationaryValues } from './models/glft-exact.js';

const SLOTS = 512;
/** Steps per factor of e. */
const FINENESS = 100;

export interface RememberedSolution {
  /** Distances at a whole number of lots. */
  readonly at: (lots: number) => Distances;
  /** c1. */
  readonly halfSpread: number;
}

interface Slot extends RememberedSolution {
  readonly volatility: number;
  readonly fillDecay: number;
  readonly fillIntensity: number;
  readonly horizon: number;
}

/** To the nearest hundredth of a factor of e; 0 and infinity stay. */
const rounded = (value: number): number =>
  value > 0 && value < Infinity ? Math.round(Math.log(value) * FINENESS) : value === 0 ? -Infinity : value;
const valueOf = (level: number): number => Math.exp(level / FINENESS);

export class GlftSolutions {
  readonly #slots: (Slot | undefined)[] = Array.from({ length: SLOTS });
  readonly #lotsMax: number;

  /** @param lotsMax Q */
  constructor(lotsMax: number) {
    this.#lotsMax = lotsMax;
  }

  /** @param horizon seconds; infinite for the stationary quotes. Risk aversion, lot and utility must not change between calls. */
  of(inputs: GlftInputs, horizon: number): RememberedSolution {
    const [volatility, fillDecay, fillIntensity] = [rounded(inputs.volatility), rounded(inputs.fillDecay), rounded(inputs.fillIntensity)];
    const time = rounded(horizon);
    const slot = (Math.imul(volatility, 31) ^ Math.imul(fillDecay, 131) ^ Math.imul(fillIntensity, 17) ^ Math.imul(time, 7)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (
      known?.volatility === volatility &&
      known.fillDecay === fillDecay &&
      known.fillIntensity === fillIntensity &&
      known.horizon === time
    )
      return known;
    const near = { ...inputs, volatility: valueOf(volatility), fillDecay: valueOf(fillDecay), fillIntensity: valueOf(fillIntensity) };
    const { inventoryCost, trading, halfSpread } = glftCoefficients(near);
    const terms = { inventoryCost, trading, lotsMax: this.#lotsMax };
    const values = horizon === Infinity ? stationaryValues(terms) : finiteValues(terms, valueOf(time));
    const at = (lots: number): Distances => exactDistances(values, lots, halfSpread, near.fillDecay);
    const made: Slot = { at, halfSpread, volatility, fillDecay, fillIntensity, horizon: time };
    this.#slots[slot] = made;
    return made;
  }
}
