/** The records of a run as rows of tables, for spreadsheets, DuckDB and notebooks. Numbers stay whole, so nothing is rounded on the way. */
import type { Booked, EngineAction } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import { ticker, type MarketIndex, type Ticker } from '../domain/ids.js';
import { signOf, type BookSide } from '../domain/market.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import { CURVE_SECONDS, Markouts } from '../report/markout.js';
import { RunCurves } from '../report/run-report.js';
import type { FillMark, RunItem } from '../report/run-items.js';
import { ItemSource, type ItemOptions } from './run-items.js';
import { TABLES, type Cells, type TableName, type TableRow } from './table-columns.js';

const TENTHS = 10;

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
    if (event.type === 'trade') {
      const { at, market, price, quantity, takerSide, exchangeAt } = event;
      this.#row(
        'trades',
        TABLES.trades.cells({
          ts: at,
          ticker: this.#name(market),
          price_dollars: price,
          quantity_contracts: quantity,
          taker_side: takerSide,
          exchange_ts: known(exchangeAt),
        }),
      );
    }
    for (const item of this.#items.event(event)) this.#take(item);
  }

  action(action: EngineAction): void {
    if (action.type === 'booked') this.#fill(action);
    for (const item of this.#items.action(action)) this.#take(item);
  }

  #fill(booked: Booked): void {
    const name = this.#name(booked.market);
    const cells = TABLES.fills.cells({
      ts: this.#at,
      ticker: name,
      fill_id: booked.fillId,
      side: booked.side,
      price_dollars: booked.price,
      quantity_contracts: booked.quantity,
      fee_dollars: booked.fee,
      role: booked.role,
      position_contracts: booked.position,
      realized_dollars: booked.realized,
      mid_dollars: tenths(this.#mids.get(name) ?? null),
      order_id: booked.orderId,
      client_order_id: booked.clientId,
      source: booked.source,
      exchange_ts: known(booked.exchangeAt),
    });
    this.#row('fills', cells);
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
    const cells = TABLES.decisions.cells({
      ts: d.at,
      ticker: name,
      cause: d.cause,
      mid_dollars: tenths(d.mid),
      best_bid_dollars: d.bestBid,
      best_ask_dollars: d.bestAsk,
      bid_dollars: d.bid,
      bid_contracts: d.bidSize,
      ask_dollars: d.ask,
      ask_contracts: d.askSize,
      fair_dollars: tenths(d.fair),
      reservation_dollars: tenths(d.reservation),
      inventory_contracts: d.inventory,
      realized_dollars: d.realized,
      unrealized_dollars: d.unrealized,
      fees_dollars: d.fees,
      no_bid: d.noBid?.code ?? null,
      no_ask: d.noAsk?.code ?? null,
    });
    this.#row('decisions', cells);
  }

  #equity(name: Ticker, at: EpochUs): void {
    const stand = this.#curves.standOf(name);
    if (stand === null) return;
    const { parts, position, mark } = stand;
    const cells = TABLES.equity.cells({
      ts: at,
      ticker: name,
      mark_dollars: tenths(mark),
      position_contracts: position,
      spread_dollars: parts.spread,
      inventory_dollars: parts.inventory,
      settlement_dollars: parts.settlement,
      taken_over_dollars: parts.takenOver,
      fees_dollars: parts.fees,
      net_dollars: parts.net,
      run_net_dollars: this.#curves.net,
    });
    this.#row('equity', cells);
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
    const cells = TABLES.markouts.cells({
      ts: at,
      ticker: name,
      fill_id: fillId,
      side,
      price_dollars: price,
      quantity_contracts: quantity,
      horizon_ms: Math.round(seconds * 1000),
      state: mid === null || midAfter === null ? 'dropped' : 'judged',
      mid_dollars: tenths(mid),
      mid_after_dollars: tenths(midAfter),
      effective_dollars: gain(price, mid),
      markout_dollars: gain(mid, midAfter),
      kept_dollars: gain(price, midAfter),
    });
    this.tell(cells);
  }
}

const gained = (side: BookSide, from: number, to: number): number => signOf(side) * (to - from);
