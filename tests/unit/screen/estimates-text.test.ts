import { describe, expect, test } from 'vitest';
import type { MarketEstimates } from '../../../src/domain/estimates.js';
import { estimatesLine, inTradeUnits, shown } from '../../../src/screen/estimates-text.js';
import { statusLines } from '../../../src/screen/status-view.js';
import { AROUND, decision, modelOf } from './records.js';

const set = (value: number) => ({ value, error: null });
const PRIORS: MarketEstimates = {
  beliefVolatility: set(1 / 60),
  jumpRate: set(2 / 3600),
  jumpSize: set(0.5),
  fillDecay: set(60),
  fillIntensity: set(0.05),
};
const LEARNT: MarketEstimates = {
  ...PRIORS,
  beliefVolatility: { value: 1.0412 / 60, error: 0.071 / 60 },
  fillDecay: { value: 61.37, error: 8.2 },
  fillIntensity: { value: 2.913 / 60, error: 0.394 / 60 },
};

describe('what is believed, in the units of the trade', () => {
  test('is per hour and minute', () => {
    expect(inTradeUnits(LEARNT)).toEqual({
      belief_volatility_per_sqrt_hour: { value: expect.closeTo(1.0412, 9) as number, error: expect.closeTo(0.071, 9) as number },
      jumps_per_hour: { value: expect.closeTo(2, 9) as number, error: null },
      jump_size_log_odds: set(0.5),
      kappa_per_dollar: { value: 61.37, error: 8.2 },
      fills_per_minute: { value: expect.closeTo(2.913, 9) as number, error: expect.closeTo(0.394, 9) as number },
    });
  });

  test('is one line, what was learnt before what is only set', () => {
    expect(estimatesLine(inTradeUnits(PRIORS))).toBe('set: volatility 1/sqrt h, kappa 60/$, fills 3/min, jumps 2/h of 0.5');
    expect(estimatesLine(inTradeUnits(LEARNT))).toBe(
      'believes: volatility 1.041+-0.071/sqrt h, kappa 61.4+-8.2/$, fills 2.91+-0.39/min; set: jumps 2/h of 0.5',
    );
  });

  test.each([
    [{ value: 1234.5678, error: 100 }, '1235+-100'],
    [{ value: 0.012341, error: 0.00012 }, '0.01234+-0.00012'],
    [{ value: 0, error: 0 }, '0'],
    [{ value: 1e-9, error: null }, '1.00e-9'],
    [{ value: 5, error: 1e-12 }, '5.000000+-0.000000'],
  ])('%o reads %s', (estimate, text) => expect(shown(estimate)).toBe(text));
});

describe('the screen', () => {
  const model = modelOf(['KXA-1', 'KXB-1'], () => null);
  model.decision(decision(0));
  const lines = (rows: number): string[] => statusLines(model, { ...AROUND, estimates: () => LEARNT }, { columns: 80, rows });

  test('shows what is believed below each market where there is room', () => {
    expect(lines(24).filter((line) => line.includes('believes: volatility'))).toHaveLength(2);
    expect(lines(24).every((line) => line.length <= 80)).toBe(true);
  });

  test('leaves it out where quotes would have to go', () => {
    expect(lines(9).filter((line) => line.includes('believes'))).toEqual([]);
    expect(lines(9).join('\n')).toContain('KXB-1');
  });
});
