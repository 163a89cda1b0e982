/** The two records a run leaves, journal and tape, turned into the rows and fills that reports are made of. */
import type { Booked } from '../domain/actions.js';
import { ticker, type MarketIndex, type Ticker } from '../domain/ids.js';
import { cash, price, quantity, UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import { tapeRowOf, type TapeRow } from '../logger/tape-row.js';
import { RunCurves, type FillMark, type RunReport } from './equity.js';

export type RunItem = { readonly type: 'row'; readonly row: TapeRow } | { readonly type: 'fill'; readonly fill: FillMark };

/** Rows and fills of a journal. The rows are those of the tape but for the latency, which only the tape knows. */
export function* itemsOfJournal(records: Iterable<JournalRecord>): Generator<RunItem, void, undefined> {
  const tickers = new Map<MarketIndex, Ticker>();
  const nameOf = (market: MarketIndex): Ticker => tickers.get(market) ?? ticker(`#${market}`);
  let at: EpochUs = UNKNOWN_TIME;
  let seq = 0;
  for (const record of records) {
    if (record.type === 'event') {
      at = record.event.at;
      if (record.event.type === 'market-listed') tickers.set(record.event.index, record.event.market.ticker);
    } else if (record.type === 'actions')
      for (const action of record.actions) {
        if (action.type === 'decision') yield { type: 'row', row: tapeRowOf(action, nameOf(action.market), null, ++seq) };
        else if (action.type === 'booked') yield { type: 'fill', fill: fillOf(action, nameOf(action.market), at) };
      }
  }
}

/** The tape of a run from its journal: what a crash kept from the tape is in the journal, once. */
export function* tapeOfJournal(records: Iterable<JournalRecord>): Generator<TapeRow, void, undefined> {
  for (const item of itemsOfJournal(records)) if (item.type === 'row') yield item.row;
}

/**
 * Rows and fills of a tape. Fills are read from the change of inventory and result between two rows, so several at once count as one at their
 * mean price, rounded to a price unit.
 */
export function* itemsOfTape(rows: Iterable<TapeRow>): Generator<RunItem, void, undefined> {
  const states = new Map<Ticker, TapeState>();
  for (const row of rows) {
    const before = states.get(row.ticker) ?? null;
    const now = stateOf(row, before);
    states.set(row.ticker, now);
    const fill = row.cause === 'fill' && before !== null ? fillBetween(before, now, row) : null;
    if (fill !== null) yield { type: 'fill', fill };
    yield { type: 'row', row };
  }
}

/** The whole way from items to a report. */
export const reportOf = (items: Iterable<RunItem>): RunReport => {
  const curves = new RunCurves();
  for (const item of items) {
    if (item.type === 'row') curves.addRow(item.row);
    else curves.addFill(item.fill);
  }
  return curves.report();
};

const fillOf = (booked: Booked, name: Ticker, at: EpochUs): FillMark => ({
  at,
  ticker: name,
  side: booked.side,
  price: booked.price,
  quantity: booked.quantity,
  fee: booked.fee,
});

interface TapeState {
  readonly inventory: number;
  readonly fees: number;
  /** Money received and paid before fees: result less the worth of what is held, at the mark of the row. */
  readonly money: number;
  readonly mark: number;
}

const stateOf = (row: TapeRow, before: TapeState | null): TapeState => {
  const mark = row.mid ?? before?.mark ?? 0;
  return { inventory: row.inventory, fees: row.fees, money: row.realized + row.unrealized - mark * row.inventory, mark };
};

const fillBetween = (before: TapeState, now: TapeState, row: TapeRow): FillMark | null => {
  const change = now.inventory - before.inventory;
  if (change === 0) return null;
  return {
    at: row.at,
    ticker: row.ticker,
    side: change > 0 ? 'bid' : 'ask',
    price: price(Math.round((before.money - now.money) / change)),
    quantity: quantity(Math.abs(change)),
    fee: cash(now.fees - before.fees),
  };
};
