/** Data with known parameters, two hundred times: each estimator finds them within the error that it states itself. */
import { describe, expect, test } from 'vitest';
import { beliefOf } from '../../../src/estimators/belief-series.js';
import { Estimates } from '../../../src/estimators/estimates.js';
import { fitFills, type FillCell } from '../../../src/estimators/fill-fit.js';
import { intensityOf } from '../../../src/estimators/fill-intensity.js';
import { probabilityOf } from '../../../src/estimators/log-odds.js';
import { takersBeyond, takersOnGrid } from '../../../src/estimators/taker-depth.js';
import type { Estimate } from '../../../src/domain/estimates.js';
import { epochUs, later, price, seconds } from '../../../src/domain/units.js';
import { ESTIMATORS } from '../../support/settings.js';
import { beliefPath, changesOf, coverage, Draws } from './truth.js';

const SEEDS = 200;
const overSeeds = <T>(stream: string, run: (draws: Draws) => T): T[] =>
  Array.from({ length: SEEDS }, (_, seed) => run(new Draws(seed + 1, stream)));

/** `honest`: 68 and 95 percent, less and more three standard errors of a share over 200 seeds and a little for what is only nearly normal; otherwise what was found. */
const verdict = (truth: number, estimates: readonly (Estimate | null | undefined)[], biasMax = 0.35): string => {
  const { within1, within2, bias } = coverage(truth, estimates);
  const isHonest = within1 > 0.56 && within1 < 0.8 && within2 > 0.89 && Math.abs(bias) < biasMax;
  return isHonest ? 'honest' : `within one error ${within1}, within two ${within2}, off by ${bias.toFixed(2)} errors`;
};

const TRUTH = { sigma: 1 / 60, jumpRate: 2 / 3600, jumpSize: 0.5 };

describe('belief volatility', () => {
  test('of a series with news in it', () => {
    const found = overSeeds('series', (draws) => beliefOf([changesOf(beliefPath(draws, TRUTH, 0.5, 5, 1440))], 5));
    expect(
      verdict(
        TRUTH.sigma,
        found.map((series) => series?.volatility),
      ),
    ).toBe('honest');
  });

  test('of mids that bounce between bid and ask', () => {
    const found = overSeeds('bounce', (draws) => {
      const path = beliefPath(draws, { ...TRUTH, jumpRate: 0 }, 0.5, 5, 1440).map((x) => x + (draws.uniform() < 0.5 ? 0.01 : -0.01));
      return beliefOf([changesOf(path)], 5)?.volatility;
    });
    expect(verdict(TRUTH.sigma, found)).toBe('honest');
  });

  test.each([
    ['above', 1 / 40],
    ['far below', 1 / 180],
  ])('as a bot learns it from a prior %s it', (_, prior) => {
    const settings = { ...ESTIMATORS, belief: { ...ESTIMATORS.belief, prior, averaging: seconds(600), learn: true } };
    const found = overSeeds('live', (draws) => {
      const estimates = new Estimates(settings);
      beliefPath(draws, TRUTH, 0.5, 5, 720).forEach((x, i) =>
        estimates.observe(later(epochUs(1e15), seconds(i * 5)), { mid: 10_000 * probabilityOf(x), spread: 100, tick: 1, payout: 10_000 }),
      );
      return estimates.value.beliefVolatility;
    });
    expect(verdict(TRUTH.sigma, found)).toBe('honest');
  });
});

describe('jumps', () => {
  const truth = { sigma: 1 / 60, jumpRate: 12 / 3600, jumpSize: 0.5 };
  const found = overSeeds('jumps', (draws) => beliefOf([changesOf(beliefPath(draws, truth, 0.5, 10, 8640))], 10)?.jumpsBehind);

  test('come as often', () =>
    expect(
      verdict(
        truth.jumpRate,
        found.map((jumps) => jumps?.rate),
        0.5,
      ),
    ).toBe('honest'));
  test('and are as large as they were drawn', () =>
    expect(
      verdict(
        truth.jumpSize,
        found.map((jumps) => jumps?.size),
        0.5,
      ),
    ).toBe('honest'));
});

describe('fill intensity', () => {
  const [kappa, a] = [60, 0.05];
  /** Quotes at five distances, in dollars, for two hours each. */
  const cellsOf = (draws: Draws, intensity: number): FillCell[] =>
    [0.005, 0.01, 0.015, 0.02, 0.03].map((distance) => ({
      distance,
      seconds: 7200,
      fills: draws.poisson(intensity * 7200 * Math.exp(-kappa * distance)),
    }));

  test('from fills at tested distances', () => {
    const found = overSeeds('cells', (draws) => fitFills([cellsOf(draws, a)]));
    expect(
      verdict(
        kappa,
        found.map((fit) => fit?.decay),
      ),
    ).toBe('honest');
    expect(
      verdict(
        a,
        found.map((fit) => fit?.intensities[0]),
      ),
    ).toBe('honest');
  });

  test('from two sides of which one is hit four times as often', () => {
    const found = overSeeds('sides', (draws) => intensityOf(cellsOf(draws, a), cellsOf(draws, a / 4), { ...ESTIMATORS.fills, weight: 1 }));
    expect(
      verdict(
        kappa,
        found.map(({ decay }) => decay),
      ),
    ).toBe('honest');
    expect(
      verdict(
        (a + a / 4) / 2,
        found.map(({ intensity }) => intensity),
      ),
    ).toBe('honest');
  });

  test('from depths of takers, on a continuous scale and on a grid of cents', () => {
    const least = 0.01;
    const depths = overSeeds('depths', (draws) => Array.from({ length: 300 }, () => least + draws.exponential(kappa)));
    expect(
      verdict(
        kappa,
        depths.map((each) => takersBeyond(each, least, 600)?.decay),
      ),
    ).toBe('honest');
    const onGrid = depths.map((each) => each.map((depth) => least + 0.01 * Math.floor((depth - least) / 0.01)));
    expect(
      verdict(
        kappa,
        onGrid.map((each) => takersOnGrid(each, least, 0.01, 600)?.decay),
      ),
    ).toBe('honest');
  });

  test('as a bot learns it from quotes that move about and are filled', () => {
    const settings = { ...ESTIMATORS, fills: { ...ESTIMATORS.fills, decay: 80, weight: 1, memory: seconds(1e9), learn: true } };
    const found = overSeeds('bot', (draws) => {
      const estimates = new Estimates(settings);
      let now = 0;
      const at = (s: number) => later(epochUs(1e15), seconds(s));
      for (let quote = 0; quote < 250; quote++) {
        const cents = 0.5 + 0.25 * Math.floor(draws.uniform() * 11);
        const [bid, ask] = [price(5000 - cents * 100), price(5000 + cents * 100)];
        const rate = a * Math.exp((-kappa * cents) / 100);
        estimates.quotes(at(now), 5000, bid, ask);
        for (const side of ['bid', 'ask'] as const)
          for (let t = 1 + draws.exponential(rate); t < 61; t += draws.exponential(rate))
            estimates.filled(at(now + 61), side, side === 'bid' ? bid : ask, 1);
        now += 61;
        // A second in which nothing rests: what comes at once after a new quote is told apart from what came before.
        estimates.quotes(at(now), 5000, null, null);
        now += 1;
      }
      return estimates.value;
    });
    expect(
      verdict(
        kappa,
        found.map(({ fillDecay }) => fillDecay),
      ),
    ).toBe('honest');
    expect(
      verdict(
        (a * 60) / 61,
        found.map(({ fillIntensity }) => fillIntensity),
      ),
    ).toBe('honest');
  });
});
