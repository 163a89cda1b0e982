/** Method and path of every call we make, as the exchange names them in its cost list. */
import { assert } from '../domain/errors.js';
import type { HttpMethod } from './sign.js';

/** Base path of the interface on every host; part of what is signed. */
export const BASE_PATH = '/trade-api/v2';

export type CallName = keyof typeof CALLS;

export const CALLS = {
  create: ['POST', '/portfolio/events/orders'],
  batchCreate: ['POST', '/portfolio/events/orders/batched'],
  amend: ['POST', '/portfolio/events/orders/:id/amend'],
  decrease: ['POST', '/portfolio/events/orders/:id/decrease'],
  cancel: ['DELETE', '/portfolio/events/orders/:id'],
  batchCancel: ['DELETE', '/portfolio/events/orders/batched'],
  cancelAll: ['DELETE', '/portfolio/events/orders'],
  order: ['GET', '/portfolio/orders/:id'],
  orders: ['GET', '/portfolio/orders'],
  queuePositions: ['GET', '/portfolio/orders/queue_positions'],
  queuePosition: ['GET', '/portfolio/orders/:id/queue_position'],
  fills: ['GET', '/portfolio/fills'],
  positions: ['GET', '/portfolio/positions'],
  balance: ['GET', '/portfolio/balance'],
  settlements: ['GET', '/portfolio/settlements'],
  groups: ['GET', '/portfolio/order_groups'],
  group: ['GET', '/portfolio/order_groups/:id'],
  createGroup: ['POST', '/portfolio/order_groups/create'],
  limitGroup: ['PUT', '/portfolio/order_groups/:id/limit'],
  triggerGroup: ['PUT', '/portfolio/order_groups/:id/trigger'],
  resetGroup: ['PUT', '/portfolio/order_groups/:id/reset'],
  deleteGroup: ['DELETE', '/portfolio/order_groups/:id'],
  markets: ['GET', '/markets'],
  market: ['GET', '/markets/:id'],
  orderbook: ['GET', '/markets/:id/orderbook'],
  orderbooks: ['GET', '/markets/orderbooks'],
  trades: ['GET', '/markets/trades'],
  events: ['GET', '/events'],
  event: ['GET', '/events/:id'],
  eventFeeChanges: ['GET', '/events/fee_changes'],
  seriesList: ['GET', '/series'],
  series: ['GET', '/series/:id'],
  seriesFeeChanges: ['GET', '/series/fee_changes'],
  exchangeStatus: ['GET', '/exchange/status'],
  exchangeSchedule: ['GET', '/exchange/schedule'],
  userDataTimestamp: ['GET', '/exchange/user_data_timestamp'],
  limits: ['GET', '/account/limits'],
  costs: ['GET', '/account/endpoint_costs'],
  apiKeys: ['GET', '/api_keys'],
} as const satisfies Record<string, readonly [HttpMethod, string]>;

/**
 * The path of one call.
 * @param id what stands in the place of `:id`; it is escaped. Never empty: a cancel without its order would read as a cancel of all
 */
export const pathOf = (call: CallName, id?: string): string => {
  const template = CALLS[call][1];
  assert(template.includes(':id') === (id !== undefined), `${call}: an id is wanted exactly where the path has a place for one`);
  assert(id !== '' && id !== '.' && id !== '..', `${call}: the id ${JSON.stringify(id)} would change the path`);
  return id === undefined ? template : template.replace(':id', encodeURIComponent(id));
};

/** Paths that never change, for signatures made in advance. */
export const CONSTANT_WRITES = [CALLS.create, CALLS.batchCreate] as const;
/** The batches that 200 cancels need: all of them leave at once. */
export const CANCELS_READY = 10;
