/** The whole of a run's settings in domain units: what the configuration becomes. */
import type {
  EngineSettings,
  EstimatorSettings,
  Environment,
  ExecutionSettings,
  IndexSettings,
  ProtectionSettings,
  RiskSettings,
  StrategySettings,
} from '../domain/settings.js';
import type { EventTicker, SeriesTicker, Ticker } from '../domain/ids.js';
import type { Cash, DurationUs } from '../domain/units.js';
import type { AlphaSettings } from './alpha-settings.js';

export interface Settings {
  readonly environment: Environment;
  /** The key of this environment and of no other; null where it needs none or none is configured. */
  readonly credentials: Credentials | null;
  readonly markets: MarketSelection;
  readonly strategy: StrategySettings;
  readonly estimators: EstimatorSettings;
  readonly risk: RiskSettings;
  readonly execution: ExecutionSettings;
  readonly protection: ProtectionSettings;
  readonly engine: EngineSettings;
  readonly rhythm: Rhythm;
  readonly connector: ConnectorSettings;
  readonly logger: LoggerSettings;
  readonly journal: JournalSettings;
  readonly alpha: AlphaSettings;
  readonly indices: IndexSettings;
  readonly exchange: SimulatedExchangeSettings;
  readonly paper: PaperVenueSettings;
}

/** How often things are done that nothing but time brings about. */
export interface Rhythm {
  /** Engine and session are told that time passes. */
  readonly tick: DurationUs;
  /** Descriptions of markets and pauses of the exchange are read. */
  readonly markets: DurationUs;
  /** The picture of the run is written. */
  readonly status: DurationUs;
  /** Positions and costs are written down. */
  readonly snapshot: DurationUs;
}

export interface Credentials {
  readonly keyId: string;
  readonly privateKeyPath: string;
  /** Name of the variable that holds the passphrase, never the passphrase. */
  readonly passphraseEnv?: string;
}

/** Which markets to quote; all three empty in `sim` means those of the simulated exchange. */
export interface MarketSelection {
  readonly tickers: readonly Ticker[];
  readonly events: readonly EventTicker[];
  readonly series: readonly SeriesTicker[];
  readonly marketsMax: number;
}

export interface ConnectorSettings {
  /** null: the exchange's own address for this environment. */
  readonly restUrl: string | null;
  readonly websocketUrl: string | null;
  readonly subaccount: number;
  readonly requestTimeout: DurationUs;
  readonly connectWithin: DurationUs;
  readonly pingEvery: DurationUs;
  readonly silenceAfter: DurationUs;
  readonly reconnectAfter: DurationUs;
  readonly stableAfter: DurationUs;
  readonly backoff: { readonly first: DurationUs; readonly most: DurationUs };
  /** Warm connections for orders. */
  readonly orderConnections: number;
  /** Idle connections for orders are used this often; 0: never. */
  readonly keepWarmEvery: DurationUs;
  readonly signatures: { readonly depth: number; readonly ageMax: DurationUs };
}

export interface LoggerSettings {
  readonly console: 'screen' | 'trades';
  /** The folders of the runs are made in here. */
  readonly folder: string;
  readonly warnLatency: DurationUs;
  readonly tapeBytes: number;
  readonly logBytes: number;
  readonly logFilesKept: number;
  /** Rows of the tape that may wait for the disk: a power of two. */
  readonly tapeRows: number;
  /** No new orders while the tape is further behind. */
  readonly tapeBehindMax: DurationUs;
}

export interface JournalSettings {
  readonly segmentBytes: number;
  /** What an order waits for: its record with the kernel, or on the platter too. */
  readonly durability: 'kernel' | 'power';
}

export interface SimulatedExchangeSettings {
  readonly seed: string;
  readonly crowd: 'calm' | 'normal' | 'lively' | 'none';
  readonly tier: 'basic' | 'advanced' | 'expert' | 'premier' | 'paragon' | 'prime' | 'prestige';
  readonly markets: number;
  readonly deposit: Cash;
  readonly latency: boolean;
  readonly port: number;
  /** Strikes on an index of its own are listed too. */
  readonly indexEvent: boolean;
}

/** See `paper/paper-settings.ts`. */
export interface PaperVenueSettings {
  readonly fills: 'optimistic' | 'queue' | 'pessimistic';
  readonly cancels: 'by-size' | 'split' | 'behind' | 'ahead';
  readonly splitPower: number;
  readonly takenFor: DurationUs;
  readonly balance: Cash;
  readonly latency: DurationUs;
  readonly jitter: DurationUs;
}
