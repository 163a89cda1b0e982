/** How lively the crowd is. Times are in seconds, prices in dollars: these are model parameters, not money. */
export interface CrowdSettings {
  /** Belief volatility: standard deviation of the log-odds of the fair price per square root of a second (quoting reference c.1). */
  readonly beliefVolatility: number;
  /** News: jumps of the log-odds per hour, and their standard deviation. */
  readonly newsPerHour: number;
  readonly newsSize: number;
  /** The fair price is a step function on this grid of exchange time. */
  readonly fairStep: number;
  /** Fair prices at the start by ticker (in an exclusive event they are shares); others are drawn away from the edges. */
  readonly starts: Readonly<Record<string, number>>;
  readonly noise: NoiseSettings;
  readonly informed: InformedSettings;
  readonly makers: readonly MakerSettings[];
}

/** Takers without knowledge, per market: Poisson arrivals, exponential reach from the fair price. */
export interface NoiseSettings {
  readonly perSecond: number;
  /** Mean distance beyond fair that a taker accepts (1/kappa of the quoting reference). */
  readonly reach: number;
  /** Mean contracts of a taker, and the share of takers with fractions of a contract. */
  readonly size: number;
  readonly fractional: number;
}

/** Takers who know the fair price, per market, and look now and then whether a quote is stale. */
export interface InformedSettings {
  readonly perSecond: number;
  /** They act where they gain at least this per contract before fees. */
  readonly edge: number;
  readonly size: number;
  /** What they know is this old. */
  readonly delay: number;
}

/** A maker: levels on both sides of a lagged fair price, renewed at random moments. */
export interface MakerSettings {
  readonly name: string;
  readonly halfSpread: number;
  readonly levels: number;
  /** Distance between levels; at least one tick. */
  readonly spacing: number;
  readonly size: number;
  /** Mean time between two looks at a market. */
  readonly every: number;
  /** Its view of the fair price is this old. */
  readonly lag: number;
  /** Standard deviation of the error of that view, drawn anew at each look. */
  readonly viewError: number;
  /** Share of renewals done by cancel and new order; the rest are amends. */
  readonly replaceShare: number;
}

/** Chosen so that a maker of ten contracts, two to four cents from fair, is filled every few seconds over five markets. */
export const DEFAULT_CROWD: CrowdSettings = {
  beliefVolatility: 0.006,
  newsPerHour: 4,
  newsSize: 0.18,
  fairStep: 0.2,
  starts: {},
  noise: { perSecond: 1.3, reach: 0.03, size: 8, fractional: 0.15 },
  informed: { perSecond: 0.5, edge: 0.004, size: 10, delay: 0.2 },
  makers: [
    { name: 'near', halfSpread: 0.025, levels: 3, spacing: 0.01, size: 10, every: 1.6, lag: 1, viewError: 0.004, replaceShare: 0.3 },
    { name: 'far', halfSpread: 0.04, levels: 3, spacing: 0.015, size: 40, every: 3, lag: 3, viewError: 0.004, replaceShare: 0.5 },
  ],
};

/** The same crowd, everybody `factor` times as often (0.1 is a tenth of the traffic): the fair price moves as before. For long simulations. */
export const paced = (crowd: CrowdSettings, factor: number): CrowdSettings => ({
  ...crowd,
  noise: { ...crowd.noise, perSecond: crowd.noise.perSecond * factor },
  informed: { ...crowd.informed, perSecond: crowd.informed.perSecond * factor },
  makers: crowd.makers.map((maker) => ({ ...maker, every: maker.every / factor })),
});
