/** Fees are booked as charged. Where a charge cannot come of the schedule that we quote by, that is told: our break-even is wrong then. */
import { tradeFee } from '../domain/fees.js';
import type { Market } from '../domain/market.js';
import type { FillReport } from '../domain/order.js';
import { cash, formatCash, seconds, UNKNOWN_TIME, type Cash, type DurationUs, type EpochUs } from '../domain/units.js';

/** Rounding to the account's precision and rebates of earlier rounding move a charge by at most this much either way: a cent, the coarsest precision. */
const ROUNDING_MAX = cash(10_000);
const STEP = cash(1);
const TELL_EVERY: DurationUs = seconds(60);

export interface FeeDrift {
  readonly expected: Cash;
  readonly charged: Cash;
  readonly text: string;
}

export class FeeWatch {
  #drifts = 0;
  #total = cash(0);
  readonly #toldAt = new Map<string, EpochUs>();

  /** Fills whose fee the schedule does not explain. */
  get drifts(): number {
    return this.#drifts;
  }
  /** Charged beyond (positive) or below the schedule on those fills. */
  get total(): Cash {
    return this.#total;
  }

  /** @returns what to tell, or null where the charge is explained, has no known schedule, or was told of this market a moment ago */
  check(market: Market, fill: FillReport, now: EpochUs): FeeDrift | null {
    const expected = tradeFee(
      { terms: market.fees, role: fill.role, price: fill.price, quantity: fill.quantity, payout: market.payout },
      STEP,
    );
    if (expected === null || Math.abs(fill.fee - expected) <= ROUNDING_MAX) return null;
    this.#drifts++;
    this.#total = cash(this.#total + fill.fee - expected);
    const toldAt = this.#toldAt.get(market.ticker) ?? UNKNOWN_TIME;
    if (toldAt !== UNKNOWN_TIME && now - toldAt < TELL_EVERY) return null;
    this.#toldAt.set(market.ticker, now);
    return {
      expected,
      charged: fill.fee,
      text: `${market.ticker}: fee of ${formatCash(fill.fee)} charged for a ${fill.role} fill, the schedule (${market.fees.type}) says ${formatCash(expected)}; booked as charged`,
    };
  }
}
