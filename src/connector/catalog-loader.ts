/** Fetches what the catalog needs for a list of markets: each market, its event and its series, every one of them once. */
import type { Market } from '../domain/market.js';
import { TradingError } from '../domain/errors.js';
import type { MarketCalls } from './market-calls.js';
import { toMarket, type CatalogInput } from './market-catalog.js';
import { describe, type Result } from './rest-result.js';
import type { RawBody } from './rest-market-data.js';
import { isName } from './wire-fields.js';

/** A market's description could not be had. Nothing is assumed in its place. */
export class CatalogError extends TradingError {
  readonly code = 'CATALOG_INCOMPLETE';
}

type Reads = Pick<MarketCalls, 'markets' | 'event' | 'series'>;

export interface Catalog {
  readonly markets: readonly Market[];
  /** The bodies they were made of, for a recording's sidecar. */
  readonly bodies: readonly CatalogInput[];
}

/**
 * Markets in the order of the tickers.
 * @throws CatalogError where one of them is unknown to the exchange or a call fails
 * @throws MalformedMessageError where a body is not what was promised
 */
export const loadCatalog = async (api: Reads, tickers: readonly string[]): Promise<Catalog> => {
  const found = new Map(valueOf('markets', await api.markets({ tickers })).map((market) => [market.ticker, market.body]));
  const events = new Map<string, RawBody['body']>();
  const series = new Map<string, RawBody['body']>();
  const bodies: CatalogInput[] = [];
  for (const ticker of tickers) {
    const market = found.get(ticker);
    if (market === undefined) throw new CatalogError(`market ${ticker}: the exchange knows no such market; check the ticker`);
    const event = await once(events, textOf(market, 'event_ticker', ticker), (name) => api.event(name));
    bodies.push({ ticker, market, event, series: await once(series, textOf(event, 'series_ticker', ticker), (name) => api.series(name)) });
  }
  return { markets: bodies.map((body) => toMarket(body, 'refuse')), bodies };
};

const once = async (
  known: Map<string, RawBody['body']>,
  name: string,
  read: (name: string) => Promise<Result<RawBody>>,
): Promise<RawBody['body']> => {
  const before = known.get(name);
  if (before !== undefined) return before;
  const { body } = valueOf(name, await read(name));
  known.set(name, body);
  return body;
};

const valueOf = <T>(what: string, result: Result<T>): T => {
  if (result.kind === 'ok') return result.value;
  throw new CatalogError(`${what}: the exchange gave no description (${describe(result)}); try again, or check the ticker`);
};

const textOf = (body: RawBody['body'], name: string, ticker: string): string => {
  const value = body[name];
  if (typeof value === 'string' && isName(value)) return value;
  throw new CatalogError(`market ${ticker}: its description lacks ${name}`);
};
