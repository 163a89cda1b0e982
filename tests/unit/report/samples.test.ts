import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { Samples } from '../../../src/report/samples.js';

const series = fc.array(fc.tuple(fc.nat(5_000_000), fc.integer({ min: -1000, max: 1000 })), { minLength: 1, maxLength: 300 });

test('however long the curve, memory is bounded, time rises, the last value is the last and no extreme is lost', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 16 }), (steps, max) => {
      const samples = new Samples<{ last: number; high: number }>((a, b) => ({ last: b.last, high: Math.max(a.high, b.high) }), max);
      let at = 1_795_000_000_000_000;
      for (const [after, value] of steps) {
        at += after;
        samples.add(epochUs(at), { last: value, high: value });
      }
      const list = samples.list();
      expect(list.length).toBeLessThanOrEqual(max);
      for (let i = 1; i < list.length; i++) expect(list[i]?.at).toBeGreaterThan(list[i - 1]?.at ?? Number.POSITIVE_INFINITY);
      expect(list.at(-1)).toMatchObject({ at, value: { last: steps.at(-1)?.[1] } });
      expect(Math.max(...list.map((sample) => sample.value.high))).toBe(Math.max(...steps.map(([, value]) => value)));
    }),
  );
});

test('a short curve is kept as it is', () => {
  const samples = new Samples<number>((_, b) => b);
  for (let i = 0; i < 1000; i++) samples.add(epochUs(i * 2000), i);
  expect(samples.list().map((sample) => sample.value)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test('a value that comes late is not put before what was there', () => {
  const samples = new Samples<number>((_, b) => b);
  samples.add(epochUs(10_000), 1);
  samples.add(epochUs(5000), 2);
  expect(samples.list()).toMatchObject([{ at: 10_000, value: 2 }]);
});
