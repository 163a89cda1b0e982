/** What the engine knows of one market besides orders and money. */
import { Estimates } from '../estimators/estimates.js';
import { VolatilityEstimator } from '../estimators/volatility.js';
import type { Decision } from '../domain/actions.js';
import type { BookLost } from '../domain/events.js';
import type { ClientOrderId, MarketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { UNKNOWN_TIME, type DurationUs, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import { OrderFlowImbalance } from '../orderbook/indicators.js';
import { OrderBook } from '../orderbook/order-book.js';

export interface Trust {
  /** `none` before the first snapshot, `lost` once the feed or the book itself cannot vouch for it. */
  state: 'none' | 'good' | 'lost';
  reason: BookLost['reason'] | null;
}

export class MarketState {
  market: Market;
  readonly book: OrderBook;
  readonly flow: OrderFlowImbalance;
  readonly volatility: VolatilityEstimator;
  readonly estimates: Estimates;
  readonly trust: Trust = { state: 'none', reason: null };
  /** Something changed since the last decision. */
  dirty = false;
  /** When the last fact about the book came, and when a fresh one was last asked for. */
  heardAt: EpochUs = UNKNOWN_TIME;
  askedAt: EpochUs = UNKNOWN_TIME;
  /** Since when bids have been at or above asks; UNKNOWN_TIME while they are not. */
  crossedSince: EpochUs = UNKNOWN_TIME;
  /** The book's version at the last look at its top. */
  seenVersion = -1;
  /** Best prices of others at the last look: what a taker of the next batch has met. */
  seenBid: Price | null = null;
  seenAsk: Price | null = null;
  last: Decision | null = null;
  /** What the next decision is about, where it is more than a change of the market. */
  cause: Decision['cause'] | null = null;
  /** When a change that is held back is due, or null. */
  dueAt: EpochUs | null = null;
  /** Our own count of fills is the position: it was carried over, or taken over from the exchange. */
  counts = false;
  /** Fills of others up to this moment are in that position. */
  countedAfter: EpochUs = UNKNOWN_TIME;
  /** When the last fill was booked: readings older than that cannot know it. */
  filledAt: EpochUs = UNKNOWN_TIME;
  /** Position that the exchange told last and that differs from ours; told twice it stands. */
  doubted: Quantity | null = null;
  /** How often in a row it differed. */
  doubts = 0;
  /** Position as the exchange tells it differs from ours: the growing side is not quoted until it agrees again. */
  drift: string | null = null;
  settled = false;
  /** Mid of others at the last look, in price units; null where a side is empty or the book is not known. */
  mid: number | null = null;
  /** What the clock allowed at the last look. */
  scheduledPhase = 0;
  /** The last order that was to trade at once; null before the first. */
  takeId: ClientOrderId | null = null;
  /** The signal that it answered. */
  answeredSignal: EpochUs = UNKNOWN_TIME;
  /** Settlement value told before positions were adopted: booked with them. */
  settlesAt: Price | null = null;
  /** The last mid that was known, in price units: values the position while a side of the book is empty. */
  markAt = 0;

  constructor(
    readonly index: MarketIndex,
    market: Market,
    estimators: EstimatorSettings,
    imbalanceWindow: DurationUs,
  ) {
    this.market = market;
    this.book = new OrderBook(market.grid);
    this.flow = new OrderFlowImbalance(imbalanceWindow);
    this.volatility = new VolatilityEstimator(estimators.volatility);
    this.estimates = new Estimates(estimators);
  }
}
