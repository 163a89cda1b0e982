import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cash, epochUs, type EpochUs } from '../../../src/domain/units.js';
import { PERIODS_MAX, PERIOD_SECONDS, PeriodResults } from '../../../src/report/period-results.js';
import { lowQuantile, meanAndDeviation, sharpeOf, WeightedMean } from '../../../src/report/statistics.js';

const DAILY = [12, -5, 8, 3, -2];

describe('the worked example of the accounting reference: daily 12, -5, 8, 3, -2', () => {
  const sharpe = sharpeOf(DAILY, 86_400);
  test('mean 3.2, deviation 6.97853852895, Sharpe 8.76056124143', () => {
    expect(sharpe?.mean).toBeCloseTo(3.2, 9);
    expect(sharpe?.deviation).toBeCloseTo(6.97853852895, 9);
    expect(sharpe?.annual).toBeCloseTo(8.76056124143, 9);
  });
  test('and its standard error sqrt((1 + SR^2 / 2) / n), per period and over the year', () => {
    const ratio = 3.2 / 6.97853852895;
    const error = Math.sqrt((1 + ratio ** 2 / 2) / 5);
    expect(sharpe?.ratio).toBeCloseTo(ratio, 9);
    expect(sharpe?.error).toBeCloseTo(error, 9);
    expect(sharpe?.annualError).toBeCloseTo(error * Math.sqrt(365), 9);
    expect(sharpe?.n).toBe(5);
  });
});

test.each([[[]], [[3]], [[3, 3, 3]]])('no ratio of %j', (results) => {
  expect(sharpeOf(results, 60)).toBeNull();
});

test('the low quantile is the smallest value that the share lies at or below', () => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect([lowQuantile(values, 0.01), lowQuantile(values, 0.5), lowQuantile([5, -3], 0.01), lowQuantile([], 0.01)]).toEqual([
    2,
    100,
    -3,
    null,
  ]);
});

test('a weighted mean of equal weights has the error of a mean', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 40 }),
      fc.integer({ min: 1, max: 50 }),
      (values, weight) => {
        const mean = new WeightedMean();
        for (const value of values) mean.add(value, weight);
        const plain = meanAndDeviation(values);
        expect(mean.mean).toBeCloseTo(plain.mean, 8);
        expect(mean.error).toBeCloseTo((plain.deviation ?? 0) / Math.sqrt(values.length), 5);
      },
    ),
  );
});

const START = 1_795_000_000_000_000;
const atS = (seconds: number): EpochUs => epochUs(START + Math.round(seconds * 1e6));

describe('results per period', () => {
  test('daily results of the worked example have its Sharpe ratio, whole days only', () => {
    const periods = new PeriodResults();
    let net = 0;
    periods.add(atS(0), cash(0));
    for (const [day, result] of DAILY.entries()) {
      net += result;
      // A fraction of the day's result shows first: only where a period ends counts.
      periods.add(atS(day * 86_400 + 100), cash(net * 1e6 + 777));
      periods.add(atS(day * 86_400 + 80_000), cash(net * 1e6));
    }
    // 30 periods of an hour are there, and not of a day.
    expect(periods.statistics(atS(5 * 86_400))).toMatchObject({ periodSeconds: 3600, n: 120 });
    for (let day = 5; day < 30; day++) periods.add(atS(day * 86_400 + 1), cash((net += DAILY[day % 5] ?? 0) * 1e6));
    const long = periods.statistics(atS(30 * 86_400));
    expect(long).toMatchObject({ periodSeconds: 86_400, n: 30, quantile1: -5e6, worst: -5e6 });
    expect(periods.results(atS(30 * 86_400)).map((amount) => amount / 1e6)).toEqual(Array.from({ length: 30 }, (_, i) => DAILY[i % 5]));
    expect(long.sharpe?.mean).toBeCloseTo(3.2e6, 3);
  });

  test('a last period that was cut short is left out', () => {
    const periods = new PeriodResults();
    for (const [s, net] of [
      [0, 0],
      [0.5, 10],
      [1.5, 30],
      [2.5, 5],
    ] as const)
      periods.add(atS(s), cash(net));
    expect(periods.results(atS(2.9))).toEqual([10, 20]);
  });

  test('nothing is known of no time', () => {
    expect(new PeriodResults().statistics(atS(0))).toEqual({ periodSeconds: 1, n: 0, sharpe: null, quantile1: null, worst: null });
  });

  test('whole periods sum to the result at their end, however long the run: memory stays bounded and lengths divide', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: -1000, max: 1000 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(gaps, (list) => {
        const periods = new PeriodResults();
        let at = 0;
        const nets: [number, number][] = [];
        for (const [gap, net] of list) {
          periods.add(atS((at += gap)), cash(net));
          nets.push([at, net]);
        }
        const { periodSeconds, n } = periods.statistics(atS(at));
        const first = nets[0]?.[0] ?? 0;
        const results = periods.results(atS(at));
        expect(results.length).toBe(n);
        expect(n).toBe(Math.floor((at - first) / periodSeconds));
        expect(n).toBeLessThanOrEqual(PERIODS_MAX);
        const end = first + n * periodSeconds;
        const standing = n === 0 ? 0 : (nets.findLast(([moment]) => moment < end)?.[1] ?? 0);
        expect(results.reduce((sum, each) => sum + each, 0)).toBe(standing);
      }),
      { numRuns: 150 },
    );
    for (const [i, length] of PERIOD_SECONDS.entries()) expect(length % (PERIOD_SECONDS[i - 1] ?? 1)).toBe(0);
  });
});
