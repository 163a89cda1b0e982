/** The simulated exchange of one seed: one market in whole cents without maker fees, its usual crowd, and an outcome at the end. */
import { QUADRATIC } from '../../domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../../domain/ids.js';
import type { Market } from '../../domain/market.js';
import { epochUs, later, seconds, type DurationUs, type EpochUs } from '../../domain/units.js';
import { defaultSettings } from '../../exchange/core/default-world.js';
import { gridOf } from '../../exchange/core/grids.js';
import type { ExchangeSettings, MarketListing, MarketView } from '../../exchange/core/types.js';
import { DEFAULT_CROWD } from '../../exchange/crowd/settings.js';

/** Noon of a Saturday in November 2026, far from the weekly pause. */
export const STARTS_AT = epochUs(1_795_262_400_000_000);
export const TICKER = ticker('KXCROWD-26NOV21-T50');
const EVENT = eventTicker('KXCROWD-26NOV21');
const SERIES = seriesTicker('KXCROWD');
const SHARD = 0;

/** The result is known soon after the close, so that nothing is simulated beyond it. */
const DETERMINED_AFTER = seconds(1);
export const ENDS_AFTER = seconds(3);

const listing = (closesAt: EpochUs): MarketListing => ({
  ticker: TICKER,
  event: EVENT,
  title: 'Will it be so?',
  yesSubTitle: 'yes',
  noSubTitle: 'yes',
  rules: 'If it is so, the market resolves to Yes.',
  strike: null,
  structure: 'linear_cent',
  grid: gridOf('linear_cent'),
  createdAt: later(STARTS_AT, seconds(-3600)),
  opensAt: later(STARTS_AT, seconds(-60)),
  closesAt,
  expectedExpirationAt: closesAt,
  latestExpirationAt: later(closesAt, seconds(3600)),
  determinationDelay: DETERMINED_AFTER,
  settlementTimer: DETERMINED_AFTER,
  canCloseEarly: false,
  result: null,
});

/** @param seed of the crowd: the same seed is the same crowd, whoever else trades */
export const crowdExchange = (seed: string, lasts: DurationUs): ExchangeSettings =>
  defaultSettings(seed, STARTS_AT, {
    crowd: DEFAULT_CROWD,
    world: {
      series: [{ ticker: SERIES, title: 'Crowd', category: 'Experiments', frequency: 'hourly', fees: QUADRATIC, shard: SHARD }],
      events: [{ ticker: EVENT, series: SERIES, title: 'Crowd', subTitle: '', mutuallyExclusive: false, shard: SHARD, feeOverride: null }],
      markets: [listing(later(STARTS_AT, lasts))],
    },
    tradesKept: 100,
  });

/** The market as a bot is told of it. */
export const marketOf = (view: MarketView): Market => ({
  ticker: view.ticker,
  event: view.event,
  series: view.series,
  shard: view.shard,
  status: view.status,
  payout: view.payout,
  grid: view.grid,
  fees: view.fees,
  closesAt: view.closesAt,
  mutuallyExclusive: view.mutuallyExclusive,
  canCloseEarly: view.listing.canCloseEarly,
  assumed: [],
});
