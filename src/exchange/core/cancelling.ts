/** Taking orders out of the book, whoever wants it. */
import { cash, quantity, ZERO_QUANTITY, type Quantity } from '../../domain/units.js';
import { reserve } from './booking.js';
import type { Kernel } from './kernel.js';
import type { Order } from './records.js';
import type { UpdateReason } from './words.js';

/** An order that rests no more leaves all lists; its record remains. */
export const forget = (kernel: Kernel, order: Order): void => {
  order.position.resting.delete(order);
  order.wallet.account.resting.delete(order.id);
  reserve(kernel, order);
  if (order.group?.orders.delete(order) === true) kernel.groupNoted(order.group);
};

/** Cancels a resting order and tells; returns what was left of it. */
export const cancelResting = (kernel: Kernel, order: Order, reason: UpdateReason | null): Quantity => {
  const left = order.remaining;
  order.position.market.book.remove(order);
  kernel.bookChanged(order, order.price, quantity(-left));
  order.remaining = ZERO_QUANTITY;
  order.status = 'canceled';
  forget(kernel, order);
  kernel.orderChanged(order, reason);
  kernel.touchedWallets.add(order.wallet);
  kernel.endMoment();
  return left;
};

/** Ends an order that does not rest (an incoming one): what is left of it dies. */
export const killRest = (kernel: Kernel, order: Order, reason: UpdateReason | null): void => {
  order.remaining = ZERO_QUANTITY;
  order.status = 'canceled';
  order.gross = cash(0);
  kernel.orderChanged(order, reason);
  kernel.endMoment();
};
