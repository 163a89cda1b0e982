/** What resting orders keep of the balance: the price of what they would open. Fees are not held back. */
import type { BookSide } from '../domain/market.js';
import { cash, complement, notional, quantity, type Cash, type Price, type Quantity } from '../domain/units.js';

export interface Secured {
  readonly side: BookSide;
  readonly price: Price;
  readonly remaining: Quantity;
}

/** What the orders of one market hold. Contracts that close the position need nothing; the best prices close first, because they trade first. */
export const heldFor = (orders: readonly Secured[], position: Quantity, payout: Price): Cash => {
  let sum = 0;
  for (const side of ['bid', 'ask'] as const) {
    let closes = Math.max(side === 'ask' ? position : -position, 0);
    const sign = side === 'bid' ? -1 : 1;
    const best = orders.filter((order) => order.side === side).sort((a, b) => sign * (a.price - b.price));
    for (const { price, remaining } of best) {
      const covered = Math.min(closes, remaining);
      closes -= covered;
      sum += notional(side === 'bid' ? price : complement(price, payout), quantity(remaining - covered));
    }
  }
  return cash(sum);
};
