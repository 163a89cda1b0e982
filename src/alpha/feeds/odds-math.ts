/** From a bookmaker's odds to probabilities that sum to 1. Pure, in doubles. */

export type OddsFormat = 'american' | 'decimal' | 'probability';

/**
 * The probability that odds imply, margin included; NaN where they are no odds of that format.
 * American: +a pays a on 100, -a asks a for 100, never between -100 and 100. Decimal: what 1 pays back, above 1.
 */
export const impliedProbability = (odds: number, format: OddsFormat): number => {
  switch (format) {
    case 'american':
      if (!(Math.abs(odds) >= 100) || !Number.isFinite(odds)) return Number.NaN;
      return odds > 0 ? 100 / (odds + 100) : -odds / (100 - odds);
    case 'decimal':
      return odds > 1 && Number.isFinite(odds) ? 1 / odds : Number.NaN;
    case 'probability':
      return odds > 0 && odds < 1 ? odds : Number.NaN;
  }
};

/** Each divided by their sum: the margin is spread in proportion. */
export const multiplicative = (implied: readonly number[]): readonly number[] => {
  const sum = implied.reduce((total, one) => total + one, 0);
  return implied.map((one) => one / sum);
};

const HALVINGS = 100;

/** Each to the power k at which they sum to 1: more of the margin is taken from the outsiders, whom bookmakers price worse. Two or more, each in (0, 1). */
export const power = (implied: readonly number[]): readonly number[] => {
  const sumAt = (k: number): number => implied.reduce((total, one) => total + one ** k, 0);
  let [low, high] = [0, 1];
  while (sumAt(high) > 1) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (sumAt(middle) > 1) low = middle;
    else high = middle;
  }
  const k = (low + high) / 2;
  // What halving leaves over is less than rounding, and is spread.
  return multiplicative(implied.map((one) => one ** k));
};
