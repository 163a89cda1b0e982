/** Events, series and their fee changes (reference 5.4). All of it is public. */
import { eventTicker, seriesTicker, type Ticker } from '../../domain/ids.js';
import type { EventView, MarketView } from '../core/types.js';
import { eventBody, marketBody, multiplierNumber, seriesBody } from './encode-market.js';
import { pageBody, pageOf } from './pages.js';
import { notFound, ok, type Reply } from './replies.js';
import type { PublicCall, Route, Services } from './routes.js';
import { statusesOf } from './routes-markets.js';
import { fromUnixSeconds } from './times.js';

const EVENT_LIMIT = { max: 200, default: 200 };
const CHANGE_LIMIT = { max: 1000, default: 100 };

const marketsOf = ({ exchange }: Services, event: EventView): readonly MarketView[] =>
  event.markets.map((name: Ticker) => exchange.market(name)).filter((market) => market !== null);

const bodyOf = (services: Services, event: EventView, nested: boolean) =>
  eventBody(event, services.exchange.seriesOf(event.series), nested ? marketsOf(services, event) : null);

const listEvents = ({ services, query }: PublicCall): Reply => {
  const limit = query.limit(EVENT_LIMIT);
  const statuses = statusesOf(query.text('status'));
  const series = query.text('series_ticker');
  const tickers = new Set<string>(query.list('tickers'));
  const closesFrom = query.integer('min_close_ts');
  const nested = query.flag('with_nested_markets') ?? false;
  const events = services.exchange.events().filter((event) => {
    if (series !== null && event.series !== seriesTicker(series)) return false;
    if (tickers.size > 0 && !tickers.has(event.ticker)) return false;
    const markets = marketsOf(services, event);
    if (statuses !== null && !markets.some((market) => statuses.includes(market.status))) return false;
    return closesFrom === null || markets.some((market) => market.closesAt >= fromUnixSeconds(closesFrom));
  });
  const page = pageOf(events, limit, query.text('cursor'), (event) => event.ticker);
  return ok(pageBody('events', page, (event) => bodyOf(services, event, nested)));
};

/** The markets stand inside the event where that is asked for, else beside it. */
const getEvent = ({ services, query, args }: PublicCall): Reply => {
  const event = services.exchange.event(eventTicker(args['event_ticker'] ?? ''));
  if (event === null) return notFound;
  const nested = query.flag('with_nested_markets') ?? false;
  return ok({ event: bodyOf(services, event, nested), markets: nested ? [] : marketsOf(services, event).map(marketBody) });
};

const listSeries = ({ services, query }: PublicCall): Reply => {
  const category = query.text('category');
  const series = services.exchange.series().filter((one) => category === null || one.category === category);
  return ok({ series: series.map(seriesBody) });
};

const getSeries = ({ services, args }: PublicCall): Reply => {
  const series = services.exchange.seriesOf(seriesTicker(args['series_ticker'] ?? ''));
  return series === null ? notFound : ok({ series: seriesBody(series) });
};

/** No change of fees is ever planned ahead here; overrides that are in force are told as changes of events. */
const getSeriesFeeChanges = ({ query }: PublicCall): Reply => {
  query.flag('show_historical');
  return ok({ series_fee_change_arr: [] });
};

const getEventFeeChanges = ({ services, query }: PublicCall): Reply => {
  const limit = query.limit(CHANGE_LIMIT);
  const wanted = query.text('event_ticker');
  const overridden = services.exchange
    .events()
    .filter((event) => event.feeOverride !== null && (wanted === null || event.ticker === eventTicker(wanted)));
  const page = pageOf(overridden, limit, query.text('cursor'), (event) => event.ticker);
  return ok(
    pageBody('event_fee_changes', page, (event) => ({
      event_ticker: event.ticker,
      fee_multiplier_override:
        event.feeOverride?.multiplierMicros === null || event.feeOverride === null
          ? null
          : multiplierNumber({ multiplierMicros: event.feeOverride.multiplierMicros }),
      fee_type_override: event.feeOverride?.type ?? null,
      id: `fee-${event.ticker}`,
      scheduled_ts: '2026-01-01T00:00:00Z',
      series_ticker: event.series,
    })),
  );
};

export const EVENT_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: '/events', operation: 'GetEvents', access: 'public', handle: listEvents },
  { method: 'GET', pattern: '/events/fee_changes', operation: 'GetEventFeeChanges', access: 'public', handle: getEventFeeChanges },
  { method: 'GET', pattern: '/events/:event_ticker', operation: 'GetEvent', access: 'public', handle: getEvent },
  { method: 'GET', pattern: '/series', operation: 'GetSeriesList', access: 'public', handle: listSeries },
  { method: 'GET', pattern: '/series/fee_changes', operation: 'GetSeriesFeeChanges', access: 'public', handle: getSeriesFeeChanges },
  { method: 'GET', pattern: '/series/:series_ticker', operation: 'GetSeries', access: 'public', handle: getSeries },
];
