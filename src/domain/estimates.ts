/** What is believed of a market besides its price: numbers with their errors, as strategies and people see them. */

export interface Estimate {
  readonly value: number;
  /** Standard error of `value`, in its unit; null where it is a setting and nothing has been learnt. */
  readonly error: number | null;
}

/** Of one market. Symbols as in docs/models.md. */
export interface MarketEstimates {
  /** sigma_b: volatility of the log-odds, per square root of a second. */
  readonly beliefVolatility: Estimate;
  /** lambda_J: jumps of the log-odds per second. */
  readonly jumpRate: Estimate;
  /** s_J: standard deviation of one jump of the log-odds. */
  readonly jumpSize: Estimate;
  /** kappa: decay of fill intensity with distance, per dollar. */
  readonly fillDecay: Estimate;
  /** A: fills of one lot per second and side at distance 0. */
  readonly fillIntensity: Estimate;
}
