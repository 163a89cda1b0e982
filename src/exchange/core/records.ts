/** The exchange's own mutable records. They never leave this room: outside, everybody sees the views of `types.ts`. */
import type { FeeAccumulator, FeeTerms } from '../../domain/fees.js';
import type { ClientOrderId, FillId, OrderGroupId, Ticker, VenueOrderId } from '../../domain/ids.js';
import type { BookSide, MarketStatus } from '../../domain/market.js';
import type { SelfTradePrevention, TimeInForce } from '../../domain/order.js';
import type { PriceGrid } from '../../domain/price-grid.js';
import type { Cash, EpochUs, Price, Quantity } from '../../domain/units.js';
import type { OrderBook } from './book.js';
import type { Lagged } from './lagged.js';
import type {
  EventListing,
  FeeOverride,
  FillView,
  GroupView,
  MarketListing,
  OrderStatus,
  OrderView,
  PositionView,
  Result,
  SeriesListing,
  SettlementView,
  TickerView,
  TradeView,
} from './types.js';
import type { AccountId, UpdateReason } from './words.js';

export interface SeriesState {
  readonly listing: SeriesListing;
  fees: FeeTerms;
}

export interface EventState {
  readonly listing: EventListing;
  readonly series: SeriesState;
  readonly markets: MarketState[];
  override: FeeOverride | null;
}

export interface MarketState {
  readonly listing: MarketListing;
  readonly ticker: Ticker;
  readonly event: EventState;
  readonly shard: number;
  readonly book: OrderBook<Order>;
  status: MarketStatus;
  grid: PriceGrid;
  structure: string;
  opensAt: EpochUs;
  closesAt: EpochUs;
  updatedAt: EpochUs;
  last: Price | null;
  lastSize: Quantity;
  volume: Quantity;
  openInterest: Quantity;
  turnover: Cash;
  /** Newest last. */
  readonly trades: TradeView[];
  /** Contracts traded per hour of the epoch, for the 24 h volume. */
  readonly hours: { readonly hour: number; volume: Quantity }[];
  /** What the ticker channel said last. */
  told: TickerView;
  result: Result | null;
  settlementValue: Price | null;
  determinedAt: EpochUs | null;
  settledAt: EpochUs | null;
  /** All positions ever taken in this market. */
  readonly positions: Position[];
}

export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly precision: Cash;
  /** False for the crowd, whose past nobody reads. */
  readonly keepsHistory: boolean;
  /** By shard * SUBACCOUNTS + subaccount. */
  readonly wallets: Map<number, Wallet>;
  readonly usedClientIds: Set<ClientOrderId>;
  /** Resting orders. */
  readonly resting: Map<VenueOrderId, Order>;
  readonly groups: Map<OrderGroupId, Group>;
  readonly transfers: Set<string>;
  readonly orderHistory: Map<VenueOrderId, Lagged<OrderView>>;
  /** Orders that rest, or did so within the farthest read lag: the only ones that a list of resting orders can show. Oldest first. */
  readonly restedLately: Set<VenueOrderId>;
  readonly positionHistory: Map<Position, Lagged<PositionView>>;
  readonly cashHistory: Map<Wallet, Lagged<Cash>>;
  readonly groupHistory: Map<OrderGroupId, Lagged<GroupView | null>>;
  readonly fills: FillView[];
  readonly settlements: SettlementView[];
  /** Up to when reads have already been shown. */
  readAsOf: EpochUs;
  /** Cancel-all requests whose tail still runs. */
  readonly tails: { readonly subaccount: number | null; readonly until: EpochUs }[];
}

/** Money of one subaccount on one shard. */
export interface Wallet {
  readonly account: Account;
  readonly shard: number;
  readonly subaccount: number;
  cash: Cash;
  /** What all resting orders would need without netting against positions: an upper bound of what is held. */
  gross: Cash;
  /** Net fees and settlement remainders ever charged. */
  feesPaid: Cash;
  readonly positions: Map<Ticker, Position>;
}

/** One subaccount's stake in one market. */
export interface Position {
  readonly wallet: Wallet;
  readonly market: MarketState;
  quantity: Quantity;
  /** Own-side cost of the open quantity. */
  cost: Cash;
  realized: Cash;
  fees: Cash;
  openFees: Cash;
  traded: Cash;
  volume: Quantity;
  settled: boolean;
  updatedAt: EpochUs;
  readonly resting: Set<Order>;
}

export interface Group {
  readonly id: OrderGroupId;
  readonly account: Account;
  readonly shard: number;
  readonly subaccount: number;
  limit: Quantity;
  active: boolean;
  readonly orders: Set<Order>;
  /** Matched contracts of the rolling window, oldest first. */
  readonly matches: { readonly at: EpochUs; readonly quantity: Quantity }[];
}

export interface Order {
  readonly id: VenueOrderId;
  readonly wallet: Wallet;
  readonly position: Position;
  readonly side: BookSide;
  readonly timeInForce: TimeInForce;
  readonly selfTrade: SelfTradePrevention;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly cancelOnPause: boolean;
  readonly group: Group | null;
  readonly createdAt: EpochUs;
  readonly fees: FeeAccumulator;
  clientId: ClientOrderId | null;
  status: OrderStatus;
  price: Price;
  initial: Quantity;
  filled: Quantity;
  remaining: Quantity;
  takerCost: Cash;
  makerCost: Cash;
  takerFees: Cash;
  makerFees: Cash;
  expiresAt: EpochUs | null;
  updatedAt: EpochUs;
  reason: UpdateReason | null;
  /** Its part of the wallet's `gross`. */
  gross: Cash;
}

export interface Match {
  readonly tradeId: FillId;
  readonly price: Price;
  readonly quantity: Quantity;
}

/** Subaccounts 0 to 63. */
export const SUBACCOUNTS = 64;

export const walletKey = (shard: number, subaccount: number): number => shard * SUBACCOUNTS + subaccount;
