import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/exchange/core/random.js';
import { BeliefPath, beliefVolatilityAt } from '../../../src/research/belief-path.js';
import { runModels } from '../../../src/research/models.js';
import { modelJobs, modelRows } from '../../../src/research/models-report.js';
import { momentsOf, standardError } from '../../../src/research/statistics.js';

const SLOW = { kind: 'constant', volatility: 1 / 60, jumpRate: 2 / 3600, jumpSize: 0.5 } as const;

describe('paths of belief', () => {
  const path = new BeliefPath(SLOW, 3600, 1800);
  const random = new Random('paths');
  const ends: number[] = [];
  const outcomes: number[] = [];
  const squares: number[] = [];
  for (let i = 0; i < 2000; i++) {
    path.refill(random, 0.3);
    const end = path.fair.at(-1) as number;
    ends.push(end - 0.3);
    outcomes.push(path.outcome - end);
    squares.push((end - 0.3) ** 2 / 0.21);
  }
  const apart = (samples: readonly number[], expected: number): number =>
    Math.abs(momentsOf(samples).mean - expected) / standardError(momentsOf(samples));

  test('are a martingale, and their end is the probability of the outcome', () => {
    expect(apart(ends, 0)).toBeLessThan(4);
    expect(apart(outcomes, 0)).toBeLessThan(4);
  });

  test('reveal the share of the variance that the mixture law says', () => {
    // phi_d of the quoting reference, c6, at p = 0.3 by quadrature: v = 1 of an hour and 0.25 of each jump, over the Poisson law of two jumps.
    expect(apart(squares, 0.2568)).toBeLessThan(4);
  });

  test('towards a settlement move the faster the nearer it is', () => {
    const beliefs = { kind: 'to-settlement', volatility: 1.6, jumpRate: 0, jumpSize: 0 } as const;
    expect(beliefVolatilityAt(beliefs, 400)).toBeCloseTo(0.08, 12);
  });
});

describe('models on simulated markets', () => {
  const jobs = modelJobs({ paths: 60, seed: '1' });
  const rows = modelRows(jobs, jobs.map(runModels));

  test('give the same numbers for ever', () => {
    const [row] = rows;
    expect(row).toMatchObject({ scenario: 'slow-news', strategy: 'symmetric', paths: 60 });
    expect([row?.mean, row?.sd, row?.q01, row?.max_q, row?.settlement_sd].map((value) => value?.toFixed(4))).toEqual([
      '22.6033',
      '42.9267',
      '-94.3140',
      '126.5000',
      '39.0121',
    ]);
  });

  test('lie within five standard errors of what the reference printed', () => {
    expect(rows.flatMap(({ apart }) => apart).filter((apart) => apart !== null && Math.abs(apart) > 5)).toEqual([]);
  });

  test('leaning against inventory carries less of it', () => {
    const widest = (strategy: string): number => rows.find((row) => row.scenario === 'slow-news' && row.strategy === strategy)?.max_q ?? 0;
    expect(widest('A-S to the close')).toBeLessThan(widest('A-S rolling'));
    expect(widest('A-S rolling')).toBeLessThan(widest('symmetric'));
  });
});
