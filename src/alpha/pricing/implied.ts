/** The volatility that a digital's price speaks of (quoting reference f.3). */
import { digital } from './digital.js';

export interface ImpliedInputs {
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  /** Price of the digital, in (0, 1). */
  readonly price: number;
  /** Where there are two answers, the one on the side of this volatility. */
  readonly near: number;
}

const LOWEST = 1e-6;
const HIGHEST = 1e3;
/** Halvings of ln sigma: the interval ends below a double's last digit. */
const STEPS = 64;

/**
 * Annual volatility at which the digital is worth `price`, or null where no volatility between 1e-6 and 1000 gives it.
 *
 * For a strike below the index the price falls all the way as volatility rises, and the answer is unique. For a strike above, it rises first and falls beyond
 * sigma sqrt(T) = sqrt(2 ln(K / S)), where vega changes its sign: two answers, and none at all above the price there.
 */
export const impliedVolatility = ({ spot, strike, years, price, near }: ImpliedInputs): number | null => {
  if (!(spot > 0 && strike > 0 && years > 0 && price > 0 && price < 1 && near > 0)) return null;
  const turn = strike > spot ? Math.sqrt((2 * Math.log(strike / spot)) / years) : 0;
  const rises = near < turn;
  const low = rises ? LOWEST : Math.max(turn, LOWEST);
  const high = rises ? Math.min(turn, HIGHEST) : HIGHEST;
  const above = (volatility: number): boolean => digital({ spot, strike, volatility, years }).price > price;
  if (above(low) === above(high)) return null;
  let from = Math.log(low);
  let to = Math.log(high);
  for (let i = 0; i < STEPS; i++) {
    const middle = (from + to) / 2;
    if (above(Math.exp(middle)) === rises) to = middle;
    else from = middle;
  }
  return Math.exp((from + to) / 2);
};
