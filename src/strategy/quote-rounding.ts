/**
 * From the prices a model wishes for to orders the exchange takes: quoting reference d.2, in its order. Every step moves a quote outward or removes it, so
 * rounding never gives edge away: no tick is nearer than the wish after costs, however good its expected edge. Position limits (step 6) belong to risk.
 */
import type { NoQuote } from '../domain/actions.js';
import type { BookSide } from '../domain/market.js';
import type { QuoteSettings } from '../domain/settings.js';
import {
  contractsOf,
  dollarsOfCash,
  dollarsOfPrice,
  price,
  PRICE_PER_DOLLAR,
  ZERO_CASH,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { noTarget, type MarketView, type Quote, type Target, type Trail } from '../domain/view.js';
import { breakEvenAsk, breakEvenBid, makerFeeRate } from './fee-break-even.js';
import { orderFee } from './order-fee.js';
import { invalid } from './reading.js';
import { shapedSizes } from './size.js';
import { bestTick } from './tick-choice.js';

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
  /** How fills thin out per price unit, and what a lot more or less is worth: then the best of the legal prices is taken. */
  readonly fills?: { readonly decay: number; readonly bidWorth: number; readonly askWorth: number };
}

type Side = number | NoQuote;

/** Costs, rounding, post-only, bounds, choice of the tick, locked quotes and sizes, in this order. Never throws. */
export const makeTarget = (wish: Wish, view: MarketView, configured: QuoteSettings, trail?: Trail): Target => {
  const rate = makerFeeRate(view.market.fees);
  const why = whyNot(wish, view, rate);
  if (why !== null || rate === null) return refused(why ?? unknownFee(view), Number.isFinite(wish.fair) ? wish.fair : null, trail);
  const settings = inTail(wish.fair, view) ? withTailEdge(wish.fair, view, configured) : configured;
  const paid = bidAfterCosts(wish, view, settings, rate);
  const left = askAfterCosts(wish, view, settings, rate);
  if (trail !== undefined) tellCosts(wish, paid, left, settings, trail);
  let bid = roundBid(paid, view);
  let ask = roundAsk(left, view);
  tell(trail, 'rounding', bid, ask);
  bid = passiveBid(bid, view);
  ask = passiveAsk(ask, view);
  tell(trail, 'post-only', bid, ask);
  bid = chooseTick('bid', bid, wish, view, settings, rate);
  ask = chooseTick('ask', ask, wish, view, settings, rate);
  tell(trail, 'best tick', bid, ask);
  const locked = typeof bid === 'number' && typeof ask === 'number' && bid >= ask ? lockedReason(bid, ask) : null;
  const sizes = shapedSizes(settings, view.inventory);
  const bidQuote = sized(locked !== null && view.inventory >= 0 ? locked : bid, sizes.bid, view, settings);
  const askQuote = sized(locked !== null && view.inventory <= 0 ? locked : ask, sizes.ask, view, settings);
  const target: Target = {
    bid: isQuote(bidQuote) ? bidQuote : null,
    ask: isQuote(askQuote) ? askQuote : null,
    noBid: isQuote(bidQuote) ? null : bidQuote,
    noAsk: isQuote(askQuote) ? null : askQuote,
    fair: wish.fair,
    reservation: Number.isFinite(wish.reservation) ? wish.reservation : null,
  };
  trail?.step('size and locked quotes', target.bid?.price ?? null, target.ask?.price ?? null);
  return target;
};

/** A target without quotes, told as the last step too. */
export const refused = (why: NoQuote, fair: number | null, trail: Trail | undefined): Target => {
  trail?.step(why.code, null, null);
  return noTarget(why, fair);
};

const whyNot = (wish: Wish, view: MarketView, rate: number | null): NoQuote | null => {
  if (rate === null) return unknownFee(view);
  if (!(rate < 1)) return invalid('maker fee rate', rate, 'less than 1');
  if (!Number.isFinite(wish.fair)) return invalid('fair value', wish.fair, 'a finite number of price units');
  if (!Number.isFinite(view.inventory)) return invalid('inventory', view.inventory, 'a finite quantity');
  return null;
};

/** Nearer to certainty than this, an error of a cent in the fair value is most of the price. */
const TAIL = 0.03;

const inTail = (fair: number, { market: { payout } }: MarketView): boolean => fair < TAIL * payout || fair > (1 - TAIL) * payout;

/** There the least edge is half a tick and the standard error of the valuation, where there is one (d.6). */
const withTailEdge = (fair: number, { market, valuation }: MarketView, settings: QuoteSettings): QuoteSettings => {
  const { grid, payout } = market;
  const at = grid.floor(fair) ?? grid.lowest;
  const tick = at === grid.highest ? payout - at : (grid.next(at) ?? payout) - at;
  const error = valuation === null || !(valuation.standardError >= 0) ? 0 : Math.min(1, valuation.standardError) * payout;
  return { ...settings, edgeMin: Math.max(settings.edgeMin, tick / 2 + error) };
};

/** Step 2 with d.4: no more is paid than fair value plus the giveaway, fee included. */
const bidAfterCosts = (wish: Wish, view: MarketView, settings: QuoteSettings, rate: number): Side => {
  const bid = finite('bid', wish.bid);
  if (typeof bid !== 'number') return bid;
  const { payout } = view.market;
  if (wish.costs === 'covered') return Math.min(bid, breakEvenBid(wish.fair - settings.edgeMin, rate, payout));
  return breakEvenBid(Math.min(bid - settings.edgeMin, wish.fair + settings.giveawayMax), rate, payout);
};

const askAfterCosts = (wish: Wish, view: MarketView, settings: QuoteSettings, rate: number): Side => {
  const ask = finite('ask', wish.ask);
  if (typeof ask !== 'number') return ask;
  const { payout } = view.market;
  if (wish.costs === 'covered') return Math.max(ask, breakEvenAsk(wish.fair + settings.edgeMin, rate, payout));
  return breakEvenAsk(Math.max(ask + settings.edgeMin, wish.fair - settings.giveawayMax), rate, payout);
};

/** The same once more, step by step. */
const tellCosts = (wish: Wish, paid: Side, left: Side, { edgeMin, giveawayMax }: QuoteSettings, trail: Trail): void => {
  if (wish.costs === 'covered') {
    tell(trail, 'maker fee and least edge', paid, left);
    return;
  }
  const step = (name: string, bid: (at: number) => number, ask: (at: number) => number): void =>
    trail.step(
      name,
      typeof paid === 'number' && typeof wish.bid === 'number' ? bid(wish.bid - edgeMin) : null,
      typeof left === 'number' && typeof wish.ask === 'number' ? ask(wish.ask + edgeMin) : null,
    );
  step(
    'least edge',
    (at) => at,
    (at) => at,
  );
  step(
    'giveaway limit',
    (at) => Math.min(at, wish.fair + giveawayMax),
    (at) => Math.max(at, wish.fair - giveawayMax),
  );
  tell(trail, 'maker fee', paid, left);
};

/** Checked before any limit, which would turn an infinite wish into a believable one. */
const finite = (what: BookSide, wish: Side): Side =>
  typeof wish !== 'number' || Number.isFinite(wish) ? wish : invalid(what, wish, 'a finite number of price units');

const tell = (trail: Trail | undefined, name: string, bid: Side, ask: Side): void =>
  trail?.step(name, typeof bid === 'number' ? bid : null, typeof ask === 'number' ? ask : null);

/** Steps 3 and 5. The grid answers null below its lowest price and its highest price above that. */
const roundBid = (value: Side, { market: { grid } }: MarketView): Price | NoQuote => {
  if (typeof value !== 'number') return value;
  return grid.floor(value) ?? { code: 'below-lowest-price', text: `bid ${say(value)} is below the lowest price ${say(grid.lowest)}` };
};

const roundAsk = (value: Side, { market: { grid } }: MarketView): Price | NoQuote => {
  if (typeof value !== 'number') return value;
  return grid.ceil(value) ?? { code: 'above-highest-price', text: `ask ${say(value)} is above the highest price ${say(grid.highest)}` };
};

/** Step 4. */
const passiveBid = (at: Price | NoQuote, { bestAsk, market: { grid } }: MarketView): Price | NoQuote => {
  if (typeof at !== 'number' || bestAsk === null || at < bestAsk) return at;
  return (
    grid.previous(bestAsk) ?? {
      code: 'post-only',
      text: `bid ${say(at)} would trade with the best ask ${say(bestAsk)}, and no price is lower`,
    }
  );
};

const passiveAsk = (at: Price | NoQuote, { bestBid, market: { grid } }: MarketView): Price | NoQuote => {
  if (typeof at !== 'number' || bestBid === null || at > bestBid) return at;
  return (
    grid.next(bestBid) ?? {
      code: 'post-only',
      text: `ask ${say(at)} would trade with the best bid ${say(bestBid)}, and no price is higher`,
    }
  );
};

/**
 * The fee is that of a whole lot, whatever the shaped size: a quote must not come nearer because less is offered. The giveaway limit and the least edge
 * hold for the fee with its rounding too.
 */
const chooseTick = (
  side: BookSide,
  start: Price | NoQuote,
  wish: Wish,
  view: MarketView,
  settings: QuoteSettings,
  rate: number,
): Price | NoQuote => {
  if (typeof start !== 'number' || (rate === 0 && wish.fills === undefined)) return start;
  const { fees, grid, payout } = view.market;
  const sign = side === 'bid' ? 1 : -1;
  const decay = wish.fills?.decay ?? null;
  const worth = (side === 'bid' ? wish.fills?.bidWorth : wish.fills?.askWorth) ?? wish.fair;
  // Without a fee the expected edge only falls once a fill earns 1 / kappa: the usual case, and then there is nothing to look for.
  if (rate === 0 && decay !== null && sign * (worth - start) * decay >= 1) return start;
  const contracts = contractsOf(settings.lot);
  const best = bestTick(start, {
    side,
    grid,
    limit: wish.fair + sign * (wish.costs === 'added' ? settings.giveawayMax : -settings.edgeMin),
    fee:
      rate === 0
        ? FREE
        : (at) => (dollarsOfCash(orderFee(fees, 'maker', at, settings.lot, payout) ?? ZERO_CASH) * PRICE_PER_DOLLAR) / contracts,
    decay,
    worth,
  });
  return (
    best ?? { code: 'fee-exceeds-edge', text: `the fee of an order of ${contracts} contracts leaves nothing at ${say(start)} or beyond` }
  );
};

const FREE = (): number => 0;

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
