/** Contexts and commands for the tests of this room, in contracts, cents and seconds. */
import { QUADRATIC } from '../../../src/domain/fees.js';
import { clientOrderId, eventTicker, marketIndex, seriesTicker, ticker, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide, Market } from '../../../src/domain/market.js';
import type { Amend, Cancel, Decrease, Place } from '../../../src/domain/order.js';
import type { RiskSettings } from '../../../src/domain/settings.js';
import {
  cash,
  epochUs,
  millis,
  parseCash,
  parsePrice,
  parseQuantity,
  price,
  quantity,
  seconds,
  type EpochUs,
  type Price,
  type Quantity,
} from '../../../src/domain/units.js';
import type { Target } from '../../../src/domain/view.js';
import { NO_EXPOSURE, NO_OTHERS, type MarketExposure } from '../../../src/risk/exposure.js';
import { Risk, type OpenOrder, type RiskContext } from '../../../src/risk/risk.js';
import { grid } from '../../support/grids.js';

const CENT = parsePrice('0.01');
const CONTRACT = parseQuantity('1');
export const PAYOUT = parsePrice('1');

export const cents = (n: number): Price => price(Math.round(n * CENT));
export const lots = (n: number): Quantity => quantity(Math.round(n * CONTRACT));
export const at = (s: number): EpochUs => epochUs(1_700_000_000_000_000 + seconds(s));

/** Wide enough to be out of the way of every test that is not about the limit it names. */
export const WIDE: RiskSettings = {
  orderSizeMax: lots(1000),
  positionMaxPerMarket: lots(10_000),
  positionMaxPerEvent: lots(10_000),
  positionMaxPerAccount: lots(10_000),
  settlementLossMaxPerMarket: parseCash('100000'),
  settlementLossMaxPerEvent: parseCash('100000'),
  capitalMax: parseCash('100000'),
  openOrdersMax: 100,
  orderRateMax: 1000,
  band: { low: cents(1), high: cents(99) },
  collar: cents(50),
  onLimit: 'cut',
  lossMaxSession: parseCash('50'),
  lossMaxPerMarket: parseCash('20'),
  drawdownMax: parseCash('30'),
  duplicateWindow: millis(0),
  refusalsMaxPerMinute: 5,
  fillBurstMax: parseQuantity('250'),
};

export const risk = (settings: Partial<RiskSettings> = {}, postOnly = true): Risk =>
  new Risk({ settings: { ...WIDE, ...settings }, postOnly, stopBeforeClose: seconds(60) });

export const market = (changes: Partial<Market> = {}): Market => ({
  ticker: ticker('KXTEST-A'),
  event: eventTicker('KXTEST'),
  series: seriesTicker('KXTEST'),
  shard: 0,
  status: 'active',
  payout: PAYOUT,
  grid: grid('linear_cent'),
  fees: QUADRATIC,
  closesAt: null,
  mutuallyExclusive: false,
  assumed: [],
  ...changes,
});

interface ExposureSketch {
  readonly position?: number;
  /** Average price of the position, in cents. */
  readonly average?: number;
  readonly bid?: number;
  readonly bidAt?: number;
  readonly ask?: number;
  readonly askAt?: number;
}

export const exposure = (sketch: ExposureSketch): MarketExposure => {
  const position = lots(sketch.position ?? 0);
  const bid = lots(sketch.bid ?? 0);
  const ask = lots(sketch.ask ?? 0);
  return {
    position,
    cost: cash(position * cents(sketch.average ?? 50)),
    bid,
    ask,
    bidCash: cash(bid * cents(sketch.bidAt ?? 50)),
    askCash: cash(ask * (PAYOUT - cents(sketch.askAt ?? 50))),
  };
};

export const context = (changes: Partial<RiskContext> = {}): RiskContext => ({
  now: at(0),
  index: marketIndex(0),
  market: market(),
  exposure: NO_EXPOSURE,
  others: NO_OTHERS,
  openOrders: 0,
  bestBid: cents(45),
  bestAsk: cents(55),
  mid: cents(50),
  ownBid: null,
  ownAsk: null,
  bookProblem: null,
  quotedBid: null,
  quotedAsk: null,
  ...changes,
});

export const id = (n: number | string) => clientOrderId(`kmm-r1-${n}`);
const venueId = (n: number | string) => venueOrderId(`venue-${n}`);

interface PlaceSketch {
  readonly n?: number | string;
  readonly side?: BookSide;
  readonly at?: number;
  readonly size?: number;
}

export const place = (sketch: PlaceSketch = {}): Place => ({
  type: 'place',
  clientId: id(sketch.n ?? 1),
  market: marketIndex(0),
  side: sketch.side ?? 'bid',
  price: cents(sketch.at ?? (sketch.side === 'ask' ? 52 : 48)),
  quantity: lots(sketch.size ?? 10),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
});

export const amend = (n: number, at: number, total: number, side: BookSide = 'bid'): Amend => ({
  type: 'amend',
  clientId: id(n),
  orderId: venueId(n),
  market: marketIndex(0),
  side,
  price: cents(at),
  total: lots(total),
});

export const cancel: Cancel = { type: 'cancel', clientId: id(1), orderId: venueId(1), market: marketIndex(0) };
export const decrease: Decrease = { type: 'decrease', clientId: id(1), orderId: venueId(1), market: marketIndex(0), remaining: lots(1) };

export const open = (n: number, at: number, size: number, booked = 0): OpenOrder => ({
  clientId: id(n),
  worstPrice: cents(at),
  exposure: lots(size),
  booked: lots(booked),
});

interface TargetSketch {
  readonly bid?: readonly [at: number, size: number];
  readonly ask?: readonly [at: number, size: number];
}

const WHY = { code: 'test', text: 'not wanted here' };

export const target = (sketch: TargetSketch): Target => ({
  bid: sketch.bid === undefined ? null : { price: cents(sketch.bid[0]), size: lots(sketch.bid[1]) },
  ask: sketch.ask === undefined ? null : { price: cents(sketch.ask[0]), size: lots(sketch.ask[1]) },
  noBid: sketch.bid === undefined ? WHY : null,
  noAsk: sketch.ask === undefined ? WHY : null,
  fair: cents(50),
  reservation: cents(50),
});
