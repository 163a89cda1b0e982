/** Times of the wire as engine times, without the Date object: the byte scanner and the JSON path share this arithmetic. */
import type { EpochUs } from '../domain/units.js';

const SECONDS_PER_DAY = 86_400;
const MICROS_PER_SECOND = 1_000_000;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days from 1970-01-01 to a date of the Gregorian calendar (years 1970 to 2199). */
const daysSinceEpoch = (year: number, month: number, day: number): number => {
  const before = year - 1;
  let days = 365 * (year - 1970) + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477;
  for (let m = 0; m < month - 1; m++) days += DAYS_OF_MONTH[m] as number;
  if (month > 2 && isLeap(year)) days++;
  return days + day - 1;
};

/** Microseconds since the epoch of a UTC calendar moment, or -1 where there is no such moment (leap seconds count as none). */
export const epochOfCivil = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  micros: number,
): number => {
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1) return -1;
  const length = (DAYS_OF_MONTH[month - 1] as number) + (month === 2 && isLeap(year) ? 1 : 0);
  if (day > length || hour > 23 || minute > 59 || second > 59) return -1;
  return (daysSinceEpoch(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + micros;
};

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/**
 * The moment of an RFC 3339 text in UTC ("2026-06-11T06:29:47.42784Z"; the exchange drops trailing zeros of the fraction), or null for any other
 * text. Finer than a microsecond is cut off.
 */
export const parseRfc3339 = (text: string): EpochUs | null => {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const part = (i: number): number => Number(match[i]);
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const at = epochOfCivil(part(1), part(2), part(3), part(4), part(5), part(6), micros);
  return at < 0 ? null : (at as EpochUs);
};
