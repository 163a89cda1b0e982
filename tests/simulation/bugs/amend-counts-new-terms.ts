/** Of an amend without an answer only the new terms count. */
import { maxQuantity, quantity, ZERO_QUANTITY, type Price, type Quantity } from '../../../src/domain/units.js';
import { OrderRecord as Original } from '../../../src/execution/working-order.js';

export * from '../../../src/execution/working-order.js';

export class OrderRecord extends Original {
  override get exposure(): Quantity {
    return this.wanted === null ? super.exposure : maxQuantity(quantity(this.wanted.total - this.booked), ZERO_QUANTITY);
  }
  override get worstPrice(): Price {
    return this.wanted?.price ?? this.price;
  }
}
