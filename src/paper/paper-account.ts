/** The money of a paper venue: positions, what they cost, fees, and what may still be spent. In the exchange's terms: a short position has paid for its NO side. */
import type { MarketIndex } from '../domain/ids.js';
import { signOf, type BookSide, type Market } from '../domain/market.js';
import type { VenuePosition } from '../domain/order.js';
import {
  addCash,
  addQuantity,
  cash,
  complement,
  notional,
  quantity,
  subtractCash,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type Price,
  type Quantity,
} from '../domain/units.js';

interface Holding {
  position: Quantity;
  cost: Cash;
  realized: Cash;
  fees: Cash;
}

/** A trade of ours in one market. */
export interface Deal {
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Cash;
}

export class PaperAccount {
  readonly #holdings = new Map<MarketIndex, Holding>();
  #balance: Cash;

  constructor(balance: Cash) {
    this.#balance = balance;
  }

  /** Money that is not in positions. What resting orders need is still in it. */
  get balance(): Cash {
    return this.#balance;
  }

  position(market: MarketIndex): Quantity {
    return this.#holdings.get(market)?.position ?? ZERO_QUANTITY;
  }

  /** Books a trade. @returns the position after it */
  book(index: MarketIndex, market: Market, deal: Deal): Quantity {
    const holding = this.#holding(index);
    const before = holding.position;
    const signed = quantity(signOf(deal.side) * deal.quantity);
    const after = addQuantity(before, signed);
    const costBefore = holding.cost;
    holding.position = after;
    holding.fees = addCash(holding.fees, deal.fee);
    holding.cost = costAfter(costBefore, before, deal, market.payout);
    // Cash in YES terms, less what a short side must keep to pay out: that is the price of its NO contracts.
    const flow = cash(-signOf(deal.side) * notional(deal.price, deal.quantity) + kept(before, market.payout) - kept(after, market.payout));
    holding.realized = cash(holding.realized + flow + holding.cost - costBefore);
    this.#balance = subtractCash(addCash(this.#balance, flow), deal.fee);
    return after;
  }

  /** Pays a market out at `value` of one YES contract. */
  settle(index: MarketIndex, market: Market, value: Price): void {
    const holding = this.#holdings.get(index);
    if (holding === undefined || holding.position === 0) return;
    const { position } = holding;
    const paid = position > 0 ? notional(value, position) : notional(complement(value, market.payout), quantity(-position));
    holding.realized = cash(holding.realized + paid - holding.cost);
    holding.position = ZERO_QUANTITY;
    holding.cost = ZERO_CASH;
    this.#balance = addCash(this.#balance, paid);
  }

  positions(): VenuePosition[] {
    return [...this.#holdings].map(([market, holding]) => ({ market, ...holding }));
  }

  #holding(index: MarketIndex): Holding {
    let holding = this.#holdings.get(index);
    if (holding === undefined) {
      holding = { position: ZERO_QUANTITY, cost: ZERO_CASH, realized: ZERO_CASH, fees: ZERO_CASH };
      this.#holdings.set(index, holding);
    }
    return holding;
  }
}

/** What a short position would pay if the market settled YES. */
const kept = (position: Quantity, payout: Price): Cash => (position < 0 ? notional(payout, quantity(-position)) : ZERO_CASH);

/** Cost of the open side after a trade: grows at the side's own price, shrinks in proportion. */
const costAfter = (cost: Cash, before: Quantity, deal: Deal, payout: Price): Cash => {
  const own = deal.side === 'bid' ? deal.price : complement(deal.price, payout);
  const grows = before === 0 || Math.sign(before) === signOf(deal.side);
  if (grows) return addCash(cost, notional(own, deal.quantity));
  const open = Math.abs(before);
  if (deal.quantity <= open) return cash(Math.round(cost * (1 - deal.quantity / open)));
  return notional(own, quantity(deal.quantity - open));
};
