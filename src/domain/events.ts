/**
 * Every fact that can enter the engine. There is one door in: `engine.step(event)`.
 * Facts are read-only and plain, so that they can be journalled and replayed as they are. The two hot ones, `book-delta` and `trade`, are lent:
 * their producer refills one object, so whoever keeps one copies it.
 */
import type { ClientOrderId, FillId, MarketIndex, OrderGroupId, Ticker, VenueOrderId } from './ids.js';
import type { BookSide, Market, MarketStatus, Strike } from './market.js';
import type { FillReport, VenueOrder, VenuePosition } from './order.js';
import type { FeeTerms } from './fees.js';
import type { PriceGrid } from './price-grid.js';
import type { Cash, EpochUs, Price, Quantity } from './units.js';

interface At {
  /** Engine time at which the fact was received. Never decreases from one event to the next. */
  readonly at: EpochUs;
}

/** A market joins the run; always before any other fact about its index. */
export interface MarketListed extends At {
  readonly type: 'market-listed';
  readonly index: MarketIndex;
  readonly market: Market;
}

/** A fill that is in a carried position. */
export interface CountedFill {
  readonly fillId: FillId;
  readonly market: MarketIndex;
  readonly exchangeAt: EpochUs;
}

export interface CarriedHolding {
  readonly market: MarketIndex;
  readonly position: Quantity;
  /** Signed like the position. */
  readonly cost: Cash;
  /** Fills up to this moment are in the position; of later ones those that are named. */
  readonly countedAfter: EpochUs;
}

/** What the session has earned and lost in runs before this one: the loss limits count on from there. */
export interface SessionSoFar {
  /** Realized less fees. */
  readonly realized: Cash;
  /** The highest result so far, unrealized results included; at least zero. */
  readonly peak: Cash;
}

/** What an earlier run knew of these markets. Comes after they are listed and before anything else; markets that it does not name are taken over from the exchange. */
export interface CarriedOver extends At {
  readonly type: 'carried-over';
  /** The run that knew it. */
  readonly run: string;
  readonly holdings: readonly CarriedHolding[];
  readonly fills: readonly CountedFill[];
  /** Absent: the session begins with this run. */
  readonly session?: SessionSoFar;
}

/** What changed about a market: only the named fields. */
export interface MarketChanged extends At {
  readonly type: 'market-changed';
  readonly market: MarketIndex;
  readonly status?: MarketStatus;
  readonly grid?: PriceGrid;
  readonly closesAt?: EpochUs;
  readonly fees?: FeeTerms;
  readonly strike?: Strike;
  /** Settlement value of one YES contract, once determined. */
  readonly settlesAt?: Price;
}

/** One price and the total resting there, in YES terms. */
export interface Level {
  readonly price: Price;
  readonly quantity: Quantity;
}

export interface BookSnapshot extends At {
  readonly type: 'book-snapshot';
  readonly market: MarketIndex;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** UNKNOWN_TIME where the exchange stamps none. */
  readonly exchangeAt: EpochUs;
}

/** A signed change of one level, in YES terms. Lent. */
export interface BookDelta extends At {
  readonly type: 'book-delta';
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  readonly change: Quantity;
  readonly exchangeAt: EpochUs;
}

/** The feed cannot vouch for a market's book any more; a snapshot will follow. */
export interface BookLost extends At {
  readonly type: 'book-lost';
  readonly market: MarketIndex;
  readonly reason: 'sequence-gap' | 'malformed' | 'disconnected' | 'subscription-ended' | 'off-grid' | 'negative-level' | 'crossed';
}

/** A public trade. Lent. */
export interface PublicTrade extends At {
  readonly type: 'trade';
  readonly market: MarketIndex;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Side of the aggressor: `bid` bought YES. */
  readonly takerSide: BookSide;
  readonly exchangeAt: EpochUs;
}

/** All frames that arrived together have been told: decide now, once per market. */
export interface BatchEnd extends At {
  readonly type: 'batch-end';
}

/** Time passes although nothing arrives. */
export interface Tick extends At {
  readonly type: 'tick';
}

export interface FeedUp extends At {
  readonly type: 'feed-up';
}
/** The stream is gone: orders may be stuck. */
export interface FeedDown extends At {
  readonly type: 'feed-down';
  readonly reason: string;
}
/** Neither frame nor pong for longer than the limit (`silent`), or heard again. */
export interface FeedSilence extends At {
  readonly type: 'feed-silence';
  readonly silent: boolean;
}

/** Definite answers to commands. */
export interface OrderAccepted extends At {
  readonly type: 'order-accepted';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  readonly filled: Quantity;
  readonly remaining: Quantity;
  readonly exchangeAt: EpochUs;
}

export type RefusalCode =
  | 'post-only-cross'
  | 'invalid-price'
  | 'insufficient-balance'
  | 'duplicate-client-id'
  | 'market-inactive'
  | 'paused'
  | 'group-triggered'
  | 'not-found'
  | 'unfilled'
  | 'rate-limited'
  | 'unauthorized'
  | 'forbidden'
  | 'not-sent'
  | 'other';

/** The exchange, or our own last gate (`not-sent`), refused a command: it had no effect. */
export interface CommandRefused extends At {
  readonly type: 'command-refused';
  readonly command: 'place' | 'amend' | 'decrease' | 'cancel';
  readonly clientId: ClientOrderId;
  readonly code: RefusalCode;
  /** The exchange's own words, for people. */
  readonly detail: string;
}

/** Timeout, 408, 5xx or a dropped connection: the command may or may not have had its effect. */
export interface CommandUnknown extends At {
  readonly type: 'command-unknown';
  readonly command: 'place' | 'amend' | 'decrease' | 'cancel';
  readonly clientId: ClientOrderId;
  readonly reason: string;
}

export interface OrderAmended extends At {
  readonly type: 'order-amended';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  /** Resting size after the amend or decrease; null where the answer does not say. */
  readonly remaining: Quantity | null;
}

export interface OrderCancelled extends At {
  readonly type: 'order-cancelled';
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId;
  readonly reducedBy: Quantity;
}

/** The stream's word on one of the account's orders, ours or not. */
export interface OrderUpdate extends At {
  readonly type: 'order-update';
  readonly order: VenueOrder;
  /** The exchange's reason word, or null. */
  readonly reason: string | null;
}

export interface Fill extends At {
  readonly type: 'fill';
  readonly fill: FillReport;
  readonly source: 'stream' | 'rest' | 'paper';
}

export interface PositionUpdate extends At {
  readonly type: 'position-update';
  readonly market: MarketIndex;
  readonly position: Quantity;
}

export interface OrderGroupUpdate extends At {
  readonly type: 'order-group-update';
  readonly group: OrderGroupId;
  readonly change: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit-updated';
}

/** An order group as the exchange lists it. */
export interface ListedGroup {
  readonly group: OrderGroupId;
  readonly shard: number;
  readonly limit: Quantity | null;
  /** False where the exchange says that the group cancels and blocks: it has been triggered. */
  readonly active: boolean;
}

/** The answer to a call about order groups. */
export interface GroupAnswer extends At {
  readonly type: 'group-answer';
  readonly request: number;
  readonly shard: number;
  readonly kind: 'create' | 'limit' | 'trigger' | 'reset' | 'delete' | 'list';
  /** `missing`: the exchange knows no such group. `unknown`: no answer, so it may or may not have been done. */
  readonly outcome: 'done' | 'missing' | 'refused' | 'unknown';
  /** The group that was asked about, or that was made; null where neither. */
  readonly group: OrderGroupId | null;
  /** What `list` has found. */
  readonly groups: readonly ListedGroup[];
  /** Why it was not done, for people. */
  readonly detail: string;
}

/** One complete reading of the account over REST, asked for by `request-account`. */
export interface AccountReading extends At {
  readonly type: 'account-reading';
  readonly request: number;
  /** `orders`: resting orders and fills only; positions and balance were not asked for and say nothing. Absent: all. */
  readonly scope?: 'orders';
  /** False where a page or call failed: such a reading proves nothing. */
  readonly complete: boolean;
  /** The exchange's own statement of up to when its reads are valid; UNKNOWN_TIME where it gave none. */
  readonly validUntil: EpochUs;
  readonly resting: readonly VenueOrder[];
  readonly positions: readonly VenuePosition[];
  readonly fills: readonly FillReport[];
  readonly balance: Cash;
  /** Orders and positions in markets outside this run, counted. */
  readonly foreign: number;
}

export interface RateLimited extends At {
  readonly type: 'rate-limited';
}

/** The account's write budget, as the exchange states it. Costs are in tokens. */
export interface WriteBudget extends At {
  readonly type: 'write-budget';
  readonly refillPerSecond: number;
  readonly capacity: number;
  readonly createCost: number;
  readonly amendCost: number;
  readonly cancelCost: number;
}

export interface ExchangeStatus extends At {
  readonly type: 'exchange-status';
  readonly shard: number;
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
}

/** An outside opinion: a shift of fair value in price units, signed. */
export interface SignalUpdate extends At {
  readonly type: 'signal';
  readonly ticker: Ticker;
  /** Name of the feed; a later shift of the same source replaces this one. Absent: the signal file. */
  readonly source?: string;
  readonly shift: number;
  /** When the source formed it. */
  readonly asOf: EpochUs;
}

/** What somebody outside thinks a YES contract is worth: other markets' odds, a model of the user's. */
export interface OpinionUpdate extends At {
  readonly type: 'opinion';
  readonly ticker: Ticker;
  /** Name of the feed; a later opinion of the same source replaces this one. */
  readonly source: string;
  /** In [0, 1]; null withdraws the opinion. */
  readonly probability: number | null;
  /** Part of the difference to our own fair value that is believed, in [0, 1]. */
  readonly confidence: number;
  /** When the source formed it. */
  readonly asOf: EpochUs;
}

/** Value of an index that contracts settle on, such as a price of bitcoin. */
export interface IndexUpdate extends At {
  readonly type: 'index';
  readonly index: string;
  /** Finite and above 0. */
  readonly value: number;
  readonly asOf: EpochUs;
}

/** How much an index moves. */
export interface IndexVolatility extends At {
  readonly type: 'index-volatility';
  readonly index: string;
  /** sigma of the logarithm, per square root of a year of 365 days. */
  readonly annual: number;
  /** Standard error of `annual`. */
  readonly error: number;
  readonly asOf: EpochUs;
}

/** A person or the shell speaks. */
export interface Control extends At {
  readonly type: 'control';
  readonly command: 'pause' | 'resume' | 'kill' | 'stop';
  readonly reason: string;
}

/** The journal or tape cannot be written (`ok: false`), or can again. */
export interface StorageHealth extends At {
  readonly type: 'storage';
  readonly ok: boolean;
  /** Absent: the journal. */
  readonly of?: 'tape';
  readonly detail: string;
}

export type EngineEvent =
  | MarketListed
  | CarriedOver
  | MarketChanged
  | BookSnapshot
  | BookDelta
  | BookLost
  | PublicTrade
  | BatchEnd
  | Tick
  | FeedUp
  | FeedDown
  | FeedSilence
  | OrderAccepted
  | CommandRefused
  | CommandUnknown
  | OrderAmended
  | OrderCancelled
  | OrderUpdate
  | Fill
  | PositionUpdate
  | OrderGroupUpdate
  | GroupAnswer
  | AccountReading
  | RateLimited
  | WriteBudget
  | ExchangeStatus
  | SignalUpdate
  | OpinionUpdate
  | IndexUpdate
  | IndexVolatility
  | Control
  | StorageHealth;

/** Facts that must be with the kernel before the engine acts on them: a crash may lose no fill and no answer. */
export const isPrivateFact = (event: EngineEvent): boolean => {
  switch (event.type) {
    case 'carried-over':
    case 'order-accepted':
    case 'command-refused':
    case 'command-unknown':
    case 'order-amended':
    case 'order-cancelled':
    case 'order-update':
    case 'fill':
    case 'position-update':
    case 'order-group-update':
    case 'group-answer':
    case 'account-reading':
    case 'control':
      return true;
    case 'market-listed':
    case 'market-changed':
    case 'book-snapshot':
    case 'book-delta':
    case 'book-lost':
    case 'trade':
    case 'batch-end':
    case 'tick':
    case 'feed-up':
    case 'feed-down':
    case 'feed-silence':
    case 'rate-limited':
    case 'write-budget':
    case 'exchange-status':
    case 'signal':
    case 'opinion':
    case 'index':
    case 'index-volatility':
    case 'storage':
      return false;
  }
};
