/**
 * Markouts: where the mid stood some time after a fill, against the price of the fill, in our favour positive. Around zero or above, fills were paid
 * for; clearly below, we were picked off. The mid is that of the last row at or before the moment.
 */
import { signOf, type BookSide } from '../domain/market.js';
import { quantity, seconds, type EpochUs, type Price, type Quantity } from '../domain/units.js';

/** Seconds after the fill. */
export const MARKOUT_SECONDS = [1, 10, 60] as const;

export interface Markout {
  readonly seconds: number;
  /** Fills old enough to be judged. */
  readonly fills: number;
  /** Their size together. */
  readonly size: Quantity;
  /** Mean over their contracts, in price units; null where there is none. */
  readonly perContract: number | null;
}

interface Waiting {
  readonly due: number;
  readonly sign: 1 | -1;
  readonly price: Price;
  readonly size: number;
}

class Horizon {
  readonly #waiting: Waiting[] = [];
  fills = 0;
  #size = 0;
  #sum = 0;
  constructor(readonly seconds: number) {}

  expect(at: EpochUs, side: BookSide, price: Price, size: Quantity): void {
    this.#waiting.push({ due: at + seconds(this.seconds), sign: signOf(side), price, size });
  }

  /** All that fell due before `now` saw `mid`, which stood until then. */
  judge(now: EpochUs, mid: number): void {
    let done = 0;
    for (; done < this.#waiting.length; done++) {
      const fill = this.#waiting[done] as Waiting;
      if (fill.due >= now) break;
      this.fills++;
      this.#size += fill.size;
      this.#sum += fill.sign * (mid - fill.price) * fill.size;
    }
    if (done > 0) this.#waiting.splice(0, done);
  }

  get size(): Quantity {
    return quantity(this.#size);
  }

  get perContract(): number | null {
    return this.#size === 0 ? null : this.#sum / this.#size;
  }
}

/** Markouts of one market. Feed it mids and fills in the order of their times. */
export class Markouts {
  readonly #horizons = MARKOUT_SECONDS.map((horizon) => new Horizon(horizon));
  #mid: number | null = null;

  mid(at: EpochUs, mid: number): void {
    if (this.#mid !== null) for (const horizon of this.#horizons) horizon.judge(at, this.#mid);
    this.#mid = mid;
  }

  fill(at: EpochUs, side: BookSide, price: Price, size: Quantity): void {
    for (const horizon of this.#horizons) horizon.expect(at, side, price, size);
  }

  list(): readonly Markout[] {
    return this.#horizons.map((horizon) => ({
      seconds: horizon.seconds,
      fills: horizon.fills,
      size: horizon.size,
      perContract: horizon.perContract,
    }));
  }
}
