import { expect, test } from 'vitest';
import type { StrategySettings } from '../../../src/domain/settings.js';
import { Logit } from '../../../src/strategy/logit.js';
import { inCents, market, PLAIN, view, type ViewParts } from './views.js';

type Settings = Extract<StrategySettings, { readonly name: 'logit' }>;

const PLAINLY: Settings = { ...PLAIN, name: 'logit', riskAversion: 0.005, horizon: { kind: 'rolling', seconds: 300 } };
const fine: ViewParts = { market: market({ grid: 'center_centi_edge_centi_cent' }), bid: 40, ask: 60 };
const quote = (parts: ViewParts = {}, settings: Partial<Settings> = {}) =>
  new Logit({ ...PLAINLY, ...settings }).quote(view({ ...fine, ...parts }));

test('leans by gamma sigma_b^2 tau in log-odds and spreads by kappa p (1 - p)', () => {
  // theta = 0.005 * 300 / 3600; r_x = -40 theta; delta = 5 theta + ln(1 + 0.05 / 15) / 0.05.
  const theta = 300 / 3600 / 200;
  const [centre, distance] = [-40 * theta, 5 * theta + Math.log1p(0.05 / 15) / 0.05];
  const price = (x: number): number => 100 / (1 + Math.exp(-x));
  const target = quote({ held: 40 });
  expect((target.reservation ?? NaN) / 100).toBeCloseTo(price(centre), 9);
  const [bid, ask] = inCents(target).map(Number);
  expect(price(centre - distance) - (bid ?? NaN)).toBeLessThan(0.0100001);
  expect(bid).toBeLessThanOrEqual(price(centre - distance) + 1e-9);
  expect((ask ?? NaN) - price(centre + distance)).toBeLessThan(0.0100001);
});

test('until the close it leans less as the close comes nearer', () => {
  const at = (secondsToClose: number | null) => quote({ held: 40, secondsToClose }, { horizon: { kind: 'finite' } });
  expect(at(3600).reservation).toBeLessThan(at(60).reservation ?? NaN);
  expect(at(0).reservation).toBeCloseTo(5000, 9);
  expect(inCents(at(null))).toEqual(['no-close-time', 'no-close-time']);
});

test.each([
  ['belief volatility', { beliefVolatility: { value: NaN, error: null } }],
  ['fill decay', { fillDecay: { value: 0, error: null } }],
])('an absurd %s is named', (what, estimates) => {
  expect(quote({ estimates }).noBid?.text).toContain(what);
});

test('senseless settings are refused', () => {
  expect(() => new Logit({ ...PLAINLY, riskAversion: -1 })).toThrow('risk aversion');
  expect(() => new Logit({ ...PLAINLY, horizon: { kind: 'rolling', seconds: 0 } })).toThrow('horizon');
});
