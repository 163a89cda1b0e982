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
  readonly market: number;
  readonly event: number;
  readonly account: number;
  readonly loss: number;
}

export const worstCases = (of: MarketExposure, market: Market, others: OtherExposures): WorstCases => {
  const event = plus(others.event, of, market.payout);
  const contracts = contractsOfEvent(event, market.mutuallyExclusive);
  return {
    market: positionAtWorst(of),
    event: contracts,
    account: others.accountContracts + contracts,
    loss: others.accountLoss + lossOfEvent(event, market.mutuallyExclusive),
  };
};

interface Entry {
  readonly market: Market;
  exposure: MarketExposure;
}

/** Keeps every market's exposure, so that `others` of one is at hand. Markets of one event are expected to agree on `mutuallyExclusive`. */
export class Exposures {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #events = new Map<EventTicker, MarketIndex[]>();

  /** Tells what a market looks like now; the first time makes it known. */
  set(index: MarketIndex, market: Market, exposure: MarketExposure): void {
    const entry = this.#entries[index];
    if (entry !== undefined) {
      entry.exposure = exposure;
      return;
    }
    this.#entries[index] = { market, exposure };
    const members = this.#events.get(market.event);
    if (members === undefined) this.#events.set(market.event, [index]);
    else members.push(index);
  }

  others(index: MarketIndex): OtherExposures {
    const own = this.#entries[index]?.market.event;
    let event = NO_SUMS;
    let accountContracts = 0;
    let accountLoss = 0;
    for (const [name, members] of this.#events) {
      const sums = this.#sum(members, index);
      if (name === own) {
        event = sums;
        continue;
      }
      const exclusive = this.#isExclusive(members);
      accountContracts += contractsOfEvent(sums, exclusive);
      accountLoss += lossOfEvent(sums, exclusive);
    }
    return { event, accountContracts, accountLoss };
  }

  /** Worst cases of the whole account as it stands. */
  account(): { readonly contracts: number; readonly loss: number } {
    let contracts = 0;
    let loss = 0;
    for (const members of this.#events.values()) {
      const sums = this.#sum(members, null);
      const exclusive = this.#isExclusive(members);
      contracts += contractsOfEvent(sums, exclusive);
      loss += lossOfEvent(sums, exclusive);
    }
    return { contracts, loss };
  }

  #sum(members: readonly MarketIndex[], without: MarketIndex | null): EventSums {
    let sums = NO_SUMS;
    for (const index of members) {
      const entry = this.#entries[index];
      if (entry !== undefined && index !== without) sums = plus(sums, entry.exposure, entry.market.payout);
    }
    return sums;
  }

  #isExclusive(members: readonly MarketIndex[]): boolean {
    return members.every((index) => this.#entries[index]?.market.mutuallyExclusive === true);
  }
}
