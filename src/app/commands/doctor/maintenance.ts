/** The exchange pauses trading every Thursday from 03:00 to 05:00 New York time (exchange reference, section 9.2). */
import { epochUs, later, seconds, type EpochUs } from '../../../domain/units.js';

export interface Pause {
  readonly from: EpochUs;
  readonly until: EpochUs;
}

/** A pause this near is worth waiting for. */
export const SOON_SECONDS = 3600;

const STEP = seconds(15 * 60);
const AHEAD_STEPS = 24 * 4;
const FIRST_HOUR = 3;
const LAST_HOUR = 4;
const NEW_YORK = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', weekday: 'short', hour: 'numeric', hourCycle: 'h23' });

/** The pause under way, or the next one if it begins within a day; null otherwise. Its edges fall on quarters of an hour. */
export const nextWeeklyPause = (now: EpochUs): Pause | null => {
  let at = epochUs(now - (now % STEP));
  for (let i = 0; i <= AHEAD_STEPS; i++, at = later(at, STEP)) if (isPause(at)) return pauseAround(at);
  return null;
};

const pauseAround = (inside: EpochUs): Pause => {
  let [from, until] = [inside, inside];
  while (isPause(epochUs(from - STEP))) from = epochUs(from - STEP);
  while (isPause(until)) until = later(until, STEP);
  return { from, until };
};

const isPause = (at: EpochUs): boolean => {
  const parts = NEW_YORK.formatToParts(new Date(at / 1000));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  const hour = Number(part('hour'));
  return part('weekday') === 'Thu' && hour >= FIRST_HOUR && hour <= LAST_HOUR;
};
