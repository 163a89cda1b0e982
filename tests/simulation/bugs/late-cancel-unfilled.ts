/** A cancel that is answered 404 is taken as done without a fill. */
import type { CommandRefused } from '../../../src/domain/events.js';
import { Orders as Original, type OrderChange } from '../../../src/execution/orders.js';

export * from '../../../src/execution/orders.js';

export class Orders extends Original {
  override refused(fact: CommandRefused): OrderChange {
    const order = this.find(fact.clientId);
    if (fact.command !== 'cancel' || fact.code !== 'not-found' || order === null || order.orderId === null) return super.refused(fact);
    const { at, clientId } = fact;
    return super.cancelled({ type: 'order-cancelled', at, clientId, orderId: order.orderId, reducedBy: order.exposure });
  }
}
