/** What is known of a market besides its book. */
import type { FeeTerms } from './fees.js';
import type { EventTicker, SeriesTicker, Ticker } from './ids.js';
import type { PriceGrid } from './price-grid.js';
import type { EpochUs, Price } from './units.js';

/** The exchange's status words. Orders are accepted in `active` only. */
export type MarketStatus = 'initialized' | 'active' | 'inactive' | 'closed' | 'determined' | 'disputed' | 'amended' | 'finalized';

export interface Market {
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly series: SeriesTicker;
  /** Shard (`exchange_index`): collateral, order groups and write budgets are separate per shard. */
  readonly shard: number;
  readonly status: MarketStatus;
  /** What one YES contract pays when it settles YES: $1.00 for event contracts. */
  readonly payout: Price;
  readonly grid: PriceGrid;
  readonly fees: FeeTerms;
  /** null where no close is known (some recordings). */
  readonly closesAt: EpochUs | null;
  /** Outcomes of its event exclude each other: at most one market of the event settles YES. */
  readonly mutuallyExclusive: boolean;
  /** On what number the contract pays; absent where it is not about a number, or the exchange does not say. */
  readonly strike?: Strike;
  /** When the result is expected; absent where the exchange does not say. */
  readonly determinesAt?: EpochUs;
  /** May close before `closesAt`, once its outcome is known. Absent: not known. */
  readonly canCloseEarly?: boolean;
  /** What had to be assumed because the source lacked it, for instance `price_ranges`. */
  readonly assumed: readonly string[];
}

/**
 * A YES contract pays where the number is above `floor` (or at it, unless `floorStrict`) and below `cap` (or at it, unless `capStrict`). null: no bound on that side.
 * In units of the number itself.
 */
export interface Strike {
  readonly floor: number | null;
  readonly floorStrict: boolean;
  readonly cap: number | null;
  readonly capStrict: boolean;
}

export type BookSide = 'bid' | 'ask';
export const opposite = (side: BookSide): BookSide => (side === 'bid' ? 'ask' : 'bid');
/** +1 for bids (buying YES), -1 for asks. */
export const signOf = (side: BookSide): 1 | -1 => (side === 'bid' ? 1 : -1);
