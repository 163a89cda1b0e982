/** An order that has not been touched for 30 s is forgotten. */
import type { MarketIndex } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import { seconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../../../src/domain/units.js';
import { Orders as Original } from '../../../src/execution/orders.js';
import type { WorkingOrder } from '../../../src/execution/working-order.js';

export * from '../../../src/execution/orders.js';

const REMEMBERED = seconds(30);

export class Orders extends Original {
  #now: EpochUs = UNKNOWN_TIME;

  override timeouts(now: EpochUs, span: DurationUs): WorkingOrder[] {
    this.#now = now;
    return super.timeouts(now, span);
  }

  override forMarket(market: MarketIndex, side: BookSide): readonly WorkingOrder[] {
    return super.forMarket(market, side).filter((order) => this.#now - order.sentAt < REMEMBERED);
  }
}
