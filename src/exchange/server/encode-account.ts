/** Private reads as REST bodies. Key sets and decimals follow the recordings; keys stand in alphabetical order, as the exchange sends them. */
import { addCash, formatCash, formatPrice, formatQuantity, ZERO_CASH, type Cash } from '../../domain/units.js';
import type {
  Amended,
  BalanceView,
  Cancelled,
  Created,
  Decreased,
  EventPositionView,
  FillView,
  GroupView,
  Matched,
  OrderView,
  PositionView,
  QueuePosition,
  SettlementView,
} from '../core/types.js';
import type { Refusal } from '../core/words.js';
import { bothPrices, cents, dollars, outcomeOf, selfTradeWord } from './encode.js';
import type { Json } from './replies.js';
import { rfc3339, unixMillis, unixSeconds } from './times.js';

type Fields = { readonly [key: string]: Json | undefined };

/** What filled, only where something did. */
const matched = (answer: Matched): Fields =>
  answer.filled > 0 && answer.averagePrice !== null
    ? { average_fee_paid: dollars(answer.averageFee ?? answer.averagePrice), average_fill_price: dollars(answer.averagePrice) }
    : {};

const clientId = (id: string | null): Fields => (id === null ? {} : { client_order_id: id });

export const createdBody = (answer: Created): Fields => ({
  ...matched(answer),
  ...clientId(answer.clientOrderId),
  fill_count: formatQuantity(answer.filled),
  order_id: answer.orderId,
  remaining_count: formatQuantity(answer.remaining),
  ts_ms: unixMillis(answer.at),
});

/** An amend that changed no size states none (recorded). */
export const amendedBody = (answer: Amended): Fields => ({
  ...matched(answer),
  ...clientId(answer.clientOrderId),
  ...(answer.sizeChanged ? { fill_count: formatQuantity(answer.filled) } : {}),
  order_id: answer.orderId,
  ...(answer.sizeChanged ? { remaining_count: formatQuantity(answer.remaining) } : {}),
  ts_ms: unixMillis(answer.at),
});

export const decreasedBody = (answer: Decreased): Fields => ({
  ...clientId(answer.clientOrderId),
  order_id: answer.orderId,
  remaining_count: formatQuantity(answer.remaining),
  ts_ms: unixMillis(answer.at),
});

/** The client order id is not told (recorded). */
export const cancelledBody = (answer: Cancelled): Fields => ({
  order_id: answer.orderId,
  reduced_by: formatQuantity(answer.reducedBy),
  ts_ms: unixMillis(answer.at),
});

export const errorBody = ({ code, message, details }: Refusal): Json => ({ code, message, ...(details === undefined ? {} : { details }) });

export const orderBody = (order: OrderView): Json => {
  const prices = bothPrices(order.price, order.payout);
  return {
    action: 'buy',
    book_side: order.side,
    cancel_order_on_pause: order.cancelOnPause,
    client_order_id: order.clientOrderId ?? '',
    created_time: rfc3339(order.createdAt),
    exchange_index: order.shard,
    ...(order.expiresAt === null ? {} : { expiration_time: rfc3339(order.expiresAt) }),
    fill_count_fp: formatQuantity(order.filled),
    initial_count_fp: formatQuantity(order.initial),
    last_update_time: rfc3339(order.updatedAt),
    maker_fees_dollars: formatCash(order.makerFees),
    maker_fill_cost_dollars: formatCash(order.makerCost),
    no_price_dollars: prices.no,
    ...(order.group === null ? {} : { order_group_id: order.group }),
    order_id: order.orderId,
    outcome_side: outcomeOf(order.side),
    remaining_count_fp: formatQuantity(order.remaining),
    self_trade_prevention_type: selfTradeWord(order.selfTrade),
    side: outcomeOf(order.side),
    status: order.status,
    subaccount_number: order.subaccount,
    taker_fees_dollars: formatCash(order.takerFees),
    taker_fill_cost_dollars: formatCash(order.takerCost),
    ticker: order.ticker,
    type: 'limit',
    user_id: order.account,
    yes_price_dollars: prices.yes,
  };
};

/** Without the client order id, which fills lost on 2026-03-30. */
export const fillBody = (fill: FillView): Json => {
  const prices = bothPrices(fill.price, fill.payout);
  return {
    action: 'buy',
    book_side: fill.side,
    count_fp: formatQuantity(fill.quantity),
    created_time: rfc3339(fill.at),
    exchange_index: fill.shard,
    fee_cost: formatCash(fill.fee),
    fill_id: fill.tradeId,
    is_taker: fill.role === 'taker',
    market_ticker: fill.ticker,
    no_price_dollars: prices.no,
    order_id: fill.orderId,
    outcome_side: outcomeOf(fill.side),
    side: outcomeOf(fill.side),
    subaccount_number: fill.subaccount,
    ticker: fill.ticker,
    trade_id: fill.tradeId,
    ts: unixSeconds(fill.at),
    yes_price_dollars: prices.yes,
  };
};

export const positionBody = (position: PositionView): Json => ({
  exchange_index: position.shard,
  fees_paid_dollars: formatCash(position.fees),
  last_updated_ts: rfc3339(position.at),
  market_exposure_dollars: formatCash(position.cost),
  position_fp: formatQuantity(position.quantity),
  realized_pnl_dollars: formatCash(position.realized),
  ticker: position.ticker,
  total_traded_dollars: formatCash(position.traded),
});

export const eventPositionBody = (position: EventPositionView): Json => ({
  event_exposure_dollars: formatCash(position.exposure),
  event_ticker: position.event,
  fees_paid_dollars: formatCash(position.fees),
  realized_pnl_dollars: formatCash(position.realized),
  total_cost_dollars: formatCash(position.cost),
  total_cost_shares_fp: formatQuantity(position.quantity),
});

export const balanceBody = (balance: BalanceView): Json => ({
  balance: cents(balance.balance),
  balance_breakdown: balance.shards.map((part) => ({ balance: dollars(part.balance), exchange_index: part.shard })),
  balance_dollars: dollars(balance.balance),
  portfolio_value: cents(balance.portfolioValue),
  updated_ts: unixSeconds(balance.at),
});

/** @param balances of each subaccount */
export const restingValueBody = (balances: readonly BalanceView[]): Json => {
  const byShard = new Map<number, Cash>();
  for (const { shard, held } of balances.flatMap((balance) => balance.shards))
    byShard.set(shard, addCash(byShard.get(shard) ?? ZERO_CASH, held));
  return {
    resting_order_value_breakdown: [...byShard].map(([shard, held]) => ({ balance: dollars(held), exchange_index: shard })),
    total_resting_order_value: cents([...byShard.values()].reduce(addCash, ZERO_CASH)),
  };
};

/** A YES contract's value in whole cents; a value that is not in whole cents is told as null. */
const valueInCents = (settlement: SettlementView): number | null => {
  const [whole = '0', fraction = ''] = formatPrice(settlement.value).split('.');
  return fraction.endsWith('00') ? Number(whole + fraction.slice(0, 2)) : null;
};

export const settlementBody = (settlement: SettlementView): Json => ({
  event_ticker: settlement.event,
  exchange_index: settlement.shard,
  fee_cost: formatCash(settlement.fees),
  market_result: settlement.result,
  no_count_fp: formatQuantity(settlement.noQuantity),
  no_total_cost_dollars: formatCash(settlement.noCost),
  revenue: cents(settlement.revenue),
  settled_time: rfc3339(settlement.at),
  ticker: settlement.ticker,
  value: valueInCents(settlement),
  yes_count_fp: formatQuantity(settlement.yesQuantity),
  yes_total_cost_dollars: formatCash(settlement.yesCost),
});

export const queueBody = (queue: QueuePosition): Json => ({
  market_ticker: queue.ticker,
  order_id: queue.orderId,
  queue_position_fp: formatQuantity(queue.ahead),
});

export const groupBody = (group: GroupView): Json => ({
  contracts_limit_fp: formatQuantity(group.limit),
  exchange_index: group.shard,
  id: group.group,
  is_auto_cancel_enabled: group.active,
});

export const groupWithOrdersBody = (group: GroupView): Json => ({
  contracts_limit_fp: formatQuantity(group.limit),
  exchange_index: group.shard,
  is_auto_cancel_enabled: group.active,
  orders: [...group.orders],
});
