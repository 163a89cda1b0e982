import { expect, test } from 'vitest';
import { parseCash } from '../../../src/domain/units.js';
import { underCeilings } from '../../../src/risk/ceilings.js';
import { WIDE, lots } from './scenes.js';

test('sensible limits stand as they are', () => {
  expect(underCeilings(WIDE)).toEqual({ settings: WIDE, lowered: [] });
});

test('every limit that is a most has a ceiling', () => {
  const huge = 1e12;
  const { settings, lowered } = underCeilings({
    ...WIDE,
    orderSizeMax: lots(huge),
    positionMaxPerMarket: lots(huge),
    positionMaxPerEvent: lots(huge),
    positionMaxPerAccount: lots(huge),
    settlementLossMaxPerMarket: parseCash('999999999'),
    settlementLossMaxPerEvent: parseCash('999999999'),
    capitalMax: parseCash('999999999'),
    openOrdersMax: huge,
    orderRateMax: huge,
    lossMaxSession: parseCash('999999999'),
    lossMaxPerMarket: parseCash('999999999'),
    drawdownMax: parseCash('999999999'),
    refusalsMaxPerMinute: huge,
  });
  expect(lowered.length).toBe(13);
  expect([settings.band, settings.collar, settings.onLimit, settings.duplicateWindow]).toEqual([
    WIDE.band,
    WIDE.collar,
    WIDE.onLimit,
    WIDE.duplicateWindow,
  ]);
  expect(underCeilings(settings).lowered).toEqual([]);
});
