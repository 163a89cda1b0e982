/** What every trader of the crowd stands on: one market, its fair price, and the doors of the exchange. */
import type { Ticker } from '../../domain/ids.js';
import type { BookSide } from '../../domain/market.js';
import { PRICE_PER_DOLLAR, quantity, QUANTITY_PER_CONTRACT, type EpochUs, type Price, type Quantity } from '../../domain/units.js';
import type { CreateOrder, Trading } from '../core/types.js';
import type { AccountId } from '../core/words.js';

export interface Stage {
  readonly ticker: Ticker;
  readonly shard: number;
  readonly account: AccountId;
  readonly trading: Trading;
  /** Fair YES price in dollars, now or a little earlier. */
  fair(at: EpochUs): number;
}

/** Someone who acts when it wakes, and says in how many seconds it wants to wake again. It must draw the same numbers whatever others do. */
export interface Trader {
  /** Seconds from the start of trading to the first awakening. */
  firstWake(): number;
  wake(): number;
}

/** A price in dollars as a real number of price units. */
export const priceUnits = (value: number): number => value * PRICE_PER_DOLLAR;

/** Whole contracts, or with hundredths where `fraction` is not null; at least one hundredth. */
export const contracts = (whole: number, fraction: number | null): Quantity =>
  quantity(
    fraction === null
      ? Math.max(Math.round(whole), 1) * QUANTITY_PER_CONTRACT
      : Math.max(Math.round((whole + fraction) * QUANTITY_PER_CONTRACT), 1),
  );

interface Intent {
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
}

const request = (stage: Stage, intent: Intent, timeInForce: CreateOrder['timeInForce'], postOnly: boolean): CreateOrder => ({
  ticker: stage.ticker,
  side: intent.side,
  price: intent.price,
  quantity: intent.quantity,
  timeInForce,
  selfTrade: 'maker',
  clientOrderId: null,
  expiresAt: null,
  postOnly,
  reduceOnly: false,
  cancelOnPause: false,
  group: null,
  subaccount: 0,
  shard: stage.shard,
});

/** An order that takes what it can and is gone. */
export const take = (stage: Stage, intent: Intent): CreateOrder => request(stage, intent, 'immediate-or-cancel', false);

/** An order that only rests. */
export const offer = (stage: Stage, intent: Intent): CreateOrder => request(stage, intent, 'good-till-cancelled', true);
