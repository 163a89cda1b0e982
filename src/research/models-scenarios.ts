/** The two tables of section i of the quoting reference: the process, who quotes, and what the reference found. */
import type { QuoteSettings, StrategySettings } from '../domain/settings.js';
import { PRICE_PER_DOLLAR, quantity, QUANTITY_PER_CONTRACT } from '../domain/units.js';
import { staticHalfSpread } from '../strategy/models/half-spread.js';
import type { Beliefs } from './belief-path.js';

/** What the reference printed; null where it printed nothing. Profit in dollars, inventory in contracts. */
export interface Reference {
  readonly mean: number;
  readonly sd: number;
  readonly q01: number | null;
  readonly widest: number | null;
  readonly settlementSd: number | null;
}

export interface Contender {
  readonly name: string;
  readonly settings: StrategySettings;
  /** c_stale put on top of a strategy that has none of its own. */
  readonly allowance: number;
  readonly reference: Reference | null;
}

export interface Scenario {
  readonly name: 'slow-news' | 'hourly-crypto';
  readonly title: string;
  readonly beliefs: Beliefs;
  /** Most dollars that a settlement may cost, or null. */
  readonly lossMax: number | null;
  readonly contenders: readonly Contender[];
}

export const REFERENCE_PATHS = 20_000;

const GAMMA = 0.02;
const LOT = 10;
const HOLDING = 300;
const HALF_SPREAD = staticHalfSpread({ riskAversion: GAMMA, fillDecay: 60, lot: LOT }) * PRICE_PER_DOLLAR;

const quotes: QuoteSettings = {
  lot: quantity(LOT * QUANTITY_PER_CONTRACT),
  edgeMin: 0,
  giveawayMax: 0.01 * PRICE_PER_DOLLAR,
  sizeDecayPerContract: 0,
};
const symmetric: StrategySettings = { ...quotes, name: 'symmetric', halfSpread: HALF_SPREAD };
const plain: StrategySettings = { ...quotes, name: 'avellaneda-stoikov', riskAversion: GAMMA, horizon: { kind: 'finite' } };
const rolling: StrategySettings = {
  ...quotes,
  name: 'avellaneda-stoikov',
  riskAversion: GAMMA,
  horizon: { kind: 'rolling', seconds: HOLDING },
};

const bounded: StrategySettings = {
  ...quotes,
  name: 'bounded',
  riskAversion: GAMMA,
  holding: HOLDING,
  earlySettlement: 0,
  variance: 'exact',
  staleAllowance: 0,
  requote: 2,
  linkOutcomes: false,
};
const raw: StrategySettings = { ...bounded, variance: 'raw' };
/** Settlement at any moment: all of the variance is borne, phi = 1. */
const certain: StrategySettings = { ...bounded, earlySettlement: 1 };
const logit: StrategySettings = { ...quotes, name: 'logit', riskAversion: GAMMA, horizon: { kind: 'finite' } };
/** The bound is out of reach: the reference states none. */
const glft: StrategySettings = {
  ...quotes,
  name: 'glft',
  riskAversion: GAMMA,
  form: 'closed',
  utility: 'exponential',
  inventoryMax: quantity(1000 * QUANTITY_PER_CONTRACT),
};

const whole = (mean: number, sd: number, q01: number, widest: number, settlementSd: number): Reference => ({
  mean,
  sd,
  q01,
  widest,
  settlementSd,
});
const brief = (mean: number, sd: number): Reference => ({ mean, sd, q01: null, widest: null, settlementSd: null });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'slow-news',
    title: 'Slow news with a settlement jump: sigma_b = 1/60, 2 jumps an hour of 0.5, no limit',
    beliefs: { kind: 'constant', volatility: 1 / 60, jumpRate: 2 / 3600, jumpSize: 0.5 },
    lossMax: null,
    contenders: [
      { name: 'symmetric', settings: symmetric, allowance: 0, reference: whole(19.68, 40.15, -98.2, 127.8, 37.06) },
      { name: 'A-S to the close', settings: plain, allowance: 0, reference: whole(18.27, 15.25, -24.1, 66.0, 14.72) },
      { name: 'A-S rolling', settings: rolling, allowance: 0, reference: whole(19.26, 16.26, -22.5, 84.6, 14.99) },
      { name: 'logit', settings: logit, allowance: 0, reference: whole(14.19, 9.3, -13.0, 38.0, 8.69) },
      { name: 'GLFT', settings: glft, allowance: 0, reference: whole(19.22, 13.36, -14.8, 74.9, 12.1) },
      { name: 'bounded', settings: bounded, allowance: 0, reference: whole(18.59, 5.8, 3.4, 71.0, 1.76) },
      { name: 'bounded, phi = 1', settings: certain, allowance: 0, reference: whole(11.95, 3.9, 3.6, 18.2, 1.64) },
    ],
  },
  {
    name: 'hourly-crypto',
    title: 'Hourly crypto: sigma_b = 1.6 / sqrt(time left), at most $60 lost at settlement',
    beliefs: { kind: 'to-settlement', volatility: 1.6, jumpRate: 0, jumpSize: 0 },
    lossMax: 60,
    contenders: [
      { name: 'bounded', settings: bounded, allowance: 0, reference: brief(11.14, 8.64) },
      { name: 'A-S rolling', settings: rolling, allowance: 0, reference: brief(11.84, 7.35) },
      { name: 'A-S to the close', settings: plain, allowance: 0, reference: brief(9.58, 8.53) },
      { name: 'bounded, c_stale 1', settings: { ...bounded, staleAllowance: 1 }, allowance: 0, reference: brief(13.37, 6.17) },
      { name: 'bounded raw, c_stale 1', settings: { ...raw, staleAllowance: 1 }, allowance: 0, reference: brief(13.47, 5.86) },
      { name: 'A-S rolling, c_stale 1', settings: rolling, allowance: 1, reference: brief(13.43, 6.09) },
      { name: 'A-S to the close, c_stale 1', settings: plain, allowance: 1, reference: brief(11.31, 5.27) },
      { name: 'GLFT, c_stale 1', settings: glft, allowance: 1, reference: brief(13.47, 7.36) },
      { name: 'symmetric, c_stale 1', settings: symmetric, allowance: 1, reference: brief(13.5, 22.1) },
    ],
  },
];
