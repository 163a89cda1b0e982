import { describe, expect, test } from 'vitest';
import { refuseOutlasting } from '../../../src/app/outlasting.js';
import { CommandFailure } from '../../../src/cli/exit-codes.js';
import { seriesTicker, ticker } from '../../../src/domain/ids.js';
import { later, seconds, type DurationUs } from '../../../src/domain/units.js';
import { START } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { FIXED } from '../../support/settings.js';
import { INDICES, STRIKE, TAKER } from '../../support/taker-world.js';

const settings = { strategy: TAKER, indices: INDICES };
const refusal = (duration: DurationUs | null, markets = [STRIKE], over: object = {}): string | null => {
  try {
    refuseOutlasting({ ...settings, ...over }, markets, duration, START);
    return null;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return `${error.exitCode} ${error.message} ${error.fix}`;
  }
};

describe('a run of the edge taker that would outlast its market', () => {
  test('is refused, with how long it may last', () => {
    expect(refusal(seconds(3601))).toMatch(/^2 the run would outlast KXBTCD-26NOV2113-T65250: it closes in 3600 s, .*--duration 3600s/);
  });

  test('may last as long as the market', () => expect(refusal(seconds(3600))).toBeNull());

  test('is bounded by the first of several to close, and by none that settles on no index or is over', () => {
    const early = { ...STRIKE, ticker: ticker('KXBTCD-EARLY'), closesAt: later(START, seconds(60)) };
    const other = market({ closesAt: later(START, seconds(5)) });
    expect(refusal(seconds(100), [STRIKE, other])).toBeNull();
    expect(refusal(seconds(100), [STRIKE, early, other])).toContain('KXBTCD-EARLY');
    expect(refusal(seconds(100), [STRIKE, { ...early, status: 'closed' }])).toBeNull();
    expect(refusal(seconds(100), [{ ...STRIKE, series: seriesTicker('KXOTHER'), closesAt: later(START, seconds(1)) }])).toBeNull();
  });

  test('has no end to outlast where no duration is given, and other strategies have none of this', () => {
    expect(refusal(null)).toBeNull();
    expect(refusal(seconds(1e6), [STRIKE], { strategy: FIXED })).toBeNull();
  });
});
