/** How lively the crowd is. Times are in seconds, prices in dollars: these are model parameters, not money. */
export interface CrowdSettings {
  /** Belief volatility: standard deviation of the log-odds of the fair price per square root of a second (quoting reference c.1). */
  readonly beliefVolatility: number;
  /** News: jumps of the log-odds per hour, and their standard deviation. */
  readonly newsPerHour: number;
  readonly newsSize: number;
  /** The fair price is a step function on this grid of exchange time. */
  readonly fairStep: number;
  readonly noise: NoiseSettings;
  readonly informed: InformedSettings;
  readonly makers: readonly MakerSettings[];
}

/** Takers without knowledge: Poisson arrivals, exponential reach from the fair price. */
export interface NoiseSettings {
  readonly perSecond: number;
  /** Mean distance from fair that a taker accepts, in dollars (1/kappa of the quoting reference). */
  readonly reach: number;
  /** Mean contracts of a taker, and the share of takers with fractions of a contract. */
  readonly size: number;
  readonly fractional: number;
}

/** Takers who know the fair price, and look now and then whether a quote is stale. */
export interface InformedSettings {
  readonly perSecond: number;
  /** They act where they gain more than this per contract, in dollars. */
  readonly edge: number;
  readonly size: number;
  /** What they know is this old, in seconds. */
  readonly delay: number;
}

/** A maker: levels on both sides of a lagged fair price, renewed at random moments. */
export interface MakerSettings {
  readonly name: string;
  readonly halfSpread: number;
  readonly levels: number;
  /** Distance between levels, in dollars; at least one tick. */
  readonly spacing: number;
  readonly size: number;
  /** Mean time between two looks at a market. */
  readonly every: number;
  /** Its view of the fair price is this old. */
  readonly lag: number;
  /** Share of renewals done by cancel and new order; the rest are amends. */
  readonly replaceShare: number;
}

export const DEFAULT_CROWD: CrowdSettings = {
  beliefVolatility: 0.004,
  newsPerHour: 4,
  newsSize: 0.12,
  fairStep: 0.1,
  noise: { perSecond: 1.2, reach: 0.03, size: 8, fractional: 0.15 },
  informed: { perSecond: 0.5, edge: 0.005, size: 10, delay: 0.1 },
  makers: [
    { name: 'near', halfSpread: 0.02, levels: 3, spacing: 0.01, size: 12, every: 2, lag: 1, replaceShare: 0.3 },
    { name: 'far', halfSpread: 0.035, levels: 3, spacing: 0.015, size: 40, every: 4, lag: 3, replaceShare: 0.5 },
  ],
};
