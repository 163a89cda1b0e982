/** What the account holds, as REST tells it: orders, fills, positions, balance, settlements. Exchange reference, sections 4.4, 5.1 and 5.2. */
import {
  clientOrderId,
  fillId,
  orderGroupId,
  venueOrderId,
  type ClientOrderId,
  type FillId,
  type MarketIndex,
  type OrderGroupId,
  type VenueOrderId,
} from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { FillReport, VenueOrder, VenuePosition } from '../domain/order.js';
import { CASH_PER_DOLLAR, cash, type Cash, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import { BOOK_SIDES, fieldsOf, integerOf, itemsOf, optionalTimeOf, shardOf, timeOf } from './rest-decode.js';
import type { Fields } from './wire-fields.js';

/** An order in any market of the account. */
export interface RestOrder extends Omit<VenueOrder, 'market'> {
  readonly ticker: string;
  readonly shard: number;
  readonly subaccount: number;
  readonly createdAt: EpochUs | null;
  readonly takerFees: Cash;
  readonly makerFees: Cash;
}

const STATUSES: ReadonlyMap<string, VenueOrder['status']> = new Map([
  ['resting', 'resting'],
  ['canceled', 'cancelled'],
  ['executed', 'executed'],
]);

const optionalClientId = (fields: Fields): ClientOrderId | null => {
  const text = fields.optionalText('client_order_id');
  return text === null ? null : clientOrderId(text);
};

const optionalGroup = (fields: Fields): OrderGroupId | null => {
  const text = fields.optionalText('order_group_id');
  return text === null ? null : orderGroupId(text);
};

const subaccountOf = (fields: Fields): number => (fields.has('subaccount_number') ? fields.count('subaccount_number') : 0);

export const decodeOrder = (fields: Fields): RestOrder => ({
  ticker: fields.text('ticker'),
  shard: shardOf(fields),
  subaccount: subaccountOf(fields),
  orderId: venueOrderId(fields.text('order_id')),
  clientId: optionalClientId(fields),
  side: fields.word('book_side', BOOK_SIDES),
  price: fields.price('yes_price_dollars'),
  initial: fields.quantity('initial_count_fp'),
  filled: fields.quantity('fill_count_fp'),
  remaining: fields.quantity('remaining_count_fp'),
  // A status word of the future is told as `unknown`, which is never taken for resting or gone.
  status: STATUSES.get(fields.text('status')) ?? 'unknown',
  expiresAt: optionalTimeOf(fields, 'expiration_time'),
  group: optionalGroup(fields),
  createdAt: optionalTimeOf(fields, 'created_time'),
  takerFees: fields.cash('taker_fees_dollars'),
  makerFees: fields.cash('maker_fees_dollars'),
});

export const toVenueOrder = (order: RestOrder, market: MarketIndex): VenueOrder => ({
  orderId: order.orderId,
  clientId: order.clientId,
  market,
  side: order.side,
  price: order.price,
  initial: order.initial,
  filled: order.filled,
  remaining: order.remaining,
  status: order.status,
  expiresAt: order.expiresAt,
  group: order.group,
});

export interface RestFill {
  readonly ticker: string;
  readonly shard: number;
  readonly subaccount: number;
  readonly fillId: FillId;
  readonly orderId: VenueOrderId;
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Cash;
  readonly role: 'maker' | 'taker';
  readonly exchangeAt: EpochUs;
  /** Whether `exchangeAt` is exact, or only a whole second that began then. */
  readonly precise: boolean;
}

export const decodeFill = (fields: Fields): RestFill => {
  const created = optionalTimeOf(fields, 'created_time');
  return {
    ticker: fields.text('ticker'),
    shard: shardOf(fields),
    subaccount: subaccountOf(fields),
    fillId: fillId(fields.text('fill_id')),
    orderId: venueOrderId(fields.text('order_id')),
    side: fields.word('book_side', BOOK_SIDES),
    price: fields.price('yes_price_dollars'),
    quantity: fields.quantity('count_fp'),
    fee: fields.cash('fee_cost'),
    role: fields.flag('is_taker') ? 'taker' : 'maker',
    exchangeAt: created ?? fields.seconds('ts'),
    precise: created !== null,
  };
};

/** REST fills name neither our client id nor the position afterwards. */
export const toFillReport = (fill: RestFill, market: MarketIndex): FillReport => ({
  fillId: fill.fillId,
  orderId: fill.orderId,
  clientId: null,
  market,
  side: fill.side,
  price: fill.price,
  quantity: fill.quantity,
  fee: fill.fee,
  role: fill.role,
  positionAfter: null,
  exchangeAt: fill.exchangeAt,
});

export interface RestPosition extends Omit<VenuePosition, 'market'> {
  readonly ticker: string;
  readonly shard: number;
  readonly traded: Cash;
}

export const decodePosition = (fields: Fields): RestPosition => ({
  ticker: fields.text('ticker'),
  shard: shardOf(fields),
  position: fields.signedQuantity('position_fp'),
  cost: fields.cash('market_exposure_dollars'),
  realized: fields.cash('realized_pnl_dollars'),
  fees: fields.cash('fees_paid_dollars'),
  traded: fields.cash('total_traded_dollars'),
});

export const toVenuePosition = (position: RestPosition, market: MarketIndex): VenuePosition => ({
  market,
  position: position.position,
  cost: position.cost,
  realized: position.realized,
  fees: position.fees,
});

export interface Balance {
  /** Over all shards, exact: `balance` itself is cut to cents. */
  readonly total: Cash;
  readonly byShard: ReadonlyMap<number, Cash>;
  /** The exchange's own marking of the positions. */
  readonly portfolioValue: Cash;
}

const CASH_PER_CENT = CASH_PER_DOLLAR / 100;
const centsOf = (fields: Fields, name: string): Cash => cash(integerOf(fields, name) * CASH_PER_CENT);

export const decodeBalance = (body: unknown): Balance => {
  const fields = fieldsOf(body, 'balance');
  const shards = fields.has('balance_breakdown')
    ? itemsOf(fields, 'balance_breakdown', (item) => [shardOf(item), item.cash('balance')] as const)
    : [];
  return { total: fields.cash('balance_dollars'), byShard: new Map(shards), portfolioValue: centsOf(fields, 'portfolio_value') };
};

export interface Settlement {
  readonly ticker: string;
  readonly event: string;
  readonly shard: number;
  readonly result: string;
  readonly yes: { readonly quantity: Quantity; readonly cost: Cash };
  readonly no: { readonly quantity: Quantity; readonly cost: Cash };
  readonly revenue: Cash;
  /** Settlement value of one YES contract; null where the exchange gives none. */
  readonly value: Cash | null;
  readonly fee: Cash;
  readonly settledAt: EpochUs;
}

export const decodeSettlement = (fields: Fields): Settlement => ({
  ticker: fields.text('ticker'),
  event: fields.text('event_ticker'),
  shard: shardOf(fields),
  result: fields.text('market_result'),
  yes: { quantity: fields.quantity('yes_count_fp'), cost: fields.cash('yes_total_cost_dollars') },
  no: { quantity: fields.quantity('no_count_fp'), cost: fields.cash('no_total_cost_dollars') },
  revenue: centsOf(fields, 'revenue'),
  value: fields.has('value') ? centsOf(fields, 'value') : null,
  fee: fields.cash('fee_cost'),
  settledAt: timeOf(fields, 'settled_time'),
});

/** Contracts ahead of one of our orders at its level. */
export interface QueuePosition {
  readonly orderId: VenueOrderId;
  readonly ticker: string;
  readonly ahead: Quantity;
}

export const decodeQueuePosition = (fields: Fields): QueuePosition => ({
  orderId: venueOrderId(fields.text('order_id')),
  ticker: fields.text('market_ticker'),
  ahead: fields.quantity('queue_position_fp'),
});

export interface OrderGroup {
  readonly id: OrderGroupId;
  readonly shard: number;
  /** null where the exchange does not say. */
  readonly limit: Quantity | null;
  readonly autoCancel: boolean;
}

export const decodeOrderGroup = (fields: Fields, id = orderGroupId(fields.text('id'))): OrderGroup => ({
  id,
  shard: shardOf(fields),
  limit: fields.has('contracts_limit_fp') ? fields.quantity('contracts_limit_fp') : null,
  autoCancel: fields.flag('is_auto_cancel_enabled'),
});
