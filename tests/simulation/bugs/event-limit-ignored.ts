/** The limit of an event is not held. */
import { checkWorstCases as check, isWithinLimits as within } from '../../../src/risk/checks.js';
import { quantity } from '../../../src/domain/units.js';
import type { RiskSettings } from '../../../src/domain/settings.js';

export * from '../../../src/risk/checks.js';

const without = (settings: RiskSettings): RiskSettings => ({ ...settings, positionMaxPerEvent: quantity(1_000_000_000) });

export const checkWorstCases: typeof check = (settings, ...cases) => check(without(settings), ...cases);
export const isWithinLimits: typeof within = (settings, ...cases) => within(without(settings), ...cases);
