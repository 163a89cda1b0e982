/**
 * Where the result of one market came from, exactly (quoting reference h). Every change of worth has one cause:
 *
 * | part | is the sum of |
 * |---|---|
 * | spread | s (m - P) for every contract traded, with the fair value m just before the fill |
 * | inventory | position before x change of m |
 * | settlement | position paid out x (payout - m) |
 * | taken over | what positions were worth at m above their cost when they came from elsewhere: an earlier run, the exchange's own count |
 * | fees | what was charged, subtracted |
 *
 * m is the last mid that was known. A mid may lie halfway between two price units, so sums are kept in halves of a millionth of a dollar: whole numbers, and
 * nothing is rounded. Beside them runs the account as the bot booked it, and both must come to the same at every mark: `check` says whether they do.
 */
import type { Adjusted } from '../domain/actions.js';
import { signOf } from '../domain/market.js';
import { addCash, cash, subtractCash, ZERO_CASH, ZERO_QUANTITY, type Cash, type Price, type Quantity } from '../domain/units.js';
import type { FillMark } from './run-items.js';

/** The parts sum exactly to `net`. */
export interface Parts {
  readonly spread: Cash;
  readonly inventory: Cash;
  readonly settlement: Cash;
  readonly takenOver: Cash;
  /** What was charged: positive, and subtracted. */
  readonly fees: Cash;
  /** spread + inventory + settlement + takenOver - fees. */
  readonly net: Cash;
}

export const NO_PARTS: Parts = {
  spread: ZERO_CASH,
  inventory: ZERO_CASH,
  settlement: ZERO_CASH,
  takenOver: ZERO_CASH,
  fees: ZERO_CASH,
  net: ZERO_CASH,
};

export const addParts = (a: Parts, b: Parts): Parts => ({
  spread: addCash(a.spread, b.spread),
  inventory: addCash(a.inventory, b.inventory),
  settlement: addCash(a.settlement, b.settlement),
  takenOver: addCash(a.takenOver, b.takenOver),
  fees: addCash(a.fees, b.fees),
  net: addCash(a.net, b.net),
});

/** What the parts were held against. */
export interface Check {
  /** How often: after every fill, adjustment and row. */
  readonly times: number;
  /** How often they were apart. */
  readonly broken: number;
  /** The largest difference, in whole units of money. */
  readonly largest: Cash;
}

/** What the bot booked of one fill or adjustment. */
interface Booking {
  readonly realized: Cash;
  readonly fee: Cash;
  readonly position: Quantity;
  readonly cost: Cash;
}

/** Halves of a price unit, so that a mid is a whole number. */
const halves = (priceUnits: number): number => Math.round(2 * priceUnits);

export class Attribution {
  /** In halves of a unit of money. */
  #spread = 0;
  #inventory = 0;
  #settlement = 0;
  #takenOver = 0;
  #fees: Cash = ZERO_CASH;
  #position: Quantity = ZERO_QUANTITY;
  /** The fair value in halves of a price unit; null before any is known. */
  #mark: number | null = null;
  #settledAt: number | null = null;
  /** The bot's own account. */
  #booked = { realized: ZERO_CASH, fees: ZERO_CASH, cost: ZERO_CASH, position: ZERO_QUANTITY };
  #times = 0;
  #broken = 0;
  #largest = 0;
  /** Fills that came before any mid: their own price stands for it, and they earn no spread. */
  unpriced = 0;

  get position(): Quantity {
    return this.#position;
  }

  /** In price units; null before any mid is known. */
  get mark(): number | null {
    return this.#mark === null ? null : this.#mark / 2;
  }

  /** A mid, in price units. */
  mid(mid: number): void {
    const mark = halves(mid);
    if (this.#mark === null) this.#takenOver += this.#openWorth(mark);
    else this.#inventory += this.#position * (mark - this.#mark);
    this.#mark = mark;
  }

  fill(fill: FillMark): void {
    if (this.#mark === null) {
      this.unpriced++;
      this.mid(fill.price);
    }
    const mark = this.#mark ?? 0;
    const change = signOf(fill.side) * fill.quantity;
    this.#spread += change * (mark - 2 * fill.price);
    // A fill that is told after the settlement was part of what was settled.
    if (this.#settledAt === null) this.#position = (this.#position + change) as Quantity;
    else this.#settlement += change * (this.#settledAt - mark);
    this.#fees = addCash(this.#fees, fill.fee);
    this.#book(fill);
  }

  /** @param settlesAt the value of one YES contract, where the market is settled */
  adjust(adjusted: Omit<Adjusted, 'type' | 'market' | 'asOf'>, settlesAt: Price | null): void {
    const before = this.#mark === null ? 0 : this.#openWorth(this.#mark);
    this.#position = adjusted.position;
    this.#booked.cost = adjusted.cost;
    const after = this.#mark === null ? 0 : this.#openWorth(this.#mark);
    const gained = 2 * adjusted.realized + after - before;
    if (adjusted.cause === 'adopted' || adjusted.cause === 'drift') this.#takenOver += gained;
    else this.#settlement += gained;
    if (settlesAt !== null) this.#settledAt = 2 * settlesAt;
    this.#fees = addCash(this.#fees, adjusted.fee);
    this.#book(adjusted);
  }

  /** Takes up a position of an earlier run at its cost. */
  carry(position: Quantity, cost: Cash): void {
    this.adjust({ cause: 'adopted', position, cost, realized: ZERO_CASH, fee: ZERO_CASH }, null);
  }

  /** The bot's word on its result, as a row of its tape tells it at a mid that `mid` has just been told. */
  row(net: Cash): void {
    this.#compare(2 * net, 1);
  }

  /** The result at the last mid that was known. */
  get net(): Cash {
    return cash(Math.trunc(this.#total / 2) + 0);
  }

  get parts(): Parts {
    const { net } = this;
    const whole = (half: number): Cash => cash(Math.round(half / 2) + 0);
    const [spread, settlement, takenOver] = [whole(this.#spread), whole(this.#settlement), whole(this.#takenOver)];
    // What halves were rounded away, at most a millionth or two of a dollar, stays with the prices that moved.
    const inventory = cash(net + this.#fees - spread - settlement - takenOver);
    return { spread, inventory, settlement, takenOver, fees: this.#fees, net };
  }

  get check(): Check {
    return { times: this.#times, broken: this.#broken, largest: cash(Math.ceil(this.#largest / 2)) };
  }

  get #total(): number {
    return this.#spread + this.#inventory + this.#settlement + this.#takenOver - 2 * this.#fees;
  }

  /** What the open position is worth above its cost, as booked, at a mark in halves. */
  #openWorth(mark: number): number {
    return this.#position * mark - 2 * this.#booked.cost;
  }

  #book({ realized, fee, position, cost }: Booking): void {
    const { realized: before, fees } = this.#booked;
    this.#booked = { realized: addCash(before, realized), fees: addCash(fees, fee), cost, position };
    if (this.#mark === null) return;
    const open = position * this.#mark - 2 * cost;
    this.#compare(2 * subtractCash(this.#booked.realized, this.#booked.fees) + open, 0);
  }

  /** @param rounding halves by which the other side may be rounded */
  #compare(theirs: number, rounding: number): void {
    this.#times++;
    const apart = Math.abs(theirs - this.#total);
    if (apart <= rounding) return;
    this.#broken++;
    if (apart > this.#largest) this.#largest = apart;
  }
}
