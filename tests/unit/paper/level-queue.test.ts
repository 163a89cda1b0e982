import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FeeAccumulator } from '../../../src/domain/fees.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import { price, quantity } from '../../../src/domain/units.js';
import { LevelQueue } from '../../../src/paper/level-queue.js';
import type { PaperOrder } from '../../../src/paper/paper-order.js';
import type { CancelRule } from '../../../src/paper/paper-settings.js';

const own = (n: number): PaperOrder => ({
  orderId: venueOrderId(`paper-${n}`),
  clientId: clientOrderId(`kmm-${n}`),
  market: marketIndex(0),
  side: 'bid',
  postOnly: true,
  cancelOnPause: false,
  price: price(4100),
  filled: quantity(0),
  remaining: quantity(500),
  expiresAt: null,
  since: 0,
  fees: new FeeAccumulator(),
});

/** 100 ahead of us, then the sizes that join behind. */
const queue = (rule: CancelRule, behind: readonly number[] = [], power = 1): { level: LevelQueue; order: PaperOrder } => {
  const level = new LevelQueue(100, rule, power);
  const order = own(1);
  level.enter(order);
  for (const size of behind) level.joined(size);
  return { level, order };
};

describe('a place in the queue', () => {
  test('who joins later is behind', () => {
    const { level, order } = queue('split', [40, 60]);
    expect([level.ahead(order), level.total]).toEqual([100, 200]);
  });

  test('trades take from the front, and go on behind us', () => {
    const { level, order } = queue('split', [40]);
    level.traded(30);
    expect([level.ahead(order), level.total]).toEqual([70, 110]);
    level.traded(90);
    expect([level.ahead(order), level.total]).toEqual([0, 20]);
    level.traded(50);
    expect([level.ahead(order), level.total]).toEqual([0, 0]);
  });

  test('a second order of ours stands behind what joined between', () => {
    const { level, order } = queue('split', [40]);
    const second = own(2);
    level.enter(second);
    level.joined(7);
    expect([level.ahead(order), level.ahead(second)]).toEqual([100, 140]);
    level.leave(order);
    expect(level.ahead(second)).toBe(140);
  });

  test('nothing that was ahead is left where somebody traded beyond our price', () => {
    const { level, order } = queue('split', [40]);
    level.passed(order);
    expect([level.ahead(order), level.total]).toEqual([0, 40]);
  });
});

describe('cancels', () => {
  test.each([
    ['split in proportion', 'split', 1, 60, 60],
    ['split with a power above one takes more from the larger part', 'split', 2, 60, 52],
    ['behind as far as there is', 'behind', 1, 60, 90],
    ['ahead as far as there is', 'ahead', 1, 60, 40],
    ['by size: the order behind of that size', 'by-size', 1, 20, 100],
    ['by size: no such order behind, so it was ahead', 'by-size', 1, 60, 40],
  ] as const)('%s', (_, rule, power, size, left) => {
    const { level, order } = queue(rule, [20, 30], power);
    level.cancelled(size);
    expect([level.ahead(order), level.total]).toEqual([left, 150 - size]);
  });

  test('by size knows what trades have left of an order', () => {
    const { level, order } = queue('by-size', [40, 40]);
    level.traded(110);
    level.cancelled(30);
    expect([level.ahead(order), level.total]).toEqual([0, 40]);
  });

  test('by size: each order leaves once', () => {
    const { level, order } = queue('by-size', [20]);
    level.cancelled(20);
    level.cancelled(20);
    expect([level.ahead(order), level.total]).toEqual([80, 80]);
  });

  test('more than there is empties the level', () => {
    const { level, order } = queue('split', [20]);
    level.cancelled(1000);
    expect([level.ahead(order), level.total]).toEqual([0, 0]);
  });
});

describe('a fresh book after a hole', () => {
  test.each([
    ['larger than before: nobody got in before us', 400, 100],
    ['smaller than what was ahead: not more than there is', 60, 60],
    ['empty', 0, 0],
  ])('%s', (_, size, ahead) => {
    const { level, order } = queue('by-size', [50]);
    level.rebase(size);
    expect([level.ahead(order), level.total]).toEqual([ahead, size]);
  });

  test('an order that came while nobody knew the book stands behind all that it shows', () => {
    const level = new LevelQueue(Infinity, 'split', 1);
    const order = own(1);
    level.enter(order);
    level.traded(10);
    expect(level.ahead(order)).toBe(Infinity);
    level.rebase(70);
    expect([level.ahead(order), level.total]).toEqual([70, 70]);
  });
});

describe('whatever happens', () => {
  const rule = fc.constantFrom<CancelRule>('by-size', 'split', 'behind', 'ahead');
  const happening = fc.oneof(
    fc.record({ kind: fc.constantFrom('joined', 'traded', 'cancelled', 'rebase'), size: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ kind: fc.constantFrom('enter', 'leave'), size: fc.integer({ min: 0, max: 5 }) }),
  );

  test('a place only gets better, sizes are whole and never negative, and the level is the sum of what came and went', () => {
    fc.assert(
      fc.property(rule, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.array(happening, { maxLength: 80 }), (cancels, power, events) => {
        const level = new LevelQueue(200, cancels, power);
        const orders: PaperOrder[] = [];
        let total = 200;
        for (const [i, { kind, size }] of events.entries()) {
          const before = orders.map((order) => level.ahead(order));
          if (kind === 'joined') [total] = [total + size, level.joined(size)];
          else if (kind === 'traded') [total] = [Math.max(total - size, 0), level.traded(size)];
          else if (kind === 'cancelled') [total] = [Math.max(total - size, 0), level.cancelled(size)];
          else if (kind === 'rebase') [total] = [size, level.rebase(size)];
          else if (kind === 'enter') {
            orders.push(own(i));
            level.enter(orders.at(-1) as PaperOrder);
            before.push(total);
          } else {
            const [gone] = orders.splice(size % Math.max(orders.length, 1), 1);
            if (gone === undefined) continue;
            level.leave(gone);
            before.splice(size % before.length, 1);
          }
          expect(level.total).toBe(total);
          for (const [n, order] of orders.entries()) {
            const ahead = level.ahead(order);
            expect(Number.isInteger(ahead) && ahead >= 0 && ahead <= total).toBe(true);
            expect(ahead).toBeLessThanOrEqual(before.at(n) ?? 0);
            if (n > 0) expect(ahead).toBeGreaterThanOrEqual(level.ahead(orders.at(n - 1) ?? order));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
