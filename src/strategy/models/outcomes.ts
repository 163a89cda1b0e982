/**
 * Several outcomes of one event, of which exactly one happens: what is held of one leans the prices of all. Quoting reference g, our own derivation; (g2)
 * is the curve of a logarithmic scoring rule over all outcomes. Money is counted in payouts, inventory in contracts, positive for long YES.
 */

/** ln sum_k p_k e^(-theta q_k), with the largest exponent taken out so that nothing overflows. */
const logSum = (probabilities: readonly number[], held: readonly number[], risk: number): number => {
  let largest = -Infinity;
  for (const [k, q] of held.entries()) if ((probabilities[k] as number) > 0) largest = Math.max(largest, -risk * q);
  let sum = 0;
  for (const [k, p] of probabilities.entries()) if (p > 0) sum += p * Math.exp(-risk * (held[k] as number) - largest);
  return largest + Math.log(sum);
};

/**
 * (g1) C(q) = -(1 / theta) ln sum_k p_k e^(-theta q_k): what all positions together are worth for certain.
 * @param probabilities of all outcomes, adding up to 1
 * @param held contracts of each, in the same order
 * @param risk theta, at least 0
 */
export const worthOfAll = (probabilities: readonly number[], held: readonly number[], risk: number): number =>
  risk === 0 ? probabilities.reduce((sum, p, k) => sum + p * (held[k] as number), 0) : -logSum(probabilities, held, risk) / risk;

/** (g2) r_i = p_i e^(-theta q_i) / sum_k p_k e^(-theta q_k): they add up to 1. Lot prices follow from r_i as in (c5). */
export const marginalPrices = (probabilities: readonly number[], held: readonly number[], risk: number): readonly number[] => {
  const whole = logSum(probabilities, held, risk);
  return probabilities.map((p, i) => p * Math.exp(-risk * (held[i] as number) - whole));
};

/**
 * By how much what is held moves the log-odds of a contract that pays in some of the outcomes: ln(r / (1 - r)) of (g2) less the same with nothing held.
 * NaN where the contract pays always or never.
 * @param pays whether it pays in an outcome
 */
export const inventoryLean = (
  probabilities: readonly number[],
  held: readonly number[],
  pays: (outcome: number) => boolean,
  risk: number,
): number => {
  const tilt = (within: boolean): number => {
    const chosen = probabilities.map((p, k) => (pays(k) === within ? p : 0));
    return logSum(chosen, held, risk) - Math.log(chosen.reduce((a, b) => a + b, 0));
  };
  return tilt(true) - tilt(false);
};

/** First order: r = p - theta Sigma q with the covariance of the payoffs, Sigma_ii = p_i (1 - p_i) and Sigma_ij = -p_i p_j. */
export const linearPrices = (probabilities: readonly number[], held: readonly number[], risk: number): readonly number[] =>
  covarianceTimes(probabilities, held).map((spread, i) => (probabilities[i] as number) - risk * spread);

/** Sigma q; p_i (q_i - mean) says the same without a matrix. */
export const covarianceTimes = (probabilities: readonly number[], held: readonly number[]): readonly number[] => {
  const mean = probabilities.reduce((sum, p, k) => sum + p * (held[k] as number), 0);
  return probabilities.map((p, i) => p * ((held[i] as number) - mean));
};

/** q' Sigma q: variance of what all positions together will pay. */
export const payoffVariance = (probabilities: readonly number[], held: readonly number[]): number =>
  covarianceTimes(probabilities, held).reduce((sum, spread, i) => sum + spread * (held[i] as number), 0);

/** Mids that add up to less or more than this say that markets are missing, or that nobody looks after them. */
const SUM_LOW = 0.9;
const SUM_HIGH = 1.1;

/** p_k = m_k / sum of m, or null where the sum is outside [0.9, 1.1]: then nothing is linked. */
export const normalised = (mids: readonly number[]): readonly number[] | null => {
  const sum = mids.reduce((a, b) => a + b, 0);
  return sum >= SUM_LOW && sum <= SUM_HIGH ? mids.map((mid) => mid / sum) : null;
};

/**
 * What a complete set earns for sure: bought at the asks where they add up to less than 1, sold at the bids where these add up to more. Null without gain.
 * @param fees of the whole set, per contract of it
 */
export const completeSetGain = (
  bids: readonly number[],
  asks: readonly number[],
  fees: { readonly buying: number; readonly selling: number },
): { readonly side: 'buy' | 'sell'; readonly gain: number } | null => {
  const buy = 1 - asks.reduce((a, b) => a + b, 0) - fees.buying;
  const sell = bids.reduce((a, b) => a + b, 0) - 1 - fees.selling;
  if (Math.max(buy, sell) <= 0) return null;
  return buy >= sell ? { side: 'buy', gain: buy } : { side: 'sell', gain: sell };
};

/** Most that the settlement can cost: what the positions have cost less what the worst outcome pays. Positions in NO count as short YES. */
export const worstSettlementLoss = (cost: number, held: readonly number[]): number => cost - Math.min(...held);
