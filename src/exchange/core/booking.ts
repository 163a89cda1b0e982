/** The ledger: how one fill changes cash, position, fees and the order itself. */
import { assert } from '../../domain/errors.js';
import { signOf } from '../../domain/market.js';
import { cash, minQuantity, notional, quantity, type Cash, type Quantity } from '../../domain/units.js';
import { feeOf, grossHold, ownCost } from './collateral.js';
import type { Kernel } from './kernel.js';
import type { Match, Order, Position } from './records.js';
import type { FillView } from './types.js';

const longOf = (held: number): number => Math.max(held, 0);
const shortOf = (held: number): number => Math.max(-held, 0);

/** Part of a cost that belongs to `part` of `whole` contracts, rounded down; the remainder stays with the rest. Exact beyond 2^53. */
const share = (cost: Cash, part: Quantity, whole: Quantity): Cash =>
  part === whole ? cost : cash(Number((BigInt(cost) * BigInt(part)) / BigInt(whole)));

/** Keeps the wallet's bound in step with one order's resting size. */
export const reserve = (kernel: Kernel, order: Order): void => {
  const now = order.position.resting.has(order) ? grossHold(kernel, order.position, order) : cash(0);
  order.wallet.gross = cash(order.wallet.gross + now - order.gross);
  order.gross = now;
};

/** Moves the position; returns what changes in cash before fees. YES and NO net: a pair is paid out at once. */
const netPosition = (position: Position, order: Order, match: Match): Cash => {
  const { market } = position;
  const payout = market.grid.payout;
  const change = signOf(order.side) * match.quantity;
  const before = position.quantity;
  const after = quantity(before + change);
  const closing =
    before !== 0 && Math.sign(before) !== Math.sign(change) ? minQuantity(match.quantity, quantity(Math.abs(before))) : quantity(0);
  if (closing > 0) {
    const removed = share(position.cost, closing, quantity(Math.abs(before)));
    const proceeds = cash(payout * closing - ownCost(order.side, match.price, closing, payout));
    position.cost = cash(position.cost - removed);
    position.realized = cash(position.realized + proceeds - removed);
  }
  position.cost = cash(position.cost + ownCost(order.side, match.price, quantity(match.quantity - closing), payout));
  position.quantity = after;
  if (closing > 0 && closing === Math.abs(before)) position.openFees = cash(0);
  market.openInterest = quantity(market.openInterest + longOf(after) - longOf(before));
  const paid = (match.price * change) as Cash;
  return cash(-paid - payout * (shortOf(after) - shortOf(before)));
};

/**
 * Books one side of a match: position, cash, fees, the order's own sums. The order must still carry the size.
 * @returns the fill as its owner sees it
 */
export const bookFill = (kernel: Kernel, order: Order, match: Match, role: 'maker' | 'taker'): FillView => {
  const { position, wallet } = order;
  const { account } = wallet;
  assert(match.quantity > 0 && match.quantity <= order.remaining, 'a fill larger than its order');
  const positionBefore = position.quantity;
  const revenue = netPosition(position, order, match);
  const fee = order.fees.charge(feeOf(kernel, position, role, match.price, match.quantity), revenue, account.precision);
  kernel.move(wallet, cash(revenue - fee.net));
  wallet.feesPaid = cash(wallet.feesPaid + fee.net);
  kernel.feesCollected = cash(kernel.feesCollected + fee.net);
  const cost = ownCost(order.side, match.price, match.quantity, position.market.grid.payout);
  position.fees = cash(position.fees + fee.net);
  position.openFees = cash(position.openFees + fee.net);
  position.traded = cash(position.traded + cost);
  position.volume = quantity(position.volume + match.quantity);
  order.filled = quantity(order.filled + match.quantity);
  order.remaining = quantity(order.remaining - match.quantity);
  if (role === 'taker') {
    order.takerCost = cash(order.takerCost + cost);
    order.takerFees = cash(order.takerFees + fee.net);
  } else {
    order.makerCost = cash(order.makerCost + cost);
    order.makerFees = cash(order.makerFees + fee.net);
  }
  const { market } = position;
  return {
    tradeId: match.tradeId,
    orderId: order.id,
    clientOrderId: order.clientId,
    account: account.id,
    ticker: market.ticker,
    event: market.event.listing.ticker,
    shard: market.shard,
    subaccount: wallet.subaccount,
    side: order.side,
    price: match.price,
    payout: market.grid.payout,
    quantity: match.quantity,
    role,
    fee: fee.net,
    positionBefore,
    positionAfter: position.quantity,
    at: kernel.now,
  };
};

/** Turnover of a match: both sides together always pay the payout. */
export const turnoverOf = (match: Match, payout: number): Cash => notional(payout as Match['price'], match.quantity);
