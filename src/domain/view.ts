/** What a strategy sees and what it answers. A strategy is a pure function from one to the other: it cannot send, wait or look elsewhere. */
import type { NoQuote } from './actions.js';
import type { MarketEstimates } from './estimates.js';
import type { BookSide, Market } from './market.js';
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
  /** Seconds until the result is expected, at least 0: as the exchange says, else the close; null where neither is known. */
  readonly secondsToSettlement: number | null;
  readonly estimates: MarketEstimates;
  /** What the contract is worth by an outside price; null where there is none that is fresh. */
  readonly valuation: Valuation | null;
  /** Why there is no valuation, where one was to be expected. */
  readonly noValuation?: NoQuote | null;
  /** The other markets whose payoffs hang together with this one; null where it stands alone or not all of them are known. */
  readonly related: RelatedMarkets | null;
}

/** A fair value from outside of the book, such as that of a digital option on an index. */
export interface Valuation {
  /** Of YES, in [0, 1]. */
  readonly probability: number;
  /** Of the probability. */
  readonly standardError: number;
  /** sigma_b that follows from the same model, per square root of a second; null where it has none. */
  readonly beliefVolatility: number | null;
  /** When the source formed it. */
  readonly asOf: EpochUs;
  readonly source: string;
}

/** One market of an event: what it is worth by its own book, and what we hold of it. */
export interface RelatedMarket {
  readonly probability: number;
  /** Contracts, positive for long YES. */
  readonly contracts: number;
}

/**
 * `exclusive`: exactly one of them settles YES. `nested`: strikes of one number in rising order, each YES where the number is above its strike.
 * `own` is the index of the market that is quoted.
 */
export interface RelatedMarkets {
  readonly kind: 'exclusive' | 'nested';
  readonly markets: readonly RelatedMarket[];
  readonly own: number;
}

export interface Quote {
  readonly price: Price;
  readonly size: Quantity;
}

/** An order that trades at once or not at all: immediate or cancel, at most one per signal. */
export interface Take {
  readonly side: BookSide;
  /** Most that is paid, or least that is taken. */
  readonly price: Price;
  readonly size: Quantity;
  /** Fees make less of it not worth while; absent: any size is. */
  readonly sizeMin?: Quantity;
  /** `asOf` of the signal it answers: the same signal is not answered twice. */
  readonly signal: EpochUs;
}

/** Follows a quote on its way from fair value to order, for those who ask why. In price units unless a unit is named. */
export interface Trail {
  /** A number that went in. */
  input(name: string, value: number, unit: string, error?: number | null): void;
  /** Where both quotes stand after a step; null where a side is gone. What a step adds is the difference to the one before. */
  step(name: string, bid: number | null, ask: number | null): void;
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
  /** Absent: nothing is taken. */
  readonly take?: Take;
}

export interface Strategy {
  readonly name: string;
  /** It looks at related markets: only then are they put together for it. */
  readonly linksOutcomes?: boolean;
  /** @param trail told of every step; absent where nobody asks, which is cheaper */
  quote(view: MarketView, trail?: Trail): Target;
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
