import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Horizon, StrategySettings } from '../../../src/domain/settings.js';
import { quantity } from '../../../src/domain/units.js';
import { AvellanedaStoikov } from '../../../src/strategy/avellaneda-stoikov.js';
import { finiteHorizonQuotes, infiniteHorizonQuotes } from '../../../src/strategy/models/avellaneda-stoikov.js';
import { staticHalfSpread } from '../../../src/strategy/models/half-spread.js';
import { CENT, inCents, market, PLAIN, view } from './views.js';

type Settings = Extract<StrategySettings, { readonly name: 'avellaneda-stoikov' }>;

describe('the finite horizon', () => {
  test.each([
    // The examples of the quoting reference, section a.
    { fair: 100, q: 0, gamma: 0.1, sigma: 2, tau: 1, kappa: 1.5, r: 100, spread: 1.69077042275, bid: 99.1546147886, ask: 100.845385211 },
    { fair: 100, q: 3, gamma: 0.1, sigma: 2, tau: 0.5, kappa: 1.5, r: 99.4, spread: 1.49077042275, bid: 98.6546147886, ask: 100.145385211 },
    {
      fair: 50,
      q: -4,
      gamma: 0.02,
      sigma: 1.2,
      tau: 2,
      kappa: 0.6,
      r: 50.2304,
      spread: 3.3365822823,
      bid: 48.5621088589,
      ask: 51.8986911411,
    },
  ])('S $fair, q $q, gamma $gamma', ({ fair, q, gamma, sigma, tau, kappa, r, spread, bid, ask }) => {
    const inputs = { fair, inventory: q, riskAversion: gamma, fillDecay: kappa, lot: 1 };
    const quotes = finiteHorizonQuotes({ ...inputs, volatility: sigma, horizon: tau });
    expect(quotes.reservation).toBeCloseTo(r, 9);
    expect(quotes.bid).toBeCloseTo(bid, 9);
    expect(quotes.ask).toBeCloseTo(ask, 9);
    expect((quotes.ask ?? NaN) - (quotes.bid ?? NaN)).toBeCloseTo(spread, 9);
  });

  test('in lots: the same quotes where gamma per lot and inventory in lots are the same', () => {
    const one = finiteHorizonQuotes({ fair: 50, inventory: 6, riskAversion: 0.2, fillDecay: 0.6, lot: 1, volatility: 1.2, horizon: 2 });
    const ten = finiteHorizonQuotes({ fair: 50, inventory: 60, riskAversion: 0.02, fillDecay: 0.6, lot: 10, volatility: 1.2, horizon: 2 });
    for (const field of ['reservation', 'bid', 'ask'] as const) expect(ten[field]).toBeCloseTo(one[field] ?? NaN, 12);
  });

  test('the half-spread is 1 / kappa without risk aversion, and joins it without a step', () => {
    expect(staticHalfSpread({ riskAversion: 0, fillDecay: 60, lot: 10 })).toBe(1 / 60);
    expect(staticHalfSpread({ riskAversion: 1e-14, fillDecay: 60, lot: 10 })).toBeCloseTo(1 / 60, 12);
    expect(staticHalfSpread({ riskAversion: 0.02, fillDecay: 60, lot: 10 })).toBeCloseTo(0.0166389504634, 12);
  });
});

describe('the infinite horizon', () => {
  const inputs = { fair: 100, riskAversion: 0.1, fillDecay: 1.5, lot: 1, inventoryMax: 10 };
  const half = staticHalfSpread(inputs);

  test('gives the bid of the worked example, section a', () => {
    const quotes = infiniteHorizonQuotes({ ...inputs, inventory: 3 });
    expect((quotes.bid ?? NaN) + half - 100).toBeCloseTo(-0.645385211376, 9);
  });

  test('asks what the value function demands, from which the ask printed in (a6) departs in the second order', () => {
    const printed = Math.log(1 + ((1 - 2 * 3) * 0.04) / (2 * 2.42 - 0.04 * 9)) / 0.1;
    expect(printed).toBeCloseTo(-0.456700368332, 9);
    const exact = (infiniteHorizonQuotes({ ...inputs, inventory: 3 }).ask ?? NaN) - half - 100;
    expect(exact).toBeCloseTo(-10 * Math.log(1 + 5 / 112), 9);
    expect(Math.abs(exact - printed)).toBeLessThan(10 * (5 / 112) ** 2 * 1.01);
  });

  test('leaves the value function as it is when a lot is traded at its indifference prices, for any volatility', () => {
    const ranges = { sigma: fc.double({ min: 0.01, max: 10, noNaN: true }), gamma: fc.double({ min: 0.01, max: 2, noNaN: true }) };
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), ranges.sigma, ranges.gamma, (q, sigma, gamma) => {
        const omega = (gamma ** 2 * sigma ** 2 * 11 ** 2) / 2;
        // Logarithm of minus v(x, s, q) with x = wealth in cash and s = 0: the less, the better.
        const logLoss = (wealth: number, held: number): number =>
          -gamma * wealth - Math.log(omega - (gamma ** 2 * held ** 2 * sigma ** 2) / 2);
        const quotes = infiniteHorizonQuotes({ ...inputs, fair: 0, riskAversion: gamma, inventory: q });
        const h = staticHalfSpread({ ...inputs, riskAversion: gamma });
        expect(logLoss(-((quotes.bid ?? NaN) + h), q + 1)).toBeCloseTo(logLoss(0, q), 8);
        expect(logLoss((quotes.ask ?? NaN) - h, q - 1)).toBeCloseTo(logLoss(0, q), 8);
        expect(quotes.reservation).toBeGreaterThan((quotes.bid ?? NaN) + h);
        expect(quotes.reservation).toBeLessThan((quotes.ask ?? NaN) - h);
      }),
    );
  });

  test.each([
    [10, null, 'a number'],
    [11, null, 'a number'],
    [5000, null, 'a number'],
    [9.99, 'a number', 'a number'],
    [-10, 'a number', null],
    [-5000, 'a number', null],
  ])('holding %f of at most 10, bid is %s and ask is %s', (inventory, bid, ask) => {
    const quotes = infiniteHorizonQuotes({ ...inputs, inventory });
    const kind = (value: number | null): string | null => (Number.isFinite(value) ? 'a number' : (value as null));
    expect([kind(quotes.bid), kind(quotes.ask)]).toEqual([bid, ask]);
    expect(Number.isFinite(quotes.reservation)).toBe(true);
  });

  test('in lots: the same quotes where gamma per lot and inventory in lots are the same', () => {
    const one = infiniteHorizonQuotes({ ...inputs, inventory: 3 });
    const ten = infiniteHorizonQuotes({ ...inputs, riskAversion: 0.01, inventory: 30, lot: 10, inventoryMax: 100 });
    for (const field of ['reservation', 'bid', 'ask'] as const) expect(ten[field]).toBeCloseTo(one[field] ?? NaN, 12);
  });
});

describe('the strategy', () => {
  const rolling: Horizon = { kind: 'rolling', seconds: 300 };
  const strategy = (over: Partial<Settings> = {}): AvellanedaStoikov =>
    new AvellanedaStoikov({ ...PLAIN, name: 'avellaneda-stoikov', riskAversion: 0.02, horizon: rolling, ...over });
  const fine = market({ grid: 'center_centi_edge_centi_cent' });

  test('leans and spreads in dollars and answers in price units', () => {
    // sigma 0.5 cents: gamma sigma^2 tau = 0.02 x 0.005^2 x 300 = 1.5e-4 $ per contract; 40 held shift by 0.6 cents;
    // half-spread 1.66390 + 10 x 0.015 / 2 = 1.73890 cents.
    const target = strategy().quote(view({ market: fine, bid: 40, ask: 60, held: 40, volatility: 0.5 }));
    expect(target.fair).toBe(5000);
    expect(target.reservation).toBeCloseTo(4940, 9);
    expect(inCents(target)).toEqual([47.66, 51.14]);
    expect([target.bid?.size, target.ask?.size, target.noBid, target.noAsk]).toEqual([1000, 1000, null, null]);
  });

  test('on a cent grid the same quotes are rounded outward', () => {
    expect(inCents(strategy().quote(view({ bid: 40, ask: 60, held: 40, volatility: 0.5 })))).toEqual([47, 52]);
  });

  test('moves the reservation price by the outside opinion', () => {
    const without = strategy().quote(view({ bid: 40, ask: 60, held: 40, volatility: 0.5 }));
    const told = strategy().quote(view({ bid: 40, ask: 60, held: 40, volatility: 0.5, alpha: 2 }));
    expect((told.reservation ?? NaN) - (without.reservation ?? NaN)).toBeCloseTo(2 * CENT, 9);
    expect(told.fair).toBe(5200);
    expect(inCents(told)).toEqual([49, 54]);
  });

  test('with the finite horizon leans less as the close comes nearer, and not at all at the close', () => {
    const finite = strategy({ horizon: { kind: 'finite' } });
    const lean = (secondsToClose: number): number =>
      5000 - (finite.quote(view({ market: fine, bid: 30, ask: 70, held: 40, volatility: 0.5, secondsToClose })).reservation ?? NaN);
    expect(lean(300)).toBeCloseTo(60, 9);
    expect(lean(150)).toBeCloseTo(30, 9);
    expect([lean(0), lean(-5)]).toEqual([0, 0]);
  });

  test('with the infinite horizon stops buying at its bound and says so', () => {
    const infinite = strategy({ horizon: { kind: 'infinite', inventoryMax: quantity(10_000) } });
    const target = infinite.quote(view({ held: 100 }));
    expect(target.bid).toBeNull();
    expect(target.noBid).toEqual({ code: 'inventory-bound', text: "inventory 100 has reached the model's bound of 100 contracts" });
    expect(target.ask).not.toBeNull();
  });

  test.each([
    ['no bid', view({ bid: null }), 'one-sided-book'],
    ['no ask', view({ ask: null }), 'one-sided-book'],
    ['an empty book', view({ bid: null, ask: null }), 'one-sided-book'],
    ['no mid', view({ mid: null }), 'one-sided-book'],
    ['a mid that is no number', view({ mid: NaN }), 'invalid-input'],
    ['a mid of 0', view({ mid: 0 }), 'invalid-input'],
    ['a mid of the payout', view({ mid: 100 }), 'invalid-input'],
    ['an opinion that is no number', view({ alpha: NaN }), 'invalid-input'],
    ['an infinite opinion', view({ alpha: Infinity }), 'invalid-input'],
    ['an inventory that is no number', view({ held: NaN }), 'invalid-input'],
    ['a volatility that is no number', view({ volatility: NaN }), 'invalid-input'],
    ['an infinite volatility', view({ volatility: Infinity }), 'invalid-input'],
    ['a negative volatility', view({ volatility: -1 }), 'invalid-input'],
  ])('with %s quotes nothing and says why', (_, seen, code) => {
    const target = strategy().quote(seen);
    expect([target.bid, target.ask, target.noBid?.code, target.noAsk?.code]).toEqual([null, null, code, code]);
    expect(target.noBid?.text).not.toBe('');
  });

  test.each([
    ['an unknown close', null, 'no-close-time'],
    ['a close at no time', NaN, 'invalid-input'],
    ['a close that never comes', Infinity, 'invalid-input'],
  ])('with the finite horizon and %s quotes nothing and says why', (_, secondsToClose, code) => {
    const target = strategy({ horizon: { kind: 'finite' } }).quote(view({ secondsToClose }));
    expect([target.bid, target.ask, target.noBid?.code]).toEqual([null, null, code]);
  });

  test.each<[string, Partial<Settings>]>([
    ['risk aversion', { riskAversion: -1 }],
    ['risk aversion', { riskAversion: Infinity }],
    ['lot', { lot: quantity(0) }],
    ['horizon', { horizon: { kind: 'rolling', seconds: 0 } }],
    ['risk aversion above 0', { riskAversion: 0, horizon: { kind: 'infinite', inventoryMax: quantity(100) } }],
    ['inventory bound', { horizon: { kind: 'infinite', inventoryMax: quantity(0) } }],
  ])('is not made with a senseless %s', (what, over) => {
    expect(() => strategy(over)).toThrow(what);
  });
});
