/**
 * A book message read in the plainest way there is: `JSON.parse` and decimals as big integers. The oracle of every fast and careful way in `src`: what the
 * session tells must be what this says, or nothing.
 */
import type { Level } from '../../src/domain/events.js';
import type { BookSide } from '../../src/domain/market.js';
import { price, quantity, type Price, type Quantity } from '../../src/domain/units.js';
import type { NoSideConvention } from '../../src/connector/wire-fields.js';

export type NaiveMessage =
  | { readonly type: 'delta'; readonly ticker: string; readonly side: BookSide; readonly price: Price; readonly change: Quantity }
  | { readonly type: 'snapshot'; readonly ticker: string; readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  | { readonly type: 'trade'; readonly ticker: string; readonly price: Price; readonly quantity: Quantity };

type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A decimal as an integer of 10^-decimals, whatever its size. NaN for anything else. */
const scaled = (value: unknown, decimals: number): number => {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  if (match === null || (typeof value !== 'string' && typeof value !== 'number')) return Number.NaN;
  const fraction = (match[3] ?? '').padEnd(decimals, '0');
  if (/[1-9]/.test(fraction.slice(decimals))) return Number.NaN;
  const units = Number(BigInt(`${match[2]}${fraction.slice(0, decimals)}`));
  return match[1] === '-' ? 0 - units : units;
};

const dollars = (value: unknown): number => scaled(value, 4);
const contracts = (value: unknown): number => scaled(value, 2);

export interface NaiveContext {
  readonly noSide: NoSideConvention;
  readonly payoutOf: (ticker: string) => number;
}

const own = (object: Json, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** null where the bytes are no book message or trade that makes sense. */
export const readNaively = (bytes: Uint8Array, context: NaiveContext): NaiveMessage | null => {
  let frame: unknown;
  try {
    frame = JSON.parse(utf8.decode(bytes));
  } catch {
    return null;
  }
  const msg = isJson(frame) ? own(frame, 'msg') : null;
  if (!isJson(frame) || !isJson(msg)) return null;
  const ticker = own(msg, 'market_ticker');
  if (typeof ticker !== 'string') return null;
  switch (own(frame, 'type')) {
    case 'orderbook_delta':
      return naiveDelta(msg, ticker, context);
    case 'orderbook_snapshot':
      return naiveSnapshot(msg, ticker, context);
    case 'trade':
      return {
        type: 'trade',
        ticker,
        price: price(dollars(own(msg, 'yes_price_dollars'))),
        quantity: quantity(contracts(own(msg, 'count_fp'))),
      };
    default:
      return null;
  }
};

const naiveDelta = (msg: Json, ticker: string, { noSide, payoutOf }: NaiveContext): NaiveMessage | null => {
  const side = own(msg, 'side');
  if (side !== 'yes' && side !== 'no') return null;
  const told = dollars(own(msg, 'price_dollars'));
  const yes = side === 'no' && noSide === 'no-price' ? payoutOf(ticker) - told : told;
  return {
    type: 'delta',
    ticker,
    side: side === 'yes' ? 'bid' : 'ask',
    price: price(yes),
    change: quantity(contracts(own(msg, 'delta_fp'))),
  };
};

const naiveSnapshot = (msg: Json, ticker: string, { noSide, payoutOf }: NaiveContext): NaiveMessage => {
  const side = (name: string, yesOf: (told: number) => number): Level[] =>
    ((own(msg, name) ?? []) as [unknown, unknown][])
      .map(([told, size]) => ({ price: price(yesOf(dollars(told))), quantity: quantity(contracts(size)) }))
      .filter((level) => level.quantity !== 0);
  return {
    type: 'snapshot',
    ticker,
    bids: side('yes_dollars_fp', (told) => told).sort((a, b) => b.price - a.price),
    asks: side('no_dollars_fp', (told) => (noSide === 'no-price' ? payoutOf(ticker) - told : told)).sort((a, b) => a.price - b.price),
  };
};
