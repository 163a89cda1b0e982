/** The fall of a cumulative result from its running maximum, which starts at zero: a run that only loses has fallen by all that it lost. */
import { subtractCash, ZERO_CASH, type Cash } from '../domain/units.js';

export class Drawdown {
  #peak: Cash = ZERO_CASH;
  /** The largest fall so far, positive. */
  max: Cash = ZERO_CASH;

  /** @returns the fall at this moment, positive or zero */
  add(net: Cash): Cash {
    if (net > this.#peak) this.#peak = net;
    const fall = subtractCash(this.#peak, net);
    if (fall > this.max) this.max = fall;
    return fall;
  }
}
