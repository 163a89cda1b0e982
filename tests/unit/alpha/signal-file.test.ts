import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatOf, parseSignals, SignalFileError } from '../../../src/alpha/signal-file.js';

const JSON_TEXT = '{ "KXBTCD-26JUL0317-T61999.99": 1.5, "KXRAIN-26NOV21": -2 }';
const CSV_TEXT = 'ticker,cents\r\nKXBTCD-26JUL0317-T61999.99,1.5\r\n\r\nKXRAIN-26NOV21, -2\r\n';
const EXPECTED = [
  { ticker: 'KXBTCD-26JUL0317-T61999.99', shift: 150 },
  { ticker: 'KXRAIN-26NOV21', shift: -200 },
];

describe('a signal file', () => {
  test('is read from JSON, cents becoming price units', () => {
    expect(parseSignals(JSON_TEXT, 'json', 'a.json')).toEqual(EXPECTED);
  });
  test('is read from CSV, with or without header', () => {
    expect(parseSignals(CSV_TEXT, 'csv', 'a.csv')).toEqual(EXPECTED);
    expect(parseSignals('KXRAIN-26NOV21,-2', 'csv', 'a.csv')).toEqual(EXPECTED.slice(1));
  });
  test('may be empty of opinions', () => {
    expect(parseSignals('{}', 'json', 'a.json')).toEqual([]);
    expect(parseSignals('', 'csv', 'a.csv')).toEqual([]);
  });
  test('tells its format by its name', () => {
    expect(['a.csv', 'B.CSV', 'a.json', 'a'].map(formatOf)).toEqual(['csv', 'csv', 'json', 'json']);
  });
});

describe('a signal file is refused whole, with the fault named', () => {
  test.each([
    ['json', '{ "A": 1', 'valid JSON'],
    ['json', '', 'valid JSON'],
    ['json', '[1]', 'one JSON object'],
    ['json', 'null', 'one JSON object'],
    ['json', '{ "A": 1, "B": "2" }', 'a number of cents for "B"'],
    ['json', '{ "A": null }', 'a number of cents for "A"'],
    ['json', '{ "A": 1e400 }', 'at most a dollar of shift'],
    ['json', '{ "A": -100.5 }', 'at most a dollar of shift'],
    ['json', '{ "__proto__": 1 }', 'a ticker of letters'],
    ['json', '{ "A B": 1 }', 'a ticker of letters'],
    ['csv', 'A', '"TICKER,cents" in line 1'],
    ['csv', 'A,1,2', '"TICKER,cents" in line 1'],
    ['csv', 'A,1\nticker,cents', 'cents with at most four decimals in line 2'],
    ['csv', 'A,1e2', 'cents with at most four decimals in line 1'],
    ['csv', 'A,', 'cents with at most four decimals in line 1'],
    ['csv', 'A,1\nA,2', 'line 2 repeats one'],
  ] as const)('%s %j: %s', (format, text, words) => {
    const read = (): unknown => parseSignals(text, format, 'dir/alpha');
    expect(read).toThrow(SignalFileError);
    expect(read).toThrow(words);
    expect(read).toThrow('signal file dir/alpha: ');
  });

  test('whatever the text, the answer is opinions of at most a dollar or the typed error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.string(), { maxLength: 3 }).map((lines) => lines.join('\n')),
        ),
        fc.constantFrom('json' as const, 'csv' as const),
        (text, format) => {
          try {
            for (const { shift } of parseSignals(text, format, 'x')) expect(Math.abs(shift)).toBeLessThanOrEqual(10_000);
          } catch (error) {
            expect(error).toBeInstanceOf(SignalFileError);
          }
        },
      ),
    );
  });
});
