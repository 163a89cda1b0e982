/** Orders: the V2 writes, the reads, and the answer for those who still write the old way (reference section 4). */
import { clientOrderId, eventTicker, orderGroupId, ticker, venueOrderId } from '../../domain/ids.js';
import { InvalidUnitError } from '../../domain/errors.js';
import type { TimeInForce } from '../../domain/order.js';
import { formatQuantity, parsePrice, parseQuantity, ZERO_QUANTITY, type Price, type Quantity } from '../../domain/units.js';
import type { AmendOrder, CreateOrder, DecreaseOrder, OrderAddress, OrderStatus } from '../core/types.js';
import { scopeOf } from './budget.js';
import { amendedBody, cancelledBody, createdBody, decreasedBody, errorBody, orderBody, queueBody } from './encode-account.js';
import { type Body, type BodyRules, type FieldRule } from './go-json.js';
import { pageBody, pageOf } from './pages.js';
import { badRequest, created, noContent, notFound, ok, refusal, ReplyError, type Json, type Reply } from './replies.js';
import {
  explicitShard,
  given,
  refused,
  subaccountOfBody,
  subaccountOrAll,
  subaccountOrPrimary,
  type Route,
  type SignedCall,
  type SignedRoute,
} from './routes.js';
import { fromUnixSeconds } from './times.js';

const LIMIT = { max: 1000, default: 100 };
const EVENTS_MAX = 10;

const TEXT: FieldRule = { type: 'string' };
const REQUIRED_TEXT: FieldRule = { type: 'string', required: true };
const FLAG: FieldRule = { type: 'bool' };
const SIDE: FieldRule = { type: 'string', required: true, oneOf: ['bid', 'ask'] };
const SHARD: FieldRule = { type: 'int32' };

const CREATE: BodyRules = {
  name: 'CreateOrderV2Request',
  fields: {
    ticker: REQUIRED_TEXT,
    side: SIDE,
    count: REQUIRED_TEXT,
    price: REQUIRED_TEXT,
    time_in_force: { type: 'string', required: true, oneOf: ['good_till_canceled', 'immediate_or_cancel', 'fill_or_kill'] },
    self_trade_prevention_type: { type: 'string', required: true, oneOf: ['taker_at_cross', 'maker'] },
    client_order_id: TEXT,
    expiration_time: { type: 'int64' },
    post_only: FLAG,
    reduce_only: FLAG,
    cancel_order_on_pause: FLAG,
    order_group_id: TEXT,
    subaccount: { type: 'int' },
    exchange_index: SHARD,
  },
};

const AMEND: BodyRules = {
  name: 'AmendOrderV2Request',
  fields: {
    ticker: REQUIRED_TEXT,
    side: SIDE,
    price: REQUIRED_TEXT,
    count: REQUIRED_TEXT,
    client_order_id: TEXT,
    updated_client_order_id: TEXT,
    expiration_time: { type: 'int64' },
    exchange_index: SHARD,
  },
};

const DECREASE: BodyRules = {
  name: 'DecreaseOrderV2Request',
  fields: { reduce_by: TEXT, reduce_to: TEXT, exchange_index: SHARD, market_ticker: TEXT },
};

const CREATE_BATCH: BodyRules = {
  name: 'BatchCreateOrdersV2Request',
  fields: { orders: { type: 'objects', required: true, items: CREATE } },
};

const CANCEL_ITEM: BodyRules = {
  name: 'BatchCancelOrdersV2RequestOrder',
  fields: { order_id: REQUIRED_TEXT, subaccount: { type: 'int' }, exchange_index: SHARD, market_ticker: TEXT },
};
const CANCEL_BATCH: BodyRules = {
  name: 'BatchCancelOrdersV2Request',
  fields: { orders: { type: 'objects', required: true, items: CANCEL_ITEM } },
};

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  good_till_canceled: 'good-till-cancelled',
  immediate_or_cancel: 'immediate-or-cancel',
  fill_or_kill: 'fill-or-kill',
};

const refuseOrder = (code: string, details?: string): never => {
  throw new ReplyError(refusal(400, code, details));
};

const readPrice = (text: string): Price => {
  try {
    return parsePrice(text);
  } catch (error) {
    if (!(error instanceof InvalidUnitError)) throw error;
    const decimals = /^-?\d+\.(\d+)$/.exec(text)?.[1]?.length;
    return refuseOrder(
      'invalid_order',
      decimals === undefined ? `invalid price: ${text.slice(0, 40)}` : `invalid price: invalid dollar precision: -${decimals}`,
    );
  }
};

const readCount = (text: string): Quantity => {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (!(error instanceof InvalidUnitError)) throw error;
    return refuseOrder('invalid_order_size');
  }
};

const readCreate = (call: SignedCall, body: Body): CreateOrder => {
  const expiry = body.number('expiration_time');
  const client = body.text('client_order_id');
  const group = body.text('order_group_id');
  return {
    ticker: ticker(body.requiredText('ticker')),
    side: body.text('side') === 'bid' ? 'bid' : 'ask',
    price: readPrice(body.requiredText('price')),
    quantity: readCount(body.requiredText('count')),
    timeInForce: TIMES_IN_FORCE[body.requiredText('time_in_force')] ?? 'good-till-cancelled',
    selfTrade: body.text('self_trade_prevention_type') === 'maker' ? 'maker' : 'taker-at-cross',
    clientOrderId: client === null || client === '' ? null : clientOrderId(client),
    expiresAt: expiry === null ? null : fromUnixSeconds(expiry),
    postOnly: body.flag('post_only'),
    reduceOnly: body.flag('reduce_only'),
    cancelOnPause: body.flag('cancel_order_on_pause'),
    group: group === null || group === '' ? null : orderGroupId(group),
    subaccount: subaccountOfBody(call, body),
    shard: explicitShard(body.number('exchange_index')),
  };
};

const shardOf = (body: Body): number | null => body.number('exchange_index');
const countOf = (body: Body): number => body.list('orders').length;

/** A single order call that is routed by its ticker draws on every shard's bucket, unless it names its shard. */
const chargeByBody =
  (routable: (body: Body) => boolean): NonNullable<SignedRoute['charge']> =>
  ({ body }, cost) => ({ cost, scope: scopeOf(shardOf(body), routable(body)) });

/** A batch draws on the unscoped bucket for all of its items at once. */
const chargePerItem: NonNullable<SignedRoute['charge']> = ({ body }, cost) => ({
  cost: cost * Math.max(1, countOf(body)),
  scope: 'unscoped',
});

const createOrder = (call: SignedCall): Reply => {
  const answer = call.services.exchange.createOrder(call.account, readCreate(call, call.body));
  return answer.ok ? created(createdBody(answer)) : refused(answer.refusal);
};

/** One item of a batch: a refusal while reading it is that item's error and nobody else's. */
const itemOf = (run: () => Json, fallback: { readonly [key: string]: Json }): Json => {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    const { body } = error.reply;
    const inner = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
    return { ...fallback, error: inner ?? null };
  }
};

const createBatch = (call: SignedCall): Reply => {
  const orders = call.body.list('orders').map((body) => {
    const client = body.text('client_order_id');
    const named = client === null ? {} : { client_order_id: client };
    return itemOf(() => {
      const answer = call.services.exchange.createOrder(call.account, readCreate(call, body));
      return answer.ok ? createdBody(answer) : { ...named, error: errorBody(answer.refusal) };
    }, named);
  });
  return created({ orders });
};

const addressOf = (call: SignedCall, from: Body | null): OrderAddress => {
  const market = from === null ? call.query.text('market_ticker') : from.text('market_ticker');
  return {
    orderId: venueOrderId(
      from === null || call.args['order_id'] !== undefined ? (call.args['order_id'] ?? '') : from.requiredText('order_id'),
    ),
    subaccount: from !== null && call.args['order_id'] === undefined ? subaccountOfBody(call, from) : subaccountOrPrimary(call),
    shard: explicitShard(from === null ? call.query.integer('exchange_index') : shardOf(from)),
    ticker: market === null || market === '' ? null : ticker(market),
  };
};

const cancelOrder = (call: SignedCall): Reply => {
  const answer = call.services.exchange.cancelOrder(call.account, addressOf(call, null));
  return answer.ok ? ok(cancelledBody(answer)) : refused(answer.refusal);
};

const cancelBatch = (call: SignedCall): Reply => {
  const orders = call.body.list('orders').map((body) => {
    const failed = { order_id: body.requiredText('order_id'), reduced_by: formatQuantity(ZERO_QUANTITY) };
    return itemOf(() => {
      const answer = call.services.exchange.cancelOrder(call.account, addressOf(call, body));
      return answer.ok ? cancelledBody(answer) : { ...failed, error: errorBody(answer.refusal) };
    }, failed);
  });
  return ok({ orders });
};

const cancelAll = (call: SignedCall): Reply => {
  const answer = call.services.exchange.cancelAll(call.account, subaccountOrAll(call));
  return answer.ok ? noContent : refused(answer.refusal);
};

const readAmend = (call: SignedCall): AmendOrder => {
  const { body } = call;
  const expiry = body.number('expiration_time');
  const client = body.text('client_order_id');
  const updated = body.text('updated_client_order_id');
  return {
    orderId: venueOrderId(call.args['order_id'] ?? ''),
    subaccount: subaccountOrPrimary(call),
    shard: explicitShard(shardOf(body)),
    ticker: ticker(body.requiredText('ticker')),
    side: body.text('side') === 'bid' ? 'bid' : 'ask',
    price: readPrice(body.requiredText('price')),
    total: readCount(body.requiredText('count')),
    clientOrderId: client === null || client === '' ? null : clientOrderId(client),
    updatedClientOrderId: updated === null || updated === '' ? null : clientOrderId(updated),
    ...(expiry === null ? {} : { expiresAt: expiry === 0 ? null : fromUnixSeconds(expiry) }),
  };
};

const amendOrder = (call: SignedCall): Reply => {
  const answer = call.services.exchange.amendOrder(call.account, readAmend(call));
  return answer.ok ? ok(amendedBody(answer)) : refused(answer.refusal);
};

const readDecrease = (call: SignedCall): DecreaseOrder => {
  const by = call.body.text('reduce_by');
  const to = call.body.text('reduce_to');
  const address = addressOf(call, call.body);
  if (by !== null && to === null) return { ...address, reduceBy: readCount(by) };
  if (to !== null && by === null) return { ...address, reduceTo: readCount(to) };
  throw new ReplyError(badRequest('exactly one of reduce_by and reduce_to must be given'));
};

const decreaseOrder = (call: SignedCall): Reply => {
  const answer = call.services.exchange.decreaseOrder(call.account, readDecrease(call));
  return answer.ok ? ok(decreasedBody(answer)) : refused(answer.refusal);
};

const STATUSES: readonly OrderStatus[] = ['resting', 'canceled', 'executed'];

const listOrders = (call: SignedCall): Reply => {
  const { query, services, account } = call;
  const limit = query.limit(LIMIT);
  const word = query.text('status');
  const status = STATUSES.find((known) => known === word) ?? null;
  const events = query.list('event_ticker');
  if (events.length > EVENTS_MAX) throw new ReplyError(refusal(400, 'bad_request', `at most ${EVENTS_MAX} event tickers`));
  const since = query.integer('min_ts');
  const until = query.integer('max_ts');
  const market = query.text('ticker');
  // A word that is no status matches nothing (recorded).
  const all =
    word !== null && status === null
      ? []
      : services.exchange.orders(account, {
          ...given('ticker', market === null ? null : ticker(market)),
          ...given('events', events.length === 0 ? null : events.map(eventTicker)),
          ...given('status', status),
          ...given('since', since === null ? null : fromUnixSeconds(since)),
          ...given('until', until === null ? null : fromUnixSeconds(until)),
          ...given('subaccount', subaccountOrAll(call)),
          ...given('shard', query.integer('exchange_index')),
        });
  return ok(
    pageBody(
      'orders',
      pageOf(all, limit, query.text('cursor'), (order) => order.orderId),
      orderBody,
    ),
  );
};

const getOrder = (call: SignedCall): Reply => {
  const order = call.services.exchange.order(call.account, venueOrderId(call.args['order_id'] ?? ''));
  if (order === null || (call.key.subaccount !== null && order.subaccount !== call.key.subaccount)) return notFound;
  return ok({ order: orderBody(order) });
};

const queuePosition = (call: SignedCall): Reply => {
  const queue = call.services.exchange.queuePosition(call.account, venueOrderId(call.args['order_id'] ?? ''));
  return queue === null ? notFound : ok({ queue_position_fp: formatQuantity(queue.ahead) });
};

const queuePositions = (call: SignedCall): Reply => {
  const { query, services, account } = call;
  const tickers = query.list('market_tickers');
  const event = query.text('event_ticker');
  if (tickers.length === 0 && event === null)
    throw new ReplyError(refusal(400, 'bad_request', 'Need to specify market_tickers or event_ticker'));
  const markets: readonly string[] = event === null ? tickers : (services.exchange.event(eventTicker(event))?.markets ?? []);
  const queues = services.exchange
    .queuePositions(account, { subaccount: subaccountOrPrimary(call) })
    .filter((queue) => markets.includes(queue.ticker));
  return ok({ queue_positions: queues.map(queueBody) });
};

const useV2 = (): Reply =>
  refusal(410, 'deprecated_endpoint', 'This endpoint has been removed. Use the V2 order endpoints under /portfolio/events/orders instead.');

const legacy = (method: 'POST' | 'DELETE', pattern: string): Route => ({
  method,
  pattern,
  operation: 'LegacyOrderWrite',
  access: 'write',
  handle: useV2,
});

const ORDERS = '/portfolio/events/orders';

export const ORDER_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    pattern: ORDERS,
    operation: 'CreateOrderV2',
    access: 'write',
    body: CREATE,
    charge: chargeByBody(() => true),
    handle: createOrder,
  },
  {
    method: 'POST',
    pattern: `${ORDERS}/batched`,
    operation: 'BatchCreateOrdersV2',
    access: 'write',
    body: CREATE_BATCH,
    charge: chargePerItem,
    handle: createBatch,
  },
  {
    method: 'DELETE',
    pattern: `${ORDERS}/batched`,
    operation: 'BatchCancelOrdersV2',
    access: 'write',
    body: CANCEL_BATCH,
    charge: chargePerItem,
    handle: cancelBatch,
  },
  { method: 'DELETE', pattern: ORDERS, operation: 'CancelAllOrders', access: 'write', handle: cancelAll },
  {
    method: 'DELETE',
    pattern: `${ORDERS}/:order_id`,
    operation: 'CancelOrderV2',
    access: 'write',
    charge: ({ query }, cost) => ({ cost, scope: scopeOf(query.integer('exchange_index'), query.text('market_ticker') !== null) }),
    handle: cancelOrder,
  },
  {
    method: 'POST',
    pattern: `${ORDERS}/:order_id/amend`,
    operation: 'AmendOrderV2',
    access: 'write',
    body: AMEND,
    charge: chargeByBody(() => true),
    handle: amendOrder,
  },
  {
    method: 'POST',
    pattern: `${ORDERS}/:order_id/decrease`,
    operation: 'DecreaseOrderV2',
    access: 'write',
    body: DECREASE,
    charge: chargeByBody((body) => body.text('market_ticker') !== null),
    handle: decreaseOrder,
  },
  { method: 'GET', pattern: '/portfolio/orders', operation: 'GetOrders', access: 'read', handle: listOrders },
  {
    method: 'GET',
    pattern: '/portfolio/orders/queue_positions',
    operation: 'GetOrderQueuePositions',
    access: 'read',
    handle: queuePositions,
  },
  { method: 'GET', pattern: '/portfolio/orders/:order_id', operation: 'GetOrder', access: 'read', handle: getOrder },
  {
    method: 'GET',
    pattern: '/portfolio/orders/:order_id/queue_position',
    operation: 'GetOrderQueuePosition',
    access: 'read',
    handle: queuePosition,
  },
  legacy('POST', '/portfolio/orders'),
  legacy('POST', '/portfolio/orders/batched'),
  legacy('DELETE', '/portfolio/orders/batched'),
  legacy('DELETE', '/portfolio/orders/:order_id'),
  legacy('POST', '/portfolio/orders/:order_id/amend'),
  legacy('POST', '/portfolio/orders/:order_id/decrease'),
];
