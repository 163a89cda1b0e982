/** Public data and the exchange's own state. Exchange reference, section 5.4. */
import { toEpochMs, type EpochUs, type Price } from '../domain/units.js';
import type { Query, RestCaller } from './rest-caller.js';
import { fieldsOf, inner, itemsOf } from './rest-decode.js';
import * as data from './rest-market-data.js';
import type { Result } from './rest-result.js';

const EVENTS_PER_PAGE = 200;
const TICKERS_PER_CALL = 100;

export interface MarketFilter {
  readonly tickers?: readonly string[];
  readonly event?: string;
  readonly series?: string;
  /** The exchange's filter words, which are not the status words of a market. */
  readonly status?: 'unopened' | 'open' | 'paused' | 'closed' | 'settled';
}

/** Reads wait for their tokens. Markets, events and series come as they are: the catalog makes domain markets of them. */
export class MarketCalls {
  readonly #caller: RestCaller;

  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  /** Bodies as they came, without combinations unless named: the catalog makes markets of them. */
  async markets(filter: MarketFilter): Promise<Result<readonly data.RawBody[]>> {
    const tickers = filter.tickers ?? [];
    const all: data.RawBody[] = [];
    for (let from = 0; from === 0 || from < tickers.length; from += TICKERS_PER_CALL) {
      const some = tickers.slice(from, from + TICKERS_PER_CALL);
      const query: Query = [
        ['tickers', some.length === 0 ? undefined : some.join(',')],
        ['event_ticker', filter.event],
        ['series_ticker', filter.series],
        ['status', filter.status],
        // Combinations fill the lists with one-sided markets that nobody quotes by name.
        ['mve_filter', some.length === 0 ? 'exclude' : undefined],
      ];
      const part = await this.#caller.list('markets', query, {
        list: 'markets',
        decode: data.decodeRaw('ticker'),
        keyOf: (market) => market.ticker,
      });
      if (part.kind !== 'ok') return part;
      all.push(...part.value);
    }
    return { kind: 'ok', status: 200, value: all };
  }

  async market(ticker: string): Promise<Result<data.RawBody>> {
    return this.#caller.read('market', { id: ticker }, (body) => data.decodeRaw('ticker')(inner(fieldsOf(body, 'market'), 'market')));
  }

  async orderbook(ticker: string, payout: Price, depth = 0): Promise<Result<data.RestBook>> {
    return this.#caller.read('orderbook', { id: ticker, query: [['depth', depth]] }, (body) => data.decodeBook(body, payout));
  }

  /** At most 100 markets per call. */
  async orderbooks(tickers: readonly string[], payoutOf: (ticker: string) => Price): Promise<Result<ReadonlyMap<string, data.RestBook>>> {
    const books = new Map<string, data.RestBook>();
    for (let from = 0; from < tickers.length; from += TICKERS_PER_CALL) {
      const query: Query = tickers.slice(from, from + TICKERS_PER_CALL).map((ticker) => ['tickers', ticker] as const);
      const part = await this.#caller.read('orderbooks', { query }, (body) => data.decodeBooks(body, payoutOf));
      if (part.kind !== 'ok') return part;
      for (const [ticker, book] of part.value) books.set(ticker, book);
    }
    return { kind: 'ok', status: 200, value: books };
  }

  /** Newest first. */
  async trades(ticker: string, since?: EpochUs): Promise<Result<readonly data.RestTrade[]>> {
    const query: Query = [
      ['ticker', ticker],
      ['min_ts', since === undefined ? undefined : Math.floor(toEpochMs(since) / 1000)],
    ];
    return this.#caller.list('trades', query, { list: 'trades', decode: data.decodeTrade, keyOf: (trade) => trade.tradeId });
  }

  async event(ticker: string): Promise<Result<data.RawBody>> {
    return this.#caller.read('event', { id: ticker }, (body) => data.decodeRaw('event_ticker')(inner(fieldsOf(body, 'event'), 'event')));
  }

  async events(series?: string, status?: MarketFilter['status']): Promise<Result<readonly data.RawBody[]>> {
    const query: Query = [
      ['series_ticker', series],
      ['status', status],
    ];
    return this.#caller.list('events', query, {
      list: 'events',
      decode: data.decodeRaw('event_ticker'),
      keyOf: (event) => event.ticker,
      perPage: EVENTS_PER_PAGE,
    });
  }

  async series(ticker: string): Promise<Result<data.RawBody>> {
    return this.#caller.read('series', { id: ticker }, (body) => data.decodeRaw('ticker')(inner(fieldsOf(body, 'series'), 'series')));
  }

  async seriesList(): Promise<Result<readonly data.RawBody[]>> {
    return this.#caller.read('seriesList', {}, (body) => itemsOf(fieldsOf(body, 'series list'), 'series', data.decodeRaw('ticker')));
  }

  /** Announced changes of a series' fees and of its events' overrides. */
  async feeChanges(series: string): Promise<Result<readonly data.FeeChange[]>> {
    const query: Query = [['series_ticker', series]];
    const ofSeries = await this.#caller.read('seriesFeeChanges', { query }, (body) =>
      itemsOf(fieldsOf(body, 'series fee changes'), 'series_fee_change_arr', data.decodeSeriesFeeChange),
    );
    if (ofSeries.kind !== 'ok') return ofSeries;
    const ofEvents = await this.#caller.list('eventFeeChanges', [], {
      list: 'event_fee_changes',
      decode: data.decodeEventFeeChange,
      keyOf: (change) => change.id,
    });
    if (ofEvents.kind !== 'ok') return ofEvents;
    return { kind: 'ok', status: 200, value: [...ofSeries.value, ...ofEvents.value.filter((change) => change.series === series)] };
  }

  async exchangeState(): Promise<Result<data.ExchangeState>> {
    return this.#caller.read('exchangeStatus', {}, data.decodeExchangeState);
  }

  async exchangeSchedule(): Promise<Result<data.ExchangeSchedule>> {
    return this.#caller.read('exchangeSchedule', {}, data.decodeSchedule);
  }
}
