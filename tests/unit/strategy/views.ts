/** Markets and views for the tests of this room. Prices in cents, sizes in contracts, unless a name says otherwise. */
import type { MarketEstimates } from '../../../src/domain/estimates.js';
import { priorEstimates } from '../../../src/estimators/priors.js';
import { ESTIMATORS } from '../../support/settings.js';
import { QUADRATIC, type FeeTerms } from '../../../src/domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../../../src/domain/ids.js';
import type { Market } from '../../../src/domain/market.js';
import type { PriceGrid } from '../../../src/domain/price-grid.js';
import type { QuoteSettings } from '../../../src/domain/settings.js';
import { epochUs, price, quantity, QUANTITY_PER_CONTRACT } from '../../../src/domain/units.js';
import type { MarketView, Target } from '../../../src/domain/view.js';
import { grid as gridOf, type GridName } from '../../support/grids.js';

export const CENT = 100;

export const market = (over: { grid?: PriceGrid | GridName; fees?: FeeTerms } = {}): Market => {
  const grid = typeof over.grid === 'object' ? over.grid : gridOf(over.grid ?? 'linear_cent');
  return {
    ticker: ticker('KXRAIN-26NOV21'),
    event: eventTicker('KXRAIN'),
    series: seriesTicker('KXRAIN'),
    shard: 0,
    status: 'active',
    payout: grid.payout,
    grid,
    fees: over.fees ?? QUADRATIC,
    closesAt: null,
    mutuallyExclusive: false,
    assumed: [],
  };
};

export interface ViewParts {
  readonly market?: Market;
  readonly bid?: number | null;
  readonly ask?: number | null;
  readonly bidSize?: number;
  readonly askSize?: number;
  /** In cents; halfway between bid and ask unless given. */
  readonly mid?: number | null;
  readonly held?: number;
  readonly volatility?: number;
  readonly alpha?: number;
  readonly secondsToClose?: number | null;
  readonly estimates?: Partial<MarketEstimates>;
}

const midOf = ({ bid = 49, ask = 51 }: ViewParts): number | null => (bid === null || ask === null ? null : (bid + ask) / 2);

export const view = (parts: ViewParts = {}): MarketView => {
  const { bid = 49, ask = 51, bidSize = 100, askSize = 100 } = parts;
  const mid = parts.mid === undefined ? midOf(parts) : parts.mid;
  return {
    market: parts.market ?? market(),
    now: epochUs(1_795_296_000_000_000),
    bestBid: bid === null ? null : price(Math.round(bid * CENT)),
    bestAsk: ask === null ? null : price(Math.round(ask * CENT)),
    bidSize: quantity(bid === null ? 0 : bidSize * QUANTITY_PER_CONTRACT),
    askSize: quantity(ask === null ? 0 : askSize * QUANTITY_PER_CONTRACT),
    mid: mid === null ? null : mid * CENT,
    microprice: bid === null || ask === null ? null : ((bidSize * ask + askSize * bid) / (bidSize + askSize)) * CENT,
    imbalance: 0,
    volatility: (parts.volatility ?? 0.1) * CENT,
    inventory: quantity(Math.round((parts.held ?? 0) * QUANTITY_PER_CONTRACT)),
    alpha: (parts.alpha ?? 0) * CENT,
    secondsToClose: parts.secondsToClose === undefined ? null : parts.secondsToClose,
    secondsToSettlement: parts.secondsToClose === undefined ? null : parts.secondsToClose,
    estimates: { ...priorEstimates(ESTIMATORS), ...parts.estimates },
    valuation: null,
    related: null,
  };
};

/** Ten contracts, no edge, a giveaway of a dollar (none in effect), no shaping. */
export const PLAIN: QuoteSettings = { lot: quantity(1000), edgeMin: 0, giveawayMax: 10_000, sizeDecayPerContract: 0 };

/** Both quotes in cents; the code of the reason where there is none. */
export const inCents = (target: Target): [number | string, number | string] => [
  target.bid === null ? (target.noBid?.code ?? 'nothing') : target.bid.price / CENT,
  target.ask === null ? (target.noAsk?.code ?? 'nothing') : target.ask.price / CENT,
];
