/** The account as the exchange itself tells it, without lag: what the bot is judged by. Built from the exchange's own events alone. */
import type { ClientOrderId, Ticker, VenueOrderId } from '../../src/domain/ids.js';
import { signOf, type BookSide } from '../../src/domain/market.js';
import type { EpochUs, Price } from '../../src/domain/units.js';
import type { ExchangeEvent, FillView, SettlementView } from '../../src/exchange/core/types.js';
import type { AccountId } from '../../src/exchange/core/words.js';

export interface TrueOrder {
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly ticker: Ticker;
  readonly side: BookSide;
  price: Price;
  remaining: number;
}

export interface TrueMarket {
  position: number;
  /** Own-side cost of the open position, as the exchange states it. */
  cost: number;
  readonly fills: FillView[];
  settlement: SettlementView | null;
  /** Its end is known: nothing of it is at risk any more. */
  determinedAt: EpochUs | null;
  disputed: boolean;
  /** Result closed so far, as the exchange states it, and gains with their moments. */
  realized: number;
  readonly gains: { readonly at: EpochUs; readonly amount: number }[];
}

/** Most that can go wrong in one market: contracts long and short, and money lost if it ends NO or YES. */
interface Worst {
  readonly longs: number;
  readonly shorts: number;
  readonly ifNo: number;
  readonly ifYes: number;
}

export interface EventOf {
  readonly event: string;
  readonly exclusive: boolean;
  readonly payout: number;
}

export interface WorstTruth {
  readonly market: number;
  readonly event: number;
  readonly account: number;
  readonly loss: number;
}

export class Ledger {
  readonly resting = new Map<VenueOrderId, TrueOrder>();
  readonly markets = new Map<Ticker, TrueMarket>();

  constructor(
    private readonly account: AccountId,
    private readonly events: ReadonlyMap<Ticker, EventOf>,
  ) {
    for (const ticker of events.keys())
      this.markets.set(ticker, {
        position: 0,
        cost: 0,
        fills: [],
        settlement: null,
        determinedAt: null,
        disputed: false,
        realized: 0,
        gains: [],
      });
  }

  take(event: ExchangeEvent): void {
    switch (event.type) {
      case 'order': {
        if (event.account !== this.account) return;
        const { orderId, clientOrderId: clientId, ticker, side, price, remaining, status } = event.order;
        if (status === 'resting' && remaining > 0) this.resting.set(orderId, { orderId, clientId, ticker, side, price, remaining });
        else this.resting.delete(orderId);
        return;
      }
      case 'fill': {
        const market = this.markets.get(event.fill.ticker);
        if (event.account !== this.account || market === undefined) return;
        market.fills.push(event.fill);
        market.position = event.fill.positionAfter;
        const order = this.resting.get(event.fill.orderId);
        if (order !== undefined && (order.remaining -= event.fill.quantity) <= 0) this.resting.delete(order.orderId);
        return;
      }
      case 'position': {
        const market = this.markets.get(event.position.ticker);
        if (event.account !== this.account || market === undefined) return;
        market.position = event.position.quantity;
        market.cost = event.position.cost;
        const gain = event.position.realized - market.realized;
        market.realized = event.position.realized;
        if (gain > 0) market.gains.push({ at: event.at, amount: gain });
        return;
      }
      case 'settlement': {
        const market = this.markets.get(event.settlement.ticker);
        if (event.account === this.account && market !== undefined) market.settlement = event.settlement;
        return;
      }
      case 'lifecycle': {
        const market = this.markets.get(event.market.ticker);
        if (market !== undefined && event.change === 'determined') market.determinedAt = event.at;
        return;
      }
      case 'status': {
        // Until its result is stated again it may still end either way.
        const market = this.markets.get(event.market.ticker);
        if (market !== undefined) market.disputed = event.market.status === 'disputed';
        return;
      }
      case 'book':
      case 'trade':
      case 'ticker':
      case 'index':
      case 'event-created':
      case 'event-fees':
      case 'group':
      case 'exchange-status':
      case 'refused':
        return;
    }
  }

  ordersOf(ticker: Ticker, side: BookSide): TrueOrder[] {
    return [...this.resting.values()].filter((order) => order.ticker === ticker && order.side === side);
  }

  /**
   * Position and everything that rests, filled in the worst way, by trying every outcome of every event.
   * @param endedBefore markets determined up to this moment are at risk no more; `undisputed`: all that are determined, unless their result is disputed
   * @param without an order to be left out
   */
  worst(ticker: Ticker, endedBefore: number | 'undisputed', without: VenueOrderId | null = null): WorstTruth {
    const byMarket = new Map<Ticker, Worst>(
      [...this.events].map(([name, of]) => [name, this.#worstOf(name, of.payout, endedBefore, without)]),
    );
    let account = 0;
    let loss = 0;
    let own = 0;
    const mine = this.events.get(ticker)?.event;
    for (const event of new Set([...this.events.values()].map((of) => of.event))) {
      const members = [...this.events].filter(([, of]) => of.event === event);
      const worsts = members.map(([name]) => byMarket.get(name) as Worst);
      const exclusive = members.every(([, of]) => of.exclusive);
      const contracts = worstOutcome(
        worsts,
        exclusive,
        (of) => of.longs,
        (of) => of.shorts,
      );
      account += contracts;
      loss += Math.max(
        0,
        worstOutcome(
          worsts,
          exclusive,
          (of) => of.ifNo,
          (of) => of.ifYes,
        ),
      );
      if (event === mine) own = contracts;
    }
    const { longs, shorts } = byMarket.get(ticker) as Worst;
    return { market: Math.max(longs, shorts), event: own, account, loss };
  }

  /**
   * Gains closed since a moment. While a position is open what it will gain for certain lowers what can be lost; a fill that closes it makes the gain real
   * and the worst case of the rest larger, without any new order.
   */
  gainsSince(moment: number): number {
    let sum = 0;
    for (const { gains } of this.markets.values()) for (const { at, amount } of gains) if (at >= moment) sum += amount;
    return sum;
  }

  #worstOf(ticker: Ticker, payout: number, endedBefore: number | 'undisputed', without: VenueOrderId | null): Worst {
    const { position, cost, determinedAt, disputed } = this.markets.get(ticker) as TrueMarket;
    if (determinedAt !== null && (endedBefore === 'undisputed' ? !disputed : determinedAt <= endedBefore))
      return { longs: 0, shorts: 0, ifNo: 0, ifYes: 0 };
    let bids = 0;
    let asks = 0;
    let bidCash = 0;
    let askCash = 0;
    for (const order of this.resting.values()) {
      if (order.ticker !== ticker || order.orderId === without) continue;
      if (order.side === 'bid') {
        bids += order.remaining;
        bidCash += order.remaining * order.price;
      } else {
        asks += order.remaining;
        askCash += order.remaining * (payout - order.price);
      }
    }
    const signedCost = position >= 0 ? cost : payout * position + cost;
    return {
      longs: Math.max(0, position + bids),
      shorts: Math.max(0, asks - position),
      ifNo: signedCost + bidCash,
      ifYes: signedCost - position * payout + askCash,
    };
  }

  /** Sums over some of the fills of a market: fees charged, money moved, and what they changed of the position. */
  of(ticker: Ticker, which: (fill: FillView) => boolean): { readonly fees: number; readonly cash: number; readonly change: number } {
    const market = this.markets.get(ticker) as TrueMarket;
    const fills = market.fills.filter(which);
    let fees = 0;
    let cash = 0;
    let change = 0;
    for (const fill of fills) {
      fees += fill.fee;
      change += signOf(fill.side) * fill.quantity;
      cash -= signOf(fill.side) * fill.price * fill.quantity + fill.fee;
    }
    return { fees, cash, change };
  }
}

/** Exclusive: none or exactly one market ends YES. Otherwise each ends as it hurts most. */
const worstOutcome = (markets: readonly Worst[], exclusive: boolean, no: (of: Worst) => number, yes: (of: Worst) => number): number => {
  if (!exclusive) return markets.reduce((sum, of) => sum + Math.max(0, no(of), yes(of)), 0);
  const allNo = markets.reduce((sum, of) => sum + no(of), 0);
  return Math.max(allNo, ...markets.map((of) => allNo - no(of) + yes(of)));
};
