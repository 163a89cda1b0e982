/**
 * Worst cases, in contracts and in money: what can go against us at most if everything that rests, is in flight or is unknown fills in the worst way.
 * Per market, per event and for the account; in an event whose outcomes exclude each other at most one market settles YES, so that not everything can be lost at once.
 * Contracts are hundredths, money is millionths of a dollar; all exact.
 */
import type { EventTicker, MarketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import { ZERO_CASH, ZERO_QUANTITY, type Cash, type Price, type Quantity } from '../domain/units.js';

/** One market as risk sees it. */
export interface MarketExposure {
  readonly position: Quantity;
  /** Signed cost of the open position: positive for long, negative for short. */
  readonly cost: Cash;
  /** Worst case still to be bought and sold, and the money those orders can lose at settlement. */
  readonly bid: Quantity;
  readonly ask: Quantity;
  readonly bidCash: Cash;
  readonly askCash: Cash;
}

export const NO_EXPOSURE: MarketExposure = Object.freeze({
  position: ZERO_QUANTITY,
  cost: ZERO_CASH,
  bid: ZERO_QUANTITY,
  ask: ZERO_QUANTITY,
  bidCash: ZERO_CASH,
  askCash: ZERO_CASH,
});

/** Contracts that lose if the market settles NO: long, with every bid filled and no ask. */
export const longsAtWorst = (of: MarketExposure): number => Math.max(0, of.position + of.bid);
/** Contracts that lose if the market settles YES: short, with every ask filled and no bid. */
export const shortsAtWorst = (of: MarketExposure): number => Math.max(0, of.ask - of.position);
/** Largest size the position can reach, either way. */
export const positionAtWorst = (of: MarketExposure): number => Math.max(longsAtWorst(of), shortsAtWorst(of));
/** Most lost if the market settles NO; negative is a sure gain. Each bid that fills adds its price; asks that do not fill help nothing. */
export const lossIfNo = (of: MarketExposure): number => of.cost + of.bidCash;
/** Most lost if the market settles YES. Each ask that fills adds the payout less its price. */
export const lossIfYes = (of: MarketExposure, payout: Price): number => of.cost - of.position * payout + of.askCash;

/** Sums over several markets of one event that are enough to add one more market and know the worst outcome. */
export interface EventSums {
  /** Contracts: sum of longs; sum of the larger of longs and shorts; largest excess of shorts over longs in one market. */
  readonly longs: number;
  readonly either: number;
  readonly shortExcess: number;
  /** Money: sum of losses if all settle NO; sum of the larger losses; largest excess of the loss if YES over the loss if NO in one market. */
  readonly ifNo: number;
  readonly worse: number;
  readonly yesExcess: number;
}

const NO_SUMS: EventSums = Object.freeze({ longs: 0, either: 0, shortExcess: 0, ifNo: 0, worse: 0, yesExcess: 0 });

/** Everything but one market: what a check of that market needs to know of the rest. */
export interface OtherExposures {
  /** Other markets of its event. */
  readonly event: EventSums;
  /** Sum over the other events of their worst cases. */
  readonly accountContracts: number;
  readonly accountLoss: number;
}

export const NO_OTHERS: OtherExposures = Object.freeze({ event: NO_SUMS, accountContracts: 0, accountLoss: 0 });

const plus = (sums: EventSums, of: MarketExposure, payout: Price): EventSums => {
  const longs = longsAtWorst(of);
  const shorts = shortsAtWorst(of);
  const no = lossIfNo(of);
  const yes = lossIfYes(of, payout);
  return {
    longs: sums.longs + longs,
    either: sums.either + Math.max(longs, shorts),
    shortExcess: Math.max(sums.shortExcess, shorts - longs),
    ifNo: sums.ifNo + no,
    worse: sums.worse + Math.max(0, no, yes),
    yesExcess: Math.max(sums.yesExcess, yes - no),
  };
};

/** Contracts of an event that can lose together. Exclusive outcomes: all longs lose but those of the one market that settles YES, whose shorts lose instead. */
const contractsOfEvent = (sums: EventSums, exclusive: boolean): number =>
  exclusive ? sums.longs + Math.max(0, sums.shortExcess) : sums.either;
/** Most money that an event can lose; never negative: a sure gain in one event does not pay for another's loss. */
const lossOfEvent = (sums: EventSums, exclusive: boolean): number =>
  exclusive ? Math.max(0, sums.ifNo + Math.max(0, sums.yesExcess)) : sums.worse;

/** The worst cases that limits are held against, after one market has taken the given shape. */
export interface WorstCases {
  /** Contracts of the one market that lose if it settles NO, and if it settles YES; the larger is `market`. */
  readonly longs: number;
  readonly shorts: number;
  readonly market: number;
  readonly event: number;
  readonly account: number;
  /** Money lost if the one market settles NO, and if it settles YES; by the worst outcome of its event; by that of all events. */
  readonly ifNo: number;
  readonly ifYes: number;
  readonly eventLoss: number;
  readonly loss: number;
}

export const worstCases = (of: MarketExposure, market: Market, others: OtherExposures): WorstCases => {
  const event = plus(others.event, of, market.payout);
  const contracts = contractsOfEvent(event, market.mutuallyExclusive);
  const eventLoss = lossOfEvent(event, market.mutuallyExclusive);
  return {
    longs: longsAtWorst(of),
    shorts: shortsAtWorst(of),
    market: positionAtWorst(of),
    event: contracts,
    account: others.accountContracts + contracts,
    ifNo: lossIfNo(of),
    ifYes: lossIfYes(of, market.payout),
    eventLoss,
    loss: others.accountLoss + eventLoss,
  };
};

interface Entry {
  readonly market: Market;
  readonly event: EventEntry;
  exposure: MarketExposure;
}

interface EventEntry {
  readonly members: MarketIndex[];
  /** Outcomes exclude each other only where all its markets say so. */
  exclusive: boolean;
  contracts: number;
  loss: number;
}

/** Keeps every market's exposure, so that `others` of one is at hand without looking at all of them. */
export class Exposures {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #events = new Map<EventTicker, EventEntry>();
  #contracts = 0;
  #loss = 0;

  /** Tells what a market looks like now; the first time makes it known. */
  set(index: MarketIndex, market: Market, exposure: MarketExposure): void {
    let entry = this.#entries[index];
    if (entry !== undefined && isSame(entry.exposure, exposure)) return;
    if (entry === undefined) {
      entry = { market, event: this.#eventOf(market), exposure };
      entry.event.members.push(index);
      this.#entries[index] = entry;
    } else entry.exposure = exposure;
    this.#refresh(entry.event);
  }

  others(index: MarketIndex): OtherExposures {
    const event = this.#entries[index]?.event;
    if (event === undefined) return { event: NO_SUMS, accountContracts: this.#contracts, accountLoss: this.#loss };
    return {
      event: this.#sum(event.members, index),
      accountContracts: this.#contracts - event.contracts,
      accountLoss: this.#loss - event.loss,
    };
  }

  /** Worst cases of the whole account as it stands. */
  account(): { readonly contracts: number; readonly loss: number } {
    return { contracts: this.#contracts, loss: this.#loss };
  }

  #eventOf(market: Market): EventEntry {
    let event = this.#events.get(market.event);
    if (event === undefined) {
      event = { members: [], exclusive: market.mutuallyExclusive, contracts: 0, loss: 0 };
      this.#events.set(market.event, event);
    }
    event.exclusive &&= market.mutuallyExclusive;
    return event;
  }

  #refresh(event: EventEntry): void {
    const sums = this.#sum(event.members, null);
    const contracts = contractsOfEvent(sums, event.exclusive);
    const loss = lossOfEvent(sums, event.exclusive);
    this.#contracts += contracts - event.contracts;
    this.#loss += loss - event.loss;
    event.contracts = contracts;
    event.loss = loss;
  }

  #sum(members: readonly MarketIndex[], without: MarketIndex | null): EventSums {
    let sums = NO_SUMS;
    for (const index of members) {
      const entry = this.#entries[index];
      if (entry !== undefined && index !== without) sums = plus(sums, entry.exposure, entry.market.payout);
    }
    return sums;
  }
}

const isSame = (a: MarketExposure, b: MarketExposure): boolean =>
  a.position === b.position &&
  a.cost === b.cost &&
  a.bid === b.bid &&
  a.ask === b.ask &&
  a.bidCash === b.bidCash &&
  a.askCash === b.askCash;
