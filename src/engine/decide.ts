/** One market decided: view, gates, strategy, limits, difference, permission. Commands are noted before they leave; calls are made of them at the end of the step. */
import type { Decision, NoQuote } from '../domain/actions.js';
import type { ClientOrderId } from '../domain/ids.js';
import { signOf, type BookSide, type Market } from '../domain/market.js';
import type { Cancel } from '../domain/order.js';
import {
  between,
  minQuantity,
  quantity,
  subtractQuantity,
  toSeconds,
  ZERO_QUANTITY,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { noTarget, type MarketView, type Take, type Target } from '../domain/view.js';
import type { BookGlance } from '../estimators/estimates.js';
import { FLOW_LEVELS } from '../estimators/flow-alpha.js';
import type { TopGlance } from '../estimators/live-microprice.js';
import { planCalls } from '../execution/call-planner.js';
import { cancelOf } from '../execution/quote-diff.js';
import type { WorkingOrder } from '../execution/working-order.js';
import { micropriceOf, midOf } from '../orderbook/indicators.js';
import { emptyTop, levelsWithoutOwn, topWithoutOwn, type OwnOrder, type TopOfBook } from '../orderbook/own-orders.js';
import type { EngineState } from './engine-state.js';
import { whyNotQuote } from './gates.js';
import type { MarketState } from './market-state.js';
import { permit } from './permit.js';
import { refreshExposure, riskContext } from './risk-view.js';
import { sendTake } from './takes.js';

const NOT_OWN: readonly OwnOrder[] = Object.freeze([]);

/** Looks at the top of a market without our own orders and lets the estimators see it. */
export const observe = (engine: EngineState, state: MarketState): TopOfBook => {
  const top = peek(engine, state);
  state.mid = state.trust.state === 'good' ? midOf(top) : null;
  if (state.trust.state !== 'good') {
    state.volatility.observe(engine.now, null);
    state.estimates.interrupt();
    return top;
  }
  if (state.book.topVersion !== state.seenVersion) {
    state.seenVersion = state.book.topVersion;
    state.flow.observe(engine.now, top);
    lookClosely(engine, state, top);
  }
  state.seenBid = top.bestBid;
  state.seenAsk = top.bestAsk;
  const mid = midOf(top);
  state.volatility.observe(engine.now, mid);
  if (state.estimates.isDue(engine.now)) state.estimates.observe(engine.now, glanceAt(state, top, mid));
  return top;
};

/** The top of a market without our own orders; empty where the book is not known. */
export const peek = (engine: EngineState, state: MarketState): TopOfBook => {
  const top = emptyTop();
  if (state.trust.state === 'good') topWithoutOwn(state.book, ownOrders(engine, state), top);
  return top;
};

/** For estimators that want more than the mid; nothing where none does. */
const lookClosely = (engine: EngineState, state: MarketState, top: TopOfBook): void => {
  const { estimates, book } = state;
  const seen = estimates.learnsMicroprice ? closeGlance(state, top) : null;
  if (seen !== null) estimates.topped(seen);
  if (!estimates.learnsFlow) return;
  const own = ownOrders(engine, state);
  const [bids, asks] = [levelsWithoutOwn(book, 'bid', own, FLOW_LEVELS), levelsWithoutOwn(book, 'ask', own, FLOW_LEVELS)];
  estimates.flowed(engine.now, bids, asks, microprice(state, top));
};

const closeGlance = (state: MarketState, { bestBid, bestAsk, bidSize, askSize }: TopOfBook): TopGlance | null =>
  bestBid === null || bestAsk === null
    ? null
    : { bid: bestBid, bidSize, ask: bestAsk, askSize, tick: tickAt(state, (bestBid + bestAsk) / 2) };

/** As the market has taught, or the weighted mid. */
const microprice = (state: MarketState, top: TopOfBook): number | null => {
  const seen = state.estimates.learnsMicroprice ? closeGlance(state, top) : null;
  return seen === null ? micropriceOf(top) : state.estimates.microprice(seen);
};

const glanceAt = (state: MarketState, { bestBid, bestAsk }: TopOfBook, mid: number | null): BookGlance => ({
  mid,
  spread: bestBid === null || bestAsk === null ? Infinity : bestAsk - bestBid,
  tick: mid === null ? 0 : tickAt(state, mid),
  payout: state.market.payout,
});

/** Lets the estimators know where our quotes rest, from fair value. */
const noteQuotes = (engine: EngineState, { index, estimates }: MarketState, fair: number | null): void =>
  estimates.quotes(engine.now, fair, restsAt(engine.orders.forMarket(index, 'bid')), restsAt(engine.orders.forMarket(index, 'ask')));

/** Price of the newest order of a side that the exchange has acknowledged and that may be filled. */
const restsAt = (orders: readonly WorkingOrder[]): Price | null => {
  for (let i = orders.length - 1; i >= 0; i--) {
    const order = orders[i];
    if (order !== undefined && order.orderId !== null && order.remaining > 0 && order.phase !== 'unknown') return order.price;
  }
  return null;
};

const ownOrders = (engine: EngineState, state: MarketState): readonly OwnOrder[] => {
  if (!engine.bookHasOwnOrders) return NOT_OWN;
  const bids = engine.orders.forMarket(state.index, 'bid');
  const asks = engine.orders.forMarket(state.index, 'ask');
  if (bids.length + asks.length === 0) return NOT_OWN;
  return [...bids, ...asks].filter((order) => order.orderId !== null);
};

/** Decides one market. A decision is told where commands left, a fill was booked, or the reporting interval has passed. */
export const decide = (engine: EngineState, state: MarketState): void => {
  state.dirty = false;
  state.dueAt = null;
  const top = observe(engine, state);
  refreshExposure(engine, state);
  const why = whyShut(engine, state);
  const before = engine.out.commands.length;
  const target = why === null ? quote(engine, state, top) : pull(engine, state, top, why);
  if (state.estimates.learnsFills) noteQuotes(engine, state, target.fair ?? midOf(top));
  const sent = engine.out.commands.length > before;
  const cause = state.cause ?? (sent ? (why === null ? 'quote' : 'pull') : null);
  state.cause = null;
  if (cause !== null) tell(engine, state, top, target, cause);
  else if (isReportDue(engine, state)) tell(engine, state, top, target, 'interval');
};

export const isReportDue = (engine: EngineState, state: MarketState): boolean =>
  state.last === null ? state.trust.state !== 'none' : between(state.last.at, engine.now) >= engine.settings.decisionInterval;

/** Why this market may not be quoted now, or null. */
export const whyShut = (engine: EngineState, state: MarketState): NoQuote | null =>
  whyNotQuote({
    now: engine.now,
    phase: engine.recovery.phase,
    halted: engine.risk.halted(),
    storageProblem: engine.storageProblem,
    unprotected: engine.groups.blocked(state.market.shard),
    feedSilent: engine.feedSilent,
    market: state.market,
    settled: state.settled,
    exchangeActive: !engine.pausedShards.has(state.market.shard),
    book: state.trust.state,
    bookReason: state.trust.reason,
    crossed: state.book.isCrossed(),
    age: engine.age.age,
    scheduled: engine.schedule.shut(state.market, engine.now),
    settings: engine.settings,
  });

/** Cancels whatever of ours may rest in the market. */
const pull = (engine: EngineState, state: MarketState, top: TopOfBook, why: NoQuote): Target => {
  for (const side of ['bid', 'ask'] as const)
    for (const cancel of engine.diff.pull(engine.orders.forMarket(state.index, side), engine.now))
      if (!isSwept(engine, state, cancel)) permit(engine, state, top, cancel);
  return noTarget(why, midOf(top));
};

/** The exchange is cancelling this order with its whole group: a cancel of its own is held back for a moment. */
const isSwept = (engine: EngineState, state: MarketState, { clientId }: Cancel): boolean => {
  if (!engine.groups.isSweeping(engine.orders.find(clientId)?.group ?? null, engine.now)) return false;
  state.dueAt = engine.now;
  return true;
};

const quote = (engine: EngineState, state: MarketState, top: TopOfBook): Target => {
  const view = viewOf(engine, state, top);
  const wanted = withoutGrowth(engine, state, view.inventory, engine.strategy.quote(view));
  const target = engine.risk.shape(wanted, riskContext(engine, state, top));
  const { commands, dangerous, dueAt } = engine.diff.diff({
    index: state.index,
    market: state.market,
    target,
    bids: engine.orders.forMarket(state.index, 'bid'),
    asks: engine.orders.forMarket(state.index, 'ask'),
    bestBid: top.bestBid,
    bestAsk: top.bestAsk,
    now: engine.now,
    group: engine.groups.openId(state.market.shard),
    expiresAt: engine.renewals.expiry(state.market.shard, engine.exchangeNow),
  });
  state.dueAt = dueAt;
  const refusals: Partial<Record<BookSide, NoQuote>> = {};
  for (const command of commands) {
    const refusal = permit(engine, state, top, command);
    if (refusal === null) continue;
    const order = engine.orders.find(command.clientId);
    refusals[command.type === 'place' || command.type === 'amend' ? command.side : (order?.side ?? 'bid')] = refusal;
    const cancel = order !== null && dangerous.includes(command.clientId) ? cancelOf(order) : null;
    if (cancel !== null) permit(engine, state, top, cancel);
  }
  const { take } = target;
  if (take !== undefined) {
    const refusal = sendTake(engine, state, top, take);
    // Where a take was wanted, its side has no other reason that matters.
    if (refusal !== null) return take.side === 'bid' ? { ...target, noBid: refusal } : { ...target, noAsk: refusal };
  }
  return { ...target, noBid: target.noBid ?? refusals.bid ?? null, noAsk: target.noAsk ?? refusals.ask ?? null };
};

/** While the exchange's position and ours have not agreed, and near the end of a market, nothing adds to the position. */
export const withoutGrowth = (engine: EngineState, state: MarketState, held: Quantity, target: Target): Target => {
  const why = state.drift === null ? engine.schedule.reduceOnly(state.market, engine.now) : { code: 'position-drift', text: state.drift };
  if (why === null) return target;
  const { take, ...rest } = target;
  const kept = take === undefined ? null : reducing(take, held);
  return {
    ...rest,
    ...(kept === null ? {} : { take: kept }),
    ...(held >= 0 ? { bid: null, noBid: why } : {}),
    ...(held <= 0 ? { ask: null, noAsk: why } : {}),
  };
};

/** What of a take gets rid of inventory; null where nothing does. */
const reducing = (take: Take, held: Quantity): Take | null => {
  const most = -signOf(take.side) * held;
  return most <= 0 ? null : { ...take, size: minQuantity(take.size, quantity(most)) };
};

export const viewOf = (engine: EngineState, state: MarketState, top: TopOfBook): MarketView => {
  const { market } = state;
  const mid = midOf(top);
  const valued = engine.indexDesk.value(market, engine.now);
  const isMissing = valued !== null && 'code' in valued;
  return {
    market,
    now: engine.now,
    bestBid: top.bestBid,
    bestAsk: top.bestAsk,
    bidSize: top.bidSize,
    askSize: top.askSize,
    mid,
    microprice: microprice(state, top),
    imbalance: state.flow.value(engine.now),
    volatility: state.volatility.value(engine.now, mid === null ? 0 : tickAt(state, mid)),
    inventory: engine.inventory.position(state.index),
    alpha:
      engine.signals.getExternalSkew(market.ticker, engine.now, mid, market.payout) +
      flowAlpha(engine, state, top) +
      (valued === null || isMissing ? 0 : engine.indexDesk.skew(valued.probability, mid, market.payout)),
    secondsToClose: secondsTo(engine, market.closesAt),
    // What is settled by an index is settled by its value at the close, whenever the result is told.
    secondsToSettlement: secondsToSettlement(engine, valued === null ? market : { closesAt: market.closesAt }),
    estimates: state.estimates.value,
    valuation: isMissing ? null : valued,
    noValuation: isMissing ? valued : null,
    related: engine.strategy.linksOutcomes === true ? engine.related.of(state, engine.inventory) : null,
  };
};

/** Half of the spread is the most that order flow may move fair value. */
const flowAlpha = ({ now }: EngineState, { estimates }: MarketState, { bestBid, bestAsk }: TopOfBook): number =>
  estimates.learnsFlow && bestBid !== null && bestAsk !== null ? estimates.flowAlpha(now, Math.max(0, bestAsk - bestBid) / 2) : 0;

const secondsTo = (engine: EngineState, moment: EpochUs | null): number | null =>
  moment === null ? null : toSeconds(between(engine.now, moment));

/** To the result as the exchange expects it, else to the close. One that is overdue may come any moment. */
const secondsToSettlement = (engine: EngineState, { closesAt, determinesAt }: Pick<Market, 'closesAt' | 'determinesAt'>): number | null => {
  const left = secondsTo(engine, determinesAt ?? closesAt);
  return left === null ? null : Math.max(0, left);
};

/** Step of the grid at a price, in price units. */
const tickAt = (state: MarketState, at: number): number => {
  const floor = state.market.grid.floor(at) ?? state.market.grid.lowest;
  const next = state.market.grid.next(floor);
  return next === null ? 0 : next - floor;
};

/** Makes calls of the step's commands. */
export const sendCommands = (engine: EngineState): void => {
  const { commands } = engine.out;
  if (commands.length === 0) return;
  const calls = planCalls(commands, {
    shardOf: engine.shardOf,
    unscopedTokens: engine.budgets.tokens(0, engine.now) - engine.budgets.sweepReserve,
    cost: (kind) => engine.budgets.cost(kind),
  });
  for (const call of calls) {
    engine.budgets.batched(call, engine.shardOf, engine.now);
    engine.out.push({ type: 'send', call });
  }
  commands.length = 0;
};

const tell = (engine: EngineState, state: MarketState, top: TopOfBook, target: Target, cause: Decision['cause']): void => {
  const bid = resting(engine.orders.forMarket(state.index, 'bid'), state.takeId);
  const ask = resting(engine.orders.forMarket(state.index, 'ask'), state.takeId);
  const mid = midOf(top);
  const mark = mid ?? state.markAt;
  if (mid !== null) state.markAt = mid;
  const decision: Decision = {
    type: 'decision',
    market: state.index,
    at: engine.now,
    bestBid: top.bestBid,
    bestAsk: top.bestAsk,
    mid,
    fair: target.fair,
    reservation: target.reservation,
    bid: bid.price,
    bidSize: bid.size,
    ask: ask.price,
    askSize: ask.size,
    noBid: bid.price === null ? target.noBid : null,
    noAsk: ask.price === null ? target.noAsk : null,
    inventory: engine.inventory.position(state.index),
    unrealized: engine.inventory.unrealized(state.index, mark),
    realized: engine.inventory.realized(state.index),
    fees: engine.inventory.fees(state.index),
    cause,
  };
  state.last = decision;
  engine.out.push(decision);
};

/** The order of a side as it will rest once all that is on its way has arrived: the newest that is not being cancelled. A take never rests. */
const resting = (
  orders: readonly WorkingOrder[],
  takeId: ClientOrderId | null,
): { readonly price: Price | null; readonly size: Quantity } => {
  for (let i = orders.length - 1; i >= 0; i--) {
    const order = orders[i];
    if (order === undefined || order.phase === 'pending-cancel' || order.clientId === takeId) continue;
    if (order.pending !== null) return { price: order.pending.price, size: subtractQuantity(order.pending.total, order.filled) };
    return { price: order.price, size: order.remaining };
  }
  return { price: null, size: ZERO_QUANTITY };
};
