/** What is listed when nobody says otherwise: five markets of three kinds, named by the day on which the exchange starts. */
import { QUADRATIC, type FeeType } from '../../domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../../domain/ids.js';
import { durationUs, later, seconds, toEpochMs, type DurationUs, type EpochUs } from '../../domain/units.js';
import { DEFAULT_CROWD, type CrowdSettings } from '../crowd/settings.js';
import { gridOf, type Structure } from './grids.js';
import { DEFAULT_SWITCHES } from './switches.js';
import type { EventListing, ExchangeSettings, MarketListing, SeriesListing, World } from './types.js';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const two = (n: number): string => String(n).padStart(2, '0');

/** The parts of event tickers: `26NOV21` for the day, `26NOV` for the month. */
export const stamp = (at: EpochUs): { readonly day: string; readonly month: string; readonly hour: string } => {
  const date = new Date(toEpochMs(at));
  const month = `${two(date.getUTCFullYear() % 100)}${MONTHS[date.getUTCMonth()]}`;
  return { day: month + two(date.getUTCDate()), month, hour: two(date.getUTCHours()) };
};

export const listSeriesOf = (
  name: string,
  title: string,
  category: string,
  frequency: string,
  shard: number,
  type: FeeType,
): SeriesListing => ({
  ticker: seriesTicker(name),
  title,
  category,
  frequency,
  fees: { type, multiplierMicros: QUADRATIC.multiplierMicros },
  shard,
});

interface Times {
  readonly startAt: EpochUs;
  readonly closesAt: EpochUs;
}

interface Market {
  readonly name: string;
  readonly event: EventListing;
  readonly title: string;
  readonly yes: string;
  readonly strike: MarketListing['strike'];
  readonly structure: Structure;
}

const DAY = seconds(24 * 3600);
const before = (at: EpochUs, span: DurationUs): EpochUs => later(at, durationUs(-span));

export const listMarketOf = (times: Times, { name, event, title, yes, strike, structure }: Market): MarketListing => ({
  ticker: ticker(name),
  event: event.ticker,
  title,
  yesSubTitle: yes,
  noSubTitle: yes,
  rules: `If "${yes}" comes true for: ${event.title}, then the market resolves to Yes.`,
  strike,
  structure,
  grid: gridOf(structure),
  createdAt: before(times.startAt, durationUs(DAY * 2)),
  opensAt: before(times.startAt, DAY),
  closesAt: times.closesAt,
  expectedExpirationAt: later(times.closesAt, seconds(3600)),
  latestExpirationAt: later(times.closesAt, durationUs(DAY * 7)),
  determinationDelay: seconds(110),
  settlementTimer: seconds(60),
  canCloseEarly: true,
  result: null,
});

export const listEventOf = (
  name: string,
  of: SeriesListing,
  title: string,
  subTitle: string,
  mutuallyExclusive: boolean,
): EventListing => ({
  ticker: eventTicker(name),
  series: of.ticker,
  title,
  subTitle,
  mutuallyExclusive,
  shard: of.shard,
  feeOverride: null,
});

/** Highest temperature in New York: three ranges of which exactly one comes true. Whole cents. */
const weather = (times: Times, day: string): World => {
  const of = listSeriesOf('KXHIGHNY', 'Highest temperature in NYC', 'Climate and Weather', 'daily', 0, 'quadratic');
  const high = listEventOf(`KXHIGHNY-${day}`, of, 'Highest temperature in NYC?', `On ${day}`, true);
  const range = (name: string, yes: string, strike: MarketListing['strike']): MarketListing =>
    listMarketOf(times, {
      name: `${high.ticker}-${name}`,
      event: high,
      title: `Will the high temp in NYC be ${yes}?`,
      yes,
      strike,
      structure: 'linear_cent',
    });
  return {
    series: [of],
    events: [high],
    markets: [
      range('T51', '50° or below', { type: 'less', floor: null, cap: 51 }),
      range('B51.5', '51° to 52°', { type: 'between', floor: 51, cap: 52 }),
      range('T52', '53° or above', { type: 'greater', floor: 52, cap: null }),
    ],
  };
};

/** Bitcoin above a strike: shard 2, finer ticks near 0 and 1. */
const crypto = (times: Times, day: string, hour: string): World => {
  const of = listSeriesOf('KXBTCD', 'Bitcoin price Above/below', 'Crypto', 'hourly', 2, 'quadratic');
  const above = listEventOf(`KXBTCD-${day}${hour}`, of, 'Bitcoin price at the hour?', `On ${day} at ${hour}`, false);
  const name = `${above.ticker}-T91999.99`;
  const strike = { type: 'greater', floor: 91_999.99, cap: null };
  const title = 'Bitcoin price at the hour?';
  return {
    series: [of],
    events: [above],
    markets: [listMarketOf(times, { name, event: above, title, yes: '$92,000 or above', strike, structure: 'tapered_deci_cent' })],
  };
};

/** Inflation: half cents in the centre, and makers pay too. */
const economics = (times: Times, month: string): World => {
  const of = listSeriesOf('KXCPI', 'CPI', 'Economics', 'monthly', 0, 'quadratic_with_maker_fees');
  const cpi = listEventOf(`KXCPI-${month}`, of, `CPI in ${month}?`, `In ${month}`, false);
  const name = `${cpi.ticker}-T0.2`;
  const strike = { type: 'greater', floor: 0.2, cap: null };
  const title = 'Will CPI rise more than 0.2%?';
  return {
    series: [of],
    events: [cpi],
    markets: [listMarketOf(times, { name, event: cpi, title, yes: 'Above 0.2%', strike, structure: 'center_half_edge_deci_cent' })],
  };
};

/** Five markets that are open from the start and close after `opensFor`. */
export const defaultWorld = (startAt: EpochUs, opensFor: DurationUs = seconds(8 * 3600)): World => {
  const times = { startAt, closesAt: later(startAt, opensFor) };
  const { day, month } = stamp(startAt);
  const parts = [weather(times, day), crypto(times, stamp(times.closesAt).day, stamp(times.closesAt).hour), economics(times, month)];
  return {
    series: parts.flatMap((part) => part.series),
    events: parts.flatMap((part) => part.events),
    markets: parts.flatMap((part) => part.markets),
  };
};

/** The exchange's own words for its shards (exchange reference 9.3). */
export const DEFAULT_SHARDS = [
  { index: 0, description: 'Default' },
  { index: 1, description: 'Combos' },
  { index: 2, description: 'Crypto and commodities' },
  { index: 3, description: 'Tennis, baseball and basketball' },
] as const;

/** Settings of a lively exchange with the default world; name only what differs. */
export const defaultSettings = (
  seed: string,
  startAt: EpochUs,
  changes: Partial<ExchangeSettings> & { readonly opensFor?: DurationUs } = {},
): ExchangeSettings => {
  const { opensFor, ...rest } = changes;
  const crowd: CrowdSettings | null = DEFAULT_CROWD;
  return {
    seed,
    startAt,
    world: defaultWorld(startAt, opensFor),
    crowd,
    switches: DEFAULT_SWITCHES,
    readLag: { min: durationUs(0), max: durationUs(0) },
    shards: DEFAULT_SHARDS,
    weeklyPause: false,
    tradesKept: 10_000,
    historyKept: 200_000,
    ...rest,
  };
};
