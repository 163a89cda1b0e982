import { describe, expect, test } from 'vitest';
import { playbackSettings } from '../../src/connector/session-types.js';
import { Session } from '../../src/connector/session.js';
import type { NoSideConvention } from '../../src/connector/wire-fields.js';
import { parseRfc3339 } from '../../src/connector/wire-time.js';
import { MarketRegister } from '../../src/connector/market-table.js';
import type { EngineEvent, Level } from '../../src/domain/events.js';
import { marketIndex, ticker } from '../../src/domain/ids.js';
import { complement, epochUs, parsePrice, parseQuantity, price, type EpochUs } from '../../src/domain/units.js';
import { NaiveBook } from '../../src/orderbook/naive-book.js';
import { OrderBook } from '../../src/orderbook/order-book.js';
import { grid, type GridName } from '../support/grids.js';
import { market } from '../support/markets.js';
import { frameOfFlat } from '../support/recorded-wire.js';
import { readLines, recordingsDir } from '../support/recordings.js';

/** The recorded stream all the way into books: session, fast book and the plain book beside it. */
class Desk {
  readonly register: MarketRegister;
  readonly books: readonly OrderBook[];
  readonly naive: readonly NaiveBook[];
  readonly session: Session;
  problems = 0;
  crossings = 0;
  deltas = 0;
  /** Best prices and sizes of the first market after each exchange time. */
  readonly tops = new Map<EpochUs | null, unknown>();
  readonly #at = epochUs(1);

  constructor(frames: readonly string[], noSide: NoSideConvention = 'no-price', structure: GridName = 'linear_cent') {
    const names = [...new Set(frames.flatMap((frame) => /"market_ticker":"([^"]+)"/.exec(frame)?.[1] ?? []))];
    this.register = new MarketRegister(names.map((name) => market({ ticker: ticker(name), grid: grid(structure) })));
    this.books = names.map(() => new OrderBook(grid(structure)));
    this.naive = names.map(() => new NaiveBook());
    this.session = new Session({
      settings: playbackSettings(noSide),
      markets: this.register,
      chance: { next: () => 0 },
      offer: (fact) => this.#hear(fact),
    });
    this.session.step({ type: 'add-markets', at: this.#at, markets: names.map((_, i) => marketIndex(i)) });
    this.session.step({ type: 'start', at: this.#at });
    this.session.step({ type: 'opened', at: this.#at });
  }

  play(frame: string): void {
    this.session.step({ type: 'frame', at: this.#at, bytes: Buffer.from(frame) });
    this.session.step({ type: 'read-end', at: this.#at });
  }

  book(name: string): OrderBook {
    const index = this.register.indexOf(name);
    if (index === null) throw new Error(`no market ${name}`);
    return this.books.at(index) as OrderBook;
  }

  #hear(fact: EngineEvent): void {
    if (fact.type === 'book-snapshot') {
      if (this.books[fact.market]?.applySnapshot(fact.bids, fact.asks) !== null) this.problems++;
      this.naive[fact.market]?.applySnapshot(fact.bids, fact.asks);
    } else if (fact.type === 'book-delta') {
      this.deltas++;
      if (this.books[fact.market]?.applyDelta(fact.side, fact.price, fact.change) !== null) this.problems++;
      this.naive[fact.market]?.applyDelta(fact.side, fact.price, fact.change);
      const [book] = this.books;
      this.tops.set(fact.exchangeAt, [book?.bestBid(), book?.bidSize(), book?.bestAsk(), book?.askSize()]);
    } else if (fact.type === 'book-lost') this.books[fact.market]?.markLost();
    else if (fact.type === 'batch-end') this.crossings += this.books.filter((book) => book.isCrossed()).length;
  }

  agree(): boolean {
    return this.books.every((book, i) =>
      (['bid', 'ask'] as const).every((side) => JSON.stringify(book.levels(side)) === JSON.stringify(this.naive[i]?.levels(side))),
    );
  }
}

const levelsOf = (book: OrderBook): { bids: Level[]; asks: Level[] } => ({ bids: book.levels('bid'), asks: book.levels('ask') });

describe.skipIf(recordingsDir() === null)('recorded streams as books', () => {
  test('2,885 deltas of five markets: no level below zero, never crossed, fast and plain book agree to the end', () => {
    const frames = readLines('ws-demo-5mkt-20260701.jsonl.gz');
    const desk = new Desk(frames);
    frames.forEach((frame, i) => {
      desk.play(frame);
      if (i % 200 === 0) expect(desk.agree()).toBe(true);
    });
    expect(desk).toMatchObject({ problems: 0, crossings: 0, deltas: 2885 });
    expect(desk.agree()).toBe(true);
    expect(desk.books.every((book) => book.isValid)).toBe(true);
  });

  test('the five snapshots equal the exchange’s own REST books, level for level', () => {
    const frames = readLines('ws-demo-5mkt-20260701.jsonl.gz');
    let compared = 0;
    for (const line of readLines('rest-demo-5mkt-20260701.jsonl.gz')) {
      const { url, response_body } = JSON.parse(line) as { url: string; response_body: string };
      const name = /markets\/([^/]+)\/orderbook$/.exec(url)?.[1];
      if (name === undefined) continue;
      const { orderbook_fp } = JSON.parse(response_body) as { orderbook_fp: Record<'yes_dollars' | 'no_dollars', [string, string][]> };
      const level = ([at, size]: [string, string]): Level => ({ price: parsePrice(at), quantity: parseQuantity(size) });
      const bids = orderbook_fp.yes_dollars.map(level).toReversed();
      const asks = orderbook_fp.no_dollars.map(level).map((no) => ({ ...no, price: complement(no.price, price(10_000)) })).toReversed(); // prettier-ignore
      expect(firstSnapshot(frames, name)).toEqual({ bids, asks });
      compared++;
    }
    expect(compared).toBe(5);
  });

  test('the production recording: 61 deltas over eight markets, none negative, none crossed', () => {
    const frames = readLines('ws-prod-kxbtc-hourly-20260418.jsonl.gz').map((line) => (JSON.parse(line) as { raw: string }).raw);
    const desk = new Desk(frames);
    for (const frame of frames) desk.play(frame);
    expect(desk).toMatchObject({ problems: 0, crossings: 0, deltas: 61 });
    expect(desk.agree()).toBe(true);
  });

  test('the 15-minute market: both tickers show the rebuilt book’s best prices and sizes', () => {
    const frames = readLines('ws-prod-kxbtc15m-20260419-a-open.jsonl').flatMap((line) => frameOfFlat(line) ?? []);
    const desk = new Desk(frames, 'no-price', 'tapered_deci_cent');
    for (const frame of frames) desk.play(frame);
    const tickers = frames
      .map((frame) => JSON.parse(frame) as { type: string; msg: Record<string, string> })
      .filter(({ type }) => type === 'ticker');
    expect(tickers).toHaveLength(2);
    // Subscriptions promise no order among each other, so a ticker is held against the book of its own moment.
    for (const { msg } of tickers)
      expect(desk.tops.get(parseRfc3339(msg['time'] ?? ''))).toEqual([
        parsePrice(msg['yes_bid_dollars'] ?? ''),
        parseQuantity(msg['yes_bid_size_fp'] ?? ''),
        parsePrice(msg['yes_ask_dollars'] ?? ''),
        parseQuantity(msg['yes_ask_size_fp'] ?? ''),
      ]);
    expect(desk).toMatchObject({ problems: 0, deltas: 42 });
  });
});

/** The book right after a market's first snapshot. */
const firstSnapshot = (frames: readonly string[], name: string): { bids: Level[]; asks: Level[] } => {
  const desk = new Desk(frames);
  for (const frame of frames) {
    desk.play(frame);
    if (frame.startsWith('{"type":"orderbook_snapshot"') && frame.includes(`"${name}"`)) break;
  }
  return levelsOf(desk.book(name));
};
