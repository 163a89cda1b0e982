/** Amend, decrease and cancel: exchange reference 4.2 and 4.3. */
import { durationUs, later, quantity, type Quantity } from '../../domain/units.js';
import { reserve } from './booking.js';
import { cancelResting, forget, killRest } from './cancelling.js';
import { affords } from './collateral.js';
import type { Kernel } from './kernel.js';
import { matchIncoming } from './matching.js';
import { checkTrading, isLegalPrice, matchedSince, planExpiry, rest, sumsOf } from './placing.js';
import type { Account, MarketState, Order } from './records.js';
import type { Amended, AmendOrder, Answer, Cancelled, CancelledAll, Decreased, DecreaseOrder, OrderAddress } from './types.js';
import {
  CLIENT_ID_MISMATCH,
  INVALID_PRICE,
  INVALID_SIZE,
  invalidOrder,
  MARKET_INACTIVE,
  NOT_FOUND,
  ORDER_EXISTS,
  shortage,
  SIDE_MISMATCH,
  TICKER_MISMATCH,
  type Refusal,
} from './words.js';

/** The resting order a call names; a wrong subaccount or shard finds nothing. */
const findOrder = (kernel: Kernel, account: Account, address: OrderAddress): Order | null => {
  const order = account.resting.get(address.orderId);
  if (order === undefined || order.wallet.subaccount !== address.subaccount) return null;
  const { market } = order.position;
  const routed = address.shard ?? (address.ticker === null ? null : (kernel.markets.get(address.ticker)?.shard ?? -1));
  if (routed === null) return kernel.settings.switches.unroutedOrderCalls === 'every-shard' || market.shard === 0 ? order : null;
  return routed === market.shard ? order : null;
};

/** Whether orders of this market can be taken out of the book now. */
const checkCancelling = (kernel: Kernel, market: MarketState): Refusal | null => {
  const { switches } = kernel.settings;
  if (!kernel.shard(market.shard).exchangeActive) return switches.exchangePauseRefusal;
  if (market.status === 'inactive') return switches.cancelWhileInactive ? null : switches.inactiveMarketRefusal;
  return market.status === 'active' ? null : MARKET_INACTIVE;
};

/** A call on an order that is gone is told so, unless its market does not take calls at all. */
const refusalForMissing = (kernel: Kernel, address: { readonly ticker: OrderAddress['ticker'] }): Refusal => {
  const market = address.ticker === null ? undefined : kernel.markets.get(address.ticker);
  return (market === undefined ? null : checkCancelling(kernel, market)) ?? NOT_FOUND;
};

export const cancelOrder = (kernel: Kernel, account: Account, address: OrderAddress): Answer<Cancelled> => {
  const order = findOrder(kernel, account, address);
  if (order === null) return { ok: false, refusal: refusalForMissing(kernel, address) };
  const against = checkCancelling(kernel, order.position.market);
  if (against !== null) return { ok: false, refusal: against };
  const reducedBy = cancelResting(kernel, order, kernel.settings.switches.reasonOfUserCancel);
  return { ok: true, orderId: order.id, clientOrderId: order.clientId, reducedBy, at: kernel.now };
};

/** Makes a resting order smaller in its place. */
const shrink = (kernel: Kernel, order: Order, by: Quantity): void => {
  order.position.market.book.resize(order, quantity(-by));
  order.remaining = quantity(order.remaining - by);
  reserve(kernel, order);
  kernel.bookChanged(order, order.price, quantity(-by));
};

export const decreaseOrder = (kernel: Kernel, account: Account, request: DecreaseOrder): Answer<Decreased> => {
  const order = findOrder(kernel, account, request);
  if (order === null) return { ok: false, refusal: refusalForMissing(kernel, request) };
  const { market } = order.position;
  const against = kernel.settings.switches.decreaseWhilePaused ? checkCancelling(kernel, market) : checkTrading(kernel, market);
  if (against !== null) return { ok: false, refusal: against };
  // A decrease by more than what rests is a cancel; the documents do not say.
  const wanted = 'reduceTo' in request ? request.reduceTo : Math.max(order.remaining - request.reduceBy, 0);
  const by = order.remaining - wanted;
  if (!Number.isInteger(wanted) || wanted < 0 || by <= 0) return { ok: false, refusal: INVALID_SIZE };
  if (wanted === 0) cancelResting(kernel, order, 'Decrease');
  else {
    shrink(kernel, order, quantity(by));
    kernel.orderChanged(order, 'Decrease');
    kernel.endMoment();
  }
  return { ok: true, orderId: order.id, clientOrderId: order.clientId, remaining: order.remaining, at: kernel.now };
};

/** Rules about an amend that look at the order but not yet at money. */
const checkAmend = (kernel: Kernel, account: Account, order: Order, request: AmendOrder): Refusal | null => {
  const { market } = order.position;
  if (request.ticker !== market.ticker) return TICKER_MISMATCH;
  if (request.side !== order.side) return SIDE_MISMATCH;
  if (request.clientOrderId !== null && request.clientOrderId !== order.clientId) return CLIENT_ID_MISMATCH;
  const against = checkTrading(kernel, market);
  if (against !== null) return against;
  if (!isLegalPrice(market, request.price)) return INVALID_PRICE;
  if (!Number.isInteger(request.total) || request.total <= 0 || request.total > kernel.settings.switches.orderSizeMax) return INVALID_SIZE;
  if (request.total <= order.filled && kernel.settings.switches.amendToFilled === 'refuse') return INVALID_SIZE;
  if (typeof request.expiresAt === 'number' && request.expiresAt <= kernel.now)
    return invalidOrder('Expiration timestamp must be in the future');
  const { updatedClientOrderId } = request;
  if (updatedClientOrderId !== null && updatedClientOrderId !== order.clientId && account.usedClientIds.has(updatedClientOrderId))
    return ORDER_EXISTS;
  return null;
};

/** Takes the order out of its queue and sends it in again with its new price and size: it may meet the other side. */
const requeue = (kernel: Kernel, order: Order, request: AmendOrder, remaining: Quantity): void => {
  const { market } = order.position;
  if (order.price === request.price) {
    // Only larger: one change of the level, but the order goes to the end of its queue.
    const more = quantity(remaining - order.remaining);
    market.book.remove(order);
    order.remaining = remaining;
    order.initial = request.total;
    market.book.add(order);
    reserve(kernel, order);
    kernel.bookChanged(order, order.price, more);
    kernel.orderChanged(order, 'Amend');
    kernel.endMoment();
    return;
  }
  market.book.remove(order);
  kernel.bookChanged(order, order.price, quantity(-order.remaining));
  // On its way it rests nowhere: a group that is triggered by its fills must not look for it in the book.
  order.position.resting.delete(order);
  order.group?.orders.delete(order);
  reserve(kernel, order);
  order.price = request.price;
  order.remaining = remaining;
  order.initial = request.total;
  kernel.endMoment();
  const end = matchIncoming(kernel, order, order.remaining);
  if (order.remaining === 0) forget(kernel, order);
  else if (end === 'done') rest(kernel, order);
  else {
    forget(kernel, order);
    killRest(kernel, order, end === 'self-trade' ? 'SelfTradeCancel' : kernel.settings.switches.reasonOfGroupCancel);
    return;
  }
  kernel.orderChanged(order, 'Amend');
  kernel.endMoment();
};

const applyAmend = (kernel: Kernel, order: Order, request: AmendOrder, remaining: Quantity): void => {
  if (remaining <= 0) {
    cancelResting(kernel, order, 'Amend');
  } else if (request.price !== order.price || remaining > order.remaining) {
    requeue(kernel, order, request, remaining);
  } else {
    const by = quantity(order.remaining - remaining);
    if (by > 0) shrink(kernel, order, by);
    order.initial = request.total;
    kernel.orderChanged(order, 'Amend');
    kernel.endMoment();
  }
};

/** Changes price, total, expiry or client id. A refusal leaves the order as it was (except by the switch `amendPostOnlyCross: 'cancel'`). */
export const amendOrder = (kernel: Kernel, account: Account, request: AmendOrder, expire: (order: Order) => void): Answer<Amended> => {
  const { switches } = kernel.settings;
  const order = account.resting.get(request.orderId);
  if (order === undefined || order.wallet.subaccount !== request.subaccount)
    return { ok: false, refusal: refusalForMissing(kernel, request) };
  if (request.shard !== null && request.shard !== order.wallet.shard) return { ok: false, refusal: NOT_FOUND };
  const against = checkAmend(kernel, account, order, request);
  if (against !== null) return { ok: false, refusal: against };
  const { market } = order.position;
  const remaining = quantity(request.total - order.filled);
  if (order.postOnly && request.price !== order.price && remaining > 0 && market.book.crosses(order.side, request.price)) {
    if (switches.amendPostOnlyCross === 'cancel') cancelResting(kernel, order, 'PostOnlyCrossCancel');
    if (switches.amendPostOnlyCross !== 'fill') return { ok: false, refusal: invalidOrder('post only cross') };
  }
  if (remaining > 0 && !affords(kernel, order.position, { side: order.side, price: request.price, remaining }, order))
    return { ok: false, refusal: shortage(switches.shortageCode) };

  const before = { ...sumsOf(order), remaining: order.remaining };
  if (request.updatedClientOrderId !== null) {
    order.clientId = request.updatedClientOrderId;
    account.usedClientIds.add(request.updatedClientOrderId);
  }
  if (request.expiresAt !== undefined) order.expiresAt = request.expiresAt;
  applyAmend(kernel, order, request, remaining);
  if (request.expiresAt !== undefined && order.position.resting.has(order)) planExpiry(kernel, order, expire);
  const matched = matchedSince(order, before);
  return {
    ok: true,
    orderId: order.id,
    clientOrderId: order.clientId,
    remaining: order.remaining,
    sizeChanged: matched.filled > 0 || order.remaining !== before.remaining,
    at: kernel.now,
    ...matched,
  };
};

/** Cancels what can be cancelled of one subaccount, or of all. */
export const sweep = (kernel: Kernel, account: Account, subaccount: number | null): number => {
  let count = 0;
  for (const order of account.resting.values()) {
    if (subaccount !== null && order.wallet.subaccount !== subaccount) continue;
    if (checkCancelling(kernel, order.position.market) !== null) continue;
    cancelResting(kernel, order, kernel.settings.switches.reasonOfUserCancel);
    count++;
  }
  return count;
};

/** How often a tail of a cancel-all sweeps: at random moments of its minute. */
const SWEEPS = 3;

/** Cancels everything, and (switch) orders that come within the next minute too. */
export const cancelAll = (kernel: Kernel, account: Account, subaccount: number | null): Answer<CancelledAll> => {
  const { switches } = kernel.settings;
  if (![...kernel.shards.values()].some((shard) => shard.exchangeActive)) return { ok: false, refusal: switches.exchangePauseRefusal };
  const count = sweep(kernel, account, subaccount);
  const until = later(kernel.now, switches.cancelAllTailLength);
  switch (switches.cancelAllTail) {
    case 'spare':
      break;
    case 'every-order':
      account.tails.push({ subaccount, until });
      break;
    case 'sweep':
      for (let i = 0; i < SWEEPS; i++) {
        const at = later(kernel.now, durationUs(Math.floor(kernel.tailMoment() * switches.cancelAllTailLength)));
        kernel.timeline.book(at, () => void sweep(kernel, account, subaccount));
      }
      break;
  }
  return { ok: true, count, at: kernel.now };
};

/** Whether a new order falls into the tail of a cancel-all that spares none. */
export const inTail = (kernel: Kernel, account: Account, subaccount: number): boolean => {
  while (account.tails.length > 0 && (account.tails[0] as { until: number }).until <= kernel.now) account.tails.shift();
  return account.tails.some((tail) => tail.subaccount === null || tail.subaccount === subaccount);
};
