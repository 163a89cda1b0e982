/**
 * Every point on which the exchange's documents are silent or contradict each other, as a switch with a default.
 * Each line says what the switch decides and where the doubt comes from; numbers are sections of the exchange reference.
 */
import {
  epochUs,
  quantity,
  QUANTITY_PER_CONTRACT,
  seconds,
  ZERO_CASH,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Quantity,
} from '../../domain/units.js';
import type { Refusal, UpdateReason } from './words.js';

/** What a published event is about; `publishOrder` ranks these within one match. */
export type PublishKind = 'book' | 'trade' | 'fill' | 'order' | 'position' | 'group' | 'other' | 'ticker';

export interface Switches {
  /** A group is triggered when its 15 s sum exceeds its limit, or already when it reaches it. 5.1: the page of 2026-04-30 says "exceeds", an endpoint text says "hits". */
  readonly groupTriggersAt: 'above-limit' | 'limit';
  /** Reason of orders cancelled by a group trigger or group delete. 8.8: no own value; recorded as `Decrease` on the perps demo, June 2026. */
  readonly reasonOfGroupCancel: UpdateReason | null;
  /** Reason of an order its owner cancelled. 8.8: no own value; recorded as `Decrease` on the perps demo, June 2026. */
  readonly reasonOfUserCancel: UpdateReason | null;
  /** Reason of an unfilled rest of an IOC order. 8.8: none fits; orders that died at entry are recorded with `Decrease` on the perps demo, June 2026. */
  readonly reasonOfIocRest: UpdateReason | null;
  /** Reason of orders cancelled because their market was activated again. 9.1 states the cancel, no document the reason. */
  readonly reasonOfReactivation: UpdateReason | null;
  /** Answer to a new order in a triggered group. 5.1 says "rejected" without a code. */
  readonly groupTriggeredRefusal: Refusal;
  /** Answer to orders while trading is paused. 4.5: unverified there; 409 `trading_is_paused` was logged by third parties in July 2026. */
  readonly tradingPauseRefusal: Refusal;
  /** Answer to every order call while the exchange is paused. 4.5: unverified there; third-party code handles 409 `exchange_is_paused`. */
  readonly exchangePauseRefusal: Refusal;
  /** Answer to new orders in an `inactive` market. 4.5 says `market_inactive` for deactivated ones; a July 2026 log shows 409 `trading_is_paused` for a halted one. */
  readonly inactiveMarketRefusal: Refusal;
  /** Whether an order in an `inactive` market can be cancelled or decreased. 9.1 forbids it only after the close. */
  readonly cancelWhileInactive: boolean;
  /** Whether a decrease counts as a cancel in a trading pause. 9.2 names place, amend and cancel only. */
  readonly decreaseWhilePaused: boolean;
  /** Whether an order with `cancel_order_on_pause` is also cancelled when only its market is deactivated. 9.2 speaks of pauses of the exchange. */
  readonly marketPauseCancels: boolean;
  /** Whether a refused crossing post-only order leaves a cancelled order with `PostOnlyCrossCancel` (and burns its client id). 4.1: changelog of 2026-06-04 says so, the recording shows only the 400. */
  readonly postOnlyCrossRecord: boolean;
  /** An amend that makes a post-only order cross: refused, order cancelled, or filled. 4.2 only says that an amend may fill. */
  readonly amendPostOnlyCross: 'refuse' | 'cancel' | 'fill';
  /** An amend whose total is at or below what is filled. 4.2 does not say. */
  readonly amendToFilled: 'cancel' | 'refuse';
  /** An IOC order that finds nothing: 201 with zeros, or 409. 4.1: zeros expected; one bot lists a code. */
  readonly iocWithoutFill: 'accept' | 'refuse';
  /** A reduce-only order without a position to reduce: 201 and cancelled, or 400. 4.1 says only that the size is capped. */
  readonly reduceOnlyWithoutPosition: 'cancel' | 'refuse';
  /** A cancel, amend or decrease that names neither shard nor market. 4.3: an order id alone does not name the shard; 7: no index draws on the unscoped bucket. */
  readonly unroutedOrderCalls: 'shard-0' | 'every-shard';
  /** What is held for fees besides the price of an order. 4.1: "exact hold for fees unverified". */
  readonly feeHold: 'at-limit-price' | 'none';
  /** Whether the stated balance already excludes what resting orders hold. 5.2: not stated; the rebalancing text subtracts the resting value. */
  readonly balanceExcludesResting: boolean;
  /** How `portfolio_value` marks positions. 5.2: undocumented; the June 2026 recording (2 bought at 0.99, last 0.99, book 0.47/0.52, value 1.98) allows these two. */
  readonly portfolioMark: 'last-price' | 'cost';
  /** Which code a shortage of collateral has. 4.5: one recorded, one announced. */
  readonly shortageCode: 'insufficient_balance' | 'available_balance_too_low';
  /** When the trade fee step went from 0.0001 $ to 0.000001 $. 6.2: the page is of 2026-08-26; the day it took force is not told. */
  readonly fineFeesSince: EpochUs;
  /** Fee per contract in a `flat` series. 6.1: unknown. */
  readonly flatFee: Cash;
  /** Largest order. 3.1: not documented. */
  readonly orderSizeMax: Quantity;
  /** Most resting orders of one account. 3.1: 200,000 on the legacy page, the only number known. */
  readonly openOrdersMax: number;
  /** How cancel-all treats orders placed in the following minute: spares them, sweeps them now and then, or cancels each on arrival. 4.3: "may be cancelled too". */
  readonly cancelAllTail: 'spare' | 'sweep' | 'every-order';
  /** How long that tail lasts. 4.3: one minute. */
  readonly cancelAllTailLength: DurationUs;
  /** How long after the close the exchange cancels what rests. 9.1: "shortly after". */
  readonly closeCancelDelay: DurationUs;
  /** Whether queue positions cover shards above 0. 4.4: unverified. */
  readonly queuePositionsOnAllShards: boolean;
  /** In which order the streams tell one match. 13: unverified; the recordings of April 2026 show the book change before its trade. */
  readonly publishOrder: readonly PublishKind[];
}

/** 2026-08-26 00:00 UTC. */
const FEE_PAGE_DATE = epochUs(1_787_702_400_000_000);

export const DEFAULT_SWITCHES: Switches = {
  groupTriggersAt: 'above-limit',
  reasonOfGroupCancel: 'Decrease',
  reasonOfUserCancel: 'Decrease',
  reasonOfIocRest: 'Decrease',
  reasonOfReactivation: 'HaltCancel',
  groupTriggeredRefusal: { status: 400, code: 'invalid_order', message: 'invalid order', details: 'order group triggered' },
  tradingPauseRefusal: { status: 409, code: 'trading_is_paused', message: 'trading is paused' },
  exchangePauseRefusal: { status: 409, code: 'exchange_is_paused', message: 'exchange is paused' },
  inactiveMarketRefusal: { status: 409, code: 'trading_is_paused', message: 'trading is paused' },
  cancelWhileInactive: true,
  decreaseWhilePaused: true,
  marketPauseCancels: false,
  postOnlyCrossRecord: true,
  amendPostOnlyCross: 'refuse',
  amendToFilled: 'cancel',
  iocWithoutFill: 'accept',
  reduceOnlyWithoutPosition: 'cancel',
  unroutedOrderCalls: 'shard-0',
  feeHold: 'at-limit-price',
  balanceExcludesResting: false,
  portfolioMark: 'last-price',
  shortageCode: 'insufficient_balance',
  fineFeesSince: FEE_PAGE_DATE,
  flatFee: ZERO_CASH,
  orderSizeMax: quantity(1_000_000 * QUANTITY_PER_CONTRACT),
  openOrdersMax: 200_000,
  cancelAllTail: 'sweep',
  cancelAllTailLength: seconds(60),
  closeCancelDelay: seconds(1.5),
  queuePositionsOnAllShards: true,
  publishOrder: ['book', 'trade', 'fill', 'order', 'position', 'group', 'other', 'ticker'],
};
