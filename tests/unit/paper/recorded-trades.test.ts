/** Real recordings: every trade finds the reduction it made, in whichever order the two came, and only the best price of a side has traded. */
import { describe, expect, test } from 'vitest';
import { parseRfc3339 } from '../../../src/connector/wire-time.js';
import { epochUs, fromEpochMs, parsePrice, parseQuantity, type EpochUs, type Price } from '../../../src/domain/units.js';
import type { BookSide } from '../../../src/domain/market.js';
import { TradeMatch } from '../../../src/paper/trade-match.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

interface Message {
  readonly kind: 'delta' | 'trade';
  /** The side that rests. */
  readonly side: BookSide;
  readonly price: Price;
  readonly size: number;
  readonly exchangeAt: EpochUs;
}

type Fields = Readonly<Record<string, unknown>>;
type Reader = (line: string) => {
  readonly messages: readonly Message[];
  readonly snapshot?: Readonly<Record<BookSide, readonly (readonly [string, string])[]>>;
};

/** The perpetuals of the test exchange: bids and asks by their names. */
const perpetual: Reader = (line) => {
  const { type, msg } = JSON.parse(line) as { type: string; msg: Fields & { bid?: [string, string][]; ask?: [string, string][] } };
  if (type === 'orderbook_snapshot') return { messages: [], snapshot: { bid: msg.bid ?? [], ask: msg.ask ?? [] } };
  if (type !== 'orderbook_delta' && type !== 'trade') return { messages: [] };
  const isTrade = type === 'trade';
  const side = (isTrade ? (msg['taker_side'] === 'ask' ? 'bid' : 'ask') : msg['side']) as BookSide;
  const size = parseQuantity((isTrade ? msg['count'] : msg['delta']) as string);
  return {
    messages: [
      {
        kind: isTrade ? 'trade' : 'delta',
        side,
        price: parsePrice(msg['price'] as string),
        size,
        exchangeAt: fromEpochMs(msg['ts_ms'] as number),
      },
    ],
  };
};

/** An event contract as its recorder kept it: NO bids are YES asks, trades are stamped with whole seconds. The snapshot came late and is not used. */
const contract: Reader = (line) => {
  const msg = JSON.parse(line) as Fields;
  if (msg['type'] === 'delta') {
    const isYes = msg['side'] === 'yes';
    const at = parsePrice(msg['price_dollars'] as string);
    const price = (isYes ? at : 10_000 - at) as Price;
    const exchangeAt = parseRfc3339(msg['ts'] as string) ?? epochUs(0);
    return {
      messages: [{ kind: 'delta', side: isYes ? 'bid' : 'ask', price, size: parseQuantity(msg['delta_fp'] as string), exchangeAt }],
    };
  }
  if (msg['type'] !== 'trade') return { messages: [] };
  const side = msg['taker_side'] === 'no' ? 'bid' : 'ask';
  const price = parsePrice(msg['yes_price_dollars'] as string);
  const exchangeAt = fromEpochMs((msg['ts'] as number) * 1000);
  return { messages: [{ kind: 'trade', side, price, size: parseQuantity(msg['count_fp'] as string), exchangeAt }] };
};

/** @param all treats every reduction as one that may have traded, where the book is not known */
const play = (lines: readonly string[], read: Reader, all: boolean) => {
  const book: Record<BookSide, Map<number, number>> = { bid: new Map(), ask: new Map() };
  const found = { trades: 0, traded: 0, hidden: 0, cancelled: 0, reduced: 0 };
  const match = new TradeMatch(
    ({ size }) => (found.cancelled += size),
    ({ size }) => (found.hidden += size),
  );
  let count = 0;
  let now = epochUs(0);
  for (const line of lines) {
    const { messages, snapshot } = read(line);
    for (const of of ['bid', 'ask'] as const)
      for (const [price, size] of snapshot?.[of] ?? []) book[of].set(parsePrice(price), parseQuantity(size));
    for (const { kind, side, price, size, exchangeAt } of messages) {
      if (exchangeAt > now) now = exchangeAt;
      match.passTo(now);
      const message = { side, price, size: Math.abs(size), count: ++count, at: now, exchangeAt };
      if (kind === 'trade') {
        found.trades++;
        found.traded += size;
        match.traded(message);
        continue;
      }
      const levels = book[side];
      const best = side === 'bid' ? Math.max(...levels.keys()) : Math.min(...levels.keys());
      const after = (levels.get(price) ?? 0) + size;
      if (after > 0) levels.set(price, after);
      else levels.delete(price);
      if (size < 0 && (all || price === best)) {
        found.reduced -= size;
        match.reduced(message);
      }
    }
  }
  match.passTo(epochUs(now + 10_000_000));
  return found;
};

describe.skipIf(recordingsDir() === null)('recorded streams', () => {
  test.each([
    ['ws-demo-perp-20260612-5000frames.jsonl.gz', perpetual, 1992, false],
    ['ws-demo-perp-20260612-0246z.jsonl.gz', perpetual, 316, false],
    ['ws-demo-perp-20260612-short-1245z.jsonl.gz', perpetual, 16, false],
    ['ws-prod-kxbtc15m-20260419-a-open.jsonl', contract, 10, true],
  ] as const)('%s', (name, read, trades, all) => {
    const found = play(readLines(name), read, all);
    expect(found).toMatchObject({ trades, hidden: 0 });
    expect(found.traded + found.cancelled).toBe(found.reduced);
  });
});
