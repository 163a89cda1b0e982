/**
 * Orders that trade at once or not at all. One per signal and one at a time: as long as the outcome of the last one is not known, or fills of it are still to come, the
 * next one waits. On the way out they pass risk like everything else.
 */
import type { NoQuote } from '../domain/actions.js';
import type { BookSide } from '../domain/market.js';
import type { Place } from '../domain/order.js';
import { between, seconds, toSeconds, type DurationUs } from '../domain/units.js';
import type { Quote, Take } from '../domain/view.js';
import type { TopOfBook } from '../orderbook/own-orders.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';
import { permit } from './permit.js';
import { riskContext } from './risk-view.js';

/** A book that is further behind is not taken from, whatever the signal's limit: others have seen the newer one (quoting reference f.4). */
const BOOK_AGE_MAX = seconds(1);

/** @returns why the take does not leave, or null where it has */
export const sendTake = (engine: EngineState, state: MarketState, top: TopOfBook, take: Take): NoQuote | null => {
  const why = whyNotTake(engine, state, take);
  if (why !== null) return why;
  const cut = engine.risk.shapeTake(take, riskContext(engine, state, top));
  if (cut.quote === null) return cut.refused;
  const place = placeOf(engine, state, take.side, cut.quote);
  const refusal = permit(engine, state, top, place);
  if (refusal !== null) return refusal;
  state.takeId = place.clientId;
  state.answeredSignal = take.signal;
  return null;
};

const whyNotTake = (engine: EngineState, state: MarketState, take: Take): NoQuote | null => {
  const limits = engine.takeLimits;
  if (limits === null) return { code: 'takes-off', text: `the strategy ${engine.strategy.name} is no taker: it may not trade at once` };
  if (take.signal <= state.answeredSignal)
    return { code: 'signal-answered', text: 'this signal has been answered: waiting for the next one' };
  if (isUnresolved(engine, state)) return { code: 'take-unresolved', text: 'the outcome of the last take is not known yet' };
  const age = between(take.signal, engine.now);
  if (age > limits.signalAgeMax) return { code: 'old-signal', text: `the signal is ${text(age)} old, limit ${text(limits.signalAgeMax)}` };
  const bookAgeMax = limits.signalAgeMax < BOOK_AGE_MAX ? limits.signalAgeMax : BOOK_AGE_MAX;
  if (engine.age.age > bookAgeMax)
    return { code: 'old-book', text: `the book is ${text(engine.age.age)} behind, limit ${text(bookAgeMax)} for takes` };
  return null;
};

/** Also while it has ended and reported fills have not been seen yet: only then is the position what it will be. */
const isUnresolved = (engine: EngineState, { takeId }: MarketState): boolean => {
  const last = takeId === null ? null : engine.orders.find(takeId);
  return last !== null && (last.phase !== 'done' || last.exposure > 0);
};

const placeOf = (engine: EngineState, state: MarketState, side: BookSide, { price, size }: Quote): Place => ({
  type: 'place',
  clientId: engine.ids.next(),
  market: state.index,
  side,
  price,
  quantity: size,
  timeInForce: 'immediate-or-cancel',
  postOnly: false,
  reduceOnly: false,
  cancelOnPause: engine.cancelOnPause,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: engine.groups.openId(state.market.shard),
});

const text = (span: DurationUs): string => `${toSeconds(span).toFixed(1)} s`;
