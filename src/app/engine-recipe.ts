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

export const makeEngine = (recipe: EngineRecipe): Engine =>
  new Engine({
    engine: { ...SINCE_FORMAT_2, ...recipe.engine },
    execution: recipe.execution,
    risk: recipe.risk,
    estimators: recipe.estimators,
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
