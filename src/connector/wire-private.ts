/** The account's own messages: fills, orders, positions, order groups (reference 8.8 and 8.9). Legacy direction fields are not read. */
import {
  clientOrderId,
  fillId,
  orderGroupId,
  venueOrderId,
  type ClientOrderId,
  type FillId,
  type OrderGroupId,
  type VenueOrderId,
} from '../domain/ids.js';
import type { OrderGroupUpdate } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import type { VenueOrder } from '../domain/order.js';
import { UNKNOWN_TIME, type Cash, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import type { Fields, WireContext } from './wire-fields.js';
import { parseRfc3339 } from './wire-time.js';

export interface WireFill {
  readonly type: 'fill';
  readonly ticker: string;
  readonly fillId: FillId;
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Cash;
  readonly role: 'maker' | 'taker';
  readonly positionAfter: Quantity | null;
  readonly exchangeAt: EpochUs;
  /** null where the message does not say. */
  readonly subaccount: number | null;
}

export interface WireOrder {
  readonly type: 'user_order';
  readonly ticker: string;
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly side: BookSide;
  readonly price: Price;
  readonly initial: Quantity;
  readonly filled: Quantity;
  readonly remaining: Quantity;
  readonly status: VenueOrder['status'];
  readonly expiresAt: EpochUs | null;
  /** UNKNOWN_TIME where it is not told. */
  readonly updatedAt: EpochUs;
  readonly group: OrderGroupId | null;
  readonly reason: string | null;
  readonly subaccount: number | null;
}

export interface WirePosition {
  readonly type: 'market_position';
  readonly ticker: string;
  readonly position: Quantity;
  readonly subaccount: number | null;
}

export interface WireOrderGroup {
  readonly type: 'order_group_updates';
  readonly group: OrderGroupId;
  readonly change: OrderGroupUpdate['change'];
}

export const BOOK_SIDES: ReadonlyMap<string, BookSide> = new Map([
  ['bid', 'bid'],
  ['ask', 'ask'],
]);
/** Outcome yes is the bid side, outcome no the ask side, always (reference 3.3). */
export const OUTCOME_SIDES: ReadonlyMap<string, BookSide> = new Map([
  ['yes', 'bid'],
  ['no', 'ask'],
]);
const STATUSES: ReadonlyMap<string, VenueOrder['status']> = new Map([
  ['resting', 'resting'],
  ['canceled', 'cancelled'],
  ['executed', 'executed'],
  ['unknown', 'unknown'],
]);
const GROUP_CHANGES: ReadonlyMap<string, OrderGroupUpdate['change']> = new Map([
  ['created', 'created'],
  ['triggered', 'triggered'],
  ['reset', 'reset'],
  ['deleted', 'deleted'],
  ['limit_updated', 'limit-updated'],
]);

/** `book_side`, else `outcome_side`; where both are there they must agree. */
const sideOf = (msg: Fields): BookSide => {
  const outcome = msg.has('outcome_side') ? msg.word('outcome_side', OUTCOME_SIDES) : null;
  if (!msg.has('book_side') && outcome !== null) return outcome;
  const side = msg.word('book_side', BOOK_SIDES);
  if (outcome !== null && outcome !== side) msg.refuse('outcome_side', `the outcome of book_side ${side}`);
  return side;
};

const optionalCount = (msg: Fields, name: string): number | null => (msg.has(name) ? msg.count(name) : null);

const clientIdOf = (msg: Fields): ClientOrderId | null => {
  const text = msg.optionalText('client_order_id');
  return text === null ? null : clientOrderId(text);
};

/** The YES price of an order or a fill: never more than the contract pays. */
const yesPriceOf = (msg: Fields, ticker: string, context: WireContext): Price => {
  const price = msg.price('yes_price_dollars');
  return price <= context.payoutOf(ticker) ? price : msg.refuse('yes_price_dollars', 'a price up to the payout');
};

export const decodeFill = (msg: Fields, context: WireContext): WireFill => {
  const ticker = msg.text('market_ticker');
  const quantity = msg.quantity('count_fp');
  if (quantity === 0) msg.refuse('count_fp', 'more than nothing');
  return {
    type: 'fill',
    ticker,
    fillId: fillId(msg.text('trade_id')),
    orderId: venueOrderId(msg.text('order_id')),
    clientId: clientIdOf(msg),
    side: sideOf(msg),
    price: yesPriceOf(msg, ticker, context),
    quantity,
    fee: msg.cash('fee_cost'),
    role: msg.flag('is_taker') ? 'taker' : 'maker',
    positionAfter: msg.has('post_position_fp') ? msg.signedQuantity('post_position_fp') : null,
    exchangeAt: msg.exchangeTime(),
    subaccount: optionalCount(msg, 'subaccount'),
  };
};

export const decodeOrder = (msg: Fields, context: WireContext): WireOrder => {
  const ticker = msg.text('ticker');
  const group = msg.optionalText('order_group_id');
  return {
    type: 'user_order',
    ticker,
    orderId: venueOrderId(msg.text('order_id')),
    clientId: clientIdOf(msg),
    side: sideOf(msg),
    price: yesPriceOf(msg, ticker, context),
    initial: msg.quantity('initial_count_fp'),
    filled: msg.quantity('fill_count_fp'),
    remaining: msg.quantity('remaining_count_fp'),
    status: msg.word('status', STATUSES),
    expiresAt: expiryOf(msg),
    updatedAt: msg.has('last_updated_ts_ms') ? msg.millis('last_updated_ts_ms') : UNKNOWN_TIME,
    group: group === null ? null : orderGroupId(group),
    reason: msg.optionalText('last_update_reason'),
    subaccount: optionalCount(msg, 'subaccount_number'),
  };
};

const expiryOf = (msg: Fields): EpochUs | null => {
  if (msg.has('expiration_ts_ms')) return msg.millis('expiration_ts_ms');
  const text = msg.optionalText('expiration_time');
  if (text === null) return null;
  return parseRfc3339(text) ?? msg.refuse('expiration_time', 'a time such as 2026-06-11T06:29:47Z');
};

export const decodePosition = (msg: Fields): WirePosition => ({
  type: 'market_position',
  ticker: msg.text('market_ticker'),
  position: msg.signedQuantity('position_fp'),
  subaccount: optionalCount(msg, 'subaccount'),
});

export const decodeOrderGroup = (msg: Fields): WireOrderGroup => ({
  type: 'order_group_updates',
  group: orderGroupId(msg.text('order_group_id')),
  change: msg.word('event_type', GROUP_CHANGES),
});
