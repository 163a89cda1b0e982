import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBucket, type BucketLimit } from '../../../src/connector/token-bucket.js';
import { durationUs, epochUs, millis, seconds } from '../../../src/domain/units.js';

const NO_LAG = durationUs(0);
const BASIC: BucketLimit = { refillPerSecond: 100, capacity: 100 };
const at = (microseconds: number): ReturnType<typeof epochUs> => epochUs(1_000_000_000 + microseconds);

describe('a token bucket', () => {
  test('starts full, gives until it is empty, and refills steadily', () => {
    const bucket = new TokenBucket(BASIC, at(0), NO_LAG);
    for (let i = 0; i < 10; i++) expect(bucket.tryTake(10, at(0))).toBe(true);
    expect(bucket.tryTake(10, at(0))).toBe(false);
    expect(bucket.tryTake(10, at(99_999))).toBe(false);
    expect(bucket.tryTake(10, at(100_000))).toBe(true);
    expect(bucket.tokens(at(100_000))).toBe(0);
    expect(bucket.tokens(at(10_000_000))).toBe(100);
  });

  test('takes nothing where too little would stay behind', () => {
    const bucket = new TokenBucket(BASIC, at(0), NO_LAG);
    expect(bucket.tryTake(85, at(0), 20)).toBe(false);
    expect(bucket.tokens(at(0))).toBe(100);
    expect(bucket.tryTake(80, at(0), 20)).toBe(true);
    expect(bucket.tryTake(2, at(0), 20)).toBe(false);
    expect(bucket.tryTake(20, at(0))).toBe(true);
  });

  test('starts again from nothing when the exchange found it empty', () => {
    const bucket = new TokenBucket(BASIC, at(0), NO_LAG);
    bucket.drain(at(0));
    expect(bucket.tryTake(2, at(19_999))).toBe(false);
    expect(bucket.tryTake(2, at(20_000))).toBe(true);
  });

  test('starts refilling later than it was first drawn on, for requests that travel longer than others', () => {
    const bucket = new TokenBucket(BASIC, at(0), millis(20));
    expect(bucket.tryTake(100, at(0))).toBe(true);
    // The exchange may have had the first request only 20 ms later, so its bucket holds 10 tokens after 120 ms at the earliest.
    expect(bucket.tryTake(10, at(119_999))).toBe(false);
    expect(bucket.tryTake(10, at(120_000))).toBe(true);
    expect(bucket.tryTake(10, at(220_000))).toBe(true);
  });

  test('follows a change of tier at once', () => {
    const bucket = new TokenBucket({ refillPerSecond: 300, capacity: 900 }, at(0), NO_LAG);
    bucket.reshape(BASIC, at(0));
    expect(bucket.tokens(at(0))).toBe(100);
    expect(bucket.tryTake(100, at(0))).toBe(true);
    expect(bucket.tokens(at(500_000))).toBe(50);
  });

  test('is never ready for more than it can hold', () => {
    const bucket = new TokenBucket(BASIC, at(0), NO_LAG);
    expect(bucket.readyAt(101, at(0))).toBeNull();
    expect(bucket.readyAt(90, at(0), 20)).toBeNull();
    expect(bucket.readyAt(100, at(0))).toBe(at(0));
  });

  test.each([
    { refillPerSecond: 0, capacity: 1 },
    { refillPerSecond: 1, capacity: 0 },
    { refillPerSecond: 1.5, capacity: 10 },
    { refillPerSecond: Number.NaN, capacity: 10 },
  ])('refuses the limit %o', (limit) => {
    expect(() => new TokenBucket(limit, at(0), NO_LAG)).toThrow(/rate limit/);
  });
});

const limits = fc.record({ refillPerSecond: fc.integer({ min: 1, max: 10_000 }), capacity: fc.integer({ min: 1, max: 30_000 }) });
const asks = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 400_000 }), cost: fc.integer({ min: 0, max: 50 }) }), { maxLength: 120 });

describe('for any sequence of requests, a token bucket', () => {
  test('never gives more in any window than capacity plus refill', () => {
    fc.assert(
      fc.property(limits, asks, fc.integer({ min: 0, max: 50_000 }), (limit, sequence, lag) => {
        const bucket = new TokenBucket(limit, at(0), durationUs(lag));
        const given: { readonly at: number; readonly cost: number }[] = [];
        let now = 0;
        for (const ask of sequence) {
          now += ask.wait;
          if (bucket.tryTake(ask.cost, at(now))) given.push({ at: now, cost: ask.cost });
        }
        given.forEach((first, i) => {
          let sum = 0;
          for (const each of given.slice(i)) {
            sum += each.cost;
            expect(sum * 1_000_000).toBeLessThanOrEqual(limit.capacity * 1_000_000 + (each.at - first.at) * limit.refillPerSecond);
          }
        });
      }),
    );
  });

  test('is never above the bucket of an exchange that the requests reach unequally late', () => {
    const lag = millis(20);
    const delays = fc.array(fc.integer({ min: 0, max: lag }), { minLength: 120, maxLength: 120 });
    fc.assert(
      fc.property(limits, asks, delays, (limit, sequence, late) => {
        const bucket = new TokenBucket(limit, at(0), lag);
        const arrivals: { readonly at: number; readonly cost: number }[] = [];
        let now = 0;
        sequence.forEach((ask, i) => {
          now += ask.wait;
          if (bucket.tryTake(ask.cost, at(now))) arrivals.push({ at: now + (late.at(i) ?? 0), cost: ask.cost });
        });
        // The exchange's own bucket, written as plainly as can be.
        let level = limit.capacity;
        let last = 0;
        for (const arrival of arrivals.sort((a, b) => a.at - b.at)) {
          level = Math.min(limit.capacity, level + ((arrival.at - last) / 1_000_000) * limit.refillPerSecond) - arrival.cost;
          last = arrival.at;
          expect(level).toBeGreaterThan(-1e-6);
        }
      }),
    );
  });

  test('gives at the moment it named, and not a microsecond earlier', () => {
    fc.assert(
      fc.property(limits, asks, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 20 }), (limit, sequence, cost, keep) => {
        const bucket = new TokenBucket(limit, at(0), millis(5));
        let now = 0;
        for (const ask of sequence) {
          now += ask.wait;
          bucket.tryTake(ask.cost, at(now));
        }
        const ready = bucket.readyAt(cost, at(now), keep);
        if (ready === null) {
          expect(bucket.tryTake(cost, at(now + seconds(100_000)), keep)).toBe(false);
          return;
        }
        if (ready > at(now)) expect(bucket.tryTake(cost, epochUs(ready - 1), keep)).toBe(false);
        expect(bucket.tryTake(cost, ready, keep)).toBe(true);
      }),
    );
  });
});
