import { fromEpochMs, later, seconds, toEpochMs, type EpochUs } from '../../domain/units.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const THURSDAY = 4;
export const PAUSE_LENGTH = seconds(2 * 3600);

/** Day of the month of the n-th Sunday (0 is the first). */
const sunday = (year: number, month: number, n: number): number => 1 + ((7 - new Date(Date.UTC(year, month, 1)).getUTCDay()) % 7) + 7 * n;

/** Hours New York is behind UTC at 03:00 local on a day: 4 from the second Sunday of March to the first of November, else 5. */
const newYorkOffset = (year: number, month: number, day: number): number => {
  const key = month * 100 + day;
  const summer = key >= 200 + sunday(year, 2, 1) && key < 1000 + sunday(year, 10, 0);
  return summer ? 4 : 5;
};

/** The next weekly trading pause that starts after a moment: Thursday 03:00 to 05:00 New York time (exchange reference 9.2). */
export const thursdayPause = (after: EpochUs): { readonly from: EpochUs; readonly to: EpochUs } => {
  const midnight = Math.floor(toEpochMs(after) / DAY_MS) * DAY_MS;
  for (let day = 0; ; day++) {
    const date = new Date(midnight + day * DAY_MS);
    if (date.getUTCDay() !== THURSDAY) continue;
    const offset = newYorkOffset(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    const from = fromEpochMs(date.getTime() + (3 + offset) * HOUR_MS);
    if (from > after) return { from, to: later(from, PAUSE_LENGTH) };
  }
};
