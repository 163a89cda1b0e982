/** Every action that can leave the engine. The shell carries them out in order and decides nothing. */
import type { Fill } from './events.js';
import type { ClientOrderId, FillId, MarketIndex, OrderGroupId, VenueOrderId } from './ids.js';
import type { BookSide } from './market.js';
import type { Call, FillReport } from './order.js';
import type { Cash, EpochUs, Price, Quantity } from './units.js';

/** Orders and cancels, already permitted by risk. */
export interface Send {
  readonly type: 'send';
  readonly call: Call;
}

/** A fresh book, please: the present one cannot be trusted or has been silent too long. */
export interface RequestSnapshot {
  readonly type: 'request-snapshot';
  readonly market: MarketIndex;
}

/** A complete reading of the account, please; it comes back as `account-reading` with the same number. */
export interface RequestAccount {
  readonly type: 'request-account';
  readonly request: number;
  /** Ask for fills since this moment; UNKNOWN_TIME asks for none. */
  readonly fillsSince: EpochUs;
  /** `orders`: resting orders and fills only, at little more than half the price. Absent: all. */
  readonly scope?: 'orders';
}

/** What is asked of an order group. */
export type GroupAsk =
  | { readonly kind: 'create'; readonly limit: Quantity }
  | { readonly kind: 'limit'; readonly group: OrderGroupId; readonly limit: Quantity }
  /** Cancels every order of the group at once, and no order enters it until it is reset. */
  | { readonly kind: 'trigger'; readonly group: OrderGroupId }
  | { readonly kind: 'reset'; readonly group: OrderGroupId }
  | { readonly kind: 'delete'; readonly group: OrderGroupId }
  /** Every group of the subaccount, on all shards. */
  | { readonly kind: 'list' };

/** A call about order groups; it gets exactly one answer, as `group-answer` with the same number. */
export interface GroupCall {
  readonly type: 'group-call';
  readonly request: number;
  readonly shard: number;
  readonly ask: GroupAsk;
}

export type Severity = 'debug' | 'info' | 'warn' | 'error';

/** One line for people, with a stable code. */
export interface Say {
  readonly type: 'say';
  readonly severity: Severity;
  readonly code: string;
  readonly text: string;
}

/** Why a side is not quoted: the gate that refused, with the number and the limit in one text for people. */
export interface NoQuote {
  readonly code: string;
  readonly text: string;
}

/** What was decided for one market and on what grounds; becomes a row of the tape and a line of the screen. Real numbers are in price units. */
export interface Decision {
  readonly type: 'decision';
  readonly market: MarketIndex;
  readonly at: EpochUs;
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  readonly mid: number | null;
  readonly fair: number | null;
  readonly reservation: number | null;
  /** Our quotes as they will rest once all that is on its way has arrived; null where there is none. */
  readonly bid: Price | null;
  readonly bidSize: Quantity;
  readonly ask: Price | null;
  readonly askSize: Quantity;
  readonly noBid: NoQuote | null;
  readonly noAsk: NoQuote | null;
  readonly inventory: Quantity;
  readonly unrealized: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
  /** What brought this row about. */
  readonly cause: 'quote' | 'fill' | 'interval' | 'pull';
}

/** A fill was booked, once: for tape, screen and summary, and for the run after this one. */
export interface Booked {
  readonly type: 'booked';
  readonly at: EpochUs;
  readonly fillId: FillId;
  readonly orderId: VenueOrderId;
  /** null where the exchange does not say and the order is not known. */
  readonly clientId: ClientOrderId | null;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Cash;
  readonly role: FillReport['role'];
  readonly exchangeAt: EpochUs;
  /** Who told it first. */
  readonly source: Fill['source'];
  /** What it closed has earned, before fees. */
  readonly realized: Cash;
  /** After it, signed. */
  readonly position: Quantity;
  /** Of the position after it, signed like it. */
  readonly cost: Cash;
}

/**
 * The position of a market was set by something other than a fill. An entry of its own: what was booked before stays as it was.
 * `adopted`: taken over from the exchange at the start; `drift`: the exchange's number stands over ours; `settled`: paid out; `settlement-corrected`: an earlier
 * payout was taken back and booked anew.
 */
export interface Adjusted {
  readonly type: 'adjusted';
  readonly market: MarketIndex;
  readonly cause: 'adopted' | 'drift' | 'settled' | 'settlement-corrected';
  /** After it, signed. */
  readonly position: Quantity;
  readonly cost: Cash;
  /** What it earned or took back. */
  readonly realized: Cash;
  readonly fee: Cash;
  /** The moment for which the exchange vouched; UNKNOWN_TIME for settlements. */
  readonly asOf: EpochUs;
}

/** Trading stops until a person acts. Cancels have been sent before this. */
export interface Halt {
  readonly type: 'halt';
  readonly code: string;
  readonly text: string;
  /** True where the halt must survive a restart. */
  readonly latch: boolean;
}

/** `stop` has been carried out: nothing of ours rests (or `left` orders may). */
export interface Stopped {
  readonly type: 'stopped';
  readonly left: number;
}

export type EngineAction = Send | RequestSnapshot | RequestAccount | GroupCall | Say | Decision | Booked | Adjusted | Halt | Stopped;
