/** Fills, and the exchange's id by which they find their order. A fill may come before the answer to the placement, after the end of the order, or for no order of ours. */
import type { VenueOrderId } from '../domain/ids.js';
import type { FillReport } from '../domain/order.js';
import { ZERO_QUANTITY, addQuantity, formatQuantity, maxQuantity, quantity, type EpochUs, type Quantity } from '../domain/units.js';
import type { FillMemory } from './fill-memory.js';
import { changeOf, nobody, standOf, type FillChange } from './order-change.js';
import type { OrderRegister } from './order-register.js';
import type { OrderRecord } from './working-order.js';

export const onFill = (register: OrderRegister, memory: FillMemory, fill: FillReport, at: EpochUs): FillChange => {
  const order = register.recognise(fill.orderId, fill.clientId);
  switch (memory.note(fill.fillId, fill.exchangeAt)) {
    case 'repeat':
      return { order: order ?? null, became: order?.phase ?? null, changed: false, surprise: null, fresh: false };
    case 'forgotten':
      return {
        ...nobody(`fill ${fill.fillId} is older than our memory of fills: not counted, the account's position decides`),
        fresh: false,
      };
    case 'new':
      break;
  }
  if (order === undefined) {
    register.addUnclaimed(fill.orderId, fill.quantity);
    return { ...nobody(`fill ${fill.fillId} belongs to order ${fill.orderId}, which we do not know`), fresh: true };
  }
  const before = standOf(order);
  let surprise = learnId(register, order, fill.orderId, at);
  if (order.orderId === fill.orderId && order.market === fill.market && order.side === fill.side) {
    const more = book(register, order, fill.quantity, at);
    surprise ??= more;
  } else {
    // It may be another order's, so this one can still fill in full.
    surprise ??= `fill ${fill.fillId} tells another market or side than order ${order.clientId}`;
  }
  return { ...changeOf(order, before, surprise), fresh: true };
};

/** Learns the exchange's id of an order and books the fills that came under it before. @returns a surprise or null */
export const learnId = (register: OrderRegister, order: OrderRecord, orderId: VenueOrderId, at: EpochUs): string | null => {
  const early = register.link(order, orderId);
  if (early === null) return `order ${order.clientId} has two exchange ids: ${order.orderId} and ${orderId}`;
  return early === 0 ? null : book(register, order, early, at);
};

const book = (register: OrderRegister, order: OrderRecord, size: Quantity, at: EpochUs): string | null => {
  order.booked = addQuantity(order.booked, size);
  order.touchedAt = at;
  const surprise = order.doneReason === null ? bookLive(order, size) : bookEnded(register, order);
  register.settle(order, at);
  return surprise;
};

const bookLive = (order: OrderRecord, size: Quantity): string | null => {
  order.confirmPlaced();
  // Nothing says whether a fill came before or after a decrease took hold: count it against what rests, and doubt the order once that is used up.
  if (order.loose) {
    order.remaining = maxQuantity(quantity(order.remaining - size), ZERO_QUANTITY);
    if (order.remaining === 0) order.doubtful = true;
  } else order.refreshRemaining();
  const most = order.wanted === null ? order.total : maxQuantity(order.total, order.wanted.total);
  if (order.booked <= most) return null;
  order.total = order.booked;
  return `order ${order.clientId} filled ${formatQuantity(order.booked)}, more than its ${formatQuantity(most)}`;
};

const bookEnded = (register: OrderRegister, order: OrderRecord): string | null => {
  if (order.booked <= order.total) return null;
  const concluded = order.doneReason;
  if (concluded === 'absent' || concluded === 'rejected') {
    register.revive(order, { price: order.price, total: order.asked });
    order.doubtful = true;
    return `order ${order.clientId} was taken to be ${concluded}, yet it filled`;
  }
  order.total = order.booked;
  return `order ${order.clientId} filled more than had been reported when it ended`;
};
