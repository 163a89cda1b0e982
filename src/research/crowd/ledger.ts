/** What one run did: every fill with the fair price of its moment, how the market ended, and what follows from both. */
import { signOf, type BookSide } from '../../domain/market.js';
import {
  contractsOf,
  dollarsOfCash,
  dollarsOfPrice,
  between,
  toSeconds,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../../domain/units.js';
import { STARTS_AT } from './crowd-world.js';

export interface CrowdFill {
  /** At the exchange. */
  readonly at: EpochUs;
  readonly side: BookSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Cash;
}

/** The crowd's fair price is a step function of time; this keeps one value per step. */
export class FairRecord {
  readonly #values: number[] = [];

  constructor(private readonly stepSeconds: number) {}

  /** @param fair price at `at`; at least one call per step, in order of time */
  note(at: EpochUs, fair: number): void {
    const step = this.#stepOf(at);
    for (let i = this.#values.length; i <= step; i++) this.#values.push(fair);
  }

  at(time: EpochUs): number {
    const last = this.#values.length - 1;
    return this.#values[Math.min(Math.max(this.#stepOf(time), 0), last)] as number;
  }

  #stepOf(at: EpochUs): number {
    return Math.floor(toSeconds(between(STARTS_AT, at)) / this.stepSeconds + 1e-9);
  }
}

export interface CrowdRun {
  readonly fills: readonly CrowdFill[];
  readonly fair: FairRecord;
  /** Value of YES at the end, in dollars. */
  readonly settlement: number;
  /** Moment of the close. */
  readonly closesAt: EpochUs;
  /** Part of the time from the first quote to the close with both sides quoted. */
  readonly uptime: number;
  readonly halted: string | null;
}

/** In dollars and contracts. */
export interface RunFigures {
  readonly pnl: number;
  /** The same with what was held at the close valued at the fair price: as large on average, with less chance in it. */
  readonly pnl_fair: number;
  /** Distance of all fills from the fair price, times size. */
  readonly spread: number;
  readonly fills: number;
  readonly contracts: number;
  readonly max_q: number;
  /** Cents per contract by which the fair price moved against the fills within ten seconds. */
  readonly adverse: number;
  readonly uptime: number;
}

const MARKOUT_US = 10_000_000;
const CENTS = 100;

export const figuresOf = (run: CrowdRun): RunFigures => {
  let cash = 0;
  let held = 0;
  let widest = 0;
  let spread = 0;
  let against = 0;
  let contracts = 0;
  for (const fill of run.fills) {
    const sign = signOf(fill.side);
    const size = contractsOf(fill.quantity);
    const price = dollarsOfPrice(fill.price);
    const fair = run.fair.at(fill.at);
    cash -= sign * price * size + dollarsOfCash(fill.fee);
    held += sign * size;
    widest = Math.max(widest, Math.abs(held));
    spread += sign * (fair - price) * size;
    against += sign * (fair - run.fair.at((fill.at + MARKOUT_US) as EpochUs)) * size;
    contracts += size;
  }
  return {
    pnl: cash + held * run.settlement,
    pnl_fair: cash + held * run.fair.at(run.closesAt),
    spread,
    fills: run.fills.length,
    contracts,
    max_q: widest,
    adverse: contracts === 0 ? 0 : (against / contracts) * CENTS,
    uptime: run.uptime,
  };
};
