/** Public reads as REST bodies, with the key sets of October 2026. Keys stand in alphabetical order, as the exchange sends them. */
import type { Level } from '../../domain/events.js';
import type { FeeTerms } from '../../domain/fees.js';
import { complement, formatPrice, formatQuantity, toSeconds, ZERO_PRICE, type Price } from '../../domain/units.js';
import type { BookView, EventView, MarketView, SeriesListing, ShardStatus, TradeView } from '../core/types.js';
import { bothPrices, outcomeOf } from './encode.js';
import type { Json } from './replies.js';
import { rfc3339 } from './times.js';

/** Where a side of the book is empty: bid 0, ask the payout. */
export const bidText = (bid: Price | null): string => formatPrice(bid ?? ZERO_PRICE);
export const askText = (ask: Price | null, payout: Price): string => formatPrice(ask ?? payout);

export const priceRanges = (market: Pick<MarketView, 'grid'>): Json =>
  market.grid.bands.map((band) => ({ end: formatPrice(band.end), start: formatPrice(band.start), step: formatPrice(band.step) }));

/** `fee_multiplier`, a plain number. */
export const multiplierNumber = (terms: Pick<FeeTerms, 'multiplierMicros'>): number => terms.multiplierMicros / 1e6;

const settledPart = (market: MarketView): { readonly [key: string]: Json } => ({
  ...(market.settledAt === null ? {} : { settlement_ts: rfc3339(market.settledAt) }),
  ...(market.settlementValue === null ? {} : { settlement_value_dollars: formatPrice(market.settlementValue) }),
});

const strikePart = ({ strike }: MarketView['listing']): { readonly [key: string]: Json } =>
  strike === null
    ? {}
    : {
        ...(strike.cap === null ? {} : { cap_strike: strike.cap }),
        ...(strike.floor === null ? {} : { floor_strike: strike.floor }),
        strike_type: strike.type,
      };

/** A market that is younger than a day has no price of a day ago. */
const NO_DAY_BEFORE = {
  previous_price_dollars: formatPrice(ZERO_PRICE),
  previous_yes_ask_dollars: formatPrice(ZERO_PRICE),
  previous_yes_bid_dollars: formatPrice(ZERO_PRICE),
};

export const marketBody = (market: MarketView): Json => {
  const { listing, ticks, payout } = market;
  return {
    can_close_early: listing.canCloseEarly,
    close_time: rfc3339(market.closesAt),
    created_time: rfc3339(listing.createdAt),
    ...(listing.canCloseEarly ? { early_close_condition: 'This market will close and expire after the event occurs.' } : {}),
    event_ticker: market.event,
    exchange_index: market.shard,
    expected_expiration_time: rfc3339(listing.expectedExpirationAt),
    expiration_time: rfc3339(listing.latestExpirationAt),
    expiration_value: '',
    last_price_dollars: bidText(ticks.last),
    latest_expiration_time: rfc3339(listing.latestExpirationAt),
    market_type: market.result === 'scalar' ? 'scalar' : 'binary',
    no_ask_dollars: formatPrice(complement(ticks.bid ?? ZERO_PRICE, payout)),
    no_bid_dollars: formatPrice(complement(ticks.ask ?? payout, payout)),
    no_sub_title: listing.noSubTitle,
    notional_value_dollars: formatPrice(payout),
    occurrence_datetime: rfc3339(listing.expectedExpirationAt),
    open_interest_fp: formatQuantity(ticks.openInterest),
    open_time: rfc3339(market.opensAt),
    ...NO_DAY_BEFORE,
    price_level_structure: market.structure,
    price_ranges: priceRanges(market),
    result: market.result ?? '',
    rules_primary: listing.rules,
    rules_secondary: '',
    settlement_bounds_type: 'default',
    settlement_timer_seconds: Math.round(toSeconds(listing.settlementTimer)),
    ...settledPart(market),
    status: market.status,
    ...strikePart(listing),
    ticker: market.ticker,
    title: listing.title,
    updated_time: rfc3339(market.updatedAt),
    volume_24h_fp: formatQuantity(market.volume24h),
    volume_fp: formatQuantity(ticks.volume),
    yes_ask_dollars: askText(ticks.ask, payout),
    yes_ask_size_fp: formatQuantity(ticks.askSize),
    yes_bid_dollars: bidText(ticks.bid),
    yes_bid_size_fp: formatQuantity(ticks.bidSize),
    yes_sub_title: listing.yesSubTitle,
  };
};

/** @param markets nested, or null where they were not asked for */
export const eventBody = (event: EventView, series: SeriesListing | null, markets: readonly MarketView[] | null): Json => ({
  category: series?.category ?? '',
  collateral_return_type: event.mutuallyExclusive ? 'MECNET' : '',
  event_ticker: event.ticker,
  exchange_index: event.shard,
  ...(event.feeOverride?.multiplierMicros === null || event.feeOverride === null
    ? {}
    : { fee_multiplier_override: multiplierNumber({ multiplierMicros: event.feeOverride.multiplierMicros }) }),
  ...(event.feeOverride?.type === null || event.feeOverride === null ? {} : { fee_type_override: event.feeOverride.type }),
  ...(markets === null ? {} : { markets: markets.map(marketBody) }),
  mutually_exclusive: event.mutuallyExclusive,
  series_ticker: event.series,
  settlement_sources: [],
  strike_period: '',
  sub_title: event.listing.subTitle,
  title: event.listing.title,
});

export const seriesBody = (series: SeriesListing): Json => ({
  additional_prohibitions: [],
  categories: [series.category],
  category: series.category,
  contract_terms_url: '',
  contract_url: '',
  exchange_index: series.shard,
  fee_multiplier: multiplierNumber(series.fees),
  fee_type: series.fees.type,
  frequency: series.frequency,
  product_metadata: {},
  settlement_sources: [],
  tags: [],
  ticker: series.ticker,
  title: series.title,
});

const row = (price: Price, level: Level): readonly [string, string] => [formatPrice(price), formatQuantity(level.quantity)];

/**
 * Bids of both sides, ascending, best last; the NO side in NO prices unless YES prices are asked for.
 * @param book best level first
 * @param depth levels per side, counted from the best; 0 is all
 */
export const bookSides = (
  book: BookView,
  options: { readonly depth: number; readonly noPrices: 'no' | 'yes' },
): { readonly yes: readonly (readonly [string, string])[]; readonly no: readonly (readonly [string, string])[] } => {
  const cut = <T>(levels: readonly T[]): readonly T[] => (options.depth > 0 ? levels.slice(0, options.depth) : levels);
  const noPrice = (price: Price): Price => (options.noPrices === 'no' ? complement(price, book.payout) : price);
  return {
    yes: cut(book.bids)
      .map((level) => row(level.price, level))
      .toReversed(),
    no: cut(book.asks)
      .map((level) => row(noPrice(level.price), level))
      .toReversed(),
  };
};

export const bookBody = (book: BookView, depth: number): Json => {
  const sides = bookSides(book, { depth, noPrices: 'no' });
  return { no_dollars: sides.no, yes_dollars: sides.yes };
};

export const tradeBody = (trade: TradeView): Json => {
  const prices = bothPrices(trade.price, trade.payout);
  return {
    count_fp: formatQuantity(trade.quantity),
    created_time: rfc3339(trade.at),
    is_block_trade: false,
    no_price_dollars: prices.no,
    taker_book_side: trade.takerSide,
    taker_outcome_side: outcomeOf(trade.takerSide),
    taker_side: outcomeOf(trade.takerSide),
    ticker: trade.ticker,
    trade_id: trade.tradeId,
    yes_price_dollars: prices.yes,
  };
};

/** The top level speaks for shard 0. */
export const statusBody = (statuses: readonly ShardStatus[]): Json => {
  const first = statuses.find((status) => status.shard === 0) ?? statuses[0];
  const resumes = statuses.find((status) => status.resumesAt !== null)?.resumesAt ?? null;
  return {
    exchange_active: first?.exchangeActive ?? false,
    ...(resumes === null ? {} : { exchange_estimated_resume_time: rfc3339(resumes) }),
    exchange_index_statuses: statuses.map((status) => ({
      description: status.description,
      exchange_active: status.exchangeActive,
      exchange_index: status.shard,
      intra_exchange_transfers_active: status.exchangeActive,
      trading_active: status.tradingActive,
    })),
    intra_exchange_transfers_active: first?.exchangeActive ?? false,
    trading_active: first?.tradingActive ?? false,
  };
};
