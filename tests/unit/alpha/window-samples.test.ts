import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WindowSamples } from '../../../src/alpha/window-samples.js';
import { epochUs, seconds } from '../../../src/domain/units.js';

const SECOND = 1_000_000;
/** Seconds since some whole second. */
const at = (s: number) => epochUs(1_795_262_400 * SECOND + Math.round(s * SECOND));
const FIRST = 1_795_262_400;
const make = (samples = 60): WindowSamples => new WindowSamples(seconds(1), samples, seconds(2));
const sum = (samples: WindowSamples, first: number, last: number) => samples.sum(FIRST + first, FIRST + last);

describe('readings', () => {
  test('a reading is the value that stood at its moment', () => {
    const samples = make();
    samples.take(at(0.5), 10);
    samples.take(at(1.4), 20);
    // At 1 s the 10 of 0.5 s stood, at 2 s the 30 that came right then.
    samples.take(at(2), 30);
    expect(sum(samples, 1, 1)).toEqual({ seen: 1, sum: 10 });
    expect(sum(samples, 2, 2)).toEqual({ seen: 1, sum: 30 });
    expect(sum(samples, 1, 2)).toEqual({ seen: 2, sum: 40 });
  });

  test('a second value for the very moment of a reading replaces the first', () => {
    const samples = make();
    samples.take(at(1), 10);
    samples.take(at(1), 11);
    expect(sum(samples, 1, 1)).toEqual({ seen: 1, sum: 11 });
  });

  test('a value is carried over a short silence, a long one leaves a hole', () => {
    const samples = make();
    samples.take(at(0), 10);
    samples.take(at(2.5), 20);
    expect(sum(samples, 0, 2)).toEqual({ seen: 3, sum: 30 });
    samples.take(at(5.5), 30);
    // 20 was told at 2.5 s: it is known to stand at 3 and 4 s and no longer at 5 s.
    expect(sum(samples, 3, 4)).toEqual({ seen: 2, sum: 40 });
    expect(sum(samples, 3, 5)).toBeNull();
  });

  test('what came before the first value, after the last or is forgotten is not known', () => {
    const samples = make(3);
    samples.take(at(1), 10);
    expect(sum(samples, 0, 1)).toBeNull();
    expect(sum(samples, 1, 2)).toBeNull();
    for (const s of [2, 3, 4]) samples.take(at(s), s);
    expect(sum(samples, 1, 4)).toBeNull();
    expect(sum(samples, 2, 4)).toEqual({ seen: 3, sum: 9 });
  });

  test('a silence longer than the memory leaves nothing', () => {
    const samples = make(3);
    for (const s of [1, 2, 3]) samples.take(at(s), s);
    samples.take(at(1000), 7);
    expect(sum(samples, 998, 1000)).toBeNull();
    expect(sum(samples, 1000, 1000)).toEqual({ seen: 1, sum: 7 });
  });

  test('equals the plain rule for any times of arrival', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(gaps, (waits) => {
        const samples = make(30);
        const told: { t: number; value: number }[] = [];
        let t = 0.3;
        for (const [i, wait] of waits.entries()) {
          t = Math.round((t + wait) * 1e6) / 1e6;
          told.push({ t, value: i + 1 });
          samples.take(at(t), i + 1);
        }
        for (let s = Math.max(0, Math.floor(t) - 25); s <= Math.floor(t); s++) {
          const stood = told.filter((fact) => fact.t <= s).at(-1);
          const known = stood !== undefined && s - stood.t <= 2;
          expect(sum(samples, s, s)).toEqual(known ? { seen: 1, sum: stood.value } : null);
        }
      }),
    );
  });
});
