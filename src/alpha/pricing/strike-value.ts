/** What a contract on a number is worth: above a floor, below a cap, or between both, as differences of digitals. */
import type { Strike } from '../../domain/market.js';
import { averageDistance, effectiveSeconds, type AverageProgress, type AverageTerms } from './average.js';
import { SECONDS_PER_YEAR } from './digital.js';
import { normalCdf, normalDensity } from './normal.js';

export interface Outlook {
  /** The index now. */
  readonly spot: number;
  /** sigma of the logarithm, per square root of a year. */
  readonly volatility: number;
  readonly terms: AverageTerms;
  readonly progress: AverageProgress;
}

export interface StrikeValue {
  /** Of YES, in [0, 1]. */
  readonly probability: number;
  /** Change of the probability per 1.00 of volatility. */
  readonly vega: number;
  /** Change of the probability per 1.00 of the index's logarithm. */
  readonly logDelta: number;
  /** Volatility of the probability itself, per square root of a second. */
  readonly priceVolatility: number;
  /** sigma_b: the same of its log-odds; 0 where the result is certain. */
  readonly beliefVolatility: number;
}

interface Part {
  readonly above: number;
  readonly notAbove: number;
  readonly vega: number;
  readonly logDelta: number;
}

const CERTAINLY: Part = { above: 1, notAbove: 0, vega: 0, logDelta: 0 };
const NEVER: Part = { above: 0, notAbove: 1, vega: 0, logDelta: 0 };

/** P(number above floor) - P(number at or above cap); a bound that is absent is never missed. */
export const valueStrike = (strike: Strike, outlook: Outlook): StrikeValue => {
  const seconds = Math.max(0, effectiveSeconds(outlook.terms, outlook.progress));
  const root = outlook.volatility * Math.sqrt(seconds / SECONDS_PER_YEAR);
  // Strictly above the floor pays; strictly below the cap pays, so being at the cap counts as above it.
  const floor = strike.floor === null ? CERTAINLY : chanceAbove(strike.floor, strike.floorStrict, outlook, root);
  const cap = strike.cap === null ? NEVER : chanceAbove(strike.cap, !strike.capStrict, outlook, root);
  const yes = Math.max(0, floor.above - cap.above);
  const no = Math.min(1, floor.notAbove + cap.above);
  const logDelta = floor.logDelta - cap.logDelta;
  const priceVolatility = (Math.abs(logDelta) * outlook.volatility) / Math.sqrt(SECONDS_PER_YEAR);
  return {
    probability: yes,
    vega: floor.vega - cap.vega,
    logDelta,
    priceVolatility,
    beliefVolatility: yes > 0 && no > 0 ? priceVolatility / (yes * no) : 0,
  };
};

const chanceAbove = (strike: number, strict: boolean, { spot, volatility, terms, progress }: Outlook, root: number): Part => {
  const d = averageDistance({ spot, strike, strict, volatility, terms, progress });
  const density = Number.isFinite(d) ? normalDensity(d) : 0;
  return {
    above: normalCdf(d),
    notAbove: normalCdf(-d),
    vega: density === 0 ? 0 : (-density * (d + root)) / volatility,
    logDelta: density === 0 ? 0 : density / root,
  };
};
