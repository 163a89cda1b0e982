/** Stoikov's microprice of one market, counted from the changes at the top of its book. */
import { adjustments } from './microprice.js';

/** Imbalance is told in fifths, the spread as one, two or more ticks, changes of the mid in half ticks up to two ticks. */
const FIFTHS = 5;
const SPREADS = 3;
const STATES = FIFTHS * SPREADS;
const STEPS = [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2];
/** Transitions before it is believed, and between two times that it is made anew. */
const TRANSITIONS_MIN = 500;
const RENEW_EVERY = 100;

/** The top of a book without our own orders, in price units and any unit of size. */
export interface TopGlance {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  /** Step of the grid at the mid. */
  readonly tick: number;
}

export class LiveMicroprice {
  readonly #still = square();
  readonly #moves = square();
  readonly #sizes: number[][] = Array.from({ length: STATES }, () => STEPS.map(() => 0));
  #transitions = 0;
  #renewedAt = 0;
  #state = -1;
  #mid = NaN;
  #adjustment: readonly number[] | null = null;

  /** The top has changed. */
  observe(top: TopGlance): void {
    const state = stateOf(top);
    const mid = (top.bid + top.ask) / 2;
    if (this.#state >= 0) this.#count(this.#state, state, (mid - this.#mid) / top.tick);
    this.#state = state;
    this.#mid = mid;
    if (this.#transitions >= TRANSITIONS_MIN && this.#transitions - this.#renewedAt >= RENEW_EVERY) this.#renew();
  }

  /** The book is not known any more. */
  interrupt(): void {
    this.#state = -1;
  }

  /** In price units, between the best prices. Until enough is known: the weighted mid, half-way back to the mid. */
  value(top: TopGlance): number {
    const mid = (top.bid + top.ask) / 2;
    if (this.#adjustment === null) return (mid + (top.bidSize * top.ask + top.askSize * top.bid) / (top.bidSize + top.askSize)) / 2;
    const shift = (this.#adjustment[stateOf(top)] ?? 0) * top.tick;
    return Math.min(top.ask, Math.max(top.bid, mid + shift));
  }

  get transitions(): number {
    return this.#transitions;
  }

  /** Every change counts twice: as it is, and seen from the other side, so that a trend of the day is not taken for the nature of the book. */
  #count(from: number, to: number, change: number): void {
    this.#transitions++;
    for (const [a, b, sign] of [
      [from, to, 1],
      [mirrored(from), mirrored(to), -1],
    ] as const) {
      const counts = change === 0 ? this.#still : this.#moves;
      add(counts, a, b);
      if (change !== 0) add(this.#sizes, a, stepOf(sign * change));
    }
  }

  #renew(): void {
    this.#renewedAt = this.#transitions;
    const totals = this.#still.map((row, i) => sum(row) + sum(this.#moves[i] ?? []));
    const shares = (counts: readonly (readonly number[])[]): number[][] =>
      counts.map((row, i) => row.map((count) => ((totals[i] ?? 0) > 0 ? count / (totals[i] ?? 1) : 0)));
    this.#adjustment = adjustments({
      still: shares(this.#still),
      moves: shares(this.#moves),
      sizes: shares(this.#sizes),
      steps: STEPS,
    }).all;
  }
}

const stateOf = ({ bid, bidSize, ask, askSize, tick }: TopGlance): number => {
  const fifth = Math.min(FIFTHS - 1, Math.floor((bidSize / (bidSize + askSize)) * FIFTHS));
  const spread = Math.min(SPREADS, Math.max(1, Math.round((ask - bid) / tick)));
  return (spread - 1) * FIFTHS + fifth;
};

const mirrored = (state: number): number => state - (state % FIFTHS) + (FIFTHS - 1 - (state % FIFTHS));

/** The nearest of the steps; never no step. */
const stepOf = (change: number): number => {
  const halves = Math.min(4, Math.max(1, Math.round(Math.abs(change) * 2)));
  return change > 0 ? 3 + halves : 4 - halves;
};

const square = (): number[][] => Array.from({ length: STATES }, () => Array.from({ length: STATES }, () => 0));
const add = (counts: number[][], i: number, j: number): void => {
  const row = counts[i] as number[];
  row[j] = (row[j] ?? 0) + 1;
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
