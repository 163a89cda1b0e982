/**
 * Avellaneda and Stoikov in log-odds: bounded without effort, published for prediction markets (Dalen, "Toward Black-Scholes for Prediction Markets", 2025).
 * Quoting reference c.6. Its gamma multiplies log-odds, so in money the lean is p (1 - p) q gamma sigma_b^2 tau; to lean like the bounded model choose
 * gamma sigma_b^2 tau = theta.
 */
import { staticHalfSpread } from './half-spread.js';
import { logOdds, sigmoid } from './log-odds.js';

export interface LogitInputs {
  /** p. */
  readonly probability: number;
  /** q, in contracts. */
  readonly inventory: number;
  /** gamma, per contract and log-odds, at least 0. */
  readonly riskAversion: number;
  /** sigma_b, per square root of a second. */
  readonly beliefVolatility: number;
  /** tau, in seconds. */
  readonly horizon: number;
  /** kappa_x, per log-odds, positive: about kappa p (1 - p) with kappa per payout. */
  readonly fillDecay: number;
  /** D, in contracts. */
  readonly lot: number;
}

export interface LogitQuotes {
  /** S(r_x), r_x = x - q gamma sigma_b^2 tau. */
  readonly reservation: number;
  /** What a lot more or less is worth: S(r_x -+ gamma D sigma_b^2 tau / 2). */
  readonly lotBid: number;
  readonly lotAsk: number;
  /** S(r_x -+ delta_x), delta_x = gamma D sigma_b^2 tau / 2 + (1 / (gamma D)) ln(1 + gamma D / kappa_x). */
  readonly bid: number;
  readonly ask: number;
}

export const logitQuotes = (inputs: LogitInputs): LogitQuotes => {
  const risk = inputs.riskAversion * inputs.beliefVolatility ** 2 * inputs.horizon;
  const centre = logOdds(inputs.probability) - inputs.inventory * risk;
  const lot = (inputs.lot * risk) / 2;
  const distance = lot + staticHalfSpread(inputs);
  return {
    reservation: sigmoid(centre),
    lotBid: sigmoid(centre - lot),
    lotAsk: sigmoid(centre + lot),
    bid: sigmoid(centre - distance),
    ask: sigmoid(centre + distance),
  };
};
