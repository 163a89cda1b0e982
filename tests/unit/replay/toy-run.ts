/** A small run with known answers: one market, a mid that moves, fills of ours, and the journal of it all. */
import type { Booked, Decision, EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { eventTicker, fillId, marketIndex, seriesTicker, ticker, venueOrderId } from '../../../src/domain/ids.js';
import { QUADRATIC } from '../../../src/domain/fees.js';
import type { FillReport } from '../../../src/domain/order.js';
import {
  cash,
  epochUs,
  price,
  quantity,
  subtractCash,
  UNKNOWN_TIME,
  type Cash,
  type EpochUs,
  type Price,
} from '../../../src/domain/units.js';
import { Inventory, type Holding } from '../../../src/execution/inventory.js';
import { Journal } from '../../../src/logger/journal.js';
import { JournalReader } from '../../../src/logger/journal-reader.js';
import type { JournalHeader } from '../../../src/logger/journal-segment.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { grid } from '../../support/grids.js';

const M = marketIndex(0);
const FEE = 100;
export const START = 1_795_000_000_000_000;
export const NAME = ticker('KX-TOY');
export const HEADER: JournalHeader = {
  build: '0.1.0',
  run: 'toy',
  created: epochUs(START),
  environment: 'sim',
  seed: null,
  settings: {},
};

export const listed: EngineEvent = {
  type: 'market-listed',
  at: epochUs(START),
  index: marketIndex(0),
  market: {
    ticker: NAME,
    event: eventTicker('KX'),
    series: seriesTicker('KX'),
    shard: 0,
    status: 'active',
    payout: price(10_000),
    grid: grid('linear_cent'),
    fees: QUADRATIC,
    closesAt: null,
    mutuallyExclusive: false,
    assumed: [],
  },
};

/** Of a name of its own: `fill` is an array method to the linter. */
const book = (inventory: Inventory, report: FillReport): Holding => inventory.fill(report);

/**
 * An engine of a few lines: every trade is a fill of ours on the passive side, every tick a decision. Its account is the inventory of the bot and, beside it, money and
 * position counted the plain way, so that reports can be checked against both.
 */
export class ToyEngine {
  readonly #inventory = new Inventory();
  #position = 0;
  #money = 0;
  #fees = 0;
  #fills = 0;
  #mid = 5000;
  step(event: EngineEvent): readonly EngineAction[] {
    if (event.type === 'book-delta') this.#mid = event.price;
    if (event.type === 'tick') return [this.#decision(event.at, 'interval')];
    if (event.type === 'market-changed' && event.settlesAt !== undefined) return this.#settle(event.settlesAt);
    if (event.type !== 'trade') return [];
    const sign = event.takerSide === 'ask' ? 1 : -1;
    this.#position += sign * event.quantity;
    this.#money -= sign * event.quantity * event.price;
    this.#fees += FEE;
    return [this.#booked(event.at, event.price, sign * event.quantity), this.#decision(event.at, 'fill')];
  }

  get net(): Cash {
    return cash(this.#money + this.#position * this.#mid - this.#fees);
  }

  #booked(at: EpochUs, traded: Price, change: number): Booked {
    const before = this.#inventory.realized(M);
    const report: FillReport = {
      fillId: fillId(`fill-${++this.#fills}`),
      orderId: venueOrderId('order'),
      clientId: null,
      market: M,
      side: change > 0 ? 'bid' : 'ask',
      price: traded,
      quantity: quantity(Math.abs(change)),
      fee: cash(FEE),
      role: 'maker',
      positionAfter: null,
      exchangeAt: at,
    };
    const { realized, position, cost } = book(this.#inventory, report);
    const { positionAfter: _, ...told } = report;
    return { type: 'booked', at, ...told, source: 'stream', realized: subtractCash(realized, before), position, cost };
  }

  #settle(value: Price): readonly EngineAction[] {
    const booked = this.#inventory.settle(M, value, price(10_000));
    if (booked === null) return [];
    this.#money += this.#position * value;
    this.#fees += booked.fee;
    this.#position = 0;
    const { realized, fee, corrected } = booked;
    const cause = corrected ? 'settlement-corrected' : 'settled';
    const { position, cost } = this.#inventory.holding(M);
    return [{ type: 'adjusted', market: M, cause, position, cost, realized, fee, asOf: UNKNOWN_TIME }];
  }

  #decision(at: number, cause: Decision['cause']): Decision {
    return {
      type: 'decision',
      market: marketIndex(0),
      at: epochUs(at),
      bestBid: price(this.#mid - 100),
      bestAsk: price(this.#mid + 100),
      mid: this.#mid,
      fair: this.#mid,
      reservation: this.#mid - this.#position / 100,
      bid: price(this.#mid - 100),
      bidSize: quantity(1000),
      ask: price(this.#mid + 100),
      askSize: quantity(1000),
      noBid: null,
      noAsk: null,
      inventory: quantity(this.#position),
      unrealized: this.#inventory.unrealized(M, this.#mid),
      realized: this.#inventory.realized(M),
      fees: this.#inventory.fees(M),
      cause,
    };
  }
}

export interface Move {
  readonly afterMs: number;
  readonly kind: 'tick' | 'mid' | 'hit' | 'lift' | 'settle';
  readonly price: number;
  readonly size: number;
}

/** The facts of a list of moves. */
export const eventsOf = (moves: readonly Move[]): EngineEvent[] => {
  let at = START;
  const events: EngineEvent[] = [listed];
  for (const move of moves) {
    at += move.afterMs * 1000;
    const now = epochUs(at);
    if (move.kind === 'tick') events.push({ type: 'tick', at: now });
    else if (move.kind === 'settle') events.push({ type: 'market-changed', at: now, market: marketIndex(0), settlesAt: price(move.price) });
    else if (move.kind === 'mid')
      events.push({
        type: 'book-delta',
        at: now,
        market: marketIndex(0),
        side: 'bid',
        price: price(move.price),
        change: quantity(1),
        exchangeAt: now,
      });
    else
      events.push({
        type: 'trade',
        at: now,
        market: marketIndex(0),
        price: price(move.price),
        quantity: quantity(move.size),
        takerSide: move.kind === 'hit' ? 'ask' : 'bid',
        exchangeAt: now,
      });
  }
  return events;
};

export interface ToyRun {
  readonly files: MemoryFiles;
  readonly engine: ToyEngine;
}

/**
 * Runs and records them.
 * @param options `closed`: the run ended in good order; `bufferBytes`: records beyond it are refused, until a flush at every hundredth event
 */
export const runOf = (events: readonly EngineEvent[], options: { readonly closed: boolean; readonly bufferBytes?: number }): ToyRun => {
  const files = new MemoryFiles();
  const { bufferBytes } = options;
  const journal =
    bufferBytes === undefined ? new Journal(files, HEADER) : new Journal(files, HEADER, { segmentBytes: 1 << 20, bufferBytes });
  const engine = new ToyEngine();
  for (const [i, event] of events.entries()) {
    journal.event(event);
    journal.actions(engine.step(event));
    if (bufferBytes !== undefined && i % 100 === 99) journal.flush();
  }
  if (options.closed) journal.close();
  else journal.flush();
  return { files, engine };
};

export const recordsOf = (files: MemoryFiles) => new JournalReader(files).records();
