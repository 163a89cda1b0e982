/** What is believed of a market before it has spoken. */
import type { MarketEstimates } from '../domain/estimates.js';
import type { EstimatorSettings } from '../domain/settings.js';

export const priorEstimates = ({ belief, jumps, fills }: EstimatorSettings): MarketEstimates => ({
  beliefVolatility: { value: belief.prior, error: null },
  jumpRate: { value: jumps.rate, error: null },
  jumpSize: { value: jumps.size, error: null },
  fillDecay: { value: fills.decay, error: null },
  fillIntensity: { value: fills.intensity, error: null },
});
