/** Where to quote so that the price and the maker fee together cost what the model wished to pay. Quoting reference d.4. */
import { feeRateMicros, type FeeTerms } from '../domain/fees.js';

const MICROS = 1e6;

/**
 * Maker fee rate R of this market, so that a contract at P costs R * P * (1 - P / payout): real fee type times multiplier.
 * Null for `flat`, whose formula the exchange does not publish.
 */
export const makerFeeRate = (terms: FeeTerms): number | null => {
  const rate = feeRateMicros(terms.type, 'maker');
  return rate === null ? null : (rate / MICROS) * (terms.multiplierMicros / MICROS);
};

/**
 * The bid b with b + fee(b) = worth. Written as a quotient, because the textbook root loses its digits as R goes to 0; at R = 0 it is `worth` itself.
 * Outside [0, payout] there is no fee, and the two pieces join without a step.
 * @param worth what a contract may cost, fee included, in the unit of `payout`
 * @param rate R of `makerFeeRate`, in [0, 1)
 */
export const breakEvenBid = (worth: number, rate: number, payout: number): number => {
  const y = worth / payout;
  if (!(y > 0 && y < 1)) return worth;
  const b = 1 + rate;
  return (payout * 2 * y) / (b + Math.sqrt(b * b - 4 * rate * y));
};

/** The ask a with a - fee(a) = worth; otherwise as `breakEvenBid`. */
export const breakEvenAsk = (worth: number, rate: number, payout: number): number => {
  const y = worth / payout;
  if (!(y > 0 && y < 1)) return worth;
  const b = 1 - rate;
  return (payout * 2 * y) / (b + Math.sqrt(b * b + 4 * rate * y));
};
