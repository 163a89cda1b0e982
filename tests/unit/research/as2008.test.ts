import { describe, expect, test } from 'vitest';
import { asJobs, asRows, averageSpread, runAs2008, type AsRow } from '../../../src/research/as2008.js';
import { PUBLISHED } from '../../../src/research/as2008-published.js';

const SMALL = 1000;
const LARGE = 8000;
const counts = [SMALL, LARGE];
const jobs = asJobs(counts, '1');
const rows = asRows(counts, jobs, jobs.map(runAs2008));
const row = (gamma: number, strategy: string, paths: number): AsRow =>
  rows.find((each) => each.gamma === gamma && each.strategy === strategy && each.paths === paths) as AsRow;

/** Of a mean and of a standard deviation of nearly normal samples. */
const meanError = (sd: number, n: number): number => sd / Math.sqrt(n);
const sdError = (sd: number, n: number): number => sd / Math.sqrt(2 * n);

describe('the simulation of Avellaneda and Stoikov', () => {
  test('has a row for every risk aversion, strategy and number of paths', () => {
    expect(rows.map(({ gamma, strategy, paths }) => `${gamma} ${strategy} ${paths}`)).toEqual(
      [0.1, 0.01, 1].flatMap((gamma) => counts.flatMap((n) => ['inventory', 'symmetric'].map((strategy) => `${gamma} ${strategy} ${n}`))),
    );
  });

  test('gives the same numbers for ever', () => {
    const { spread, profit_mean, profit_sd, q_mean, q_sd } = row(0.1, 'inventory', SMALL);
    expect([spread, profit_mean, profit_sd, q_mean, q_sd].map((value) => value.toFixed(6))).toEqual([
      '1.491770',
      '65.113152',
      '6.412266',
      '-0.103000',
      '2.903243',
    ]);
  });

  test.each(PUBLISHED)('agrees with the published row of gamma $gamma, $strategy', (published) => {
    const ours = row(published.gamma, published.strategy, LARGE);
    const apart = (a: number, b: number, error: number): number => Math.abs(a - b) / error;
    const { profitSd, qSd, paths } = published;
    expect(apart(ours.profit_mean, published.profitMean, meanError(profitSd, paths))).toBeLessThan(4);
    expect(apart(ours.profit_sd, profitSd, sdError(profitSd, paths))).toBeLessThan(4);
    expect(apart(ours.q_mean, published.qMean, meanError(qSd, paths))).toBeLessThan(4);
    expect(apart(ours.q_sd, qSd, sdError(qSd, paths))).toBeLessThan(4);
  });

  test('the small sample lies within four standard errors of the large one', () => {
    for (const large of rows.filter(({ paths }) => paths === LARGE)) {
      const small = row(large.gamma, large.strategy, SMALL);
      expect(Math.abs(small.profit_mean - large.profit_mean)).toBeLessThan(4 * meanError(large.profit_sd, SMALL));
      expect(Math.abs(small.q_mean - large.q_mean)).toBeLessThan(4 * meanError(large.q_sd, SMALL));
    }
  });

  test('the symmetric strategy quotes the average spread of the other, and carries more inventory', () => {
    for (const gamma of [0.1, 0.01, 1]) {
      expect(row(gamma, 'symmetric', LARGE).spread).toBeCloseTo(averageSpread(gamma), 10);
      expect(row(gamma, 'inventory', LARGE).spread).toBeCloseTo(averageSpread(gamma), 10);
      expect(row(gamma, 'symmetric', LARGE).q_sd).toBeGreaterThan(row(gamma, 'inventory', LARGE).q_sd);
    }
  });

  test('a number of paths that is no whole number of chunks is simulated to the path', () => {
    const few = [1234];
    const some = asJobs(few, '1');
    expect(asRows(few, some, some.map(runAs2008)).every(({ paths }) => paths === 1234)).toBe(true);
  });
});
