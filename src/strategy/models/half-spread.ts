/** Half the spread that scarce takers alone call for, whatever the model of risk. */

/** Below this ratio ln(1 + x) / x is 1 to the last digit, and x itself may be no more than a rounded nothing. */
const NEGLIGIBLE = 1e-15;

export interface FillTerms {
  /** gamma: absolute risk aversion per unit of money, at least 0. */
  readonly riskAversion: number;
  /** kappa: how fast fills thin out with distance, per unit of money, positive. */
  readonly fillDecay: number;
  /** D: contracts per order, positive. */
  readonly lot: number;
}

/** h0 = (1 / (gamma D)) ln(1 + gamma D / kappa); 1 / kappa for gamma = 0. Quoting reference a5. */
export const staticHalfSpread = ({ riskAversion, fillDecay, lot }: FillTerms): number => {
  const risk = riskAversion * lot;
  return risk < NEGLIGIBLE * fillDecay ? 1 / fillDecay : Math.log1p(risk / fillDecay) / risk;
};
