/** What reports are made of: facts of a run in the order in which the bot learned them. Any source can tell them: a journal, a backtest, a live run. */
import type { Adjusted, Decision } from '../domain/actions.js';
import type { EventTicker, FillId, Ticker } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import type { FillReport, VenueCommand } from '../domain/order.js';
import type { Cash, DurationUs, EpochUs, Price, Quantity } from '../domain/units.js';

export interface FillMark {
  readonly at: EpochUs;
  readonly ticker: Ticker;
  readonly fillId: FillId;
  readonly side: BookSide;
  readonly price: Price;
  /** Positive. */
  readonly quantity: Quantity;
  readonly fee: Cash;
  readonly role: FillReport['role'];
  /** What it closed has earned before fees, and the position and its signed cost after it: as the bot booked them. */
  readonly realized: Cash;
  readonly position: Quantity;
  readonly cost: Cash;
  /** The first fill of its order. */
  readonly isFirstOfOrder: boolean;
}

/** How an order lost its place in the queue. */
export type PlaceEnd = 'filled' | 'cancelled' | 'moved';

export type RunItem =
  | { readonly type: 'market'; readonly ticker: Ticker; readonly event: EventTicker; readonly payout: Price; readonly exclusive: boolean }
  /** The mid without our own orders, in price units; null while a side is empty or the book is not known. */
  | { readonly type: 'mid'; readonly at: EpochUs; readonly ticker: Ticker; readonly mid: number | null }
  /** Before the row that shows it. */
  | { readonly type: 'fill'; readonly fill: FillMark }
  /** A position that came from elsewhere, or was paid out at `settlesAt`. */
  | {
      readonly type: 'adjusted';
      readonly at: EpochUs;
      readonly ticker: Ticker;
      readonly adjusted: Omit<Adjusted, 'type' | 'market' | 'asOf'>;
      readonly settlesAt: Price | null;
    }
  | { readonly type: 'row'; readonly ticker: Ticker; readonly decision: Decision }
  | {
      readonly type: 'sent';
      readonly at: EpochUs;
      readonly ticker: Ticker;
      readonly command: VenueCommand;
      /** Of an amend or decrease: whether the order keeps its place in the queue. */
      readonly keepsPlace: boolean | null;
    }
  | { readonly type: 'place-ended'; readonly at: EpochUs; readonly ticker: Ticker; readonly kept: DurationUs; readonly end: PlaceEnd };
