/** Guards a stream of positive numbers against one that cannot be: a misplaced decimal point must not move a quote. Pure. */

export class Plausible {
  #last: number | null = null;
  #doubted: number | null = null;
  #doubts = 0;

  /**
   * @param jumpMax part of the last value by which the next may differ, above 0
   * @param repeats so many values in a row that agree with each other overrule the last one
   */
  constructor(
    private readonly jumpMax: number,
    private readonly repeats = 3,
  ) {}

  /** True where the value is finite, above 0 and near the last one, or has been confirmed. */
  takes(value: number): boolean {
    if (!(value > 0) || !Number.isFinite(value)) return false;
    if (this.#last === null || this.#near(this.#last, value)) return this.#take(value);
    this.#doubts = this.#doubted !== null && this.#near(this.#doubted, value) ? this.#doubts + 1 : 1;
    this.#doubted = value;
    return this.#doubts >= this.repeats && this.#take(value);
  }

  #near(from: number, to: number): boolean {
    return Math.abs(to / from - 1) <= this.jumpMax;
  }

  #take(value: number): boolean {
    this.#last = value;
    this.#doubted = null;
    this.#doubts = 0;
    return true;
  }
}
