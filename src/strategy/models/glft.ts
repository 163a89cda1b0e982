/**
 * Gueant, Lehalle and Fernandez-Tapia (2013), "Dealing with the inventory risk": the market of Avellaneda and Stoikov with a hard bound on inventory.
 * Quoting reference, section b. One unit system: prices and volatility in some money M, gamma and kappa per M, A per second, inventory in contracts.
 */
import { staticHalfSpread, type FillTerms } from './half-spread.js';

export interface GlftInputs extends FillTerms {
  /** sigma, per square root of a second. */
  readonly volatility: number;
  /** A: fills of one lot per second at distance 0, positive. */
  readonly fillIntensity: number;
  /** `penalty`: no risk aversion in the waiting, a quadratic cost of inventory instead; the limit gamma to 0 of the two terms that hold 1 + gamma D / kappa. */
  readonly utility: 'exponential' | 'penalty';
}

export interface GlftCoefficients {
  /** alpha: cost of inventory per squared number of lots. */
  readonly inventoryCost: number;
  /** eta: what trading is worth. */
  readonly trading: number;
  /** c1. */
  readonly halfSpread: number;
  /** sigma c2: how far both quotes move per contract held, in the closed form (b5). */
  readonly skew: number;
}

/** Below this gamma D / kappa the power is e to the last digit. */
const NEGLIGIBLE = 1e-9;

/** (b1), c1 of (b4) and sigma c2 of (b5). */
export const glftCoefficients = (inputs: GlftInputs): GlftCoefficients => {
  const { riskAversion, fillDecay, lot, volatility, fillIntensity, utility } = inputs;
  const ratio = utility === 'penalty' ? 0 : (riskAversion * lot) / fillDecay;
  // ln (1 + u)^(1 + 1 / u)
  const power = ratio < NEGLIGIBLE ? 1 : (1 + 1 / ratio) * Math.log1p(ratio);
  return {
    inventoryCost: (fillDecay * riskAversion * volatility * volatility * lot) / 2,
    trading: fillIntensity * Math.exp(-power),
    halfSpread: utility === 'penalty' ? 1 / fillDecay : staticHalfSpread(inputs),
    skew: volatility * Math.sqrt((riskAversion / (2 * fillIntensity * lot * fillDecay)) * Math.exp(power)),
  };
};

/** Distances of both quotes from fair value, outward positive; null at the bound. */
export interface Distances {
  readonly bid: number | null;
  readonly ask: number | null;
}

/**
 * (b5): the closed approximation of the stationary quotes.
 * @param inventory q in contracts
 * @param drift mu: expected change of the price per second; moves both quotes with it, and needs gamma and sigma above 0
 */
export const closedDistances = (inputs: GlftInputs, inventory: number, drift = 0): { readonly bid: number; readonly ask: number } => {
  const { halfSpread, skew } = glftCoefficients(inputs);
  const lean = drift === 0 ? 0 : (drift / (inputs.riskAversion * inputs.volatility ** 2)) * skew;
  return {
    bid: halfSpread + (inventory + inputs.lot / 2) * skew - lean,
    ask: halfSpread - (inventory - inputs.lot / 2) * skew + lean,
  };
};

/**
 * (b4) at a whole number of lots.
 * @param values ln v_n or ln f_n for n = 0 .. Q lots; they are the same for -n
 */
export const exactDistances = (values: readonly number[], lots: number, halfSpread: number, fillDecay: number): Distances => {
  const at = (n: number): number | null => values[Math.abs(n)] ?? null;
  const [here, more, less] = [at(lots), at(lots + 1), at(lots - 1)];
  const distance = (next: number | null): number | null => (here === null || next === null ? null : halfSpread + (here - next) / fillDecay);
  return { bid: distance(more), ask: distance(less) };
};
