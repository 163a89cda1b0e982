/**
 * The pipeline, written once: a fact comes in, actions come out. Time, ids and chance are arguments; nothing here waits or reaches outside.
 * The returned list is valid until the next step.
 */
import type { EngineAction } from '../domain/actions.js';
import type { Control, EngineEvent, ExchangeStatus, MarketListed, OrderUpdate, SessionSoFar, StorageHealth } from '../domain/events.js';
import { between, later, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { PERSON } from '../risk/kill-switch.js';
import { onFill, onOrderChange, onRateLimited, onRefused, readNow } from './account.js';
import { carriedBy, sessionBy, onCarriedOver, type Carried } from './carry-over.js';
import { decide, isReportDue, observe, sendCommands } from './decide.js';
import { explain, type Explanation } from './explain.js';
import { EngineState, type EngineParts } from './engine-state.js';
import { onIndex, onIndexVolatility, watchIndexOf, watchIndices } from './indices.js';
import { onChanged, onDelta, onLost, onSnapshot, onTrade, proveAge, watchBook } from './market-data.js';
import type { MarketState } from './market-state.js';
import {
  onGroupAnswer,
  onGroupRefusal,
  onGroupUpdate,
  resumeGroups,
  sweepAll,
  sweepWhereCheaper,
  tendGroups,
  watchCancelled,
} from './protection.js';
import { askForReading, isUrgent, onReading } from './readings.js';
import { renewExpiries } from './renew.js';
import { SessionResult } from './session-result.js';
import { tellSilence } from './signal-silence.js';
import { stateHash } from './state-hash.js';

const NOTHING: readonly EngineAction[] = Object.freeze([]);
/** Most markets that are decided in one step only because their row is due: with a thousand of them the next frame would wait ten milliseconds. */
const REPORTS_MAX = 200;

export class Engine {
  readonly #state: EngineState;
  readonly #estimators: EstimatorSettings;
  readonly #results = new SessionResult();
  #toldStopped = false;
  /** Where the round of due rows goes on. */
  #reportFrom = 0;

  constructor(parts: EngineParts) {
    this.#state = new EngineState(parts);
    this.#estimators = parts.estimators;
    if (parts.killedBefore !== null) this.#state.risk.killSwitch.kill('latched', parts.killedBefore);
  }

  /** Own orders that are or may be open. */
  get openOrders(): number {
    return this.#state.orders.openCount;
  }

  /** A digest of what it believes, for the journal; replay compares it. */
  stateHash(): string {
    return stateHash(this.#state);
  }

  /** What the next run needs: every market whose position our own count of fills is. */
  leaves(): readonly Carried[] {
    return carriedBy(this.#state);
  }

  /** The session with this run in it, for the next one. */
  session(): SessionSoFar {
    return sessionBy(this.#state);
  }

  /** Why a market is quoted as it is; null for one that is not part of the run. */
  explain(ticker: string): Explanation | null {
    const state = this.#state.markets.find(({ market }) => market.ticker === ticker);
    return state === undefined ? null : explain(this.#state, state);
  }

  /** Read-only look at the state, for summaries and tests. */
  get state(): Readonly<EngineState> {
    return this.#state;
  }

  step(event: EngineEvent): readonly EngineAction[] {
    const engine = this.#state;
    if (event.at > engine.now) {
      const unnoticed = between(engine.now, event.at);
      engine.now = event.at;
      if (engine.startedAt === UNKNOWN_TIME) engine.startedAt = engine.now;
      else if (unnoticed > engine.settings.dataAgeMax) this.#stoodStill(unnoticed);
    }
    switch (event.type) {
      case 'book-delta':
        onDelta(engine, event);
        break;
      case 'trade':
        onTrade(engine, event);
        return NOTHING;
      case 'batch-end':
        this.#decideMarked();
        break;
      case 'tick':
        this.#tick();
        break;
      case 'book-snapshot':
        onSnapshot(engine, event);
        break;
      case 'book-lost':
        onLost(engine, event);
        break;
      case 'market-listed':
        this.#list(event);
        break;
      case 'carried-over':
        onCarriedOver(engine, event);
        break;
      case 'market-changed':
        onChanged(engine, event);
        this.#recount();
        break;
      case 'feed-up':
        engine.out.say('info', 'FEED_UP', 'Connection established.');
        engine.feedSilent = false;
        engine.recovery.begin(engine.now);
        engine.groups.suspectAll(engine.now);
        this.#recover();
        tendGroups(engine);
        break;
      case 'feed-down':
        engine.out.say('warn', 'FEED_DOWN', `Connection lost (${event.reason}): our orders may be stuck, cancelling them.`);
        // From here on, not from the next `feed-up` on: the frames of a new connection come before it.
        engine.age.restart();
        engine.recovery.interrupt(engine.now);
        sweepWhereCheaper(engine);
        this.#decideAll();
        break;
      case 'feed-silence':
        this.#silence(event.silent);
        break;
      case 'order-accepted':
        onOrderChange(engine, engine.orders.accepted(event));
        break;
      case 'command-refused':
        onRefused(engine, event);
        if (event.code === 'group-triggered') onGroupRefusal(engine, event);
        break;
      case 'command-unknown':
        engine.out.say(
          'warn',
          'OUTCOME_UNKNOWN',
          `No answer to ${event.command} (${event.reason}): counted as if it were there until proven.`,
        );
        onOrderChange(engine, engine.orders.unknown(event));
        readNow(engine);
        this.#recover();
        break;
      case 'order-amended':
        onOrderChange(engine, engine.orders.amended(event));
        break;
      case 'order-cancelled':
        onOrderChange(engine, engine.orders.cancelled(event));
        break;
      case 'order-update':
        this.#orderUpdate(event);
        break;
      case 'fill':
        onFill(engine, event);
        this.#holdAgainstLosses(engine.market(event.fill.market));
        break;
      case 'position-update':
        // Counted by the feed; positions are judged by fills and readings.
        break;
      case 'order-group-update':
        onGroupUpdate(engine, event);
        break;
      case 'group-answer':
        onGroupAnswer(engine, event);
        break;
      case 'account-reading':
        onReading(engine, event);
        tendGroups(engine);
        this.#recount();
        this.#tellStopped();
        break;
      case 'rate-limited':
        onRateLimited(engine);
        break;
      case 'write-budget':
        engine.budgets.update(event);
        break;
      case 'exchange-status':
        this.#exchangeStatus(event);
        break;
      case 'signal':
        this.#signal(event.ticker, () => engine.signals.apply(event));
        break;
      case 'opinion':
        this.#signal(event.ticker, () => engine.signals.applyOpinion(event));
        break;
      case 'index':
        onIndex(engine, event);
        break;
      case 'index-volatility':
        onIndexVolatility(engine, event);
        break;
      case 'control':
        this.#control(event);
        break;
      case 'storage':
        this.#storage(event);
        break;
    }
    sendCommands(engine);
    return engine.out.take();
  }

  #list(event: MarketListed): void {
    const state = this.#state.list(event.index, event.market, this.#estimators);
    if (event.market.assumed.length > 0)
      this.#state.out.say('info', 'ASSUMED', `${event.market.ticker}: assumed ${event.market.assumed.join('; ')}.`);
    watchIndexOf(this.#state, state);
    this.#state.mark(state);
  }

  #decideMarked(): void {
    const engine = this.#state;
    engine.forMarked(this.#decideOne);
    if (engine.now < engine.reportDueAt) return;
    if (this.#tellDue()) engine.reportDueAt = nextReport(engine);
  }

  /** Decides markets whose row is due, in turns. @returns false where some are left for the next batch */
  #tellDue(): boolean {
    const { markets } = this.#state;
    let left = REPORTS_MAX;
    for (let i = 0; i < markets.length; i++) {
      const at = (this.#reportFrom + i) % markets.length;
      const state = markets[at] as MarketState;
      if (!isReportDue(this.#state, state)) continue;
      if (left-- === 0) {
        this.#reportFrom = at;
        return false;
      }
      this.#decide(state);
    }
    this.#reportFrom = 0;
    return true;
  }

  readonly #decideOne = (state: MarketState): void => this.#decide(state);

  #decideAll(): void {
    for (const state of this.#state.markets) this.#decide(state);
  }

  #decide(state: MarketState): void {
    const engine = this.#state;
    decide(engine, state);
    if (state.last?.at === engine.now) this.#holdAgainstLosses(state);
  }

  /** The process was stopped or moved: whatever it believes is of before. It starts over from what the exchange says. */
  #stoodStill(unnoticed: DurationUs): void {
    const engine = this.#state;
    engine.out.say('warn', 'STOOD_STILL', `Nothing was noticed for ${toSeconds(unnoticed).toFixed(1)} s: everything is looked up anew.`);
    const { phase } = engine.recovery;
    // A reading that was asked for before proves nothing about now.
    if (phase === 'trading' || phase === 'clearing') engine.recovery.begin(engine.now);
    engine.markAll();
  }

  /** Time passes: unanswered commands, held changes, quiet books, readings that are due. */
  #tick(): void {
    const engine = this.#state;
    const late = engine.orders.timeouts(engine.now, engine.settings.commandTimeout);
    for (const order of late) {
      engine.out.say('warn', 'OUTCOME_UNKNOWN', `No answer for order ${order.clientId}: counted as if it were there until proven.`);
      engine.outcomes.note(order, engine.now);
      engine.mark(engine.market(order.market));
    }
    if (late.length > 0) readNow(engine);
    this.#recover();
    tendGroups(engine);
    proveAge(engine);
    watchIndices(engine);
    tellSilence(engine);
    for (const state of engine.markets) {
      watchBook(engine, state);
      const phase = engine.schedule.phase(state.market, engine.now);
      const isTurning = phase !== state.scheduledPhase;
      state.scheduledPhase = phase;
      const due = isTurning || engine.recovery.isClearing || (state.dueAt !== null && state.dueAt <= engine.now);
      if (due) engine.mark(state);
      else if (!state.dirty) observe(engine, state);
    }
    this.#decideMarked();
    renewExpiries(engine);
  }

  /** Moves start-up, recovery, running reconciliation or the stop along. */
  #recover(): void {
    const engine = this.#state;
    const { recovery } = engine;
    if (recovery.phase === 'stopped') return;
    if (recovery.overdue(engine.now)) this.#giveUpStopping();
    else if (recovery.wantsReading(engine.now, isUrgent(engine))) askForReading(engine);
    this.#tellStopped();
  }

  #giveUpStopping(): void {
    const { out, orders, recovery } = this.#state;
    const known = orders.openCount === 0 ? 'none is known' : `${orders.openCount} may still rest`;
    out.say('error', 'STOP_UNPROVEN', `The exchange did not prove in time that no order of ours rests (${known}): look at the exchange.`);
    recovery.giveUp();
  }

  #tellStopped(): void {
    const engine = this.#state;
    if (this.#toldStopped || engine.recovery.phase !== 'stopped') return;
    this.#toldStopped = true;
    engine.out.push({ type: 'stopped', left: engine.orders.openCount });
  }

  #silence(silent: boolean): void {
    const engine = this.#state;
    if (engine.feedSilent === silent) return;
    engine.feedSilent = silent;
    if (silent) {
      engine.out.say('warn', 'STALE', 'Neither frame nor pong from the exchange: all quotes are pulled until data resumes.');
      sweepWhereCheaper(engine);
    } else engine.out.say('info', 'RESUMED', 'Data resumes.');
    this.#decideAll();
  }

  #exchangeStatus(event: ExchangeStatus): void {
    const engine = this.#state;
    const open = event.exchangeActive && event.tradingActive;
    if (open === !engine.pausedShards.has(event.shard)) return;
    if (open) engine.pausedShards.delete(event.shard);
    else engine.pausedShards.add(event.shard);
    engine.out.say('warn', 'EXCHANGE_STATUS', `Shard ${event.shard} ${open ? 'trades again' : 'is paused by the exchange'}.`);
    engine.markAll();
  }

  #signal(ticker: string, apply: () => void): void {
    apply();
    const state = this.#state.markets.find((candidate) => candidate.market.ticker === ticker);
    if (state !== undefined) this.#state.mark(state);
  }

  #storage(event: StorageHealth): void {
    const engine = this.#state;
    const what = event.of ?? 'journal';
    if (event.ok) engine.storageProblems.delete(what);
    else engine.storageProblems.add(what);
    if (event.ok) engine.out.say('info', 'STORAGE_OK', `The ${what} can be written again.`);
    else engine.out.say('error', 'STORAGE', `The ${what} cannot be written (${event.detail}): no new orders, cancels go on.`);
    engine.markAll();
  }

  #control(event: Control): void {
    const engine = this.#state;
    const { killSwitch } = engine.risk;
    switch (event.command) {
      case 'pause':
        killSwitch.hold(PERSON, event.reason);
        engine.out.say('warn', 'PAUSED', `Paused: ${event.reason}.`);
        break;
      case 'resume':
        killSwitch.release(PERSON);
        resumeGroups(engine);
        engine.out.say('info', 'RESUMED', `Resumed: ${event.reason}.`);
        break;
      case 'kill':
        // A second press changes nothing: all that can be done is under way.
        if (killSwitch.kill('person', event.reason)) this.#halt('killed', `killed: ${event.reason}`);
        break;
      case 'stop':
        this.#stop();
        break;
    }
    this.#decideAll();
    this.#recover();
  }

  /** Everything is cancelled and the run ends; the latch holds until a person clears it. */
  #halt(code: string, text: string): void {
    const engine = this.#state;
    engine.out.push({ type: 'halt', code, text, latch: true });
    engine.out.say('error', 'HALT', `Trading halted (${text}).`);
    this.#stop();
    engine.markAll();
  }

  /** Nothing that adds risk leaves any more, not even what this very step has decided; group triggers go first, single cancels follow. */
  #stop(): void {
    const engine = this.#state;
    engine.recovery.stop(engine.now);
    for (const { type: command, clientId } of engine.out.dropGrowing()) {
      const detail = 'trading has stopped';
      onOrderChange(
        engine,
        engine.orders.refused({ type: 'command-refused', at: engine.now, command, clientId, code: 'not-sent', detail }),
      );
    }
    sweepAll(engine);
  }

  #orderUpdate(event: OrderUpdate): void {
    const engine = this.#state;
    const change = engine.orders.update(event);
    onOrderChange(engine, change);
    watchCancelled(engine, event, change);
  }

  /** Facts that may change results of several markets at once. */
  #recount(): void {
    const { markets, inventory } = this.#state;
    for (const state of markets) this.#results.update(state.index, inventory.result(state.index, state.markAt));
  }

  #holdAgainstLosses(state: MarketState): void {
    const engine = this.#state;
    if (!engine.adopted) return;
    const result = engine.inventory.result(state.index, state.markAt);
    const breach = engine.risk.observe(state.index, result, this.#results.update(state.index, result));
    if (breach === null) return;
    if (engine.risk.losses.breach !== null) this.#halt(breach.code, breach.text);
    else {
      engine.out.say('error', 'MARKET_LOSS', `${state.market.ticker}: ${breach.text}; this market is not quoted any more.`);
      engine.mark(state);
    }
  }
}

/** The earliest moment at which a market owes a decision. */
const nextReport = (engine: EngineState): EpochUs => {
  let due = later(engine.now, engine.settings.decisionInterval);
  for (const state of engine.markets) {
    if (state.last === null) continue;
    const at = later(state.last.at, engine.settings.decisionInterval);
    if (at < due) due = at;
  }
  return due;
};
