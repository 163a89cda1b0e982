/** What the venue's answers and the private stream do to orders, inventory and trust. */
import type { CommandRefused, Fill } from '../domain/events.js';
import type { FillReport } from '../domain/order.js';
import { formatQuantity, later, subtractCash, UNKNOWN_TIME } from '../domain/units.js';
import type { OrderChange } from '../execution/orders.js';
import { isInPosition } from './carry-over.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';
import { refreshExposure } from './risk-view.js';

/** Whatever a fact did to an order: its market is looked at again, and a surprise is told. */
export const onOrderChange = (engine: EngineState, change: OrderChange): void => {
  if (change.order !== null) {
    engine.outcomes.note(change.order, engine.now);
    noteExposure(engine, engine.market(change.order.market));
  }
  if (change.surprise === null) return;
  engine.out.say('warn', 'ORDER_SURPRISE', `${sentence(change.surprise)}.`);
  readSoon(engine);
};

/** Other markets may be decided before this one: the limits that they share must know at once. */
export const noteExposure = (engine: EngineState, state: MarketState): void => {
  refreshExposure(engine, state);
  engine.mark(state);
};

/** What an answer should have told is asked for at once: orders and fills tell it. */
export const readNow = (engine: EngineState): void => {
  if (engine.recovery.phase === 'trading') engine.recovery.readAt(engine.now);
};

/** What cannot be explained is looked up, positions and balance included. */
export const readSoon = (engine: EngineState): void => {
  if (engine.recovery.phase === 'trading') engine.fullReadingAt = engine.now;
  engine.recovery.readSoon(engine.now);
};

export const onRefused = (engine: EngineState, event: CommandRefused): void => {
  const order = engine.orders.find(event.clientId);
  if (order !== null && event.command !== 'cancel') {
    const state = engine.market(order.market);
    if (event.code === 'post-only-cross')
      engine.diff.noteCrossRefused(order.market, order.side, order.pending?.price ?? order.price, engine.now);
    // That nobody was there any more to trade with is no fault.
    if (event.code !== 'rate-limited' && event.code !== 'group-triggered' && event.code !== 'unfilled')
      engine.risk.noteRefusal(order.market, engine.now);
    engine.out.say(
      event.code === 'post-only-cross' || event.code === 'unfilled' ? 'info' : 'warn',
      'ORDER_REFUSED',
      `${state.market.ticker}: ${event.command} refused (${event.code}): ${event.detail}.`,
    );
    if (event.code === 'market-inactive' || event.code === 'insufficient-balance') readSoon(engine);
  }
  if (event.code === 'unauthorized' || event.code === 'forbidden') refuseKey(engine, event);
  onOrderChange(engine, engine.orders.refused(event));
};

/** Without a key that is let in nothing can be placed, and perhaps nothing cancelled: quoting stops until a reading shows that the key works again. */
const refuseKey = (engine: EngineState, event: CommandRefused): void => {
  const isNew = engine.risk.killSwitch.hold(event.code, `the exchange refuses our key (${event.code}): ${event.detail}`);
  if (isNew)
    engine.out.say(
      'error',
      'KEY_REFUSED',
      `The exchange refuses our key (${event.code}): ${event.detail}. Check key, scopes and clock; quoting stops.`,
    );
  readSoon(engine);
};

export const onRateLimited = (engine: EngineState): void => {
  if (engine.pausedUntil <= engine.now)
    engine.out.say(
      'warn',
      'RATE_LIMITED',
      `The exchange says too many requests: no new orders for ${engine.settings.rateLimitPause / 1e3} ms, cancels go on.`,
    );
  engine.pausedUntil = later(engine.now, engine.settings.rateLimitPause);
  engine.budgets.exhausted(engine.now);
};

export const onFill = (engine: EngineState, event: Fill): void => {
  takeFill(engine, event.fill, event.source);
};

/** Counts a fill once. Before positions are known it is only remembered: the reading that is adopted contains it. */
export const takeFill = (engine: EngineState, fill: FillReport, source: Fill['source']): boolean => {
  const state = engine.market(fill.market);
  if (isInPosition(engine, state, fill)) return false;
  const change = engine.orders.filled(fill, engine.now);
  onOrderChange(engine, change);
  if (!state.counts) noteEarly(engine, fill);
  if (!change.fresh || !state.counts) return false;
  book(engine, state, fill, source, change);
  return true;
};

const book = (engine: EngineState, state: MarketState, fill: FillReport, source: Fill['source'], change: OrderChange): void => {
  const earned = engine.inventory.realized(fill.market);
  const holding = engine.inventory.fill(fill);
  // The exchange vouches for its readings by its own clock: a fill found in one is dated by that clock too.
  state.filledAt = source === 'rest' && fill.exchangeAt !== UNKNOWN_TIME ? fill.exchangeAt : engine.now;
  state.cause = 'fill';
  if (fill.role === 'maker' && change.order !== null) {
    const part = Math.min(1, fill.quantity / change.order.total);
    state.estimates.filled(engine.now, fill.side, fill.price, part);
  }
  engine.counted.note(fill);
  noteExposure(engine, state);
  engine.out.push({
    type: 'booked',
    at: engine.now,
    fillId: fill.fillId,
    orderId: fill.orderId,
    clientId: change.order?.clientId ?? fill.clientId,
    market: fill.market,
    side: fill.side,
    price: fill.price,
    quantity: fill.quantity,
    fee: fill.fee,
    role: fill.role,
    exchangeAt: fill.exchangeAt,
    source,
    realized: subtractCash(holding.realized, earned),
    position: holding.position,
    cost: holding.cost,
  });
  const drift = engine.fees.check(state.market, fill, engine.now);
  if (drift !== null) engine.out.say('warn', 'FEE_DRIFT', `${drift.text}.`);
  if (fill.positionAfter === null || fill.positionAfter === holding.position) return;
  engine.out.say(
    'warn',
    'POSITION_DIFFERS',
    `${state.market.ticker}: the exchange counts ${formatQuantity(fill.positionAfter)} after this fill, we count ${formatQuantity(holding.position)}; reading the account.`,
  );
  readSoon(engine);
};

export const noteEarly = (engine: EngineState, fill: FillReport): void => {
  if (fill.exchangeAt > engine.newestEarlyFill) engine.newestEarlyFill = fill.exchangeAt;
};

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
