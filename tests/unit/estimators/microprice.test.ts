import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveLinear } from '../../../src/estimators/linear.js';
import { LiveMicroprice, type TopGlance } from '../../../src/estimators/live-microprice.js';
import { adjustments } from '../../../src/estimators/microprice.js';
import { Draws } from './truth.js';

describe('the worked example of the quoting reference, e.4', () => {
  const found = adjustments({
    still: [
      [0.6, 0.2, 0.05],
      [0.2, 0.4, 0.2],
      [0.05, 0.2, 0.6],
    ],
    moves: [
      [0.09, 0.03, 0.03],
      [0.05, 0.1, 0.05],
      [0.03, 0.03, 0.09],
    ],
    sizes: [
      [0.12, 0.03],
      [0.1, 0.1],
      [0.03, 0.12],
    ],
    steps: [-0.5, 0.5],
  });
  test('G1', () => [-0.1, 0, 0.1].forEach((value, i) => expect(found.first[i]).toBeCloseTo(value, 9)));
  test('G*', () => [-0.115384615385, 0, 0.115384615385].forEach((value, i) => expect(found.all[i]).toBeCloseTo(value, 9)));
});

describe('linear equations', () => {
  test('are solved', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const system = fc.array(fc.array(number, { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(system, fc.array(number, { minLength: 4, maxLength: 4 }), (noise, x) => {
        const matrix = noise.map((row, i) => row.map((value, j) => value / 10 + (i === j ? 2 : 0)));
        const right = matrix.map((row) => [row.reduce((sum, value, j) => sum + value * (x[j] ?? 0), 0)]);
        solveLinear(matrix, right).forEach(([value], i) => expect(value).toBeCloseTo(x[i] ?? 0, 9));
      }),
    );
  });
  test('need a change of rows where the first has no pivot, and answer 0 where there is none at all', () => {
    expect(
      solveLinear(
        [
          [0, 1],
          [1, 0],
        ],
        [[3], [4]],
      ),
    ).toEqual([[4], [3]]);
    expect(
      solveLinear(
        [
          [2, 0],
          [0, 0],
        ],
        [[4], [0]],
      ),
    ).toEqual([[2], [0]]);
  });
});

describe('the microprice of a market', () => {
  const top = (bidSize: number, askSize: number, mid = 5000, spread = 100): TopGlance => ({
    bid: mid - spread / 2,
    ask: mid + spread / 2,
    bidSize,
    askSize,
    tick: 100,
  });

  test('is the weighted mid, half-way back to the mid, until 500 changes were seen', () => {
    const micro = new LiveMicroprice();
    expect(micro.value(top(120, 30))).toBeCloseTo(5000 + 30 / 2, 9);
    for (let i = 0; i < 500; i++) micro.observe(top(i % 2 === 0 ? 90 : 10, 50));
    expect(micro.transitions).toBe(499);
    expect(micro.value(top(120, 30))).toBeCloseTo(5015, 9);
  });

  /** The heavier side wins nine times of ten. */
  const learnt = (trend: number): LiveMicroprice => {
    const draws = new Draws(1, 'books');
    const micro = new LiveMicroprice();
    let mid = 5000;
    for (let i = 0; i < 4000; i++) {
      const bidHeavy = draws.uniform() < 0.5;
      micro.observe(top(bidHeavy ? 90 : 10, bidHeavy ? 10 : 90, mid));
      const up = draws.uniform() < (bidHeavy ? 0.9 : 0.1) + trend;
      mid += up ? 100 : -100;
    }
    return micro;
  };

  test('then leans to where books of that imbalance went', () => {
    const micro = learnt(0);
    expect(micro.value(top(90, 10))).toBeGreaterThan(5040);
    expect(micro.value(top(10, 90))).toBeCloseTo(10_000 - micro.value(top(90, 10)), 6);
  });

  test('knows no trend: a market that only rose leans no more to one side than to the other', () => {
    const micro = learnt(0.09);
    expect(micro.value(top(50, 50)) - 5000).toBeCloseTo(0, 6);
  });

  test('never leaves the spread, whatever the sizes', () => {
    const micro = learnt(0);
    for (const [bid, ask] of [
      [1, 0],
      [0, 1],
      [1e6, 1],
      [1, 1e6],
    ] as const) {
      const value = micro.value(top(bid, ask));
      expect(value).toBeGreaterThanOrEqual(4950);
      expect(value).toBeLessThanOrEqual(5050);
    }
  });

  test('does not count what happened while the book was lost', () => {
    const micro = new LiveMicroprice();
    micro.observe(top(50, 50));
    micro.interrupt();
    micro.observe(top(50, 50, 7000));
    expect(micro.transitions).toBe(0);
  });
});
