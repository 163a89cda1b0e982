/** Facts and commands for the tests of this room, in plain numbers: contracts, cents and seconds. */
import type {
  AccountReading,
  CommandRefused,
  CommandUnknown,
  OrderAccepted,
  OrderAmended,
  OrderCancelled,
  OrderUpdate,
  RefusalCode,
} from '../../../src/domain/events.js';
import { clientOrderId, eventTicker, fillId, marketIndex, seriesTicker, ticker, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide, Market } from '../../../src/domain/market.js';
import { QUADRATIC } from '../../../src/domain/fees.js';
import type { Amend, Cancel, Decrease, FillReport, Place, VenueOrder } from '../../../src/domain/order.js';
import {
  ZERO_CASH,
  cash,
  epochUs,
  parseCash,
  parsePrice,
  parseQuantity,
  price,
  quantity,
  seconds,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../../../src/domain/units.js';
import { grid, type GridName } from '../../support/grids.js';

export const ONE = marketIndex(0);
export const PAYOUT = parsePrice('1');

const CENT = parsePrice('0.01');
const CONTRACT = parseQuantity('1');

/** Whole or half cents. */
export const cents = (n: number): Price => price(Math.round(n * CENT));
export const lots = (n: number): Quantity => quantity(Math.round(n * CONTRACT));
export const dollars = (text: string): Cash => parseCash(text);
/** Seconds after an arbitrary start that is far from zero. */
export const at = (s: number): EpochUs => epochUs(1_700_000_000_000_000 + seconds(s));

export const id = (n: number | string) => clientOrderId(`kmm-r1-${n}`);
export const venueId = (n: number | string) => venueOrderId(`venue-${n}`);

export const market = (name: GridName = 'linear_cent', changes: Partial<Market> = {}): Market => ({
  ticker: ticker('KXTEST-A'),
  event: eventTicker('KXTEST'),
  series: seriesTicker('KXTEST'),
  shard: 0,
  status: 'active',
  payout: PAYOUT,
  grid: grid(name),
  fees: QUADRATIC,
  closesAt: null,
  mutuallyExclusive: false,
  assumed: [],
  ...changes,
});

interface PlaceSketch {
  readonly n?: number | string;
  readonly side?: BookSide;
  readonly at?: number;
  readonly size?: number;
  readonly market?: number;
}

export const place = (sketch: PlaceSketch = {}): Place => ({
  type: 'place',
  clientId: id(sketch.n ?? 1),
  market: marketIndex(sketch.market ?? 0),
  side: sketch.side ?? 'bid',
  price: cents(sketch.at ?? 50),
  quantity: lots(sketch.size ?? 10),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
});

export const amend = (n: number | string, at: number, total: number, side: BookSide = 'bid'): Amend => ({
  type: 'amend',
  clientId: id(n),
  orderId: venueId(n),
  market: ONE,
  side,
  price: cents(at),
  total: lots(total),
});

export const decrease = (n: number | string, remaining: number): Decrease => ({
  type: 'decrease',
  clientId: id(n),
  orderId: venueId(n),
  market: ONE,
  remaining: lots(remaining),
});

export const cancel = (n: number | string): Cancel => ({ type: 'cancel', clientId: id(n), orderId: venueId(n), market: ONE });

export const accepted = (n: number | string, filled: number, remaining: number, when = 1): OrderAccepted => ({
  type: 'order-accepted',
  at: at(when),
  clientId: id(n),
  orderId: venueId(n),
  filled: lots(filled),
  remaining: lots(remaining),
  exchangeAt: at(when),
});

export const refused = (n: number | string, command: CommandRefused['command'], code: RefusalCode, when = 1): CommandRefused => ({
  type: 'command-refused',
  at: at(when),
  command,
  clientId: id(n),
  code,
  detail: 'words of the exchange',
});

export const unanswered = (n: number | string, command: CommandUnknown['command'], when = 1): CommandUnknown => ({
  type: 'command-unknown',
  at: at(when),
  command,
  clientId: id(n),
  reason: 'timeout',
});

export const amended = (n: number | string, remaining: number | null, when = 1): OrderAmended => ({
  type: 'order-amended',
  at: at(when),
  clientId: id(n),
  orderId: venueId(n),
  remaining: remaining === null ? null : lots(remaining),
});

export const cancelled = (n: number | string, reducedBy: number, when = 1): OrderCancelled => ({
  type: 'order-cancelled',
  at: at(when),
  clientId: id(n),
  orderId: venueId(n),
  reducedBy: lots(reducedBy),
});

interface OrderSketch {
  readonly n?: number | string;
  readonly clientId?: string | null;
  readonly side?: BookSide;
  readonly at?: number;
  readonly filled?: number;
  readonly remaining?: number;
  readonly status?: VenueOrder['status'];
}

export const venueOrder = (sketch: OrderSketch = {}): VenueOrder => {
  const n = sketch.n ?? 1;
  const filled = lots(sketch.filled ?? 0);
  const remaining = lots(sketch.remaining ?? 10);
  return {
    orderId: venueId(n),
    clientId: sketch.clientId === undefined ? id(n) : sketch.clientId === null ? null : clientOrderId(sketch.clientId),
    market: ONE,
    side: sketch.side ?? 'bid',
    price: cents(sketch.at ?? 50),
    initial: quantity(filled + remaining),
    filled,
    remaining,
    status: sketch.status ?? 'resting',
    expiresAt: null,
    group: null,
  };
};

export const update = (sketch: OrderSketch = {}, when = 1): OrderUpdate => ({
  type: 'order-update',
  at: at(when),
  order: venueOrder(sketch),
  reason: null,
});

interface FillSketch {
  readonly n?: number | string;
  readonly clientId?: string | null;
  readonly side?: BookSide;
  readonly at?: number;
  readonly fee?: string;
  readonly when?: number;
  readonly market?: number;
}

export const fill = (fillName: string, size: number, sketch: FillSketch = {}): FillReport => {
  const n = sketch.n ?? 1;
  return {
    fillId: fillId(fillName),
    orderId: venueId(n),
    clientId: sketch.clientId === undefined ? id(n) : sketch.clientId === null ? null : clientOrderId(sketch.clientId),
    market: marketIndex(sketch.market ?? 0),
    side: sketch.side ?? 'bid',
    price: cents(sketch.at ?? 50),
    quantity: lots(size),
    fee: sketch.fee === undefined ? ZERO_CASH : cash(parseCash(sketch.fee)),
    role: 'maker',
    positionAfter: null,
    exchangeAt: at(sketch.when ?? 1),
  };
};

export const reading = (changes: Partial<AccountReading> = {}): AccountReading => ({
  type: 'account-reading',
  at: at(20),
  request: 1,
  complete: true,
  validUntil: at(19),
  resting: [],
  positions: [],
  fills: [],
  balance: ZERO_CASH,
  foreign: 0,
  ...changes,
});
