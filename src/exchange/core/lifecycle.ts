/** A market's life from listing to settlement, and the acts of the exchange: reference sections 6.2 and 9. */
import { assert } from '../../domain/errors.js';
import type { Ticker } from '../../domain/ids.js';
import {
  cash,
  later,
  parseCash,
  price,
  quantity,
  ZERO_CASH,
  ZERO_PRICE,
  ZERO_QUANTITY,
  type Cash,
  type Price,
} from '../../domain/units.js';
import { OrderBook } from './book.js';
import { cancelResting } from './cancelling.js';
import type { Kernel } from './kernel.js';
import type { MarketState, Order, Position } from './records.js';
import type { Act, EventListing, ExchangeEvent, MarketListing, Result, SeriesListing, SettlementView } from './types.js';
import { eventView, marketView } from './views.js';
import type { UpdateReason } from './words.js';

type LifecycleChange = Extract<ExchangeEvent, { type: 'lifecycle' }>['change'];

const tell = (kernel: Kernel, market: MarketState, change: LifecycleChange | null): void => {
  market.updatedAt = kernel.now;
  if (!kernel.observed) return;
  const view = marketView(market, kernel.now);
  kernel.publish(
    change === null ? { type: 'status', at: kernel.now, market: view } : { type: 'lifecycle', at: kernel.now, change, market: view },
  );
  kernel.endMoment();
};

const marketOf = (kernel: Kernel, ticker: Ticker): MarketState => {
  const market = kernel.markets.get(ticker);
  assert(market !== undefined, `no market ${ticker}`);
  return market;
};

/** Cancels what rests in a market, or those of its orders that are meant. */
const cancelIn = (
  kernel: Kernel,
  market: MarketState,
  reason: UpdateReason | null,
  which: (order: Order) => boolean = () => true,
): void => {
  for (const side of ['bid', 'ask'] as const) {
    const orders = market.book.levels(side).flatMap((level) => [...level.orders]);
    for (const order of orders.filter(which)) cancelResting(kernel, order, reason);
  }
};

// ---- listing ----

export const listSeries = (kernel: Kernel, listing: SeriesListing): void => {
  assert(!kernel.series.has(listing.ticker), `series ${listing.ticker} is listed already`);
  kernel.series.set(listing.ticker, { listing, fees: listing.fees });
};

export const listEvent = (kernel: Kernel, listing: EventListing): void => {
  assert(!kernel.events.has(listing.ticker), `event ${listing.ticker} is listed already`);
  const series = kernel.series.get(listing.series);
  assert(series !== undefined, `event ${listing.ticker} belongs to series ${listing.series}, which is not listed`);
  const event = { listing, series, markets: [], override: listing.feeOverride };
  kernel.events.set(listing.ticker, event);
  kernel.publish({ type: 'event-created', at: kernel.now, event: eventView(event) });
};

export const listMarket = (kernel: Kernel, listing: MarketListing): void => {
  assert(!kernel.markets.has(listing.ticker), `market ${listing.ticker} is listed already`);
  const event = kernel.events.get(listing.event);
  assert(event !== undefined, `market ${listing.ticker} belongs to event ${listing.event}, which is not listed`);
  assert(listing.opensAt < listing.closesAt && listing.closesAt > kernel.now, `market ${listing.ticker} closes before it can trade`);
  const market: MarketState = {
    listing,
    ticker: listing.ticker,
    event,
    shard: event.listing.shard,
    book: new OrderBook(),
    status: listing.opensAt <= kernel.now ? 'active' : 'initialized',
    grid: listing.grid,
    structure: listing.structure,
    opensAt: listing.opensAt,
    closesAt: listing.closesAt,
    updatedAt: kernel.now,
    last: null,
    lastSize: ZERO_QUANTITY,
    volume: ZERO_QUANTITY,
    openInterest: ZERO_QUANTITY,
    turnover: ZERO_CASH,
    trades: [],
    hours: [],
    told: {
      bid: null,
      ask: null,
      bidSize: ZERO_QUANTITY,
      askSize: ZERO_QUANTITY,
      last: null,
      lastSize: ZERO_QUANTITY,
      volume: ZERO_QUANTITY,
      openInterest: ZERO_QUANTITY,
      turnover: ZERO_CASH,
    },
    result: null,
    settlementValue: null,
    determinedAt: null,
    settledAt: null,
    positions: [],
  };
  kernel.markets.set(listing.ticker, market);
  event.markets.push(market);
  tell(kernel, market, 'created');
  if (market.status === 'initialized') kernel.timeline.book(market.opensAt, () => open(kernel, market));
  planClose(kernel, market);
};

// ---- opening and closing ----

const open = (kernel: Kernel, market: MarketState): void => {
  if (market.status !== 'initialized') return;
  market.status = 'active';
  tell(kernel, market, null);
};

const planClose = (kernel: Kernel, market: MarketState): void => {
  const at = market.closesAt;
  // A close that was moved meanwhile makes this appointment void.
  kernel.timeline.book(at, () => {
    if (market.closesAt === at) close(kernel, market);
  });
};

const close = (kernel: Kernel, market: MarketState): void => {
  if (market.status !== 'active' && market.status !== 'inactive' && market.status !== 'initialized') return;
  const at = market.closesAt;
  market.status = 'closed';
  tell(kernel, market, null);
  const still = (): boolean => market.status === 'closed' && market.closesAt === at;
  kernel.timeline.book(later(at, kernel.settings.switches.closeCancelDelay), () => {
    if (market.closesAt === at && market.status !== 'active') cancelIn(kernel, market, 'CloseCancel');
  });
  kernel.timeline.book(later(at, market.listing.determinationDelay), () => {
    if (!still()) return;
    const known = kernel.outcome(market.ticker);
    const result = market.listing.result ?? (known === null ? null : { kind: known });
    if (result !== null) determine(kernel, market, result);
  });
};

const moveClose = (kernel: Kernel, market: MarketState, closesAt: MarketState['closesAt']): void => {
  assert(
    ['initialized', 'active', 'inactive', 'closed'].includes(market.status),
    `the close of ${market.ticker} cannot move: it is ${market.status}`,
  );
  const reopens = market.status === 'closed' && closesAt > kernel.now;
  market.closesAt = closesAt;
  tell(kernel, market, 'close-date-updated');
  if (reopens) {
    market.status = 'active';
    cancelIn(kernel, market, kernel.settings.switches.reasonOfReactivation);
    tell(kernel, market, 'activated');
  }
  if (closesAt > kernel.now) planClose(kernel, market);
  else close(kernel, market);
};

const deactivate = (kernel: Kernel, market: MarketState): void => {
  assert(market.status === 'active', `${market.ticker} cannot be deactivated: it is ${market.status}`);
  market.status = 'inactive';
  tell(kernel, market, 'deactivated');
  if (kernel.settings.switches.marketPauseCancels) cancelIn(kernel, market, 'HaltCancel', (order) => order.cancelOnPause);
};

/** Trading resumes; everything that rested through the pause is cancelled. */
const activate = (kernel: Kernel, market: MarketState): void => {
  assert(market.status === 'inactive', `${market.ticker} cannot be activated: it is ${market.status}`);
  market.status = 'active';
  tell(kernel, market, 'activated');
  cancelIn(kernel, market, kernel.settings.switches.reasonOfReactivation);
};

const changeGrid = (kernel: Kernel, market: MarketState, structure: string, grid: MarketState['grid']): void => {
  assert(grid.payout === market.grid.payout, 'a grid change cannot change the payout');
  market.grid = grid;
  market.structure = structure;
  tell(kernel, market, 'price-levels-updated');
};

// ---- result and settlement ----

const valueOf = (market: MarketState, result: Result): Price => {
  const { payout } = market.grid;
  switch (result.kind) {
    case 'yes':
      return payout;
    case 'no':
      return ZERO_PRICE;
    case 'scalar':
      return result.value;
    case 'void':
      return result.value ?? market.last ?? price(Math.floor(payout / 2));
  }
};

/** Sets or corrects the result. A market that still trades is closed first. */
const determine = (kernel: Kernel, market: MarketState, result: Result): void => {
  assert(market.status !== 'finalized', `${market.ticker} is settled already`);
  if (market.status === 'active' || market.status === 'inactive' || market.status === 'initialized') {
    market.closesAt = kernel.now;
    market.status = 'closed';
  }
  cancelIn(kernel, market, 'CloseCancel');
  const corrected = market.status === 'disputed';
  const value = valueOf(market, result);
  assert(Number.isInteger(value) && value >= 0 && value <= market.grid.payout, 'a settlement value outside the payout');
  market.status = corrected ? 'amended' : 'determined';
  market.result = result;
  market.settlementValue = value;
  market.determinedAt = kernel.now;
  tell(kernel, market, 'determined');
  const determinedAt = market.determinedAt;
  kernel.timeline.book(later(kernel.now, market.listing.settlementTimer), () => {
    if (market.determinedAt === determinedAt && (market.status === 'determined' || market.status === 'amended')) settle(kernel, market);
  });
};

/** The settlement timer stands still until the result is stated again. */
const dispute = (kernel: Kernel, market: MarketState): void => {
  assert(market.status === 'determined' || market.status === 'amended', `${market.ticker} cannot be disputed: it is ${market.status}`);
  market.status = 'disputed';
  tell(kernel, market, null);
};

const CENT = parseCash('0.01');

const settle = (kernel: Kernel, market: MarketState): void => {
  market.status = 'finalized';
  market.settledAt = kernel.now;
  for (const position of market.positions) settlePosition(kernel, market, position);
  market.openInterest = ZERO_QUANTITY;
  tell(kernel, market, 'settled');
};

/** Pays one position: the amount is rounded down to the cent, and the remainder is a settlement fee. */
const settlePosition = (kernel: Kernel, market: MarketState, position: Position): void => {
  position.settled = true;
  const { wallet } = position;
  const value = market.settlementValue as Price;
  const held = position.quantity;
  if (held !== 0) {
    const exact = held > 0 ? value * held : (market.grid.payout - value) * -held;
    const revenue = cash(Math.floor(exact / CENT) * CENT);
    const settlementFee = cash(exact - revenue);
    const settlement = settlementOf(kernel, position, revenue, settlementFee);
    kernel.move(wallet, revenue);
    wallet.feesPaid = cash(wallet.feesPaid + settlementFee);
    kernel.feesCollected = cash(kernel.feesCollected + settlementFee);
    position.realized = cash(position.realized + exact - position.cost);
    position.fees = cash(position.fees + settlementFee);
    position.quantity = quantity(0);
    position.cost = ZERO_CASH;
    if (wallet.account.keepsHistory) wallet.account.settlements.push(settlement);
    kernel.publish({ type: 'settlement', at: kernel.now, account: wallet.account.id, settlement });
  }
  kernel.positionChanged(position);
  kernel.endMoment();
};

const settlementOf = (kernel: Kernel, position: Position, revenue: Cash, settlementFee: Cash): SettlementView => {
  const { market, wallet, quantity: held, cost } = position;
  return {
    account: wallet.account.id,
    ticker: market.ticker,
    event: market.event.listing.ticker,
    shard: market.shard,
    subaccount: wallet.subaccount,
    result: market.result?.kind === 'yes' ? 'yes' : market.result?.kind === 'no' ? 'no' : 'scalar',
    value: market.settlementValue as Price,
    yesQuantity: quantity(Math.max(held, 0)),
    yesCost: held > 0 ? cost : ZERO_CASH,
    noQuantity: quantity(Math.max(-held, 0)),
    noCost: held < 0 ? cost : ZERO_CASH,
    revenue,
    settlementFee,
    fees: position.fees,
    at: kernel.now,
  };
};

// ---- pauses and fees ----

type PauseAct = Extract<Act, { type: 'pause-trading' | 'resume-trading' | 'pause-exchange' | 'resume-exchange' }>;

const pause = (kernel: Kernel, act: PauseAct): void => {
  for (const shard of kernel.shards.values()) {
    if (act.shard !== null && act.shard !== shard.index) continue;
    const pausing = act.type === 'pause-trading' || act.type === 'pause-exchange';
    if (act.type === 'pause-trading' || act.type === 'resume-trading') shard.tradingActive = !pausing;
    else shard.exchangeActive = !pausing;
    shard.resumesAt = 'resumesAt' in act ? act.resumesAt : null;
    const { exchangeActive, tradingActive, resumesAt, description } = shard;
    kernel.publish({
      type: 'exchange-status',
      at: kernel.now,
      status: { shard: shard.index, description, exchangeActive, tradingActive, resumesAt },
    });
    kernel.endMoment();
    if (!pausing) continue;
    for (const market of kernel.markets.values())
      if (market.shard === shard.index) cancelIn(kernel, market, 'HaltCancel', (order) => order.cancelOnPause);
  }
};

/** Carries out one act of the exchange now. */
export const act = (kernel: Kernel, what: Act): void => {
  switch (what.type) {
    case 'list':
      if (what.series !== undefined) listSeries(kernel, what.series);
      if (what.event !== undefined) listEvent(kernel, what.event);
      return listMarket(kernel, what.market);
    case 'deactivate':
      return deactivate(kernel, marketOf(kernel, what.ticker));
    case 'activate':
      return activate(kernel, marketOf(kernel, what.ticker));
    case 'move-close':
      return moveClose(kernel, marketOf(kernel, what.ticker), what.closesAt);
    case 'change-grid':
      return changeGrid(kernel, marketOf(kernel, what.ticker), what.structure, what.grid);
    case 'determine':
      return determine(kernel, marketOf(kernel, what.ticker), what.result);
    case 'dispute':
      return dispute(kernel, marketOf(kernel, what.ticker));
    case 'override-fees': {
      const event = kernel.events.get(what.event);
      assert(event !== undefined, `no event ${what.event}`);
      event.override = what.override;
      return kernel.publish({ type: 'event-fees', at: kernel.now, event: what.event, override: what.override });
    }
    case 'series-fees': {
      const series = kernel.series.get(what.series);
      assert(series !== undefined, `no series ${what.series}`);
      series.fees = what.fees;
      return undefined;
    }
    case 'pause-trading':
    case 'resume-trading':
    case 'pause-exchange':
    case 'resume-exchange':
      return pause(kernel, what);
  }
};
