/** Readings of the account: when to ask, how much to ask for, what one proves, and what comes of it. */
import type { AccountReading } from '../domain/events.js';
import type { FillReport } from '../domain/order.js';
import {
  addCash,
  cash,
  durationUs,
  formatCash,
  later,
  millis,
  negateQuantity,
  notional,
  seconds,
  toSeconds,
  UNKNOWN_TIME,
  ZERO_CASH,
  type Cash,
  type DurationUs,
  type EpochUs,
} from '../domain/units.js';
import { noteEarly, noteExposure, sentence, takeFill } from './account.js';
import { fillsToAskFor } from './carry-over.js';
import type { EngineState } from './engine-state.js';
import { adoptPositions, comparePositions, proofMargin } from './positions.js';
import { watchVanished } from './protection.js';

/** Without a stream there may still be orders of an earlier run to be found and cancelled. */
const READ_WHILE_WAITING = seconds(5);
const READ_AGAIN = millis(500);
/** Beyond the margin of proof: a reading that is asked for so long after another is newer than it. */
const OWING_AFTER = millis(250);
/** The stream stamps whole milliseconds. */
const STAMP_STEP = millis(1);
const NEVER = Number.MAX_SAFE_INTEGER as EpochUs;
/** Readings that are vouched for less than one before them for so long: theirs is the truth, and the earlier stamp was wrong. No lag is that long. */
const OLDER_MAX = seconds(10);

/** While an outcome is unknown readings follow each other at these distances, by how long it has been unknown: most are proven within a second. */
const UNKNOWN_PACE: readonly { readonly until: DurationUs; readonly every: DurationUs }[] = [
  { until: seconds(3), every: millis(250) },
  { until: seconds(10), every: millis(500) },
];
const UNKNOWN_PACE_LATER = seconds(1);

/** Something waits for a reading: one that does not come is asked for again sooner. */
export const isUrgent = (engine: EngineState): boolean => engine.recovery.isClearing || engine.outcomes.open > 0;

/** Asks for a reading, with fills since what is already proven. Positions and balance are asked for as well where they are due, and always outside of trading. */
export const askForReading = (engine: EngineState): void => {
  const { recovery, now } = engine;
  const inFull = recovery.phase !== 'trading' || now >= engine.fullReadingAt;
  engine.fillsSince = fillsToAskFor(engine);
  engine.out.push({
    type: 'request-account',
    request: recovery.asked(now),
    fillsSince: engine.fillsSince,
    ...(inFull ? {} : { scope: 'orders' as const }),
  });
};

export const onReading = (engine: EngineState, told: AccountReading): void => {
  const { recovery, orders, out } = engine;
  engine.age.witness(told.validUntil, engine.now);
  if (!recovery.isCurrent(told)) return;
  const reading = believed(engine, told);
  takeFills(engine, reading);
  const margin = proofMargin(engine);
  const outcome = orders.reconcile(reading, engine.now, { margin, fillsSince: engine.fillsSince });
  watchVanished(engine, outcome.vanished);
  for (const surprise of outcome.surprises) out.say('warn', 'RECONCILED', `${sentence(surprise)}.`);
  for (const order of outcome.revived) engine.outcomes.note(order, engine.now);
  for (const span of engine.outcomes.review(engine.now))
    out.say('info', 'OUTCOME_KNOWN', `What was unknown for ${toSeconds(span).toFixed(1)} s is known by reading the account.`);
  // A reading is signed with the same key. What may be read may still not be written: `forbidden` stays until a person has looked.
  if (reading.complete) engine.risk.killSwitch.release('unauthorized');
  else out.say('warn', 'READING_INCOMPLETE', 'A reading of the account came back incomplete: it proves nothing and is repeated.');
  const inFull = reading.scope === undefined;
  const nothingLeft = inFull && recovery.proves(reading, margin) && orders.openCount === 0;
  const wasClearing = recovery.phase === 'clearing';
  const clear = nothingLeft && (wasClearing ? arePositionsSettled(engine, reading) : recovery.phase === 'stopping');
  recovery.received(reading, clear && recovery.isClearing, engine.now);
  if (wasClearing && clear) {
    adoptPositions(engine, reading);
    watchBalance(engine, reading);
    engine.fullReadingAt = nextFull(engine);
    out.say('info', 'READY', 'Nothing of ours rests and the account is read: quoting begins.');
  } else if (recovery.phase === 'trading') whileTrading(engine, reading, outcome.proves, inFull);
  if (recovery.phase === 'trading') {
    const again = outcome.owing.length > 0 ? later(engine.now, durationUs(margin + OWING_AFTER)) : NEVER;
    recovery.readAt(earliest(nextReading(engine), again));
  }
  if (recovery.phase === 'waiting' && orders.openCount === 0) recovery.readAt(later(engine.now, READ_WHILE_WAITING));
  for (const state of engine.markets) noteExposure(engine, state);
};

/**
 * A reading that is vouched for less than an earlier one comes from a part of the exchange that lags behind: what it lists may be learnt from, its silence proves nothing.
 * Where that goes on, the earlier stamp was wrong.
 */
const believed = (engine: EngineState, reading: AccountReading): AccountReading => {
  if (!reading.complete || reading.validUntil === UNKNOWN_TIME) return reading;
  if (engine.olderSince === UNKNOWN_TIME && reading.validUntil < engine.vouchedUntil) engine.olderSince = engine.now;
  if (reading.validUntil >= engine.vouchedUntil || engine.now >= later(engine.olderSince, OLDER_MAX)) {
    engine.vouchedUntil = reading.validUntil;
    engine.olderSince = UNKNOWN_TIME;
    return reading;
  }
  engine.out.say('debug', 'READING_STALE', 'A reading of the account is older than the one before: it proves nothing and is repeated.');
  return { ...reading, validUntil: UNKNOWN_TIME };
};

const takeFills = (engine: EngineState, reading: AccountReading): void => {
  let found = 0;
  // The exchange lists the newest first; what a position cost depends on the order.
  for (const fill of inOrder(reading.fills)) if (takeFill(engine, fill, 'rest')) found++;
  if (found === 0) return;
  const text = engine.adopted
    ? `${found} fills that the stream had not told were found by reading the account.`
    : `${found} fills of before this start were found by reading the account.`;
  engine.out.say('warn', 'FILLS_FOUND', text);
};

const inOrder = (fills: readonly FillReport[]): readonly FillReport[] =>
  fills.length < 2 ? fills : fills.toReversed().sort((a, b) => a.exchangeAt - b.exchangeAt);

/**
 * Positions that we count agree with the reading or have been overruled by it; the others can be taken over: those of a reading are of some moment after the one it is
 * vouched for, and a fill in between may or may not be in them, so with such a fill a later reading is waited for.
 */
const arePositionsSettled = (engine: EngineState, reading: AccountReading): boolean => {
  for (const fill of reading.fills) if (!engine.market(fill.market).counts) noteEarly(engine, fill);
  const open = comparePositions(engine, reading);
  return open === 0 && (engine.adopted || later(engine.newestEarlyFill, STAMP_STEP) <= reading.validUntil);
};

/** Orders on their way change no position, fills do: so positions are compared however busy we are. */
const whileTrading = (engine: EngineState, reading: AccountReading, vouched: boolean, inFull: boolean): void => {
  if (!inFull || !vouched) return;
  const open = comparePositions(engine, reading);
  const differs = engine.markets.some((state) => state.drift !== null);
  engine.fullReadingAt = differs ? later(engine.now, READ_AGAIN) : nextFull(engine);
  if (open === 0) watchBalance(engine, reading);
};

/** With periodic readings turned off the next one is never due by itself. */
const nextFull = (engine: EngineState): EpochUs => every(engine, engine.settings.reconcileEvery);

const every = (engine: EngineState, span: DurationUs): EpochUs => (span > 0 ? later(engine.now, span) : NEVER);

const nextReading = (engine: EngineState): EpochUs => {
  const { settings, fullReadingAt } = engine;
  const light = every(engine, settings.fillsEvery);
  // One that did not prove anything is repeated; what it was asked for is still due.
  const full = fullReadingAt <= engine.now ? later(engine.now, READ_AGAIN) : fullReadingAt;
  return earliest(light, full, outcomeReading(engine));
};

const outcomeReading = (engine: EngineState): EpochUs => {
  const since = engine.outcomes.openSince;
  if (since === null) return NEVER;
  const pace = UNKNOWN_PACE.find(({ until }) => engine.now - since < until)?.every ?? UNKNOWN_PACE_LATER;
  return later(engine.now, pace);
};

const earliest = (...moments: readonly EpochUs[]): EpochUs => Math.min(...moments) as EpochUs;

/** What orders and positions outside of this run do to the balance is not known, so with any of them nothing is concluded. */
const watchBalance = (engine: EngineState, reading: AccountReading): void => {
  if (reading.foreign > 0) return engine.balance.restart();
  let held = ZERO_CASH;
  let shortPayout = ZERO_CASH;
  for (const { index, market } of engine.markets) {
    for (const side of ['bid', 'ask'] as const) held = addCash(held, engine.orders.exposureCash(index, side, market.payout));
    const position = engine.inventory.position(index);
    if (position < 0) shortPayout = addCash(shortPayout, notional(market.payout, negateQuantity(position)));
  }
  const own: Cash = cash(engine.inventory.totals().cash - shortPayout);
  const text = engine.balance.compare(reading.balance, { cash: own, held });
  if (text === null) return;
  engine.out.say(
    'error',
    'BALANCE_DRIFT',
    `${sentence(text)} (tolerance ${formatCash(engine.settings.balanceDriftMax)}): look at deposits, incentives and the fills.`,
  );
};
