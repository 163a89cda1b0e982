/**
 * What a run knows that the exchange does not say exactly: the cost of each open position, to the millionth. The exchange's number of contracts always stands; where it
 * is the one of the snapshot, so does the cost.
 */
import type { AccountReading } from '../domain/events.js';
import type { Market } from '../domain/market.js';
import { addCash, cash, negateQuantity, notional, quantity, type Cash } from '../domain/units.js';
import type { Engine } from '../engine/engine.js';

export interface Snapshot {
  readonly run: string;
  readonly at: string;
  readonly positions: readonly { readonly ticker: string; readonly position: number; readonly cost: number }[];
}

/** Positions in hundredths of a contract, signed; cost in millionths of a dollar, signed like the position. */
export const snapshotOf = (engine: Engine, run: string, now: Date): Snapshot => ({
  run,
  at: now.toISOString(),
  positions: engine.state.markets
    .map((market) => ({ ticker: market.market.ticker, ...engine.state.inventory.holding(market.index) }))
    .filter((held) => held.position !== 0)
    .map(({ ticker, position, cost }) => ({ ticker, position, cost })),
});

/** The reading with our own costs in place of the exchange's, where the positions agree. */
export const withKnownCosts = (reading: AccountReading, snapshot: Snapshot, marketOf: (index: number) => Market): AccountReading => ({
  ...reading,
  positions: reading.positions.map((held) => {
    const { ticker, payout } = marketOf(held.market);
    const known = snapshot.positions.find((position) => position.ticker === ticker);
    if (known === undefined || known.position !== held.position || !Number.isSafeInteger(known.cost)) return held;
    return { ...held, cost: statedCost(cash(known.cost), known.position, payout) };
  }),
});

/** As the exchange states it: positive, for a short position what its NO contracts cost. */
const statedCost = (signed: Cash, position: number, payout: Market['payout']): Cash =>
  position >= 0 ? signed : addCash(signed, notional(payout, negateQuantity(quantity(position))));

/** A snapshot that was read from disk, or null where it is not one. */
export const asSnapshot = (value: unknown): Snapshot | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { run, at, positions } = value as Partial<Snapshot>;
  const whole = typeof run === 'string' && typeof at === 'string' && Array.isArray(positions);
  return whole && positions.every(isPosition) ? { run, at, positions } : null;
};

const isPosition = (value: unknown): value is Snapshot['positions'][number] => {
  if (typeof value !== 'object' || value === null) return false;
  const { ticker, position, cost } = value as Record<string, unknown>;
  return typeof ticker === 'string' && Number.isSafeInteger(position) && Number.isSafeInteger(cost);
};
