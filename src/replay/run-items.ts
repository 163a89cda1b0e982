/** The journal of a run, turned into the items that reports are made of, and into the rows of its tape. */
import type { Booked, EngineAction } from '../domain/actions.js';
import { TradingError } from '../domain/errors.js';
import type { EngineEvent } from '../domain/events.js';
import { ticker, type MarketIndex, type Ticker } from '../domain/ids.js';
import { UNKNOWN_TIME, ZERO_CASH, type EpochUs, type Price } from '../domain/units.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import { JournalDamagedError } from '../logger/storage-errors.js';
import { tapeRowOf, type TapeRow } from '../logger/tape-row.js';
import type { RunItem } from '../report/run-items.js';
import { BookMids } from './book-mids.js';
import { OwnOrders, type PlaceEnded } from './own-orders.js';

export interface ItemOptions {
  /** The recorded book contains our own orders, so they are taken out before a mid is made: on an exchange yes, on paper no. */
  readonly bookHasOwnOrders: boolean;
}

/** The items of a journal, in the order of its records. @throws JournalDamagedError also for a record that is whole and makes no sense */
export function* itemsOfJournal(records: Iterable<JournalRecord>, options: ItemOptions): Generator<RunItem, void, undefined> {
  const source = new ItemSource(options);
  for (const record of records) {
    try {
      if (record.type === 'event') yield* source.event(record.event);
      else if (record.type === 'actions') for (const action of record.actions) yield* source.action(action);
    } catch (error) {
      throw error instanceof TradingError ? error : senseless(record, error);
    }
  }
}

const senseless = (record: JournalRecord, cause: unknown): JournalDamagedError => {
  const place = 'number' in record ? `at event ${record.number}` : `in a record of ${record.type}`;
  const found = cause instanceof Error ? cause.message : String(cause);
  return new JournalDamagedError(place, 0, 'a record that makes sense', found, { cause });
};

/** The tape of a run from its journal: what a crash kept from the tape is in the journal, once. */
export function* tapeOfJournal(records: Iterable<JournalRecord>): Generator<TapeRow, void, undefined> {
  const names = new Map<MarketIndex, Ticker>();
  let seq = 0;
  for (const record of records) {
    if (record.type === 'event' && record.event.type === 'market-listed') names.set(record.event.index, record.event.market.ticker);
    if (record.type !== 'actions') continue;
    for (const action of record.actions)
      if (action.type === 'decision') yield tapeRowOf(action, names.get(action.market) ?? unnamed(action.market), null, ++seq);
  }
}

const unnamed = (market: MarketIndex): Ticker => ticker(`#${market}`);

/** Items of facts and actions as they come: for whoever has them at hand without a journal, such as a backtest. */
export class ItemSource {
  readonly #names = new Map<MarketIndex, Ticker>();
  readonly #settled = new Map<MarketIndex, Price>();
  readonly #orders = new OwnOrders();
  readonly #mids: BookMids;
  #at: EpochUs = UNKNOWN_TIME;

  constructor({ bookHasOwnOrders }: ItemOptions) {
    this.#mids = new BookMids(bookHasOwnOrders ? (market) => this.#orders.resting(market) : null);
  }

  *event(event: EngineEvent): Generator<RunItem, void, undefined> {
    this.#at = event.at;
    this.#mids.event(event);
    switch (event.type) {
      case 'market-listed': {
        const { ticker: name, event: of, payout, mutuallyExclusive } = event.market;
        this.#names.set(event.index, name);
        yield { type: 'market', ticker: name, event: of, payout, exclusive: mutuallyExclusive };
        break;
      }
      case 'market-changed':
        if (event.settlesAt !== undefined) this.#settled.set(event.market, event.settlesAt);
        break;
      case 'carried-over':
        for (const { market, position, cost } of event.holdings)
          yield this.#adjusted(market, { cause: 'adopted', position, cost, realized: ZERO_CASH, fee: ZERO_CASH }, null);
        break;
      case 'batch-end':
      case 'tick':
        for (const { market, mid } of this.#mids.changes()) yield { type: 'mid', at: event.at, ticker: this.#name(market), mid };
        break;
      default:
        yield* this.#ended(this.#orders.event(event));
    }
  }

  *action(action: EngineAction): Generator<RunItem, void, undefined> {
    switch (action.type) {
      case 'send':
        for (const command of action.call.commands) {
          const keepsPlace = this.#orders.sent(command, this.#at);
          this.#mids.touch(command.market);
          yield { type: 'sent', at: this.#at, ticker: this.#name(command.market), command, keepsPlace };
        }
        break;
      case 'booked':
        yield* this.#fill(action);
        break;
      case 'adjusted': {
        const { market, asOf: _, type: __, ...adjusted } = action;
        const isPaidOut = adjusted.cause === 'settled' || adjusted.cause === 'settlement-corrected';
        yield this.#adjusted(market, adjusted, isPaidOut ? (this.#settled.get(market) ?? null) : null);
        break;
      }
      case 'decision':
        yield { type: 'row', ticker: this.#name(action.market), decision: action };
        break;
      default:
        break;
    }
  }

  *#fill(booked: Booked): Generator<RunItem, void, undefined> {
    const { isFirst, ended } = this.#orders.booked(booked, this.#at);
    const { fillId, side, price, quantity, fee, role, realized, position, cost } = booked;
    this.#mids.touch(booked.market);
    const of = { at: this.#at, ticker: this.#name(booked.market), fillId, isFirstOfOrder: isFirst };
    yield { type: 'fill', fill: { ...of, side, price, quantity, fee, role, realized, position, cost } };
    yield* this.#ended(ended);
  }

  *#ended(places: readonly PlaceEnded[]): Generator<RunItem, void, undefined> {
    for (const { market, kept, end } of places) {
      this.#mids.touch(market);
      yield { type: 'place-ended', at: this.#at, ticker: this.#name(market), kept, end };
    }
  }

  #adjusted(market: MarketIndex, adjusted: Extract<RunItem, { type: 'adjusted' }>['adjusted'], settlesAt: Price | null): RunItem {
    return { type: 'adjusted', at: this.#at, ticker: this.#name(market), adjusted, settlesAt };
  }

  #name(market: MarketIndex): Ticker {
    return this.#names.get(market) ?? unnamed(market);
  }
}
