/** Order writes of the V2 family: what is sent and what comes back. Exchange reference, sections 4.1 to 4.3. */
import { MalformedMessageError } from '../domain/errors.js';
import { clientOrderId, venueOrderId, type ClientOrderId, type VenueOrderId } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { Amend, Cancel, Decrease, Place, SelfTradePrevention, TimeInForce } from '../domain/order.js';
import { formatPrice, formatQuantity, toEpochMs, type EpochUs, type Quantity } from '../domain/units.js';
import { fieldsOf } from './rest-decode.js';
import { errorFields, isRecord, type Result } from './rest-result.js';
import type { Fields } from './wire-fields.js';

const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = {
  'good-till-cancelled': 'good_till_canceled',
  'immediate-or-cancel': 'immediate_or_cancel',
  'fill-or-kill': 'fill_or_kill',
};

const SELF_TRADE: Readonly<Record<SelfTradePrevention, string>> = { 'taker-at-cross': 'taker_at_cross', maker: 'maker' };

export type JsonBody = Readonly<Record<string, unknown>>;

/** Whole seconds, rounded down: an order may lapse a little early, never late. */
const expirySeconds = (at: EpochUs): number => Math.floor(toEpochMs(at) / 1000);

/** Prices and counts are texts: numbers are refused by the exchange. */
export const placeBody = (place: Place, market: Market, subaccount: number): JsonBody => ({
  ticker: market.ticker,
  client_order_id: place.clientId,
  side: place.side,
  count: formatQuantity(place.quantity),
  price: formatPrice(place.price),
  time_in_force: TIME_IN_FORCE[place.timeInForce],
  self_trade_prevention_type: SELF_TRADE[place.selfTrade],
  post_only: place.postOnly,
  cancel_order_on_pause: place.cancelOnPause,
  // Refused by the exchange with anything but immediate-or-cancel, so it is named only where it is wanted.
  ...(place.reduceOnly ? { reduce_only: true } : {}),
  ...(place.expiresAt !== null && place.timeInForce === 'good-till-cancelled' ? { expiration_time: expirySeconds(place.expiresAt) } : {}),
  ...(place.group === null ? {} : { order_group_id: place.group }),
  subaccount,
  exchange_index: market.shard,
});

/** `subaccount` of an amend travels in the query. */
export const amendBody = (amend: Amend, market: Market): JsonBody => ({
  ticker: market.ticker,
  side: amend.side,
  price: formatPrice(amend.price),
  count: formatQuantity(amend.total),
  exchange_index: market.shard,
  ...(amend.expiresAt === undefined ? {} : { expiration_time: amend.expiresAt === null ? 0 : expirySeconds(amend.expiresAt) }),
});

export const decreaseBody = (decrease: Decrease, market: Market): JsonBody => ({
  reduce_to: formatQuantity(decrease.remaining),
  exchange_index: market.shard,
  market_ticker: market.ticker,
});

export const cancelItem = (cancel: Cancel, market: Market, subaccount: number): JsonBody => ({
  order_id: cancel.orderId,
  subaccount,
  exchange_index: market.shard,
});

export interface Placed {
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId | null;
  readonly filled: Quantity;
  readonly remaining: Quantity;
  readonly exchangeAt: EpochUs;
}

export interface Amended {
  readonly orderId: VenueOrderId;
  /** null where neither anything was filled nor the resting size changed. */
  readonly remaining: Quantity | null;
  readonly exchangeAt: EpochUs;
}

export interface Cancelled {
  readonly orderId: VenueOrderId;
  readonly reducedBy: Quantity;
  readonly exchangeAt: EpochUs;
}

const idsOf = (fields: Fields): { orderId: VenueOrderId; clientId: ClientOrderId | null } => {
  const clientId = fields.optionalText('client_order_id');
  return { orderId: venueOrderId(fields.text('order_id')), clientId: clientId === null ? null : clientOrderId(clientId) };
};

/** The answer must speak of the order it answers for; anything else proves nothing about that order. */
const same = (where: string, expected: string, received: string | null): void => {
  if (received !== null && received !== expected) throw new MalformedMessageError(where, `order ${expected}`, received);
};

/** Answer to a place. */
export const decodePlaced = (body: unknown, place: Place, path = 'create order'): Placed => {
  const fields = fieldsOf(body, path);
  const ids = idsOf(fields);
  same(`${path}.client_order_id`, place.clientId, ids.clientId);
  const filled = fields.quantity('fill_count');
  const remaining = fields.quantity('remaining_count');
  if (filled + remaining > place.quantity)
    fields.refuse('remaining_count', `at most ${formatQuantity(place.quantity)} together with fill_count`);
  return { ...ids, filled, remaining, exchangeAt: fields.exchangeTime() };
};

/** Answer to an amend, or to a decrease, which always names what remains. */
export const decodeAmended = (body: unknown, command: Amend | Decrease, path = `${command.type} order`): Amended => {
  const fields = fieldsOf(body, path);
  const { orderId } = idsOf(fields);
  same(`${path}.order_id`, command.orderId, orderId);
  const remaining = command.type === 'decrease' || fields.has('remaining_count') ? fields.quantity('remaining_count') : null;
  return { orderId, remaining, exchangeAt: fields.exchangeTime() };
};

export const decodeCancelled = (body: unknown, cancel: Pick<Cancel, 'orderId'>, path = 'cancel order'): Cancelled => {
  const fields = fieldsOf(body, path);
  const { orderId } = idsOf(fields);
  same(`${path}.order_id`, cancel.orderId, orderId);
  return { orderId, reducedBy: fields.quantity('reduced_by'), exchangeAt: fields.exchangeTime() };
};

/**
 * Outcome of every item of a batch, in the order of the commands. Items are found by position and must name their order; where they do not, by the
 * order's own name. A command without an item of its own is unknown: the batch had some effect.
 * @param name what an item calls the command it answers, or null
 */
export const decodeBatch = <C, T>(
  body: unknown,
  commands: readonly C[],
  parts: {
    readonly path: string;
    readonly nameOf: (command: C) => string;
    readonly nameIn: (item: JsonBody) => unknown;
    readonly decode: (item: unknown, command: C, path: string) => T;
  },
): Result<T>[] => {
  const items = fieldsOf(body, parts.path).list('orders');
  const byName = new Map<unknown, unknown>();
  for (const item of items) if (isRecord(item)) byName.set(parts.nameIn(item), item);
  return commands.map((command, i) => {
    const name = parts.nameOf(command);
    const here = items[i];
    // An item that names nobody answers for its place only where the answer is complete.
    const anonymous = isRecord(here) && parts.nameIn(here) === undefined && items.length === commands.length;
    return decodeItem(byName.get(name) ?? (anonymous ? here : undefined), command, `${parts.path}.orders[${i}]`, parts.decode);
  });
};

const decodeItem = <C, T>(item: unknown, command: C, path: string, decode: (item: unknown, command: C, path: string) => T): Result<T> => {
  if (!isRecord(item)) return { kind: 'unknown', status: 0, reason: `${path}: the batch answer says nothing of this order` };
  const error = item['error'];
  if (isRecord(error)) return { kind: 'refused', status: 0, shape: 'nested', ...errorFields(error, 'other') };
  try {
    return { kind: 'ok', status: 0, value: decode(item, command, path) };
  } catch (failure) {
    return { kind: 'unknown', status: 0, reason: failure instanceof Error ? failure.message : String(failure) };
  }
};
