/** What facts about markets do to the engine's picture of them. Decisions wait until the batch ends. */
import type { BookDelta, BookLost, BookSnapshot, MarketChanged, PublicTrade } from '../domain/events.js';
import { between, formatPrice, formatQuantity, seconds, UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';

/** A lost book is asked for again at most this often. */
const ASK_AGAIN = seconds(2);
/** A book may be crossed for so long before it counts as lost. */
const CROSSED_MAX = seconds(2);

export const onDelta = (engine: EngineState, event: BookDelta): void => {
  const state = engine.market(event.market);
  state.heardAt = engine.now;
  engine.age.observe(event.exchangeAt, engine.now);
  if (state.trust.state !== 'good') return;
  const problem = state.book.applyDelta(event.side, event.price, event.change);
  if (problem !== null) lose(engine, state, problem);
  else if (state.book.topVersion !== state.seenVersion) engine.mark(state);
};

export const onSnapshot = (engine: EngineState, event: BookSnapshot): void => {
  const state = engine.market(event.market);
  state.heardAt = engine.now;
  engine.age.observe(event.exchangeAt, engine.now);
  const problem = state.book.applySnapshot(event.bids, event.asks);
  state.flow.forgetTop();
  engine.mark(state);
  if (problem !== null) {
    lose(engine, state, problem);
    return;
  }
  if (state.trust.state === 'lost') engine.out.say('info', 'BOOK_BACK', `The book of ${state.market.ticker} is whole again.`);
  state.trust.state = 'good';
  state.trust.reason = null;
};

export const onTrade = (engine: EngineState, event: PublicTrade): void => {
  const state = engine.market(event.market);
  state.heardAt = engine.now;
  engine.age.observe(event.exchangeAt, engine.now);
  const touch = event.takerSide === 'bid' ? state.seenAsk : state.seenBid;
  state.estimates.traded(event.exchangeAt, event.takerSide, event.price, touch, state.market.grid);
};

/** The feed itself gave up on a book; it has already asked for a fresh one where it can. */
export const onLost = (engine: EngineState, event: BookLost): void => {
  const state = engine.market(event.market);
  if (state.trust.state === 'none') return;
  distrust(engine, state, event.reason);
  state.askedAt = engine.now;
};

/** The book contradicts itself: a message was lost or changed. The market is pulled and a fresh book asked for. */
export const lose = (engine: EngineState, state: MarketState, reason: BookLost['reason']): void => {
  distrust(engine, state, reason);
  askForBook(engine, state);
};

const distrust = (engine: EngineState, state: MarketState, reason: BookLost['reason']): void => {
  if (state.trust.state === 'good')
    engine.out.say(
      'warn',
      'BOOK_LOST',
      `The book of ${state.market.ticker} is lost (${reason}): quotes are pulled until a fresh snapshot.`,
    );
  state.trust.state = 'lost';
  state.trust.reason = reason;
  state.book.markLost();
  state.flow.forgetTop();
  engine.mark(state);
};

const askForBook = (engine: EngineState, state: MarketState): void => {
  if (between(state.askedAt, engine.now) < ASK_AGAIN) return;
  state.askedAt = engine.now;
  engine.out.push({ type: 'request-snapshot', market: state.index });
};

/** Lost books are asked for again, and books that have been quiet for long are proven. */
export const watchBook = (engine: EngineState, state: MarketState): void => {
  if (state.trust.state === 'lost') askForBook(engine, state);
  else if (staysCrossed(engine, state)) lose(engine, state, 'crossed');
  else if (state.trust.state === 'good' && isQuiet(engine, state)) askForBook(engine, state);
};

/** What came last was old, and nothing has come since: one fresh book shows whether the backlog is over. Where it goes on, frames come all the time. */
export const proveAge = (engine: EngineState): void => {
  const { age, now } = engine;
  const { dataAgeMax } = engine.settings;
  if (age.age <= dataAgeMax || between(age.heardAt, now) < dataAgeMax) return;
  const state = engine.markets.find(({ trust }) => trust.state === 'good');
  if (state !== undefined && between(state.askedAt, now) >= dataAgeMax) askForBook(engine, state);
};

/** Books cross for moments while messages are on their way; one that stays crossed has missed some. */
const staysCrossed = (engine: EngineState, state: MarketState): boolean => {
  if (state.trust.state !== 'good' || !state.book.isCrossed()) {
    state.crossedSince = UNKNOWN_TIME;
    return false;
  }
  if (state.crossedSince === UNKNOWN_TIME) state.crossedSince = engine.now;
  return between(state.crossedSince, engine.now) >= CROSSED_MAX;
};

const isQuiet = (engine: EngineState, state: MarketState): boolean => {
  const since: EpochUs = state.askedAt > state.heardAt ? state.askedAt : state.heardAt;
  return between(since, engine.now) >= engine.settings.quietMarket;
};

export const onChanged = (engine: EngineState, event: MarketChanged): void => {
  const state = engine.market(event.market);
  const { status, grid, closesAt, fees, strike, settlesAt } = event;
  const before = state.market;
  state.market = {
    ...before,
    ...(status === undefined ? {} : { status }),
    ...(grid === undefined ? {} : { grid }),
    ...(closesAt === undefined ? {} : { closesAt }),
    ...(fees === undefined ? {} : { fees }),
    ...(strike === undefined ? {} : { strike }),
  };
  engine.mark(state);
  if (status !== undefined && status !== before.status)
    engine.out.say('info', 'MARKET_STATUS', `${before.ticker} is ${status} (was ${before.status}).`);
  if (grid !== undefined && !grid.equals(before.grid)) {
    engine.out.say('info', 'MARKET_GRID', `${before.ticker} has a new tick structure with ${grid.levelCount} prices.`);
    const problem = state.book.regrid(grid);
    if (problem !== null) lose(engine, state, problem);
  }
  if (settlesAt !== undefined) settle(engine, state, settlesAt);
};

/** Books a settlement. Before the position is known there is nothing to pay out yet: it is kept until then. */
export const settle = (engine: EngineState, state: MarketState, value: NonNullable<MarketChanged['settlesAt']>): void => {
  state.settled = true;
  state.settlesAt = value;
  if (!state.counts) return;
  const booked = engine.inventory.settle(state.index, value, state.market.payout);
  if (booked === null) return;
  state.cause = 'fill';
  engine.out.push({
    type: 'adjusted',
    market: state.index,
    cause: booked.corrected ? 'settlement-corrected' : 'settled',
    position: engine.inventory.position(state.index),
    cost: engine.inventory.cost(state.index),
    realized: booked.realized,
    fee: booked.fee,
    asOf: UNKNOWN_TIME,
  });
  if (booked.corrected)
    engine.out.say(
      'warn',
      'SETTLEMENT_CORRECTED',
      `${state.market.ticker}: the exchange took its settlement back; the payout booked before is reversed and booked anew. The market is not quoted again.`,
    );
  engine.out.say(
    'info',
    'SETTLED',
    `${state.market.ticker} settles at ${formatPrice(value)}: position ${formatQuantity(booked.position)} paid out.`,
  );
};
