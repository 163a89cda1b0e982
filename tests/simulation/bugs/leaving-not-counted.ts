/** An order whose cancel is on its way counts nothing. */
import type { MarketIndex } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import { quantity, type Quantity } from '../../../src/domain/units.js';
import { Orders as Original } from '../../../src/execution/orders.js';

export * from '../../../src/execution/orders.js';

export class Orders extends Original {
  override exposure(market: MarketIndex, side: BookSide): Quantity {
    const leaving = this.forMarket(market, side).filter((order) => order.phase === 'pending-cancel');
    return quantity(leaving.reduce<number>((sum, order) => sum - order.exposure, super.exposure(market, side)));
  }
}
