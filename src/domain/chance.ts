/** Chance from a seed: the same seed gives the same numbers for ever. */
import type { Chance } from './ports.js';

const GOLDEN = 0x9e3779b9;

/** A small counter-based generator (32-bit mix of a Weyl sequence): plenty for jitter and simulated flow, not for secrets. */
export class SeededChance implements Chance {
  #state: number;

  /** @param stream keeps several independent sequences of one seed apart */
  constructor(seed: number, stream = '') {
    let state = seed >>> 0;
    for (let i = 0; i < stream.length; i++) state = mix((state + stream.charCodeAt(i) * GOLDEN) >>> 0);
    this.#state = mix((state ^ Math.floor(seed / 2 ** 32)) >>> 0);
  }

  next(): number {
    // 53 bits from two draws, so that the numbers fill [0, 1) evenly.
    return (this.#draw() * 2 ** 21 + (this.#draw() >>> 11)) / 2 ** 53;
  }

  #draw(): number {
    this.#state = (this.#state + GOLDEN) >>> 0;
    return mix(this.#state);
  }
}

const mix = (value: number): number => {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
};
