/** Moments as programs read them. */
import { toEpochMs, type EpochUs } from '../domain/units.js';

/** ISO 8601 in UTC, to the millisecond. */
export const timeText = (at: EpochUs): string => new Date(toEpochMs(at)).toISOString();
