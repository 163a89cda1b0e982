/** What outlives a run: the position of every market, and which fills are in it. Taken up from an earlier run, kept up to date, handed to the next. */
import type { CarriedOver, CountedFill, SessionSoFar } from '../domain/events.js';
import type { MarketIndex } from '../domain/ids.js';
import type { FillReport } from '../domain/order.js';
import {
  addCash,
  durationUs,
  formatCash,
  later,
  subtractCash,
  UNKNOWN_TIME,
  type Cash,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';
import { FILL_OVERLAP } from './recovery.js';
import { refreshExposure } from './risk-view.js';

/** Positions stand as the earlier run left them; what happened since is asked for fill by fill, and the exchange's positions must then agree. */
export const onCarriedOver = (engine: EngineState, event: CarriedOver): void => {
  let from = Infinity;
  for (const { market, position, cost, countedAfter } of event.holdings) {
    const state = engine.market(market);
    engine.inventory.carry(market, position, cost);
    state.counts = true;
    state.countedAfter = countedAfter;
    from = Math.min(from, countedAfter);
    refreshExposure(engine, state);
  }
  engine.orders.markSeen(event.fills);
  for (const fill of event.fills) engine.counted.note(fill);
  if (event.session !== undefined) takeSession(engine, event.session, event.run);
  if (event.holdings.length === 0) return;
  engine.carriedFrom = from as EpochUs;
  engine.out.say(
    'info',
    'CARRIED_OVER',
    `Positions of ${event.holdings.length} markets are carried over from run ${event.run}; fills since then are asked for.`,
  );
};

const takeSession = (engine: EngineState, session: SessionSoFar, run: string): void => {
  engine.risk.losses.carry(session);
  engine.sessionBefore = session.realized;
  engine.out.say(
    'info',
    'SESSION_CARRIED',
    `The session goes on from run ${run}: ${formatCash(session.realized)} realized less fees so far, best result ${formatCash(session.peak)}. The loss limits count on from there.`,
  );
};

/** The session as the next run needs it. */
export const sessionBy = (engine: EngineState): SessionSoFar => {
  const { realized, fees } = engine.inventory.totals();
  return { realized: addCash(engine.sessionBefore, subtractCash(realized, fees)), peak: engine.risk.losses.peak };
};

/**
 * A fill of before the moment up to which a position was counted is in it already. Orders of this run were all placed later, whatever the exchange's clock says
 * about their fills.
 */
export const isInPosition = (engine: EngineState, state: MarketState, fill: FillReport): boolean => {
  if (!state.counts || fill.exchangeAt === UNKNOWN_TIME || fill.exchangeAt > state.countedAfter) return false;
  const clientId = engine.orders.findByOrderId(fill.orderId)?.clientId ?? fill.clientId;
  return clientId === null || !clientId.startsWith(engine.runPrefix);
};

/** Moment since which fills must be asked for, so that none is missed and none of the span already proven is read for nothing. */
export const fillsToAskFor = (engine: EngineState): EpochUs => {
  const known = engine.orders.fillsKnownUntil;
  const overlap = durationUs(-FILL_OVERLAP);
  if (known === UNKNOWN_TIME) {
    const since = later(engine.startedAt, overlap);
    return engine.carriedFrom !== UNKNOWN_TIME && engine.carriedFrom < since ? engine.carriedFrom : since;
  }
  const since = later(known, overlap);
  let floor = Infinity;
  for (const state of engine.markets) floor = Math.min(floor, state.countedAfter);
  return (floor > since && floor < Infinity ? floor : since) as EpochUs;
};

/** A market as the next run needs it. */
export interface Carried {
  readonly market: MarketIndex;
  readonly position: Quantity;
  readonly cost: Cash;
  /** Of this run alone. */
  readonly realized: Cash;
  readonly fees: Cash;
  readonly countedAfter: EpochUs;
  readonly fills: readonly CountedFill[];
}

/** Every market whose position our own count of fills is. Moves each market's moment up to what readings have proven, and forgets the fills before it. */
export const carriedBy = (engine: EngineState): readonly Carried[] => {
  const known = engine.orders.fillsKnownUntil;
  const proven = known === UNKNOWN_TIME ? UNKNOWN_TIME : later(known, durationUs(-FILL_OVERLAP));
  const countedAfter = (market: MarketIndex): EpochUs => {
    const { countedAfter: own } = engine.market(market);
    return proven > own ? proven : own;
  };
  engine.counted.prune(countedAfter);
  return engine.markets
    .filter((state) => state.counts)
    .map(({ index }) => {
      const { position, cost, realized, fees } = engine.inventory.holding(index);
      return { market: index, position, cost, realized, fees, countedAfter: countedAfter(index), fills: engine.counted.of(index) };
    });
};
