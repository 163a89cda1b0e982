/** The tables that a run becomes: their columns, each with its unit in its name. Every number is a whole number of its column's smallest unit. */

export const TABLE_NAMES = ['fills', 'decisions', 'trades', 'markouts', 'equity'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** `time`: microseconds since 1970, UTC. `decimal`: a whole number of units of 10^-decimals. */
export type ColumnType = 'text' | 'time' | 'integer' | { readonly decimals: number };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface TableRow {
  readonly table: TableName;
  readonly cells: Cells;
}

const PRICE: ColumnType = { decimals: 4 };
const SIZE: ColumnType = { decimals: 2 };
const MONEY: ColumnType = { decimals: 6 };
/** A mid may fall between two price units, and a model's price anywhere: kept to a tenth of one. */
const REAL: ColumnType = { decimals: 5 };

/** null: there is none. */
export type Cell = string | number | null;
/** In the order of the columns. */
export type Cells = readonly Cell[];

/** A table by the names of its columns, so that no cell can change places with another. */
const define = <Name extends string>(types: Readonly<Record<Name, ColumnType>>) => {
  const names = Object.keys(types) as Name[];
  return {
    columns: names.map((name): Column => ({ name, type: types[name] })),
    cells: (row: Readonly<Record<Name, Cell>>): Cells => names.map((name) => row[name]),
  };
};

export const TABLES = {
  fills: define({
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
  decisions: define({
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
  trades: define({
    ts: 'time',
    ticker: 'text',
    price_dollars: PRICE,
    quantity_contracts: SIZE,
    taker_side: 'text',
    exchange_ts: 'time',
  }),
  markouts: define({
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
  equity: define({
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
} as const satisfies Readonly<Record<TableName, { readonly columns: readonly Column[] }>>;
