/** The book against the real stream. The frames are read here in the plainest way, so that no other room's fault can hide one of this room. */
import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/events.js';
import { complement, parsePrice, parseQuantity } from '../../../src/domain/units.js';
import { NaiveBook } from '../../../src/orderbook/naive-book.js';
import { OrderBook } from '../../../src/orderbook/order-book.js';
import { grid } from '../../support/grids.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

interface Frame {
  readonly type: string;
  readonly msg?: {
    readonly market_ticker: string;
    readonly yes_dollars_fp?: readonly (readonly [string, string])[];
    readonly no_dollars_fp?: readonly (readonly [string, string])[];
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly side: 'yes' | 'no';
  };
}

// The finest grid takes every price; the recordings do not say which grid the markets had.
const finest = grid('center_centi_edge_centi_cent');

const replay = (lines: readonly string[]) => {
  const books = new Map<string, { fast: OrderBook; naive: NaiveBook }>();
  const counts = { snapshots: 0, deltas: 0, problems: 0, crossings: 0 };
  for (const line of lines) {
    const outer = JSON.parse(line) as Frame & { readonly raw?: string };
    const { type, msg } = outer.raw === undefined ? outer : (JSON.parse(outer.raw) as Frame);
    if (msg === undefined) continue;
    if (type === 'orderbook_snapshot') {
      counts.snapshots++;
      const bids: Level[] = (msg.yes_dollars_fp ?? []).map(([at, size]) => ({ price: parsePrice(at), quantity: parseQuantity(size) }));
      const asks = (msg.no_dollars_fp ?? []).map(([at, size]) => ({
        price: complement(parsePrice(at), finest.payout),
        quantity: parseQuantity(size),
      }));
      const pair = { fast: new OrderBook(finest), naive: new NaiveBook() };
      books.set(msg.market_ticker, pair);
      if (pair.fast.applySnapshot(bids, asks) !== null) counts.problems++;
      pair.naive.applySnapshot(bids, asks);
    }
    if (type === 'orderbook_delta') {
      counts.deltas++;
      const pair = books.get(msg.market_ticker);
      expect(pair, `a delta before the snapshot of ${msg.market_ticker}`).toBeDefined();
      if (pair === undefined) continue;
      const told = parsePrice(msg.price_dollars);
      const side = msg.side === 'yes' ? 'bid' : 'ask';
      const at = side === 'bid' ? told : complement(told, finest.payout);
      const change = parseQuantity(msg.delta_fp);
      if (pair.fast.applyDelta(side, at, change) !== null) counts.problems++;
      pair.naive.applyDelta(side, at, change);
      if (pair.fast.isCrossed()) counts.crossings++;
    }
  }
  return { books, counts };
};

describe.skipIf(recordingsDir() === null)('recorded streams of the exchange', () => {
  test.each([
    ['ws-demo-5mkt-20260701.jsonl.gz', 5, 2885],
    ['ws-prod-kxbtc-hourly-20260418.jsonl.gz', 8, 61],
  ])('%s: %i snapshots and %i changes fit without a negative level or a crossing, and both books agree', (name, snapshots, deltas) => {
    const { books, counts } = replay(readLines(name));
    expect(counts).toEqual({ snapshots, deltas, problems: 0, crossings: 0 });
    for (const { fast, naive } of books.values())
      for (const side of ['bid', 'ask'] as const) expect(fast.levels(side)).toEqual(naive.levels(side));
  });
});
