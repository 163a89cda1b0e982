/** Markets for tests. */
import { QUADRATIC } from '../../src/domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../../src/domain/ids.js';
import type { Market } from '../../src/domain/market.js';
import { price } from '../../src/domain/units.js';
import { grid } from './grids.js';

/** An active one-cent market without close; name what matters to the test. */
export const market = (changes: Partial<Market> = {}): Market => ({
  ticker: ticker('KXTEST-26NOV21-A'),
  event: eventTicker('KXTEST-26NOV21'),
  series: seriesTicker('KXTEST'),
  shard: 0,
  status: 'active',
  payout: price(10_000),
  grid: grid('linear_cent'),
  fees: QUADRATIC,
  closesAt: null,
  mutuallyExclusive: false,
  assumed: [],
  ...changes,
});
