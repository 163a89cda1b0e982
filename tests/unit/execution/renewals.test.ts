/** Paced renewals: never more than their share of the bucket, every order in time, lives longer only where they must be. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationUs, epochUs, later, millis, seconds, type EpochUs } from '../../../src/domain/units.js';
import { Renewals, type LifeChange, type RenewalLoad } from '../../../src/execution/renewals.js';

const START = epochUs(1_795_262_400_000_000);
const TICK = millis(100);
const SHARD = 2;
const load = (orders: number, refillPerSecond: number): RenewalLoad => ({ orders, refillPerSecond, cost: 10 });

interface Played {
  readonly renewedAt: readonly EpochUs[];
  /** Least time that was left of an order when it was renewed. */
  readonly leastLeft: number;
  /** Orders that ended before they were renewed. */
  readonly lapsed: number;
  readonly changes: readonly LifeChange[];
  readonly life: number;
}

/** Orders placed at the given moments, and ticks for some minutes. */
const play = (renewals: Renewals, placedAt: readonly EpochUs[], refill: number, minutes: number): Played => {
  const ends: EpochUs[] = [];
  const changes: LifeChange[] = [];
  const renewedAt: EpochUs[] = [];
  let leastLeft = Infinity;
  let lapsed = 0;
  const waiting = placedAt.toSorted((a, b) => a - b);
  for (let now = START; now < later(START, seconds(60 * minutes)); now = later(now, TICK)) {
    const change = renewals.observe(SHARD, load(placedAt.length, refill));
    if (change !== null) changes.push(change);
    while ((waiting[0] ?? Infinity) <= now) {
      waiting.shift();
      ends.push(renewals.expiry(SHARD, now) ?? now);
    }
    ends.sort((a, b) => a - b);
    for (let first = ends[0]; first !== undefined; first = ends[0]) {
      if (!renewals.isEligible(SHARD, first, now) || !renewals.mayRenew(SHARD, first, now, now)) break;
      if (first <= now) lapsed++;
      leastLeft = Math.min(leastLeft, first - now);
      renewals.renewed(SHARD, first, now, now);
      renewedAt.push(now);
      ends.shift();
      ends.push(renewals.expiry(SHARD, now) ?? now);
      ends.sort((a, b) => a - b);
    }
  }
  return { renewedAt, leastLeft, lapsed, changes, life: renewals.lifeOf(SHARD) ?? 0 };
};

/** Most tokens spent within any window of a length. */
const mostWithin = (times: readonly EpochUs[], span: number): number => {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] as number) - (times[from] as number) >= span) from++;
    most = Math.max(most, to - from + 1);
  }
  return most * 10;
};

const together = (count: number): EpochUs[] => Array.from({ length: count }, () => START);

describe('the life of an order', () => {
  test.each([
    // One renewal costs 10 tokens; renewals may use 30 % of the refill.
    [10, 100, 60],
    [100, 300, 60],
    // 3 a second: 200 orders take 67 seconds, which must fit into three quarters less five seconds.
    [200, 100, 100],
    [200, 300, 60],
    [1000, 300, 155],
    [2, 1, 100],
  ])('with %d orders and %d tokens per second is %d s', (orders, refill, life) => {
    const renewals = new Renewals(seconds(60), 0.3);
    renewals.observe(SHARD, load(orders, refill));
    expect(renewals.lifeOf(SHARD)).toBe(life * 1e6);
  });

  test('is told in whole seconds of the exchange’s clock, rounded down', () => {
    expect(new Renewals(seconds(60), 0.3).expiry(SHARD, later(START, durationUs(999_999)))).toBe(later(START, seconds(60)));
  });

  test('is told once when it becomes longer, again when it is half as long again, and when it is the usual one again', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    const told = [20, 200, 210, 220, 500, 480, 20, 20].map((orders) => renewals.observe(SHARD, load(orders, 100))?.lengthened ?? null);
    expect(told).toEqual([null, true, null, null, true, null, false, null]);
  });

  test('says what would be needed and what is allowed', () => {
    const change = new Renewals(seconds(60), 0.3).observe(SHARD, load(200, 100));
    expect(change).toMatchObject({ lengthened: true, usual: 60e6, life: 100e6, allowed: 30 });
    expect(change?.needed).toBeCloseTo(66.67, 1);
  });

  test('does not go back and forth with one order more or less', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    const lives = [230, 231, 230, 229, 230].map((orders) => {
      renewals.observe(SHARD, load(orders, 100));
      return renewals.lifeOf(SHARD);
    });
    expect(new Set(lives).size).toBeLessThanOrEqual(2);
  });

  test('becomes shorter only where two steps less are enough, and the usual one as soon as it is', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    const lives = [231, 225, 220, 219, 200, 120].map((orders) => {
      renewals.observe(SHARD, load(orders, 100));
      return (renewals.lifeOf(SHARD) ?? 0) / 1e6;
    });
    expect(lives).toEqual([110, 110, 110, 110, 100, 60]);
  });

  test('is at most a day, however little may be spent', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    for (const refill of [0.001, 0]) {
      renewals.observe(SHARD, load(1000, refill));
      expect(renewals.lifeOf(SHARD)).toBe(86_400e6);
    }
  });

  test('is kept for each shard by itself', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    renewals.observe(SHARD, load(200, 100));
    expect([renewals.lifeOf(SHARD), renewals.lifeOf(SHARD + 1), renewals.on]).toEqual([100e6, 60e6, true]);
    expect(renewals.expiry(SHARD, START)).toBe(later(START, seconds(100)));
  });

  test('lets an order be renewed once a quarter of it has passed, to the microsecond', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    const end = later(START, seconds(60));
    expect(renewals.isEligible(SHARD, end, later(START, durationUs(14_999_999)))).toBe(false);
    expect(renewals.isEligible(SHARD, end, later(START, seconds(15)))).toBe(true);
  });

  test('without expiry there is nothing to renew', () => {
    const renewals = new Renewals(null, 0.3);
    expect([renewals.on, renewals.expiry(SHARD, START), renewals.observe(SHARD, load(500, 1))]).toEqual([false, null, null]);
    expect(renewals.isEligible(SHARD, START, START)).toBe(false);
  });
});

describe('renewals', () => {
  test('of orders placed all at once leave one by one, evenly', () => {
    const { renewedAt, lapsed } = play(new Renewals(seconds(60), 0.3), together(100), 1000, 5);
    expect(lapsed).toBe(0);
    // A hundred orders twice in their life of a minute: one every 300 ms.
    expect(mostWithin(renewedAt, TICK) / 10).toBeLessThanOrEqual(2);
    expect(mostWithin(renewedAt, seconds(3)) / 10).toBeLessThanOrEqual(12);
  });

  test('happen no more often than twice in a life', () => {
    const { renewedAt } = play(new Renewals(seconds(60), 0.3), together(10), 1000, 10);
    expect(renewedAt.length).toBeLessThanOrEqual(10 * 21);
  });

  test('of an order that was forgotten by a pause are made up for, within the share', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    renewals.observe(SHARD, load(50, 100));
    const now = later(START, seconds(55));
    const end = later(START, seconds(60));
    let sent = 0;
    while (renewals.mayRenew(SHARD, end, now, now)) {
      renewals.renewed(SHARD, end, now, now);
      sent++;
    }
    expect(sent).toBe(1);
    expect(renewals.mayRenew(SHARD, end, now, later(now, millis(340)))).toBe(true);
  });

  test('wait for half a life shared by all while nothing is late, and for the share of the bucket alone where something is', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    // Ten orders in thirty seconds: one every three. The share pays for one every third of a second.
    renewals.observe(SHARD, load(10, 100));
    const early = later(START, seconds(40));
    renewals.renewed(SHARD, early, START, START);
    const paid = later(START, durationUs(-200_000));
    expect(renewals.mayRenew(SHARD, early, START, later(paid, durationUs(2_999_999)))).toBe(false);
    expect(renewals.mayRenew(SHARD, early, START, later(paid, seconds(3)))).toBe(true);
    // Less than a quarter of the life is left.
    const late = later(START, durationUs(14_999_999));
    expect(renewals.mayRenew(SHARD, late, START, later(paid, durationUs(333_333)))).toBe(false);
    expect(renewals.mayRenew(SHARD, late, START, later(paid, durationUs(333_334)))).toBe(true);
    expect(renewals.mayRenew(SHARD, later(START, seconds(15)), START, later(paid, durationUs(333_334)))).toBe(false);
  });

  test('of a shard that nobody has looked at do not leave', () => {
    const renewals = new Renewals(seconds(60), 0.3);
    expect(renewals.mayRenew(SHARD, START, START, START)).toBe(false);
    renewals.renewed(SHARD, START, START, START);
    expect(renewals.mayRenew(SHARD, START, START, START)).toBe(false);
  });

  test('never exceed their share, and no order ends before it is renewed', () => {
    const scene = fc.record({
      orders: fc.integer({ min: 1, max: 120 }),
      spread: fc.integer({ min: 0, max: 90 }),
      refill: fc.integer({ min: 10, max: 2000 }),
      share: fc.integer({ min: 5, max: 30 }),
      life: fc.integer({ min: 10, max: 120 }),
    });
    fc.assert(
      fc.property(scene, ({ orders, spread, refill, share, life }) => {
        const renewals = new Renewals(seconds(life), share / 100);
        const placedAt = Array.from({ length: orders }, (_, i) => later(START, seconds((spread * i) / orders)));
        const played = play(renewals, placedAt, refill, 6);
        expect(played.lapsed).toBe(0);
        // A whole second may be lost to rounding; the margin is a quarter of a short life.
        if (played.renewedAt.length > 0) expect(played.leastLeft).toBeGreaterThan(Math.min(4e6, (life * 1e6) / 4 - 1.1e6));
        for (const window of [1, 10, 60]) {
          // What a late tick makes up for, and the one renewal at either end of a window.
          const allowed = (refill * share * (window + 0.3)) / 100 + 10;
          expect(mostWithin(played.renewedAt, window * 1e6)).toBeLessThanOrEqual(Math.max(10, allowed));
        }
        if (played.life > life * 1e6) expect(played.changes.some((change) => change.lengthened)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
