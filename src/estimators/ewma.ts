/** Averages of squared changes whose memory fades (quoting reference e.1). */

/** One step per observation: s^2 <- lambda s^2 + (1 - lambda) d^2, the variance per observation. */
export const ewmaStep = (variance: number, change: number, lambda: number): number => lambda * variance + (1 - lambda) * change * change;

/**
 * One step of irregular length: w = e^(-dt / averaging), s^2 <- w s^2 + (1 - w) d^2 / dt, the variance per second.
 * @param dt seconds since the observation before, above 0
 * @param averaging seconds
 */
export const irregularEwmaStep = (variance: number, change: number, dt: number, averaging: number): number => {
  const kept = Math.exp(-dt / averaging);
  return kept * variance + ((1 - kept) * change * change) / dt;
};
