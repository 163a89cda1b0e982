import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atPath, InvalidPathError, parsePath } from '../../../../src/alpha/feeds/json-path.js';
import { impliedProbability, multiplicative, power } from '../../../../src/alpha/feeds/odds-math.js';
import { OddsReader, type OddsReading } from '../../../../src/alpha/feeds/odds.js';
import { ticker } from '../../../../src/domain/ids.js';

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

describe('a path', () => {
  const document = {
    a: {
      'b c': [
        { id: 7, x: 1 },
        { id: 'q', x: 2 },
      ],
    },
    list: [10, [20, 21]],
  };
  test.each<[string, unknown]>([
    ['list[0]', 10],
    ['list[1][1]', 21],
    ['$.list[1][0]', 20],
    ["a['b c'][0].x", 1],
    ["a['b c'][?@.id=='q'].x", 2],
    ["$['a']['b c'][?@.id=='7'].x", 1],
    ['a.none.deeper', undefined],
    ['list.length', undefined],
    ['a.constructor', undefined],
    ['list[9]', undefined],
    ["list[?@.id=='7']", undefined],
  ])('%s leads to %j', (path, value) => expect(atPath(document, parsePath(path))).toEqual(value));

  test.each([
    '',
    'a..b',
    'a.',
    '.a',
    'a[',
    'a[-1]',
    'a[x]',
    "a['']",
    'a b',
    "a[?@.x=='1'",
    'a[*]',
    '$'.repeat(2) + '..',
    `${'a'.repeat(5000)}!`,
  ])('%j is none', (path) => expect(() => parsePath(path)).toThrow(InvalidPathError));
});

describe('odds', () => {
  test.each<[number, 'american' | 'decimal' | 'probability', number]>([
    [150, 'american', 0.4],
    [-150, 'american', 0.6],
    [100, 'american', 0.5],
    [-100, 'american', 0.5],
    [2, 'decimal', 0.5],
    [1.25, 'decimal', 0.8],
    [0.3, 'probability', 0.3],
  ])('%d %s imply %d', (odds, format, implied) => expect(impliedProbability(odds, format)).toBeCloseTo(implied, 12));

  test.each<[number, 'american' | 'decimal' | 'probability']>([
    [99, 'american'],
    [0, 'american'],
    [NaN, 'american'],
    [Infinity, 'american'],
    [1, 'decimal'],
    [-2, 'decimal'],
    [Infinity, 'decimal'],
    [0, 'probability'],
    [1, 'probability'],
    [NaN, 'probability'],
  ])('%d are no %s odds', (odds, format) => expect(impliedProbability(odds, format)).toBeNaN());

  test('-110 both ways is even, whichever way the margin is taken out', () => {
    const implied = [-110, -110].map((odds) => impliedProbability(odds, 'american'));
    expect(sum(implied)).toBeCloseTo(1.0476190476, 9);
    for (const way of [multiplicative, power]) expect(way(implied)).toEqual([0.5, 0.5].map((x) => expect.closeTo(x, 12) as number));
  });

  test('the power method takes more from the outsider', () => {
    const implied = [0.85, 0.2];
    const fair = power(implied);
    expect(sum(fair)).toBeCloseTo(1, 12);
    expect(fair.at(1)).toBeLessThan(multiplicative(implied).at(1) ?? 0);
  });

  test('without their margin sum to 1 and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.02, max: 0.9, noNaN: true }), { minLength: 2, maxLength: 8 }), (implied) => {
        for (const way of [multiplicative, power]) {
          const fair = way(implied);
          expect(sum(fair)).toBeCloseTo(1, 9);
          expect(fair.every((p) => p > 0 && p < 1)).toBe(true);
          const ranked = implied.map((one, i) => [one, fair[i] ?? 0] as const).sort((x, y) => x[0] - y[0]);
          expect(ranked.every(([, p], i) => i === 0 || p >= (ranked[i - 1]?.[1] ?? 0))).toBe(true);
        }
      }),
    );
  });
});

describe('an answer', () => {
  const READING: OddsReading = {
    name: 'book',
    odds: 'american',
    outcomes: [
      { ticker: ticker('KXA'), path: "game.outcomes[?@.label=='Home'].odds" },
      { ticker: null, path: "game.outcomes[?@.label=='Away'].odds" },
    ],
    margin: 'multiplicative',
    timePath: null,
  };
  const answer = (home: unknown, away: unknown, more: object = {}): string =>
    JSON.stringify({
      game: {
        outcomes: [
          { label: 'Away', odds: away },
          { label: 'Home', odds: home },
        ],
      },
      ...more,
    });
  const read = (text: string, changes: Partial<OddsReading> = {}) => new OddsReader({ ...READING, ...changes }).read(text);

  test('becomes one probability per market of ours, the margin taken out over all outcomes', () => {
    const { opinions } = read(answer('-150', '+130'));
    expect(opinions).toEqual([{ ticker: 'KXA', probability: expect.closeTo(0.6 / (0.6 + 100 / 230), 12) as number }]);
  });

  test('with the minus sign of print is read too', () => {
    expect(read(answer('−150', '+130')).opinions[0]?.probability).toBeCloseTo(0.6 / (0.6 + 100 / 230), 12);
  });

  test.each<[unknown, number]>([
    ['2026-11-21T12:00:00Z', 1_795_262_400_000_000],
    ['2026-11-21T13:00:00.25+01:00', 1_795_262_400_250_000],
    [1_795_262_400, 1_795_262_400_000_000],
    ['1795262400500', 1_795_262_400_500_000],
  ])('formed at %j says so', (time, us) => {
    expect(read(answer('-150', '+130', { at: time }), { timePath: 'at' }).formedAt).toBe(us);
  });

  test.each<[string, string, Partial<OddsReading>, string]>([
    ['is no JSON', '<html>', {}, 'book: frame: expected JSON, got "<html>"'],
    ['has no such outcome', '{"game":{"outcomes":[]}}', {}, 'expected american odds, got "nothing"'],
    ['has odds that are none', answer('EVEN', '-110'), {}, 'expected american odds, got "EVEN"'],
    ['has odds of another format', answer(1.9, 1.9), {}, 'expected american odds, got "1.9"'],
    ['has odds that are a list', answer([1], 1), {}, 'got "a list of 1"'],
    ['is no whole book', answer('+400', '+400'), {}, 'probabilities that sum to 0.95 to 1.6 before the margin is taken out, got "0.4000"'],
    ['is a book that adds up to far too much', answer('-900', '-900'), {}, 'got "1.8000"'],
    ['has a time that is none', answer('-150', '+130', { at: 'noon' }), { timePath: 'at' }, 'time: expected a time in RFC 3339'],
  ])('that %s is a typed error', (_, text, changes, told) => expect(() => read(text, changes)).toThrow(told));
});
