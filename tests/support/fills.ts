/** A booked fill, for whoever writes it down. */
import type { Booked } from '../../src/domain/actions.js';
import { clientOrderId, fillId, marketIndex, venueOrderId } from '../../src/domain/ids.js';
import { cash, epochUs, price, quantity } from '../../src/domain/units.js';

export const bookedFill = (id: string, changes: Partial<Booked> = {}): Booked => ({
  type: 'booked',
  at: epochUs(1_795_262_400_000_000),
  fillId: fillId(id),
  orderId: venueOrderId('order-1'),
  clientId: clientOrderId('kmm-r1-1'),
  market: marketIndex(0),
  side: 'bid',
  price: price(4800),
  quantity: quantity(1000),
  fee: cash(0),
  role: 'maker',
  exchangeAt: epochUs(1_795_262_399_900_000),
  source: 'stream',
  realized: cash(0),
  position: quantity(1000),
  cost: cash(4_800_000),
  ...changes,
});
