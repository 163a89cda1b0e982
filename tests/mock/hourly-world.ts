/** Two events of one hourly series, each with a ladder of strikes: the first closes soon, the second later. */
import { eventTicker, seriesTicker, ticker } from '../../src/domain/ids.js';
import { fromEpochMs, later, seconds, type EpochUs } from '../../src/domain/units.js';
import { gridOf } from '../../src/exchange/core/grids.js';
import type { MarketListing, World } from '../../src/exchange/core/types.js';

const SERIES = seriesTicker('KXETHD');

/** @param closes seconds from now */
export const hourlyWorld = (closes: { readonly first: number; readonly second: number }): World => {
  const now = fromEpochMs(Date.now());
  const ends = [later(now, seconds(closes.first)), later(now, seconds(closes.second))];
  return {
    series: [
      {
        ticker: SERIES,
        title: 'Ether above',
        category: 'Crypto',
        frequency: 'hourly',
        fees: { type: 'quadratic', multiplierMicros: 1_000_000 },
        shard: 0,
      },
    ],
    events: ends.map((_, i) => ({
      ticker: eventTicker(`KXETHD-${i + 1}`),
      series: SERIES,
      title: 'Ether above',
      subTitle: '',
      mutuallyExclusive: false,
      shard: 0,
      feeOverride: null,
    })),
    markets: ends.flatMap((closesAt, i) => [2900, 3000, 3100].map((floor) => strike(i + 1, floor, now, closesAt))),
  };
};

const strike = (event: number, floor: number, now: EpochUs, closesAt: EpochUs): MarketListing => ({
  ticker: ticker(`KXETHD-${event}-T${floor}`),
  event: eventTicker(`KXETHD-${event}`),
  title: `Ether above ${floor}?`,
  yesSubTitle: 'Yes',
  noSubTitle: 'No',
  rules: '',
  strike: { type: 'greater', floor, cap: null },
  structure: 'linear_cent',
  grid: gridOf('linear_cent'),
  createdAt: later(now, seconds(-60)),
  opensAt: later(now, seconds(-60)),
  closesAt,
  expectedExpirationAt: closesAt,
  latestExpirationAt: later(closesAt, seconds(3600)),
  determinationDelay: seconds(1),
  settlementTimer: seconds(1),
  canCloseEarly: true,
  result: null,
});
