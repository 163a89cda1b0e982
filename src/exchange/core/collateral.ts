/** What orders and positions need as security: exchange reference 4.1 and 5.3. Exact integers. */
import { tradeFee, type LiquidityRole } from '../../domain/fees.js';
import type { BookSide } from '../../domain/market.js';
import {
  cash,
  minQuantity,
  notional,
  parseCash,
  quantity,
  QUANTITY_PER_CONTRACT,
  type Cash,
  type Price,
  type Quantity,
} from '../../domain/units.js';
import type { Kernel } from './kernel.js';
import type { Order, Position, Wallet } from './records.js';
import { feeTermsOf } from './views.js';

/** What one side pays: the price for YES, the rest of the payout for NO. */
export const ownCost = (side: BookSide, price: Price, size: Quantity, payout: Price): Cash =>
  side === 'bid' ? notional(price, size) : cash((payout - price) * size);

/** What counts for the security of an order, so that past versions of orders can be judged by the same rule. */
export interface Secured {
  readonly side: BookSide;
  readonly price: Price;
  readonly remaining: Quantity;
}

/** Exchange reference 6.2: what a trade fee is rounded up to, before and since the page of August 2026. */
const COARSE_FEE_STEP = parseCash('0.0001');
const FINE_FEE_STEP = parseCash('0.000001');

/** Trade fee of one fill at this moment's terms, before rounding to the account's precision. */
export const feeOf = (kernel: Kernel, position: Position, role: LiquidityRole, price: Price, size: Quantity): Cash => {
  const { switches } = kernel.settings;
  const { market } = position;
  const step = kernel.now < switches.fineFeesSince ? COARSE_FEE_STEP : FINE_FEE_STEP;
  const fee = tradeFee({ terms: feeTermsOf(market.event), role, price, quantity: size, payout: market.grid.payout }, step);
  return fee ?? cash(Math.ceil((switches.flatFee * size) / QUANTITY_PER_CONTRACT));
};

/** What `size` contracts that open a position are worth as security. */
type Hold = (kernel: Kernel, position: Position, order: Secured, size: Quantity, role: LiquidityRole) => Cash;

/** The price alone. */
const priceHold: Hold = (_kernel, position, order, size) => ownCost(order.side, order.price, size, position.market.grid.payout);

/** The price and the fee that a fill at the limit price would cost. */
const feeHold: Hold = (kernel, position, order, size, role) =>
  size <= 0 ? cash(0) : cash(priceHold(kernel, position, order, size, role) + feeOf(kernel, position, role, order.price, size));

const holdOf = (kernel: Kernel): Hold => (kernel.settings.switches.feeHold === 'none' ? priceHold : feeHold);

/** Upper bound of what a resting order needs: as if nothing of it closed a position. */
export const grossHold = (kernel: Kernel, position: Position, order: Secured): Cash =>
  holdOf(kernel)(kernel, position, order, order.remaining, 'maker');

/** Best first: the order in which a side would trade. */
const byPriority = (a: Secured, b: Secured): number => (a.side === 'bid' ? b.price - a.price : a.price - b.price);

/** The orders of one position, and how it stands. An `incoming` order is about to take; the rest are makers. */
interface Stake {
  readonly position: Position;
  readonly quantity: Quantity;
  readonly orders: readonly Secured[];
  readonly incoming: Secured | null;
}

/**
 * What the orders of one position need after netting: contracts that close the position need nothing (their proceeds exceed their fee), and
 * the closing is credited to the best prices first, because these trade first.
 */
const heldForStake = (kernel: Kernel, hold: Hold, { position, quantity: held, orders, incoming }: Stake): Cash => {
  let sum = 0;
  for (const side of ['bid', 'ask'] as const) {
    let cover = side === 'ask' ? Math.max(held, 0) : Math.max(-held, 0);
    for (const order of orders.filter((order) => order.side === side).sort(byPriority)) {
      const covered = minQuantity(quantity(cover), order.remaining);
      cover -= covered;
      sum += hold(kernel, position, order, quantity(order.remaining - covered), order === incoming ? 'taker' : 'maker');
    }
  }
  return cash(sum);
};

/** The same for resting orders as they stood at some moment. */
export const heldFor = (kernel: Kernel, position: Position, held: Quantity, orders: readonly Secured[]): Cash =>
  heldForStake(kernel, holdOf(kernel), { position, quantity: held, orders, incoming: null });

interface Change {
  readonly position: Position;
  readonly incoming: Secured;
  readonly replaced: Order | null;
}

const sumOfStakes = (kernel: Kernel, hold: Hold, wallet: Wallet, change: Change | null): Cash => {
  let sum = 0;
  for (const position of wallet.positions.values()) {
    const changed = change !== null && change.position === position ? change : null;
    if (position.resting.size === 0 && changed === null) continue;
    const orders: Secured[] = [...position.resting].filter((order) => order !== changed?.replaced);
    if (changed !== null) orders.push(changed.incoming);
    sum += heldForStake(kernel, hold, { position, quantity: position.quantity, orders, incoming: changed?.incoming ?? null });
  }
  return cash(sum);
};

/** Exactly what is held for the resting orders of a wallet. */
export const heldIn = (kernel: Kernel, wallet: Wallet): Cash => sumOfStakes(kernel, holdOf(kernel), wallet, null);

/** The same without fees. */
export const heldBeforeFees = (kernel: Kernel, wallet: Wallet): Cash => sumOfStakes(kernel, priceHold, wallet, null);

/** Whether the wallet can carry an order that is about to come in, in an amend in place of `replaced`. A change that needs no more than before always passes. */
export const affords = (kernel: Kernel, position: Position, incoming: Secured, replaced: Order | null): boolean => {
  const { wallet } = position;
  // No side costs more than twice the payout with all fees: this bound settles the usual case without exact arithmetic.
  if (wallet.gross + 2 * position.market.grid.payout * incoming.remaining <= wallet.cash) return true;
  const needed = sumOfStakes(kernel, holdOf(kernel), wallet, { position, incoming, replaced });
  return needed <= wallet.cash || needed <= heldIn(kernel, wallet);
};
