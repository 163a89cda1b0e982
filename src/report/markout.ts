/**
 * Markouts: what the mid did after our fills (quoting reference h). For a fill at P on side s (+1 bought), with the mid m_0 just before it and m_h the last one at or
 * before h later:
 *
 * effective half-spread s (m_0 - P), markout s (m_h - m_0), realized spread s (m_h - P) = effective + markout.
 *
 * All are means over contracts. A market that settles meanwhile is judged by its payout. A fill is dropped, and counted, where a side of the book was empty or the book
 * unknown at either moment; it waits while it is too young.
 */
import { signOf, type BookSide } from '../domain/market.js';
import { quantity, seconds, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import { WeightedMean } from './statistics.js';

/** Seconds after the fill at which results are stated. */
export const MARKOUT_SECONDS = [1, 10, 60] as const;
/** All horizons that are followed, for the curve. */
export const CURVE_SECONDS = [0.1, 0.5, 1, 3, 10, 30, 60, 300] as const;

/** Means are in price units per contract; null where nothing was judged, and errors where fewer than two fills were. */
export interface Markout {
  readonly seconds: number;
  /** Fills judged. */
  readonly fills: number;
  /** Their size together. */
  readonly size: Quantity;
  /** Fills that cannot be judged: no mid at one of the two moments. */
  readonly dropped: number;
  /** Fills that were too young when the run ended. */
  readonly waiting: number;
  readonly effective: number | null;
  readonly markout: number | null;
  readonly markoutError: number | null;
  readonly realized: number | null;
  readonly realizedError: number | null;
}

/** One fill at one horizon, once that is known. Prices are in price units. */
export interface Judged {
  /** As it was given with the fill. */
  readonly id: string;
  readonly seconds: number;
  /** Just before the fill, and at the horizon; null: the fill is dropped there. */
  readonly mid: number | null;
  readonly midAfter: number | null;
}

interface Waiting {
  readonly id: string;
  readonly due: number;
  readonly sign: 1 | -1;
  readonly price: Price;
  readonly mid: number;
  readonly size: number;
}

class Horizon {
  #waiting: Waiting[] = [];
  readonly #moved = new WeightedMean();
  readonly #kept = new WeightedMean();
  #dropped = 0;
  #unfinished = 0;
  constructor(
    readonly seconds: number,
    private readonly tell: (judged: Judged) => void,
  ) {}

  expect(fill: Omit<Waiting, 'due'>, at: EpochUs): void {
    this.#waiting.push({ ...fill, due: at + seconds(this.seconds) });
  }

  drop(id: string): void {
    this.#dropped++;
    this.tell({ id, seconds: this.seconds, mid: null, midAfter: null });
  }

  /** All that fell due before `now` (or at it, with `last`) saw `mid`, which stood until then. */
  judge(now: number, mid: number | null, last: 0 | 1 = 0): void {
    let done = 0;
    for (; done < this.#waiting.length; done++) {
      const fill = this.#waiting[done] as Waiting;
      if (fill.due >= now + last) break;
      if (mid === null) this.#dropped++;
      else {
        this.#moved.add(fill.sign * (mid - fill.mid), fill.size);
        this.#kept.add(fill.sign * (mid - fill.price), fill.size);
      }
      this.tell({ id: fill.id, seconds: this.seconds, mid: fill.mid, midAfter: mid });
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }

  take(other: Horizon): void {
    this.#moved.take(other.#moved);
    this.#kept.take(other.#kept);
    this.#dropped += other.#dropped;
    this.#unfinished += other.#unfinished + other.#waiting.length;
  }

  get result(): Markout {
    const { mean: markout, error: markoutError } = this.#moved;
    const { mean: realized, error: realizedError } = this.#kept;
    return {
      seconds: this.seconds,
      fills: this.#moved.n,
      size: quantity(this.#moved.weight),
      dropped: this.#dropped,
      waiting: this.#unfinished + this.#waiting.length,
      effective: realized === null || markout === null ? null : realized - markout,
      markout,
      markoutError,
      realized,
      realizedError,
    };
  }
}

/** Markouts of one market. Feed it mids and fills in the order of their times. */
export class Markouts {
  readonly #horizons: readonly Horizon[];
  #mid: number | null = null;
  #settled: number | null = null;

  /** @param tell hears of every fill at every horizon; absent where only the sums matter */
  constructor(tell: (judged: Judged) => void = () => {}) {
    this.#horizons = CURVE_SECONDS.map((horizon) => new Horizon(horizon, tell));
  }

  /** @param mid null: a side of the book is empty, or the book is not known */
  mid(at: EpochUs, mid: number | null): void {
    this.passed(at);
    if (this.#settled === null) this.#mid = mid;
  }

  /** Time has come to `at`; what stood stands. */
  passed(at: EpochUs): void {
    for (const horizon of this.#horizons) horizon.judge(at, this.#mid);
  }

  /** @param size positive @param id by which `tell` names the fill */
  fill(at: EpochUs, side: BookSide, price: Price, size: Quantity, id = ''): void {
    const mid = this.#mid;
    for (const horizon of this.#horizons)
      if (mid === null) horizon.drop(id);
      else horizon.expect({ id, sign: signOf(side), price, mid, size }, at);
  }

  /** The payout is known: every fill that waits is judged by it. */
  settle(at: EpochUs, value: Price): void {
    this.passed(at);
    this.#settled = value;
    this.#mid = value;
    for (const horizon of this.#horizons) horizon.judge(Number.POSITIVE_INFINITY, value);
  }

  /** The run ended at `at`: what was due then is judged by what stood. */
  finish(at: EpochUs): void {
    for (const horizon of this.#horizons) horizon.judge(at, this.#mid, 1);
  }

  /** Takes the fills of another market into these figures. */
  take(other: Markouts): void {
    for (const [i, horizon] of this.#horizons.entries()) {
      const theirs = other.#horizons[i];
      if (theirs !== undefined) horizon.take(theirs);
    }
  }

  list(): readonly Markout[] {
    return this.#horizons.map((horizon) => horizon.result);
  }
}
