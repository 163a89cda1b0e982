/**
 * The simulated exchange as one object in memory: matching, ledger, market lifecycle, groups, pauses, and a crowd that trades. It knows no network
 * and no clock: time passes through `advance`, and all chance comes from the seed. Written from the exchange's documents alone.
 */
import { assert } from '../../domain/errors.js';
import { DIRECT_MEMBER_ROUNDING } from '../../domain/fees.js';
import type { EventTicker, OrderGroupId, SeriesTicker, Ticker, VenueOrderId } from '../../domain/ids.js';
import type { BookSide } from '../../domain/market.js';
import type { PriceGrid } from '../../domain/price-grid.js';
import { cash, CASH_PER_DOLLAR, durationUs, later, seconds, type Cash, type EpochUs, type Quantity } from '../../domain/units.js';
import type { Level } from '../../domain/events.js';
import { Crowd } from '../crowd/crowd.js';
import { IndexPath, nextSecond, strikePaths, type StrikePath } from '../crowd/index-path.js';
import { cancelResting } from './cancelling.js';
import { amendOrder, cancelAll, cancelOrder, decreaseOrder, inTail } from './changing.js';
import { createGroup, deleteGroup, resetGroup, setGroupLimit, triggerGroup } from './groups.js';
import { indexNoise } from './index-world.js';
import { audit, checkTouched } from './invariants.js';
import { Kernel } from './kernel.js';
import { act, listEvent, listMarket, listSeries } from './lifecycle.js';
import { createOrder } from './placing.js';
import { readBalance, readFills, readGroups, readOrder, readOrders, readPositions, readSettlements, sumByEvent } from './private-reads.js';
import { Random } from './random.js';
import { SUBACCOUNTS, type Account, type MarketState, type Order } from './records.js';
import type * as T from './types.js';
import { bookView, eventView, marketView } from './views.js';
import { PAUSE_LENGTH, thursdayPause } from './thursday.js';
import { NOT_FOUND, shortage, TRANSFER_APPLIED, type AccountId, type Refusal } from './words.js';
import { heldIn } from './collateral.js';

type Done = T.Answer<T.Acknowledged>;

const SECOND = seconds(1);
const MINUTE = seconds(60);
const QUARTER_HOUR = seconds(900);
/** A whole audit of the ledger after this many commands and acts. */
const AUDIT_EVERY = 4096;

export class Exchange implements T.Trading {
  readonly #kernel: Kernel;
  readonly #lags: Random;
  readonly #crowd: Crowd | null;
  #operations = 0;

  /** @param listener hears everything from the first moment on, the crowd's opening orders included; `onEvent` comes too late for those */
  constructor(
    readonly settings: T.ExchangeSettings,
    listener?: T.Listener,
  ) {
    const kernel = new Kernel(settings);
    if (listener !== undefined) kernel.onEvent(listener);
    this.#kernel = kernel;
    this.#lags = new Random(`${settings.seed}/read-lag`);
    for (const shard of settings.shards) this.#openShard(shard.index, shard.description);
    for (const event of settings.world.events) if (!kernel.shards.has(event.shard)) this.#openShard(event.shard, '');
    for (const listing of settings.world.series) listSeries(kernel, listing);
    for (const listing of settings.world.events) listEvent(kernel, listing);
    for (const listing of settings.world.markets) listMarket(kernel, listing);
    const strikes = new Map<Ticker, StrikePath>();
    for (const listing of settings.world.indices ?? []) {
      const path = new IndexPath(indexNoise(settings.seed, listing.id), listing);
      for (const [ticker, strike] of strikePaths(path, settings.world)) strikes.set(ticker, strike);
      this.#planIndex(path, nextSecond(settings.startAt));
    }
    if (settings.weeklyPause) this.#planWeeklyPause(later(settings.startAt, durationUs(-PAUSE_LENGTH)));
    kernel.outcome = (ticker) => outcomeOf(strikes.get(ticker));
    this.#crowd =
      settings.crowd === null
        ? null
        : new Crowd(settings.seed, settings.crowd, settings.world, this, (at, run) => this.#book(at, run), strikes);
    if (this.#crowd !== null) {
      const crowd = this.#crowd;
      kernel.outcome = (ticker) => crowd.outcome(ticker);
      crowd.start((name, shards) =>
        this.#openAccount({ name, precision: CROWD_PRECISION, deposits: shards.map((shard) => ({ shard, amount: AMPLE })) }, false),
      );
    }
    this.#end();
  }

  // ---- time ----

  get now(): EpochUs {
    return this.#kernel.now;
  }

  /** When the next planned thing happens, or null: to move straight to it. */
  get nextAt(): EpochUs | null {
    return this.#kernel.timeline.nextAt;
  }

  /** Lets time pass up to and including `to`, carrying out all that is planned on the way in the order of its times. */
  advance(to: EpochUs): void {
    const { timeline } = this.#kernel;
    assert(to >= this.now, `time cannot go back from ${this.now} to ${to}`);
    for (let next = timeline.nextAt; next !== null && next <= to; next = timeline.nextAt) {
      const task = timeline.take();
      this.#kernel.now = task.at;
      task.run();
      this.#end();
    }
    this.#kernel.now = to;
  }

  /** An act of the exchange now. @throws AssertionFailure where the act makes no sense in the present state */
  act(what: T.Act): void {
    act(this.#kernel, what);
    this.#end();
  }

  /** An act of the exchange at a later moment. */
  schedule(at: EpochUs, what: T.Act): void {
    this.#book(at, () => act(this.#kernel, what));
  }

  #book(at: EpochUs, run: () => void): void {
    assert(at >= this.now, 'planning in the past');
    this.#kernel.timeline.book(at, run);
  }

  #planWeeklyPause(after: EpochUs): void {
    const { from, to } = thursdayPause(after);
    // An exchange that starts within a pause starts paused.
    this.#book(from < this.now ? this.now : from, () => act(this.#kernel, { type: 'pause-trading', shard: null, resumesAt: to }));
    this.#book(to, () => {
      act(this.#kernel, { type: 'resume-trading', shard: null });
      this.#planWeeklyPause(to);
    });
  }

  /** One value a second, as long as the index is kept. */
  #planIndex(path: IndexPath, at: EpochUs): void {
    const { id, until } = path.listing;
    if (at > until) return;
    this.#book(at, () => {
      const sinceQuarter = (at - 1) % QUARTER_HOUR;
      const inClosing = sinceQuarter >= QUARTER_HOUR - MINUTE;
      const count = inClosing ? Math.ceil((sinceQuarter + 1 - (QUARTER_HOUR - MINUTE)) / SECOND) : 0;
      const closing = inClosing ? path.averageUntil(at, count) : null;
      this.#kernel.publish({ type: 'index', at, id, value: path.at(at), trailing: path.averageBefore(at), closing });
      this.#planIndex(path, later(at, SECOND));
    });
  }

  #openShard(index: number, description: string): void {
    this.#kernel.shards.set(index, { index, description, exchangeActive: true, tradingActive: true, resumesAt: null });
  }

  /** Ends one command or act: tells, then proves that the ledger still holds. */
  #end(): void {
    this.#kernel.endOperation();
    checkTouched(this.#kernel);
    if (++this.#operations % AUDIT_EVERY === 0) audit(this.#kernel);
  }

  #answer<R>(account: AccountId, command: string, answer: T.Answer<R>, clientOrderId: T.CreateOrder['clientOrderId'] = null): T.Answer<R> {
    if (!answer.ok) this.#kernel.publish({ type: 'refused', at: this.now, account, command, refusal: answer.refusal, clientOrderId });
    this.#end();
    return answer;
  }

  // ---- accounts ----

  /** A new user with its deposits in subaccount 0. Its id is its public `user_id`. */
  openAccount(settings: T.AccountSettings): AccountId {
    const id = this.#openAccount(settings, true);
    this.#end();
    return id;
  }

  #openAccount(settings: T.AccountSettings, keepsHistory: boolean): AccountId {
    const account: Account = {
      id: this.#kernel.newAccountId(),
      name: settings.name,
      precision: settings.precision,
      keepsHistory,
      wallets: new Map(),
      usedClientIds: new Set(),
      resting: new Map(),
      groups: new Map(),
      transfers: new Set(),
      orderHistory: new Map(),
      restedLately: new Set(),
      positionHistory: new Map(),
      cashHistory: new Map(),
      groupHistory: new Map(),
      fills: [],
      settlements: [],
      readAsOf: this.now,
      tails: [],
    };
    this.#kernel.accounts.set(account.id, account);
    for (const { shard, amount } of settings.deposits) this.#deposit(account, shard, amount);
    return account.id;
  }

  #deposit(account: Account, shard: number, amount: Cash): void {
    assert(
      Number.isSafeInteger(amount) && amount >= 0 && amount % account.precision === 0,
      'a deposit that is not a whole number of balance units',
    );
    this.#kernel.shard(shard);
    this.#kernel.deposited = cash(this.#kernel.deposited + amount);
    this.#kernel.move(this.#kernel.wallet(account, shard, 0), amount);
  }

  /** More money for subaccount 0 on one shard. */
  deposit(id: AccountId, shard: number, amount: Cash): void {
    this.#deposit(this.#kernel.account(id), shard, amount);
    this.#end();
  }

  /** Moves free money between subaccounts or shards; a transfer id works once. */
  transfer(id: AccountId, transfer: T.Transfer): Done {
    return this.#answer(id, 'transfer', this.#transfer(this.#kernel.account(id), transfer));
  }

  #transfer(account: Account, { transferId, from, to, amount }: T.Transfer): Done {
    const refuse = (refusal: Refusal): Done => ({ ok: false, refusal });
    const legal = (place: { readonly shard: number; readonly subaccount: number }): boolean =>
      this.#kernel.shards.has(place.shard) && Number.isInteger(place.subaccount) && place.subaccount >= 0 && place.subaccount < SUBACCOUNTS;
    if (!legal(from) || !legal(to)) return refuse(NOT_FOUND);
    if (account.transfers.has(transferId)) return refuse(TRANSFER_APPLIED);
    const source = this.#kernel.wallet(account, from.shard, from.subaccount);
    const free = source.cash - heldIn(this.#kernel, source);
    if (!Number.isSafeInteger(amount) || amount <= 0 || amount > free) return refuse(shortage(this.settings.switches.shortageCode));
    account.transfers.add(transferId);
    this.#kernel.move(source, cash(-amount));
    this.#kernel.move(this.#kernel.wallet(account, to.shard, to.subaccount), amount);
    return { ok: true, at: this.now };
  }

  // ---- orders ----

  readonly #expire = (order: Order): void => {
    cancelResting(this.#kernel, order, 'ExpiryCancel');
  };

  createOrder(id: AccountId, request: T.CreateOrder): T.Answer<T.Created> {
    const account = this.#kernel.account(id);
    const answer = createOrder(this.#kernel, account, request, this.#expire);
    if (answer.ok && account.tails.length > 0 && inTail(this.#kernel, account, request.subaccount)) {
      const order = account.resting.get(answer.orderId);
      if (order !== undefined) cancelResting(this.#kernel, order, this.settings.switches.reasonOfUserCancel);
    }
    return this.#answer(id, 'create', answer, request.clientOrderId);
  }

  /** Each item on its own: some may fail while others stand. */
  createOrders(id: AccountId, requests: readonly T.CreateOrder[]): T.Answer<T.Created>[] {
    return requests.map((request) => this.createOrder(id, request));
  }

  amendOrder(id: AccountId, request: T.AmendOrder): T.Answer<T.Amended> {
    return this.#answer(id, 'amend', amendOrder(this.#kernel, this.#kernel.account(id), request, this.#expire));
  }

  decreaseOrder(id: AccountId, request: T.DecreaseOrder): T.Answer<T.Decreased> {
    return this.#answer(id, 'decrease', decreaseOrder(this.#kernel, this.#kernel.account(id), request));
  }

  cancelOrder(id: AccountId, address: T.OrderAddress): T.Answer<T.Cancelled> {
    return this.#answer(id, 'cancel', cancelOrder(this.#kernel, this.#kernel.account(id), address));
  }

  cancelOrders(id: AccountId, addresses: readonly T.OrderAddress[]): T.Answer<T.Cancelled>[] {
    return addresses.map((address) => this.cancelOrder(id, address));
  }

  /** All orders of one subaccount, or with null of all, on every shard; new ones may be hit for a minute (switch `cancelAllTail`). */
  cancelAll(id: AccountId, subaccount: number | null): T.Answer<T.CancelledAll> {
    return this.#answer(id, 'cancel-all', cancelAll(this.#kernel, this.#kernel.account(id), subaccount));
  }

  // ---- order groups ----

  createGroup(id: AccountId, request: T.CreateGroup): T.Answer<T.GroupCreated> {
    return this.#answer(id, 'create-group', createGroup(this.#kernel, this.#kernel.account(id), request));
  }
  setGroupLimit(id: AccountId, address: T.GroupAddress, limit: Quantity): Done {
    return this.#answer(id, 'limit-group', setGroupLimit(this.#kernel, this.#kernel.account(id), address, limit));
  }
  triggerGroup(id: AccountId, address: T.GroupAddress): Done {
    return this.#answer(id, 'trigger-group', triggerGroup(this.#kernel, this.#kernel.account(id), address));
  }
  resetGroup(id: AccountId, address: T.GroupAddress): Done {
    return this.#answer(id, 'reset-group', resetGroup(this.#kernel, this.#kernel.account(id), address));
  }
  deleteGroup(id: AccountId, address: T.GroupAddress): Done {
    return this.#answer(id, 'delete-group', deleteGroup(this.#kernel, this.#kernel.account(id), address));
  }

  // ---- private reads: as the account stood a little ago (setting `readLag`) ----

  /** The moment this read shows: drawn anew for each read, never earlier than an earlier read's. */
  #asOf(account: Account): EpochUs {
    const lag = drawLag(this.settings.readLag, this.#lags);
    const asOf = Math.max(this.now - lag, account.readAsOf) as EpochUs;
    account.readAsOf = asOf;
    return asOf;
  }

  #read<R>(id: AccountId, read: (account: Account, asOf: EpochUs) => R): R {
    const account = this.#kernel.account(id);
    return read(account, this.#asOf(account));
  }

  /** Newest first. An omitted part of the filter means all. */
  orders(id: AccountId, filter: T.OrderFilter = {}): T.OrderView[] {
    return this.#read(id, (account, asOf) => readOrders(this.#kernel, account, asOf, filter));
  }
  order(id: AccountId, orderId: VenueOrderId): T.OrderView | null {
    return this.#read(id, (account, asOf) => readOrder(account, asOf, orderId));
  }
  /** Newest first. */
  fills(id: AccountId, filter: T.FillFilter = {}): T.FillView[] {
    return this.#read(id, (account, asOf) => readFills(account, asOf, filter));
  }
  /** Market positions and their sums by event, of one reading. */
  positions(id: AccountId, filter: T.PositionFilter = {}): { readonly markets: T.PositionView[]; readonly events: T.EventPositionView[] } {
    const markets = this.#read(id, (account, asOf) => readPositions(account, asOf, filter));
    return { markets, events: sumByEvent(markets) };
  }
  /** Cash of one subaccount (0 where none is named), over all shards or on one. */
  balance(id: AccountId, filter: { readonly subaccount?: number; readonly shard?: number } = {}): T.BalanceView {
    return this.#read(id, (account, asOf) => readBalance(this.#kernel, account, asOf, filter.subaccount ?? 0, filter.shard ?? null));
  }
  /** Newest first. */
  settlements(id: AccountId, filter: T.SettlementFilter = {}): T.SettlementView[] {
    return this.#read(id, (account, asOf) => readSettlements(account, asOf, filter));
  }
  groups(id: AccountId, filter: { readonly subaccount?: number } = {}): T.GroupView[] {
    return this.#read(id, (account, asOf) => readGroups(account, asOf, filter.subaccount ?? null));
  }
  group(id: AccountId, group: OrderGroupId): T.GroupView | null {
    return this.groups(id).find((view) => view.group === group) ?? null;
  }
  /** Up to when the reads of this account are valid. */
  userDataTimestamp(id: AccountId): EpochUs {
    return this.#read(id, (_account, asOf) => asOf);
  }

  // ---- public reads: without lag ----

  market(ticker: Ticker): T.MarketView | null {
    const market = this.#kernel.markets.get(ticker);
    return market === undefined ? null : marketView(market, this.now);
  }
  markets(): T.MarketView[] {
    return [...this.#kernel.markets.values()].map((market) => marketView(market, this.now));
  }
  event(ticker: EventTicker): T.EventView | null {
    const event = this.#kernel.events.get(ticker);
    return event === undefined ? null : eventView(event);
  }
  events(): T.EventView[] {
    return [...this.#kernel.events.values()].map(eventView);
  }
  /** A series with the fee terms in force. */
  seriesOf(ticker: SeriesTicker): T.SeriesListing | null {
    const series = this.#kernel.series.get(ticker);
    return series === undefined ? null : { ...series.listing, fees: series.fees };
  }
  series(): T.SeriesListing[] {
    return [...this.#kernel.series.values()].map((series) => ({ ...series.listing, fees: series.fees }));
  }
  book(ticker: Ticker): T.BookView | null {
    const market = this.#kernel.markets.get(ticker);
    return market === undefined ? null : bookView(market, this.now);
  }
  best(ticker: Ticker, side: BookSide): Level | null {
    const level = this.#kernel.markets.get(ticker)?.book.best(side) ?? null;
    return level === null ? null : { price: level.price, quantity: level.total };
  }
  grid(ticker: Ticker): PriceGrid {
    return this.#market(ticker).grid;
  }
  closesAt(ticker: Ticker): EpochUs {
    return this.#market(ticker).closesAt;
  }
  #market(ticker: Ticker): MarketState {
    const market = this.#kernel.markets.get(ticker);
    assert(market !== undefined, `no market ${ticker}`);
    return market;
  }
  remaining(id: AccountId, orderId: VenueOrderId): Quantity | null {
    return this.#kernel.account(id).resting.get(orderId)?.remaining ?? null;
  }
  /** Newest first; over all markets where the filter names none. */
  trades(filter: T.TradeFilter = {}): T.TradeView[] {
    const { ticker, since, until } = filter;
    const markets = ticker === undefined ? [...this.#kernel.markets.values()] : [this.#kernel.markets.get(ticker)];
    const found = markets.flatMap((market) => (market?.trades ?? []).slice(-this.settings.tradesKept));
    const wanted = found.filter((trade) => (since === undefined || trade.at >= since) && (until === undefined || trade.at <= until));
    return wanted.toReversed().sort((a, b) => b.at - a.at);
  }
  exchangeStatus(): T.ShardStatus[] {
    return [...this.#kernel.shards.values()]
      .map(({ index, description, exchangeActive, tradingActive, resumesAt }) => ({
        shard: index,
        description,
        exchangeActive,
        tradingActive,
        resumesAt,
      }))
      .sort((a, b) => a.shard - b.shard);
  }
  /** The next weekly pause, or null where there is none. */
  weeklyPause(): { readonly from: EpochUs; readonly to: EpochUs } | null {
    return this.settings.weeklyPause ? thursdayPause(this.now) : null;
  }

  /** Contracts ahead of one resting order, or null where it does not rest (or its shard is not covered). */
  queuePosition(id: AccountId, orderId: VenueOrderId): T.QueuePosition | null {
    const order = this.#kernel.account(id).resting.get(orderId);
    if (order === undefined) return null;
    const { market } = order.position;
    if (market.shard !== 0 && !this.settings.switches.queuePositionsOnAllShards) return null;
    return { orderId, ticker: market.ticker, ahead: market.book.ahead(order) };
  }
  queuePositions(id: AccountId, filter: { readonly subaccount?: number } = {}): T.QueuePosition[] {
    const found: T.QueuePosition[] = [];
    for (const order of this.#kernel.account(id).resting.values()) {
      if (filter.subaccount !== undefined && order.wallet.subaccount !== filter.subaccount) continue;
      const position = this.queuePosition(id, order.id);
      if (position !== null) found.push(position);
    }
    return found;
  }

  // ---- telling, and judging ----

  /** Every event from now on, in publish order. A listener may give commands; their events follow after. */
  onEvent(listener: T.Listener): void {
    this.#kernel.onEvent(listener);
  }

  /** The crowd's fair YES price of a market in dollars, or null without a crowd: for judging only, never for clients. */
  fair(ticker: Ticker): number | null {
    return this.#crowd?.fair(ticker, this.now) ?? null;
  }

  /** Proves the whole ledger now. @throws AssertionFailure */
  audit(): void {
    audit(this.#kernel);
  }

  /** Net fees and settlement remainders the exchange has kept. */
  get feesCollected(): Cash {
    return this.#kernel.feesCollected;
  }
}

const outcomeOf = (strike: StrikePath | undefined): 'yes' | 'no' | null =>
  strike === undefined ? null : strike.outcome === 0 ? 'yes' : 'no';

/** Evenly between the bounds, or spread around a median where one is stated. */
const drawLag = ({ min, max, median, spread = 0 }: T.ReadLag, chance: Random): number => {
  if (max === min) return min;
  if (median === undefined) return chance.whole(min, max);
  const normal = Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
  return Math.floor(Math.min(max, Math.max(min, median * Math.exp(spread * normal))));
};

/** 10 million dollars per shard. */
const AMPLE = cash(10_000_000 * CASH_PER_DOLLAR);
const CROWD_PRECISION = DIRECT_MEMBER_ROUNDING.balancePrecision;
