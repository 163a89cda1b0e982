/** What orders of ours have taken out of a book that does not know it: the same quote is not taken twice. */
import type { BookSide } from '../domain/market.js';
import type { DurationUs, EpochUs, Price } from '../domain/units.js';

interface Taken {
  readonly side: BookSide;
  readonly price: Price;
  size: number;
  readonly until: EpochUs;
}

export class TakenSizes {
  readonly #span: DurationUs;
  readonly #taken: Taken[] = [];

  /** @param span how long what was taken stays taken; then whoever quotes there is believed to have renewed it */
  constructor(span: DurationUs) {
    this.#span = span;
  }

  /** Size at a price that the book shows and that we have taken. */
  at(side: BookSide, price: Price): number {
    let sum = 0;
    for (const each of this.#taken) if (each.price === price && each.side === side) sum += each.size;
    return sum;
  }

  take(side: BookSide, price: Price, size: number, now: EpochUs): void {
    if (size > 0) this.#taken.push({ side, price, size, until: (now + this.#span) as EpochUs });
  }

  /** The real level shrank: what we took is counted as the first to go. */
  reduced(side: BookSide, price: Price, size: number): void {
    let left = size;
    for (const each of this.#taken) {
      if (each.price !== price || each.side !== side) continue;
      const gone = Math.min(left, each.size);
      each.size -= gone;
      left -= gone;
    }
  }

  passTo(now: EpochUs): void {
    while (this.#taken.length > 0 && ((this.#taken[0] as Taken).until <= now || (this.#taken[0] as Taken).size === 0)) this.#taken.shift();
  }
}
