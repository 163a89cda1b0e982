/** What a person wants to see of a run, folded from its records. Knows nothing of the engine: records in, numbers out. */
import type { Booked, Decision, Halt, Say } from '../domain/actions.js';
import type { MarketEstimates } from '../domain/estimates.js';
import type { EngineEvent } from '../domain/events.js';
import type { MarketIndex, Ticker } from '../domain/ids.js';
import type { Call } from '../domain/order.js';
import {
  addCash,
  addQuantity,
  formatPrice,
  formatQuantity,
  subtractCash,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';

export interface Counters {
  deltas: number;
  placed: number;
  amended: number;
  decreased: number;
  cancelled: number;
  rejected: number;
  unknown: number;
  fills: number;
  volume: Quantity;
  decisions: number;
  books: number;
}

export interface MarketLine {
  readonly index: MarketIndex;
  readonly ticker: Ticker;
  readonly decision: Decision | null;
}

/** How the run stands, in one word for the first line. */
export type Standing = 'starting' | 'trading' | 'recovering' | 'stopping' | 'stopped' | 'halted';

/** Something worth reading: what the bot said, or a fill. */
export type Note = Pick<Say, 'severity' | 'text'>;

const NOTES_KEPT = 50;

/** `Bought 10.00 KXA-1 at 0.3000, position 10.00.` */
export const fillText = (booked: Booked, ticker: Ticker): string =>
  `${booked.side === 'bid' ? 'Bought' : 'Sold'} ${formatQuantity(booked.quantity)} ${ticker} at ${formatPrice(booked.price)}, position ${formatQuantity(booked.position)}.`;

export class StatusModel {
  readonly counters: Counters = {
    deltas: 0,
    placed: 0,
    amended: 0,
    decreased: 0,
    cancelled: 0,
    rejected: 0,
    unknown: 0,
    fills: 0,
    volume: ZERO_QUANTITY,
    decisions: 0,
    books: 0,
  };
  readonly #tickers = new Map<MarketIndex, Ticker>();
  readonly #last = new Map<MarketIndex, Decision>();
  readonly #notes: Note[] = [];
  standing: Standing = 'starting';
  halt: Halt | null = null;

  event(event: EngineEvent): void {
    switch (event.type) {
      case 'market-listed':
        this.#tickers.set(event.index, event.market.ticker);
        break;
      case 'book-delta':
        this.counters.deltas++;
        break;
      case 'book-snapshot':
        this.counters.books++;
        break;
      case 'command-refused':
        if (event.command === 'place' || event.command === 'amend') this.counters.rejected++;
        break;
      case 'command-unknown':
        this.counters.unknown++;
        break;
      case 'control':
        if (event.command === 'stop') this.standing = 'stopping';
        break;
      case 'feed-down':
        if (this.standing === 'trading') this.standing = 'recovering';
        break;
      default:
        break;
    }
  }

  decision(decision: Decision): void {
    this.#last.set(decision.market, decision);
    this.counters.decisions++;
    if (decision.bid !== null || decision.ask !== null)
      if (this.standing === 'starting' || this.standing === 'recovering') this.standing = 'trading';
  }

  booked(booked: Booked): void {
    this.counters.fills++;
    this.counters.volume = addQuantity(this.counters.volume, booked.quantity);
    const ticker = this.#tickers.get(booked.market);
    if (ticker !== undefined) this.#note({ severity: 'info', text: fillText(booked, ticker) });
  }

  sent(call: Call): void {
    for (const command of call.commands) {
      if (command.type === 'place') this.counters.placed++;
      if (command.type === 'amend') this.counters.amended++;
      if (command.type === 'decrease') this.counters.decreased++;
    }
  }

  say(say: Say): void {
    if (say.severity !== 'debug') this.#note(say);
  }

  /** Of many notes the oldest harmless one goes first: what went wrong stays to be read. */
  #note(note: Note): void {
    this.#notes.push(note);
    if (this.#notes.length <= NOTES_KEPT) return;
    const harmless = this.#notes.findIndex(({ severity }) => severity === 'info');
    this.#notes.splice(Math.max(0, harmless), 1);
  }

  halted(halt: Halt): void {
    this.halt = halt;
    this.standing = 'halted';
  }

  ticker(market: MarketIndex): Ticker | undefined {
    return this.#tickers.get(market);
  }

  /** Every market of the run with its last decision, in the order they joined. */
  get markets(): readonly MarketLine[] {
    return [...this.#tickers].map(([index, ticker]) => ({ index, ticker, decision: this.#last.get(index) ?? null }));
  }

  /** The latest notes, newest last. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** Realized plus unrealized less fees, over all markets. */
  get profit(): Cash {
    let sum = ZERO_CASH;
    for (const d of this.#last.values()) sum = subtractCash(addCash(sum, addCash(d.realized, d.unrealized)), d.fees);
    return sum;
  }

  get fees(): Cash {
    let sum = ZERO_CASH;
    for (const d of this.#last.values()) sum = addCash(sum, d.fees);
    return sum;
  }
}

/** A second set of parameters on paper beside the run. */
export interface CompanionStanding {
  readonly strategy: string;
  readonly file: string;
  /** null while it does not step yet. */
  readonly profit: Cash | null;
  readonly fills: number;
  /** Result of the run less that of its companion, in dollars, with its 95 % interval over so many pairs of so many seconds; null for too few. */
  readonly difference: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly groups: number;
  readonly groupSeconds: number;
  /** Facts that wait for it. */
  readonly behind: number;
  /** Why it ended before the run, or null. */
  readonly ended: string | null;
}

/** What the world outside the records adds to a picture. */
export interface Surroundings {
  readonly env: string;
  readonly strategy: string;
  readonly now: EpochUs;
  readonly startedAt: EpochUs;
  readonly frames: number;
  readonly gaps: number;
  readonly droppedRows: number;
  readonly openOrders: number;
  /** What is believed of a market; null where it is not known. */
  readonly estimates: (market: MarketIndex) => MarketEstimates | null;
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Absent: none. */
  readonly shadow?: CompanionStanding;
}
