/** Times as the exchange writes them: RFC 3339 in UTC with as many fraction digits as are needed, Unix seconds, Unix milliseconds. */
import type { EpochUs } from '../../domain/units.js';

const MICROS = 1_000_000;

/** "2026-06-11T06:29:47.42784Z": trailing zeros of the fraction are dropped, a whole second has none. */
export const rfc3339 = (at: EpochUs): string => {
  if (at !== lastAt) {
    lastAt = at;
    lastText = textOf(at);
  }
  return lastText;
};

/** One moment is told several times in a row: in a delta, its trade and its fill. */
let lastAt = Number.NaN;
let lastText = '';

const textOf = (at: EpochUs): string => {
  const wholeSeconds = Math.floor(at / MICROS);
  if (wholeSeconds !== lastSecond) {
    lastSecond = wholeSeconds;
    lastBase = new Date(wholeSeconds * 1000).toISOString().slice(0, 19);
  }
  let rest = at - wholeSeconds * MICROS;
  if (rest === 0) return `${lastBase}Z`;
  let digits = 6;
  for (; rest % 10 === 0; rest /= 10) digits--;
  return `${lastBase}.${String(rest).padStart(digits, '0')}Z`;
};

let lastSecond = Number.NaN;
let lastBase = '';

export const unixSeconds = (at: EpochUs): number => Math.floor(at / MICROS);
export const unixMillis = (at: EpochUs): number => Math.floor(at / 1000);
export const fromUnixSeconds = (s: number): EpochUs => (s * MICROS) as EpochUs;
