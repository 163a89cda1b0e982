/** What is believed of a market in the units of the trade and in one line: hours and minutes instead of seconds. */
import type { Estimate, MarketEstimates } from '../domain/estimates.js';

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;
const ROOT_OF_HOUR = Math.sqrt(SECONDS_PER_HOUR);

/** Named as in the configuration. */
export interface TradeEstimates {
  readonly belief_volatility_per_sqrt_hour: Estimate;
  readonly jumps_per_hour: Estimate;
  readonly jump_size_log_odds: Estimate;
  readonly kappa_per_dollar: Estimate;
  readonly fills_per_minute: Estimate;
}

export const inTradeUnits = (estimates: MarketEstimates): TradeEstimates => ({
  belief_volatility_per_sqrt_hour: times(estimates.beliefVolatility, ROOT_OF_HOUR),
  jumps_per_hour: times(estimates.jumpRate, SECONDS_PER_HOUR),
  jump_size_log_odds: estimates.jumpSize,
  kappa_per_dollar: estimates.fillDecay,
  fills_per_minute: times(estimates.fillIntensity, SECONDS_PER_MINUTE),
});

const times = ({ value, error }: Estimate, factor: number): Estimate => ({
  value: value * factor,
  error: error === null ? null : error * factor,
});

/** `believes: volatility 1.04+-0.07/sqrt h, kappa 60+-8/$, fills 2.9+-0.4/min; set: jumps 2/h of 0.5`. What is only set stands behind what was learnt. */
export const estimatesLine = (trade: TradeEstimates): string => {
  const { belief_volatility_per_sqrt_hour: sigma, jumps_per_hour: jumps, jump_size_log_odds: size } = trade;
  const parts = [
    { text: `volatility ${shown(sigma)}/sqrt h`, isLearnt: sigma.error !== null },
    { text: `kappa ${shown(trade.kappa_per_dollar)}/$`, isLearnt: trade.kappa_per_dollar.error !== null },
    { text: `fills ${shown(trade.fills_per_minute)}/min`, isLearnt: trade.fills_per_minute.error !== null },
    { text: `jumps ${shown(jumps)}/h of ${shown(size)}`, isLearnt: jumps.error !== null || size.error !== null },
  ];
  const list = (isLearnt: boolean): string =>
    parts
      .filter((part) => part.isLearnt === isLearnt)
      .map(({ text }) => text)
      .join(', ');
  const [learnt, set] = [list(true), list(false)];
  return [learnt === '' ? '' : `believes: ${learnt}`, set === '' ? '' : `set: ${set}`].filter((text) => text !== '').join('; ');
};

/** Two digits of the error say how many of the value are worth reading; three where there is none. */
export const shown = ({ value, error }: Estimate): string => {
  if (error === null || !(error > 0)) return plain(Number(value.toPrecision(3)));
  const decimals = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(decimals)}+-${error.toFixed(decimals)}`;
};

const plain = (value: number): string => (Math.abs(value) >= 1e-6 || value === 0 ? String(value) : value.toExponential(2));
