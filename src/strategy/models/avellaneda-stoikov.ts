/**
 * Quotes after Avellaneda and Stoikov (2008), "High-frequency trading in a limit order book": lean against inventory, be paid for risk and for scarce takers.
 * Formula numbers are those of the quoting reference, section a.
 */
import { staticHalfSpread, type FillTerms } from './half-spread.js';

/** All in one unit system: prices and volatility in some money M, gamma and kappa per M. */
export interface ModelInputs extends FillTerms {
  /** S: our estimate of the price. */
  readonly fair: number;
  /** q: contracts held, positive for long. */
  readonly inventory: number;
}

export interface ModelQuotes {
  /** h0: the part of each distance that is paid for waiting, not for risk. */
  readonly halfSpread: number;
  /** What a first small piece is worth to us either way: between the indifference prices of buying and of selling a lot. */
  readonly reservation: number;
  /** Null at the inventory bound of the infinite horizon. */
  readonly bid: number | null;
  readonly ask: number | null;
}

/**
 * (a5): r = S - q gamma sigma^2 tau, spread = 2 h0 + gamma D sigma^2 tau. The horizon is the time to the close or, rolling, a constant.
 * @param inputs.volatility sigma, per square root of a second
 * @param inputs.horizon tau, in seconds
 */
export const finiteHorizonQuotes = (inputs: ModelInputs & { readonly volatility: number; readonly horizon: number }): ModelQuotes => {
  const riskPerContract = inputs.riskAversion * inputs.volatility ** 2 * inputs.horizon;
  const reservation = inputs.fair - inputs.inventory * riskPerContract;
  const halfSpread = staticHalfSpread(inputs);
  const distance = halfSpread + (inputs.lot * riskPerContract) / 2;
  return { halfSpread, reservation, bid: reservation - distance, ask: reservation + distance };
};

/**
 * The infinite horizon, discounted by omega = gamma^2 sigma^2 (n_max + 1)^2 / 2 and counted in lots (n = q / D, gamma per lot). Volatility cancels out of
 * X = gamma^2 sigma^2 / (2 omega - gamma^2 n^2 sigma^2) = 1 / ((n_max + 1)^2 - n^2), and so the lean goes with 1 / gamma: this horizon
 * wants gamma * D near or above 1 per dollar, while the other two work with far less.
 *
 * The indifference price of one more lot falls to minus infinity at n_max: there is no bid, and no ask at -n_max. Beyond, the quotes stay those of the bound.
 *
 * The bid is (a6). The ask is the bid's mirror, which is what the authors' value function exp(-gamma q S) / (2 omega - gamma^2 q^2 sigma^2) gives; the
 * printed ask S + ln(1 + (1 - 2n) X) / gamma agrees with it to first order only and would go on selling beyond the bound.
 * @param inputs.riskAversion positive here
 * @param inputs.inventoryMax q_max in contracts, positive
 */
export const infiniteHorizonQuotes = (inputs: ModelInputs & { readonly inventoryMax: number }): ModelQuotes => {
  const { fair, lot } = inputs;
  const risk = inputs.riskAversion * lot;
  const most = inputs.inventoryMax / lot;
  const n = Math.max(-most, Math.min(most, inputs.inventory / lot));
  const x = 1 / ((most + 1) ** 2 - n * n);
  const halfSpread = staticHalfSpread(inputs);
  return {
    halfSpread,
    reservation: fair - (2 * n * x) / risk,
    bid: n < most ? fair + Math.log1p((-1 - 2 * n) * x) / risk - halfSpread : null,
    ask: n > -most ? fair - Math.log1p((-1 + 2 * n) * x) / risk + halfSpread : null,
  };
};
