import { describe, expect, test } from 'vitest';
import type { VenueCommand } from '../../../src/domain/order.js';
import { durationUs, quantity } from '../../../src/domain/units.js';
import { HoldingTime } from '../../../src/report/holding-time.js';
import { Quoting } from '../../../src/report/quoting-statistics.js';
import { worstLossAlone, worstLossTogether } from '../../../src/report/worst-settlement.js';
import { atMs } from './items.js';

const command = (type: VenueCommand['type'], size = 1000): VenueCommand => ({ type, quantity: quantity(size) }) as unknown as VenueCommand;

describe('what quoting took', () => {
  const quoting = new Quoting();
  for (let i = 0; i < 4; i++) quoting.sent(command('place'), null);
  quoting.sent(command('amend'), true);
  quoting.sent(command('amend'), false);
  quoting.sent(command('decrease'), true);
  quoting.sent(command('cancel'), null);
  quoting.filled(true);
  quoting.filled(false);
  for (const s of [1, 2, 9]) quoting.placeEnded(durationUs(s * 1_000_000), s === 9 ? 'filled' : 'cancelled');

  test('is counted in messages, orders and contracts', () => {
    expect(quoting.statistics).toMatchObject({
      placed: 4,
      amended: 2,
      decreased: 1,
      cancelled: 1,
      sizePlaced: 4000,
      messagesPerFill: 4,
      filledOrders: 1,
      fillRatio: 0.25,
    });
    expect(quoting.statistics.placeKeptShare).toBeCloseTo(2 / 3, 12);
  });
  test('a place was kept 4 s on average, 2 s in the median, 9 s to a fill', () => {
    const { places, placeSecondsMean, placeSecondsMedian, placeSecondsToFill } = quoting.statistics;
    expect([places, placeSecondsMean, placeSecondsToFill]).toEqual([3, 4, 9]);
    expect(Math.abs((placeSecondsMedian ?? 0) / 2 - 1)).toBeLessThan(0.1);
  });
  test('a median is never longer than the longest', () => {
    const one = new Quoting();
    one.placeEnded(durationUs(314_000_000), 'cancelled');
    expect(one.statistics.placeSecondsMedian).toBeLessThanOrEqual(314);
    one.placeEnded(durationUs(0), 'cancelled');
    one.placeEnded(durationUs(0), 'cancelled');
    expect(one.statistics.placeSecondsMedian).toBe(0);
  });
  test('two markets together are the sum', () => {
    const both = new Quoting();
    both.take(quoting);
    both.take(quoting);
    expect(both.statistics).toMatchObject({
      placed: 8,
      messagesPerFill: 4,
      fillRatio: 0.25,
      places: 6,
      placeSecondsMean: 4,
      sizePlaced: 8000,
    });
  });
  test('of nothing nothing is said', () => {
    expect(new Quoting().statistics).toMatchObject({
      messagesPerFill: null,
      fillRatio: null,
      placeKeptShare: null,
      placeSecondsMedian: null,
    });
  });
});

test('a position is weighed by the time that it was held', () => {
  const holding = new HoldingTime();
  holding.set(atMs(0), quantity(0));
  holding.set(atMs(1000), quantity(300));
  holding.set(atMs(3000), quantity(-100));
  holding.passed(atMs(4000));
  const { deviation, ...rest } = holding.statistics;
  expect(rest).toEqual({ mean: 125, meanAbsolute: 175, flatShare: 0.25, longMax: 300, shortMax: 100, flips: 1 });
  expect(deviation).toBeCloseTo(Math.sqrt((2 * 300 ** 2 + 100 ** 2) / 4 - 125 ** 2), 9);
  expect(new HoldingTime().statistics).toMatchObject({ mean: null, flatShare: null });
});

describe('the worst settlement', () => {
  const stake = (position: number, mark: number | null) => ({ position: quantity(position), mark, payout: 10_000 as never });
  test('of a long position takes its mark, of a short one what is missing to the payout', () => {
    expect([worstLossAlone(stake(1000, 4800)), worstLossAlone(stake(-1000, 4800)), worstLossAlone(stake(0, 4800))]).toEqual([
      4_800_000, 5_200_000, 0,
    ]);
  });
  test('without a mark is the most that it can be', () => {
    expect([worstLossAlone(stake(100, null)), worstLossAlone(stake(-100, null))]).toEqual([1_000_000, 1_000_000]);
  });
  test('of outcomes that exclude each other is that of the worst one, or of none', () => {
    expect(worstLossTogether([stake(1000, 3000), stake(1000, 3000), stake(1000, 3000)])).toBe(9_000_000);
    expect(worstLossTogether([stake(-1000, 3000), stake(-1000, 3000), stake(-1000, 3000)])).toBe(1_000_000);
    expect(worstLossTogether([stake(-1000, 5000), stake(-1000, 6000)])).toBe(0);
    expect(worstLossTogether([])).toBe(0);
  });
});
