/** One side of a foreign book: prices with sizes, bounded. Pure. */

export class PriceLevels {
  readonly #sizes = new Map<number, number>();

  /** @param better which of two prices is the better one of this side */
  constructor(
    private readonly better: (a: number, b: number) => boolean,
    private readonly levelsMax: number,
  ) {}

  clear(): void {
    this.#sizes.clear();
  }

  /** A size of 0 removes the level. @returns false where there is no room for one more */
  set(price: number, size: number): boolean {
    if (size <= 0) this.#sizes.delete(price);
    else if (this.#sizes.size >= this.levelsMax && !this.#sizes.has(price)) return false;
    else this.#sizes.set(price, size);
    return true;
  }

  /** 0 where nothing is known at the price. */
  size(price: number): number {
    return this.#sizes.get(price) ?? 0;
  }

  best(): number | null {
    let best: number | null = null;
    for (const price of this.#sizes.keys()) if (best === null || this.better(price, best)) best = price;
    return best;
  }
}

export const bidLevels = (levelsMax: number): PriceLevels => new PriceLevels((a, b) => a > b, levelsMax);
export const askLevels = (levelsMax: number): PriceLevels => new PriceLevels((a, b) => a < b, levelsMax);
