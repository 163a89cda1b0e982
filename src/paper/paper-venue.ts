/**
 * A venue on paper: takes the same commands as the exchange, never sends one, and fills from the public feed that it watches.
 * Deterministic: outcomes are facts due at engine times, ids are counted, nothing is drawn from chance but the optional latency jitter.
 *
 * Whoever drives it lets time pass before each fact of the feed: `advance(at)` and its facts first, then `observe(fact)`, then the fact to the engine.
 */
import type { RequestAccount } from '../domain/actions.js';
import type { CommandRefused, EngineEvent, ExchangeStatus, MarketChanged } from '../domain/events.js';
import { FeeAccumulator, tradeFee, type LiquidityRole } from '../domain/fees.js';
import { fillId, venueOrderId, type MarketIndex, type VenueOrderId } from '../domain/ids.js';
import { signOf } from '../domain/market.js';
import type { Amend, Call, Cancel, Decrease, Place, VenueCommand } from '../domain/order.js';
import type { Chance, Venue } from '../domain/ports.js';
import {
  cash,
  later,
  notional,
  quantity,
  subtractQuantity,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import { PaperAccount } from './paper-account.js';
import { heldFor, type Secured } from './paper-holds.js';
import { PaperMarket } from './paper-market.js';
import { listed, type PaperExecution, type PaperOrder } from './paper-order.js';
import type { PaperSettings } from './paper-settings.js';
import { Schedule } from './schedule.js';
import { lookForTaking, type Taking } from './taking.js';

type Refusal = Pick<CommandRefused, 'code' | 'detail'>;

const MISSING: Refusal = { code: 'not-found', detail: 'not found' };
const CROSSES: Refusal = { code: 'post-only-cross', detail: 'post only cross' };

export class PaperVenue implements Venue {
  readonly #settings: PaperSettings;
  readonly #chance: Chance;
  readonly #markets = new Map<MarketIndex, PaperMarket>();
  readonly #account: PaperAccount;
  readonly #schedule = new Schedule();
  readonly #usedIds = new Set<string>();
  readonly #paused = new Set<number>();
  #facts: EngineEvent[] = [];
  #now: EpochUs;
  #orders = 0;
  #fills = 0;
  /** No order of ours ends by its own time before this. */
  #nextEnd = Infinity;

  constructor(settings: PaperSettings, chance: Chance, startAt: EpochUs) {
    this.#settings = settings;
    this.#chance = chance;
    this.#now = startAt;
    this.#account = new PaperAccount(settings.balance);
  }

  /** Carries out what falls due up to `now` and returns the facts that came of it, in order. */
  advance(now: EpochUs): EngineEvent[] {
    this.#schedule.runUntil(now);
    this.#now = now;
    this.#expire(now);
    const facts = this.#facts;
    if (facts.length > 0) this.#facts = [];
    return facts;
  }

  /** Money that is not in positions; what resting orders need is still in it. */
  get balance(): Cash {
    return this.#account.balance;
  }

  /** The next moment at which something falls due, or null. Ends of orders are not in it: they are looked at whenever time passes. */
  get nextDue(): EpochUs | null {
    return this.#schedule.next;
  }

  /** Size of others ahead of a resting order at its price; null where it does not rest, Infinity where nobody knows. */
  ahead(market: MarketIndex, orderId: VenueOrderId): number | null {
    const book = this.#markets.get(market)?.book;
    const order = book?.find(orderId);
    return book === undefined || order === undefined ? null : book.ahead(order);
  }

  /** Watches the public feed. Fills come out of the next `advance`. */
  observe(event: EngineEvent): void {
    switch (event.type) {
      case 'market-listed':
        this.#markets.set(event.index, new PaperMarket(event.market, this.#settings));
        break;
      case 'market-changed':
        this.#changed(event);
        break;
      case 'exchange-status':
        this.#pause(event);
        break;
      case 'trade':
        this.#fillAll(event.market, this.#markets.get(event.market)?.book.trade(event), event.at);
        break;
      case 'book-delta':
        this.#fillAll(event.market, this.#markets.get(event.market)?.book.delta(event), event.at);
        break;
      case 'book-snapshot':
        this.#fillAll(event.market, this.#markets.get(event.market)?.book.snapshot(event), event.at);
        break;
      case 'book-lost':
        this.#markets.get(event.market)?.book.lost();
        break;
      default:
        break;
    }
  }

  send(call: Call): void {
    for (const command of call.commands) this.#schedule.add(later(this.#now, this.#delay()), (now) => this.#carryOut(command, now));
  }

  readAccount(request: RequestAccount): void {
    this.#schedule.add(later(this.#now, this.#settings.latency), (now) => {
      this.#facts.push({
        type: 'account-reading',
        at: now,
        request: request.request,
        ...(request.scope === undefined ? {} : { scope: request.scope }),
        complete: true,
        validUntil: now,
        resting: [...this.#markets.values()].flatMap(({ book }) => book.orders.map((order) => listed(order))),
        positions: this.#account.positions(),
        fills: [],
        balance: this.#account.balance,
        foreign: 0,
      });
    });
  }

  #delay(): DurationUs {
    const { latency, jitter } = this.#settings;
    return jitter === 0 ? latency : ((latency + Math.floor(this.#chance.next() * jitter)) as DurationUs);
  }

  // ---- commands, at the moment they reach the book ----

  #carryOut(command: VenueCommand, now: EpochUs): void {
    this.#now = now;
    this.#expire(now);
    const refusal = this.#done(command, now);
    if (refusal !== null)
      this.#facts.push({ type: 'command-refused', at: now, command: command.type, clientId: command.clientId, ...refusal });
  }

  #done(command: VenueCommand, now: EpochUs): Refusal | null {
    const market = this.#markets.get(command.market);
    if (market === undefined) return MISSING;
    switch (command.type) {
      case 'place':
        return this.#place(command, market, now);
      case 'amend':
        return this.#amend(command, market, now);
      case 'decrease':
        return this.#decrease(command, market, now);
      case 'cancel':
        return this.#cancel(command, market, now);
    }
  }

  /** Why nothing new can be done in a market now. */
  #against({ market }: PaperMarket): Refusal | null {
    if (market.status !== 'active') return { code: 'market-inactive', detail: `the market is ${market.status}` };
    return this.#paused.has(market.shard) ? { code: 'paused', detail: 'trading is paused' } : null;
  }

  #place(place: Place, market: PaperMarket, now: EpochUs): Refusal | null {
    const { book } = market;
    const against = this.#against(market);
    if (against !== null) return against;
    if (!market.market.grid.has(place.price)) return { code: 'invalid-price', detail: 'price is not on the grid of this market' };
    if (this.#usedIds.has(place.clientId)) return { code: 'duplicate-client-id', detail: 'order already exists' };
    if (place.postOnly && book.crosses(place.side, place.price)) return CROSSES;
    const order = this.#newOrder(place);
    const most = place.reduceOnly ? this.#closing(place) : place.quantity;
    if (!this.#affords(market, { side: place.side, price: place.price, remaining: most }, null))
      return { code: 'insufficient-balance', detail: 'insufficient balance' };
    const taking = lookForTaking(book, order, most, place.selfTrade);
    const found = taking.executions.reduce((sum, each) => sum + each.quantity, 0);
    if (place.timeInForce === 'fill-or-kill' && found < place.quantity) return { code: 'unfilled', detail: 'cannot be filled in full' };
    this.#usedIds.add(place.clientId);
    const rests = place.timeInForce === 'good-till-cancelled' && !place.reduceOnly && !taking.stopped;
    const remaining = rests ? quantity(place.quantity - found) : ZERO_QUANTITY;
    this.#facts.push({
      type: 'order-accepted',
      at: now,
      clientId: order.clientId,
      orderId: order.orderId,
      filled: quantity(found),
      remaining,
      exchangeAt: now,
    });
    this.#take(market, taking, now);
    if (remaining > 0) this.#rest(market, order);
    return null;
  }

  #amend(amend: Amend, market: PaperMarket, now: EpochUs): Refusal | null {
    const { book } = market;
    const order = book.find(amend.orderId);
    if (order === undefined) return MISSING;
    const against = this.#against(market);
    if (against !== null) return against;
    if (!market.market.grid.has(amend.price)) return { code: 'invalid-price', detail: 'price is not on the grid of this market' };
    const remaining = subtractQuantity(amend.total, order.filled);
    const moves = amend.price !== order.price;
    // Its own old price must not stand in its way, and cannot: it is on its own side.
    if (moves && order.postOnly && remaining > 0 && book.crosses(order.side, amend.price)) return CROSSES;
    if (!this.#affords(market, { side: order.side, price: amend.price, remaining }, order))
      return { code: 'insufficient-balance', detail: 'insufficient balance' };
    if (amend.expiresAt !== undefined) this.#setEnd(order, amend.expiresAt);
    if (remaining <= 0) this.#end(market, order);
    else if (moves || remaining > order.remaining) this.#requeue(market, order, amend, remaining, now);
    else order.remaining = remaining;
    this.#facts.push({ type: 'order-amended', at: now, clientId: amend.clientId, orderId: order.orderId, remaining: order.remaining });
    return null;
  }

  /** A new price or more size: back to the end of the queue, and where it may take, through the other side first. */
  #requeue(market: PaperMarket, order: PaperOrder, amend: Amend, remaining: Quantity, now: EpochUs): void {
    order.remaining = remaining;
    market.book.requeue(order, amend.price);
    if (order.postOnly) return;
    const taking = lookForTaking(market.book, order, remaining, 'taker-at-cross');
    this.#take(market, taking, now);
    if (order.remaining === 0 || taking.stopped) this.#end(market, order);
  }

  #decrease(decrease: Decrease, market: PaperMarket, now: EpochUs): Refusal | null {
    const order = market.book.find(decrease.orderId);
    if (order === undefined) return MISSING;
    if (decrease.remaining < order.remaining) order.remaining = decrease.remaining;
    if (order.remaining <= 0) this.#end(market, order);
    this.#facts.push({ type: 'order-amended', at: now, clientId: decrease.clientId, orderId: order.orderId, remaining: order.remaining });
    return null;
  }

  #cancel(cancel: Cancel, market: PaperMarket, now: EpochUs): Refusal | null {
    const order = market.book.find(cancel.orderId);
    if (order === undefined) return MISSING;
    const reducedBy = order.remaining;
    this.#end(market, order);
    this.#facts.push({ type: 'order-cancelled', at: now, clientId: cancel.clientId, orderId: order.orderId, reducedBy });
    return null;
  }

  // ---- orders ----

  #newOrder(place: Place): PaperOrder {
    return {
      orderId: venueOrderId(`paper-${++this.#orders}`),
      clientId: place.clientId,
      market: place.market,
      side: place.side,
      postOnly: place.postOnly,
      cancelOnPause: place.cancelOnPause,
      price: place.price,
      filled: ZERO_QUANTITY,
      remaining: place.quantity,
      expiresAt: place.expiresAt,
      since: 0,
      fees: new FeeAccumulator(),
    };
  }

  /** Most that an order may trade that must only close. */
  #closing(place: Place): Quantity {
    const held = this.#account.position(place.market);
    return quantity(Math.min(place.quantity, Math.max(place.side === 'ask' ? held : -held, 0)));
  }

  #affords(changed: PaperMarket, incoming: Secured, replaced: PaperOrder | null): boolean {
    let before = 0;
    let after = 0;
    for (const [index, { book, market }] of this.#markets) {
      if (book.orders.length === 0 && market !== changed.market) continue;
      const position = this.#account.position(index);
      before += heldFor(book.orders, position, market.payout);
      after +=
        market === changed.market
          ? heldFor([...book.orders.filter((order) => order !== replaced), incoming], position, market.payout)
          : heldFor(book.orders, position, market.payout);
    }
    return after <= this.#account.balance || after <= before;
  }

  #rest({ book }: PaperMarket, order: PaperOrder): void {
    this.#setEnd(order, order.expiresAt);
    book.rest(order);
  }

  #setEnd(order: PaperOrder, at: EpochUs | null): void {
    order.expiresAt = at;
    if (at !== null) this.#nextEnd = Math.min(this.#nextEnd, at);
  }

  #end({ book }: PaperMarket, order: PaperOrder): void {
    book.remove(order);
    order.remaining = ZERO_QUANTITY;
  }

  #expire(now: EpochUs): void {
    if (now < this.#nextEnd) return;
    this.#nextEnd = Infinity;
    for (const { book } of this.#markets.values()) {
      this.#tellEnds(book.expired(now), 'ExpiryCancel');
      for (const { expiresAt } of book.orders) this.#nextEnd = Math.min(this.#nextEnd, expiresAt ?? Infinity);
    }
  }

  /** Orders that have ended without a command of ours are told as the stream tells them. */
  #tellEnds(orders: readonly PaperOrder[], reason: string): void {
    for (const order of orders) {
      const told = { ...listed(order, 'cancelled'), remaining: ZERO_QUANTITY };
      this.#facts.push({ type: 'order-update', at: this.#now, order: told, reason });
    }
  }

  // ---- the market as a whole ----

  #changed(event: MarketChanged): void {
    this.#now = event.at;
    const market = this.#markets.get(event.market);
    if (market === undefined) return;
    this.#tellEnds(market.change(event), 'CloseCancel');
    if (event.settlesAt !== undefined) this.#account.settle(event.market, market.market, event.settlesAt);
  }

  #pause({ at, shard, exchangeActive, tradingActive }: ExchangeStatus): void {
    this.#now = at;
    if (exchangeActive && tradingActive) return void this.#paused.delete(shard);
    this.#paused.add(shard);
    for (const market of this.#markets.values())
      if (market.market.shard === shard)
        this.#tellEnds(
          market.endAll((order) => order.cancelOnPause),
          'HaltCancel',
        );
  }

  // ---- money ----

  #take(market: PaperMarket, taking: Taking, now: EpochUs): void {
    for (const order of taking.cancelled) market.book.remove(order);
    this.#tellEnds(taking.cancelled, 'SelfTradeCancel');
    for (const each of taking.executions) {
      market.book.took(each, now);
      this.#fill(market, each, 'taker', now);
    }
  }

  #fillAll(index: MarketIndex, executions: readonly PaperExecution[] | undefined, now: EpochUs): void {
    this.#now = now;
    const market = this.#markets.get(index);
    if (market === undefined || executions === undefined) return;
    for (const each of executions) this.#fill(market, each, 'maker', now);
  }

  #fill({ market }: PaperMarket, { order, price, quantity: size }: PaperExecution, role: LiquidityRole, now: EpochUs): void {
    const { rounding } = this.#settings;
    const trade = tradeFee({ terms: market.fees, role, price, quantity: size, payout: market.payout }, rounding.tradeFeeStep);
    const revenue = cash(-signOf(order.side) * notional(price, size));
    const fee = order.fees.charge(trade ?? ZERO_CASH, revenue, rounding.balancePrecision).net;
    const position = this.#account.book(order.market, market, { side: order.side, price, quantity: size, fee });
    this.#facts.push({
      type: 'fill',
      at: now,
      source: 'paper',
      fill: {
        fillId: fillId(`paper-fill-${++this.#fills}`),
        orderId: order.orderId,
        clientId: order.clientId,
        market: order.market,
        side: order.side,
        price,
        quantity: size,
        fee,
        role,
        positionAfter: position,
        exchangeAt: now,
      },
    });
  }
}
