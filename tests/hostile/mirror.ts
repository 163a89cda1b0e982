/** What the bot may believe of its books, kept in the plainest way from the raw frames: the judge of what the production session and engine make of them. */
import type { EngineEvent, Level } from '../../src/domain/events.js';
import type { MarketIndex } from '../../src/domain/ids.js';
import type { Amend, Place } from '../../src/domain/order.js';
import { formatPrice } from '../../src/domain/units.js';
import type { MarketState } from '../../src/engine/market-state.js';
import { NaiveBook } from '../../src/orderbook/naive-book.js';
import type { NaiveMessage } from './naive-frame.js';

export class Mirror {
  /** null: not to be believed. */
  readonly #books: (NaiveBook | null)[];
  #up = false;

  constructor(markets: number) {
    this.#books = Array.from({ length: markets }, () => null);
  }

  /**
   * Takes one fact of the session.
   * @param read what the frame that led to it says in plain reading, or null
   * @throws Error where the fact is not what the frame says
   */
  take(fact: EngineEvent, read: () => NaiveMessage | null): void {
    switch (fact.type) {
      case 'feed-up':
        this.#up = true;
        return;
      case 'feed-down':
        this.#up = false;
        return;
      case 'book-lost':
        this.#books[fact.market] = null;
        return;
      case 'book-delta': {
        const { side, price, change } = fact;
        const said = read();
        expectSame('delta', said?.type === 'delta' ? { side: said.side, price: said.price, change: said.change } : null, {
          side,
          price,
          change,
        });
        const book = this.#books[fact.market];
        if (book === null || book === undefined) throw new Error('a delta was told for a book that is lost');
        book.applyDelta(side, price, change);
        return;
      }
      case 'book-snapshot': {
        const { bids, asks } = fact;
        const said = read();
        expectSame('snapshot', said?.type === 'snapshot' ? { bids: said.bids, asks: said.asks } : null, { bids, asks });
        const book = new NaiveBook();
        book.applySnapshot(bids, asks);
        this.#books[fact.market] = book;
        return;
      }
      case 'trade': {
        const { price, quantity } = fact;
        const said = read();
        expectSame('trade', said?.type === 'trade' ? { price: said.price, quantity: said.quantity } : null, { price, quantity });
        return;
      }
      default:
        return;
    }
  }

  /** @throws Error where the engine trusts another book than the frames gave */
  compare(state: MarketState): void {
    if (state.trust.state !== 'good') return;
    const book = this.#books[state.index];
    if (book === null || book === undefined) throw new Error(`${state.market.ticker} is trusted although its book is lost`);
    for (const side of ['bid', 'ask'] as const) expectSame(`${side}s`, book.levels(side), state.book.levels(side));
  }

  /** @throws Error for an order that no believed book allows */
  judge(command: Place | Amend, state: MarketState): void {
    const where = `${command.type} ${command.side} ${formatPrice(command.price)} in ${state.market.ticker}`;
    const book = this.#books[command.market];
    if (!this.#up) throw new Error(`${where} while the feed is down`);
    if (book === null || book === undefined) throw new Error(`${where} although its book is lost`);
    if (state.trust.state !== 'good') throw new Error(`${where} although the engine does not trust the book (${state.trust.state})`);
    if (!state.market.grid.has(command.price)) throw new Error(`${where}: off the grid`);
    const [bid, ask] = [book.levels('bid')[0]?.price, book.levels('ask')[0]?.price];
    const crosses = command.side === 'bid' ? ask !== undefined && command.price >= ask : bid !== undefined && command.price <= bid;
    if (crosses) throw new Error(`${where} crosses a book of ${bid ?? 'none'} / ${ask ?? 'none'}`);
  }

  levels(market: MarketIndex, side: 'bid' | 'ask'): readonly Level[] | null {
    return this.#books[market]?.levels(side) ?? null;
  }

  get isUp(): boolean {
    return this.#up;
  }
}

const expectSame = (what: string, said: unknown, told: unknown): void => {
  const [a, b] = [JSON.stringify(said), JSON.stringify(told)];
  if (a !== b) throw new Error(`${what}: the frame says ${a.slice(0, 300)}, the bot was told ${b.slice(0, 300)}`);
};
