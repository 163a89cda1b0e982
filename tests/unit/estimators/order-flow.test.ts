import { describe, expect, test } from 'vitest';
import { FlowAlpha } from '../../../src/estimators/flow-alpha.js';
import { fallingWeights, firstComponent, pressureOf, type LevelPair } from '../../../src/estimators/order-flow.js';
import { ProvenSlope } from '../../../src/estimators/proven-slope.js';
import type { Level } from '../../../src/domain/events.js';
import { epochUs, later, price, quantity, seconds, type EpochUs } from '../../../src/domain/units.js';
import { Draws } from './truth.js';

const pair = (bid: number, bidSize: number, ask: number, askSize: number): LevelPair => ({ bid, bidSize, ask, askSize });

describe('pressure', () => {
  const BOOKS = [
    pair(49, 100, 51, 80),
    pair(49, 150, 51, 80),
    pair(50, 40, 51, 60),
    pair(50, 40, 52, 90),
    pair(49, 120, 52, 50),
    pair(49, 120, 51, 30),
  ];
  test('is that of the worked example of the quoting reference, e.3', () => {
    const each = BOOKS.slice(1).map((now, i) => pressureOf(BOOKS[i] ?? now, now));
    expect(each).toEqual([50, 60, 60, 0, -30]);
    expect(each.reduce((sum, e) => sum + e, 0)).toBe(140);
  });

  test('of a book seen from the other side is the opposite', () => {
    const mirrored = BOOKS.map(({ bid, bidSize, ask, askSize }) => pair(100 - ask, askSize, 100 - bid, bidSize));
    expect(mirrored.slice(1).map((now, i) => pressureOf(mirrored[i] ?? now, now) + 0)).toEqual([-50, -60, -60, 0, 30]);
  });

  test('of a side that empties is that of a price infinitely far away', () => {
    expect(pressureOf(pair(49, 100, 51, 80), pair(-Infinity, 0, 51, 80))).toBe(-100);
  });
});

describe('weights of levels', () => {
  test('fall from one to the next and sum to 1', () => expect(fallingWeights(3, 0.5).map((w) => w * 7)).toEqual([4, 2, 1]));

  test('are the first principal component, absolute values summing to 1', () => {
    expect(
      firstComponent([
        [4, 0, 0],
        [0, 1, 0],
        [0, 0, 0.25],
      ])?.map((w) => Number(w.toFixed(9))),
    ).toEqual([1, 0, 0]);
    expect(
      firstComponent([
        [2, 1],
        [1, 2],
      ]),
    ).toEqual([0.5, 0.5]);
    expect(
      firstComponent([
        [0, 0],
        [0, 0],
      ]),
    ).toBeNull();
  });
});

describe('a slope', () => {
  const learnt = (beta: number, noise: number, facts: number, seed: number): ProvenSlope => {
    const draws = new Draws(seed, 'slope');
    const slope = new ProvenSlope();
    for (let i = 0; i < facts; i++) {
      const x = draws.normal();
      slope.learn(x, beta * x + noise * draws.normal());
    }
    return slope;
  };

  test('that foretells is found and proven', () => {
    const slope = learnt(0.5, 1, 500, 1);
    expect(slope.beta).toBeCloseTo(0.5, 0);
    expect(slope.isProven).toBe(true);
  });

  test('of noise is proven in less than one case of twenty', () => {
    const proven = Array.from({ length: 200 }, (_, seed) => learnt(0, 1, 300, seed).isProven).filter(Boolean).length;
    expect(proven).toBeLessThan(10);
  });

  test('that held once and does so no more loses its proof', () => {
    const draws = new Draws(5, 'turn');
    const slope = new ProvenSlope();
    const feed = (beta: number, facts: number): boolean => {
      for (let i = 0; i < facts; i++) {
        const x = draws.normal();
        slope.learn(x, beta * x + draws.normal());
      }
      return slope.isProven;
    };
    expect([feed(1, 500), feed(0, 1000)]).toEqual([true, false]);
  });

  test('of few facts proves nothing', () => {
    const slope = learnt(1, 0, 25, 1);
    expect([slope.t, slope.isProven, new ProvenSlope().beta]).toEqual([0, false, 0]);
  });
});

describe('the shift from order flow', () => {
  const START = epochUs(1_795_296_000_000_000);
  const at = (s: number): EpochUs => later(START, seconds(s));
  const side = (best: number, step: number, size: number): Level[] =>
    [0, 1, 2].map((m) => ({ price: price(best + step * m * 100), quantity: quantity(size * 100) }));

  /** Every span bids or asks swell; the price follows in the next span where `follows`, and goes anywhere otherwise. */
  const market = (follows: boolean, spans: number): { readonly alpha: FlowAlpha; readonly lastFlow: number; readonly end: number } => {
    const draws = new Draws(3, `market ${follows}`);
    const alpha = new FlowAlpha(seconds(10));
    let mid = 5000;
    let flow = 0;
    for (let n = 0; n < spans; n++) {
      const move = follows ? Math.sign(flow) * 50 : Math.sign(draws.normal()) * 50;
      mid += move + 20 * draws.normal();
      flow = draws.normal();
      const start = n * 10;
      const book = (bidSize: number, askSize: number, s: number): void =>
        alpha.observe(at(s), side(4900, -1, bidSize), side(5100, 1, askSize), mid);
      book(100, 100, start + 0.1);
      book(100 + Math.max(0, flow) * 40, 100 + Math.max(0, -flow) * 40, start + 3);
    }
    return { alpha, lastFlow: flow, end: spans * 10 };
  };

  test('is there where flow has foretold the price, in its direction, and fades', () => {
    const { alpha, lastFlow, end } = market(true, 200);
    // The last span is closed by the next look.
    alpha.observe(at(end), side(4900, -1, 100), side(5100, 1, 100), 5000);
    expect(alpha.t).toBeGreaterThan(2);
    const first = alpha.value(at(end), 1000);
    expect(Math.sign(first)).toBe(Math.sign(lastFlow));
    expect(Math.abs(alpha.value(at(end + 9), 1000))).toBeLessThan(Math.abs(first) / 2);
    expect(Math.abs(alpha.value(at(end), 3))).toBe(3);
  });

  test('is none where it has not, none at the beginning, and none after a hole', () => {
    const noise = market(false, 200);
    expect(noise.alpha.value(at(noise.end), 1000)).toBe(0);
    const early = market(true, 15);
    expect(early.alpha.value(at(early.end), 1000)).toBe(0);
    const { alpha, end } = market(true, 200);
    alpha.interrupt();
    expect(alpha.value(at(end), 1000)).toBe(0);
  });
});
