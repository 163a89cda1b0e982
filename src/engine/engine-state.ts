/** The whole state of one bot. Handlers in the neighbouring files read and change it; nobody outside the engine does. */
import { IndexDesk, NO_INDICES } from '../alpha/index-desk.js';
import { Signals, type SignalLimits } from '../alpha/signals.js';
import { assert, AssertionFailure } from '../domain/errors.js';
import type { ClientIds, MarketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { VenueCommand } from '../domain/order.js';
import type {
  EngineSettings,
  EstimatorSettings,
  ExecutionSettings,
  IndexSettings,
  ProtectionSettings,
  RiskSettings,
  TakeLimits,
} from '../domain/settings.js';
import { UNKNOWN_TIME, ZERO_CASH, type Cash, type EpochUs } from '../domain/units.js';
import type { Strategy } from '../domain/view.js';
import { Inventory } from '../execution/inventory.js';
import { Orders } from '../execution/orders.js';
import { QuoteDiff } from '../execution/quote-diff.js';
import { Renewals, type RenewalRound } from '../execution/renewals.js';
import { WriteBudgets } from '../execution/write-budget.js';
import { Exposures } from '../risk/exposure.js';
import { Risk } from '../risk/risk.js';
import { ActionList } from './action-list.js';
import { BalanceWatch } from './balance-watch.js';
import { CountedFills } from './counted-fills.js';
import { DataAge } from './data-age.js';
import { FeeWatch } from './fee-watch.js';
import type { IndexWatch } from './index-watch.js';
import { MarketState } from './market-state.js';
import { OrderGroups, type KnownGroup, type ShardTrips } from './order-groups.js';
import { Outcomes } from './outcomes.js';
import { Recovery } from './recovery.js';
import { RelatedEvents } from './related.js';
import { Schedule } from './schedule.js';

export interface EngineParts {
  readonly engine: EngineSettings;
  readonly execution: ExecutionSettings;
  readonly risk: RiskSettings;
  readonly estimators: EstimatorSettings;
  readonly protection: ProtectionSettings;
  /** Order groups that earlier runs have left for this one. */
  readonly knownGroups: readonly KnownGroup[];
  /** What the groups of their shards went through. */
  readonly groupTrips?: readonly ShardTrips[];
  readonly signals: SignalLimits;
  /** Absent: no market settles on an index. */
  readonly indices?: IndexSettings;
  readonly strategy: Strategy;
  /** Absent: the strategy may not take. */
  readonly takes?: TakeLimits;
  readonly ids: ClientIds;
  /** True where the feed's book shows our own orders: live and simulated, not paper. */
  readonly bookHasOwnOrders: boolean;
  /** Reason of a kill latch that an earlier run left behind, or null. */
  readonly killedBefore: string | null;
}

export class EngineState {
  readonly settings: EngineSettings;
  readonly strategy: Strategy;
  /** null: the strategy may not take. */
  readonly takeLimits: TakeLimits | null;
  readonly ids: ClientIds;
  readonly cancelOnPause: boolean;
  readonly bookHasOwnOrders: boolean;
  /** Client ids of this run begin with it. */
  readonly runPrefix: string;
  readonly signals: Signals;
  readonly indexDesk: IndexDesk;
  /** By the index's name. */
  readonly indexWatches = new Map<string, IndexWatch>();
  readonly orders: Orders;
  readonly inventory = new Inventory();
  readonly diff: QuoteDiff;
  readonly budgets = new WriteBudgets();
  readonly exposures = new Exposures();
  readonly risk: Risk;
  readonly recovery = new Recovery();
  readonly age: DataAge;
  readonly schedule: Schedule;
  readonly groups: OrderGroups;
  readonly renewals: Renewals;
  readonly renewalRounds = new Map<number, RenewalRound>();
  renewalScanAt: EpochUs = UNKNOWN_TIME;
  readonly out = new ActionList();
  readonly markets: MarketState[] = [];
  readonly related = new RelatedEvents();
  /** Shards whose exchange or trading is paused. */
  readonly pausedShards = new Set<number>();
  #marked: MarketState[] = [];
  now: EpochUs = UNKNOWN_TIME;
  startedAt: EpochUs = UNKNOWN_TIME;
  /** True once every position is known and agrees with the exchange's, or has been taken over from it. */
  adopted = false;
  /** The moment for which the exchange vouched when positions were adopted. */
  adoptedAsOf: EpochUs = UNKNOWN_TIME;
  /** Exchange time of the newest fill told before that; such fills are in the positions that will be adopted. */
  newestEarlyFill: EpochUs = UNKNOWN_TIME;
  /** Fills counted lately, for the run after this one. */
  readonly counted = new CountedFills();
  /** Moment up to which the positions that an earlier run left are complete; UNKNOWN_TIME where nothing was carried over. */
  carriedFrom: EpochUs = UNKNOWN_TIME;
  /** How long outcomes stayed unknown. */
  readonly outcomes = new Outcomes();
  readonly balance: BalanceWatch;
  readonly fees = new FeeWatch();
  /** Moment for which the newest believed reading was vouched, and since when all that came were older; UNKNOWN_TIME where they are not. */
  vouchedUntil: EpochUs = UNKNOWN_TIME;
  olderSince: EpochUs = UNKNOWN_TIME;
  /** When positions and balance are due to be read again. */
  fullReadingAt: EpochUs = UNKNOWN_TIME;
  /** Realized less fees in the session's earlier runs. */
  sessionBefore: Cash = ZERO_CASH;
  /** What cannot be written. */
  readonly storageProblems = new Set<'journal' | 'tape'>();
  feedSilent = false;
  /** After a 429 nothing but cancels leaves until then. */
  pausedUntil: EpochUs = UNKNOWN_TIME;
  /** When the next market owes a decision although nothing happened. */
  reportDueAt: EpochUs = UNKNOWN_TIME;
  /** Moment since which fills were asked for in the reading under way. */
  fillsSince: EpochUs = UNKNOWN_TIME;

  constructor(parts: EngineParts) {
    this.settings = parts.engine;
    this.strategy = parts.strategy;
    this.takeLimits = parts.takes ?? null;
    this.ids = parts.ids;
    this.cancelOnPause = parts.execution.cancelOnPause;
    this.bookHasOwnOrders = parts.bookHasOwnOrders;
    this.runPrefix = `${parts.ids.prefix}-${parts.ids.run}-`;
    this.signals = new Signals(parts.signals);
    this.indexDesk = new IndexDesk(parts.indices ?? NO_INDICES);
    this.orders = new Orders({ prefix: parts.engine.clientIdPrefix });
    this.diff = new QuoteDiff(parts.execution, parts.ids);
    this.risk = new Risk({
      settings: parts.risk,
      postOnly: parts.execution.postOnly,
      takes: parts.takes === undefined ? 'never' : 'allowed',
      stopBeforeClose: parts.engine.stopBeforeClose,
    });
    this.schedule = new Schedule(parts.engine.schedule);
    this.age = new DataAge(parts.engine.dataAgeMax);
    this.balance = new BalanceWatch(parts.engine.balanceDriftMax);
    this.groups = new OrderGroups(parts.protection.groups, this.risk.settings.fillBurstMax, parts.knownGroups, parts.groupTrips);
    this.renewals = new Renewals(parts.execution.orderLife, parts.protection.renewalShare);
  }

  /** What cannot be written, the journal first, or null. */
  get storageProblem(): 'journal' | 'tape' | null {
    if (this.storageProblems.size === 0) return null;
    return this.storageProblems.has('journal') ? 'journal' : 'tape';
  }
  get storageOk(): boolean {
    return this.storageProblems.size === 0;
  }

  list(index: MarketIndex, market: Market, estimators: EstimatorSettings): MarketState {
    assert(index === this.markets.length, `market ${market.ticker} joins as ${index}, expected ${this.markets.length}`);
    const state = new MarketState(index, market, estimators, this.settings.imbalanceWindow);
    this.markets.push(state);
    this.related.add(state);
    this.groups.addShard(market.shard);
    this.budgets.keepForGroups(this.groups.count);
    return state;
  }

  /** The exchange's clock now, at the latest as far as it can be known. */
  get exchangeNow(): EpochUs {
    return this.age.exchangeTime(this.now);
  }

  market(index: MarketIndex): MarketState {
    const state = this.markets[index];
    // Asked for every delta: the text is made only where it is needed.
    if (state === undefined) throw new AssertionFailure(`fact about market ${index}, which was never listed`);
    return state;
  }

  /** The market must be looked at when the present batch ends. */
  mark(state: MarketState): void {
    if (state.dirty) return;
    state.dirty = true;
    this.#marked.push(state);
  }

  markAll(): void {
    for (const state of this.markets) this.mark(state);
  }

  /** Calls `look` for every marked market, in index order whatever the order of the facts was. */
  forMarked(look: (state: MarketState) => void): void {
    if (this.#marked.length === 0) return;
    if (this.#marked.length > 1) this.#marked.sort((a, b) => a.index - b.index);
    const marked = this.#marked;
    this.#marked = [];
    for (const state of marked) if (state.dirty) look(state);
  }

  readonly shardOf = (command: VenueCommand): number => this.market(command.market).market.shard;
}
