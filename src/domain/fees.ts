/** Trading fees: rest-ws reference section 6. Integers only; the model fee is rounded up once per fill, then the balance change to the account's precision. */
import { cash, type Cash, type Price, type Quantity } from './units.js';

export type FeeType = 'quadratic' | 'quadratic_with_maker_fees' | 'quadratic_with_combo_maker_fees' | 'flat';
export type LiquidityRole = 'maker' | 'taker';

export interface FeeTerms {
  readonly type: FeeType;
  /** The series' or event's `fee_multiplier` in millionths: 1 is 1_000_000. */
  readonly multiplierMicros: number;
}

/** How this account is rounded. The trade-fee step was 0.0001 $ before 2026-08-26 and is 0.000001 $ since. */
export interface FeeRounding {
  readonly tradeFeeStep: Cash;
  /** 0.0001 $ for direct members, 0.01 $ for others. */
  readonly balancePrecision: Cash;
}

export const DIRECT_MEMBER_ROUNDING: FeeRounding = { tradeFeeStep: cash(1), balancePrecision: cash(100) };

export const QUADRATIC: FeeTerms = { type: 'quadratic', multiplierMicros: 1_000_000 };

/** Fee rates in millionths of C x P x (1 - P). Unknown for `flat`: null. */
export const feeRateMicros = (type: FeeType, role: LiquidityRole): number | null => {
  switch (type) {
    case 'quadratic':
      return role === 'taker' ? 70_000 : 0;
    case 'quadratic_with_maker_fees':
      return role === 'taker' ? 70_000 : 17_500;
    case 'quadratic_with_combo_maker_fees':
      return role === 'taker' ? 70_000 : 35_000;
    case 'flat':
      return null;
  }
};

/** What one fill was charged, and how the parts make the whole: net = trade + rounding - rebate. */
export interface FillFee {
  readonly trade: Cash;
  readonly rounding: Cash;
  readonly rebate: Cash;
  readonly net: Cash;
}

export interface FeeInput {
  readonly terms: FeeTerms;
  readonly role: LiquidityRole;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly payout: Price;
}

const MICROS_SQUARED = 1_000_000_000_000n;

/** Model fee rounded up to the step, or null where the exchange publishes no formula (`flat`). C x P x (1 - P/payout) x rate x multiplier. */
export const tradeFee = (input: FeeInput, step: Cash): Cash | null => {
  const rate = feeRateMicros(input.terms.type, input.role);
  if (rate === null) return null;
  if (rate === 0 || input.terms.multiplierMicros === 0) return cash(0);
  const numerator =
    BigInt(input.quantity) * BigInt(input.price) * BigInt(input.payout - input.price) * BigInt(rate) * BigInt(input.terms.multiplierMicros);
  const unit = BigInt(input.payout) * MICROS_SQUARED * BigInt(step);
  return cash(Number((numerator + unit - 1n) / unit) * step);
};

const floorTo = (amount: number, step: number): number => Math.floor(amount / step) * step;

/** The rounding account of one order. It carries over from the order's taker fills to its later maker fills. */
export class FeeAccumulator {
  #held = 0;

  /** Rounding fees charged and not yet given back. */
  get held(): Cash {
    return cash(this.#held);
  }

  /**
   * Charges one fill.
   * @param trade the trade fee already rounded up to its step
   * @param revenue balance change of the fill before fees: negative for a purchase
   */
  charge(trade: Cash, revenue: Cash, precision: Cash): FillFee {
    const exact = revenue - trade;
    const rounding = exact - floorTo(exact, precision);
    this.#held += rounding;
    const rebate = Math.min(floorTo(this.#held, precision), floorTo(trade + rounding, precision));
    this.#held -= rebate;
    return { trade, rounding: cash(rounding), rebate: cash(rebate), net: cash(trade + rounding - rebate) };
  }
}

/**
 * Expected fee of one fill as a real number in price units per contract: for break-even arithmetic, never for booking.
 * 0 for `flat`, whose formula is unpublished: the caller shows that the fee is unknown.
 */
export const feePerContract = (terms: FeeTerms, role: LiquidityRole, at: number, payout: Price): number =>
  ((feeRateMicros(terms.type, role) ?? 0) / 1e6) * (terms.multiplierMicros / 1e6) * at * (1 - at / payout);
