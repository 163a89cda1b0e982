/** What the bot of an experiment is made of: plain data, as the configuration gives it. */
import type {
  EngineSettings,
  EstimatorSettings,
  ExecutionSettings,
  ProtectionSettings,
  RiskSettings,
  StrategySettings,
} from '../../domain/settings.js';
import { ClientIds } from '../../domain/ids.js';
import { seconds, type Cash, type DurationUs } from '../../domain/units.js';
import { Engine } from '../../engine/engine.js';
import type { PaperSettings } from '../../paper/paper-settings.js';
import { makeStrategy } from '../../strategy/strategies.js';

export interface BotSettings {
  readonly engine: EngineSettings;
  readonly execution: ExecutionSettings;
  readonly risk: RiskSettings;
  readonly estimators: EstimatorSettings;
  readonly protection: ProtectionSettings;
  readonly signals: { readonly ageMax: DurationUs; readonly shiftMax: number };
  readonly tick: DurationUs;
  readonly balance: Cash;
  /** How a paper venue decides; latency, balance and fill model are the experiment's. */
  readonly paper: Pick<PaperSettings, 'cancels' | 'splitPower' | 'takenFor'>;
}

/** A new engine; the seed's runs share no state. @param bookHasOwnOrders false on paper */
export const engineOf = (settings: BotSettings, strategy: StrategySettings, bookHasOwnOrders: boolean): Engine =>
  new Engine({
    // Nothing is lost on the way here, so little needs to be looked up again.
    engine: { ...settings.engine, fillsEvery: seconds(0), reconcileEvery: seconds(120) },
    execution: settings.execution,
    risk: settings.risk,
    estimators: settings.estimators,
    // Order groups and expiries guard against the death of the process and of the network, and neither dies here.
    protection: { ...settings.protection, groups: null },
    knownGroups: [],
    signals: settings.signals,
    strategy: makeStrategy(strategy),
    ids: new ClientIds(settings.engine.clientIdPrefix, 'experiment'),
    bookHasOwnOrders,
    killedBefore: null,
  });
