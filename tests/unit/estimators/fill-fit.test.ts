import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitFills, logLinearFit, type FillCell } from '../../../src/estimators/fill-fit.js';
import { gridDecay, takersBeyond, takersOnGrid } from '../../../src/estimators/taker-depth.js';

const DEPTHS = [0.5, 0.5, 1.5, 0.5, 2.5, 1.5, 0.5, 3.5];
const CELLS: readonly FillCell[] = [
  { distance: 0.5, fills: 60, seconds: 600 },
  { distance: 1.5, fills: 25, seconds: 600 },
  { distance: 2.5, fills: 12, seconds: 600 },
  { distance: 3.5, fills: 5, seconds: 600 },
];

describe('depths of takers, the worked values of the quoting reference, e.2', () => {
  test('taken from 0 on', () => expect(takersBeyond(DEPTHS, 0, 60)?.decay.value).toBeCloseTo(0.727272727273, 9));
  test('(e1)', () => {
    const found = takersBeyond(DEPTHS, 0.5, 60);
    expect(found?.decay.value).toBeCloseTo(1.142857142857, 9);
    expect(found?.decay.error).toBeCloseTo(1.142857142857 / Math.sqrt(8), 9);
    expect(found?.intensity.value).toBeCloseTo((8 / 60) * Math.exp(1.142857142857 / 2), 9);
  });
  test('(e2)', () => expect(takersOnGrid(DEPTHS, 0.5, 1, 60)?.decay.value).toBeCloseTo(0.762140052047, 9));
  test('where nobody reaches beyond the touch, or nobody came, there is none', () => {
    expect([
      takersBeyond([1, 1], 1, 60),
      takersBeyond([], 1, 60),
      takersOnGrid([1, 1], 1, 1, 60),
      takersOnGrid([], 1, 1, 60),
      gridDecay(0, 1, 5),
    ]).toEqual([null, null, null, null, null]);
  });
});

describe('fills at tested distances, the worked values of the quoting reference, e.2', () => {
  test.each([
    ['least squares', logLinearFit(CELLS, 'equal'), 0.148480655829, 0.818868912444],
    ['least squares by count', logLinearFit(CELLS, 'fills'), 0.149668181331, 0.823965748063],
  ])('%s', (_, fit, intensity, decay) => {
    expect(fit?.intensity).toBeCloseTo(intensity, 9);
    expect(fit?.decay).toBeCloseTo(decay, 9);
  });

  test('Poisson likelihood', () => {
    const fit = fitFills([CELLS]);
    expect(fit?.intensities[0]?.value).toBeCloseTo(0.149667188277, 9);
    expect(fit?.decay.value).toBeCloseTo(0.824296253463, 9);
  });

  test('its errors are those of the Fisher information in ln A and kappa', () => {
    const fit = fitFills([CELLS]);
    const [a, kappa] = [fit?.intensities[0]?.value ?? 0, fit?.decay.value ?? 0];
    const means = CELLS.map(({ distance, seconds }) => a * seconds * Math.exp(-kappa * distance));
    const sum = (power: number): number => CELLS.reduce((s, { distance }, i) => s + distance ** power * (means[i] ?? 0), 0);
    const determinant = sum(0) * sum(2) - sum(1) ** 2;
    expect(fit?.decay.error).toBeCloseTo(Math.sqrt(sum(0) / determinant), 9);
    expect((fit?.intensities[0]?.error ?? 0) / a).toBeCloseTo(Math.sqrt(sum(2) / determinant), 9);
  });
});

describe('a fit of fills', () => {
  test('solves both equations of the likelihood, cells without fills included', () => {
    const cell = fc.record({
      distance: fc.double({ min: 0, max: 5, noNaN: true }),
      fills: fc.nat(40),
      seconds: fc.double({ min: 1, max: 5000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 3, maxLength: 20 }), (cells) => {
        const fit = fitFills([cells]);
        if (fit === null || Math.abs(fit.decay.value) > 20) return;
        const a = fit.intensities[0]?.value ?? 0;
        const residual = cells.map(({ fills, seconds, distance }) => fills - a * seconds * Math.exp(-fit.decay.value * distance));
        const scale = cells.reduce((sum, { fills }) => sum + fills, 1);
        expect(Math.abs(residual.reduce((sum, r) => sum + r, 0)) / scale).toBeLessThan(1e-8);
        expect(Math.abs(residual.reduce((sum, r, i) => sum + r * (cells[i]?.distance ?? 0), 0)) / scale).toBeLessThan(1e-6);
      }),
    );
  });

  test('with fills at one end only has no finite answer, and with a prior it leans that way', () => {
    const near = [
      { distance: 1, fills: 30, seconds: 600 },
      { distance: 3, fills: 0, seconds: 600 },
    ];
    expect(fitFills([near])).toBeNull();
    const fit = fitFills([near], { prior: { decay: 0.6, fills: 50 }, bounds: { low: 0.2, high: 3 } });
    expect(fit?.decay.value).toBeGreaterThan(0.65);
    expect(fit?.decay.value).toBeLessThan(3);
  });

  test('at a single distance tells nothing of kappa: the prior stands, with its own error', () => {
    const fit = fitFills([[{ distance: 1, fills: 400, seconds: 600 }]], { prior: { decay: 0.6, fills: 50 } });
    expect(fit?.decay.value).toBeCloseTo(0.6, 12);
    expect(fit?.decay.error).toBeCloseTo(0.6 / Math.sqrt(50), 12);
  });

  test('weighs a prior of n0 fills as (n kappa^ + n0 kappa0) / (n + n0) where depths are seen in full', () => {
    // Equal times at many distances: what is filled there is a sample of depths, and n fills tell n / kappa^2.
    const [kappa, step] = [0.8, 0.01];
    const cells = Array.from({ length: 3000 }, (_, i) => ({
      distance: i * step,
      fills: 100 * kappa * step * Math.exp(-kappa * i * step),
      seconds: 1,
    }));
    const fit = fitFills([cells], { prior: { decay: 0.75, fills: 50 } });
    expect(fit?.decay.value).toBeCloseTo((100 * 0.8 + 50 * 0.75) / 150, 2);
    expect(fit?.decay.error).toBeCloseTo(0.78 / Math.sqrt(150), 2);
  });

  test('of two sides with different flow is not misled by the one that is hit more', () => {
    // Bids rest near and are seldom hit, asks rest far and are hit often: together they look as if distance attracted fills.
    const side = (a: number, distances: readonly number[]): FillCell[] =>
      distances.map((distance) => ({ distance, fills: 600 * a * Math.exp(-0.8 * distance), seconds: 600 }));
    const [bids, asks] = [side(0.02, [0.5, 1]), side(0.4, [1.5, 2])];
    expect(fitFills([[...bids, ...asks]])?.decay.value).toBeLessThan(0);
    const apart = fitFills([bids, asks]);
    expect(apart?.decay.value).toBeCloseTo(0.8, 9);
    expect(apart?.intensities.map(({ value }) => Number(value.toFixed(9)))).toEqual([0.02, 0.4]);
  });

  test('stays within its bounds, and without anything to go by there is none', () => {
    expect(fitFills([CELLS], { bounds: { low: 1, high: 3 } })?.decay.value).toBe(1);
    expect(fitFills([CELLS], { bounds: { low: 0.1, high: 0.5 } })?.decay.value).toBe(0.5);
    expect([fitFills([]), fitFills([[]]), logLinearFit([], 'equal'), logLinearFit(CELLS.slice(0, 1), 'fills')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
