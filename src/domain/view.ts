/** What a strategy sees and what it answers. A strategy is a pure function from one to the other: it cannot send, wait or look elsewhere. */
import type { NoQuote } from './actions.js';
import type { Market } from './market.js';
import type { EpochUs, Price, Quantity } from './units.js';

/** One market at one moment. Our own resting orders are taken out of the book. Real numbers are in price units unless they say otherwise. */
export interface MarketView {
  readonly market: Market;
  readonly now: EpochUs;
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  /** Halfway between best bid and best ask; null where a side is empty. */
  readonly mid: number | null;
  /** Mid weighted by the opposite side's size; null where a side is empty. */
  readonly microprice: number | null;
  /** Order flow imbalance over the configured window, in contracts (Cont, Kukanov and Stoikov). */
  readonly imbalance: number;
  /** Standard deviation of the price per square root of a second, in price units. */
  readonly volatility: number;
  readonly inventory: Quantity;
  /** Outside opinion: a shift of fair value in price units. */
  readonly alpha: number;
  /** Seconds until the market closes; null where that is not known. */
  readonly secondsToClose: number | null;
}

export interface Quote {
  readonly price: Price;
  readonly size: Quantity;
}

/** What we want to rest in one market. A missing side says why. */
export interface Target {
  readonly bid: Quote | null;
  readonly ask: Quote | null;
  readonly noBid: NoQuote | null;
  readonly noAsk: NoQuote | null;
  /** Our estimate of the price, and that estimate after leaning against inventory; null where there is none. */
  readonly fair: number | null;
  readonly reservation: number | null;
}

export interface Strategy {
  readonly name: string;
  quote(view: MarketView): Target;
}

/** A target without quotes, for one reason. */
export const noTarget = (reason: NoQuote, fair: number | null = null): Target => ({
  bid: null,
  ask: null,
  noBid: reason,
  noAsk: reason,
  fair,
  reservation: null,
});
