/** Markets to measure with: as many as wanted, two to an event, on one grid. */
import { QUADRATIC } from '../src/domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../src/domain/ids.js';
import type { Market } from '../src/domain/market.js';
import { PriceGrid } from '../src/domain/price-grid.js';
import { price, PRICE_PER_DOLLAR } from '../src/domain/units.js';

const DOLLAR = price(PRICE_PER_DOLLAR);

/** @param levels 99 for whole cents, 999 for tenths, 9999 for the finest; 199 for half cents */
export const gridOf = (levels: number): PriceGrid =>
  new PriceGrid([{ start: price(0), end: DOLLAR, step: price(PRICE_PER_DOLLAR / (levels + 1)) }], DOLLAR);

export const makeMarkets = (count: number, levels = 99): Market[] => {
  const grid = gridOf(levels);
  return Array.from({ length: count }, (_, i) => {
    const event = `KXBENCH-26NOV21H${String(i >> 1).padStart(4, '0')}`;
    return {
      ticker: ticker(`${event}-T${i & 1}`),
      event: eventTicker(event),
      series: seriesTicker('KXBENCH'),
      shard: 0,
      status: 'active',
      payout: DOLLAR,
      grid,
      fees: QUADRATIC,
      closesAt: null,
      mutuallyExclusive: false,
      assumed: [],
    } satisfies Market;
  });
};
