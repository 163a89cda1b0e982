/** Markets with known parameters, drawn from seeds: what estimators must find again. Law of the quoting reference, c.1. */
import { SeededChance } from '../../../src/domain/chance.js';

export class Draws {
  readonly #chance: SeededChance;

  constructor(seed: number, stream: string) {
    this.#chance = new SeededChance(seed, stream);
  }

  uniform(): number {
    return this.#chance.next();
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  exponential(rate: number): number {
    return -Math.log(1 - this.uniform()) / rate;
  }

  poisson(mean: number): number {
    let n = 0;
    for (let t = this.exponential(1); t < mean; t += this.exponential(1)) n++;
    return n;
  }
}

export interface BeliefTruth {
  readonly sigma: number;
  /** Jumps per second, and their size. */
  readonly jumpRate: number;
  readonly jumpSize: number;
}

/** Log-odds every `step` seconds, from p0 on: given the outcome, increments N(+-v/2, v) and jumps N(+-s^2/2, s^2). */
export const beliefPath = (draws: Draws, truth: BeliefTruth, p0: number, step: number, samples: number): number[] => {
  const towards = draws.uniform() < p0 ? 1 : -1;
  const v = truth.sigma ** 2 * step;
  const path = [Math.log(p0 / (1 - p0))];
  for (let i = 0; i < samples; i++) {
    let x = (path[i] ?? 0) + (towards * v) / 2 + Math.sqrt(v) * draws.normal();
    for (let n = draws.poisson(truth.jumpRate * step); n > 0; n--)
      x += (towards * truth.jumpSize ** 2) / 2 + truth.jumpSize * draws.normal();
    path.push(x);
  }
  return path;
};

export const changesOf = (path: readonly number[]): number[] => path.slice(1).map((x, i) => x - (path[i] ?? 0));

/** Of so many seeds, how many estimates lay within so many of their own standard errors of the truth, and by how much they were off on average, in standard errors. */
export const coverage = (
  truth: number,
  estimates: readonly ({ readonly value: number; readonly error: number | null } | null | undefined)[],
): { readonly within1: number; readonly within2: number; readonly bias: number } => {
  const off = estimates.map((found) =>
    found === null || found === undefined || found.error === null ? NaN : (found.value - truth) / found.error,
  );
  const share = (limit: number): number => off.filter((z) => Math.abs(z) <= limit).length / off.length;
  return { within1: share(1), within2: share(1.96), bias: off.reduce((sum, z) => sum + z, 0) / off.length };
};
