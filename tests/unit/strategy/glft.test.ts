import { describe, expect, test } from 'vitest';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { quantity } from '../../../src/domain/units.js';
import { Glft } from '../../../src/strategy/glft.js';
import { GlftSolutions } from '../../../src/strategy/glft-solutions.js';
import { closedDistances, exactDistances, glftCoefficients, type GlftInputs } from '../../../src/strategy/models/glft.js';
import { stationaryValues } from '../../../src/strategy/models/glft-exact.js';
import { Kept } from './trail.js';
import { inCents, market, PLAIN, view, type ViewParts } from './views.js';

type Settings = Extract<StrategySettings, { readonly name: 'glft' }>;

const PLAINLY: Settings = {
  ...PLAIN,
  name: 'glft',
  riskAversion: 0.02,
  form: 'stationary',
  utility: 'exponential',
  inventoryMax: quantity(10_000),
};
/** The example in cents of the quoting reference, b, in dollars: kappa 60 / $, gamma 0.02 / $, sigma 0.2 c, A 0.05 / s, lots of ten, at most ten of them. */
const fine: ViewParts = { market: market({ grid: 'center_centi_edge_centi_cent' }), bid: 40, ask: 60, volatility: 0.2 };
const quote = (parts: ViewParts, settings: Partial<Settings> = {}, trail?: Kept) =>
  new Glft({ ...PLAINLY, ...settings }).quote(view({ ...fine, ...parts }), trail);

describe('the GLFT strategy', () => {
  test.each([
    // Of the table of b, to the hundredth of a cent, inputs being rounded to 1 %.
    [0, 1.695876621413, 1.695876621413],
    [10, 1.760083629675, 1.631913471262],
    [50, 2.03787185774, 1.36607199524],
  ])('finite with an hour left, holding %i', (held, bid, ask) => {
    const [ourBid, ourAsk] = inCents(quote({ held, secondsToClose: 3600 }, { form: 'finite' }));
    expect(Math.abs(50 - Number(ourBid) - bid)).toBeLessThan(0.02);
    expect(Math.abs(Number(ourAsk) - 50 - ask)).toBeLessThan(0.02);
  });

  test('closed: the distances of (b5), rounded outward', () => {
    // Nothing is rounded before the grid in this form: 50 - 1.995286 and 50 + 1.392757.
    expect(inCents(quote({ held: 50 }, { form: 'closed' }))).toEqual([48, 51.4]);
  });

  test('between whole lots quotes lie on the line between theirs', () => {
    const [at20, at25, at30] = [20, 25, 30].map((held) => {
      const trail = new Kept();
      quote({ held }, {}, trail);
      return trail.steps.find(({ name }) => name === 'half-spread')?.bid ?? NaN;
    });
    expect(at25).toBeCloseTo(((at20 ?? NaN) + (at30 ?? NaN)) / 2, 9);
  });

  test.each(['stationary', 'finite', 'closed'] as const)('%s: no bid where a lot would break the bound, no ask at its negative', (form) => {
    const at = (held: number) => inCents(quote({ held, secondsToClose: 600 }, { form }));
    expect(at(95)[0]).toBe('inventory-bound');
    expect(at(-500)[1]).toBe('inventory-bound');
    expect(at(90).map((side) => typeof side)).toEqual(['number', 'number']);
    expect(at(500)[1]).toBe(at(100)[1]);
  });

  test('finite needs the close and says so', () => {
    expect(inCents(quote({}, { form: 'finite' }))).toEqual(['no-close-time', 'no-close-time']);
    expect(inCents(quote({ secondsToClose: NaN }, { form: 'finite' }))).toEqual(['invalid-input', 'invalid-input']);
  });

  test.each([
    ['volatility', { volatility: NaN }],
    ['fill intensity', { estimates: { fillIntensity: { value: 0, error: null } } }],
    ['fill decay', { estimates: { fillDecay: { value: -60, error: null } } }],
  ] as const)('an absurd %s is named', (what, parts) => {
    const { noBid, noAsk } = quote(parts);
    expect([noBid?.code, noAsk?.code]).toEqual(['invalid-input', 'invalid-input']);
    expect(noBid?.text).toContain(what);
  });

  test('without volatility only the bound makes it lean, and the closed form knows none', () => {
    const centre = (form: Settings['form']): number => {
      const [bid, ask] = inCents(quote({ held: 50, volatility: 0 }, { form }));
      return (Number(bid) + Number(ask)) / 2;
    };
    expect(centre('closed')).toBe(50);
    expect(centre('stationary')).toBeLessThan(50);
  });

  test('a bound below one lot is refused', () => {
    expect(() => new Glft({ ...PLAINLY, inventoryMax: quantity(5) })).toThrow('at least a lot');
  });
});

describe('remembered solutions', () => {
  const inputs: GlftInputs = { riskAversion: 0.02, fillDecay: 60, lot: 10, volatility: 0.002, fillIntensity: 0.05, utility: 'exponential' };

  test('the same question gets the very same answer, whatever was asked in between', () => {
    const solutions = new GlftSolutions(10);
    const first = solutions.of(inputs, Infinity).at(3);
    for (let i = 1; i < 3000; i++) solutions.of({ ...inputs, volatility: 0.0001 * i }, Infinity);
    expect(solutions.of(inputs, Infinity).at(3)).toEqual(first);
    expect(new GlftSolutions(10).of(inputs, Infinity).at(3)).toEqual(first);
    expect(solutions.of(inputs, Infinity)).toBe(solutions.of({ ...inputs, volatility: 0.002001 }, Infinity));
  });

  test('the rounding of the inputs costs less than a hundredth of a cent', () => {
    const { inventoryCost, trading, halfSpread } = glftCoefficients(inputs);
    const exact = stationaryValues({ inventoryCost, trading, lotsMax: 10 });
    const solutions = new GlftSolutions(10);
    for (let lots = -9; lots <= 9; lots++) {
      const [near, true_] = [solutions.of(inputs, Infinity).at(lots).bid, exactDistances(exact, lots, halfSpread, 60).bid];
      expect(Math.abs((near ?? NaN) - (true_ ?? NaN))).toBeLessThan(0.0002);
    }
    expect(closedDistances(inputs, 0).bid).toBeCloseTo(0.01694021507806, 9);
  });
});
