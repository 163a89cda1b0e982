/** Makes domain markets of the exchange's bodies: market, series and event together. The grid comes from `price_ranges` alone, never from a label. */
import { MalformedMessageError } from '../domain/errors.js';
import { QUADRATIC, type FeeTerms, type FeeType } from '../domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../domain/ids.js';
import type { Market, MarketStatus } from '../domain/market.js';
import { PriceGrid, type PriceBand } from '../domain/price-grid.js';
import { price, PRICE_PER_DOLLAR, type EpochUs, type Price } from '../domain/units.js';
import { strikeOf } from './market-strike.js';
import { fieldsOf, itemsOf, numberOf, optionalTimeOf, shardOf, timeOf } from './rest-decode.js';
import type { Fields } from './wire-fields.js';

/** Bodies as REST gives them, without their envelopes; null where a body was not to be had. */
export interface CatalogInput {
  readonly ticker: string;
  readonly market: unknown;
  readonly event: unknown;
  readonly series: unknown;
}

/**
 * `refuse` where anything is lacking: for trading. `allow` fills in what is usual and says so in `assumed`: for recordings. What is there but wrong
 * is refused in both cases.
 */
export type Assumptions = 'refuse' | 'allow';

const STATUSES: ReadonlyMap<string, MarketStatus> = new Map(
  (['initialized', 'active', 'inactive', 'closed', 'determined', 'disputed', 'amended', 'finalized'] as const).map((word) => [word, word]),
);

const FEE_TYPES: ReadonlyMap<string, FeeType> = new Map(
  (['quadratic', 'quadratic_with_maker_fees', 'quadratic_with_combo_maker_fees', 'flat'] as const).map((word) => [word, word]),
);

const ONE_DOLLAR = price(PRICE_PER_DOLLAR);
const ONE_CENT = price(PRICE_PER_DOLLAR / 100);

/**
 * One market from its bodies.
 * @throws MalformedMessageError where something is wrong, or lacking and not to be assumed
 * @throws InvalidGridError where the price ranges form no grid
 */
export const toMarket = (input: CatalogInput, assumptions: Assumptions): Market => {
  const assumed = new Assumed(input.ticker, assumptions);
  const market = optionalFields(input.market, 'market', input.ticker);
  const event = optionalFields(input.event, 'event', input.ticker);
  const series = optionalFields(input.series, 'series', input.ticker);
  if (market !== null && market.text('ticker') !== input.ticker) market.refuse('ticker', input.ticker);
  const payout = market?.has('notional_value_dollars')
    ? market.price('notional_value_dollars')
    : assumed.instead('payout', '$1 per contract', ONE_DOLLAR);
  const eventName = market?.has('event_ticker')
    ? market.text('event_ticker')
    : assumed.instead('event', 'the ticker without its last part', input.ticker.replace(/-[^-]*$/, ''));
  return {
    ticker: ticker(input.ticker),
    event: eventTicker(eventName),
    series: seriesTicker(seriesNameOf(event, series, eventName, assumed)),
    shard: market === null ? 0 : shardOf(market),
    status: market === null ? assumed.instead('status', 'active', 'active') : market.word('status', STATUSES),
    payout,
    grid: market?.has('price_ranges') ? gridOf(market, payout) : assumed.instead('grid', 'whole cents', centGrid(payout)),
    fees: feesOf(event, series, assumed),
    closesAt: closeOf(market, assumed),
    mutuallyExclusive: event === null ? assumed.instead('outcomes', 'not mutually exclusive', false) : event.flag('mutually_exclusive'),
    ...(market === null ? {} : termsOf(market)),
    assumed: assumed.list,
  };
};

/** What models want to know and trading does without: absent where the exchange does not say. */
const termsOf = (market: Fields): Pick<Market, 'strike' | 'determinesAt' | 'canCloseEarly'> => {
  const strike = strikeOf(market);
  const determinesAt = optionalTimeOf(market, 'expected_expiration_time');
  return {
    ...(strike === null ? {} : { strike }),
    ...(determinesAt === null ? {} : { determinesAt }),
    ...(market.has('can_close_early') ? { canCloseEarly: market.flag('can_close_early') } : {}),
  };
};

/** The grid of a market body or of a lifecycle message that carries `price_ranges`. */
export const gridOf = (fields: Fields, payout: Price): PriceGrid => {
  const bands: PriceBand[] = itemsOf(fields, 'price_ranges', (band) => ({
    start: band.price('start'),
    end: band.price('end'),
    step: band.price('step'),
  }));
  return new PriceGrid(bands, payout);
};

/** An event's override replaces the series' terms, each of the two for itself; null gives it back to the series. */
export const withOverride = (
  series: FeeTerms,
  override: { readonly type: string | null; readonly multiplier: number | null },
): FeeTerms => ({
  type: override.type === null ? series.type : feeTypeOf(override.type),
  multiplierMicros: override.multiplier === null ? series.multiplierMicros : microsOf(override.multiplier),
});

const feesOf = (event: Fields | null, series: Fields | null, assumed: Assumed): FeeTerms => {
  const own =
    series === null
      ? assumed.instead('fees', 'quadratic, multiplier 1', QUADRATIC)
      : { type: series.word('fee_type', FEE_TYPES), multiplierMicros: microsOf(numberOf(series, 'fee_multiplier')) };
  if (event === null) return own;
  return withOverride(own, {
    type: event.optionalText('fee_type_override'),
    multiplier: event.has('fee_multiplier_override') ? numberOf(event, 'fee_multiplier_override') : null,
  });
};

const feeTypeOf = (word: string): FeeType => {
  const type = FEE_TYPES.get(word);
  if (type === undefined) throw new MalformedMessageError('fee type', `one of ${[...FEE_TYPES.keys()].join(', ')}`, word);
  return type;
};

const MICROS = 1_000_000;
const microsOf = (multiplier: number): number => {
  const micros = Math.round(multiplier * MICROS);
  if (micros / MICROS !== multiplier) throw new MalformedMessageError('fee multiplier', 'at most six decimals', String(multiplier));
  return micros;
};

const seriesNameOf = (event: Fields | null, series: Fields | null, eventName: string, assumed: Assumed): string => {
  if (event?.has('series_ticker')) return event.text('series_ticker');
  if (series !== null) return series.text('ticker');
  return assumed.instead('series', 'the first part of the event', eventName.replace(/-.*$/, ''));
};

const closeOf = (market: Fields | null, assumed: Assumed): EpochUs | null => {
  if (market !== null && assumed.mode === 'refuse') return timeOf(market, 'close_time');
  return (market === null ? null : optionalTimeOf(market, 'close_time')) ?? assumed.instead('close', 'unknown', null);
};

const centGrid = (payout: Price): PriceGrid => new PriceGrid([{ start: price(0), end: payout, step: ONE_CENT }], payout);

const optionalFields = (body: unknown, path: string, market: string): Fields | null =>
  body === null || body === undefined ? null : fieldsOf(body, path, market);

/** Collects what had to be filled in, or refuses to fill anything in. */
class Assumed {
  readonly list: string[] = [];

  constructor(
    private readonly ticker: string,
    readonly mode: Assumptions,
  ) {}

  instead<T>(what: string, text: string, value: T): T {
    if (this.mode === 'refuse') throw new MalformedMessageError(`market ${this.ticker}`, `its ${what}`, 'nothing');
    this.list.push(`${what}: ${text}`);
    return value;
  }
}
