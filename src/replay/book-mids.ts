/** The mids of a run, made again from the recorded book: what the bot saw, between its decisions too, with its own orders taken out where the feed contains them. */
import type { EngineEvent } from '../domain/events.js';
import type { MarketIndex } from '../domain/ids.js';
import { midOf } from '../orderbook/indicators.js';
import { OrderBook } from '../orderbook/order-book.js';
import { emptyTop, topWithoutOwn, type OwnOrder } from '../orderbook/own-orders.js';

export interface MarketMid {
  readonly market: MarketIndex;
  readonly mid: number | null;
}

interface Followed {
  readonly market: MarketIndex;
  readonly book: OrderBook;
  /** undefined before the first. */
  mid: number | null | undefined;
}

const NOT_OWN: readonly OwnOrder[] = Object.freeze([]);

export class BookMids {
  readonly #books = new Map<MarketIndex, Followed>();
  readonly #dirty = new Set<Followed>();

  /** @param own what of ours rests in a market; null where the feed does not contain our orders */
  constructor(private readonly own: ((market: MarketIndex) => Iterable<OwnOrder>) | null) {}

  /** A fact that may move a mid. Mids are read at the end of a batch and at ticks: in the middle of one a book may be crossed. */
  event(event: EngineEvent): void {
    switch (event.type) {
      case 'market-listed':
        this.#books.set(event.index, { market: event.index, book: new OrderBook(event.market.grid), mid: undefined });
        break;
      case 'book-snapshot':
        this.#change(event.market, (book) => book.applySnapshot(event.bids, event.asks));
        break;
      case 'book-delta': {
        const followed = this.#books.get(event.market);
        if (followed === undefined) break;
        const before = followed.book.topVersion;
        followed.book.applyDelta(event.side, event.price, event.change);
        if (followed.book.topVersion !== before) this.#dirty.add(followed);
        break;
      }
      case 'book-lost':
        this.#change(event.market, (book) => book.markLost());
        break;
      case 'market-changed': {
        const { grid } = event;
        if (grid !== undefined) this.#change(event.market, (book) => book.regrid(grid));
        break;
      }
      case 'feed-down':
        for (const market of this.#books.keys()) this.#change(market, (book) => book.markLost());
        break;
      default:
        break;
    }
  }

  /** Our own orders in a market are others than before. */
  touch(market: MarketIndex): void {
    const followed = this.#books.get(market);
    if (this.own !== null && followed !== undefined) this.#dirty.add(followed);
  }

  /** Mids that are new since the last call. */
  *changes(): Generator<MarketMid, void, undefined> {
    if (this.#dirty.size === 0) return;
    const touched = [...this.#dirty];
    this.#dirty.clear();
    for (const followed of touched) {
      const mid = this.#midOf(followed);
      if (mid === followed.mid || (mid === null && followed.mid === undefined)) continue;
      followed.mid = mid;
      yield { market: followed.market, mid };
    }
  }

  #midOf({ market, book }: Followed): number | null {
    if (!book.isValid) return null;
    const top = emptyTop();
    topWithoutOwn(book, this.own === null ? NOT_OWN : [...this.own(market)], top);
    return midOf(top);
  }

  #change(market: MarketIndex, change: (book: OrderBook) => unknown): void {
    const followed = this.#books.get(market);
    if (followed === undefined) return;
    change(followed.book);
    this.#dirty.add(followed);
  }
}
