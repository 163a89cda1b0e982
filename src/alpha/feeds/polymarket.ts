/**
 * Polymarket's public market channel as opinions: what another exchange's book says about the same question.
 *
 * Format: docs.polymarket.com, "Market Channel" (market-data/websocket/market-channel), "Overview" (heartbeat: the text PING every 10 seconds, answered by PONG) and
 * asyncapi.json, all as stored by public crawls of 2026; read in November 2026. `book` and `price_change` (with `price_changes`, the form since September 2025) are
 * taken; every other `event_type` is passed over. Unverified, because it was not tried against the exchange itself: that the first books come as one list.
 */
import type { Ticker } from '../../domain/ids.js';
import { between, later, millis, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../../domain/units.js';
import type { StreamProtocol } from '../stream-feed.js';
import { FeedFrameError } from './feed-errors.js';
import type { FeedWorld } from './feed-port.js';
import { jsonOf, OutsideFields } from './outside-json.js';
import { askLevels, bidLevels, type PriceLevels } from './price-levels.js';
import { confidenceOf, probabilityOf, type BeliefSettings } from './quote-opinion.js';

export interface PolymarketMarket {
  /** Of our exchange. */
  readonly ticker: Ticker;
  /** Of one outcome of theirs. */
  readonly token: string;
  /** True where their outcome is our NO. */
  readonly inverted: boolean;
}

export interface PolymarketSettings {
  /** Name of the feed, and of the source of its opinions. */
  readonly name: string;
  readonly markets: readonly PolymarketMarket[];
  readonly price: 'mid' | 'microprice';
  readonly belief: BeliefSettings;
  /** An unchanged opinion is repeated this often while the connection proves that it lives. */
  readonly renewEvery: DurationUs;
}

const LEVELS_MAX = 2000;
const SIZE_MAX = 1e12;
const ENTRIES_MAX = 1000;
const OFFER_SPACING = millis(250);
const NO_ANSWER: readonly string[] = Object.freeze([]);

interface Book {
  readonly market: PolymarketMarket;
  readonly bids: PriceLevels;
  readonly asks: PriceLevels;
  /** Best prices as last stated; null before the first book, 0 and 1 where a side is empty. */
  best: { readonly bid: number; readonly ask: number } | null;
  /** Their stamp of the last word, never ahead of our clock. */
  saidAt: EpochUs;
  receivedAt: EpochUs;
  offeredAt: EpochUs;
  changed: boolean;
}

export class PolymarketProtocol implements StreamProtocol {
  readonly greetAfter = millis(0);
  readonly keepAlive = { every: seconds(10), text: 'PING' };
  readonly #books: ReadonlyMap<string, Book>;
  /** Words older than one before them: passed over. */
  old = 0;

  constructor(
    private readonly settings: PolymarketSettings,
    private readonly world: Pick<FeedWorld, 'offer'>,
  ) {
    this.#books = new Map(
      settings.markets.map((market) => [
        market.token,
        {
          market,
          bids: bidLevels(LEVELS_MAX),
          asks: askLevels(LEVELS_MAX),
          best: null,
          saidAt: UNKNOWN_TIME,
          receivedAt: UNKNOWN_TIME,
          offeredAt: UNKNOWN_TIME,
          changed: false,
        },
      ]),
    );
  }

  greeting(): readonly string[] {
    return [JSON.stringify({ assets_ids: [...this.#books.keys()], type: 'market' })];
  }

  frame(text: string, at: EpochUs): { readonly answers: readonly string[]; readonly useful: boolean } {
    // It proves that the line lives, and with it that an unchanged book is still the book.
    if (text === 'PONG') return { answers: NO_ANSWER, useful: true };
    const value = jsonOf(this.settings.name, text);
    const events: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (events.length > ENTRIES_MAX)
      throw new FeedFrameError(this.settings.name, 'frame', `at most ${ENTRIES_MAX} events`, `${events.length} events`);
    let useful = false;
    for (const event of events) if (this.#event(event, at)) useful = true;
    return { answers: NO_ANSWER, useful };
  }

  tick(at: EpochUs, heardAt: EpochUs): void {
    for (const book of this.#books.values()) {
      const pause = book.changed ? OFFER_SPACING : this.settings.renewEvery;
      if (book.best !== null && between(book.offeredAt, at) >= pause) this.#offer(book, at, heardAt);
    }
  }

  lost(): void {
    for (const book of this.#books.values()) {
      book.best = null;
      book.changed = false;
      book.saidAt = UNKNOWN_TIME;
      book.bids.clear();
      book.asks.clear();
    }
  }

  #event(value: unknown, at: EpochUs): boolean {
    const { name } = this.settings;
    const event = OutsideFields.of(name, 'event', value);
    const type = event.text('event_type');
    if (type === 'book') return this.#book(event, at);
    if (type === 'price_change') return this.#changes(event, at);
    return true;
  }

  #book(event: OutsideFields, at: EpochUs): boolean {
    const book = this.#books.get(event.text('asset_id'));
    if (book === undefined) return false;
    const bids = this.#levels(event, 'bids');
    const asks = this.#levels(event, 'asks');
    if (!this.#isNext(book, event.millis('timestamp'), at)) return false;
    book.bids.clear();
    book.asks.clear();
    for (const [price, size] of bids) book.bids.set(price, size);
    for (const [price, size] of asks) book.asks.set(price, size);
    this.#said(book, book.bids.best() ?? 0, book.asks.best() ?? 1);
    return true;
  }

  #levels(event: OutsideFields, side: 'bids' | 'asks'): readonly (readonly [number, number])[] {
    return event.list(side, LEVELS_MAX).map((entry) => {
      const level = OutsideFields.of(this.settings.name, `book.${side}`, entry);
      return [level.number('price', 0, 1), level.number('size', 0, SIZE_MAX)] as const;
    });
  }

  #changes(event: OutsideFields, at: EpochUs): boolean {
    const stamp = event.millis('timestamp');
    // All are read before any has an effect: a change that is wrong in its last entry is wrong.
    const entries = event.list('price_changes', ENTRIES_MAX).map((entry) => this.#change(entry));
    let useful = false;
    for (const { token, price, size, side, bid, ask } of entries) {
      const book = this.#books.get(token);
      // Without its book a change says too little.
      if (book === undefined || book.best === null || !this.#isNext(book, stamp, at)) continue;
      const levels = side === 'BUY' ? book.bids : book.asks;
      if (!levels.set(price, size))
        throw new FeedFrameError(this.settings.name, 'price_change', `at most ${LEVELS_MAX} prices on a side`, 'more');
      this.#said(book, bid ?? book.bids.best() ?? 0, ask ?? book.asks.best() ?? 1);
      useful = true;
    }
    return useful;
  }

  #change(value: unknown) {
    const entry = OutsideFields.of(this.settings.name, 'price_change', value);
    const side = entry.text('side');
    if (side !== 'BUY' && side !== 'SELL') return entry.refuse('side', 'BUY or SELL');
    const best = (name: string): number | null => ((entry.value(name) ?? null) === null ? null : entry.number(name, 0, 1));
    return {
      token: entry.text('asset_id'),
      price: entry.number('price', 0, 1),
      size: entry.number('size', 0, SIZE_MAX),
      side,
      bid: best('best_bid'),
      ask: best('best_ask'),
    };
  }

  /** False for a word that was said before the last one. */
  #isNext(book: Book, stamp: EpochUs, at: EpochUs): boolean {
    const saidAt = stamp === UNKNOWN_TIME || stamp > at ? at : stamp;
    if (saidAt < book.saidAt) {
      this.old++;
      return false;
    }
    book.saidAt = saidAt;
    book.receivedAt = at;
    return true;
  }

  #said(book: Book, bid: number, ask: number): void {
    book.best = { bid, ask };
    book.changed = true;
  }

  /** An unchanged book on a line that lives is as old as the line's last sign of life, plus what its words needed to reach us. */
  #offer(book: Book, at: EpochUs, heardAt: EpochUs): void {
    if (book.best === null) return;
    const { market } = book;
    const prices = { ...book.best, bidSize: book.bids.size(book.best.bid), askSize: book.asks.size(book.best.ask) };
    const confidence = confidenceOf(prices, toSeconds(between(book.receivedAt, at)), this.settings.belief);
    const said = probabilityOf(prices, this.settings.price);
    const asOf = later(heardAt, between(book.receivedAt, book.saidAt));
    book.changed = false;
    book.offeredAt = at;
    this.world.offer({
      type: 'opinion',
      at,
      ticker: market.ticker,
      source: this.settings.name,
      probability: confidence === null ? null : market.inverted ? 1 - said : said,
      confidence: confidence ?? 0,
      asOf,
    });
  }
}
