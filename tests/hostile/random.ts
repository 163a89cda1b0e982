/** Draws from a seed, in the words that mutations need. */
import { SeededChance } from '../../src/domain/chance.js';

export class Random {
  readonly #chance: SeededChance;

  /** @param stream keeps the draws of one purpose apart from those of another */
  constructor(seed: number, stream: string) {
    this.#chance = new SeededChance(seed, stream);
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.#chance.next() * bound);
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}
