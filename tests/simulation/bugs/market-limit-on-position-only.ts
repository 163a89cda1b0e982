/** Limits look at the position and not at what rests. */
import type { MarketIndex } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import { ZERO_QUANTITY, type Quantity } from '../../../src/domain/units.js';
import { Orders as Original } from '../../../src/execution/orders.js';

export * from '../../../src/execution/orders.js';

export class Orders extends Original {
  override exposure(_market: MarketIndex, _side: BookSide): Quantity {
    return ZERO_QUANTITY;
  }
}
