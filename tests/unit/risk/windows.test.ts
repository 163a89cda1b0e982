import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marketIndex } from '../../../src/domain/ids.js';
import { millis, seconds } from '../../../src/domain/units.js';
import { DuplicateWatch, RateWindow, RefusalBreaker } from '../../../src/risk/windows.js';
import { at } from './scenes.js';

describe('a rate over a sliding window', () => {
  test('no window of its span ever holds more than the most, and nothing is held back without need', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 60, size: 'max' }),
        (max, waits) => {
          const window = new RateWindow(max, seconds(1));
          const noted: number[] = [];
          let now = 0;
          for (const wait of waits) {
            now += wait / 1000;
            const within = noted.filter((when) => at(now) - when < seconds(1)).length;
            expect(window.hasRoom(at(now))).toBe(within < max);
            if (within >= max) continue;
            window.note(at(now));
            noted.push(at(now));
          }
        },
      ),
    );
  });

  test('of none has no room', () => {
    expect(new RateWindow(0, seconds(1)).hasRoom(at(0))).toBe(false);
  });
});

describe('the refusal breaker', () => {
  const ONE = marketIndex(0);

  test('does not trip while refusals are rare', () => {
    const breaker = new RefusalBreaker(2);
    expect([0, 31, 62, 93].map((s) => breaker.note(ONE, at(s)))).toEqual([false, false, false, false]);
  });

  test('trips once, per market, and closes after a minute', () => {
    const breaker = new RefusalBreaker(1);
    expect([breaker.note(ONE, at(0)), breaker.note(ONE, at(1)), breaker.note(ONE, at(2))]).toEqual([false, true, false]);
    expect([breaker.isOpen(ONE, at(60)), breaker.isOpen(ONE, at(61)), breaker.isOpen(marketIndex(1), at(2))]).toEqual([true, false, false]);
  });
});

describe('the watch for duplicates', () => {
  test('knows the last intent of each slot for as long as the window', () => {
    const watch = new DuplicateWatch(millis(500));
    watch.note('bid', 'a', at(0));
    expect([
      watch.isRepeat('bid', 'a', at(0.4)),
      watch.isRepeat('bid', 'a', at(0.5)),
      watch.isRepeat('ask', 'a', at(0)),
      watch.isRepeat('bid', 'b', at(0)),
    ]).toEqual([true, false, false, false]);
  });
});
