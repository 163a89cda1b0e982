import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { ringMemory, TapeConsumer, TapeProducer } from '../../../src/logger/tape-ring.js';
import { decisions } from './arbitrary.js';
import type { Decision } from '../../../src/domain/actions.js';
import { marketIndex } from '../../../src/domain/ids.js';

const plain = (market: number): Decision => ({
  type: 'decision',
  market: marketIndex(market),
  at: epochUs(1),
  bestBid: null,
  bestAsk: price(1),
  mid: null,
  fair: null,
  reservation: null,
  bid: null,
  bidSize: quantity(0),
  ask: null,
  askSize: quantity(0),
  noBid: null,
  noAsk: null,
  inventory: quantity(0),
  unrealized: cash(0),
  realized: cash(0),
  fees: cash(0),
  cause: 'quote',
});

test('the consumer sees the very numbers that were put in, missing ones as NaN', () => {
  fc.assert(
    fc.property(decisions, fc.nat(1e9), fc.nat(9), fc.nat(9), (d, latencyNs, noBid, noAsk) => {
      const memory = ringMemory(2);
      expect(new TapeProducer(memory).put(d, noBid, noAsk, latencyNs)).toBe(true);
      const ring = new TapeConsumer(memory);
      expect(ring.waiting).toBe(1);
      expect(ring.peek(0)).toEqual({
        market: d.market,
        seq: 1,
        at: d.at,
        mid: d.mid ?? Number.NaN,
        fair: d.fair ?? Number.NaN,
        reservation: d.reservation ?? Number.NaN,
        bestBid: d.bestBid ?? Number.NaN,
        bestAsk: d.bestAsk ?? Number.NaN,
        bid: d.bid ?? Number.NaN,
        ask: d.ask ?? Number.NaN,
        bidSize: d.bidSize,
        askSize: d.askSize,
        noBid,
        noAsk,
        inventory: d.inventory,
        unrealized: d.unrealized,
        realized: d.realized,
        fees: d.fees,
        cause: ['quote', 'fill', 'interval', 'pull'].indexOf(d.cause),
        latencyNs,
      });
    }),
  );
});

/** The plain model of the ring: a queue with a bound. */
test('under any mix of puts and releases it is a bounded queue that counts what it drops', () => {
  const steps = fc.array(fc.oneof(fc.constant('put' as const), fc.nat(5)), { maxLength: 120 });
  fc.assert(
    fc.property(steps, fc.constantFrom(2, 4, 8), fc.constantFrom(0, 2 ** 31 - 3, 2 ** 32 - 3), (moves, capacity, startAt) => {
      const memory = ringMemory(capacity);
      new Int32Array(memory, 0, 2).fill(startAt);
      const producer = new TapeProducer(memory);
      const consumer = new TapeConsumer(memory);
      const model: number[] = [];
      let dropped = 0;
      for (const [n, move] of moves.entries()) {
        if (move === 'put') {
          const fits = model.length < capacity;
          expect(producer.put(plain(n), 0, 0, 0)).toBe(fits);
          if (fits) model.push(n);
          else dropped++;
        } else {
          const count = Math.min(move, model.length);
          for (let i = 0; i < count; i++) expect(consumer.peek(i).market).toBe(model[i]);
          consumer.release(count);
          model.splice(0, count);
        }
        expect(consumer.waiting).toBe(model.length);
        expect(producer.dropped).toBe(dropped);
      }
    }),
  );
});

describe('the size', () => {
  test.each([0, 1, 3, 1000])('%i is refused: it must be a power of two', (rows) => {
    expect(() => ringMemory(rows)).toThrow('power of two');
  });
});

test('sequence numbers go on over dropped rows, so that a hole is visible', () => {
  const memory = ringMemory(2);
  const producer = new TapeProducer(memory);
  const consumer = new TapeConsumer(memory);
  for (let i = 0; i < 5; i++) producer.put(plain(i), 0, 0, 0);
  consumer.release(2);
  producer.put(plain(5), 0, 0, 0);
  expect(consumer.peek(0).seq).toBe(6);
  expect(producer.offered).toBe(6);
  expect(producer.dropped).toBe(3);
});
