/** The bodies (`msg`) of websocket messages: reference 8.5 to 8.10. Pure; the envelope with sid and seq is the session's. */
import type { Ticker } from '../../domain/ids.js';
import {
  complement,
  contractsOf,
  formatCash,
  formatPrice,
  formatQuantity,
  type EpochUs,
  type Price,
  type Quantity,
} from '../../domain/units.js';
import type {
  BookView,
  EventView,
  ExchangeEvent,
  FillView,
  MarketView,
  OrderView,
  PositionView,
  TickerView,
  TradeView,
} from '../core/types.js';
import type { UpdateReason } from '../core/words.js';
import { bothPrices, dollars, marketIdOf, outcomeOf, selfTradeWord } from './encode.js';
import { askText, bidText, bookSides, multiplierNumber, priceRanges } from './encode-market.js';
import type { Json } from './replies.js';
import { rfc3339, unixMillis, unixSeconds } from './times.js';

type Fields = { readonly [key: string]: Json | undefined };
type EventOf<Type extends ExchangeEvent['type']> = Extract<ExchangeEvent, { type: Type }>;

/** Which prices the NO side of a book is told in. */
export type NoPrices = 'no' | 'yes';

/** A side without levels is absent. */
export const snapshotMessage = (book: BookView, noPrices: NoPrices): Fields => {
  const sides = bookSides(book, { depth: 0, noPrices });
  return {
    market_ticker: book.ticker,
    market_id: marketIdOf(book.ticker),
    ...(sides.yes.length === 0 ? {} : { yes_dollars_fp: sides.yes }),
    ...(sides.no.length === 0 ? {} : { no_dollars_fp: sides.no }),
  };
};

/** @param own whether the reader's own order caused the change: only then are its client id and subaccount told */
export const deltaMessage = (event: EventOf<'book'>, noPrices: NoPrices, own: boolean): Fields => ({
  market_ticker: event.ticker,
  market_id: marketIdOf(event.ticker),
  price_dollars: formatPrice(event.side === 'ask' && noPrices === 'no' ? complement(event.price, event.payout) : event.price),
  delta_fp: formatQuantity(event.change),
  side: outcomeOf(event.side),
  ...(own && event.owner.clientOrderId !== null ? { client_order_id: event.owner.clientOrderId } : {}),
  ...(own ? { subaccount: event.owner.subaccount } : {}),
  ts: rfc3339(event.at),
  ts_ms: unixMillis(event.at),
});

/** Half the contracts, in whole dollars: what the recorded stream states as dollar volume and dollar open interest. */
const halfDollars = (contracts: Quantity): number => Math.floor(contractsOf(contracts) / 2);

export const tickerMessage = (ticker: Ticker, ticks: TickerView, payout: Price, at: EpochUs): Fields => ({
  market_ticker: ticker,
  market_id: marketIdOf(ticker),
  price_dollars: bidText(ticks.last),
  yes_bid_dollars: bidText(ticks.bid),
  yes_ask_dollars: askText(ticks.ask, payout),
  volume_fp: formatQuantity(ticks.volume),
  open_interest_fp: formatQuantity(ticks.openInterest),
  dollar_volume: halfDollars(ticks.volume),
  dollar_open_interest: halfDollars(ticks.openInterest),
  yes_bid_size_fp: formatQuantity(ticks.bidSize),
  yes_ask_size_fp: formatQuantity(ticks.askSize),
  last_trade_size_fp: formatQuantity(ticks.lastSize),
  ts: unixSeconds(at),
  ts_ms: unixMillis(at),
  time: rfc3339(at),
});

export const tradeMessage = (trade: TradeView): Fields => {
  const prices = bothPrices(trade.price, trade.payout);
  const outcome = outcomeOf(trade.takerSide);
  return {
    trade_id: trade.tradeId,
    market_ticker: trade.ticker,
    yes_price_dollars: prices.yes,
    no_price_dollars: prices.no,
    count_fp: formatQuantity(trade.quantity),
    taker_side: outcome,
    taker_outcome_side: outcome,
    taker_book_side: trade.takerSide,
    is_block_trade: false,
    ts: unixSeconds(trade.at),
    ts_ms: unixMillis(trade.at),
  };
};

export const fillMessage = (fill: FillView): Fields => {
  const outcome = outcomeOf(fill.side);
  return {
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    ...(fill.clientOrderId === null ? {} : { client_order_id: fill.clientOrderId }),
    market_ticker: fill.ticker,
    exchange_index: fill.shard,
    is_taker: fill.role === 'taker',
    side: outcome,
    yes_price_dollars: bothPrices(fill.price, fill.payout).yes,
    count_fp: formatQuantity(fill.quantity),
    fee_cost: formatCash(fill.fee),
    action: 'buy',
    post_position_fp: formatQuantity(fill.positionAfter),
    purchased_side: outcome,
    outcome_side: outcome,
    book_side: fill.side,
    ts: unixSeconds(fill.at),
    ts_ms: unixMillis(fill.at),
    subaccount: fill.subaccount,
  };
};

export const orderMessage = (order: OrderView, reason: UpdateReason | null): Fields => {
  const outcome = outcomeOf(order.side);
  return {
    order_id: order.orderId,
    user_id: order.account,
    client_order_id: order.clientOrderId ?? '',
    ticker: order.ticker,
    exchange_index: order.shard,
    status: order.status,
    side: outcome,
    is_yes: order.side === 'bid',
    outcome_side: outcome,
    book_side: order.side,
    yes_price_dollars: bothPrices(order.price, order.payout).yes,
    initial_count_fp: formatQuantity(order.initial),
    fill_count_fp: formatQuantity(order.filled),
    remaining_count_fp: formatQuantity(order.remaining),
    taker_fill_cost_dollars: formatCash(order.takerCost),
    maker_fill_cost_dollars: formatCash(order.makerCost),
    taker_fees_dollars: formatCash(order.takerFees),
    maker_fees_dollars: formatCash(order.makerFees),
    ...(order.group === null ? {} : { order_group_id: order.group }),
    self_trade_prevention_type: selfTradeWord(order.selfTrade),
    created_time: rfc3339(order.createdAt),
    created_ts_ms: unixMillis(order.createdAt),
    last_update_time: rfc3339(order.updatedAt),
    last_updated_ts_ms: unixMillis(order.updatedAt),
    ...(order.expiresAt === null ? {} : { expiration_time: rfc3339(order.expiresAt), expiration_ts_ms: unixMillis(order.expiresAt) }),
    ...(reason === null ? {} : { last_update_reason: reason }),
    subaccount_number: order.subaccount,
  };
};

export const positionMessage = (position: PositionView): Fields => ({
  user_id: position.account,
  market_ticker: position.ticker,
  position_fp: formatQuantity(position.quantity),
  position_cost_dollars: dollars(position.cost),
  realized_pnl_dollars: dollars(position.realized),
  fees_paid_dollars: formatCash(position.fees),
  position_fee_cost_dollars: formatCash(position.openFees),
  volume_fp: formatQuantity(position.volume),
  subaccount: position.subaccount,
});

const createdPart = (market: MarketView): Fields => {
  const { listing } = market;
  const strike: Fields =
    listing.strike === null
      ? {}
      : {
          strike_type: listing.strike.type,
          ...(listing.strike.floor === null ? {} : { floor_strike: listing.strike.floor }),
          ...(listing.strike.cap === null ? {} : { cap_strike: listing.strike.cap }),
        };
  return {
    open_ts: unixSeconds(market.opensAt),
    close_ts: unixSeconds(market.closesAt),
    price_level_structure: market.structure,
    price_ranges: priceRanges(market),
    additional_metadata: {
      name: listing.yesSubTitle,
      title: listing.title,
      yes_sub_title: listing.yesSubTitle,
      no_sub_title: listing.noSubTitle,
      rules_primary: listing.rules,
      rules_secondary: '',
      can_close_early: listing.canCloseEarly,
      event_ticker: market.event,
      expected_expiration_ts: unixSeconds(listing.expectedExpirationAt),
      ...strike,
    },
  };
};

/** Times on this channel are in seconds. */
export const lifecycleMessage = ({ change, market, at }: EventOf<'lifecycle'>): Fields => {
  const head = { market_ticker: market.ticker, exchange_index: market.shard };
  switch (change) {
    case 'created':
      return { event_type: 'created', ...head, ...createdPart(market) };
    case 'activated':
      return { event_type: 'activated', ...head, is_deactivated: false };
    case 'deactivated':
      return { event_type: 'deactivated', ...head, is_deactivated: true };
    case 'close-date-updated':
      return { event_type: 'close_date_updated', ...head, close_ts: unixSeconds(market.closesAt) };
    case 'determined':
      return {
        event_type: 'determined',
        ...head,
        result: market.result ?? '',
        determination_ts: unixSeconds(market.determinedAt ?? at),
        ...(market.settlementValue === null ? {} : { settlement_value: formatPrice(market.settlementValue) }),
      };
    case 'settled':
      return { event_type: 'settled', ...head, settled_ts: unixSeconds(market.settledAt ?? at) };
    case 'price-levels-updated':
      return {
        event_type: 'price_level_structure_updated',
        ...head,
        price_level_structure: market.structure,
        price_ranges: priceRanges(market),
      };
  }
};

export const eventMessage = (event: EventView): Fields => ({
  event_ticker: event.ticker,
  exchange_index: event.shard,
  title: event.listing.title,
  subtitle: event.listing.subTitle,
  collateral_return_type: event.mutuallyExclusive ? 'MECNET' : '',
  series_ticker: event.series,
});

/** null where the event follows its series again. */
export const eventFeeMessage = ({ event, override }: EventOf<'event-fees'>): Fields => ({
  event_ticker: event,
  fee_type_override: override?.type ?? null,
  fee_multiplier_override:
    override === null || override.multiplierMicros === null ? null : multiplierNumber({ multiplierMicros: override.multiplierMicros }),
});

const GROUP_WORDS = {
  created: 'created',
  triggered: 'triggered',
  reset: 'reset',
  deleted: 'deleted',
  'limit-updated': 'limit_updated',
} as const satisfies Record<EventOf<'group'>['change'], string>;

/** The limit is told only where it is set. */
export const groupMessage = (event: EventOf<'group'>): Fields => ({
  event_type: GROUP_WORDS[event.change],
  order_group_id: event.group,
  ...(event.change === 'created' || event.change === 'limit-updated' ? { contracts_limit_fp: formatQuantity(event.limit) } : {}),
  ts_ms: unixMillis(event.at),
});

const averageOf = (average: { readonly value: number; readonly count: number }, fromMs: number, toMs: number) => ({
  value: average.value.toFixed(8),
  window_size: average.count,
  window_start_ts_ms: fromMs,
  window_end_ts_exclusive: toMs,
});

/** A value of an index: the source's own frame as a text, and the averages that settlements are made of. */
export const indexMessage = ({ at, id, value, trailing, closing }: Extract<ExchangeEvent, { type: 'index' }>) => {
  const ms = unixMillis(at);
  return {
    index_id: id,
    received_at: ms,
    data: JSON.stringify({ type: 'value', id, time: ms, value: value.toFixed(2) }),
    avg_60s_data: averageOf(trailing, ms - 60_000, ms),
    ...(closing === null ? {} : { last_60s_windowed_average_15min: averageOf(closing, ms - closing.count * 1000 + 1000, ms + 1) }),
  };
};
