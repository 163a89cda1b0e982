/** Moments known ahead at which prices jump or trading rests: scheduled releases from a file, and the exchange's weekly pause. */
import type { EventTicker, SeriesTicker, Ticker } from './ids.js';
import { fromEpochMs, later, seconds, toEpochMs, type EpochUs } from './units.js';

/** `pull`: nothing rests. `reduce-only`: nothing is quoted that adds to a position. */
export type WindowAction = 'pull' | 'reduce-only';

export interface CalendarWindow {
  readonly name: string;
  readonly from: EpochUs;
  readonly to: EpochUs;
  readonly action: WindowAction;
  /** Which markets; all three empty means every one. */
  readonly series: readonly SeriesTicker[];
  readonly events: readonly EventTicker[];
  readonly tickers: readonly Ticker[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const THURSDAY = 4;
const PAUSE_BEGINS_HOUR = 3;
const PAUSE_LASTS = seconds(2 * 3600);

/** Day of the month of the n-th Sunday, counted from 1. */
const sundayOf = (year: number, month: number, n: number): number => {
  const weekday = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return 1 + ((7 - weekday) % 7) + 7 * (n - 1);
};

/** Hours by which New York is behind UTC in the small hours of a day that is no Sunday: summer time runs from the second Sunday of March to the first of November. */
const hoursBehind = (day: Date): number => {
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const begun = month > 2 || (month === 2 && date >= sundayOf(year, 2, 2));
  const ended = month > 10 || (month === 10 && date >= sundayOf(year, 10, 1));
  return begun && !ended ? 4 : 5;
};

export interface Pause {
  readonly from: EpochUs;
  readonly to: EpochUs;
}

/** The weekly trading pause under way at a moment, or the next one: Thursday 03:00 to 05:00 in New York (exchange reference, section 9.2). */
export const weeklyPause = (now: EpochUs): Pause => {
  const today = Math.floor(toEpochMs(now) / DAY_MS) * DAY_MS;
  for (let day = today; ; day += DAY_MS) {
    const date = new Date(day);
    if (date.getUTCDay() !== THURSDAY) continue;
    const from = fromEpochMs(day + (PAUSE_BEGINS_HOUR + hoursBehind(date)) * HOUR_MS);
    const to = later(from, PAUSE_LASTS);
    if (to > now) return { from, to };
  }
};
