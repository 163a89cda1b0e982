import { describe, expect, test } from 'vitest';
import { nullAlpha } from '../../../src/alpha/null-alpha.js';
import { Signals } from '../../../src/alpha/signals.js';
import type { SignalUpdate } from '../../../src/domain/events.js';
import { ticker } from '../../../src/domain/ids.js';
import { epochUs, seconds, later, type EpochUs } from '../../../src/domain/units.js';

const start = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(start, seconds(s));
const rain = ticker('KXRAIN-26NOV21');
const signal = (shift: number, formed: number, received = formed): SignalUpdate => ({
  type: 'signal',
  at: at(received),
  ticker: rain,
  shift,
  asOf: at(formed),
});
const signals = (): Signals => new Signals({ ageMax: seconds(10), shiftMax: 300 });

test('the null alpha has no opinion', () => {
  expect(nullAlpha.getExternalSkew(rain, start)).toBe(0);
});

describe('the external skew', () => {
  test('is 0 for a market nobody spoke of', () => {
    const alpha = signals();
    alpha.apply(signal(100, 0));
    expect(alpha.getExternalSkew(ticker('OTHER'), at(0))).toBe(0);
  });

  test('is the last opinion until it is older than the limit', () => {
    const alpha = signals();
    alpha.apply(signal(-150, 0));
    expect([0, 10, 10.000001].map((s) => alpha.getExternalSkew(rain, at(s)))).toEqual([-150, -150, 0]);
  });

  test.each([
    [300, 300],
    [301, 300],
    [-9000, -300],
  ])('%i is bounded to %i', (shift, read) => {
    const alpha = signals();
    alpha.apply(signal(shift, 0));
    expect(alpha.getExternalSkew(rain, at(1))).toBe(read);
  });

  test.each([NaN, Infinity, -Infinity])('%f withdraws the opinion', (shift) => {
    const alpha = signals();
    alpha.apply(signal(200, 0));
    alpha.apply(signal(shift, 1));
    expect(alpha.getExternalSkew(rain, at(1))).toBe(0);
  });

  test('is not replaced by an opinion formed earlier that arrives later', () => {
    const alpha = signals();
    alpha.apply(signal(200, 5));
    alpha.apply(signal(-200, 4, 6));
    expect(alpha.getExternalSkew(rain, at(6))).toBe(200);
  });

  test('of a source whose clock runs ahead ages from its arrival and can be replaced', () => {
    const alpha = signals();
    alpha.apply(signal(200, 5000, 0));
    expect(alpha.getExternalSkew(rain, at(10))).toBe(200);
    expect(alpha.getExternalSkew(rain, at(11))).toBe(0);
    alpha.apply(signal(100, 12));
    expect(alpha.getExternalSkew(rain, at(12))).toBe(100);
  });
});
