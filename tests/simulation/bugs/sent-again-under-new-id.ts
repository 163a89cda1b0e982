/** A placement without an answer is forgotten and placed again under a new id. */
import type { CommandUnknown } from '../../../src/domain/events.js';
import { Orders as Original, type OrderChange } from '../../../src/execution/orders.js';

export * from '../../../src/execution/orders.js';

export class Orders extends Original {
  override unknown(fact: CommandUnknown): OrderChange {
    if (fact.command !== 'place') return super.unknown(fact);
    const { at, command, clientId, reason } = fact;
    return super.refused({ type: 'command-refused', at, command, clientId, code: 'other', detail: reason });
  }
}
