/** What the venue's answers, the private stream and readings of the account do to orders, inventory and trust. */
import type { AccountReading, CommandRefused, Fill } from '../domain/events.js';
import type { FillReport } from '../domain/order.js';
import {
  durationUs,
  formatQuantity,
  later,
  millis,
  seconds,
  UNKNOWN_TIME,
  ZERO_CASH,
  ZERO_QUANTITY,
  type DurationUs,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import type { OrderChange } from '../execution/orders.js';
import type { EngineState } from './engine-state.js';
import { settle } from './market-data.js';
import type { MarketState } from './market-state.js';
import { watchVanished } from './protection.js';
import { PROOF_MARGIN } from './recovery.js';
import { refreshExposure } from './risk-view.js';

/** Fills are asked for again from a little before the span already proven, so that the spans join. */
const FILL_OVERLAP = seconds(60);
const READ_SOON = millis(500);
/** Without a stream there may still be orders of an earlier run to be found and cancelled. */
const READ_WHILE_WAITING = seconds(5);
/** The stream stamps whole milliseconds. */
const STAMP_STEP = millis(1);

/** Whatever a fact did to an order: its market is looked at again, and a surprise is told. */
export const onOrderChange = (engine: EngineState, change: OrderChange): void => {
  if (change.order !== null) noteExposure(engine, engine.market(change.order.market));
  if (change.surprise === null) return;
  engine.out.say('warn', 'ORDER_SURPRISE', `${sentence(change.surprise)}.`);
  readSoon(engine);
};

/** Other markets may be decided before this one: the limits that they share must know at once. */
const noteExposure = (engine: EngineState, state: MarketState): void => {
  refreshExposure(engine, state);
  engine.mark(state);
};

/** What cannot be explained is looked up. */
export const readSoon = (engine: EngineState): void => {
  engine.recovery.readSoon(engine.now);
};

export const onRefused = (engine: EngineState, event: CommandRefused): void => {
  const order = engine.orders.find(event.clientId);
  if (order !== null && event.command !== 'cancel') {
    const state = engine.market(order.market);
    if (event.code === 'post-only-cross')
      engine.diff.noteCrossRefused(order.market, order.side, order.pending?.price ?? order.price, engine.now);
    if (event.code !== 'rate-limited' && event.code !== 'group-triggered') engine.risk.noteRefusal(order.market, engine.now);
    engine.out.say(
      event.code === 'post-only-cross' ? 'info' : 'warn',
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
  takeFill(engine, event.fill);
};

/** Counts a fill once. Before positions are adopted it is only remembered: the reading that is adopted contains it. */
const takeFill = (engine: EngineState, fill: FillReport): boolean => {
  if (isInAdoptedPosition(engine, fill)) return false;
  const change = engine.orders.filled(fill, engine.now);
  onOrderChange(engine, change);
  if (!engine.adopted) noteEarly(engine, fill);
  if (!change.fresh || !engine.adopted) return false;
  const state = engine.market(fill.market);
  const holding = engine.inventory.fill(fill);
  state.filledAt = engine.now;
  state.cause = 'fill';
  noteExposure(engine, state);
  engine.out.push({
    type: 'booked',
    market: fill.market,
    side: fill.side,
    price: fill.price,
    quantity: fill.quantity,
    fee: fill.fee,
    position: holding.position,
  });
  if (fill.positionAfter !== null && fill.positionAfter !== holding.position) {
    engine.out.say(
      'warn',
      'POSITION_DIFFERS',
      `${state.market.ticker}: the exchange counts ${formatQuantity(fill.positionAfter)} after this fill, we count ${formatQuantity(holding.position)}; reading the account.`,
    );
    readSoon(engine);
  }
  return true;
};

/**
 * A fill of before the moment for which positions were adopted is in them already. Orders of this run were all placed later, whatever the exchange's clock says
 * about their fills.
 */
const isInAdoptedPosition = (engine: EngineState, fill: FillReport): boolean => {
  if (!engine.adopted || fill.exchangeAt === UNKNOWN_TIME || fill.exchangeAt > engine.adoptedAsOf) return false;
  const clientId = engine.orders.findByOrderId(fill.orderId)?.clientId ?? fill.clientId;
  return clientId === null || !clientId.startsWith(engine.runPrefix);
};

/**
 * The positions of a reading are of some moment after the one it is vouched for. A fill in between may or may not be in them, so with such a fill they are not
 * adopted; a later reading will be newer than it.
 */
const isSettledPicture = (engine: EngineState, reading: AccountReading): boolean => {
  for (const fill of reading.fills) noteEarly(engine, fill);
  return later(engine.newestEarlyFill, STAMP_STEP) <= reading.validUntil;
};

const noteEarly = (engine: EngineState, fill: FillReport): void => {
  if (fill.exchangeAt > engine.newestEarlyFill) engine.newestEarlyFill = fill.exchangeAt;
};

/** Asks for a reading, with fills since what is already proven. */
export const askForReading = (engine: EngineState): void => {
  const known = engine.orders.fillsKnownUntil;
  const from = known === UNKNOWN_TIME ? engine.startedAt : known;
  const since = later(from, durationUs(-FILL_OVERLAP));
  engine.fillsSince = since > engine.adoptedAsOf ? since : engine.adoptedAsOf;
  engine.out.push({ type: 'request-account', request: engine.recovery.asked(engine.now), fillsSince: engine.fillsSince });
};

/** Moments of ours are compared with moments of the exchange's: where our clock is behind, a reading must be newer by that much more. */
const proofMargin = (engine: EngineState): DurationUs => durationUs(PROOF_MARGIN + engine.age.clockBehind);

export const onReading = (engine: EngineState, reading: AccountReading): void => {
  const { recovery, orders, out } = engine;
  engine.age.witness(reading.validUntil, engine.now);
  if (!recovery.isCurrent(reading)) return;
  let found = 0;
  // The exchange lists the newest first; what a position cost depends on the order.
  for (const fill of inOrder(reading.fills)) if (takeFill(engine, fill)) found++;
  if (found > 0) out.say('warn', 'FILLS_FOUND', `${found} fills that the stream had not told were found by reading the account.`);
  const margin = proofMargin(engine);
  const outcome = orders.reconcile(reading, engine.now, { margin, fillsSince: engine.fillsSince });
  watchVanished(engine, outcome.vanished);
  for (const surprise of outcome.surprises) out.say('warn', 'RECONCILED', `${sentence(surprise)}.`);
  // A reading is signed with the same key. What may be read may still not be written: `forbidden` stays until a person has looked.
  if (reading.complete) engine.risk.killSwitch.release('unauthorized');
  else out.say('warn', 'READING_INCOMPLETE', 'A reading of the account came back incomplete: it proves nothing and is repeated.');
  const proves = recovery.proves(reading, margin);
  const clear = proves && orders.openCount === 0 && (engine.adopted || isSettledPicture(engine, reading) || recovery.phase === 'stopping');
  const wasClearing = recovery.phase === 'clearing';
  recovery.received(reading, clear && recovery.isClearing, engine.now);
  if (wasClearing && clear) {
    if (engine.adopted) comparePositions(engine, reading);
    else adoptPositions(engine, reading);
    out.say('info', 'READY', 'Nothing of ours rests and the account is read: quoting begins.');
  }
  if (recovery.phase === 'trading' && !wasClearing) whileTrading(engine, reading, outcome.proves, outcome.undecided.length > 0);
  if (recovery.phase === 'trading' && wasClearing) recovery.readAt(nextReading(engine));
  if (recovery.phase === 'waiting' && orders.openCount === 0) recovery.readAt(later(engine.now, READ_WHILE_WAITING));
  for (const state of engine.markets) noteExposure(engine, state);
};

const inOrder = (fills: readonly FillReport[]): readonly FillReport[] =>
  fills.length < 2 ? fills : fills.toReversed().sort((a, b) => a.exchangeAt - b.exchangeAt);

/** Orders on their way change no position, fills do: so positions are compared however busy we are. */
const whileTrading = (engine: EngineState, reading: AccountReading, vouched: boolean, undecided: boolean): void => {
  const suspicious = vouched && comparePositions(engine, reading);
  if (suspicious || undecided || engine.orders.unknowns().length > 0) engine.recovery.readAt(later(engine.now, READ_SOON));
  else engine.recovery.readAt(nextReading(engine));
};

/** With periodic readings turned off the next one is never due by itself. */
const nextReading = (engine: EngineState): EpochUs =>
  engine.settings.reconcileEvery > 0 ? later(engine.now, engine.settings.reconcileEvery) : (Number.MAX_SAFE_INTEGER as EpochUs);

const adoptPositions = (engine: EngineState, reading: AccountReading): void => {
  for (const held of reading.positions) {
    const state = engine.market(held.market);
    engine.inventory.adopt({ market: held.market, position: held.position, cost: held.cost, payout: state.market.payout });
    if (held.position !== ZERO_QUANTITY)
      engine.out.say(
        'info',
        'POSITION_ADOPTED',
        `${state.market.ticker}: position of ${formatQuantity(held.position)} taken over from the exchange.`,
      );
  }
  // Limits over events and the account count every market from the first decision on.
  for (const state of engine.markets) refreshExposure(engine, state);
  engine.adopted = true;
  engine.adoptedAsOf = reading.validUntil;
  for (const state of engine.markets) if (state.settlesAt !== null) settle(engine, state, state.settlesAt);
  if (reading.foreign > 0)
    engine.out.say('info', 'FOREIGN', `${reading.foreign} orders and positions of this account lie outside this run and are left alone.`);
};

/**
 * Holds our positions against a reading that proves. A difference must show twice, and not be a fill that the reading is too old to know; then the exchange's number
 * stands and the growing side of that market is shut until a later reading agrees.
 * @returns true where something differs and should be read again soon
 */
const comparePositions = (engine: EngineState, reading: AccountReading): boolean => {
  let differs = false;
  for (const state of engine.markets) {
    const held = reading.positions.find((position) => position.market === state.index);
    const theirs = held?.position ?? ZERO_QUANTITY;
    const ours = engine.inventory.position(state.index);
    if (state.settled || isNewerThan(state, reading, proofMargin(engine))) continue;
    if (theirs === ours) agree(engine, state);
    else differs = true;
    if (theirs !== ours && state.doubted === theirs) overrule(engine, state, theirs, held?.cost ?? ZERO_CASH);
    else state.doubted = theirs === ours ? null : theirs;
  }
  return differs;
};

const isNewerThan = (state: MarketState, reading: AccountReading, margin: DurationUs): boolean =>
  state.filledAt !== UNKNOWN_TIME && later(state.filledAt, margin) >= reading.validUntil;

const agree = (engine: EngineState, state: MarketState): void => {
  if (state.drift === null) return;
  state.drift = null;
  engine.out.say('info', 'POSITION_AGREES', `${state.market.ticker}: our position agrees with the exchange again.`);
};

const overrule = (engine: EngineState, state: MarketState, theirs: Quantity, cost: AccountReading['balance']): void => {
  const ours = engine.inventory.position(state.index);
  state.drift = `position drift: the exchange holds ${formatQuantity(theirs)}, we counted ${formatQuantity(ours)}`;
  state.doubted = null;
  engine.inventory.adopt({ market: state.index, position: theirs, cost, payout: state.market.payout });
  engine.out.say(
    'error',
    'POSITION_DRIFT',
    `${state.market.ticker}: ${state.drift}; the exchange's number stands, and no order that adds to it leaves until a reading agrees.`,
  );
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
