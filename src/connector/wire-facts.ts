/** Decoded messages as facts of the engine: tickers have become indices, and the two hot facts are lent. */
import type { BookDelta, EngineEvent, Fill, MarketChanged, OrderUpdate, PublicTrade } from '../domain/events.js';
import type { MarketIndex } from '../domain/ids.js';
import { UNKNOWN_TIME, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import type { WireLifecycle } from './wire-lifecycle.js';
import type { WireFill, WireOrder } from './wire-private.js';

type Refillable<T> = { -readonly [K in keyof T]: T[K] };

/** One delta fact for the whole run, refilled for each. */
export const lentDelta = (): Refillable<BookDelta> => ({
  type: 'book-delta',
  at: UNKNOWN_TIME,
  market: 0 as MarketIndex,
  side: 'bid',
  price: 0 as Price,
  change: 0 as Quantity,
  exchangeAt: UNKNOWN_TIME,
});

/** One trade fact for the whole run, refilled for each. */
export const lentTrade = (): Refillable<PublicTrade> => ({
  type: 'trade',
  at: UNKNOWN_TIME,
  market: 0 as MarketIndex,
  price: 0 as Price,
  quantity: 0 as Quantity,
  takerSide: 'bid',
  exchangeAt: UNKNOWN_TIME,
});

export const fillFact = (message: WireFill, market: MarketIndex, at: EpochUs): Fill => ({
  type: 'fill',
  at,
  source: 'stream',
  fill: {
    fillId: message.fillId,
    orderId: message.orderId,
    clientId: message.clientId,
    market,
    side: message.side,
    price: message.price,
    quantity: message.quantity,
    fee: message.fee,
    role: message.role,
    positionAfter: message.positionAfter,
    exchangeAt: message.exchangeAt,
  },
});

export const orderFact = (message: WireOrder, market: MarketIndex, at: EpochUs): OrderUpdate => ({
  type: 'order-update',
  at,
  order: {
    orderId: message.orderId,
    clientId: message.clientId,
    market,
    side: message.side,
    price: message.price,
    initial: message.initial,
    filled: message.filled,
    remaining: message.remaining,
    status: message.status,
    expiresAt: message.expiresAt,
    ...(message.updatedAt === UNKNOWN_TIME ? {} : { updatedAt: message.updatedAt }),
    group: message.group,
  },
  reason: message.reason,
});

/** What a lifecycle message changes about its market, or null where it changes nothing that we keep. */
export const lifecycleFact = (message: WireLifecycle, market: MarketIndex, at: EpochUs): EngineEvent | null => {
  const { change } = message;
  const changed = (fields: Omit<MarketChanged, 'type' | 'at' | 'market'>): MarketChanged => ({
    type: 'market-changed',
    at,
    market,
    ...fields,
  });
  switch (change.kind) {
    case 'created':
      return changed({
        ...(change.grid === null ? {} : { grid: change.grid }),
        ...(change.closesAt === null ? {} : { closesAt: change.closesAt }),
      });
    case 'activated':
      return changed({ status: 'active' });
    case 'deactivated':
      return changed({ status: 'inactive' });
    case 'close-moved':
      return changed({ closesAt: change.closesAt });
    case 'determined':
      return changed({ status: 'determined', ...(change.settlesAt === null ? {} : { settlesAt: change.settlesAt }) });
    case 'settled':
      return changed({ status: 'finalized' });
    case 'grid-changed':
      return changed({ grid: change.grid });
    case 'metadata':
      return change.strike === null ? null : changed({ strike: change.strike });
    case 'unknown':
      return null;
  }
};
