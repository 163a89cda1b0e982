/** One market of a paper venue: what the exchange says of it, and its book with our orders. */
import type { MarketChanged } from '../domain/events.js';
import type { Market } from '../domain/market.js';
import { PaperBook, type BookRules } from './paper-book.js';
import type { PaperOrder } from './paper-order.js';

export class PaperMarket {
  readonly book: PaperBook;
  #market: Market;

  constructor(market: Market, rules: BookRules) {
    this.#market = market;
    this.book = new PaperBook(market.grid, rules);
  }

  get market(): Market {
    return this.#market;
  }

  /** Takes over what has changed. @returns orders of ours that end with the market */
  change({ status, grid, fees, settlesAt }: MarketChanged): readonly PaperOrder[] {
    const before = this.#market;
    this.#market = { ...before, status: status ?? before.status, grid: grid ?? before.grid, fees: fees ?? before.fees };
    if (grid !== undefined) this.book.regrid(grid);
    // Nothing rests in a market that has closed; one that is only halted keeps its orders.
    const isOver = settlesAt !== undefined || (this.#market.status !== 'active' && this.#market.status !== 'inactive');
    return isOver ? this.endAll() : [];
  }

  endAll(which: (order: PaperOrder) => boolean = () => true): readonly PaperOrder[] {
    const gone = this.book.orders.filter(which);
    for (const order of gone) this.book.remove(order);
    return gone;
  }
}
