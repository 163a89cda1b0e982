/** Markets, books, trades and candlesticks (reference 5.4). All of it is public. */
import { eventTicker, seriesTicker, ticker, type Ticker } from '../../domain/ids.js';
import type { MarketStatus } from '../../domain/market.js';
import type { MarketView } from '../core/types.js';
import { PERIODS, type Period } from './candles.js';
import { bookBody, marketBody, tradeBody } from './encode-market.js';
import { pageBody, pageOf } from './pages.js';
import type { Query } from './query.js';
import { badQuery, notFound, ok, refusal, ReplyError, type Json, type Reply } from './replies.js';
import { given, type PublicCall, type Route } from './routes.js';
import { fromUnixSeconds } from './times.js';

const LIMIT = { max: 1000, default: 100 };
const DEPTH_MAX = 100;
const BOOKS_MAX = 100;
const CANDLES_MAX = 5000;
const BATCH_CANDLES_MAX = 10_000;
const BATCH_MARKETS_MAX = 100;
const SECONDS_PER_MINUTE = 60;

/** The words of the status filter and the statuses they stand for; the statuses themselves are no filter words. */
const STATUS_WORDS: Readonly<Record<string, readonly MarketStatus[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined', 'disputed', 'amended'],
  settled: ['finalized'],
};

/** @throws ReplyError 400 for any other word, and for a list of words (recorded) */
export const statusesOf = (word: string | null): readonly MarketStatus[] | null => {
  if (word === null) return null;
  const statuses = Object.hasOwn(STATUS_WORDS, word) ? STATUS_WORDS[word] : undefined;
  if (statuses === undefined) throw new ReplyError(refusal(400, 'bad_request', 'invalid status filter'));
  return statuses;
};

type TimeOf = (market: MarketView) => number | null;

/** Pairs of bounds over times of a market; the groups exclude each other. */
const TIME_FILTERS: readonly { readonly min: string; readonly max: string; readonly of: TimeOf }[] = [
  { min: 'min_created_ts', max: 'max_created_ts', of: (market) => market.listing.createdAt },
  { min: 'min_close_ts', max: 'max_close_ts', of: (market) => market.closesAt },
  { min: 'min_settled_ts', max: 'max_settled_ts', of: (market) => market.settledAt },
  { min: 'min_updated_ts', max: 'max_updated_ts', of: (market) => market.updatedAt },
];

const timeFilter = (query: Query): ((market: MarketView) => boolean) => {
  const used = TIME_FILTERS.filter(({ min, max }) => query.text(min) !== null || query.text(max) !== null);
  if (used.length > 1) throw new ReplyError(refusal(400, 'bad_request', 'timestamp filters are mutually exclusive'));
  const rule = used[0];
  if (rule === undefined) return () => true;
  const from = query.integer(rule.min);
  const to = query.integer(rule.max);
  return (market) => {
    const at = rule.of(market);
    return at !== null && (from === null || at >= fromUnixSeconds(from)) && (to === null || at <= fromUnixSeconds(to));
  };
};

const isCombo = (market: MarketView): boolean => market.ticker.startsWith('KXMVE');

const listMarkets = ({ services, query }: PublicCall): Reply => {
  const limit = query.limit(LIMIT);
  const statuses = statusesOf(query.text('status'));
  const inTime = timeFilter(query);
  const tickers = new Set<string>(query.list('tickers'));
  const event = query.text('event_ticker');
  const series = query.text('series_ticker');
  const combos = query.oneOf('mve_filter', ['only', 'exclude']);
  const markets = services.exchange
    .markets()
    .filter(
      (market) =>
        (statuses === null || statuses.includes(market.status)) &&
        (tickers.size === 0 || tickers.has(market.ticker)) &&
        (event === null || market.event === eventTicker(event)) &&
        (series === null || market.series === seriesTicker(series)) &&
        (combos === null || isCombo(market) === (combos === 'only')) &&
        inTime(market),
    );
  return ok(
    pageBody(
      'markets',
      pageOf(markets, limit, query.text('cursor'), (market) => market.ticker),
      marketBody,
    ),
  );
};

const marketOf = ({ services, args }: PublicCall): MarketView | null => services.exchange.market(ticker(args['ticker'] ?? ''));

const getMarket = (call: PublicCall): Reply => {
  const market = marketOf(call);
  return market === null ? notFound : ok({ market: marketBody(market) });
};

const getBook = (call: PublicCall): Reply => {
  const depth = call.query.integer('depth') ?? 0;
  if (depth < 0) call.query.fails('depth', 'gte');
  if (depth > DEPTH_MAX) call.query.fails('depth', 'lte');
  const book = call.services.exchange.book(ticker(call.args['ticker'] ?? ''));
  return book === null ? notFound : ok({ orderbook_fp: bookBody(book, depth) });
};

const getBooks = ({ services, query }: PublicCall): Reply => {
  const tickers = query.requiredList('tickers');
  if (tickers.length > BOOKS_MAX) query.fails('tickers', 'max');
  const orderbooks: Json[] = [];
  for (const name of tickers) {
    const book = services.exchange.book(ticker(name));
    if (book !== null) orderbooks.push({ orderbook_fp: bookBody(book, 0), ticker: book.ticker });
  }
  return ok({ orderbooks });
};

const getTrades = ({ services, query }: PublicCall): Reply => {
  const limit = query.limit(LIMIT);
  const market = query.text('ticker');
  const since = query.integer('min_ts');
  const until = query.integer('max_ts');
  const trades =
    query.flag('is_block_trade') === true
      ? []
      : services.exchange.trades({
          ...given('ticker', market === null ? null : ticker(market)),
          ...given('since', since === null ? null : fromUnixSeconds(since)),
          ...given('until', until === null ? null : fromUnixSeconds(until)),
        });
  return ok(
    pageBody(
      'trades',
      pageOf(trades, limit, query.text('cursor'), (trade) => trade.tradeId),
      tradeBody,
    ),
  );
};

interface CandleAsk {
  readonly from: number;
  readonly to: number;
  readonly period: Period;
  readonly includeLatestBefore: boolean;
}

const readCandleAsk = (query: Query): CandleAsk => {
  const from = query.requiredInteger('start_ts');
  const to = query.requiredInteger('end_ts');
  const period = PERIODS.find((known) => known === query.requiredInteger('period_interval')) ?? query.fails('period_interval', 'oneof');
  return { from, to, period, includeLatestBefore: query.flag('include_latest_before_start') ?? false };
};

/** The cap is on the range that was asked for, not on what is found. */
const checkRange = (ask: CandleAsk, markets: number, max: number): void => {
  const candles = ((ask.to - ask.from) / (ask.period * SECONDS_PER_MINUTE)) * markets;
  if (candles > max)
    throw new ReplyError(
      refusal(400, 'bad_request', `requested time range with candlesticks: ${candles.toFixed(6)}, max candlesticks: ${max}`),
    );
};

const getCandles = (call: PublicCall): Reply => {
  const ask = readCandleAsk(call.query);
  checkRange(ask, 1, CANDLES_MAX);
  const market = marketOf(call);
  return market === null ? notFound : ok({ candlesticks: call.services.candles.read(market.ticker, ask), ticker: market.ticker });
};

const getManyCandles = ({ services, query }: PublicCall): Reply => {
  const tickers = query.requiredList('market_tickers');
  if (tickers.length > BATCH_MARKETS_MAX) query.fails('market_tickers', 'max');
  const ask = readCandleAsk(query);
  checkRange(ask, tickers.length, BATCH_CANDLES_MAX);
  const markets = tickers.filter((name) => services.exchange.market(ticker(name)) !== null);
  return ok({ markets: markets.map((name) => ({ candlesticks: services.candles.read(name as Ticker, ask), market_ticker: name })) });
};

const noHistory =
  (name: string) =>
  (call: PublicCall): Reply => {
    call.query.limit(LIMIT);
    return ok({ cursor: '', [name]: [] });
  };

const getIncentives = ({ query }: PublicCall): Reply => {
  query.oneOf('status', ['all', 'active', 'upcoming', 'closed', 'paid_out']);
  const limit = query.integer('limit');
  if (limit !== null && limit < 0) return badQuery('limit must not be negative');
  return ok({ incentive_programs: [], next_cursor: '' });
};

export const MARKET_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: '/markets', operation: 'GetMarkets', access: 'public', handle: listMarkets },
  { method: 'GET', pattern: '/markets/orderbooks', operation: 'GetMarketOrderbooks', access: 'public', handle: getBooks },
  { method: 'GET', pattern: '/markets/trades', operation: 'GetTrades', access: 'public', handle: getTrades },
  { method: 'GET', pattern: '/markets/candlesticks', operation: 'BatchGetMarketCandlesticks', access: 'public', handle: getManyCandles },
  { method: 'GET', pattern: '/markets/:ticker', operation: 'GetMarket', access: 'public', handle: getMarket },
  { method: 'GET', pattern: '/markets/:ticker/orderbook', operation: 'GetMarketOrderbook', access: 'public', handle: getBook },
  {
    method: 'GET',
    pattern: '/series/:series_ticker/markets/:ticker/candlesticks',
    operation: 'GetMarketCandlesticks',
    access: 'public',
    handle: getCandles,
  },
  { method: 'GET', pattern: '/historical/markets', operation: 'GetHistoricalMarkets', access: 'public', handle: noHistory('markets') },
  { method: 'GET', pattern: '/historical/trades', operation: 'GetHistoricalTrades', access: 'public', handle: noHistory('trades') },
  { method: 'GET', pattern: '/incentive_programs', operation: 'GetIncentivePrograms', access: 'public', handle: getIncentives },
];
