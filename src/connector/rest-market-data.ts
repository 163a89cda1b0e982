/** Public data over REST: books, trades, fee changes, the exchange's state and hours. Exchange reference, section 5.4. */
import type { ExchangeStatus, Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import { MalformedMessageError } from '../domain/errors.js';
import { complement, parsePrice, parseQuantity, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import { BOOK_SIDES, fieldsOf, inner, itemsOf, numberOf, optionalTimeOf, shardOf, timeOf } from './rest-decode.js';
import { readDecimal, show, type Fields } from './wire-fields.js';

/** Both sides in YES terms, best level first. */
export interface RestBook {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The exchange tells bids only, of YES and of NO: a NO bid at p is a YES ask at payout - p. */
export const decodeBook = (body: unknown, payout: Price, path = 'orderbook'): RestBook => {
  const book = inner(fieldsOf(body, path), 'orderbook_fp');
  const bids = levelsOf(book, 'yes_dollars');
  const asks = levelsOf(book, 'no_dollars').map(({ price, quantity }) => ({ price: complement(price, payout), quantity }));
  return { bids: bids.sort((a, b) => b.price - a.price), asks: asks.sort((a, b) => a.price - b.price) };
};

const levelsOf = (book: Fields, name: string): Level[] => {
  // An empty side is an empty list or null; a name that is not there at all means that the format has changed.
  if (!Object.hasOwn(book.object, name)) book.refuse(name, 'a list of levels');
  if (!book.has(name)) return [];
  return book.list(name).map((level, i) => decodeLevel(level, `${book.path}.${name}[${i}]`));
};

const decodeLevel = (level: unknown, path: string): Level => {
  if (!Array.isArray(level) || level.length < 2) throw new MalformedMessageError(path, 'a pair of price and quantity', show(level));
  return { price: part(level[0], parsePrice, `${path}[0]`), quantity: part(level[1], parseQuantity, `${path}[1]`) };
};

const part = <T extends number>(value: unknown, parse: (text: string) => T, path: string): T => {
  const result = readDecimal(value, parse, 'unsigned');
  if (typeof result === 'string') throw new MalformedMessageError(path, result, show(value));
  return result;
};

/** Tickers and bodies of `GET /markets/orderbooks`; each body is decoded with its own market's payout. */
export const decodeBooks = (body: unknown, payoutOf: (ticker: string) => Price): ReadonlyMap<string, RestBook> =>
  new Map(
    itemsOf(fieldsOf(body, 'orderbooks'), 'orderbooks', (item) => {
      const ticker = item.text('ticker');
      return [ticker, decodeBook(item.object, payoutOf(ticker), item.path)] as const;
    }),
  );

export interface RestTrade {
  readonly tradeId: string;
  readonly ticker: string;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly takerSide: BookSide;
  readonly at: EpochUs;
  /** Agreed outside the book: no evidence about it. */
  readonly isBlock: boolean;
}

export const decodeTrade = (fields: Fields): RestTrade => ({
  tradeId: fields.text('trade_id'),
  ticker: fields.text('ticker'),
  price: fields.price('yes_price_dollars'),
  quantity: fields.quantity('count_fp'),
  takerSide: fields.word('taker_book_side', BOOK_SIDES),
  at: timeOf(fields, 'created_time'),
  isBlock: fields.has('is_block_trade') ? fields.flag('is_block_trade') : false,
});

/** A change of fees that the exchange has announced. Words and numbers are kept as they came: the catalog gives them their meaning. */
export interface FeeChange {
  readonly id: string;
  readonly series: string;
  /** null: the whole series. */
  readonly event: string | null;
  /** null: back to the series' own. */
  readonly feeType: string | null;
  readonly multiplier: number | null;
  readonly at: EpochUs;
}

export const decodeSeriesFeeChange = (fields: Fields): FeeChange => ({
  id: fields.text('id'),
  series: fields.text('series_ticker'),
  event: null,
  feeType: fields.text('fee_type'),
  multiplier: numberOf(fields, 'fee_multiplier'),
  at: timeOf(fields, 'scheduled_ts'),
});

export const decodeEventFeeChange = (fields: Fields): FeeChange => ({
  id: fields.text('id'),
  series: fields.text('series_ticker'),
  event: fields.text('event_ticker'),
  feeType: fields.optionalText('fee_type_override'),
  multiplier: fields.has('fee_multiplier_override') ? numberOf(fields, 'fee_multiplier_override') : null,
  at: timeOf(fields, 'scheduled_ts'),
});

export interface ShardStatus {
  readonly shard: number;
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
}

export interface ExchangeState {
  /** At least shard 0, which the top level of the body describes. */
  readonly shards: readonly ShardStatus[];
  readonly resumesAt: EpochUs | null;
}

const statusOf = (fields: Fields, shard: number): ShardStatus => ({
  shard,
  exchangeActive: fields.flag('exchange_active'),
  tradingActive: fields.flag('trading_active'),
});

export const decodeExchangeState = (body: unknown): ExchangeState => {
  const fields = fieldsOf(body, 'exchange status');
  const rows = fields.has('exchange_index_statuses')
    ? itemsOf(fields, 'exchange_index_statuses', (item) => statusOf(item, item.count('exchange_index')))
    : [];
  const shards = rows.some((row) => row.shard === 0) ? rows : [statusOf(fields, 0), ...rows];
  return { shards, resumesAt: optionalTimeOf(fields, 'exchange_estimated_resume_time') };
};

/** The state as facts for the engine, one per shard. */
export const exchangeStatusFacts = (state: ExchangeState, at: EpochUs): ExchangeStatus[] =>
  state.shards.map((shard) => ({ type: 'exchange-status', at, ...shard }));

export interface MaintenanceWindow {
  readonly from: EpochUs;
  readonly until: EpochUs;
}

/** Announced maintenance. The weekly hours are for people and stay as they came. */
export interface ExchangeSchedule {
  readonly maintenance: readonly MaintenanceWindow[];
  readonly standardHours: readonly unknown[];
}

export const decodeSchedule = (body: unknown): ExchangeSchedule => {
  const schedule = inner(fieldsOf(body, 'exchange schedule'), 'schedule');
  return {
    maintenance: schedule.has('maintenance_windows')
      ? itemsOf(schedule, 'maintenance_windows', (item) => ({ from: timeOf(item, 'start_datetime'), until: timeOf(item, 'end_datetime') }))
      : [],
    standardHours: schedule.has('standard_hours') ? schedule.list('standard_hours') : [],
  };
};

/** Market, event or series as it came, with its ticker and shard: the catalog makes a `Market` of them, a recorder keeps them. */
export interface RawBody {
  readonly ticker: string;
  readonly shard: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const decodeRaw =
  (tickerField: 'ticker' | 'event_ticker') =>
  (fields: Fields): RawBody => ({ ticker: fields.text(tickerField), shard: shardOf(fields), body: fields.object });
