/** A contract that pays 1 where an index ends above a strike: Black and Scholes without the rest (quoting reference f.1 and f.3). */
import { normalCdf, normalDensity } from './normal.js';

/** Of 365 days: crypto trades on all of them. */
export const SECONDS_PER_YEAR = 365 * 86_400;

export interface DigitalInputs {
  /** S: the index now, above 0. */
  readonly spot: number;
  /** K, in units of the index. At or below 0 the index always ends above it. */
  readonly strike: number;
  /** sigma of the logarithm, per square root of a year, at least 0. */
  readonly volatility: number;
  /** T: years until the index is read, at least 0. */
  readonly years: number;
  /** r: continuous rate per year. Over an hour it is nothing: 0 where absent. */
  readonly rate?: number;
}

export interface DigitalPrice {
  /** e^(-rT) N(d): chance of ending above, discounted. */
  readonly price: number;
  /** Standard deviations from the strike; infinite where nothing can change any more. */
  readonly d: number;
}

/** Standard deviations between an index and a strike over a total variance v: [ln(S / K) - v / 2] / sqrt(v), signed infinity for v = 0. */
export const distance = (spot: number, strike: number, variance: number): number => {
  if (strike <= 0) return Infinity;
  const log = Math.log(spot / strike);
  if (variance > 0) return (log - variance / 2) / Math.sqrt(variance);
  return log === 0 ? 0 : log * Infinity;
};

/** P(S_T > K) in a market without drift but the rate. With v = 0 and S = K the chance is a half: whoever needs strictness there uses `average.ts`. */
export const digital = ({ spot, strike, volatility, years, rate = 0 }: DigitalInputs): DigitalPrice => {
  const d = distance(spot * Math.exp(rate * years), strike, volatility ** 2 * years);
  return { price: Math.exp(-rate * years) * normalCdf(d), d };
};

export interface Greeks {
  /** Per unit of the index. */
  readonly delta: number;
  readonly gamma: number;
  /** Per 1.00 of volatility. */
  readonly vega: number;
  /** Change per year that passes. */
  readonly theta: number;
}

const FLAT: Greeks = Object.freeze({ delta: 0, gamma: 0, vega: 0, theta: 0 });

/** Without a rate. All 0 where nothing can change any more (no time, no volatility, a strike at or below 0). */
export const greeks = ({ spot, strike, volatility, years }: Omit<DigitalInputs, 'rate'>): Greeks => {
  const root = volatility * Math.sqrt(years);
  if (!(root > 0) || strike <= 0) return FLAT;
  const d = distance(spot, strike, root * root);
  const density = normalDensity(d);
  return {
    delta: density / (spot * root),
    gamma: (-density * (d + root)) / (spot * root) ** 2,
    vega: (-density * (d + root)) / volatility,
    theta: density * (Math.log(spot / strike) / (2 * root * years) + volatility / (4 * Math.sqrt(years))),
  };
};

export interface BeliefInputs {
  readonly d: number;
  /** Until the index is read; of an average, its effective seconds (f1, f2). */
  readonly seconds: number;
}

/**
 * sigma_b, volatility of the log-odds per square root of a second: n(d) / (p (1 - p) sqrt(tau)), whatever sigma is.
 * 0 where p has gone to 0 or 1, or no time is left: nothing moves any more.
 */
export const beliefVolatility = ({ d, seconds }: BeliefInputs): number => {
  const budget = normalCdf(d) * normalCdf(-d);
  return budget > 0 && seconds > 0 ? normalDensity(d) / (budget * Math.sqrt(seconds)) : 0;
};
