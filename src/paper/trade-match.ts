/**
 * One trade shows twice in the public feed: as a trade, and as a reduction of the level it took from. They travel on two subscriptions whose order between them is
 * promised by nobody (recorded: mostly the reduction first, one in six the trade, and a sweep tells all its reductions before all its trades). This finds which
 * reductions were trades, so that none is counted twice; the others were cancels.
 *
 * What helps: each kind is in the exchange's order within itself, both carry the same time of the exchange, and only the best price of a side can trade.
 */
import type { BookSide } from '../domain/market.js';
import { durationUs, UNKNOWN_TIME, type EpochUs, type Price } from '../domain/units.js';

/** A reduction that waits for its trade, or a trade that waits for its reduction. */
export interface Unmatched {
  readonly side: BookSide;
  readonly price: Price;
  size: number;
  /** The market's count of public messages. */
  readonly count: number;
  readonly at: EpochUs;
  readonly exchangeAt: EpochUs;
}

/** A reduction without a trade after this time was a cancel. Recorded pairs carry the same millisecond and arrive within a few. */
const WAIT = durationUs(1_000_000);
/** Two stamps of one moment. */
const SAME = durationUs(1_000);
/** Older recordings stamp trades with whole seconds. */
const WHOLE_SECOND = durationUs(1_000_000);

/** False only where the two cannot be of one moment. */
const sameMoment = (reduction: EpochUs, trade: EpochUs): boolean => {
  if (reduction === UNKNOWN_TIME || trade === UNKNOWN_TIME) return true;
  if (Math.abs(reduction - trade) <= SAME) return true;
  return trade % WHOLE_SECOND === 0 && reduction - trade >= 0 && reduction - trade < WHOLE_SECOND;
};

export class TradeMatch {
  readonly #reductions: Unmatched[] = [];
  readonly #trades: Unmatched[] = [];
  readonly #wasCancel: (reduction: Unmatched) => void;
  readonly #wasHidden: (trade: Unmatched) => void;

  /**
   * @param wasCancel a reduction, or what is left of it, had no trade
   * @param wasHidden a trade, or what is left of it, took nothing that the book had shown
   */
  constructor(wasCancel: (reduction: Unmatched) => void, wasHidden: (trade: Unmatched) => void) {
    this.#wasCancel = wasCancel;
    this.#wasHidden = wasHidden;
  }

  /** What the book shows at a price less than what is accounted for there: reductions that wait, less trades that wait. */
  open(side: BookSide, price: Price): number {
    let sum = 0;
    for (const each of this.#reductions) if (each.price === price && each.side === side) sum += each.size;
    for (const each of this.#trades) if (each.price === price && each.side === side) sum -= each.size;
    return sum;
  }

  /** A reduction of the best level of its side. Waits for its trade unless that has been told already. */
  reduced(reduction: Unmatched): void {
    for (const trade of this.#trades)
      if (trade.price === reduction.price && trade.side === reduction.side && sameMoment(reduction.exchangeAt, trade.exchangeAt)) {
        const size = Math.min(trade.size, reduction.size);
        trade.size -= size;
        reduction.size -= size;
      }
    drop(this.#trades);
    if (reduction.size > 0) this.#reductions.push(reduction);
  }

  /**
   * A trade; `side` is the resting one. Reductions of earlier moments had their chance: they were cancels.
   * @returns the count of the reduction that showed it, or its own where it was told first
   */
  traded(trade: Unmatched): number {
    this.#settleBefore(trade.exchangeAt);
    let shownAt = 0;
    const exact = this.#reductions.find((each) => each.size === trade.size && fits(each, trade));
    for (const each of exact === undefined ? this.#reductions : [exact]) {
      if (trade.size === 0) break;
      if (!fits(each, trade)) continue;
      const size = Math.min(each.size, trade.size);
      each.size -= size;
      trade.size -= size;
      shownAt = each.count;
    }
    drop(this.#reductions);
    if (trade.size > 0) this.#trades.push(trade);
    return shownAt === 0 ? trade.count : shownAt;
  }

  /** Time passes: who has waited too long waits no more. */
  passTo(now: EpochUs): void {
    while (this.#reductions.length > 0 && now - (this.#reductions[0] as Unmatched).at > WAIT)
      this.#wasCancel(this.#reductions.shift() as Unmatched);
    while (this.#trades.length > 0 && now - (this.#trades[0] as Unmatched).at > WAIT) this.#wasHidden(this.#trades.shift() as Unmatched);
  }

  /** The book was lost: what is still to come belongs to a state that nobody will show. */
  clear(): void {
    this.#reductions.length = 0;
    this.#trades.length = 0;
  }

  #settleBefore(moment: EpochUs): void {
    if (moment === UNKNOWN_TIME) return;
    for (let first = this.#reductions[0]; first !== undefined; first = this.#reductions[0]) {
      if (first.exchangeAt === UNKNOWN_TIME || first.exchangeAt >= moment || sameMoment(first.exchangeAt, moment)) return;
      this.#reductions.shift();
      this.#wasCancel(first);
    }
  }
}

const fits = (reduction: Unmatched, trade: Unmatched): boolean =>
  reduction.price === trade.price && reduction.side === trade.side && sameMoment(reduction.exchangeAt, trade.exchangeAt);

/** Forgets what is used up. */
const drop = (list: Unmatched[]): void => {
  if (!list.some((each) => each.size === 0)) return;
  let kept = 0;
  for (const each of list) if (each.size > 0) list[kept++] = each;
  list.length = kept;
};
