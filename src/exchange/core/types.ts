/** The words of the simulated exchange: settings, commands, answers, what can be read and what is published. All in domain units; nothing here knows JSON. */
import type { FeeTerms, FeeType, LiquidityRole } from '../../domain/fees.js';
import type { ClientOrderId, EventTicker, FillId, OrderGroupId, SeriesTicker, Ticker, VenueOrderId } from '../../domain/ids.js';
import type { BookSide, MarketStatus } from '../../domain/market.js';
import type { SelfTradePrevention, TimeInForce } from '../../domain/order.js';
import type { PriceGrid } from '../../domain/price-grid.js';
import type { Level } from '../../domain/events.js';
import type { Cash, DurationUs, EpochUs, Price, Quantity } from '../../domain/units.js';
import type { CrowdSettings } from '../crowd/settings.js';
import type { Switches } from './switches.js';
import type { AccountId, Refusal, UpdateReason } from './words.js';

// ---- settings ----

export interface SeriesListing {
  readonly ticker: SeriesTicker;
  readonly title: string;
  readonly category: string;
  readonly frequency: string;
  readonly fees: FeeTerms;
  readonly shard: number;
}

export interface EventListing {
  readonly ticker: EventTicker;
  readonly series: SeriesTicker;
  readonly title: string;
  readonly subTitle: string;
  readonly mutuallyExclusive: boolean;
  /** All markets of an event live on this shard (`exchange_index`). */
  readonly shard: number;
  /** Overrides of the series' fee terms; null: as the series. */
  readonly feeOverride: FeeOverride | null;
}

/** An event's deviation from its series; a null part stays as the series has it. */
export interface FeeOverride {
  readonly type: FeeType | null;
  readonly multiplierMicros: number | null;
}

/** How a market ended: `scalar` and `void` pay a fraction. */
export type Result =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'scalar'; readonly value: Price }
  /** Called off: settles like a scalar at `value`, or where that is null at the last traded price (half the payout if none). */
  | { readonly kind: 'void'; readonly value: Price | null };

export interface MarketListing {
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly title: string;
  readonly yesSubTitle: string;
  readonly noSubTitle: string;
  readonly rules: string;
  readonly strike: { readonly type: string; readonly floor: number | null; readonly cap: number | null } | null;
  /** Label only (`price_level_structure`); `grid` is the truth. */
  readonly structure: string;
  readonly grid: PriceGrid;
  readonly createdAt: EpochUs;
  readonly opensAt: EpochUs;
  readonly closesAt: EpochUs;
  readonly expectedExpirationAt: EpochUs;
  readonly latestExpirationAt: EpochUs;
  /** From close to determination. */
  readonly determinationDelay: DurationUs;
  /** From determination to settlement. */
  readonly settlementTimer: DurationUs;
  readonly canCloseEarly: boolean;
  /** Fixed beforehand, or null: the crowd's fair price decides; without a crowd the market waits for `determine`. */
  readonly result: Result | null;
}

export interface World {
  readonly series: readonly SeriesListing[];
  readonly events: readonly EventListing[];
  readonly markets: readonly MarketListing[];
  /** Indices that the exchange publishes; absent: none. */
  readonly indices?: readonly IndexListing[];
}

/** An index with a value every second, and the events whose strikes settle on it. */
export interface IndexListing {
  readonly id: string;
  /** A whole second. */
  readonly from: EpochUs;
  /** The last value. */
  readonly until: EpochUs;
  readonly startValue: number;
  /** sigma of the logarithm, per square root of a year of 365 days. */
  readonly volatility: number;
  readonly events: readonly EventTicker[];
}

/** How far reads lag behind the matching engine. Each read draws its own lag; what was once seen is not unseen. */
export interface ReadLag {
  readonly min: DurationUs;
  readonly max: DurationUs;
  /** Half of all lags are shorter than this, the rest spread log-normally by `spread`; without it they lie evenly between the bounds. */
  readonly median?: DurationUs;
  readonly spread?: number;
}

export interface AccountSettings {
  /** Name for the truth log; not visible to clients. */
  readonly name: string;
  /** Opening cash per shard of subaccount 0. */
  readonly deposits: readonly { readonly shard: number; readonly amount: Cash }[];
  /** 0.0001 $ for direct members, 0.01 $ for others. */
  readonly precision: Cash;
}

export interface ExchangeSettings {
  readonly seed: string;
  readonly startAt: EpochUs;
  readonly world: World;
  readonly crowd: CrowdSettings | null;
  readonly switches: Switches;
  readonly readLag: ReadLag;
  /** Shards that exist besides those of the listed events. */
  readonly shards: readonly { readonly index: number; readonly description: string }[];
  /** Whether trading pauses every Thursday 03:00-05:00 New York time. */
  readonly weeklyPause: boolean;
  /** Public trades kept per market. */
  readonly tradesKept: number;
  /** Orders that are done, and fills, kept per account; older ones are forgotten. */
  readonly historyKept: number;
}

// ---- commands ----

export interface CreateOrder {
  readonly ticker: Ticker;
  readonly side: BookSide;
  /** YES price. */
  readonly price: Price;
  readonly quantity: Quantity;
  readonly timeInForce: TimeInForce;
  readonly selfTrade: SelfTradePrevention;
  readonly clientOrderId: ClientOrderId | null;
  readonly expiresAt: EpochUs | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly cancelOnPause: boolean;
  readonly group: OrderGroupId | null;
  readonly subaccount: number;
  /** Explicit `exchange_index`, or null for auto-routing by ticker (omitted or -1). */
  readonly shard: number | null;
}

/** How a call names an order that exists. */
export interface OrderAddress {
  readonly orderId: VenueOrderId;
  readonly subaccount: number;
  /** Explicit `exchange_index`, or null. */
  readonly shard: number | null;
  /** `market_ticker` for routing, or null. */
  readonly ticker: Ticker | null;
}

export interface AmendOrder {
  readonly orderId: VenueOrderId;
  readonly subaccount: number;
  readonly shard: number | null;
  readonly ticker: Ticker;
  readonly side: BookSide;
  readonly price: Price;
  /** The new total: filled plus wanted remaining. */
  readonly total: Quantity;
  /** Must name the order where given. */
  readonly clientOrderId: ClientOrderId | null;
  /** The order's new client id, or null to keep it. */
  readonly updatedClientOrderId: ClientOrderId | null;
  /** undefined keeps, null makes it rest until cancelled. */
  readonly expiresAt?: EpochUs | null;
}

export type DecreaseOrder = OrderAddress & ({ readonly reduceBy: Quantity } | { readonly reduceTo: Quantity });

export interface CreateGroup {
  readonly limit: Quantity;
  readonly subaccount: number;
  readonly shard: number;
}

export interface GroupAddress {
  readonly group: OrderGroupId;
  readonly subaccount: number;
  readonly shard: number;
}

export interface Transfer {
  readonly transferId: string;
  readonly from: { readonly shard: number; readonly subaccount: number };
  readonly to: { readonly shard: number; readonly subaccount: number };
  readonly amount: Cash;
}

// ---- answers ----

export type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly refusal: Refusal };

/** What matched within one command. */
export interface Matched {
  /** Contracts filled by this command. */
  readonly filled: Quantity;
  /** Cost in YES terms per contract, in cash units, rounded half up; null where nothing filled. */
  readonly averagePrice: Cash | null;
  /** Net fee per contract, in cash units, rounded half up; null where nothing filled. */
  readonly averageFee: Cash | null;
}

export interface Created extends Matched {
  readonly orderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  /** Resting now; zero after IOC and FOK. */
  readonly remaining: Quantity;
  readonly at: EpochUs;
}

export interface Amended extends Matched {
  readonly orderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly remaining: Quantity;
  /** True where something filled or the resting size changed: only then does the exchange state sizes. */
  readonly sizeChanged: boolean;
  readonly at: EpochUs;
}

export interface Decreased {
  readonly orderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly remaining: Quantity;
  readonly at: EpochUs;
}

export interface Cancelled {
  readonly orderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly reducedBy: Quantity;
  readonly at: EpochUs;
}

export interface CancelledAll {
  readonly count: number;
  readonly at: EpochUs;
}

/** A command that has nothing more to say. */
export interface Acknowledged {
  readonly at: EpochUs;
}

export interface GroupCreated {
  readonly group: OrderGroupId;
  readonly subaccount: number;
  readonly shard: number;
  readonly at: EpochUs;
}

// ---- private reads ----

export type OrderStatus = 'resting' | 'canceled' | 'executed';

/** One order at one moment. Costs are what the own side paid: price for bids, payout minus price for asks. */
export interface OrderView {
  readonly orderId: VenueOrderId;
  readonly account: AccountId;
  readonly clientOrderId: ClientOrderId | null;
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly shard: number;
  readonly subaccount: number;
  readonly side: BookSide;
  readonly status: OrderStatus;
  readonly price: Price;
  /** The payout of the market, for the NO price. */
  readonly payout: Price;
  readonly initial: Quantity;
  readonly filled: Quantity;
  readonly remaining: Quantity;
  readonly takerCost: Cash;
  readonly makerCost: Cash;
  readonly takerFees: Cash;
  readonly makerFees: Cash;
  readonly expiresAt: EpochUs | null;
  readonly createdAt: EpochUs;
  readonly updatedAt: EpochUs;
  readonly selfTrade: SelfTradePrevention;
  readonly group: OrderGroupId | null;
  readonly cancelOnPause: boolean;
  /** Why it last changed; null on creation. */
  readonly reason: UpdateReason | null;
}

export interface FillView {
  /** Shared by both parties of the trade; also the `fill_id`. */
  readonly tradeId: FillId;
  readonly orderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly account: AccountId;
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly shard: number;
  readonly subaccount: number;
  readonly side: BookSide;
  readonly price: Price;
  readonly payout: Price;
  readonly quantity: Quantity;
  readonly role: LiquidityRole;
  /** Net fee of this fill. */
  readonly fee: Cash;
  readonly positionBefore: Quantity;
  readonly positionAfter: Quantity;
  readonly at: EpochUs;
}

export interface PositionView {
  readonly account: AccountId;
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly shard: number;
  readonly subaccount: number;
  /** Signed: positive is long YES. */
  readonly quantity: Quantity;
  /** What the open position cost, positive (`market_exposure`): NO at NO prices. */
  readonly cost: Cash;
  /** Closed result before fees. */
  readonly realized: Cash;
  readonly fees: Cash;
  /** Part of `fees` that belongs to the open position's fills since it was last flat. */
  readonly openFees: Cash;
  /** Sum of the own-side cost of all fills. */
  readonly traded: Cash;
  /** Contracts traded. */
  readonly volume: Quantity;
  readonly settled: boolean;
  readonly at: EpochUs;
}

export interface EventPositionView {
  readonly event: EventTicker;
  readonly shard: number;
  readonly cost: Cash;
  /** Contracts held over the event's markets, without sign. */
  readonly quantity: Quantity;
  readonly exposure: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
}

export interface BalanceView {
  /** Over all shards asked for. */
  readonly balance: Cash;
  readonly portfolioValue: Cash;
  /** Held by resting orders (`total_resting_order_value`). */
  readonly held: Cash;
  readonly shards: readonly { readonly shard: number; readonly balance: Cash; readonly held: Cash }[];
  readonly at: EpochUs;
}

export interface SettlementView {
  readonly account: AccountId;
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly shard: number;
  readonly subaccount: number;
  readonly result: 'yes' | 'no' | 'scalar';
  /** Value of one YES contract. */
  readonly value: Price;
  readonly yesQuantity: Quantity;
  readonly yesCost: Cash;
  readonly noQuantity: Quantity;
  readonly noCost: Cash;
  /** Paid out, in whole cents. */
  readonly revenue: Cash;
  /** Remainder below one cent, kept by the exchange. */
  readonly settlementFee: Cash;
  /** Sum of the trade fees of the market. */
  readonly fees: Cash;
  readonly at: EpochUs;
}

export interface GroupView {
  readonly group: OrderGroupId;
  readonly subaccount: number;
  readonly shard: number;
  readonly limit: Quantity;
  /** False once triggered. */
  readonly active: boolean;
  readonly orders: readonly VenueOrderId[];
}

export interface OrderFilter {
  readonly ticker?: Ticker;
  readonly events?: readonly EventTicker[];
  readonly status?: OrderStatus;
  readonly since?: EpochUs;
  readonly until?: EpochUs;
  readonly subaccount?: number;
  readonly shard?: number;
}

export interface FillFilter {
  readonly tickers?: readonly Ticker[];
  readonly orderId?: VenueOrderId;
  readonly since?: EpochUs;
  readonly until?: EpochUs;
  readonly subaccount?: number;
  readonly shard?: number;
}

export interface PositionFilter {
  readonly ticker?: Ticker;
  readonly event?: EventTicker;
  readonly subaccount?: number;
  readonly shard?: number;
  readonly settlement?: 'unsettled' | 'settled' | 'all';
}

export interface SettlementFilter {
  readonly ticker?: Ticker;
  readonly event?: EventTicker;
  readonly since?: EpochUs;
  readonly until?: EpochUs;
  readonly subaccount?: number;
  readonly shard?: number;
}

// ---- public reads ----

export interface MarketView {
  readonly listing: MarketListing;
  readonly ticker: Ticker;
  readonly event: EventTicker;
  readonly series: SeriesTicker;
  readonly shard: number;
  readonly status: MarketStatus;
  readonly structure: string;
  readonly grid: PriceGrid;
  readonly payout: Price;
  readonly mutuallyExclusive: boolean;
  /** The terms in force: event override, else series. */
  readonly fees: FeeTerms;
  readonly opensAt: EpochUs;
  readonly closesAt: EpochUs;
  readonly updatedAt: EpochUs;
  readonly ticks: TickerView;
  readonly volume24h: Quantity;
  readonly result: 'yes' | 'no' | 'scalar' | null;
  readonly settlementValue: Price | null;
  readonly determinedAt: EpochUs | null;
  readonly settledAt: EpochUs | null;
}

/** The `ticker` channel's numbers. */
export interface TickerView {
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly last: Price | null;
  readonly lastSize: Quantity;
  readonly volume: Quantity;
  readonly openInterest: Quantity;
  /** Turnover at the payout of the contract's side: sum of own-side costs of both parties, in cash. */
  readonly turnover: Cash;
}

export interface EventView {
  readonly listing: EventListing;
  readonly ticker: EventTicker;
  readonly series: SeriesTicker;
  readonly shard: number;
  readonly mutuallyExclusive: boolean;
  readonly feeOverride: FeeOverride | null;
  readonly markets: readonly Ticker[];
}

/** Best level first on both sides. */
export interface BookView {
  readonly ticker: Ticker;
  readonly payout: Price;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly at: EpochUs;
}

export interface TradeView {
  readonly tradeId: FillId;
  readonly ticker: Ticker;
  readonly price: Price;
  readonly payout: Price;
  readonly quantity: Quantity;
  readonly takerSide: BookSide;
  readonly at: EpochUs;
}

export interface TradeFilter {
  readonly ticker?: Ticker;
  readonly since?: EpochUs;
  readonly until?: EpochUs;
}

export interface ShardStatus {
  readonly shard: number;
  readonly description: string;
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
  readonly resumesAt: EpochUs | null;
}

export interface QueuePosition {
  readonly orderId: VenueOrderId;
  readonly ticker: Ticker;
  readonly ahead: Quantity;
}

// ---- what people of the exchange do ----

/** Acts of the exchange itself, at once through `act` or at a later moment through `schedule`. `shard: null` means every shard. */
export type Act =
  | { readonly type: 'list'; readonly event?: EventListing; readonly series?: SeriesListing; readonly market: MarketListing }
  | { readonly type: 'deactivate'; readonly ticker: Ticker }
  | { readonly type: 'activate'; readonly ticker: Ticker }
  | { readonly type: 'move-close'; readonly ticker: Ticker; readonly closesAt: EpochUs }
  | { readonly type: 'change-grid'; readonly ticker: Ticker; readonly structure: string; readonly grid: PriceGrid }
  | { readonly type: 'determine'; readonly ticker: Ticker; readonly result: Result }
  | { readonly type: 'dispute'; readonly ticker: Ticker }
  | { readonly type: 'override-fees'; readonly event: EventTicker; readonly override: FeeOverride | null }
  | { readonly type: 'series-fees'; readonly series: SeriesTicker; readonly fees: FeeTerms }
  | { readonly type: 'pause-trading'; readonly shard: number | null; readonly resumesAt: EpochUs | null }
  | { readonly type: 'resume-trading'; readonly shard: number | null }
  | { readonly type: 'pause-exchange'; readonly shard: number | null; readonly resumesAt: EpochUs | null }
  | { readonly type: 'resume-exchange'; readonly shard: number | null };

// ---- what is published ----

interface At {
  readonly at: EpochUs;
}

/** Everything the exchange tells, in publish order. `account` on private ones says to whom. */
export type ExchangeEvent =
  /** A signed change of one level, in YES terms. `owner` is whose order changed there: the resting side in a match. */
  | (At & {
      readonly type: 'book';
      readonly ticker: Ticker;
      readonly side: BookSide;
      readonly price: Price;
      readonly payout: Price;
      readonly change: Quantity;
      readonly owner: { readonly account: AccountId; readonly subaccount: number; readonly clientOrderId: ClientOrderId | null };
    })
  | (At & { readonly type: 'trade'; readonly trade: TradeView })
  | (At & { readonly type: 'ticker'; readonly ticker: Ticker; readonly payout: Price; readonly ticks: TickerView })
  | (At & { readonly type: 'order'; readonly account: AccountId; readonly order: OrderView; readonly reason: UpdateReason | null })
  | (At & { readonly type: 'fill'; readonly account: AccountId; readonly fill: FillView })
  | (At & { readonly type: 'position'; readonly account: AccountId; readonly position: PositionView })
  | (At & {
      readonly type: 'lifecycle';
      readonly change: 'created' | 'activated' | 'deactivated' | 'close-date-updated' | 'determined' | 'settled' | 'price-levels-updated';
      readonly market: MarketView;
    })
  /** Status changes that the exchange does not publish on its lifecycle channel: opened, closed, disputed. */
  | (At & { readonly type: 'status'; readonly market: MarketView })
  | (At & { readonly type: 'event-created'; readonly event: EventView })
  | (At & { readonly type: 'event-fees'; readonly event: EventTicker; readonly override: FeeOverride | null })
  | (At & {
      readonly type: 'group';
      readonly account: AccountId;
      readonly change: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit-updated';
      readonly group: OrderGroupId;
      readonly shard: number;
      readonly subaccount: number;
      readonly limit: Quantity;
    })
  | (At & { readonly type: 'settlement'; readonly account: AccountId; readonly settlement: SettlementView })
  | (At & { readonly type: 'exchange-status'; readonly status: ShardStatus })
  | (At & {
      readonly type: 'index';
      readonly id: string;
      readonly value: number;
      /** Of the minute before, and how many values it is of. */
      readonly trailing: { readonly value: number; readonly count: number };
      /** In the last minute before a quarter of an hour: of the values of that minute so far; null elsewhere. */
      readonly closing: { readonly value: number; readonly count: number } | null;
    })
  /** For the truth log only: a command that was refused. */
  | (At & {
      readonly type: 'refused';
      readonly account: AccountId;
      readonly command: string;
      readonly refusal: Refusal;
      readonly clientOrderId: ClientOrderId | null;
    });

export type Listener = (event: ExchangeEvent) => void;

/** What a trader inside the process (the crowd) may do: the same doors as everybody. */
export interface Trading {
  readonly now: EpochUs;
  createOrder(account: AccountId, order: CreateOrder): Answer<Created>;
  amendOrder(account: AccountId, amend: AmendOrder): Answer<Amended>;
  cancelOrder(account: AccountId, address: OrderAddress): Answer<Cancelled>;
  best(ticker: Ticker, side: BookSide): Level | null;
  /** What still rests of an own order, without lag; null where it does not rest. */
  remaining(account: AccountId, orderId: VenueOrderId): Quantity | null;
  grid(ticker: Ticker): PriceGrid;
  closesAt(ticker: Ticker): EpochUs;
}
