/** The session's result over all markets, kept as a sum: a thousand markets are not added up again for every decision. Exact, since cash is whole. */
import type { MarketIndex } from '../domain/ids.js';
import { addCash, subtractCash, ZERO_CASH, type Cash } from '../domain/units.js';

export class SessionResult {
  readonly #results: Cash[] = [];
  #sum = ZERO_CASH;

  get sum(): Cash {
    return this.#sum;
  }

  /** A market's result is this much now. @returns the session's */
  update(market: MarketIndex, result: Cash): Cash {
    this.#sum = addCash(this.#sum, subtractCash(result, this.#results[market] ?? ZERO_CASH));
    this.#results[market] = result;
    return this.#sum;
  }
}
