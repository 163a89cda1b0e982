/** Settings for tests, as a small account would have them. */
import type {
  EngineSettings,
  EstimatorSettings,
  ExecutionSettings,
  ProtectionSettings,
  RiskSettings,
  StrategySettings,
} from '../../src/domain/settings.js';
import { DIRECT_MEMBER_ROUNDING } from '../../src/domain/fees.js';
import { durationUs, millis, parseCash, parsePrice, parseQuantity, seconds } from '../../src/domain/units.js';
import type { PaperSettings } from '../../src/paper/paper-settings.js';

export const ENGINE: EngineSettings = {
  clientIdPrefix: 'kmm',
  dataAgeMax: seconds(5),
  quietMarket: seconds(60),
  rateLimitPause: seconds(2),
  commandTimeout: seconds(3),
  stopBeforeClose: seconds(10),
  decisionInterval: seconds(1),
  imbalanceWindow: seconds(10),
  reconcileEvery: seconds(30),
  fillsEvery: seconds(0),
  proofMargin: millis(250),
  balanceDriftMax: parseCash('1'),
  schedule: { reduceOnlyBefore: seconds(0), weeklyPauseLead: null, calendar: [] },
};

export const EXECUTION: ExecutionSettings = {
  debounceTicks: 1,
  debounce: millis(250),
  selfTrade: 'taker-at-cross',
  postOnly: true,
  cancelOnPause: true,
  orderLife: null,
};

export const RISK: RiskSettings = {
  orderSizeMax: parseQuantity('50'),
  positionMaxPerMarket: parseQuantity('100'),
  positionMaxPerEvent: parseQuantity('200'),
  positionMaxPerAccount: parseQuantity('500'),
  settlementLossMaxPerMarket: parseCash('500'),
  settlementLossMaxPerEvent: parseCash('500'),
  capitalMax: parseCash('500'),
  openOrdersMax: 50,
  orderRateMax: 100,
  band: { low: parsePrice('0.01'), high: parsePrice('0.99') },
  collar: parsePrice('0.20'),
  onLimit: 'cut',
  lossMaxSession: parseCash('50'),
  lossMaxPerMarket: parseCash('25'),
  drawdownMax: parseCash('50'),
  duplicateWindow: millis(100),
  refusalsMaxPerMinute: 30,
  fillBurstMax: parseQuantity('250'),
};

/** No order groups; expiries are rolling where `orderLife` says so. */
export const UNPROTECTED: ProtectionSettings = { groups: null, renewalShare: 0.3 };

export const PROTECTED: ProtectionSettings = {
  groups: { required: true, coolOff: seconds(15), triggersMax: 3, triggersWithin: seconds(600) },
  renewalShare: 0.3,
};

export const ESTIMATORS: EstimatorSettings = {
  volatility: { prior: 0.0025, floor: 0.0005, averaging: seconds(120) },
  belief: { prior: 1 / 60, floor: 1 / 600, averaging: seconds(120), sampling: seconds(5), learn: false },
  jumps: { rate: 2 / 3600, size: 0.5, weight: 5, learn: false },
  fills: { decay: 60, intensity: 0.05, weight: 50, decayLow: 20, decayHigh: 300, memory: seconds(43_200), learn: false, fromTrades: false },
  microprice: 'weighted',
  flowAlpha: { learn: false, horizon: seconds(10) },
};

/** The seed's maker: two cents either side of the mid, ten contracts. */
export const FIXED: StrategySettings = {
  name: 'fixed',
  offset: parsePrice('0.02'),
  lot: parseQuantity('10'),
  edgeMin: 0,
  giveawayMax: 100,
  sizeDecayPerContract: 0,
};

/** Answers at once and fills by the cautious rule. */
export const PAPER: PaperSettings = {
  fills: 'pessimistic',
  cancels: 'split',
  splitPower: 1,
  latency: durationUs(0),
  jitter: durationUs(0),
  takenFor: seconds(10),
  balance: parseCash('1000'),
  rounding: DIRECT_MEMBER_ROUNDING,
};
