/**
 * What a run earned and how: equity curve, drawdown, fills, spread earned against prices that moved, markouts; per market and in total.
 * Reads rows and fills in the order of time and keeps bounded memory, however long the run was.
 */
import type { Ticker } from '../domain/ids.js';
import { signOf, type BookSide } from '../domain/market.js';
import {
  addCash,
  addQuantity,
  cash,
  notional,
  subtractCash,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import type { TapeRow } from '../logger/tape-row.js';
import { Markouts, type Markout } from './markout.js';
import { Samples } from './samples.js';

export interface FillMark {
  readonly at: EpochUs;
  readonly ticker: Ticker;
  readonly side: BookSide;
  readonly price: Price;
  /** Positive. */
  readonly quantity: Quantity;
  readonly fee: Cash;
}

/** One moment of a market's chart. */
export interface MarketSample {
  readonly mid: number | null;
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly inventory: Quantity;
  readonly net: Cash;
}

/** One moment of the run's equity: where it stood at its end, and how far it went within. */
export interface EquitySample {
  readonly last: Cash;
  readonly low: Cash;
  readonly high: Cash;
}

export interface Sample<T> {
  readonly at: EpochUs;
  readonly value: T;
}

/** Results since the start of the run. Net is realized plus unrealized less fees. */
export interface Totals {
  readonly rows: number;
  readonly fills: number;
  readonly bought: Quantity;
  readonly sold: Quantity;
  /** Money that changed hands. */
  readonly volume: Cash;
  readonly realized: Cash;
  readonly unrealized: Cash;
  readonly fees: Cash;
  readonly net: Cash;
  /** Distance of our fills from the mid of their moment, summed. */
  readonly spreadEarned: Cash;
  /** The rest of the result before fees: what prices did while we held. */
  readonly priceMoves: Cash;
  /** Largest fall of net from an earlier peak, positive. */
  readonly drawdownMax: Cash;
}

export interface MarketReport extends Totals {
  readonly ticker: Ticker;
  readonly inventory: Quantity;
  /** Largest position held, either way. */
  readonly inventoryMax: Quantity;
  /** Share of the time with both sides quoted; null where no time passed. */
  readonly quotedShare: number | null;
  readonly markouts: readonly Markout[];
  readonly samples: readonly Sample<MarketSample>[];
  /** For drawing: at most FILLS_DRAWN_MAX, evenly thinned. */
  readonly marks: readonly FillMark[];
}

export interface RunReport {
  /** First and last moment; null where there was no row. */
  readonly from: EpochUs | null;
  readonly to: EpochUs | null;
  readonly total: Totals;
  readonly equity: readonly Sample<EquitySample>[];
  /** In the order in which they appeared. */
  readonly markets: readonly MarketReport[];
}

export const FILLS_DRAWN_MAX = 2000;

/** Feed it rows and fills as they happened; ask for the report at any time. A fill comes before the row that shows it. */
export class RunCurves {
  readonly #markets = new Map<Ticker, MarketCurve>();
  readonly #equity = new Samples<EquitySample>(joinEquity);
  readonly #drawdown = new Drawdown();
  #from: EpochUs | null = null;
  #to: EpochUs | null = null;
  #net: Cash = ZERO_CASH;

  addRow(row: TapeRow): void {
    this.#from ??= row.at;
    this.#to = row.at;
    const market = this.#market(row.ticker);
    const before = market.net;
    market.addRow(row);
    this.#net = addCash(this.#net, subtractCash(market.net, before));
    this.#drawdown.add(this.#net);
    this.#equity.add(row.at, { last: this.#net, low: this.#net, high: this.#net });
  }

  addFill(fill: FillMark): void {
    this.#market(fill.ticker).addFill(fill);
  }

  report(): RunReport {
    const markets = [...this.#markets.values()].map((market) => market.report());
    return {
      from: this.#from,
      to: this.#to,
      total: { ...sumOf(markets), drawdownMax: this.#drawdown.max },
      equity: this.#equity.list(),
      markets,
    };
  }

  #market(name: Ticker): MarketCurve {
    const known = this.#markets.get(name);
    if (known !== undefined) return known;
    const made = new MarketCurve(name);
    this.#markets.set(name, made);
    return made;
  }
}

class Drawdown {
  #peak: Cash = ZERO_CASH;
  max: Cash = ZERO_CASH;

  add(net: Cash): void {
    if (net > this.#peak) this.#peak = net;
    const fall = subtractCash(this.#peak, net);
    if (fall > this.max) this.max = fall;
  }
}

const later = <T>(_: T, last: T): T => last;
const joinEquity = (a: EquitySample, b: EquitySample): EquitySample => ({
  last: b.last,
  low: a.low < b.low ? a.low : b.low,
  high: a.high > b.high ? a.high : b.high,
});

class MarketCurve {
  readonly #ticker: Ticker;
  readonly #samples = new Samples<MarketSample>(later);
  readonly #markouts = new Markouts();
  readonly #drawdown = new Drawdown();
  #marks: FillMark[] = [];
  /** Every n-th fill is drawn. */
  #stride = 1;
  #last: TapeRow | null = null;
  #mid: number | null = null;
  /** Fills that came before the first mid: judged against it. */
  #unjudged: FillMark[] = [];
  #rows = 0;
  #fills = 0;
  #bought: Quantity = ZERO_QUANTITY;
  #sold: Quantity = ZERO_QUANTITY;
  #volume: Cash = ZERO_CASH;
  #inventoryMax: Quantity = ZERO_QUANTITY;
  #spread = 0;
  #quotedUs = 0;
  #totalUs = 0;
  net: Cash = ZERO_CASH;

  constructor(name: Ticker) {
    this.#ticker = name;
  }

  addRow(row: TapeRow): void {
    this.#countTime(row);
    this.#rows++;
    this.#last = row;
    if (row.mid !== null) this.#see(row.at, row.mid);
    this.net = subtractCash(addCash(row.realized, row.unrealized), row.fees);
    this.#drawdown.add(this.net);
    const held = Math.abs(row.inventory) as Quantity;
    if (held > this.#inventoryMax) this.#inventoryMax = held;
    this.#samples.add(row.at, { mid: row.mid, bid: row.bid, ask: row.ask, inventory: row.inventory, net: this.net });
  }

  addFill(fill: FillMark): void {
    this.#fills++;
    if (fill.side === 'bid') this.#bought = addQuantity(this.#bought, fill.quantity);
    else this.#sold = addQuantity(this.#sold, fill.quantity);
    this.#volume = addCash(this.#volume, notional(fill.price, fill.quantity));
    this.#markouts.fill(fill.at, fill.side, fill.price, fill.quantity);
    if (this.#mid === null) this.#unjudged.push(fill);
    else this.#earn(fill, this.#mid);
    this.#draw(fill);
  }

  report(): MarketReport {
    const { realized, unrealized, fees } = this.#last ?? { realized: ZERO_CASH, unrealized: ZERO_CASH, fees: ZERO_CASH };
    const spreadEarned = cash(Math.round(this.#spread));
    return {
      ticker: this.#ticker,
      rows: this.#rows,
      fills: this.#fills,
      bought: this.#bought,
      sold: this.#sold,
      volume: this.#volume,
      realized,
      unrealized,
      fees,
      net: this.net,
      spreadEarned,
      priceMoves: subtractCash(addCash(realized, unrealized), spreadEarned),
      drawdownMax: this.#drawdown.max,
      inventory: this.#last?.inventory ?? ZERO_QUANTITY,
      inventoryMax: this.#inventoryMax,
      quotedShare: this.#totalUs === 0 ? null : this.#quotedUs / this.#totalUs,
      markouts: this.#markouts.list(),
      samples: this.#samples.list(),
      marks: this.#marks,
    };
  }

  /** What the row before said held until this one. */
  #countTime(row: TapeRow): void {
    if (this.#last === null) return;
    const span = Math.max(0, row.at - this.#last.at);
    this.#totalUs += span;
    if (this.#last.bid !== null && this.#last.ask !== null) this.#quotedUs += span;
  }

  #see(at: EpochUs, mid: number): void {
    for (const fill of this.#unjudged.splice(0)) this.#earn(fill, mid);
    this.#mid = mid;
    this.#markouts.mid(at, mid);
  }

  #earn(fill: FillMark, mid: number): void {
    this.#spread += signOf(fill.side) * (mid - fill.price) * fill.quantity;
  }

  #draw(fill: FillMark): void {
    if (this.#fills % this.#stride !== 0) return;
    this.#marks.push(fill);
    if (this.#marks.length <= FILLS_DRAWN_MAX) return;
    this.#stride *= 2;
    this.#marks = this.#marks.filter((_, i) => i % 2 === 1);
  }
}

const NOTHING: Totals = {
  rows: 0,
  fills: 0,
  bought: ZERO_QUANTITY,
  sold: ZERO_QUANTITY,
  volume: ZERO_CASH,
  realized: ZERO_CASH,
  unrealized: ZERO_CASH,
  fees: ZERO_CASH,
  net: ZERO_CASH,
  spreadEarned: ZERO_CASH,
  priceMoves: ZERO_CASH,
  drawdownMax: ZERO_CASH,
};

const sumOf = (markets: readonly Totals[]): Totals =>
  markets.reduce<Totals>(
    (sum, market) => ({
      rows: sum.rows + market.rows,
      fills: sum.fills + market.fills,
      bought: addQuantity(sum.bought, market.bought),
      sold: addQuantity(sum.sold, market.sold),
      volume: addCash(sum.volume, market.volume),
      realized: addCash(sum.realized, market.realized),
      unrealized: addCash(sum.unrealized, market.unrealized),
      fees: addCash(sum.fees, market.fees),
      net: addCash(sum.net, market.net),
      spreadEarned: addCash(sum.spreadEarned, market.spreadEarned),
      priceMoves: addCash(sum.priceMoves, market.priceMoves),
      drawdownMax: ZERO_CASH,
    }),
    NOTHING,
  );
