import type { Chance } from '../../domain/ports.js';

/** One avalanche of a 32-bit word (the finalizer of MurmurHash3). */
const mix = (word: number): number => {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pair = (word: number): string => (BYTES[word >>> 8] as string) + (BYTES[word & 0xff] as string);

/**
 * A stream of random numbers named by a text: the same name gives the same numbers for ever, two names give independent ones.
 * Generator: sfc32 of Chris Doty-Humphrey (PractRand), 128 bits of state. Not for secrets.
 */
export class Random implements Chance {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(name: string) {
    for (let i = 0; i < name.length; i++) {
      const letter = name.charCodeAt(i);
      this.#a = mix(this.#a ^ letter);
      this.#b = mix(this.#b + Math.imul(letter, 0x9e3779b1));
      this.#c = mix(this.#c ^ this.#a ^ this.#b);
    }
    for (let i = 0; i < 16; i++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  /** Uniform whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Exponential with the given mean; always one draw. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Standard normal (Box and Muller); always two draws. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A text shaped like a version 4 UUID. */
  uuid(): string {
    const [a, b, c, d] = [this.word(), this.word(), this.word(), this.word()];
    const version = (b & 0x0fff) | 0x4000;
    const variant = ((c >>> 16) & 0x3fff) | 0x8000;
    return `${pair(a >>> 16)}${pair(a & 0xffff)}-${pair(b >>> 16)}-${pair(version)}-${pair(variant)}-${pair(c & 0xffff)}${pair(d >>> 16)}${pair(d & 0xffff)}`;
  }
}
