/** Strikes on an index of the exchange's own, hour after hour: everything that trades by an index can be tried without keys. Listed beside the default world where asked for. */
import { eventTicker, ticker } from '../../domain/ids.js';
import { epochUs, later, seconds, type EpochUs } from '../../domain/units.js';
import { IndexPath, nextSecond } from '../crowd/index-path.js';
import { listEventOf, listMarketOf, listSeriesOf, stamp } from './default-world.js';
import { Random } from './random.js';
import type { IndexListing, MarketListing, World } from './types.js';

export const SIM_INDEX = 'BRTI';
export const SIM_SERIES = 'KXSIMBTC';

const HOUR = seconds(3600);
const HOURS = 4;
/** The first hour is not shorter than this, or it would close before anybody has looked. */
const LEAST = seconds(20 * 60);
const STEPS = [-2, -1, 0, 1, 2];
const STRIKE_STEP = 250;
const SHARD = 2;

const indexOf = (from: EpochUs, until: EpochUs, events: IndexListing['events']): IndexListing => ({
  id: SIM_INDEX,
  from,
  until,
  startValue: 92_000,
  volatility: 0.55,
  events,
});

/** The stream of chance of an index: the same for who lists strikes and for who publishes values. */
export const indexNoise = (seed: string, id: string): Random => new Random(`${seed}/index/${id}`);

/** Four hours of five strikes each; an hour opens when the one before it closes, its strikes around the index of that moment. */
export const indexWorld = (seed: string, startAt: EpochUs): World => {
  const from = nextSecond(startAt);
  const first = epochUs(Math.ceil((startAt + LEAST) / HOUR) * HOUR);
  const closes = Array.from({ length: HOURS }, (_, i) => later(first, seconds(3600 * i)));
  const until = later(first, seconds(3600 * (HOURS - 1)));
  const names = closes.map((at) => eventTicker(`${SIM_SERIES}-${stamp(at).day}${stamp(at).hour}`));
  const index = indexOf(from, until, names);
  const path = new IndexPath(indexNoise(seed, SIM_INDEX), index);
  const series = listSeriesOf(SIM_SERIES, 'Simulated bitcoin above/below', 'Crypto', 'hourly', SHARD, 'quadratic');
  const events = closes.map((at, i) =>
    listEventOf(
      names[i] as string,
      series,
      'Simulated bitcoin price at the hour?',
      `On ${stamp(at).day} at ${stamp(at).hour}:00 UTC`,
      false,
    ),
  );
  const markets = closes.flatMap((closesAt, i): MarketListing[] => {
    const event = events[i] as (typeof events)[number];
    const opensAt = i === 0 ? null : (closes[i - 1] as EpochUs);
    const middle = Math.round(path.at(opensAt ?? from) / STRIKE_STEP) * STRIKE_STEP;
    return STEPS.map((step) => {
      const strike = middle + step * STRIKE_STEP;
      const yes = `$${strike.toLocaleString('en-US')} or above`;
      const listed = listMarketOf(
        { startAt, closesAt },
        {
          name: ticker(`${event.ticker}-T${(strike - 0.01).toFixed(2)}`),
          event,
          title: event.title,
          yes,
          strike: { type: 'greater', floor: Math.round((strike - 0.01) * 100) / 100, cap: null },
          structure: 'tapered_deci_cent',
        },
      );
      return opensAt === null ? listed : { ...listed, opensAt };
    });
  });
  return { series: [series], events, markets, indices: [index] };
};

/** Two worlds as one. */
export const together = (a: World, b: World): World => ({
  series: [...a.series, ...b.series],
  events: [...a.events, ...b.events],
  markets: [...a.markets, ...b.markets],
  indices: [...(a.indices ?? []), ...(b.indices ?? [])],
});
