/** Everything an engine is made of, as plain data: written into the journal's header, so that a replay makes the same engine again. */
import { ClientIds } from '../domain/ids.js';
import type {
  EngineSettings,
  EstimatorSettings,
  ExecutionSettings,
  IndexSettings,
  ProtectionSettings,
  RiskSettings,
  ScheduleSettings,
  StrategySettings,
  VolatilitySettings,
} from '../domain/settings.js';
import type { SignalLimits } from '../alpha/signals.js';
import { millis, parseCash, seconds } from '../domain/units.js';
import { Engine } from '../engine/engine.js';
import type { KnownGroup, ShardTrips } from '../engine/order-groups.js';
import { makeStrategy } from '../strategy/strategies.js';

export interface EngineRecipe {
  /** The run's part of every client order id. */
  readonly run: string;
  readonly engine: EngineSettings;
  readonly execution: ExecutionSettings;
  readonly risk: RiskSettings;
  readonly estimators: EstimatorSettings;
  readonly protection: ProtectionSettings;
  readonly knownGroups: readonly KnownGroup[];
  /** Absent: none. */
  readonly groupTrips?: readonly ShardTrips[];
  readonly signals: SignalLimits;
  /** Absent: none. */
  readonly indices?: IndexSettings;
  readonly strategy: StrategySettings;
  readonly bookHasOwnOrders: boolean;
  readonly killedBefore: string | null;
}

const NO_SCHEDULE: ScheduleSettings = { reduceOnlyBefore: seconds(0), weeklyPauseLead: null, calendar: [] };

/** Settings that journals of earlier builds do not name. */
const SINCE_FORMAT_2 = { fillsEvery: seconds(0), proofMargin: millis(250), balanceDriftMax: parseCash('1'), schedule: NO_SCHEDULE };

/** Before estimates were learnt, journals named less of them: those runs did not learn. */
const SINCE_LEARNING = {
  belief: { sampling: seconds(5), prior: 1 / 60, floor: 1 / 600, averaging: seconds(300), learn: false },
  jumps: { weight: 5, rate: 2 / 3600, size: 0.5, learn: false },
  fills: { decay: 60, intensity: 0.05, weight: 50, decayLow: 20, decayHigh: 300, memory: seconds(43_200), learn: false, fromTrades: false },
  microprice: 'weighted',
  flowAlpha: { learn: false, horizon: seconds(10) },
} as const;

const FIRST_VOLATILITY: VolatilitySettings = { prior: 0.0025, floor: 0.0005, averaging: seconds(60) };

/** What journals of any age may state: the first builds had a volatility and, in the strategy, a kappa instead of estimators. */
type StatedRecipe = Partial<Pick<EngineRecipe, 'estimators'>> & { readonly volatility?: VolatilitySettings; readonly strategy: object };

const estimatorsOf = ({ estimators, volatility, strategy }: StatedRecipe): EstimatorSettings => {
  const kappa = 'fillDecay' in strategy && typeof strategy.fillDecay === 'number' ? { decay: strategy.fillDecay } : {};
  return {
    ...SINCE_LEARNING,
    ...estimators,
    volatility: estimators?.volatility ?? volatility ?? FIRST_VOLATILITY,
    belief: { ...SINCE_LEARNING.belief, ...estimators?.belief },
    jumps: { ...SINCE_LEARNING.jumps, ...estimators?.jumps },
    fills: { ...SINCE_LEARNING.fills, ...kappa, ...estimators?.fills },
  };
};

export const makeEngine = (recipe: EngineRecipe): Engine =>
  new Engine({
    engine: { ...SINCE_FORMAT_2, ...recipe.engine },
    execution: recipe.execution,
    risk: recipe.risk,
    estimators: estimatorsOf(recipe),
    protection: recipe.protection,
    knownGroups: recipe.knownGroups,
    ...(recipe.groupTrips === undefined ? {} : { groupTrips: recipe.groupTrips }),
    signals: recipe.signals,
    ...(recipe.indices === undefined ? {} : { indices: recipe.indices }),
    strategy: makeStrategy(recipe.strategy),
    ...(recipe.strategy.name === 'edge-taker' ? { takes: { signalAgeMax: recipe.strategy.signalAgeMax } } : {}),
    ids: new ClientIds(recipe.engine.clientIdPrefix, recipe.run),
    bookHasOwnOrders: recipe.bookHasOwnOrders,
    killedBefore: recipe.killedBefore,
  });
