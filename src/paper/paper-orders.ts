/** Orders that rest on paper beside a real or recorded book, and the one rule by which they fill. */
import type { FeeAccumulator } from '../domain/fees.js';
import type { ClientOrderId, MarketIndex, VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import { addQuantity, minQuantity, subtractQuantity, ZERO_QUANTITY, type EpochUs, type Price, type Quantity } from '../domain/units.js';

export interface PaperOrder {
  readonly orderId: VenueOrderId;
  readonly clientId: ClientOrderId;
  readonly market: MarketIndex;
  readonly side: BookSide;
  price: Price;
  filled: Quantity;
  remaining: Quantity;
  expiresAt: EpochUs | null;
  readonly fees: FeeAccumulator;
}

export interface PaperExecution {
  readonly order: PaperOrder;
  readonly quantity: Quantity;
}

/** True where something on the other side at `at` would have had to trade with an order of ours at `ours`. */
const reaches = (side: BookSide, ours: Price, at: Price): boolean => (side === 'bid' ? at <= ours : at >= ours);
const passes = (side: BookSide, ours: Price, at: Price): boolean => (side === 'bid' ? at < ours : at > ours);

/**
 * The resting paper orders of one market. The rule is the cautious one: a trade fills us only when it printed beyond our price (those at our price went to
 * the queue ahead of us), and the book fills us when somebody rests at or beyond our price on the other side, for whom we would have been the better price.
 */
export class PaperBook {
  readonly #orders: PaperOrder[] = [];

  get orders(): readonly PaperOrder[] {
    return this.#orders;
  }

  rest(order: PaperOrder): void {
    this.#orders.push(order);
  }

  find(orderId: VenueOrderId): PaperOrder | undefined {
    return this.#orders.find((order) => order.orderId === orderId);
  }

  remove(order: PaperOrder): void {
    const at = this.#orders.indexOf(order);
    if (at >= 0) this.#orders.splice(at, 1);
  }

  /** A public trade of `size` at `at`, hit by `taker`: fills the resting side it passed. */
  traded(taker: BookSide, at: Price, size: Quantity): PaperExecution[] {
    const resting: BookSide = taker === 'bid' ? 'ask' : 'bid';
    return this.#fill(resting, size, (order) => passes(resting, order.price, at));
  }

  /** `size` appeared at `at` on `side` of the real book: fills our other side where it reaches us. */
  appeared(side: BookSide, at: Price, size: Quantity): PaperExecution[] {
    const ours: BookSide = side === 'bid' ? 'ask' : 'bid';
    return this.#fill(ours, size, (order) => reaches(ours, order.price, at));
  }

  expired(now: EpochUs): PaperOrder[] {
    const gone = this.#orders.filter((order) => order.expiresAt !== null && order.expiresAt <= now);
    for (const order of gone) this.remove(order);
    return gone;
  }

  /** Shares `size` among the orders that `hit`, best price first, then oldest. */
  #fill(side: BookSide, size: Quantity, hit: (order: PaperOrder) => boolean): PaperExecution[] {
    const better = side === 'bid' ? -1 : 1;
    const candidates = this.#orders.filter((order) => order.side === side && hit(order)).sort((a, b) => better * (a.price - b.price));
    const executions: PaperExecution[] = [];
    let left = size;
    for (const order of candidates) {
      const quantity = minQuantity(order.remaining, left);
      if (quantity <= ZERO_QUANTITY) break;
      left = subtractQuantity(left, quantity);
      order.remaining = subtractQuantity(order.remaining, quantity);
      order.filled = addQuantity(order.filled, quantity);
      if (order.remaining === ZERO_QUANTITY) this.remove(order);
      executions.push({ order, quantity });
    }
    return executions;
  }
}
