import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/logger/bytes.js';
import { readActionList, readEvent, writeActionList, writeEvent } from '../../../src/logger/journal-codec.js';
import { FRAME_HEAD, FRAME_TAIL, KIND } from '../../../src/logger/journal-frame.js';
import type { Decision } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import type { PriceGrid } from '../../../src/domain/price-grid.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { actionLists, EVENT_TYPES, eventsOf } from './arbitrary.js';

const encode = (event: EngineEvent): Buffer => {
  const out = new ByteWriter(64, 1 << 24);
  writeEvent(out, event);
  return Buffer.from(out.written());
};

const decode = (bytes: Buffer): EngineEvent | null =>
  readEvent(bytes[4] ?? 0, new ByteReader(bytes, FRAME_HEAD, bytes.length - FRAME_TAIL));

const gridOf = (event: EngineEvent | null): PriceGrid | null => {
  if (event?.type === 'market-listed') return event.market.grid;
  return event?.type === 'market-changed' ? (event.grid ?? null) : null;
};

describe('every fact survives the trip through its bytes', () => {
  test.each(EVENT_TYPES)('%s', (type) => {
    fc.assert(
      fc.property(eventsOf(type), (event) => {
        const back = decode(encode(event));
        expect(back).toStrictEqual(event);
        const grid = gridOf(event);
        if (grid !== null) expect(gridOf(back)?.equals(grid)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('every list of actions survives the trip through its bytes', () => {
  fc.assert(
    fc.property(actionLists, (actions) => {
      const out = new ByteWriter(16, 1 << 24);
      writeActionList(out, actions);
      const bytes = Buffer.from(out.written());
      const input = new ByteReader(bytes, 0, bytes.length);
      expect(readActionList(input)).toStrictEqual(actions);
      expect(input.left).toBe(0);
    }),
    { numRuns: 300 },
  );
});

const delta = (units: number): EngineEvent => ({
  type: 'book-delta',
  at: epochUs(1_795_000_000_000_001),
  market: marketIndex(7),
  side: 'ask',
  price: price(units),
  change: quantity(-150),
  exchangeAt: epochUs(1_795_000_000_000_000),
});

test('a book delta takes 43 bytes', () => {
  const bytes = encode(delta(5600));
  expect(bytes.length).toBe(43);
  expect(bytes[4]).toBe(KIND.bookDelta);
});

test('trades, snapshots and decisions have a fixed layout too', () => {
  const at = epochUs(1_795_000_000_000_001);
  const market = marketIndex(7);
  const trade = encode({ type: 'trade', at, exchangeAt: at, market, price: price(5600), quantity: quantity(150), takerSide: 'bid' });
  expect([trade[4], trade.length]).toEqual([KIND.trade, 43]);
  const levels = [1, 2, 3].map((units) => ({ price: price(units), quantity: quantity(100) }));
  const snapshot = encode({ type: 'book-snapshot', at, exchangeAt: at, market, bids: levels.slice(1), asks: levels });
  expect([snapshot[4], snapshot.length]).toEqual([KIND.bookSnapshot, 10 + 28 + 12 * 5]);
  const decision: Decision = {
    type: 'decision',
    market,
    at,
    bestBid: null,
    bestAsk: null,
    mid: null,
    fair: null,
    reservation: null,
    bid: null,
    bidSize: quantity(0),
    ask: null,
    askSize: quantity(0),
    inventory: quantity(0),
    unrealized: cash(0),
    realized: cash(0),
    fees: cash(0),
    noBid: null,
    noAsk: null,
    cause: 'quote',
  };
  const out = new ByteWriter(16, 1 << 12);
  writeActionList(out, [decision]);
  expect(out.length).toBe(4 + 1 + 2 + 15 * 8 + 4);
  out.bytes[5] = 9;
  expect(() => readActionList(new ByteReader(out.bytes, 0, out.length))).toThrow('a decision without a known cause');
});

test('a price beyond the compact layout is kept whole by the general one', () => {
  const bytes = encode(delta(2 ** 40));
  expect(bytes[4]).toBe(KIND.eventJson);
  expect(decode(bytes)).toStrictEqual(delta(2 ** 40));
});

test('a payload that ends early is refused, never read beyond its end', () => {
  const bytes = encode(delta(5600));
  expect(() => readEvent(KIND.bookDelta, new ByteReader(bytes, FRAME_HEAD, bytes.length - FRAME_TAIL - 1))).toThrow(
    'needed 1 bytes, 0 left',
  );
});

test('a side that is neither bid nor ask is refused', () => {
  const bytes = encode(delta(5600));
  bytes[bytes.length - FRAME_TAIL - 1] = 2;
  expect(() => decode(bytes)).toThrow('side 2');
});
