/**
 * What a run leaves to the next: every market's position, and which fills are in it. Folded from the journal's own words (positions stand in every booking), so a tail is
 * as good as the whole, and nothing is decided again.
 */
import type { Adjusted, Booked, EngineAction } from '../domain/actions.js';
import type { CarriedOver, EngineEvent, SessionSoFar } from '../domain/events.js';
import type { FillId, MarketIndex, Ticker } from '../domain/ids.js';
import { addCash, subtractCash, UNKNOWN_TIME, ZERO_CASH, ZERO_QUANTITY, type Cash, type EpochUs, type Quantity } from '../domain/units.js';
import type { FillRow } from '../logger/fill-tape.js';
import type { JournalRecord } from '../logger/journal-reader.js';

export interface LeftFill {
  readonly id: FillId;
  readonly at: EpochUs;
}

export interface LeftMarket {
  readonly ticker: Ticker;
  readonly position: Quantity;
  /** Signed like the position. */
  readonly cost: Cash;
  /** Over all runs that handed it on, before fees. */
  readonly realized: Cash;
  readonly fees: Cash;
  /** Fills up to this moment are in the position; of later ones those that are named. */
  readonly countedAfter: EpochUs;
  readonly fills: readonly LeftFill[];
}

interface Entry {
  position: Quantity;
  cost: Cash;
  realized: Cash;
  fees: Cash;
  countedAfter: EpochUs;
  fills: LeftFill[];
}

export class LeftBehind {
  readonly #markets = new Map<Ticker, Entry>();
  readonly #listed: (Ticker | undefined)[];
  readonly #booked: FillRow[] = [];
  #lost = 0;
  #session: SessionSoFar = { realized: ZERO_CASH, peak: ZERO_CASH };
  /** Realized less fees by the records taken. */
  #gained = ZERO_CASH;
  #lastAt: EpochUs = UNKNOWN_TIME;

  /** @param listed the run's markets by index, as far as they were listed before the first record */
  constructor(markets: readonly LeftMarket[], listed: readonly Ticker[]) {
    this.#listed = [...listed];
    for (const { ticker, fills, ...rest } of markets) this.#markets.set(ticker, { ...rest, fills: [...fills] });
  }

  /** Records that the disk refused: above zero a fill may be missing, and with it the count. */
  get lost(): number {
    return this.#lost;
  }

  /** Fills booked by the records taken, for the tape. */
  get booked(): readonly FillRow[] {
    return this.#booked;
  }

  /** The session as the records taken have it: what they say was carried into their run, and what they booked. */
  get session(): SessionSoFar {
    return { ...this.#session, realized: addCash(this.#session.realized, this.#gained) };
  }
  get gained(): Cash {
    return this.#gained;
  }
  /** Of the last event taken; UNKNOWN_TIME before any. */
  get lastAt(): EpochUs {
    return this.#lastAt;
  }

  get markets(): readonly LeftMarket[] {
    return [...this.#markets].map(([ticker, entry]) => ({ ticker, ...entry }));
  }

  take(record: JournalRecord): void {
    switch (record.type) {
      case 'event':
        this.#event(record.event);
        break;
      case 'actions':
        for (const action of record.actions) this.#action(action);
        break;
      case 'gap':
        this.#lost += record.dropped;
        break;
      case 'state':
      case 'end':
        break;
    }
  }

  #event(event: EngineEvent): void {
    this.#lastAt = event.at;
    if (event.type === 'market-listed') this.#listed[event.index] = event.market.ticker;
    if (event.type === 'carried-over') this.#carried(event);
  }

  /** The same that this was made of, as a rule; where nothing else is left of it, it is found here. */
  #carried(event: CarriedOver): void {
    if (event.session !== undefined) this.#session = event.session;
    for (const { market, position, cost, countedAfter } of event.holdings) {
      const fills = event.fills.filter((fill) => fill.market === market).map(({ fillId, exchangeAt }) => ({ id: fillId, at: exchangeAt }));
      Object.assign(this.#entry(market), { position, cost, countedAfter, fills });
    }
  }

  #action(action: EngineAction): void {
    if (action.type === 'booked') this.#fill(action);
    if (action.type === 'adjusted') this.#adjust(action);
  }

  #fill(booked: Booked): void {
    const entry = this.#entry(booked.market);
    entry.position = booked.position;
    entry.cost = booked.cost;
    this.#gained = addCash(this.#gained, subtractCash(booked.realized, booked.fee));
    entry.realized = addCash(entry.realized, booked.realized);
    entry.fees = addCash(entry.fees, booked.fee);
    entry.fills.push({ id: booked.fillId, at: booked.exchangeAt });
    this.#booked.push({ ticker: this.#tickerOf(booked.market), booked });
  }

  #adjust(adjusted: Adjusted): void {
    const entry = this.#entry(adjusted.market);
    entry.position = adjusted.position;
    entry.cost = adjusted.cost;
    this.#gained = addCash(this.#gained, subtractCash(adjusted.realized, adjusted.fee));
    entry.realized = addCash(entry.realized, adjusted.realized);
    entry.fees = addCash(entry.fees, adjusted.fee);
    if (adjusted.cause !== 'adopted') return;
    entry.countedAfter = adjusted.asOf;
    entry.fills = [];
  }

  #entry(market: MarketIndex): Entry {
    const ticker = this.#tickerOf(market);
    let entry = this.#markets.get(ticker);
    if (entry === undefined) {
      entry = {
        position: ZERO_QUANTITY,
        cost: ZERO_CASH,
        realized: ZERO_CASH,
        fees: ZERO_CASH,
        countedAfter: UNKNOWN_TIME,
        fills: [],
      };
      this.#markets.set(ticker, entry);
    }
    return entry;
  }

  #tickerOf(market: MarketIndex): Ticker {
    const ticker = this.#listed[market];
    if (ticker === undefined) throw new RangeError(`a fill in market ${market}, which was never listed`);
    return ticker;
  }
}
