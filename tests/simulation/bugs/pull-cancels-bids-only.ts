/** Pulling a market leaves its asks. */
import type { Cancel } from '../../../src/domain/order.js';
import type { EpochUs } from '../../../src/domain/units.js';
import { QuoteDiff as Original } from '../../../src/execution/quote-diff.js';
import type { WorkingOrder } from '../../../src/execution/working-order.js';

export * from '../../../src/execution/quote-diff.js';

export class QuoteDiff extends Original {
  override pull(orders: readonly WorkingOrder[], now: EpochUs): Cancel[] {
    return super.pull(
      orders.filter((order) => order.side === 'bid'),
      now,
    );
  }
}
