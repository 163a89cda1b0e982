/** What the exchange publishes as the facts that a bot gets, some time later. No JSON, no sockets. */
import type { BookSnapshot, EngineEvent, MarketChanged } from '../../domain/events.js';
import { marketIndex } from '../../domain/ids.js';
import { later, type DurationUs, type EpochUs } from '../../domain/units.js';
import type { Exchange } from '../../exchange/core/exchange.js';
import type { ExchangeEvent } from '../../exchange/core/types.js';
import { TICKER } from './crowd-world.js';
import { Delayed } from './delayed.js';

export const MARKET = marketIndex(0);

export class PublicFeed {
  readonly line = new Delayed<EngineEvent>();

  /** @param delay from the exchange to the bot */
  constructor(
    private readonly exchange: Exchange,
    private readonly delay: DurationUs,
  ) {
    exchange.onEvent((event) => this.#hear(event));
  }

  /** When what is said now arrives. */
  arrival(): EpochUs {
    return later(this.exchange.now, this.delay);
  }

  tell(event: EngineEvent): void {
    this.line.push(event.at, event);
  }

  /** A whole book, as it stands at the exchange now. */
  snapshot(): void {
    const book = this.exchange.book(TICKER);
    if (book === null) throw new RangeError(`no market ${TICKER}`);
    const told: BookSnapshot = {
      type: 'book-snapshot',
      at: this.arrival(),
      market: MARKET,
      bids: book.bids,
      asks: book.asks,
      exchangeAt: this.exchange.now,
    };
    this.tell(told);
  }

  #hear(event: ExchangeEvent): void {
    const at = this.arrival();
    switch (event.type) {
      case 'book': {
        const { side, price, change } = event;
        return this.tell({ type: 'book-delta', at, market: MARKET, side, price, change, exchangeAt: event.at });
      }
      case 'trade': {
        const { price, quantity, takerSide } = event.trade;
        return this.tell({ type: 'trade', at, market: MARKET, price, quantity, takerSide, exchangeAt: event.at });
      }
      case 'lifecycle':
      case 'status': {
        const { status, settlementValue, closesAt } = event.market;
        const changed: MarketChanged = { type: 'market-changed', at, market: MARKET, status, closesAt };
        return this.tell(settlementValue === null ? changed : { ...changed, settlesAt: settlementValue });
      }
      default:
        return;
    }
  }
}
