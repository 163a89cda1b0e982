/** What happens to markets and events besides their books (reference 8.10 and 9.1). Times there are in seconds. */
import { eventTicker, type EventTicker } from '../domain/ids.js';
import type { FeeType } from '../domain/fees.js';
import { InvalidGridError } from '../domain/market-errors.js';
import type { Strike } from '../domain/market.js';
import { PriceGrid, type PriceBand } from '../domain/price-grid.js';
import { ZERO_PRICE, type EpochUs, type Price } from '../domain/units.js';
import { strikeOf } from './market-strike.js';
import { Fields, isObject, MalformedFrameError, show, type WireContext } from './wire-fields.js';

export type LifecycleChange =
  | { readonly kind: 'created'; readonly grid: PriceGrid | null; readonly closesAt: EpochUs | null }
  | { readonly kind: 'activated' }
  | { readonly kind: 'deactivated' }
  | { readonly kind: 'close-moved'; readonly closesAt: EpochUs }
  /** `settlesAt` is null where the exchange gives neither a value nor a plain yes or no. */
  | { readonly kind: 'determined'; readonly settlesAt: Price | null }
  | { readonly kind: 'settled' }
  | { readonly kind: 'grid-changed'; readonly grid: PriceGrid }
  /** `strike` is null where the message does not fix one. */
  | { readonly kind: 'metadata'; readonly strike: Strike | null }
  | { readonly kind: 'unknown'; readonly word: string };

export interface WireLifecycle {
  readonly type: 'market_lifecycle_v2';
  readonly ticker: string;
  readonly change: LifecycleChange;
}

export interface WireEventLifecycle {
  readonly type: 'event_lifecycle';
  readonly event: string;
}

/** An event's own fee terms; null fields fall back to the series, both null mean that the override was cleared. */
export interface FeeOverride {
  readonly type: FeeType | null;
  readonly multiplierMicros: number | null;
}

export interface WireEventFees {
  readonly type: 'event_fee_update';
  readonly event: EventTicker;
  readonly override: FeeOverride;
}

const FEE_TYPES: ReadonlyMap<string, FeeType> = new Map([
  ['quadratic', 'quadratic'],
  ['quadratic_with_maker_fees', 'quadratic_with_maker_fees'],
  ['quadratic_with_combo_maker_fees', 'quadratic_with_combo_maker_fees'],
  ['flat', 'flat'],
]);
const MICROS = 1_000_000;

export const decodeLifecycle = (msg: Fields, context: WireContext): WireLifecycle => {
  const ticker = msg.text('market_ticker');
  return { type: 'market_lifecycle_v2', ticker, change: changeOf(msg, context.payoutOf(ticker)) };
};

const changeOf = (msg: Fields, payout: Price): LifecycleChange => {
  const word = msg.text('event_type');
  switch (word) {
    case 'created':
      return {
        kind: 'created',
        grid: msg.has('price_ranges') ? gridOf(msg, payout) : null,
        closesAt: msg.has('close_ts') ? msg.seconds('close_ts') : null,
      };
    case 'activated':
      return { kind: 'activated' };
    case 'deactivated':
      return { kind: 'deactivated' };
    case 'close_date_updated':
      return { kind: 'close-moved', closesAt: msg.seconds('close_ts') };
    case 'determined':
      return { kind: 'determined', settlesAt: settlementOf(msg, payout) };
    case 'settled':
      return { kind: 'settled' };
    case 'price_level_structure_updated':
      return { kind: 'grid-changed', grid: gridOf(msg, payout) };
    case 'metadata_updated':
      return { kind: 'metadata', strike: strikeOf(msg) };
    default:
      return { kind: 'unknown', word };
  }
};

/** What one YES contract settles at: the stated value, else what the plain result says. */
const settlementOf = (msg: Fields, payout: Price): Price | null => {
  if (msg.has('settlement_value')) {
    const value = msg.price('settlement_value');
    return value <= payout ? value : msg.refuse('settlement_value', 'a price up to the payout');
  }
  const result = msg.optionalText('result');
  if (result === 'yes') return payout;
  return result === 'no' ? ZERO_PRICE : null;
};

/** The market's prices from `price_ranges`; the structure's label is never read. */
const gridOf = (msg: Fields, payout: Price): PriceGrid => {
  const bands = msg.list('price_ranges').map((entry, i): PriceBand => {
    if (!isObject(entry)) throw new MalformedFrameError(`${msg.path}.price_ranges[${i}]`, '{start, end, step}', show(entry), msg.ticker);
    const band = new Fields(`${msg.path}.price_ranges[${i}]`, entry, msg.ticker);
    return { start: band.price('start'), end: band.price('end'), step: band.price('step') };
  });
  try {
    return new PriceGrid(bands, payout);
  } catch (error) {
    if (error instanceof InvalidGridError)
      throw new MalformedFrameError(`${msg.path}.price_ranges`, error.expected, error.received, msg.ticker);
    throw error;
  }
};

/** Both fields must be there, if only as null: a missing one is a changed message, not a cleared override. */
export const decodeEventFees = (msg: Fields): WireEventFees => {
  for (const name of ['fee_type_override', 'fee_multiplier_override'])
    if (!Object.hasOwn(msg.object, name)) msg.refuse(name, 'a value or null');
  return {
    type: 'event_fee_update',
    event: eventTicker(msg.text('event_ticker')),
    override: {
      type: msg.has('fee_type_override') ? msg.word('fee_type_override', FEE_TYPES) : null,
      multiplierMicros: msg.has('fee_multiplier_override') ? multiplierOf(msg) : null,
    },
  };
};

const multiplierOf = (msg: Fields): number => {
  const value = msg.value('fee_multiplier_override');
  const micros = typeof value === 'number' && value >= 0 ? Math.round(value * MICROS) : NaN;
  return Number.isSafeInteger(micros) ? micros : msg.refuse('fee_multiplier_override', 'a number of at least 0');
};
