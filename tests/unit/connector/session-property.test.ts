import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MarketIndex } from '../../../src/domain/ids.js';
import { SessionBench } from '../../support/stream.js';

const NAMES = ['M-A', 'M-B', 'M-C'];
const PRICES = ['0.1000', '0.2000', '0.3000'];
const SID = 1;

type Levels = ReadonlyMap<string, number>;
type Books = readonly Levels[];

/** An exchange that is never wrong: books, one numbering for all of them, and what every book was at every number. */
class TrueExchange {
  readonly outbox: { readonly seq: number; readonly text: string }[] = [];
  readonly history: Books[] = [];
  #books: Map<string, number>[] = NAMES.map(() => new Map());

  constructor() {
    this.#emit((seq) => `{"type":"ok","id":0,"sid":${SID},"seq":${seq},"msg":{}}`);
    NAMES.forEach((_, market) => this.snapshot(market));
  }

  get last(): number {
    return this.history.length - 1;
  }

  books(): Books {
    return this.history.at(-1) ?? [];
  }

  #emit(text: (seq: number) => string): void {
    const seq = this.history.length;
    this.history.push(this.#books.map((book) => new Map(book)));
    this.outbox.push({ seq, text: text(seq) });
  }

  /** A change of at least -1 contract at one level; written in the scanner's layout or (`odd`) in one that only JSON reads. */
  change(market: number, side: 'yes' | 'no', level: number, contracts: number, odd: boolean): void {
    const price = PRICES[level] ?? '0.1000';
    const book = this.#books.at(market) as Map<string, number>;
    const key = `${side} ${price}`;
    const size = Math.max(0, (book.get(key) ?? 0) + contracts);
    const change = size - (book.get(key) ?? 0);
    if (size === 0) book.delete(key);
    else book.set(key, size);
    const body = `"price_dollars":"${price}","delta_fp":"${change}.00","side":"${side}"`;
    const ticker = `"market_ticker":"${NAMES[market]}"`;
    const msg = odd ? `{${body},${ticker}}` : `{${ticker},"market_id":"x",${body}}`;
    this.#emit((seq) => `{"type":"orderbook_delta","sid":${SID},"seq":${seq},"msg":${msg}}`);
  }

  snapshot(market: number): void {
    const side = (name: string): [string, string][] =>
      [...(this.#books.at(market) as Map<string, number>)]
        .filter(([key]) => key.startsWith(name))
        .map(([key, size]) => [key.slice(name.length + 1), `${size}.00`]);
    const msg = { market_ticker: NAMES[market], yes_dollars_fp: side('yes'), no_dollars_fp: side('no') };
    this.#emit((seq) => JSON.stringify({ type: 'orderbook_snapshot', sid: SID, seq, msg }));
  }

  /** Answers the session's requests. */
  hear(bench: SessionBench): void {
    for (const command of bench.sent()) {
      if (command.params['action'] !== 'get_snapshot') continue;
      for (const name of command.params['market_tickers'] as string[]) this.snapshot(NAMES.indexOf(name));
      this.#emit((seq) => `{"type":"ok","id":${command.id},"sid":${SID},"seq":${seq},"msg":{"market_tickers":[]}}`);
    }
    bench.actions.length = 0;
  }
}

/** What an engine would believe from the facts alone: a book, or null while it is lost. */
class Believer {
  readonly books: (Map<string, number> | null)[] = NAMES.map(() => null);

  hear(bench: SessionBench): void {
    for (const fact of bench.facts.splice(0)) {
      if (fact.type === 'book-lost') this.books[fact.market] = null;
      else if (fact.type === 'book-snapshot') {
        const book = new Map<string, number>();
        for (const level of fact.bids) book.set(keyOf('bid', level.price), level.quantity / 100);
        for (const level of fact.asks) book.set(keyOf('ask', level.price), level.quantity / 100);
        this.books[fact.market] = book;
      } else if (fact.type === 'book-delta') {
        const book = this.books[fact.market];
        if (book === null || book === undefined) throw new Error('a delta was told for a book that is lost');
        const key = keyOf(fact.side, fact.price);
        const size = (book.get(key) ?? 0) + fact.change / 100;
        if (size === 0) book.delete(key);
        else book.set(key, size);
      }
    }
  }
}

/** The exchange writes NO prices, the facts are in YES terms. */
const keyOf = (side: 'bid' | 'ask', price: number): string =>
  side === 'bid' ? `yes ${(price / 10_000).toFixed(4)}` : `no ${((10_000 - price) / 10_000).toFixed(4)}`;

const sorted = (levels: Levels): unknown => [...levels].sort(([a], [b]) => (a < b ? -1 : 1));

const operations = fc.record({
  kind: fc.constantFrom('change', 'change', 'change', 'change', 'snapshot', 'tick'),
  market: fc.nat({ max: 2 }),
  side: fc.constantFrom('yes' as const, 'no' as const),
  level: fc.nat({ max: 2 }),
  contracts: fc.integer({ min: -3, max: 5 }),
  odd: fc.boolean(),
  fate: fc.constantFrom('deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'drop', 'repeat', 'delay', 'none'),
});

test('whatever is lost, repeated or reordered: a believed book is the true book at the last number seen, and in the end all are', () => {
  let gaps = 0;
  let old = 0;
  fc.assert(
    fc.property(fc.array(operations, { minLength: 5, maxLength: 80 }), (steps) => {
      const bench = new SessionBench({ privateMessages: 'count', trades: false, lifecycle: false }, NAMES);
      bench.step({ type: 'start', at: bench.now });
      bench.step({ type: 'opened', at: bench.now });
      bench.frame({ type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: SID } });
      const exchange = new TrueExchange();
      const believer = new Believer();
      const delayed: { seq: number; text: string }[] = [];
      let seen = -1;
      exchange.hear(bench);

      const deliver = (message: { seq: number; text: string } | undefined): void => {
        if (message === undefined) return;
        bench.frame(message.text);
        seen = Math.max(seen, message.seq);
        believer.hear(bench);
        exchange.hear(bench);
        believer.books.forEach((book, market) => {
          if (book !== null) expect(sorted(book)).toEqual(sorted(exchange.history[seen]?.[market] ?? new Map()));
        });
      };

      for (const step of steps) {
        if (step.kind === 'change') exchange.change(step.market, step.side, step.level, step.contracts, step.odd);
        else if (step.kind === 'snapshot') exchange.snapshot(step.market);
        else {
          bench.pass(0.3);
          bench.step({ type: 'heard', at: bench.now });
          exchange.hear(bench);
        }
        if (step.fate === 'none') continue;
        const message = exchange.outbox.shift();
        if (message === undefined) continue;
        if (step.fate === 'drop') continue;
        if (step.fate === 'delay') delayed.push(message);
        else {
          deliver(message);
          if (step.fate === 'repeat') delayed.push(message);
          if (step.level === 0) deliver(delayed.shift());
        }
      }
      // The fault phase is over: a last message reveals what is missing, and every request is answered.
      exchange.snapshot(0);
      for (let round = 0; round < 8; round++) {
        while (exchange.outbox.length > 0) deliver(exchange.outbox.shift());
        bench.pass(1);
        bench.step({ type: 'heard', at: bench.now });
        exchange.hear(bench);
      }
      NAMES.forEach((_, market) => {
        expect(bench.session.isLive(market as MarketIndex)).toBe(true);
        expect(sorted(believer.books[market] ?? new Map())).toEqual(sorted(exchange.books()[market] ?? new Map()));
      });
      gaps += bench.session.counters.gaps;
      old += bench.session.counters.old;
    }),
    { numRuns: 400 },
  );
  // The faults did strike.
  expect(gaps).toBeGreaterThan(400);
  expect(old).toBeGreaterThan(100);
});
