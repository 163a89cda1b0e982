/** An order of which nobody knows whether it rests counts nothing. */
import type { MarketIndex } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import { quantity, type Quantity } from '../../../src/domain/units.js';
import { Orders as Original } from '../../../src/execution/orders.js';

export * from '../../../src/execution/orders.js';

export class Orders extends Original {
  override exposure(market: MarketIndex, side: BookSide): Quantity {
    const unknown = this.forMarket(market, side).filter((order) => order.phase === 'unknown');
    return quantity(unknown.reduce<number>((sum, order) => sum - order.exposure, super.exposure(market, side)));
  }
}
