import { describe, expect, test } from 'vitest';
import { parseCalendar } from '../../../src/config/calendar.js';
import { ConfigError } from '../../../src/config/issue.js';

const issuesOf = (text: string): string[] => {
  try {
    parseCalendar(text, 'calendar.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ origin, key }) => `${origin.type === 'file' ? origin.line : 0} ${key}`);
    throw error;
  }
  return [];
};

describe('a calendar', () => {
  test('gives windows in engine time, with defaults for what is left out', () => {
    const [first, second] = parseCalendar(
      '- { name: CPI, at: 2026-12-10T08:30:00-05:00, before_seconds: 120, after_seconds: 30, action: reduce-only, series: [KXCPI] }\n- { name: FOMC, at: "2026-12-16T19:00Z" }\n',
      'calendar.yaml',
    );
    const release = Date.UTC(2026, 11, 10, 13, 30) * 1000;
    expect(first).toEqual({
      name: 'CPI',
      from: release - 120_000_000,
      to: release + 30_000_000,
      action: 'reduce-only',
      series: ['KXCPI'],
      events: [],
      tickers: [],
    });
    expect(second).toMatchObject({ name: 'FOMC', action: 'pull', to: Date.UTC(2026, 11, 16, 19, 1) * 1000 });
  });

  test('may be JSON, and may be empty', () => {
    expect(parseCalendar('[{"name":"x","at":"2026-12-10T08:30:00Z"}]', 'c.json')).toHaveLength(1);
    expect(parseCalendar('', 'c.yaml')).toEqual([]);
    expect(parseCalendar('[]', 'c.yaml')).toEqual([]);
  });

  test('names everything that is wrong, with its line', () => {
    const text = [
      '- { name: CPI, at: 2026-12-10T08:30:00 }',
      '- { name: "", at: 2026-12-10T08:30:00Z, action: stop }',
      '- { at: 2026-12-10T08:30:00Z, before_seconds: -1, surprise: 1 }',
      '- just words',
      '- { name: x, at: 2026-19-10T08:30:00Z }',
    ].join('\n');
    expect(issuesOf(text)).toEqual([
      '1 [0].at',
      '2 [1].name',
      '2 [1].action',
      '3 [2].name',
      '3 [2].before_seconds',
      '3 [2]',
      '4 [3]',
      '5 [4].at',
    ]);
  });

  test.each([
    ['that is no list', 'name: CPI'],
    ['that is no YAML', '- { name: '],
    ['of brackets', '['.repeat(100_000)],
    ['with a market name in small letters', '- { name: x, at: 2026-12-10T08:30:00Z, series: [kxcpi] }'],
  ])('%s is refused', (_, text) => {
    expect(issuesOf(text).length).toBeGreaterThan(0);
  });
});
