/** How long the simulated network and exchange take, drawn from a seed. Defaults lie near the values measured from the nearest data centre (reference section 1). */

/** A delay of `typicalMs`, spread by a log-normal factor; `spread` 0 makes it constant. */
export interface DelayTerms {
  readonly typicalMs: number;
  readonly spread: number;
}

export interface LatencySettings {
  /** Half of it passes before the engine sees a request, the other half before the answer is sent. */
  readonly publicRead: DelayTerms;
  readonly privateRead: DelayTerms;
  readonly write: DelayTerms;
  /** From the engine's event to the websocket. Order within one connection is kept. */
  readonly stream: DelayTerms;
}

export const NO_LATENCY: LatencySettings = {
  publicRead: { typicalMs: 0, spread: 0 },
  privateRead: { typicalMs: 0, spread: 0 },
  write: { typicalMs: 0, spread: 0 },
  stream: { typicalMs: 0, spread: 0 },
};

/** Unsigned GET 2.7 ms, signed GET 5-8 ms, order to book 2.7-4.5 ms, stream p1 3.6 ms and p50 5.7 ms. */
export const MEASURED_LATENCY: LatencySettings = {
  publicRead: { typicalMs: 2.7, spread: 0.15 },
  privateRead: { typicalMs: 6.3, spread: 0.15 },
  write: { typicalMs: 3.5, spread: 0.15 },
  stream: { typicalMs: 5.7, spread: 0.2 },
};

/** One delay in milliseconds. `uniform` gives numbers in [0, 1); two are used for each draw (Box and Muller). */
export const drawDelay = (terms: DelayTerms, uniform: () => number): number => {
  if (terms.typicalMs <= 0) return 0;
  if (terms.spread === 0) return terms.typicalMs;
  const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return terms.typicalMs * Math.exp(terms.spread * normal);
};
