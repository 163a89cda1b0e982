/** What the exchange charges a whole order at most, rounding included. Quoting reference d.3: integers only, for doubles are a cent too high at times. */
import { feeRateMicros, tradeFee, type FeeTerms, type LiquidityRole } from '../domain/fees.js';
import { CASH_PER_DOLLAR, cash, type Cash, type Price, type Quantity } from '../domain/units.js';

const CENT = cash(CASH_PER_DOLLAR / 100);
const MICROS = 1_000_000;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/**
 * (d1) The model fee of the whole order, rounded up to the cent. Fills that come in pieces may pay up to a cent more each until the exchange gives the
 * rounding back, so this is the limit and good for decisions; what was really paid comes with the fill.
 * @returns null for `flat`, whose formula the exchange does not publish
 */
export const orderFee = (terms: FeeTerms, role: LiquidityRole, at: Price, size: Quantity, payout: Price): Cash | null => {
  const rate = feeRateMicros(terms.type, role);
  if (rate === null) return null;
  if (rate === 0 || terms.multiplierMicros === 0) return cash(0);
  const top = rate * terms.multiplierMicros;
  const divisor = greatestDivisor(top, MICROS * MICROS);
  const numerator = size * at * (payout - at) * (top / divisor);
  const denominator = payout * CENT * ((MICROS * MICROS) / divisor);
  // Beyond what doubles count exactly, the slow way.
  if (!(numerator <= Number.MAX_SAFE_INTEGER && denominator <= Number.MAX_SAFE_INTEGER))
    return tradeFee({ terms, role, price: at, quantity: size, payout }, CENT);
  const rest = numerator % denominator;
  return cash(((numerator - rest) / denominator + (rest > 0 ? 1 : 0)) * CENT);
};
