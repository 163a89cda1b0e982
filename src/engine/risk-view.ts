/** The engine's state as risk wants to see it. */
import type { BookSide } from '../domain/market.js';
import type { Price } from '../domain/units.js';
import type { WorkingOrder } from '../execution/working-order.js';
import { midOf } from '../orderbook/indicators.js';
import type { TopOfBook } from '../orderbook/own-orders.js';
import type { MarketExposure } from '../risk/exposure.js';
import type { OpenOrder, RiskContext } from '../risk/risk.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';

const exposureOf = (engine: EngineState, state: MarketState): MarketExposure => {
  const { orders, inventory } = engine;
  const { index } = state;
  const { payout } = state.market;
  return {
    position: inventory.position(index),
    cost: inventory.cost(index),
    bid: orders.exposure(index, 'bid'),
    ask: orders.exposure(index, 'ask'),
    bidCash: orders.exposureCash(index, 'bid', payout),
    askCash: orders.exposureCash(index, 'ask', payout),
  };
};

/** Tells the account-wide sums what this market looks like now. */
export const refreshExposure = (engine: EngineState, state: MarketState): MarketExposure => {
  const exposure = exposureOf(engine, state);
  engine.exposures.set(state.index, state.market, exposure);
  return exposure;
};

export const riskContext = (engine: EngineState, state: MarketState, top: TopOfBook): RiskContext => ({
  now: engine.now,
  index: state.index,
  market: state.market,
  exposure: refreshExposure(engine, state),
  others: engine.exposures.others(state.index),
  openOrders: engine.orders.openCount + engine.orders.externalCount,
  bestBid: top.bestBid,
  bestAsk: top.bestAsk,
  mid: midOf(top),
  ownBid: mostAggressive(engine, state, 'bid'),
  ownAsk: mostAggressive(engine, state, 'ask'),
  bookProblem: state.trust.state === 'good' ? null : (state.trust.reason ?? 'no snapshot yet'),
  quotedBid: quoted(engine.orders.forMarket(state.index, 'bid')),
  quotedAsk: quoted(engine.orders.forMarket(state.index, 'ask')),
});

/** The order of a side that a new quote would change or replace: the one that is not on its way out. */
const quoted = (orders: readonly WorkingOrder[]): OpenOrder | null => orders.find((order) => order.phase !== 'pending-cancel') ?? null;

const mostAggressive = (engine: EngineState, state: MarketState, side: BookSide): Price | null => {
  let best: Price | null = null;
  for (const list of [engine.orders.forMarket(state.index, side), engine.orders.othersFor(state.index, side)])
    for (const order of list) {
      // An ended order whose fills are still to come cannot be met any more.
      if (order.phase === 'done') continue;
      if (best === null || (side === 'bid' ? order.worstPrice > best : order.worstPrice < best)) best = order.worstPrice;
    }
  return best;
};
