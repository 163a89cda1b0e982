/** Remembers what a pure function of two numbers answered: it is asked the same again and again, and an answer is the same either way. */

const SLOTS = 1024;
const SPREAD = 1_000_003;

export class Memo {
  readonly #compute: (a: number, b: number) => number;
  readonly #first = new Float64Array(SLOTS).fill(NaN);
  readonly #second = new Float64Array(SLOTS);
  readonly #answers = new Float64Array(SLOTS);

  constructor(compute: (a: number, b: number) => number) {
    this.#compute = compute;
  }

  of(a: number, b: number): number {
    const slot = slotOf(a, b);
    if (this.#first[slot] === a && this.#second[slot] === b) return this.#answers[slot] as number;
    const answer = this.#compute(a, b);
    this.#first[slot] = a;
    this.#second[slot] = b;
    this.#answers[slot] = answer;
    return answer;
  }
}

/** Spreads prices (steps of a ten-thousandth) and variances over the slots; a clash costs one computation. */
const slotOf = (a: number, b: number): number => (Math.imul(a * SPREAD, 31) ^ Math.imul(b * SPREAD, 17)) & (SLOTS - 1);
