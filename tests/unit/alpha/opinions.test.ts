import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Signals, type SignalLimits } from '../../../src/alpha/signals.js';
import type { OpinionUpdate } from '../../../src/domain/events.js';
import { ticker } from '../../../src/domain/ids.js';
import { epochUs, later, seconds, type EpochUs } from '../../../src/domain/units.js';

const start = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(start, seconds(s));
const rain = ticker('KXRAIN-26NOV21');
const LIMITS: SignalLimits = { ageMax: seconds(10), shiftMax: 300, totalMax: 400 };

const opinion = (source: string, probability: number | null, confidence: number, formed: number, received = formed): OpinionUpdate => ({
  type: 'opinion',
  at: at(received),
  ticker: rain,
  source,
  probability,
  confidence,
  asOf: at(formed),
});
const holding = (words: readonly OpinionUpdate[], limits: SignalLimits = LIMITS): Signals => {
  const signals = new Signals(limits);
  for (const word of words) signals.applyOpinion(word);
  return signals;
};
const skew = (signals: Signals, s: number, fair: number | null = 5000): number => signals.getExternalSkew(rain, at(s), fair, 10_000);

describe('a probability from outside', () => {
  test('shifts by its confidence times the difference to our own fair value', () => {
    expect(skew(holding([opinion('p', 0.52, 0.5, 0)]), 1)).toBeCloseTo(100, 9);
    expect(skew(holding([opinion('p', 0.49, 1, 0)]), 1)).toBeCloseTo(-100, 9);
  });

  test('shifts nothing where we have no fair value of our own', () => {
    expect(skew(holding([opinion('p', 0.9, 1, 0)]), 1, null)).toBe(0);
  });

  test('is measured against the payout of the contract', () => {
    const signals = holding([opinion('p', 0.52, 1, 0)]);
    expect(signals.getExternalSkew(rain, at(1), 500, 1000)).toBeCloseTo(20, 9);
  });

  test.each([
    ['above 1', 1.2, 1],
    ['below 0', -0.1, 1],
    ['no number', NaN, 1],
    ['withdrawn', null, 1],
    ['believed by no number', 0.6, NaN],
  ])('that is %s withdraws what its source said', (_, probability, confidence) => {
    const signals = holding([opinion('p', 0.51, 1, 0), opinion('p', probability, confidence, 1)]);
    expect([skew(signals, 1), signals.inForce(rain, at(1), 5000, 10_000)]).toEqual([0, []]);
  });

  test('that was withdrawn does not come back to life with an older word that arrives late', () => {
    const signals = holding([opinion('p', 0.51, 1, 0), opinion('p', null, 1, 5), opinion('p', 0.52, 1, 4, 6)]);
    expect(skew(signals, 6)).toBe(0);
  });

  test('is not replaced by one whose source has gone back in time', () => {
    expect(skew(holding([opinion('p', 0.51, 1, 5), opinion('p', 0.4, 1, 2, 6)]), 6)).toBeCloseTo(100, 9);
  });

  test('counts in full until it is too old, or fades where its source is set up so', () => {
    const words = [opinion('p', 0.52, 1, 0)];
    expect([0, 10, 10.000001].map((s) => skew(holding(words), s))).toEqual([200, 200, 0].map((x) => expect.closeTo(x, 6) as number));
    const fading = holding(words, { ...LIMITS, fade: 'linear' });
    expect([0, 5, 10, 11].map((s) => skew(fading, s))).toEqual([200, 100, 0, 0].map((x) => expect.closeTo(x, 6) as number));
  });

  test('is bounded by its own source and by the bound of all', () => {
    const limits: SignalLimits = { ...LIMITS, sources: { tight: { ageMax: seconds(2), shiftMax: 50, fade: 'drop' } } };
    expect(skew(holding([opinion('tight', 0.9, 1, 0)], limits), 1)).toBe(50);
    expect(skew(holding([opinion('tight', 0.9, 1, 0)], limits), 3)).toBe(0);
    expect(skew(holding([opinion('p', 0.9, 1, 0)], limits), 1)).toBe(300);
    expect(skew(holding([opinion('p', 0.9, 1, 0), opinion('q', 0.9, 1, 0)], limits), 1)).toBe(400);
  });

  test('believed wholly by two sources does not push beyond what both say', () => {
    expect(skew(holding([opinion('p', 0.51, 1, 0), opinion('q', 0.51, 1, 0)]), 1)).toBeCloseTo(100, 9);
  });
});

test('shifts and probabilities of different sources add up, each with its own age', () => {
  const signals = holding([opinion('p', 0.51, 1, 0)]);
  signals.apply({ type: 'signal', at: at(5), ticker: rain, shift: 30, asOf: at(5) });
  expect([skew(signals, 6), skew(signals, 12), skew(signals, 16)]).toEqual([130, 30, 0].map((x) => expect.closeTo(x, 6) as number));
});

test('what is in force can be shown', () => {
  const signals = holding([opinion('q', 0.51, 0.5, 0), opinion('p', 0.8, 1, 3)]);
  signals.apply({ type: 'signal', at: at(3), ticker: rain, shift: -20, asOf: at(3) });
  const shown = signals.inForce(rain, at(11), 5000, 10_000);
  expect(shown.map(({ source, shift, age, probability, stale }) => [source, shift, age, probability, stale])).toEqual([
    ['file', -20, 8_000_000, null, false],
    ['p', 300, 8_000_000, 0.8, false],
    ['q', 0, 11_000_000, 0.51, true],
  ]);
});

describe('silence', () => {
  const kinds = (signals: Signals, s: number) =>
    signals.turns(at(s)).map(({ kind, source, tickers, tell }) => [kind, source, tickers.length, tell]);

  test('is told once, and the return once', () => {
    const signals = holding([opinion('p', 0.51, 1, 0)]);
    expect([kinds(signals, 10), kinds(signals, 10.1), kinds(signals, 11)]).toEqual([[], [['stale', 'p', 1, true]], []]);
    signals.applyOpinion(opinion('p', 0.5, 1, 20));
    expect([kinds(signals, 20), kinds(signals, 20.1)]).toEqual([[['back', 'p', 1, true]], []]);
  });

  test('of many markets at once is one word', () => {
    const signals = new Signals(LIMITS);
    for (const name of ['A', 'B', 'C']) signals.applyOpinion({ ...opinion('p', 0.5, 1, 0), ticker: ticker(name) });
    expect(kinds(signals, 11)).toEqual([['stale', 'p', 3, true]]);
  });

  test('of a source that comes and goes is told at most once a minute, and looked at every time', () => {
    const signals = holding([opinion('p', 0.51, 1, 0)]);
    expect(kinds(signals, 11)).toEqual([['stale', 'p', 1, true]]);
    signals.applyOpinion(opinion('p', 0.5, 1, 12));
    expect(kinds(signals, 12)).toEqual([['back', 'p', 1, true]]);
    expect(kinds(signals, 23)).toEqual([['stale', 'p', 1, false]]);
    signals.applyOpinion(opinion('p', 0.5, 1, 24));
    expect([kinds(signals, 24), kinds(signals, 90)]).toEqual([[['back', 'p', 1, false]], [['stale', 'p', 1, true]]]);
  });

  test('of who has withdrawn is no silence', () => {
    const signals = holding([opinion('p', 0.51, 1, 0), opinion('p', null, 0, 1)]);
    expect(kinds(signals, 60)).toEqual([]);
  });

  test('begins at once for words that arrive too old', () => {
    expect(kinds(holding([opinion('p', 0.51, 1, 0, 30)]), 30)).toEqual([['stale', 'p', 1, true]]);
  });
});

test('whatever comes in, no bound is ever exceeded and nothing is no number', () => {
  const wild = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, 1, -0));
  const words = fc.array(
    fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      value: wild,
      confidence: wild,
      asOf: fc.integer({ min: -100, max: 100 }),
      plain: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  const limits: SignalLimits = { ...LIMITS, sources: { a: { ageMax: seconds(20), shiftMax: 10, fade: 'linear' } } };
  fc.assert(
    fc.property(words, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 9999 }), (list, now, fair) => {
      const signals = new Signals(limits);
      for (const { source, value, confidence, asOf, plain } of list)
        if (plain) signals.apply({ type: 'signal', at: start, ticker: rain, source, shift: value, asOf: at(asOf) });
        else signals.applyOpinion(opinion(source, value, confidence, asOf, 0));
      expect(Math.abs(skew(signals, now, fair))).toBeLessThanOrEqual(400);
      for (const one of signals.inForce(rain, at(now), fair, 10_000))
        expect(Math.abs(one.shift)).toBeLessThanOrEqual(one.source === 'a' ? 10 : 300);
    }),
  );
});
