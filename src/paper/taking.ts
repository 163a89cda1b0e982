/** Orders that take: what they find in the visible book at the moment they arrive, level by level within their limit. */
import { opposite } from '../domain/market.js';
import type { SelfTradePrevention } from '../domain/order.js';
import { quantity } from '../domain/units.js';
import type { PaperBook } from './paper-book.js';
import { reaches, type PaperExecution, type PaperOrder } from './paper-order.js';

export interface Taking {
  /** Best price first. */
  readonly executions: readonly PaperExecution[];
  /** Resting orders of our own that it meets and that go for it (self-trade prevention `maker`). */
  readonly cancelled: readonly PaperOrder[];
  /** It meets an order of our own that stays (`taker-at-cross`): what is left of it goes. */
  readonly stopped: boolean;
}

/** What `order` would take now, at most `cap`. Nothing is changed. */
export const lookForTaking = (book: PaperBook, order: PaperOrder, cap: number, selfTrade: SelfTradePrevention): Taking => {
  const side = opposite(order.side);
  const nearest = side === 'bid' ? -1 : 1;
  const own = book.orders
    .filter((each) => each.side === side && reaches(order.side, order.price, each.price))
    .sort((a, b) => nearest * (a.price - b.price));
  const executions: PaperExecution[] = [];
  let left = cap;
  for (let at = book.bestPublic(side); at !== null && left > 0; at = book.bestPublic(side, at)) {
    if (!reaches(order.side, order.price, at)) break;
    const level = at;
    const first = own.find((each) => nearest * (each.price - level) <= 0);
    const before = first === undefined || selfTrade === 'maker' ? Infinity : first.price === at ? book.ahead(first) : 0;
    const size = Math.min(left, before, book.takeable(side, at));
    if (size > 0) executions.push({ order, price: at, quantity: quantity(size) });
    left -= size;
    if (before < Infinity && left > 0) return { executions, cancelled: [], stopped: true };
  }
  const met = left > 0 ? own : own.filter((each) => nearest * (each.price - (executions.at(-1)?.price ?? each.price)) < 0);
  return selfTrade === 'maker' ? { executions, cancelled: met, stopped: false } : { executions, cancelled: [], stopped: met.length > 0 };
};
