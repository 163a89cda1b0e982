/**
 * From the prices a model wishes for to orders the exchange takes: quoting reference d.2, in its order. Every step moves a quote outward or removes it, so
 * rounding never gives edge away. Position limits (step 6) belong to risk.
 */
import type { NoQuote } from '../domain/actions.js';
import type { QuoteSettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, price, type Price, type Quantity } from '../domain/units.js';
import { noTarget, type MarketView, type Quote, type Target } from '../domain/view.js';
import { breakEvenAsk, breakEvenBid, makerFeeRate } from './fee-break-even.js';
import { invalid } from './reading.js';
import { shapedSizes } from './size.js';

/** What a model wants, in price units and not rounded. A side the model itself refuses says why. */
export interface Wish {
  readonly fair: number;
  readonly reservation: number;
  readonly bid: number | NoQuote;
  readonly ask: number | NoQuote;
  /**
   * `added`: maker fee and least edge come on top of the wish, as models want that know neither (reference c9 and d.4).
   * `covered`: the wish stands as it is, but never nearer to fair value than fee and least edge allow.
   */
  readonly costs: 'added' | 'covered';
}

/** Costs, rounding, post-only, bounds, locked quotes and sizes, in this order. Never throws. */
export const makeTarget = (wish: Wish, view: MarketView, settings: QuoteSettings): Target => {
  const rate = makerFeeRate(view.market.fees);
  if (rate === null) return noTarget(unknownFee(view), wish.fair);
  if (!(rate < 1)) return noTarget(invalid('maker fee rate', rate, 'less than 1'), wish.fair);
  if (!Number.isFinite(wish.fair)) return noTarget(invalid('fair value', wish.fair, 'a finite number of price units'));
  if (!Number.isFinite(view.inventory)) return noTarget(invalid('inventory', view.inventory, 'a finite quantity'), wish.fair);
  const bid = roundBid(bidAfterCosts(wish, view, settings, rate), view);
  const ask = roundAsk(askAfterCosts(wish, view, settings, rate), view);
  const locked = typeof bid === 'number' && typeof ask === 'number' && bid >= ask ? lockedReason(bid, ask) : null;
  const sizes = shapedSizes(settings, view.inventory);
  const bidQuote = sized(locked !== null && view.inventory >= 0 ? locked : bid, sizes.bid, view, settings);
  const askQuote = sized(locked !== null && view.inventory <= 0 ? locked : ask, sizes.ask, view, settings);
  return {
    bid: isQuote(bidQuote) ? bidQuote : null,
    ask: isQuote(askQuote) ? askQuote : null,
    noBid: isQuote(bidQuote) ? null : bidQuote,
    noAsk: isQuote(askQuote) ? null : askQuote,
    fair: wish.fair,
    reservation: Number.isFinite(wish.reservation) ? wish.reservation : null,
  };
};

/** Step 2 with d.4: no more is paid than fair value plus the giveaway, fee included. */
const bidAfterCosts = (wish: Wish, view: MarketView, settings: QuoteSettings, rate: number): number | NoQuote => {
  if (typeof wish.bid !== 'number') return wish.bid;
  // Before the limits below, which would turn an infinite bid into a believable one.
  if (!Number.isFinite(wish.bid)) return invalid('bid', wish.bid, 'a finite number of price units');
  const { payout } = view.market;
  if (wish.costs === 'covered') return Math.min(wish.bid, breakEvenBid(wish.fair - settings.edgeMin, rate, payout));
  return breakEvenBid(Math.min(wish.bid - settings.edgeMin, wish.fair + settings.giveawayMax), rate, payout);
};

const askAfterCosts = (wish: Wish, view: MarketView, settings: QuoteSettings, rate: number): number | NoQuote => {
  if (typeof wish.ask !== 'number') return wish.ask;
  if (!Number.isFinite(wish.ask)) return invalid('ask', wish.ask, 'a finite number of price units');
  const { payout } = view.market;
  if (wish.costs === 'covered') return Math.max(wish.ask, breakEvenAsk(wish.fair + settings.edgeMin, rate, payout));
  return breakEvenAsk(Math.max(wish.ask + settings.edgeMin, wish.fair - settings.giveawayMax), rate, payout);
};

/** Steps 3, 4 and 5. The grid answers null below its lowest price and its highest price above that. */
const roundBid = (value: number | NoQuote, view: MarketView): Price | NoQuote => {
  if (typeof value !== 'number') return value;
  const { grid } = view.market;
  const rounded = grid.floor(value);
  if (rounded === null) return { code: 'below-lowest-price', text: `bid ${say(value)} is below the lowest price ${say(grid.lowest)}` };
  if (view.bestAsk === null || rounded < view.bestAsk) return rounded;
  return (
    grid.previous(view.bestAsk) ?? {
      code: 'post-only',
      text: `bid ${say(rounded)} would trade with the best ask ${say(view.bestAsk)}, and no price is lower`,
    }
  );
};

const roundAsk = (value: number | NoQuote, view: MarketView): Price | NoQuote => {
  if (typeof value !== 'number') return value;
  const { grid } = view.market;
  const rounded = grid.ceil(value);
  if (rounded === null) return { code: 'above-highest-price', text: `ask ${say(value)} is above the highest price ${say(grid.highest)}` };
  if (view.bestBid === null || rounded > view.bestBid) return rounded;
  return (
    grid.next(view.bestBid) ?? {
      code: 'post-only',
      text: `ask ${say(rounded)} would trade with the best bid ${say(view.bestBid)}, and no price is higher`,
    }
  );
};

/** Step 7: the side that adds to the inventory goes; without inventory both go. */
const lockedReason = (bid: Price, ask: Price): NoQuote => ({
  code: 'locked',
  text: `bid ${say(bid)} would not be below our own ask ${say(ask)}`,
});

const sized = (at: Price | NoQuote, size: Quantity, view: MarketView, settings: QuoteSettings): Quote | NoQuote => {
  if (typeof at !== 'number') return at;
  if (size > 0) return { price: at, size };
  const held = contractsOf(view.inventory);
  return {
    code: 'size-too-small',
    text: `holding ${held} contracts leaves less than one step of a lot of ${contractsOf(settings.lot)}`,
  };
};

const isQuote = (side: Quote | NoQuote): side is Quote => 'price' in side;

const unknownFee = (view: MarketView): NoQuote => ({
  code: 'unknown-fee',
  text: `the exchange publishes no formula for fee type ${view.market.fees.type}, so break-even is unknown`,
});

/** Dollars for people; four decimals show every legal price exactly. */
const say = (units: number): string => dollarsOfPrice(price(units)).toFixed(4);
