/** New orders: exchange reference 4.1. */
import { FeeAccumulator } from '../../domain/fees.js';
import {
  cash,
  quantity,
  QUANTITY_PER_CONTRACT,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type Price,
  type Quantity,
} from '../../domain/units.js';
import { reserve } from './booking.js';
import { killRest } from './cancelling.js';
import { affords } from './collateral.js';
import { findGroup } from './groups.js';
import type { Kernel } from './kernel.js';
import { matchIncoming, restingVolume, type MatchEnd } from './matching.js';
import { SUBACCOUNTS, type Account, type Group, type MarketState, type Order } from './records.js';
import type { Answer, Created, CreateOrder, Matched } from './types.js';
import {
  FOK_KILLED,
  INVALID_PRICE,
  INVALID_SIZE,
  invalidOrder,
  invalidParameters,
  IOC_KILLED,
  MARKET_INACTIVE,
  NOT_FOUND,
  ORDER_EXISTS,
  shortage,
  type Refusal,
  type UpdateReason,
} from './words.js';

const half = (numerator: number, denominator: number): number => Math.floor((2 * numerator + denominator) / (2 * denominator));

/** What an order filled between two moments of its life, per contract. */
export const matchedSince = (order: Order, before: OrderSums): Matched => {
  const filled = quantity(order.filled - before.filled);
  if (filled === 0) return { filled, averagePrice: null, averageFee: null };
  const payout = order.position.market.grid.payout;
  const ownCost = order.takerCost + order.makerCost - before.cost;
  const yesCost = order.side === 'bid' ? ownCost : payout * filled - ownCost;
  const fees = order.takerFees + order.makerFees - before.fees;
  return {
    filled,
    averagePrice: cash(half(yesCost * QUANTITY_PER_CONTRACT, filled)),
    averageFee: cash(half(fees * QUANTITY_PER_CONTRACT, filled)),
  };
};

export interface OrderSums {
  readonly filled: Quantity;
  readonly cost: Cash;
  readonly fees: Cash;
}

export const sumsOf = (order: Order): OrderSums => ({
  filled: order.filled,
  cost: cash(order.takerCost + order.makerCost),
  fees: cash(order.takerFees + order.makerFees),
});

/** Rules about the words of a request alone. */
const checkWords = (kernel: Kernel, request: CreateOrder): Refusal | null => {
  const { switches } = kernel.settings;
  if (!Number.isInteger(request.quantity) || request.quantity <= 0 || request.quantity > switches.orderSizeMax) return INVALID_SIZE;
  if (!Number.isInteger(request.subaccount) || request.subaccount < 0 || request.subaccount >= SUBACCOUNTS)
    return invalidParameters('subaccount must be between 0 and 63');
  if (request.expiresAt !== null) {
    if (request.timeInForce !== 'good-till-cancelled') return invalidOrder('Cannot specify both immediate_or_cancel and expiration_ts');
    if (request.expiresAt <= kernel.now) return invalidOrder('Expiration timestamp must be in the future');
  }
  if (request.reduceOnly && request.timeInForce !== 'immediate-or-cancel')
    return invalidOrder('reduce_only can only be used with IoC orders');
  if (request.postOnly && request.timeInForce !== 'good-till-cancelled') return invalidOrder('post_only can only be used with GTC orders');
  return null;
};

/** Whether the market takes new or changed orders now. */
export const checkTrading = (kernel: Kernel, market: MarketState): Refusal | null => {
  const shard = kernel.shard(market.shard);
  const { switches } = kernel.settings;
  if (!shard.exchangeActive) return switches.exchangePauseRefusal;
  if (market.status === 'inactive') return switches.inactiveMarketRefusal;
  if (market.status !== 'active') return MARKET_INACTIVE;
  return shard.tradingActive ? null : switches.tradingPauseRefusal;
};

const groupOf = (kernel: Kernel, account: Account, request: CreateOrder, market: MarketState): Group | Refusal | null => {
  if (request.group === null) return null;
  const group = findGroup(account, { group: request.group, subaccount: request.subaccount, shard: market.shard });
  if (group === null) return NOT_FOUND;
  return group.active ? group : kernel.settings.switches.groupTriggeredRefusal;
};

const isRefusal = (value: Group | Refusal | null): value is Refusal => value !== null && 'status' in value;

const newOrder = (kernel: Kernel, account: Account, market: MarketState, request: CreateOrder, group: Group | null): Order => {
  const wallet = kernel.wallet(account, market.shard, request.subaccount);
  return {
    id: kernel.newOrderId(),
    wallet,
    position: kernel.position(wallet, market),
    side: request.side,
    timeInForce: request.timeInForce,
    selfTrade: request.selfTrade,
    postOnly: request.postOnly,
    reduceOnly: request.reduceOnly,
    cancelOnPause: request.cancelOnPause,
    group,
    createdAt: kernel.now,
    fees: new FeeAccumulator(),
    clientId: request.clientOrderId,
    status: 'resting',
    price: request.price,
    initial: request.quantity,
    filled: ZERO_QUANTITY,
    remaining: request.quantity,
    takerCost: ZERO_CASH,
    makerCost: ZERO_CASH,
    takerFees: ZERO_CASH,
    makerFees: ZERO_CASH,
    expiresAt: request.expiresAt,
    updatedAt: kernel.now,
    reason: null,
    gross: ZERO_CASH,
  };
};

/** Lets what is left of an order rest at the end of its price's queue. */
export const rest = (kernel: Kernel, order: Order): void => {
  const { market } = order.position;
  market.book.add(order);
  order.position.resting.add(order);
  order.wallet.account.resting.set(order.id, order);
  if (order.group !== null && !order.group.orders.has(order)) {
    order.group.orders.add(order);
    kernel.groupNoted(order.group);
  }
  reserve(kernel, order);
  kernel.bookChanged(order, order.price, order.remaining);
};

/** Plans the end of an order's life; a later amend simply makes this come to nothing. */
export const planExpiry = (kernel: Kernel, order: Order, expire: (order: Order) => void): void => {
  const { expiresAt } = order;
  if (expiresAt === null) return;
  kernel.timeline.book(expiresAt, () => {
    if (order.position.resting.has(order) && order.expiresAt === expiresAt) expire(order);
  });
};

const restReason = (kernel: Kernel, end: MatchEnd): UpdateReason | null => {
  switch (end) {
    case 'self-trade':
      return 'SelfTradeCancel';
    case 'group-triggered':
      return kernel.settings.switches.reasonOfGroupCancel;
    case 'capped':
      return 'ReduceOnlyCancel';
    case 'done':
      return kernel.settings.switches.reasonOfIocRest;
  }
};

/** Most contracts a reduce-only order may take now. */
const capOf = (order: Order): Quantity => {
  if (!order.reduceOnly) return order.remaining;
  const held = order.position.quantity;
  return quantity(Math.min(order.remaining, Math.max(order.side === 'ask' ? held : -held, 0)));
};

/** Matches, then lets the rest rest or die. */
const work = (kernel: Kernel, order: Order, expire: (order: Order) => void): void => {
  const end = matchIncoming(kernel, order, capOf(order));
  if (order.remaining > 0 && (end !== 'done' || order.timeInForce !== 'good-till-cancelled')) {
    killRest(kernel, order, restReason(kernel, end));
    return;
  }
  if (order.remaining > 0) rest(kernel, order);
  kernel.orderChanged(order, null);
  kernel.endMoment();
  planExpiry(kernel, order, expire);
};

const refuse = (refusal: Refusal): Answer<Created> => ({ ok: false, refusal });

/** Everything that speaks against an order before money is looked at. */
const checkPlace = (kernel: Kernel, account: Account, market: MarketState, request: CreateOrder): Refusal | null =>
  checkTrading(kernel, market) ??
  (isLegalPrice(market, request.price) ? null : INVALID_PRICE) ??
  (request.clientOrderId !== null && account.usedClientIds.has(request.clientOrderId) ? ORDER_EXISTS : null);

export const isLegalPrice = (market: MarketState, price: Price): boolean => Number.isInteger(price) && market.grid.has(price);

/** A post-only order that would trade: refused, and (switch) remembered as a cancelled order. */
const refusePostOnly = (kernel: Kernel, account: Account, order: Order): Answer<Created> => {
  if (kernel.settings.switches.postOnlyCrossRecord) {
    burn(account, order);
    killRest(kernel, order, 'PostOnlyCrossCancel');
  }
  return refuse(invalidOrder('post only cross'));
};

const burn = (account: Account, order: Order): void => {
  if (order.clientId !== null) account.usedClientIds.add(order.clientId);
};

/**
 * One new order. A refusal leaves nothing behind, except that a killed fill-or-kill burns its client id.
 * @param expire what to do when its time has come
 */
export const createOrder = (kernel: Kernel, account: Account, request: CreateOrder, expire: (order: Order) => void): Answer<Created> => {
  const { switches } = kernel.settings;
  const wrong = checkWords(kernel, request);
  if (wrong !== null) return refuse(wrong);
  const market = kernel.markets.get(request.ticker);
  if (market === undefined || (request.shard !== null && request.shard !== market.shard)) return refuse(NOT_FOUND);
  const against = checkPlace(kernel, account, market, request);
  if (against !== null) return refuse(against);
  const group = groupOf(kernel, account, request, market);
  if (isRefusal(group)) return refuse(group);
  if (account.resting.size >= switches.openOrdersMax) return refuse(invalidOrder('too many open orders'));

  const order = newOrder(kernel, account, market, request, group);
  const crossing = market.book.crosses(order.side, order.price);
  if (order.postOnly && crossing) return refusePostOnly(kernel, account, order);
  const cap = capOf(order);
  if (order.reduceOnly && cap === 0 && switches.reduceOnlyWithoutPosition === 'refuse')
    return refuse(invalidOrder('reduce_only without a position to reduce'));
  if (!affords(kernel, order.position, { side: order.side, price: order.price, remaining: cap }, null))
    return refuse(shortage(switches.shortageCode));
  if (order.timeInForce === 'fill-or-kill' && restingVolume(order) === 'too-little') {
    burn(account, order);
    return refuse(FOK_KILLED);
  }
  if (order.timeInForce === 'immediate-or-cancel' && !crossing && switches.iocWithoutFill === 'refuse') {
    burn(account, order);
    return refuse(IOC_KILLED);
  }
  burn(account, order);
  work(kernel, order, expire);
  return {
    ok: true,
    orderId: order.id,
    clientOrderId: order.clientId,
    remaining: order.remaining,
    at: kernel.now,
    ...matchedSince(order, { filled: ZERO_QUANTITY, cost: ZERO_CASH, fees: ZERO_CASH }),
  };
};
