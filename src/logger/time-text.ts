/** Engine time as text and back: ISO 8601 in UTC with all six decimals of a second. */
import { InvalidUnitError } from '../domain/errors.js';
import { epochUs, toEpochMs, type EpochUs } from '../domain/units.js';

const US_PER_MS = 1000;

/** 2026-11-21T10:45:57.123456Z. Times before 1970 or beyond the year 9999 are not engine times. */
export const formatTime = (at: EpochUs): string => {
  const ms = toEpochMs(at);
  const micros = String(at - ms * US_PER_MS).padStart(3, '0');
  return `${secondText(Math.floor(ms / US_PER_MS))}.${String(ms % US_PER_MS).padStart(3, '0')}${micros}Z`;
};

let lastSecond = -1;
let lastText = '';

/** Rows come many to the second, so the text of the last one is kept. */
const secondText = (second: number): string => {
  if (second !== lastSecond) {
    lastText = new Date(second * US_PER_MS).toISOString().slice(0, 19);
    lastSecond = second;
  }
  return lastText;
};

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.(\d{3})(\d{3})Z$/;

/** @throws InvalidUnitError for anything but the form above */
export const parseTime = (text: string): EpochUs => {
  const match = ISO.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(`${text.slice(0, 23)}Z`);
  if (match === null || Number.isNaN(ms))
    throw new InvalidUnitError('time', text, 'UTC with microseconds, such as "2026-11-21T10:45:57.123456Z"');
  return epochUs(ms * US_PER_MS + Number(match[2]));
};
