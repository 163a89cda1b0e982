/**
 * The tape: one CSV row for every decision, for people and spreadsheets. The first nine columns are fixed; the others follow.
 *
 * | column | unit |
 * |---|---|
 * | ts | engine time, ISO 8601 in UTC with microseconds |
 * | ticker | market |
 * | mid, fair, reservation | dollars, five decimals (a mid may fall between two ticks) |
 * | my_bid, my_ask, best_bid, best_ask | dollars, four decimals |
 * | inventory, bid_size, ask_size | contracts, two decimals; inventory is signed, long YES positive |
 * | unrealized_pnl, realized_pnl, fees | dollars, six decimals |
 * | latency_ms | milliseconds from the arrival of the frame to the decision, six decimals |
 * | cause | quote, fill, interval or pull |
 * | no_bid, no_ask | code of the gate that refuses that side |
 * | seq | counts all rows of the run, also those that were dropped: a missing number is a dropped row |
 *
 * An empty field means that there is none.
 */
import type { Decision } from '../domain/actions.js';
import { MalformedMessageError } from '../domain/errors.js';
import { ticker as toTicker, type Ticker } from '../domain/ids.js';
import {
  formatCash,
  formatPrice,
  formatQuantity,
  parseCash,
  parsePrice,
  parseQuantity,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { CAUSES } from './tape-ring.js';
import { formatTime, parseTime } from './time-text.js';

export const TAPE_COLUMNS = [
  'ts',
  'ticker',
  'mid',
  'my_bid',
  'my_ask',
  'inventory',
  'unrealized_pnl',
  'realized_pnl',
  'latency_ms',
  'best_bid',
  'best_ask',
  'fair',
  'reservation',
  'bid_size',
  'ask_size',
  'fees',
  'cause',
  'no_bid',
  'no_ask',
  'seq',
] as const;

export interface TapeRow {
  readonly at: EpochUs;
  readonly ticker: Ticker;
  /** Real numbers in price units, kept to a tenth of one. */
  readonly mid: number | null;
  readonly fair: number | null;
  readonly reservation: number | null;
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly inventory: Quantity;
  readonly unrealized: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
  /** null where it was not measured, as in a tape rebuilt from a journal. */
  readonly latencyNs: number | null;
  readonly cause: Decision['cause'];
  /** Codes only; the words are in the log. */
  readonly noBid: string | null;
  readonly noAsk: string | null;
  readonly seq: number;
}

/** The row of a decision. */
export const tapeRowOf = (d: Decision, ticker: Ticker, latencyNs: number | null, seq: number): TapeRow => ({
  at: d.at,
  ticker,
  mid: d.mid,
  fair: d.fair,
  reservation: d.reservation,
  bestBid: d.bestBid,
  bestAsk: d.bestAsk,
  bid: d.bid,
  ask: d.ask,
  bidSize: d.bidSize,
  askSize: d.askSize,
  inventory: d.inventory,
  unrealized: d.unrealized,
  realized: d.realized,
  fees: d.fees,
  latencyNs,
  cause: d.cause,
  noBid: d.noBid?.code ?? null,
  noAsk: d.noAsk?.code ?? null,
  seq,
});

/** The fields in the order of TAPE_COLUMNS. */
export const formatTapeRow = (row: TapeRow): string[] => [
  formatTime(row.at),
  row.ticker,
  realText(row.mid),
  priceText(row.bid),
  priceText(row.ask),
  formatQuantity(row.inventory),
  formatCash(row.unrealized),
  formatCash(row.realized),
  row.latencyNs === null ? '' : scaled(row.latencyNs, NS_DECIMALS),
  priceText(row.bestBid),
  priceText(row.bestAsk),
  realText(row.fair),
  realText(row.reservation),
  formatQuantity(row.bidSize),
  formatQuantity(row.askSize),
  formatCash(row.fees),
  row.cause,
  row.noBid ?? '',
  row.noAsk ?? '',
  String(row.seq),
];

/**
 * Reads one row back.
 * @param where file and line, for the message
 * @throws MalformedMessageError or InvalidUnitError
 */
export const parseTapeRow = (fields: readonly string[], where: string): TapeRow => {
  if (fields.length !== TAPE_COLUMNS.length)
    throw new MalformedMessageError(where, `${TAPE_COLUMNS.length} fields: ${TAPE_COLUMNS.join(',')}`, `${fields.length} fields`);
  const field = (name: (typeof TAPE_COLUMNS)[number]): string => fields[TAPE_COLUMNS.indexOf(name)] as string;
  const optional = <T>(text: string, parse: (text: string) => T): T | null => (text === '' ? null : parse(text));
  return {
    at: parseTime(field('ts')),
    ticker: toTicker(field('ticker')),
    mid: optional(field('mid'), parseReal),
    fair: optional(field('fair'), parseReal),
    reservation: optional(field('reservation'), parseReal),
    bestBid: optional(field('best_bid'), parsePrice),
    bestAsk: optional(field('best_ask'), parsePrice),
    bid: optional(field('my_bid'), parsePrice),
    ask: optional(field('my_ask'), parsePrice),
    bidSize: parseQuantity(field('bid_size')),
    askSize: parseQuantity(field('ask_size')),
    inventory: parseQuantity(field('inventory')),
    unrealized: parseCash(field('unrealized_pnl')),
    realized: parseCash(field('realized_pnl')),
    fees: parseCash(field('fees')),
    latencyNs: optional(field('latency_ms'), (text) => parseScaled(text, NS_DECIMALS, where)),
    cause: parseCause(field('cause'), where),
    noBid: optional(field('no_bid'), String),
    noAsk: optional(field('no_ask'), String),
    seq: parseScaled(field('seq'), 0, where),
  };
};

const parseCause = (text: string, where: string): Decision['cause'] => {
  const cause = CAUSES.find((known) => known === text);
  if (cause === undefined) throw new MalformedMessageError(where, `a cause among ${CAUSES.join(', ')}`, text);
  return cause;
};

const NS_DECIMALS = 6;
/** One decimal more than a price has. */
const REAL_DECIMALS = 5;
const REAL_PER_PRICE = 10;

const priceText = (p: Price | null): string => (p === null ? '' : formatPrice(p));
const realText = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? '' : scaled(value * REAL_PER_PRICE, REAL_DECIMALS);

/** A number of 10^-decimals as a plain decimal text. */
const scaled = (units: number, decimals: number): string => {
  const whole = Math.round(units);
  const digits = String(Math.abs(whole)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  return `${whole < 0 ? '-' : ''}${digits.slice(0, split)}${decimals > 0 ? '.' : ''}${digits.slice(split)}`;
};

const PLAIN = /^-?\d{1,15}(?:\.\d{1,6})?$/;

const parseScaled = (text: string, decimals: number, where: string): number => {
  if (!PLAIN.test(text)) throw new MalformedMessageError(where, 'a plain decimal number', text);
  return Math.round(Number(text) * 10 ** decimals);
};

const parseReal = (text: string): number => parseScaled(text, REAL_DECIMALS, 'tape') / REAL_PER_PRICE;
