import { describe, expect, test } from 'vitest';
import { parseSweep, SHORT_NAMES, sweepPoints } from '../../../src/app/backtest-sweep.js';
import { CommandFailure } from '../../../src/cli/exit-codes.js';
import { LEAVES } from '../../../src/config/schema.js';

const failureOf = (run: () => unknown): CommandFailure => {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('values', () => {
  test.each([
    ['gamma=0.02', ['0.02']],
    ['gamma=0.01,0.02,0.02', ['0.01', '0.02']],
    ['gamma=0.005..0.05:4', ['0.005', '0.02', '0.035', '0.05']],
    ['gamma=0.001..1:4:log', ['0.001', '0.01', '0.1', '1']],
    ['gamma=0.1..0.5', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['horizon=60..900:3:linear', ['60', '480', '900']],
    // Whole milliseconds, and each value once.
    ['debounce=1..3:5', ['1', '2', '3']],
    // Cents have two decimals.
    ['offset=1..2:4', ['1', '1.33', '1.67', '2']],
    ['strategy=symmetric,fixed', ['symmetric', 'fixed']],
    ['risk.collar_cents=8', ['8']],
  ])('%s is %j', (text, values) => {
    expect(parseSweep(text).values).toEqual(values);
  });

  test('every short name stands for a key that exists', () => {
    for (const [name, key] of SHORT_NAMES) expect([name, LEAVES.has(key)]).toEqual([name, true]);
  });

  test.each([
    ['gamma', 'got no "="', 'gamma=0.005'],
    ['=1', 'got no key', 'gamma=0.005'],
    ['gama=1', 'expected a key of the configuration or one of strategy, gamma', 'write gamma'],
    ['strategy.gamma_per_dolar=1', 'expected a key', 'write strategy.gamma_per_dollar'],
    ['zzzzzzzz=1', 'expected a key', 'kmm config show'],
    ['connector.ping_ms=1,2', 'a key that decides about quotes', 'outside of'],
    ['gamma=', 'expected a list', 'at least one'],
    ['gamma=1,,2', 'expected a list', 'at least one'],
    ['gamma=0.5..0.1', 'the lower end first', '0.1..0.5'],
    ['gamma=0.1..0.1', 'the lower end first', '0.1..0.1'],
    ['gamma=a..b', 'expected a list', 'low..high'],
    ['gamma=0.1..0.2..0.3', 'expected a list', 'low..high'],
    ['gamma=0.1..0.2:5:square', 'expected a list', 'low..high'],
    ['gamma=0.1..0.2:1', 'expected 2 to 200 values, got 1', 'whole number'],
    ['gamma=0.1..0.2:2.5', 'expected 2 to 200 values', 'whole number'],
    ['gamma=0..1:5:log', 'a lower end above 0', 'begin above 0'],
    ['strategy=a..b', 'expected a list, since strategy.model is one of', 'commas'],
  ])('%s is refused: %s', (text, what, fix) => {
    const failure = failureOf(() => parseSweep(text));
    expect([failure.exitCode, failure.what, failure.fix]).toEqual([2, expect.stringContaining(what), expect.stringContaining(fix)]);
  });
});

describe('points', () => {
  test('without a sweep there is the configuration alone', () => {
    expect(sweepPoints([])).toEqual([{ label: 'configured', values: {}, overrides: [] }]);
  });

  test('are all combinations behind the configured one, the last key turning fastest', () => {
    const points = sweepPoints([parseSweep('gamma=0.1,0.2'), parseSweep('horizon=60,300')]);
    expect(points.map(({ label }) => label)).toEqual([
      'configured',
      'gamma=0.1 horizon=60',
      'gamma=0.1 horizon=300',
      'gamma=0.2 horizon=60',
      'gamma=0.2 horizon=300',
    ]);
    expect(points[2]?.overrides).toEqual([
      { key: 'strategy.gamma_per_dollar', text: '0.1', flag: 'sweep' },
      { key: 'strategy.horizon_seconds', text: '300', flag: 'sweep' },
    ]);
  });

  test('a key that comes twice, by whichever name, is refused, and so are too many points', () => {
    expect(failureOf(() => sweepPoints([parseSweep('gamma=1'), parseSweep('strategy.gamma_per_dollar=2')])).what).toContain('twice');
    const wide = [parseSweep('gamma=0.1..1:100'), parseSweep('kappa=1..100:100')];
    expect(failureOf(() => sweepPoints(wide)).what).toContain('at most 2000 combinations, got 10000');
  });
});
