/** Numbers and texts as people read them in a report. For display only: nothing is computed from these. */
import {
  contractsOf,
  dollarsOfCash,
  dollarsOfPrice,
  price,
  toEpochMs,
  toSeconds,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe inside an element and inside a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');

/** Safe inside a script element: nothing in it can end the element or open a comment. */
export const escapeJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const MINUS = '\u2212';
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** A number with a fixed number of decimals, thousands set apart, and a real minus sign; a rounded zero has no sign. */
export const decimal = (value: number, decimals: number): string => {
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
};

/** $1,234.50; cents are enough for people, fees of a single fill get more. */
export const dollars = (amount: Cash, decimals = 2): string => {
  const text = decimal(dollarsOfCash(amount), decimals);
  return text.startsWith(MINUS) ? `${MINUS}$${text.slice(1)}` : `$${text}`;
};

/** The same with a plus sign where it is above zero. */
export const signedDollars = (amount: Cash): string => {
  const text = dollars(amount);
  return amount > 0 && /[1-9]/.test(text) ? `+${text}` : text;
};

export const contracts = (size: Quantity): string => decimal(contractsOf(size), Number.isInteger(contractsOf(size)) ? 0 : 2);

const CENTS_PER_DOLLAR = 100;
/** A real number of price units in cents: 5650 is 56.5. */
export const inCents = (priceUnits: number): number => dollarsOfPrice(price(priceUnits)) * CENTS_PER_DOLLAR;
/** The same as text: 56.50¢. */
export const cents = (priceUnits: number, decimals = 2): string => `${decimal(inCents(priceUnits), decimals)}\u00a2`;

const PER_CENT = 100;
export const percent = (share: number | null): string => (share === null ? '\u2013' : `${decimal(share * PER_CENT, 1)}%`);

/** 2026-11-21 10:45:57 UTC. */
export const moment = (at: EpochUs): string => `${isoOf(at).slice(0, 10)} ${clock(at)} UTC`;
/** 10:45:57. */
export const clock = (at: EpochUs): string => isoOf(at).slice(11, 19);
/** 11-21 10:45. */
export const dayAndTime = (at: EpochUs): string => `${isoOf(at).slice(5, 10)} ${isoOf(at).slice(11, 16)}`;

const isoOf = (at: EpochUs): string => new Date(toEpochMs(at)).toISOString();

/** 2 h 05 min, 3 min 20 s, 12.4 s; whole seconds without their zero. */
export const duration = (span: DurationUs): string => {
  const s = toSeconds(span);
  if (s < 60) return `${decimal(s, Number.isInteger(s) ? 0 : 1)} s`;
  if (s === 60) return '1 min';
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(Math.floor(s % 60)).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
};

/** The attribute that colours an amount: good above zero, bad below, nothing at zero. */
export const toneOf = (amount: Cash): string => (amount > 0 ? ' class="good"' : amount < 0 ? ' class="bad"' : '');
