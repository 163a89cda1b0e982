/**
 * What we hold and what it has earned, per market, in integers: signed YES contracts, their cost, realized result, fees and cash
 * (quoting reference h). Buying NO at n is selling YES at payout - n, so there is one signed number and nothing to net.
 *
 * The identity realized + unrealized - fees = cash + position x mark holds at every mark after every event, and is asserted. It can hold exactly because the cost
 * of the open position is kept as a sum and not as a rounded average: what a closing fill takes out of it is rounded once, and the rest stays in. A position that is
 * wrong would cancel from that identity, so contracts are counted a second time, as they come and go, and both counts must agree.
 */
import { assert } from '../domain/errors.js';
import type { MarketIndex } from '../domain/ids.js';
import { signOf } from '../domain/market.js';
import type { FillReport } from '../domain/order.js';
import {
  ZERO_CASH,
  ZERO_QUANTITY,
  addCash,
  addQuantity,
  cash,
  negateQuantity,
  notional,
  parseCash,
  quantity,
  subtractCash,
  subtractQuantity,
  type Cash,
  type Price,
  type Quantity,
} from '../domain/units.js';

/** One market's account since the start of the session. */
export interface Holding {
  readonly market: MarketIndex;
  /** Signed: positive is long YES. */
  readonly position: Quantity;
  /** What the open position cost, signed like the position: a short position has received, so its cost is negative. */
  readonly cost: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
  /** Money in and out, fees included; a position that was there at the start counts as bought then at its cost. */
  readonly cash: Cash;
  /** Settlement value once booked, or null. */
  readonly settledAt: Price | null;
}

export interface Settlement {
  readonly market: MarketIndex;
  /** Position that was paid out. */
  readonly position: Quantity;
  /** By how much the result changed: with a correction also what the first settlement had earned is taken out. */
  readonly realized: Cash;
  /** By how much fees changed. The exchange rounds a payout down to the cent and books the rest as a fee; nothing for plain yes and no. */
  readonly fee: Cash;
  /** True where an earlier settlement at another value was taken back first. */
  readonly corrected: boolean;
}

export interface Totals {
  readonly realized: Cash;
  readonly fees: Cash;
  readonly cash: Cash;
}

interface Account {
  market: MarketIndex;
  position: Quantity;
  cost: Cash;
  realized: Cash;
  fees: Cash;
  cash: Cash;
  settledAt: Price | null;
  /** Contracts in and out, counted beside the position. */
  counted: Quantity;
  /** Position and cost as they were just before settlement, to take it back. */
  before: { readonly position: Quantity; readonly cost: Cash; readonly fee: Cash } | null;
}

const CENT = parseCash('0.01');

export class Inventory {
  readonly #accounts: (Account | undefined)[] = [];

  position(market: MarketIndex): Quantity {
    return this.#accounts[market]?.position ?? ZERO_QUANTITY;
  }

  /** Signed cost of the open position. */
  cost(market: MarketIndex): Cash {
    return this.#accounts[market]?.cost ?? ZERO_CASH;
  }

  realized(market: MarketIndex): Cash {
    return this.#accounts[market]?.realized ?? ZERO_CASH;
  }

  fees(market: MarketIndex): Cash {
    return this.#accounts[market]?.fees ?? ZERO_CASH;
  }

  cash(market: MarketIndex): Cash {
    return this.#accounts[market]?.cash ?? ZERO_CASH;
  }

  /** Average entry price of the open position as a real number in price units, for people; null when flat. */
  averageCost(market: MarketIndex): number | null {
    const account = this.#accounts[market];
    return account === undefined || account.position === 0 ? null : account.cost / account.position;
  }

  /** Open result at a mark in price units, which may lie between prices (a mid); rounded toward zero to a millionth of a dollar. */
  unrealized(market: MarketIndex, mark: number): Cash {
    const account = this.#accounts[market];
    if (account === undefined || account.position === 0) return ZERO_CASH;
    return wholeCash(account.position * mark - account.cost);
  }

  /** Realized and unrealized result less fees, at a mark in price units. */
  result(market: MarketIndex, mark: number): Cash {
    const account = this.#accounts[market];
    if (account === undefined) return ZERO_CASH;
    return subtractCash(addCash(account.realized, this.unrealized(market, mark)), account.fees);
  }

  holding(market: MarketIndex): Holding {
    return this.#accounts[market] ?? blank(market);
  }

  /** Every market ever touched, in index order. */
  holdings(): readonly Holding[] {
    return this.#accounts.filter((account) => account !== undefined);
  }

  totals(): Totals {
    let realized = ZERO_CASH;
    let fees = ZERO_CASH;
    let money = ZERO_CASH;
    for (const account of this.#accounts) {
      if (account === undefined) continue;
      realized = addCash(realized, account.realized);
      fees = addCash(fees, account.fees);
      money = addCash(money, account.cash);
    }
    return { realized, fees, cash: money };
  }

  /**
   * Takes over a position from the exchange: at the start, or where a reading overrules our count. Result and fees so far stay; the difference counts as
   * bought or sold at its cost.
   * @param start `cost` as the exchange states it: positive, for a short position what its NO contracts cost
   */
  adopt(start: { readonly market: MarketIndex; readonly position: Quantity; readonly cost: Cash; readonly payout: Price }): void {
    const account = this.#open(start.market);
    const cost = start.position >= 0 ? start.cost : addCash(notional(start.payout, start.position), start.cost);
    account.cash = subtractCash(account.cash, subtractCash(cost, account.cost));
    account.position = start.position;
    account.counted = start.position;
    account.cost = cost;
    assertIdentity(account);
  }

  /** Takes up what an earlier run held and what it had paid; `cost` is signed like the position. Counts as bought or sold at its cost. */
  carry(market: MarketIndex, position: Quantity, cost: Cash): void {
    const account = this.#open(market);
    account.cash = subtractCash(account.cash, subtractCash(cost, account.cost));
    account.position = position;
    account.counted = position;
    account.cost = cost;
    assertIdentity(account);
  }

  /** Books a fill; the caller sees to it that each comes once. @returns the holding after it */
  fill(fill: FillReport): Holding {
    assert(fill.quantity > 0, `fill ${fill.fillId} of nothing`);
    const account = this.#open(fill.market);
    const change = quantity(signOf(fill.side) * fill.quantity);
    trade(account, fill.price, change);
    account.counted = addQuantity(account.counted, change);
    account.fees = addCash(account.fees, fill.fee);
    account.cash = subtractCash(account.cash, fill.fee);
    // A fill told after the settlement was part of what was settled.
    if (account.settledAt !== null && account.before !== null) {
      const { before } = account;
      account.before = {
        ...before,
        position: addQuantity(before.position, change),
        cost: addCash(before.cost, notional(fill.price, change)),
      };
      trade(account, account.settledAt, negateQuantity(account.position));
      account.counted = subtractQuantity(account.counted, change);
    }
    assertIdentity(account);
    return account;
  }

  /**
   * Books the settlement of a market at `value` per YES contract, once. The same value again changes nothing (null); another value takes the first back and books anew.
   */
  settle(market: MarketIndex, value: Price, payout: Price): Settlement | null {
    const account = this.#open(market);
    if (account.settledAt === value) return null;
    const corrected = account.settledAt !== null;
    const { realized: realizedBefore, fees: feesBefore } = account;
    if (corrected) takeBack(account);
    const { position, cost } = account;
    const fee = settlementFee(position, value, payout);
    account.before = { position, cost, fee };
    trade(account, value, negateQuantity(position));
    account.counted = subtractQuantity(account.counted, position);
    account.fees = addCash(account.fees, fee);
    account.cash = subtractCash(account.cash, fee);
    account.settledAt = value;
    assertIdentity(account);
    const { realized, fees } = account;
    return { market, position, realized: subtractCash(realized, realizedBefore), fee: subtractCash(fees, feesBefore), corrected };
  }

  #open(market: MarketIndex): Account {
    const known = this.#accounts[market];
    if (known !== undefined) return known;
    const account: Account = { ...blank(market), counted: ZERO_QUANTITY, before: null };
    this.#accounts[market] = account;
    return account;
  }
}

const blank = (market: MarketIndex): Holding => ({
  market,
  position: ZERO_QUANTITY,
  cost: ZERO_CASH,
  realized: ZERO_CASH,
  fees: ZERO_CASH,
  cash: ZERO_CASH,
  settledAt: null,
});

/** Buys (`change` positive) or sells at a price. What goes against the position closes it, the rest extends it or opens the other side. */
const trade = (account: Account, at: Price, change: Quantity): void => {
  account.cash = subtractCash(account.cash, notional(at, change));
  const closing = closingPart(account.position, change);
  if (closing !== 0) {
    const released = shareOf(account.cost, closing, account.position);
    account.realized = addCash(account.realized, cash(released - notional(at, closing)));
    account.cost = addCash(account.cost, released);
    account.position = addQuantity(account.position, closing);
  }
  const opening = subtractQuantity(change, closing);
  account.cost = addCash(account.cost, notional(at, opening));
  account.position = addQuantity(account.position, opening);
};

/** The part of a change that reduces a position: of the change's sign, at most the whole position, zero where it adds. */
const closingPart = (position: Quantity, change: Quantity): Quantity => {
  if (position === 0 || position > 0 === change > 0) return ZERO_QUANTITY;
  return Math.abs(change) <= Math.abs(position) ? change : negateQuantity(position);
};

/** Change of cost when `closing` (of the opposite sign) of `position` is closed: the whole where all is, otherwise its share rounded toward zero. */
const shareOf = (cost: Cash, closing: Quantity, position: Quantity): Cash =>
  closing === -position ? cash(cost === 0 ? 0 : -cost) : cash(Number((BigInt(cost) * BigInt(closing)) / BigInt(position)));

const settlementFee = (position: Quantity, value: Price, payout: Price): Cash => {
  const owed = position >= 0 ? notional(value, position) : notional((payout - value) as Price, negateQuantity(position));
  return cash(owed % CENT);
};

const takeBack = (account: Account): void => {
  const { before, settledAt } = account;
  assert(before !== null && settledAt !== null, 'nothing to take back');
  account.cash = addCash(account.cash, before.fee);
  account.fees = subtractCash(account.fees, before.fee);
  account.cash = subtractCash(account.cash, notional(settledAt, before.position));
  account.realized = subtractCash(account.realized, subtractCash(notional(settledAt, before.position), before.cost));
  account.position = before.position;
  account.counted = before.position;
  account.cost = before.cost;
  account.settledAt = null;
  account.before = null;
};

const wholeCash = (value: number): Cash => {
  const whole = Math.trunc(value);
  return cash(whole === 0 ? 0 : whole);
};

const assertIdentity = (account: Account): void => {
  const { realized, cost, fees, cash: money, position, counted } = account;
  // Both sides contain position x mark, which cancels: the identity then holds at every mark.
  if (realized - cost - fees === money && (position !== 0 || cost === 0) && position === counted) return;
  // The words are made only where they are needed: this is looked at on every fill.
  const found = `realized ${realized}, cost ${cost}, fees ${fees}, cash ${money}, position ${position}, counted ${counted}`;
  assert(false, `cash identity broken in market ${account.market}: ${found}`);
};
