/** Every call that changes something at the exchange. Shard and subaccount are always named. Exchange reference, sections 4 and 5.1. */
import { orderGroupId, type OrderGroupId, type VenueOrderId } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { Amend, Cancel, Decrease, Place } from '../domain/order.js';
import { formatQuantity, type Quantity } from '../domain/units.js';
import type { WriteRoute } from './rate-budget.js';
import type { Query, RestCaller } from './rest-caller.js';
import { fieldsOf } from './rest-decode.js';
import * as orders from './rest-orders.js';
import { decoded, type Result } from './rest-result.js';

/** Where an order lies: all that a cancel needs of it. */
export interface OrderPlace {
  readonly orderId: VenueOrderId;
  readonly shard: number;
  readonly subaccount: number;
}
const UNSCOPED: WriteRoute = { mode: 'batch' };

/** Single and batch order calls take no tokens: whoever sends them has asked the throttle before. All others wait for theirs. */
export class TradingCalls {
  readonly #caller: RestCaller;

  constructor(caller: RestCaller) {
    this.#caller = caller;
  }

  async place(place: Place, market: Market): Promise<Result<orders.Placed>> {
    const body = orders.placeBody(place, market, this.#caller.settings.subaccount);
    return decoded(await this.#caller.send('create', 'order', { body }), (answer) => orders.decodePlaced(answer, place));
  }

  async placeBatch(places: readonly Place[], marketOf: (place: Place) => Market): Promise<Result<Result<orders.Placed>[]>> {
    const body = { orders: places.map((place) => orders.placeBody(place, marketOf(place), this.#caller.settings.subaccount)) };
    return decoded(await this.#caller.send('batchCreate', 'order', { body }), (answer) =>
      orders.decodeBatch(answer, places, {
        path: 'batch create',
        nameOf: (place) => place.clientId,
        nameIn: (item) => item['client_order_id'] ?? undefined,
        decode: orders.decodePlaced,
      }),
    );
  }

  async amend(amend: Amend, market: Market): Promise<Result<orders.Amended>> {
    const rest = { id: amend.orderId, body: orders.amendBody(amend, market), query: this.#caller.subaccount };
    return decoded(await this.#caller.send('amend', 'order', rest), (answer) => orders.decodeAmended(answer, amend));
  }

  async decrease(decrease: Decrease, market: Market): Promise<Result<orders.Amended>> {
    const rest = { id: decrease.orderId, body: orders.decreaseBody(decrease, market), query: this.#caller.subaccount };
    return decoded(await this.#caller.send('decrease', 'order', rest), (answer) => orders.decodeAmended(answer, decrease));
  }

  async cancel(cancel: Cancel, market: Market): Promise<Result<orders.Cancelled>> {
    const rest = { id: cancel.orderId, query: [...this.#caller.subaccount, ['exchange_index', market.shard]] as Query };
    return decoded(await this.#caller.send('cancel', 'cancel', rest), (answer) => orders.decodeCancelled(answer, cancel));
  }

  async cancelBatch(cancels: readonly Cancel[], marketOf: (cancel: Cancel) => Market): Promise<Result<Result<orders.Cancelled>[]>> {
    const body = { orders: cancels.map((cancel) => orders.cancelItem(cancel, marketOf(cancel), this.#caller.settings.subaccount)) };
    return decoded(await this.#caller.send('batchCancel', 'cancel', { body }), (answer) =>
      orders.decodeBatch(answer, cancels, {
        path: 'batch cancel',
        nameOf: (cancel) => cancel.orderId,
        nameIn: (item) => item['order_id'] ?? undefined,
        decode: orders.decodeCancelled,
      }),
    );
  }

  /** Cancels every order of the subaccount on all shards. New orders of the next minute may be cancelled as well. Waits for tokens like a cancel. */
  async cancelAll(): Promise<Result<null>> {
    const result = await this.#caller.whenCancelPaid({ mode: 'batch' }, 'cancelAll', { query: this.#caller.subaccount });
    return decoded(result, () => null);
  }

  /** Cancels one order by its names alone, as a cleaner does that knows no market. Waits for tokens like a cancel. */
  async cancelOrder(order: OrderPlace): Promise<Result<Quantity>> {
    const query: Query = [
      ['subaccount', order.subaccount],
      ['exchange_index', order.shard],
    ];
    const result = await this.#caller.whenCancelPaid({ mode: 'single', shard: order.shard }, 'cancel', { id: order.orderId, query });
    return decoded(result, (body) => fieldsOf(body, 'cancel order').quantity('reduced_by'));
  }

  /** The same for several at once. Waits for the tokens of all of them: a batch that cannot be paid in full is refused as a whole. */
  async cancelOrders(places: readonly OrderPlace[]): Promise<Result<Result<Quantity>[]>> {
    const body = {
      orders: places.map((order) => ({ order_id: order.orderId, subaccount: order.subaccount, exchange_index: order.shard })),
    };
    const result = await this.#caller.whenCancelPaid(UNSCOPED, 'batchCancel', { body }, places.length);
    return decoded(result, (answer) =>
      orders.decodeBatch(answer, places, {
        path: 'batch cancel',
        nameOf: (order) => order.orderId,
        nameIn: (item) => item['order_id'] ?? undefined,
        decode: (item, order, path) => orders.decodeCancelled(item, order, path).reducedBy,
      }),
    );
  }

  // Order groups. One group lives on one shard and in one subaccount; a group without its shard would protect nothing there. A shard's own bucket pays for single
  // order calls only, so these are charged to the unscoped one.

  async createGroup(shard: number, limit: Quantity): Promise<Result<OrderGroupId>> {
    const body = { contracts_limit_fp: formatQuantity(limit), subaccount: this.#caller.settings.subaccount, exchange_index: shard };
    const result = await this.#caller.whenPaid(UNSCOPED, 'createGroup', { body });
    return decoded(result, (answer) => orderGroupId(fieldsOf(answer, 'create order group').text('order_group_id')));
  }

  /** Triggers at once where the new limit is exceeded already. */
  async limitGroup(id: OrderGroupId, shard: number, limit: Quantity): Promise<Result<null>> {
    return this.#groupCall('limitGroup', id, shard, { contracts_limit_fp: formatQuantity(limit) });
  }

  /** Cancels every order of the group and blocks new ones until it is reset. Goes before every cancel that waits. */
  async triggerGroup(id: OrderGroupId, shard: number): Promise<Result<null>> {
    const result = await this.#caller.whenSweepPaid(UNSCOPED, 'triggerGroup', {
      id,
      query: this.#caller.scope(shard),
      body: {},
    });
    return decoded(result, () => null);
  }

  async resetGroup(id: OrderGroupId, shard: number): Promise<Result<null>> {
    return this.#groupCall('resetGroup', id, shard, {});
  }

  async deleteGroup(id: OrderGroupId, shard: number): Promise<Result<null>> {
    return this.#groupCall('deleteGroup', id, shard);
  }

  async #groupCall(
    call: 'limitGroup' | 'resetGroup' | 'deleteGroup',
    id: OrderGroupId,
    shard: number,
    body?: unknown,
  ): Promise<Result<null>> {
    const result = await this.#caller.whenPaid(UNSCOPED, call, { id, query: this.#caller.scope(shard), body });
    return decoded(result, () => null);
  }
}
