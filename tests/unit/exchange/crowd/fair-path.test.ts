import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochUs, later, seconds } from '../../../../src/domain/units.js';
import { Random } from '../../../../src/exchange/core/random.js';
import { FairPath, type FairPathSettings } from '../../../../src/exchange/crowd/fair-path.js';

const START = epochUs(1_795_273_200_000_000);
const SETTINGS: FairPathSettings = { beliefVolatility: 0.05, newsPerHour: 60, newsSize: 0.3, step: seconds(1), memory: seconds(10) };
const path = (name: string, weights: readonly number[], settings = SETTINGS): FairPath =>
  new FairPath(new Random(name), weights, settings, START);
const at = (s: number): ReturnType<typeof later> => later(START, seconds(s));
const logit = (p: number): number => Math.log(p / (1 - p));

describe('the fair price', () => {
  test('starts where it was told to', () => {
    const fair = path('start', [2, 3, 5]);
    expect([0, 1, 2].map((k) => fair.at(START, k))).toEqual([0.2, 0.3, 0.5].map((p) => expect.closeTo(p, 12) as number));
  });

  test('of all outcomes sums to 1 at all times and never leaves (0, 1)', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }), (name, weights) => {
        const fair = path(name, weights);
        for (let s = 0; s < 200; s += 7) {
          const prices = weights.map((_, k) => fair.at(at(s), k));
          expect(prices.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
          for (const p of prices) expect(p > 0 && p < 1).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('does not depend on when it was asked', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.integer({ min: 1, max: 9_000_000 }), { minLength: 1, maxLength: 40, size: 'max' }),
        (name, gaps) => {
          const often = path(name, [1, 1]);
          let time = START;
          for (const gap of gaps) {
            time = epochUs(time + gap);
            often.at(time, 0);
          }
          expect(path(name, [1, 1]).at(time, 0)).toBe(often.at(time, 0));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('can be asked as far back as its memory, and no farther', () => {
    const fair = path('memory', [1, 1]);
    const before = fair.at(at(90), 0);
    fair.at(at(100), 0);
    expect(fair.at(at(90), 0)).toBe(before);
    expect(() => fair.at(at(80), 0)).toThrow('forgotten');
  });
});

/** 4000 independent paths of half a minute: enough to tell a martingale from its neighbours. */
describe('as a process', () => {
  const many = Array.from({ length: 4000 }, (_, i) => path(`path ${i}`, [3, 7]));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('it is a martingale: its mean stays where it started', () => {
    expect(Math.abs(mean(many.map((fair) => fair.at(at(30), 0))) - 0.3)).toBeLessThan(0.01);
  });

  test('it is the truth: of the paths near p the share p comes true', () => {
    for (const [low, high] of [
      [0.15, 0.25],
      [0.25, 0.35],
      [0.35, 0.5],
    ] as const) {
      const near = many.filter((fair) => fair.at(at(30), 0) >= low && fair.at(at(30), 0) < high);
      const stated = mean(near.map((fair) => fair.at(at(30), 0)));
      const came = mean(near.map((fair) => (fair.outcome === 0 ? 1 : 0)));
      expect(near.length).toBeGreaterThan(200);
      expect(Math.abs(stated - came)).toBeLessThan(4 * Math.sqrt((stated * (1 - stated)) / near.length));
    }
  });

  test('given the outcome, log-odds move by N(+-v/2, v) with v of diffusion and news', () => {
    // Diffusion 0.05^2 x 30, and half a piece of news of variance 0.09 on average.
    const v = 0.05 ** 2 * 30 + 0.5 * 0.09;
    for (const outcome of [0, 1]) {
      const moves = many.filter((fair) => fair.outcome === outcome).map((fair) => logit(fair.at(at(30), 0)) - logit(0.3));
      const drift = mean(moves);
      const spread = mean(moves.map((move) => (move - drift) ** 2));
      expect(Math.abs(drift - (outcome === 0 ? v / 2 : -v / 2))).toBeLessThan(4 * Math.sqrt(v / moves.length));
      expect(Math.abs(spread / v - 1)).toBeLessThan(0.12);
    }
  });
});

test('outcomes come true as often as their weights say', () => {
  const outcomes = Array.from({ length: 3000 }, (_, i) => path(`outcome ${i}`, [1, 2, 7]).outcome);
  for (const [k, share] of [0.1, 0.2, 0.7].entries())
    expect(Math.abs(outcomes.filter((outcome) => outcome === k).length / 3000 - share)).toBeLessThan(0.03);
});

test('one outcome alone, or an impossible one, is a fault of the caller', () => {
  expect(() => path('one', [1])).toThrow('two or more outcomes');
  expect(() => path('zero', [1, 0])).toThrow('positive weights');
});
