/** The settings of every room, in units. The config room makes them from YAML, environment and flags; each room gets only its own part. */
import type { CalendarWindow } from './calendar.js';
import type { SeriesTicker } from './ids.js';
import type { SelfTradePrevention } from './order.js';
import type { Cash, DurationUs, Price, Quantity } from './units.js';

export type Environment = 'sim' | 'custom' | 'demo' | 'prod' | 'playback';

/** Inventory horizon of Avellaneda-Stoikov: until close, a constant, or the discounted infinite form (quoting reference a6). */
export type Horizon =
  | { readonly kind: 'finite' }
  | { readonly kind: 'rolling'; readonly seconds: number }
  | { readonly kind: 'infinite'; readonly inventoryMax: Quantity };

export interface QuoteSettings {
  /** Contracts per order before shaping. */
  readonly lot: Quantity;
  /** Least expected edge per contract beyond the model, in price units. */
  readonly edgeMin: number;
  /** Most that is paid per contract to unwind, in price units (quoting reference d.2 step 2). */
  readonly giveawayMax: number;
  /** Decay of the growing side's size per contract of inventory (d.5); 0 turns shaping off. */
  readonly sizeDecayPerContract: number;
  /** k_max: the side that reduces inventory may be this many lots, and never more than is held; absent: one lot. */
  readonly unwindLotsMax?: number;
}

/** kappa, A and the volatilities are no settings of a strategy: they come with the view, as estimates that begin at their priors. */
export type StrategySettings = QuoteSettings &
  (
    | {
        readonly name: 'avellaneda-stoikov';
        /** gamma, per dollar. */
        readonly riskAversion: number;
        readonly horizon: Horizon;
      }
    | {
        readonly name: 'bounded';
        /** gamma, per dollar. */
        readonly riskAversion: number;
        /** H: seconds until a position has been traded away. */
        readonly holding: number;
        /** nu: settlements before the close, per second. */
        readonly earlySettlement: number;
        /** `raw`: at least the variance of the holding time, for markets that move fast (quoting reference c.4). */
        readonly variance: 'exact' | 'raw';
        /** c_stale: part of one standard deviation between two quotes that is added to each side; 0 turns it off. */
        readonly staleAllowance: number;
        /** `indexed`: the allowance counts only where an outside price drives the market; absent: everywhere. */
        readonly staleIn?: 'indexed' | 'all';
        /** Seconds from one quote to the next, for the allowance. */
        readonly requote: number;
        /** Lean against what is held of related outcomes too (quoting reference g). */
        readonly linkOutcomes: boolean;
      }
    | {
        readonly name: 'glft';
        readonly riskAversion: number;
        /** Exact with the time that is left, exact without an end, or the closed approximation of the latter. */
        readonly form: 'finite' | 'stationary' | 'closed';
        /** `exponential` utility, or a running `penalty` on inventory. */
        readonly utility: 'exponential' | 'penalty';
        /** No bid at this inventory, no ask at its negative. */
        readonly inventoryMax: Quantity;
      }
    | {
        readonly name: 'logit';
        /** gamma, per contract and log-odds. */
        readonly riskAversion: number;
        readonly horizon: Exclude<Horizon, { readonly kind: 'infinite' }>;
      }
    | { readonly name: 'symmetric'; /** Half-spread around fair value, in price units. */ readonly halfSpread: number }
    | { readonly name: 'fixed'; /** The seed's maker: mid minus and plus this. */ readonly offset: Price }
    | {
        readonly name: 'edge-taker';
        /** e_take: least expected gain per contract after fees, in price units. */
        readonly edgeTake: number;
        /** z: standard errors of the valuation that the edge must survive. */
        readonly errorsAway: number;
        /** `fixed`: always one lot. `kelly`: this part of the Kelly stake of the bankroll. */
        readonly sizing: { readonly kind: 'fixed' } | { readonly kind: 'kelly'; readonly part: number; readonly bankroll: Cash };
        /** Older valuations and books are not acted upon. */
        readonly signalAgeMax: DurationUs;
      }
  );

export interface VolatilitySettings {
  /** Prior, in dollars per square root of a second, in force until data speaks and the floor's anchor afterwards. */
  readonly prior: number;
  readonly floor: number;
  /** Averaging time of the irregular EWMA. */
  readonly averaging: DurationUs;
}

/** Where estimates begin, and whether they learn. */
export interface EstimatorSettings {
  /** Of the price: what Avellaneda-Stoikov wants. */
  readonly volatility: VolatilitySettings;
  /** sigma_b per square root of a second. Changes closer together than `sampling` count as one. */
  readonly belief: {
    readonly prior: number;
    readonly floor: number;
    readonly averaging: DurationUs;
    readonly sampling: DurationUs;
    readonly learn: boolean;
  };
  /** lambda_J per second, s_J of the log-odds; `weight` jumps is what the prior counts for. */
  readonly jumps: { readonly rate: number; readonly size: number; readonly weight: number; readonly learn: boolean };
  /** kappa per dollar and A per second; `weight` fills is what the prior counts for; what is learnt of kappa stays within its bounds. */
  readonly fills: {
    readonly decay: number;
    readonly intensity: number;
    readonly weight: number;
    readonly decayLow: number;
    readonly decayHigh: number;
    /** Fills and quotes this long ago count for 1/e of what new ones do. */
    readonly memory: DurationUs;
    readonly learn: boolean;
    /** Depths of public takers move the middle of kappa's prior. */
    readonly fromTrades: boolean;
  };
  /** `stoikov`: learnt from how books of the same imbalance and spread went on; the weighted mid until enough is known. */
  readonly microprice: 'weighted' | 'stoikov';
  /** Order flow imbalance as a shift of fair value, once it has proven to foretell the microprice. */
  readonly flowAlpha: { readonly learn: boolean; readonly horizon: DurationUs };
}

/** What an engine may take. Strategies that rest quotes have none: a take of theirs is a fault of ours and does not leave. */
export interface TakeLimits {
  /** An older signal is not answered, and a book that is further behind is not taken from. */
  readonly signalAgeMax: DurationUs;
}

/** On which index the contracts of a series settle, and how. */
export interface IndexMapping {
  readonly series: SeriesTicker;
  /** As the facts call it. */
  readonly index: string;
  /** The settlement value is the average of so many readings, the last one at the close; 1 is the index at the close. */
  readonly samples: number;
  /** From one reading to the next. */
  readonly spacing: DurationUs;
  /** Whether a value at the strike itself pays: as the exchange lists the strike, or as the contract's rules say otherwise. */
  readonly atStrike: 'as-listed' | 'pays' | 'pays-not';
}

/** What indices are trusted for. */
export interface IndexSettings {
  readonly mappings: readonly IndexMapping[];
  /** An older value counts for nothing, in the settlement window too. */
  readonly ageMax: DurationUs;
  /** The same for its volatility. */
  readonly volatilityAgeMax: DurationUs;
  /** A value that is further from the last one, in standard deviations of the time between them, must be confirmed by the next. */
  readonly jumpSigmasMax: number;
  /** Part of the difference between the value by the index and the mid that makers believe, in [0, 1], and most that it shifts fair value, in price units. */
  readonly confidence: number;
  readonly shiftMax: number;
}

export interface RiskSettings {
  readonly orderSizeMax: Quantity;
  /** Worst case: position plus everything resting, in flight or unknown on that side, filled. */
  readonly positionMaxPerMarket: Quantity;
  readonly positionMaxPerEvent: Quantity;
  readonly positionMaxPerAccount: Quantity;
  /** Most that is lost at settlement, by the worst outcome, with all that rests filled (quoting reference d.6). */
  readonly settlementLossMaxPerMarket: Cash;
  readonly settlementLossMaxPerEvent: Cash;
  /** Capital at risk if everything goes against us. */
  readonly capitalMax: Cash;
  readonly openOrdersMax: number;
  /** Placements and amends per second, over a window of one second. */
  readonly orderRateMax: number;
  /** No order below `low` or above `high`. */
  readonly band: { readonly low: Price; readonly high: Price };
  /** Most distance from the mid, in price units. */
  readonly collar: Price;
  readonly onLimit: 'cut' | 'refuse';
  readonly lossMaxSession: Cash;
  readonly lossMaxPerMarket: Cash;
  readonly drawdownMax: Cash;
  /** The same intent again within this time is a fault of ours. */
  readonly duplicateWindow: DurationUs;
  /** Refusals per minute beyond which a market is paused. */
  readonly refusalsMaxPerMinute: number;
  /** Contracts filled within 15 seconds over all markets of a shard: more trips the order group there. */
  readonly fillBurstMax: Quantity;
}

export interface ExecutionSettings {
  /** A change of fewer ticks waits ... */
  readonly debounceTicks: number;
  /** ... at most this long; a dangerous quote is pulled at once. */
  readonly debounce: DurationUs;
  readonly selfTrade: SelfTradePrevention;
  readonly postOnly: boolean;
  readonly cancelOnPause: boolean;
  /** Life of a resting order, or null for none. */
  readonly orderLife: DurationUs | null;
}

/** Order groups: one per shard cancels everything in it when too much fills, and on our word. */
export interface GroupSettings {
  /** Without a group nothing is quoted in its shard. */
  readonly required: boolean;
  /** After a trigger nothing is quoted in that shard for this long. */
  readonly coolOff: DurationUs;
  /** So many triggers within `triggersWithin` hold the shard until a person resumes. */
  readonly triggersMax: number;
  readonly triggersWithin: DurationUs;
}

/** What outlives the process. */
export interface ProtectionSettings {
  /** null: orders belong to no group. */
  readonly groups: GroupSettings | null;
  /** Part of each write bucket that renewals of the expiry may use, above 0 and at most 0.3. */
  readonly renewalShare: number;
}

/** What the clock alone forbids. */
export interface ScheduleSettings {
  /** From so long before a market's end on nothing adds to a position; 0 turns it off. */
  readonly reduceOnlyBefore: DurationUs;
  /** Nothing rests from so long before the exchange's weekly pause to its end; null quotes on. */
  readonly weeklyPauseLead: DurationUs | null;
  readonly calendar: readonly CalendarWindow[];
}

export interface EngineSettings {
  readonly clientIdPrefix: string;
  /** Data older than this by exchange time pulls everything. */
  readonly dataAgeMax: DurationUs;
  /** A market silent for longer is proven again by a snapshot. */
  readonly quietMarket: DurationUs;
  /** New orders pause this long after a 429; cancels pass. */
  readonly rateLimitPause: DurationUs;
  /** An unanswered command is unknown after this. */
  readonly commandTimeout: DurationUs;
  /** No new quote this long before the close. */
  readonly stopBeforeClose: DurationUs;
  /** A decision row per market at least this often. */
  readonly decisionInterval: DurationUs;
  readonly imbalanceWindow: DurationUs;
  /** The whole account is read again this often while trading; 0 turns it off. */
  readonly reconcileEvery: DurationUs;
  /** Resting orders and fills are read again this often while trading; 0 turns it off. */
  readonly fillsEvery: DurationUs;
  /** A reading proves something once the exchange says that it is valid this long after our last dealing: covers a small difference of clocks. */
  readonly proofMargin: DurationUs;
  /** Most by which the balance may differ from what orders, fills and settlements explain before it is told. */
  readonly balanceDriftMax: Cash;
  readonly schedule: ScheduleSettings;
}
