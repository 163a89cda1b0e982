/**
 * The exchange's balance held against ours. A balance also moves by what is not ours to know (deposits, incentives, collateral that an event gives back), and whether it
 * still contains what resting orders hold is not documented. So only its change since the start is judged, against a range; a difference is told, nothing is halted by it.
 */
import { cash, formatCash, subtractCash, ZERO_CASH, type Cash } from '../domain/units.js';

/** One look at our side of it. */
export interface OwnMoney {
  /** Money in and out of all markets, fees included, less what short positions must keep to pay out. */
  readonly cash: Cash;
  /** Most that resting orders can hold back. */
  readonly held: Cash;
}

/** A difference must show in so many readings in a row. */
const SEEN_MIN = 2;

export class BalanceWatch {
  readonly #tolerance: Cash;
  /** Balance less our own count when both were last taken to agree, and what resting orders may have held back then. */
  #base: { readonly offset: Cash; readonly held: Cash } | null = null;
  #seen = 0;
  #drift = ZERO_CASH;
  #told = 0;

  constructor(tolerance: Cash) {
    this.#tolerance = tolerance;
  }

  /** What the last comparison could not explain. */
  get drift(): Cash {
    return this.#drift;
  }
  /** Differences told so far. */
  get told(): number {
    return this.#told;
  }

  /** Nothing can be concluded from what came before, as after a position was overruled or something outside the run changed. */
  restart(): void {
    this.#base = null;
    this.#seen = 0;
    this.#drift = ZERO_CASH;
  }

  /** @returns a text where the difference is told, else null. What was told becomes the new base: it is told once. */
  compare(balance: Cash, own: OwnMoney): string | null {
    const offset = subtractCash(balance, own.cash);
    if (this.#base === null) {
      this.#base = { offset, held: own.held };
      return null;
    }
    // Either side may hold back anything between nothing and all that its orders need.
    const change = subtractCash(offset, this.#base.offset);
    const least = cash(-own.held);
    const most = this.#base.held;
    this.#drift = change < least ? subtractCash(change, least) : change > most ? subtractCash(change, most) : ZERO_CASH;
    if (Math.abs(this.#drift) <= this.#tolerance) {
      this.#seen = 0;
      return null;
    }
    if (++this.#seen < SEEN_MIN) return null;
    this.#told++;
    const drift = this.#drift;
    this.restart();
    this.#base = { offset, held: own.held };
    this.#drift = drift;
    return `the balance is ${formatCash(balance)}, ${formatCash(cash(Math.abs(drift)))} ${drift > 0 ? 'more' : 'less'} than fills, fees and settlements explain`;
  }
}
