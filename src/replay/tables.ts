/**
 * The records of a run as tables, for spreadsheets, DuckDB and notebooks. Every number is a whole number of its column's smallest unit, so nothing is rounded on the way:
 * `decimals` says how many digits stand behind the point.
 */
import type { EngineAction } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import { ticker, type MarketIndex, type Ticker } from '../domain/ids.js';
import { signOf, type BookSide } from '../domain/market.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import { CURVE_SECONDS, Markouts } from '../report/markout.js';
import { RunCurves } from '../report/run-report.js';
import type { FillMark, RunItem } from '../report/run-items.js';
import { ItemSource, type ItemOptions } from './run-items.js';

export const TABLE_NAMES = ['fills', 'decisions', 'trades', 'markouts', 'equity'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** `time`: microseconds since 1970, UTC. `decimal`: a whole number of units of 10^-decimals. */
export type ColumnType = 'text' | 'time' | 'integer' | { readonly decimals: number };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** In the order of the columns; null: there is none. */
export type Cells = readonly (string | number | null)[];

export interface TableRow {
  readonly table: TableName;
  readonly cells: Cells;
}

const PRICE: ColumnType = { decimals: 4 };
const SIZE: ColumnType = { decimals: 2 };
const MONEY: ColumnType = { decimals: 6 };
/** A mid may fall between two price units, and a model's price anywhere: kept to a tenth of one. */
const REAL: ColumnType = { decimals: 5 };
const TENTHS = 10;

const columns = (list: Readonly<Record<string, ColumnType>>): readonly Column[] =>
  Object.entries(list).map(([name, type]) => ({ name, type }));

export const TABLES: Readonly<Record<TableName, readonly Column[]>> = {
  fills: columns({
    ts: 'time',
    ticker: 'text',
    fill_id: 'text',
    side: 'text',
    price_dollars: PRICE,
    quantity_contracts: SIZE,
    fee_dollars: MONEY,
    role: 'text',
    position_contracts: SIZE,
    realized_dollars: MONEY,
    mid_dollars: REAL,
    order_id: 'text',
    client_order_id: 'text',
    source: 'text',
    exchange_ts: 'time',
  }),
  decisions: columns({
    ts: 'time',
    ticker: 'text',
    cause: 'text',
    mid_dollars: REAL,
    best_bid_dollars: PRICE,
    best_ask_dollars: PRICE,
    bid_dollars: PRICE,
    bid_contracts: SIZE,
    ask_dollars: PRICE,
    ask_contracts: SIZE,
    fair_dollars: REAL,
    reservation_dollars: REAL,
    inventory_contracts: SIZE,
    realized_dollars: MONEY,
    unrealized_dollars: MONEY,
    fees_dollars: MONEY,
    no_bid: 'text',
    no_ask: 'text',
  }),
  trades: columns({
    ts: 'time',
    ticker: 'text',
    price_dollars: PRICE,
    quantity_contracts: SIZE,
    taker_side: 'text',
    exchange_ts: 'time',
  }),
  markouts: columns({
    ts: 'time',
    ticker: 'text',
    fill_id: 'text',
    side: 'text',
    price_dollars: PRICE,
    quantity_contracts: SIZE,
    horizon_ms: 'integer',
    state: 'text',
    mid_dollars: REAL,
    mid_after_dollars: REAL,
    effective_dollars: REAL,
    markout_dollars: REAL,
    kept_dollars: REAL,
  }),
  equity: columns({
    ts: 'time',
    ticker: 'text',
    mark_dollars: REAL,
    position_contracts: SIZE,
    spread_dollars: MONEY,
    inventory_dollars: MONEY,
    settlement_dollars: MONEY,
    taken_over_dollars: MONEY,
    fees_dollars: MONEY,
    net_dollars: MONEY,
    run_net_dollars: MONEY,
  }),
};

/** The rows of the wanted tables, mixed, each table in the order of time; markouts when they are known. */
export function* tableRows(
  records: Iterable<JournalRecord>,
  wanted: ReadonlySet<TableName>,
  options: ItemOptions,
): Generator<TableRow, void, undefined> {
  const source = new TableSource(options);
  for (const record of records) {
    if (record.type === 'event') source.event(record.event);
    else if (record.type === 'actions') for (const action of record.actions) source.action(action);
    for (const row of source.taken()) if (wanted.has(row.table)) yield row;
  }
  source.end();
  for (const row of source.taken()) if (wanted.has(row.table)) yield row;
}

const tenths = (priceUnits: number | null): number | null => (priceUnits === null ? null : Math.round(priceUnits * TENTHS) + 0);
const known = (at: EpochUs): EpochUs | null => (at === UNKNOWN_TIME ? null : at);

class TableSource {
  readonly #items: ItemSource;
  readonly #curves = new RunCurves();
  readonly #names = new Map<MarketIndex, Ticker>();
  readonly #mids = new Map<Ticker, number | null>();
  readonly #markouts = new Map<Ticker, FillMarkouts>();
  #rows: TableRow[] = [];
  #at: EpochUs = UNKNOWN_TIME;

  constructor(options: ItemOptions) {
    this.#items = new ItemSource(options);
  }

  /** Rows since the last call. */
  taken(): readonly TableRow[] {
    const rows = this.#rows;
    if (rows.length > 0) this.#rows = [];
    return rows;
  }

  event(event: EngineEvent): void {
    this.#at = event.at;
    if (event.type === 'market-listed') this.#names.set(event.index, event.market.ticker);
    if (event.type === 'trade')
      this.#row('trades', [event.at, this.#name(event.market), event.price, event.quantity, event.takerSide, known(event.exchangeAt)]);
    for (const item of this.#items.event(event)) this.#take(item);
  }

  action(action: EngineAction): void {
    if (action.type === 'booked') {
      const { market, fillId, side, price, quantity, fee, role, position, realized, orderId, clientId, source, exchangeAt } = action;
      const name = this.#name(market);
      const mid = tenths(this.#mids.get(name) ?? null);
      this.#row('fills', [
        ...[this.#at, name, fillId, side, price, quantity, fee, role, position, realized, mid],
        ...[orderId, clientId, source, known(exchangeAt)],
      ]);
    }
    for (const item of this.#items.action(action)) this.#take(item);
  }

  end(): void {
    for (const markouts of this.#markouts.values()) markouts.end(this.#at);
  }

  #take(item: RunItem): void {
    this.#curves.take(item);
    switch (item.type) {
      case 'mid':
        this.#mid(item.ticker, item.at, item.mid);
        break;
      case 'fill':
        this.#markoutsOf(item.fill.ticker).fill(item.fill);
        break;
      case 'adjusted':
        if (item.settlesAt !== null) this.#markoutsOf(item.ticker).sums.settle(item.at, item.settlesAt);
        this.#equity(item.ticker, item.at);
        break;
      case 'row':
        this.#mid(item.ticker, item.decision.at, item.decision.mid);
        this.#decision(item);
        this.#equity(item.ticker, item.decision.at);
        break;
      default:
        break;
    }
  }

  #mid(name: Ticker, at: EpochUs, mid: number | null): void {
    this.#mids.set(name, mid);
    this.#markoutsOf(name).sums.mid(at, mid);
  }

  #decision({ ticker: name, decision: d }: Extract<RunItem, { type: 'row' }>): void {
    this.#row('decisions', [
      ...[d.at, name, d.cause, tenths(d.mid), d.bestBid, d.bestAsk, d.bid, d.bidSize, d.ask, d.askSize],
      ...[
        tenths(d.fair),
        tenths(d.reservation),
        d.inventory,
        d.realized,
        d.unrealized,
        d.fees,
        d.noBid?.code ?? null,
        d.noAsk?.code ?? null,
      ],
    ]);
  }

  #equity(name: Ticker, at: EpochUs): void {
    const stand = this.#curves.standOf(name);
    if (stand === null) return;
    const { parts, position, mark } = stand;
    const { spread, inventory, settlement, takenOver, fees, net } = parts;
    this.#row('equity', [at, name, tenths(mark), position, spread, inventory, settlement, takenOver, fees, net, this.#curves.net]);
  }

  #markoutsOf(name: Ticker): FillMarkouts {
    let found = this.#markouts.get(name);
    if (found === undefined) {
      found = new FillMarkouts((cells) => this.#row('markouts', cells));
      this.#markouts.set(name, found);
    }
    return found;
  }

  #row(table: TableName, cells: Cells): void {
    this.#rows.push({ table, cells });
  }

  #name(market: MarketIndex): Ticker {
    return this.#names.get(market) ?? ticker(`#${market}`);
  }
}

/** The markouts of one market, fill by fill. */
class FillMarkouts {
  readonly sums = new Markouts(({ id, seconds, mid, midAfter }) => this.#judged(id, seconds, mid, midAfter));
  readonly #open = new Map<string, { readonly fill: FillMark; left: number }>();

  constructor(private readonly tell: (cells: Cells) => void) {}

  fill(fill: FillMark): void {
    this.#open.set(fill.fillId, { fill, left: CURVE_SECONDS.length });
    this.sums.fill(fill.at, fill.side, fill.price, fill.quantity, fill.fillId);
  }

  /** The run is over: what is due is judged; what is not has no row. */
  end(at: EpochUs): void {
    this.sums.finish(at);
    this.#open.clear();
  }

  #judged(id: string, seconds: number, mid: number | null, midAfter: number | null): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (--open.left === 0) this.#open.delete(id);
    const { at, ticker: name, fillId, side, price, quantity } = open.fill;
    const gain = (from: number | null, to: number | null): number | null =>
      tenths(from === null || to === null ? null : gained(side, from, to));
    const state = mid === null || midAfter === null ? 'dropped' : 'judged';
    this.tell([
      ...[at, name, fillId, side, price, quantity, Math.round(seconds * 1000), state, tenths(mid), tenths(midAfter)],
      ...[gain(price, mid), gain(mid, midAfter), gain(price, midAfter)],
    ]);
  }
}

const gained = (side: BookSide, from: number, to: number): number => signOf(side) * (to - from);
