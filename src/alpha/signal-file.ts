/** The text form of outside opinions: cents of shift per ticker, as JSON or CSV. */
import { InvalidUnitError, quote, TradingError } from '../domain/errors.js';
import { ticker, type Ticker } from '../domain/ids.js';
import { parsePrice } from '../domain/units.js';

export interface SignalEntry {
  readonly ticker: Ticker;
  /** In price units, signed. */
  readonly shift: number;
}

export type SignalFormat = 'json' | 'csv';

/** A signal file that is absent or does not say what it should. No opinion of it is taken; the last good ones grow old and then count as none. */
export class SignalFileError extends TradingError {
  readonly code = 'SIGNAL_FILE';
  constructor(
    readonly path: string,
    readonly expected: string,
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(`signal file ${path}: expected ${expected}, got ${quote(received)}; its opinions are not used until it is mended`, options);
  }
}

const CENT = parsePrice('0.01');
const DOLLAR = parsePrice('1');
const TICKER = /^[A-Za-z0-9.-]{1,100}$/;
const CSV_HEADER = 'ticker,cents';

/** CSV for names that end so, JSON for all others. */
export const formatOf = (path: string): SignalFormat => (path.toLowerCase().endsWith('.csv') ? 'csv' : 'json');

/**
 * Reads `{ "TICKER": cents, ... }`, or lines `TICKER,cents` below an optional header `ticker,cents`. Cents may be fractions and negative.
 * @throws SignalFileError for anything else, naming the entry; a file is taken whole or not at all
 */
export const parseSignals = (text: string, format: SignalFormat, path: string): readonly SignalEntry[] =>
  format === 'json' ? parseJson(text, path) : parseCsv(text, path);

const parseJson = (text: string, path: string): SignalEntry[] => {
  const value = readJson(text, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SignalFileError(path, 'one JSON object of tickers and cents', told(text));
  return Object.entries(value).map(([name, cents]) => {
    if (typeof cents !== 'number')
      throw new SignalFileError(path, `a number of cents for ${quoteTicker(name)}`, typeof cents === 'string' ? told(cents) : typeof cents);
    return entry(name, cents, path);
  });
};

const readJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's words quote the file, so they are no cause to keep.
    throw new SignalFileError(path, 'valid JSON', told(text));
  }
};

const parseCsv = (text: string, path: string): SignalEntry[] => {
  const seen = new Set<string>();
  const entries: SignalEntry[] = [];
  for (const [number, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || (number === 0 && line.toLowerCase() === CSV_HEADER)) continue;
    const cells = line.split(',');
    const [name, cents] = cells;
    if (cells.length !== 2 || name === undefined || cents === undefined)
      throw new SignalFileError(path, `"TICKER,cents" in line ${number + 1}`, told(line));
    if (seen.has(name.trim())) throw new SignalFileError(path, `each ticker once, but line ${number + 1} repeats one`, told(line));
    seen.add(name.trim());
    entries.push(entry(name.trim(), parseCents(cents.trim(), number + 1, path), path));
  }
  return entries;
};

/** Borrows the exact decimal reader of prices: a text of cents read as dollars, told in whole dollars again. */
const parseCents = (text: string, line: number, path: string): number => {
  try {
    return parsePrice(text) / DOLLAR;
  } catch (cause) {
    if (!(cause instanceof InvalidUnitError)) throw cause;
    throw new SignalFileError(path, `a plain number of cents with at most four decimals in line ${line}`, told(text));
  }
};

const entry = (name: string, cents: number, path: string): SignalEntry => {
  if (!TICKER.test(name)) throw new SignalFileError(path, 'a ticker of letters, digits, "-" and "."', told(name));
  const shift = cents * CENT;
  if (!(Math.abs(shift) <= DOLLAR))
    throw new SignalFileError(path, `at most a dollar of shift either way for ${quoteTicker(name)}`, `${cents} cents`);
  return { ticker: ticker(name), shift };
};

/** Numbers are shown. Anything else may be a file named by mistake, and its text a secret: only its length is told. */
const told = (text: string): string => (/^[-+\d.,e ]{0,40}$/.test(text) ? text : `${text.length} characters`);

const quoteTicker = (name: string): string => (TICKER.test(name) ? quote(name) : `a name of ${name.length} characters`);
