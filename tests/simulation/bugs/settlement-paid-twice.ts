/** A settlement is paid out twice. */
import type { MarketIndex } from '../../../src/domain/ids.js';
import { addCash, notional, type Cash, type Price } from '../../../src/domain/units.js';
import { Inventory as Original, type Settlement } from '../../../src/execution/inventory.js';

export * from '../../../src/execution/inventory.js';

export class Inventory extends Original {
  override settle(market: MarketIndex, value: Price, payout: Price): Settlement | null {
    const booked = super.settle(market, value, payout);
    if (booked === null) return null;
    const account = this.holding(market) as { realized: Cash; cash: Cash };
    account.realized = addCash(account.realized, notional(value, booked.position));
    account.cash = addCash(account.cash, notional(value, booked.position));
    return booked;
  }
}
