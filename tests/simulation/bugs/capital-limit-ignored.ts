/** The limit of the money at risk is not held. */
import { checkWorstCases as check, isWithinLimits as within } from '../../../src/risk/checks.js';
import { parseCash } from '../../../src/domain/units.js';
import type { RiskSettings } from '../../../src/domain/settings.js';

export * from '../../../src/risk/checks.js';

const without = (settings: RiskSettings): RiskSettings => ({ ...settings, capitalMax: parseCash('1000000') });

export const checkWorstCases: typeof check = (settings, ...cases) => check(without(settings), ...cases);
export const isWithinLimits: typeof within = (settings, ...cases) => within(without(settings), ...cases);
