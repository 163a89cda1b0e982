/** Our positions held against the exchange's: taken over at the start, compared ever after. The exchange's number stands in the end, never silently. */
import type { AccountReading } from '../domain/events.js';
import {
  durationUs,
  formatQuantity,
  later,
  UNKNOWN_TIME,
  ZERO_CASH,
  ZERO_QUANTITY,
  type DurationUs,
  type Quantity,
} from '../domain/units.js';
import type { Adjusted } from '../domain/actions.js';
import type { EngineState } from './engine-state.js';
import { settle } from './market-data.js';
import type { MarketState } from './market-state.js';
import { refreshExposure } from './risk-view.js';

/** A number that differs from ours and is another one every time stands after so many readings. */
const DOUBTS_MAX = 4;

/** Moments of ours are compared with moments of the exchange's: where our clock is behind, a reading must be newer by that much more. */
export const proofMargin = (engine: EngineState): DurationUs => durationUs(engine.settings.proofMargin + engine.age.clockBehind);

/** Positions that no earlier run left to us are the exchange's. */
export const adoptPositions = (engine: EngineState, reading: AccountReading): void => {
  const taken = engine.markets.filter((state) => !state.counts);
  for (const state of taken) {
    const held = reading.positions.find((position) => position.market === state.index);
    takeOver(engine, state, held?.position ?? ZERO_QUANTITY, held?.cost ?? ZERO_CASH, 'adopted', reading);
    state.counts = true;
    state.countedAfter = reading.validUntil;
    if (held !== undefined && held.position !== ZERO_QUANTITY)
      engine.out.say(
        'info',
        'POSITION_ADOPTED',
        `${state.market.ticker}: position of ${formatQuantity(held.position)} taken over from the exchange.`,
      );
  }
  // Limits over events and the account count every market from the first decision on.
  for (const state of engine.markets) refreshExposure(engine, state);
  if (engine.adopted) return;
  engine.adopted = true;
  engine.adoptedAsOf = reading.validUntil;
  for (const state of taken) if (state.settlesAt !== null) settle(engine, state, state.settlesAt);
  if (reading.foreign > 0)
    engine.out.say('info', 'FOREIGN', `${reading.foreign} orders and positions of this account lie outside this run and are left alone.`);
};

/**
 * Holds our positions against a reading that proves. From the first difference on the growing side of the market is shut. A difference must show twice, and not be a
 * fill that the reading is too old to know; then the exchange's number stands. The growing side opens again with a reading that agrees.
 * @returns how many markets are not settled between us: in doubt, or with fills that the reading cannot know
 */
export const comparePositions = (engine: EngineState, reading: AccountReading): number => {
  let open = 0;
  for (const state of engine.markets) {
    if (!state.counts || state.settled) continue;
    if (isNewerThan(engine, state, reading)) {
      open++;
      continue;
    }
    const held = reading.positions.find((position) => position.market === state.index);
    const theirs = held?.position ?? ZERO_QUANTITY;
    if (theirs === engine.inventory.position(state.index)) agree(engine, state);
    else if (state.doubted === theirs || state.doubts >= DOUBTS_MAX) overrule(engine, state, theirs, held?.cost ?? ZERO_CASH, reading);
    else {
      doubt(engine, state, theirs);
      open++;
    }
  }
  return open;
};

const isNewerThan = (engine: EngineState, state: MarketState, reading: AccountReading): boolean =>
  state.filledAt !== UNKNOWN_TIME && later(state.filledAt, proofMargin(engine)) >= reading.validUntil;

const agree = (engine: EngineState, state: MarketState): void => {
  state.doubted = null;
  state.doubts = 0;
  if (state.drift === null) return;
  state.drift = null;
  engine.out.say('info', 'POSITION_AGREES', `${state.market.ticker}: our position agrees with the exchange again.`);
};

const difference = (engine: EngineState, state: MarketState, theirs: Quantity): string =>
  `the exchange holds ${formatQuantity(theirs)}, we counted ${formatQuantity(engine.inventory.position(state.index))}`;

const doubt = (engine: EngineState, state: MarketState, theirs: Quantity): void => {
  state.doubted = theirs;
  state.doubts++;
  state.drift = `position in doubt: ${difference(engine, state, theirs)}`;
  engine.out.say('warn', 'POSITION_DOUBT', `${state.market.ticker}: ${state.drift}; nothing adds to it until that is settled.`);
};

const overrule = (
  engine: EngineState,
  state: MarketState,
  theirs: Quantity,
  cost: AccountReading['balance'],
  reading: AccountReading,
): void => {
  state.drift = `position drift: ${difference(engine, state, theirs)}`;
  state.doubted = null;
  state.doubts = 0;
  takeOver(engine, state, theirs, cost, 'drift', reading);
  engine.out.say(
    'error',
    'POSITION_DRIFT',
    `${state.market.ticker}: ${state.drift}; the exchange's number stands, and no order that adds to it leaves until a reading agrees.`,
  );
};

/** The exchange's position and cost stand, as an entry of their own. */
const takeOver = (
  engine: EngineState,
  state: MarketState,
  position: Quantity,
  cost: AccountReading['balance'],
  cause: Adjusted['cause'],
  reading: AccountReading,
): void => {
  // Nothing costs nothing, whatever the exchange states beside it.
  const stated = position === ZERO_QUANTITY ? ZERO_CASH : cost;
  engine.inventory.adopt({ market: state.index, position, cost: stated, payout: state.market.payout });
  engine.out.push({
    type: 'adjusted',
    market: state.index,
    cause,
    position,
    cost: engine.inventory.cost(state.index),
    realized: ZERO_CASH,
    fee: ZERO_CASH,
    asOf: reading.validUntil,
  });
};
