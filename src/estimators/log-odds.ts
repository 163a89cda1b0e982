/** Probabilities as log-odds: where a belief moves evenly, whatever its level (quoting reference, section 0). */

/** Nearer to 0 or 1 a probability is taken to be this far away. */
const EDGE = 1e-6;

/** x = ln(p / (1 - p)). @param probability in [0, 1] */
export const logOdds = (probability: number): number => {
  const p = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return Math.log(p) - Math.log1p(-p);
};

/** p = 1 / (1 + e^-x). */
export const probabilityOf = (x: number): number => 1 / (1 + Math.exp(-x));

/** A small step of the price as a step of the log-odds: dx = dp / (p (1 - p)). */
export const stepInLogOdds = (step: number, probability: number): number => step / (probability * (1 - probability));
