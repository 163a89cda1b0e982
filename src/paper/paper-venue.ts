/**
 * A venue on paper: takes the same commands as the exchange, never sends one, and fills from the public feed it watches.
 * Deterministic: outcomes are facts due at engine times, ids are counted, nothing is drawn from chance but the optional latency jitter.
 */
import type { RequestAccount } from '../domain/actions.js';
import type { CommandRefused, EngineEvent } from '../domain/events.js';
import { FeeAccumulator, tradeFee, type FeeRounding } from '../domain/fees.js';
import { fillId, venueOrderId, type MarketIndex } from '../domain/ids.js';
import { signOf, type BookSide, type Market } from '../domain/market.js';
import type { Amend, Cancel, Call, Decrease, Place, VenueCommand, VenueOrder, VenuePosition } from '../domain/order.js';
import type { Chance, Venue } from '../domain/ports.js';
import {
  addCash,
  addQuantity,
  cash,
  later,
  notional,
  quantity,
  subtractCash,
  subtractQuantity,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { PaperBook, type PaperExecution, type PaperOrder } from './paper-orders.js';

export interface PaperSettings {
  /** From decision to the paper book, and from there back to us. */
  readonly latency: DurationUs;
  /** Uniform extra on the way there, drawn from `chance`. */
  readonly jitter: DurationUs;
  readonly balance: Cash;
  readonly rounding: FeeRounding;
}

/** The best prices of the real book, which a post-only order must not meet. */
export interface Touch {
  bestBid(market: MarketIndex): Price | null;
  bestAsk(market: MarketIndex): Price | null;
}

interface Due {
  readonly at: EpochUs;
  readonly order: number;
  readonly run: (now: EpochUs) => void;
}

interface Account {
  position: Quantity;
  cost: Cash;
  fees: Cash;
}

export class PaperVenue implements Venue {
  readonly #settings: PaperSettings;
  readonly #books = new Map<MarketIndex, PaperBook>();
  readonly #markets = new Map<MarketIndex, Market>();
  readonly #accounts = new Map<MarketIndex, Account>();
  readonly #usedIds = new Set<string>();
  readonly #due: Due[] = [];
  readonly #touch: Touch;
  readonly #chance: Chance;
  #facts: EngineEvent[] = [];
  #now: EpochUs;
  #orders = 0;
  #fills = 0;
  #scheduled = 0;
  #balance: Cash;

  constructor(settings: PaperSettings, touch: Touch, chance: Chance, startAt: EpochUs) {
    this.#settings = settings;
    this.#touch = touch;
    this.#chance = chance;
    this.#now = startAt;
    this.#balance = settings.balance;
  }

  /** Carries out what falls due up to `now` and returns the facts that came of it, in order. */
  advance(now: EpochUs): EngineEvent[] {
    this.#now = now;
    for (let next = this.#due[0]; next !== undefined && next.at <= now; next = this.#due[0]) {
      this.#due.shift();
      next.run(next.at);
    }
    this.#expire(now);
    const facts = this.#facts;
    this.#facts = [];
    return facts;
  }

  /** The next moment at which something falls due, or null. */
  get nextDue(): EpochUs | null {
    return this.#due[0]?.at ?? null;
  }

  /** Watches the public feed: every fact that the engine gets, before or after it. Fills come out of the next `advance`. */
  observe(event: EngineEvent): void {
    switch (event.type) {
      case 'market-listed':
        this.#markets.set(event.index, event.market);
        this.#books.set(event.index, new PaperBook());
        break;
      case 'market-changed': {
        const market = this.#markets.get(event.market);
        if (market) this.#markets.set(event.market, { ...market, grid: event.grid ?? market.grid, fees: event.fees ?? market.fees });
        break;
      }
      case 'trade':
        this.#execute(event.market, this.#books.get(event.market)?.traded(event.takerSide, event.price, event.quantity) ?? []);
        break;
      case 'book-delta':
        if (event.change > 0)
          this.#execute(event.market, this.#books.get(event.market)?.appeared(event.side, event.price, event.change) ?? []);
        break;
      case 'book-snapshot':
        for (const [side, levels] of [['bid', event.bids] as const, ['ask', event.asks] as const])
          for (const level of levels)
            this.#execute(event.market, this.#books.get(event.market)?.appeared(side, level.price, level.quantity) ?? []);
        break;
      default:
        break;
    }
  }

  send(call: Call): void {
    for (const command of call.commands) this.#after(this.#delay(), (now) => this.#carryOut(command, now));
  }

  readAccount(request: RequestAccount): void {
    this.#after(this.#settings.latency, (now) => {
      this.#facts.push({
        type: 'account-reading',
        at: now,
        request: request.request,
        complete: true,
        validUntil: now,
        resting: [...this.#books.values()].flatMap((book) => book.orders.map(restingOrder)),
        positions: this.#positions(),
        fills: [],
        balance: this.#balance,
        foreign: 0,
      });
    });
  }

  #delay(): DurationUs {
    const { latency, jitter } = this.#settings;
    return jitter === 0 ? latency : ((latency + Math.floor(this.#chance.next() * jitter)) as DurationUs);
  }

  #after(span: DurationUs, run: (now: EpochUs) => void): void {
    const due: Due = { at: later(this.#now, span), order: this.#scheduled++, run };
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1] as Due).at > due.at) place--;
    this.#due.splice(place, 0, due);
  }

  #carryOut(command: VenueCommand, now: EpochUs): void {
    switch (command.type) {
      case 'place':
        return this.#place(command, now);
      case 'amend':
        return this.#amend(command, now);
      case 'decrease':
        return this.#decrease(command, now);
      case 'cancel':
        return this.#cancel(command, now);
    }
  }

  #place(command: Place, now: EpochUs): void {
    const market = this.#markets.get(command.market);
    if (!market?.grid.has(command.price)) return this.#refuse(command, now, 'invalid-price', 'price is not on the grid of this market');
    if (this.#usedIds.has(command.clientId)) return this.#refuse(command, now, 'duplicate-client-id', 'order already exists');
    if (this.#crosses(command.market, command.side, command.price))
      return this.#refuse(command, now, 'post-only-cross', 'paper orders never take: the price would cross the book');
    this.#usedIds.add(command.clientId);
    const order: PaperOrder = {
      orderId: venueOrderId(`paper-${++this.#orders}`),
      clientId: command.clientId,
      market: command.market,
      side: command.side,
      price: command.price,
      filled: ZERO_QUANTITY,
      remaining: command.quantity,
      expiresAt: command.expiresAt,
      fees: new FeeAccumulator(),
    };
    this.#books.get(command.market)?.rest(order);
    this.#facts.push({
      type: 'order-accepted',
      at: now,
      clientId: order.clientId,
      orderId: order.orderId,
      filled: ZERO_QUANTITY,
      remaining: order.remaining,
      exchangeAt: now,
    });
  }

  #amend(command: Amend, now: EpochUs): void {
    const order = this.#books.get(command.market)?.find(command.orderId);
    if (!order) return this.#refuse(command, now, 'not-found', 'not found');
    if (this.#crosses(command.market, command.side, command.price))
      return this.#refuse(command, now, 'post-only-cross', 'paper orders never take: the price would cross the book');
    order.price = command.price;
    order.remaining = subtractQuantity(command.total, order.filled);
    if (command.expiresAt !== undefined) order.expiresAt = command.expiresAt;
    this.#settleSize(order, command, now);
  }

  #decrease(command: Decrease, now: EpochUs): void {
    const order = this.#books.get(command.market)?.find(command.orderId);
    if (!order) return this.#refuse(command, now, 'not-found', 'not found');
    if (command.remaining < order.remaining) order.remaining = command.remaining;
    this.#settleSize(order, command, now);
  }

  #settleSize(order: PaperOrder, command: Amend | Decrease, now: EpochUs): void {
    if (order.remaining <= 0) {
      order.remaining = ZERO_QUANTITY;
      this.#books.get(order.market)?.remove(order);
    }
    this.#facts.push({ type: 'order-amended', at: now, clientId: command.clientId, orderId: order.orderId, remaining: order.remaining });
  }

  #cancel(command: Cancel, now: EpochUs): void {
    const book = this.#books.get(command.market);
    const order = book?.find(command.orderId);
    if (!order) return this.#refuse(command, now, 'not-found', 'not found');
    book?.remove(order);
    this.#facts.push({ type: 'order-cancelled', at: now, clientId: command.clientId, orderId: order.orderId, reducedBy: order.remaining });
  }

  #refuse(command: VenueCommand, now: EpochUs, code: CommandRefused['code'], detail: string): void {
    this.#facts.push({ type: 'command-refused', at: now, command: command.type, clientId: command.clientId, code, detail });
  }

  #crosses(market: MarketIndex, side: BookSide, at: Price): boolean {
    const other = side === 'bid' ? this.#touch.bestAsk(market) : this.#touch.bestBid(market);
    return other !== null && (side === 'bid' ? at >= other : at <= other);
  }

  #expire(now: EpochUs): void {
    for (const book of this.#books.values())
      for (const order of book.expired(now))
        this.#facts.push({
          type: 'order-update',
          at: now,
          order: { ...restingOrder(order), remaining: ZERO_QUANTITY, status: 'cancelled' },
          reason: 'ExpiryCancel',
        });
  }

  #execute(index: MarketIndex, executions: readonly PaperExecution[]): void {
    const market = this.#markets.get(index);
    if (!market) return;
    for (const { order, quantity: size } of executions) {
      const value = notional(order.price, size);
      const trade = tradeFee(
        { terms: market.fees, role: 'maker', price: order.price, quantity: size, payout: market.payout },
        this.#settings.rounding.tradeFeeStep,
      );
      const revenue = cash(-signOf(order.side) * value);
      const fee = order.fees.charge(trade ?? ZERO_CASH, revenue, this.#settings.rounding.balancePrecision).net;
      const position = this.#book(index, order.side, order.price, size, fee, market);
      this.#facts.push({
        type: 'fill',
        at: this.#now,
        source: 'paper',
        fill: {
          fillId: fillId(`paper-fill-${++this.#fills}`),
          orderId: order.orderId,
          clientId: order.clientId,
          market: index,
          side: order.side,
          price: order.price,
          quantity: size,
          fee,
          role: 'maker',
          positionAfter: position,
          exchangeAt: this.#now,
        },
      });
    }
  }

  #book(index: MarketIndex, side: BookSide, at: Price, size: Quantity, fee: Cash, market: Market): Quantity {
    const account = this.#accounts.get(index) ?? { position: ZERO_QUANTITY, cost: ZERO_CASH, fees: ZERO_CASH };
    this.#accounts.set(index, account);
    const before = account.position;
    account.position = addQuantity(before, quantity(signOf(side) * size));
    account.fees = addCash(account.fees, fee);
    this.#balance = subtractCash(subtractCash(this.#balance, cash(signOf(side) * notional(at, size))), fee);
    account.cost = costOf(account, before, side, at, size, market);
    return account.position;
  }

  #positions(): VenuePosition[] {
    return [...this.#accounts].map(([market, account]) => ({
      market,
      position: account.position,
      cost: account.cost,
      realized: ZERO_CASH,
      fees: account.fees,
    }));
  }
}

/** Cost of the open side after a fill: grows at the side's own price, shrinks in proportion. */
const costOf = (account: Account, before: Quantity, side: BookSide, at: Price, size: Quantity, market: Market): Cash => {
  const own = side === 'bid' ? at : ((market.payout - at) as Price);
  const grows = before === 0 || Math.sign(before) === signOf(side);
  if (grows) return addCash(account.cost, notional(own, size));
  if (size <= Math.abs(before)) return cash(Math.round(account.cost * (1 - size / Math.abs(before))));
  return notional(own, quantity(size - Math.abs(before)));
};

const restingOrder = (order: PaperOrder): VenueOrder => ({
  orderId: order.orderId,
  clientId: order.clientId,
  market: order.market,
  side: order.side,
  price: order.price,
  initial: addQuantity(order.filled, order.remaining),
  filled: order.filled,
  remaining: order.remaining,
  status: 'resting',
  expiresAt: order.expiresAt,
  group: null,
});
