import { describe, expect, test } from 'vitest';
import { parseCash } from '../../../src/domain/units.js';
import { checkWorstCases, isWithinLimits } from '../../../src/risk/checks.js';
import type { WorstCases } from '../../../src/risk/exposure.js';
import { WIDE, lots } from './scenes.js';

const LIMITS = {
  ...WIDE,
  positionMaxPerMarket: lots(100),
  positionMaxPerEvent: lots(100),
  positionMaxPerAccount: lots(100),
  settlementLossMaxPerMarket: parseCash('40'),
  settlementLossMaxPerEvent: parseCash('80'),
  capitalMax: parseCash('100'),
};
const worst = (changes: Partial<WorstCases> = {}): WorstCases => ({
  longs: lots(50),
  shorts: lots(50),
  market: lots(50),
  event: lots(100),
  account: lots(100),
  ifNo: parseCash('40'),
  ifYes: parseCash('40'),
  eventLoss: parseCash('80'),
  loss: parseCash('100'),
  ...changes,
});

describe('worst cases', () => {
  test.each([
    ['all at their limits', worst(), null],
    ['more in the event', worst({ event: lots(101) }), 'position-event'],
    ['more in the account', worst({ account: lots(101) }), 'position-account'],
    ['more money', worst({ loss: parseCash('100.000001') }), 'capital'],
    ['more money in the event', worst({ eventLoss: parseCash('80.000001') }), 'settlement-event'],
    ['more long for more than the market may cost', worst({ longs: lots(51), ifNo: parseCash('40.000001') }), 'settlement-market'],
    ['more short for more than the market may cost', worst({ shorts: lots(51), ifYes: parseCash('40.000001') }), 'settlement-market'],
    ['the same size at a worse price, for more than the market may cost', worst({ ifNo: parseCash('41') }), 'settlement-market'],
    ['a closing that costs more than the market may', worst({ longs: 0, ifNo: parseCash('41') }), null],
    ['more long, within the market', worst({ longs: lots(51) }), null],
    ['more long than the market may be', worst({ longs: lots(101) }), 'position-market'],
    ['more short than the market may be', worst({ shorts: lots(101) }), 'position-market'],
  ])('%s: %s', (_, after, code) => {
    expect(checkWorstCases(LIMITS, worst(), after)?.code ?? null).toBe(code);
  });

  test('beyond every limit pass where nothing gets worse', () => {
    const beyond = worst({ longs: lots(200), shorts: lots(200), event: lots(400), account: lots(400), loss: parseCash('500') });
    expect(checkWorstCases(LIMITS, beyond, beyond)).toBeNull();
    expect(checkWorstCases(LIMITS, beyond, { ...beyond, longs: lots(199), shorts: lots(199) })).toBeNull();
  });

  test('of the longer side are told where it grows, else of the shorter', () => {
    expect(checkWorstCases(LIMITS, worst(), worst({ longs: lots(150), shorts: lots(130) }))?.text).toMatch(/^150\.00 /);
    expect(checkWorstCases(LIMITS, worst(), worst({ shorts: lots(130) }))?.text).toMatch(/^130\.00 /);
  });

  test.each([
    ['at every limit', worst({ market: lots(100) }), true],
    ['beyond the market', worst({ market: lots(101) }), false],
    ['beyond the event', worst({ event: lots(101) }), false],
    ['beyond the account', worst({ account: lots(101) }), false],
    ['beyond the market if NO', worst({ ifNo: parseCash('41') }), false],
    ['beyond the market if YES', worst({ ifYes: parseCash('41') }), false],
    ['beyond the money of the event', worst({ eventLoss: parseCash('81') }), false],
    ['beyond the capital', worst({ loss: parseCash('101') }), false],
  ])('are within limits or not: %s', (_, cases, within) => {
    expect(isWithinLimits(LIMITS, cases)).toBe(within);
  });
});
