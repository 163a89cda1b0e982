import { expect, test } from 'vitest';
import { epochUs, seconds, UNKNOWN_TIME } from '../../../src/domain/units.js';
import { DataAge } from '../../../src/engine/data-age.js';

const at = (s: number): ReturnType<typeof epochUs> => epochUs(1_795_000_000_000_000 + s * 1e6);

test('the smallest lag is taken for clock difference and travel time', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(2));
  expect(age.age).toBe(0);
  age.observe(at(1), at(3.5));
  expect(age.age).toBe(500_000);
  age.observe(at(4), at(12));
  expect(age.age).toBe(6_000_000);
});

test('a clock ahead of the exchange or behind it is no age', () => {
  for (const offset of [-3, 3]) {
    const age = new DataAge(seconds(5));
    age.observe(at(0), at(offset));
    age.observe(at(1), at(offset + 1));
    expect(age.age).toBe(0);
  }
});

test('a feed that is far behind from its first frame on is old, not differently clocked', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(11));
  expect(age.age).toBe(6_000_000);
});

test('frames without a stamp say nothing', () => {
  const age = new DataAge(seconds(5));
  age.observe(UNKNOWN_TIME, at(11));
  expect(age.age).toBe(0);
});

test.each([
  ['is ours before anything was heard', [], 100],
  ['is ahead of ours where a stamp came from our future', [[3, 0]], 103],
  [
    'is behind ours by the smallest lag, of which a part is travel',
    [
      [0, 2.5],
      [1, 3],
      [2, 5],
    ],
    98,
  ],
  ['is never believed to be further behind than the limit', [[0, 60]], 95],
] as const)('the exchange’s clock %s', (_, stamps, expected) => {
  const age = new DataAge(seconds(5));
  for (const [exchangeAt, heardAt] of stamps) age.observe(at(exchangeAt), at(heardAt));
  expect(age.exchangeTime(at(100))).toBe(at(expected));
});

test('one stamp from the far future does not make everything after it look old', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(0.1));
  age.observe(at(1e9), at(1));
  age.witness(at(1e9), at(1));
  age.observe(at(2), at(2.1));
  expect([age.age, age.clockBehind]).toEqual([0, 0]);
});

test('one stamp a little ahead is outvoted by the hundred that follow it; two hundred do not outvote what three have confirmed', () => {
  const wrong = new DataAge(seconds(5));
  wrong.observe(at(20), at(0));
  for (let i = 1; i < 100; i++) wrong.observe(at(i), at(i + 0.1));
  expect(wrong.age).toBe(20_100_000);
  expect(wrong.clockBehind).toBe(20_000_000);
  wrong.observe(at(100), at(100.1));
  expect([wrong.age, wrong.clockBehind]).toEqual([0, 0]);

  const late = new DataAge(seconds(5));
  for (let i = 0; i < 4; i++) late.observe(at(i), at(i + 0.1));
  for (let i = 4; i < 204; i++) late.observe(at(i), at(i + 4));
  expect(late.age).toBe(3_900_000);
});

test('a clock of ours that is far behind is believed once three stamps in a row say the same', () => {
  const age = new DataAge(seconds(5));
  for (let i = 0; i < 2; i++) age.observe(at(i + 90), at(i + 0.1));
  expect(age.clockBehind).toBe(0);
  age.observe(at(92), at(2));
  expect(age.clockBehind).toBe(90_000_000);
  age.observe(at(93), at(9));
  expect(age.age).toBe(6_000_000);
});

test('what passed for a difference of clocks is age once a fresher stamp shows it', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(4));
  age.observe(at(1), at(6.5));
  expect(age.age).toBe(1_500_000);
  age.witness(at(6.5), at(6.8));
  expect(age.age).toBe(5_200_000);
  age.restart();
  age.witness(at(8), at(8.1));
  expect(age.age).toBe(0);
});

test('a burst out of a backlog does not outvote the one fresh stamp before it', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(0.1));
  for (let i = 0; i < 300; i++) age.observe(at(1), at(9));
  expect(age.age).toBe(7_900_000);
});

test('a fresh word beside the stream confirms what fresh stamps have shown', () => {
  const age = new DataAge(seconds(5));
  age.observe(at(0), at(0.1));
  for (const s of [1, 2, 3]) age.witness(at(s), at(s + 0.3));
  for (let i = 0; i < 300; i++) age.observe(at(4 + i), at(12 + i));
  expect(age.age).toBe(7_900_000);
});
