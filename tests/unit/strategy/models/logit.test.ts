import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marginalPrice } from '../../../../src/strategy/models/bounded.js';
import { logitQuotes } from '../../../../src/strategy/models/logit.js';

const CASE = { probability: 0.7, inventory: 5, riskAversion: 0.1, beliefVolatility: 0.2, horizon: 2, fillDecay: 1.5, lot: 1 };

test('the worked value of the quoting reference, c.6', () => {
  const { reservation, bid, ask } = logitQuotes(CASE);
  expect(Math.log(reservation / (1 - reservation))).toBeCloseTo(0.807297860387, 9);
  expect(reservation).toBeCloseTo(0.691533396019, 9);
  expect((Math.log(ask / (1 - ask)) - Math.log(bid / (1 - bid))) / 2).toBeCloseTo(0.649385211376, 9);
  expect(bid).toBeCloseTo(0.539396329356, 9);
  expect(ask).toBeCloseTo(0.81102483496, 9);
});

test('with gamma sigma_b^2 tau = theta the reservation price is that of the bounded model', () => {
  const { reservation } = logitQuotes({ ...CASE, inventory: 40, riskAversion: 0.01 / (0.04 * 2) });
  expect(reservation).toBeCloseTo(marginalPrice(40, 0.7, 0.01), 12);
});

test('for anything held quotes stay within 0 and 1, in order, and YES and NO are mirrors', () => {
  const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
  const cases = fc.record({
    probability: real(0.001, 0.999),
    inventory: real(-1000, 1000),
    riskAversion: real(0, 0.2),
    beliefVolatility: real(0, 0.1),
    horizon: real(0, 3600),
    fillDecay: real(0.5, 100),
    lot: real(0.1, 50),
  });
  fc.assert(
    fc.property(cases, (inputs) => {
      const here = logitQuotes(inputs);
      const order = [0, here.bid, here.lotBid, here.reservation, here.lotAsk, here.ask, 1];
      expect(order.toSorted((a, b) => a - b)).toEqual(order);
      const there = logitQuotes({ ...inputs, probability: 1 - inputs.probability, inventory: -inputs.inventory });
      expect(there.bid).toBeCloseTo(1 - here.ask, 10);
      expect(there.ask).toBeCloseTo(1 - here.bid, 10);
    }),
  );
});
