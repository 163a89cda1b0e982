/**
 * The units of money, size and time. Every number that means something carries its unit in its type; the casts that make one live here.
 * The exchange quotes prices with up to four decimals of a dollar, counts with two and money with six: these integers lose nothing.
 */
import { InvalidUnitError } from './errors.js';

declare const unit: unique symbol;
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Price of one YES contract in 1e-4 dollar; $0.56 is 5600. */
export type Price = Unit<'Price'>;
/** Contracts in hundredths; 1.5 contracts is 150. Signed when it is a change or an inventory (positive = long YES). */
export type Quantity = Unit<'Quantity'>;
/** Money in 1e-6 dollar: price x quantity lands here exactly, with nothing to round. */
export type Cash = Unit<'Cash'>;
/**
 * Microseconds since the Unix epoch. Engine time is one such clock: the wall time at start plus monotonic time since, so it never steps back and
 * serves both intervals and dates. In playback it is recorded time.
 */
export type EpochUs = Unit<'EpochUs'>;
/** A span of time in microseconds. */
export type DurationUs = Unit<'DurationUs'>;
/** Monotonic nanoseconds since process start: for measuring our own latency, never for decisions. */
export type MonoNs = Unit<'MonoNs'>;

/** Units per dollar, per contract, per dollar of cash. Only this file, the wire files and the formatters may know them. */
export const PRICE_PER_DOLLAR = 10_000;
export const QUANTITY_PER_CONTRACT = 100;
export const CASH_PER_DOLLAR = 1_000_000;

const PRICE_DECIMALS = 4;
const QUANTITY_DECIMALS = 2;
const CASH_DECIMALS = 6;

export const price = (units: number): Price => units as Price;
export const quantity = (units: number): Quantity => units as Quantity;
export const cash = (units: number): Cash => units as Cash;
export const epochUs = (micros: number): EpochUs => micros as EpochUs;
export const durationUs = (micros: number): DurationUs => micros as DurationUs;
export const monoNs = (nanos: number): MonoNs => nanos as MonoNs;

export const ZERO_PRICE = 0 as Price;
export const ZERO_QUANTITY = 0 as Quantity;
export const ZERO_CASH = 0 as Cash;
/** Stands where the exchange stamped no time. */
export const UNKNOWN_TIME = 0 as EpochUs;

export const seconds = (s: number): DurationUs => Math.round(s * 1_000_000) as DurationUs;
export const millis = (ms: number): DurationUs => Math.round(ms * 1000) as DurationUs;
export const toSeconds = (span: DurationUs): number => span / 1_000_000;
export const later = (at: EpochUs, span: DurationUs): EpochUs => (at + span) as EpochUs;
export const between = (from: EpochUs, to: EpochUs): DurationUs => (to - from) as DurationUs;
export const fromEpochMs = (ms: number): EpochUs => (ms * 1000) as EpochUs;
export const toEpochMs = (at: EpochUs): number => Math.floor(at / 1000);

/** Value of `size` contracts at `at`, exact. */
export const notional = (at: Price, size: Quantity): Cash => (at * size) as Cash;
export const addCash = (a: Cash, b: Cash): Cash => (a + b) as Cash;
export const subtractCash = (a: Cash, b: Cash): Cash => (a - b) as Cash;
export const addQuantity = (a: Quantity, b: Quantity): Quantity => (a + b) as Quantity;
export const subtractQuantity = (a: Quantity, b: Quantity): Quantity => (a - b) as Quantity;
export const negateQuantity = (q: Quantity): Quantity => (q === 0 ? 0 : -q) as Quantity;
export const minQuantity = (a: Quantity, b: Quantity): Quantity => (a < b ? a : b);
export const maxQuantity = (a: Quantity, b: Quantity): Quantity => (a > b ? a : b);
/** The NO price that equals YES at `yes` in a contract that pays `payout`, and the other way round. */
export const complement = (yes: Price, payout: Price): Price => (payout - yes) as Price;
/** Dollars as a float, for model mathematics and for people; never for money kept. */
export const dollarsOfPrice = (p: Price): number => p / PRICE_PER_DOLLAR;
export const dollarsOfCash = (c: Cash): number => c / CASH_PER_DOLLAR;
export const contractsOf = (q: Quantity): number => q / QUANTITY_PER_CONTRACT;

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/;

/** Exact integer of a decimal text in units of 10^-decimals; more decimals are accepted only where they are zeros. */
const parseFixed = (text: string, decimals: number, what: string): number => {
  const match = DECIMAL.exec(text);
  if (!match) throw new InvalidUnitError(what, text, `a plain decimal number with at most ${decimals} decimals, such as "0.56"`);
  const fraction = match[3] ?? '';
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals)))
    throw new InvalidUnitError(what, text, `at most ${decimals} decimals`);
  const digits = (match[2] ?? '') + fraction.slice(0, decimals).padEnd(decimals, '0');
  const units = Number(digits);
  if (!Number.isSafeInteger(units)) throw new InvalidUnitError(what, text, 'a number that fits a safe integer');
  return match[1] === '-' && units !== 0 ? -units : units;
};

const formatFixed = (units: number, decimals: number): string => {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  return `${units < 0 ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}`;
};

/** "0.56" or "0.5600" to 5600. @throws InvalidUnitError for anything but a plain decimal of at most four significant decimals */
export const parsePrice = (text: string): Price => parseFixed(text, PRICE_DECIMALS, 'price') as Price;
/** "1.5" to 150. @throws InvalidUnitError */
export const parseQuantity = (text: string): Quantity => parseFixed(text, QUANTITY_DECIMALS, 'quantity') as Quantity;
/** "0.017500" to 17500. @throws InvalidUnitError */
export const parseCash = (text: string): Cash => parseFixed(text, CASH_DECIMALS, 'amount') as Cash;
/** 5600 to "0.5600", always four decimals. */
export const formatPrice = (p: Price): string => formatFixed(p, PRICE_DECIMALS);
/** 150 to "1.50", always two decimals. */
export const formatQuantity = (q: Quantity): string => formatFixed(q, QUANTITY_DECIMALS);
/** 17500 to "0.017500", always six decimals. */
export const formatCash = (c: Cash): string => formatFixed(c, CASH_DECIMALS);
