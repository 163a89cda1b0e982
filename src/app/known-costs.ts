/** Snapshots of the first version knew costs and no fills: where the exchange's number of contracts is theirs, so is the cost. */
import type { AccountReading } from '../domain/events.js';
import type { Market } from '../domain/market.js';
import { addCash, cash, negateQuantity, notional, quantity, type Cash } from '../domain/units.js';
import type { KnownCost } from './snapshot.js';

/** The reading with our own costs in place of the exchange's, where the positions agree. */
export const withKnownCosts = (
  reading: AccountReading,
  costs: readonly KnownCost[],
  marketOf: (index: number) => Market,
): AccountReading => ({
  ...reading,
  positions: reading.positions.map((held) => {
    const { ticker, payout } = marketOf(held.market);
    const known = costs.find((position) => position.ticker === ticker);
    if (known === undefined || known.position !== held.position) return held;
    return { ...held, cost: statedCost(cash(known.cost), known.position, payout) };
  }),
});

/** As the exchange states it: positive, for a short position what its NO contracts cost. */
const statedCost = (signed: Cash, position: number, payout: Market['payout']): Cash =>
  position >= 0 ? signed : addCash(signed, notional(payout, negateQuantity(quantity(position))));
