/** What two best prices of another market say about a probability, and how far that is to be believed. Pure. */

export interface BestPrices {
  /** In [0, 1]. */
  readonly bid: number;
  readonly ask: number;
  /** In contracts; 0 where they are not known. */
  readonly bidSize: number;
  readonly askSize: number;
}

export interface BeliefSettings {
  /** Of a market without spread whose last word is new, in [0, 1]. */
  readonly confidenceMax: number;
  /** A market whose best prices lie this far apart, or farther, has no opinion. In (0, 1]. */
  readonly spreadMax: number;
  /** After so many seconds without a word an opinion is believed half as much. */
  readonly halfLife: number;
}

/** `microprice` leans towards the side with less size; where a size is not known it is the mid. */
export const probabilityOf = ({ bid, ask, bidSize, askSize }: BestPrices, from: 'mid' | 'microprice'): number =>
  from === 'mid' || bidSize <= 0 || askSize <= 0 ? (bid + ask) / 2 : (bid * askSize + ask * bidSize) / (bidSize + askSize);

/** @returns null where there is no opinion: no two sides, crossed prices, or too wide a spread */
export const confidenceOf = ({ bid, ask }: BestPrices, ageSeconds: number, settings: BeliefSettings): number | null => {
  const spread = ask - bid;
  if (!(bid > 0) || !(ask < 1) || !(spread > 0) || spread >= settings.spreadMax) return null;
  return settings.confidenceMax * (1 - spread / settings.spreadMax) * 2 ** (-Math.max(0, ageSeconds) / settings.halfLife);
};
