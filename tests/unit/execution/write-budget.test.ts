import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WriteBudget } from '../../../src/domain/events.js';
import type { Approved, Call, VenueCommand } from '../../../src/domain/order.js';
import { epochUs, later, millis, seconds } from '../../../src/domain/units.js';
import { UNSCOPED, WriteBudgets, type CommandKind } from '../../../src/execution/write-budget.js';
import { at, place } from './facts.js';

const stated = (changes: Partial<WriteBudget> = {}): WriteBudget => ({
  type: 'write-budget',
  at: at(0),
  refillPerSecond: 100,
  capacity: 100,
  createCost: 10,
  amendCost: 10,
  cancelCost: 2,
  ...changes,
});

const budgets = (changes: Partial<WriteBudget> = {}): WriteBudgets => {
  const model = new WriteBudgets();
  model.update(stated(changes));
  return model;
};

const spend = (kind: CommandKind, shard = UNSCOPED, s = 0) => ({ kind, shard, now: at(s) });
const take = (model: WriteBudgets, kind: CommandKind, times: number, shard = UNSCOPED, s = 0): void => {
  for (let i = 0; i < times; i++) model.take(spend(kind, shard, s));
};

describe('what is affordable', () => {
  test('leaves what the triggers of all order groups cost, however few orders rest', () => {
    const model = budgets();
    model.keepForGroups(2);
    expect([model.reserve(0), model.reserve(3), model.reserve(15), model.sweepReserve]).toEqual([20, 20, 30, 20]);
    take(model, 'place', 7);
    expect(model.affordable(spend('place'), 1)).toBe(true);
    take(model, 'place', 1);
    expect([model.affordable(spend('place'), 1), model.affordable(spend('cancel'), 1)]).toEqual([false, true]);
    model.takeForGroup(at(0));
    expect(model.tokens(UNSCOPED, at(0))).toBe(10);
  });

  test('a full basic bucket pays for ten placements at once', () => {
    const model = budgets();
    take(model, 'place', 9);
    expect(model.affordable(spend('place'), 0)).toBe(true);
    take(model, 'place', 1);
    expect(model.affordable(spend('place'), 0)).toBe(false);
  });

  test('refills continuously', () => {
    const model = budgets();
    take(model, 'place', 10);
    expect(model.affordable({ ...spend('place'), now: later(at(0), millis(99)) }, 0)).toBe(false);
    expect(model.affordable({ ...spend('place'), now: later(at(0), millis(100)) }, 0)).toBe(true);
  });

  test('placements leave enough to cancel what rests; cancels use it', () => {
    const model = budgets();
    take(model, 'place', 8);
    expect(model.affordable(spend('place'), 6)).toBe(false);
    expect(model.affordable(spend('cancel'), 6)).toBe(true);
    expect(model.affordable(spend('place'), 5)).toBe(true);
  });

  test('at most half of a bucket is kept back', () => {
    expect(budgets().reserve(1000)).toBe(50);
  });

  test('each shard has a bucket of its own', () => {
    const model = budgets();
    take(model, 'place', 10, 2);
    expect([model.affordable(spend('place', 2), 0), model.affordable(spend('place', 3), 0), model.affordable(spend('place'), 0)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('what the exchange says', () => {
  test('costs and refill follow its statement', () => {
    const model = budgets({ createCost: 7, amendCost: 5, cancelCost: 1 });
    expect((['place', 'amend', 'decrease', 'cancel'] as const).map((kind) => model.cost(kind))).toEqual([7, 5, 5, 1]);
  });

  test('before it has said anything the smallest tier is assumed', () => {
    const model = new WriteBudgets();
    take(model, 'place', 10);
    expect(model.affordable(spend('place'), 0)).toBe(false);
  });

  test('a smaller capacity takes effect at once, a larger one is filled up to', () => {
    const model = budgets({ capacity: 300, refillPerSecond: 300 });
    model.update(stated({ capacity: 100 }));
    expect(model.tokens(UNSCOPED, at(0))).toBe(100);
    take(model, 'place', 5);
    model.update(stated({ capacity: 300 }));
    expect(model.tokens(UNSCOPED, at(0))).toBe(50);
  });

  test('its refill is told, also before it was stated', () => {
    expect([new WriteBudgets().refillPerSecond, budgets({ refillPerSecond: 300 }).refillPerSecond]).toEqual([100, 300]);
    const unstated = new WriteBudgets();
    expect((['place', 'amend', 'decrease', 'cancel'] as const).map((kind) => unstated.cost(kind))).toEqual([10, 10, 10, 2]);
    expect(unstated.tokens(UNSCOPED, at(0))).toBe(100);
  });

  test('what was gained until the statement is gained at the old rate', () => {
    const model = budgets();
    take(model, 'place', 10);
    model.update(stated({ at: at(0.5), refillPerSecond: 1000, capacity: 1000 }));
    expect(model.tokens(UNSCOPED, at(0.5))).toBe(50);
    expect(model.tokens(UNSCOPED, at(0.6))).toBe(150);
  });

  test('a moment that lies before the last one gains nothing and loses nothing', () => {
    const model = budgets();
    take(model, 'place', 5, UNSCOPED, 10);
    expect([model.tokens(UNSCOPED, at(9)), model.tokens(UNSCOPED, at(10)), model.tokens(UNSCOPED, at(10.1))]).toEqual([50, 50, 60]);
  });

  test('a 429 takes no debt away and lends nothing', () => {
    const model = budgets();
    take(model, 'cancel', 60);
    expect(model.tokens(UNSCOPED, at(0))).toBe(-20);
    expect(model.affordable(spend('cancel'), 0)).toBe(false);
    model.exhausted(at(0));
    expect(model.tokens(UNSCOPED, at(0))).toBe(-20);
    model.exhausted(at(1));
    expect(model.tokens(UNSCOPED, at(1))).toBe(0);
  });

  test('a cancel leaves with the last token', () => {
    const model = budgets({ capacity: 2, refillPerSecond: 0 });
    expect(model.affordable(spend('cancel'), 9)).toBe(true);
    take(model, 'cancel', 1);
    expect([model.tokens(UNSCOPED, at(0)), model.affordable(spend('cancel'), 9)]).toEqual([0, false]);
  });

  test('a 429 empties the model, every shard of it', () => {
    const model = budgets();
    take(model, 'cancel', 1, 2);
    model.exhausted(at(0));
    expect([model.affordable(spend('cancel', 2), 0), model.affordable(spend('cancel'), 0)]).toEqual([false, false]);
    expect(model.affordable(spend('place', 2, 1), 0)).toBe(true);
  });
});

describe('batches', () => {
  const call = (mode: Call['mode'], count: number): Call => ({
    mode,
    commands: Array.from({ length: count }, (_, n) => place({ n }) as VenueCommand as Approved<VenueCommand>),
  });

  test('draw on the unscoped bucket whatever their shard', () => {
    const model = budgets();
    take(model, 'place', 5, 2);
    model.batched(call('batch', 5), () => 2, at(0));
    expect([model.tokens(2, at(0)), model.tokens(UNSCOPED, at(0))]).toEqual([100, 50]);
  });

  test('of the unscoped shard stay where they were counted', () => {
    const model = budgets();
    take(model, 'place', 5);
    model.batched(call('batch', 5), () => UNSCOPED, at(0));
    expect(model.tokens(UNSCOPED, at(0))).toBe(50);
  });

  test('give no shard more than its capacity back', () => {
    const model = budgets();
    model.batched(call('batch', 2), () => 2, at(0));
    expect([model.tokens(2, at(0)), model.tokens(UNSCOPED, at(0))]).toEqual([100, 80]);
  });

  test('single calls stay where they were counted', () => {
    const model = budgets();
    take(model, 'place', 1, 2);
    model.batched(call('single', 1), () => 2, at(0));
    expect([model.tokens(2, at(0)), model.tokens(UNSCOPED, at(0))]).toEqual([90, 100]);
  });
});

describe('for any traffic that asks first', () => {
  test('no window of time sees more tokens spent than capacity and refill allow', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 400 }),
      kind: fc.constantFrom<CommandKind>('place', 'amend', 'decrease', 'cancel'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), fc.integer({ min: 0, max: 40 }), (steps, resting) => {
        const model = budgets();
        const sent: { readonly at: number; readonly cost: number }[] = [];
        let now = at(0);
        for (const { wait, kind } of steps) {
          now = later(now, millis(wait));
          if (!model.affordable({ kind, shard: UNSCOPED, now }, resting)) continue;
          model.take({ kind, shard: UNSCOPED, now });
          sent.push({ at: now, cost: model.cost(kind) });
        }
        let excess = 0;
        for (const [i, first] of sent.entries()) {
          let cost = 0;
          for (const one of sent.slice(i)) {
            cost += one.cost;
            excess = Math.max(excess, cost - 100 - (100 * (one.at - first.at)) / seconds(1));
          }
        }
        expect(excess).toBeLessThan(1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('tokens are never above capacity, whichever way the clock is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 30 }), (moments) => {
        const model = budgets();
        for (const moment of moments) {
          model.take({ kind: 'cancel', shard: UNSCOPED, now: epochUs(at(0) + moment) });
          expect(model.tokens(UNSCOPED, epochUs(at(0) + moment))).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});
