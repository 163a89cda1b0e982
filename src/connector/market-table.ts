/** Which market has which index in this run. The exchange speaks tickers, the engine speaks indices; they are exchanged here. */
import { assert } from '../domain/errors.js';
import { marketIndex, type MarketIndex, type Ticker } from '../domain/ids.js';
import type { Market } from '../domain/market.js';

export interface MarketTable {
  /** Index of a market of this run, or null for any other ticker. */
  indexOf(ticker: string): MarketIndex | null;
  /** The newest known description. Throws AssertionFailure for an index that was never given out. */
  market(index: MarketIndex): Market;
}

/** The plain table: markets are added, replaced by newer descriptions, and never removed, so an index means one ticker for the whole run. */
export class MarketRegister implements MarketTable {
  readonly #byTicker = new Map<string, MarketIndex>();
  readonly #markets: Market[] = [];

  constructor(markets: Iterable<Market> = []) {
    for (const market of markets) this.add(market);
  }

  get size(): number {
    return this.#markets.length;
  }

  /** All markets by index. */
  get markets(): readonly Market[] {
    return this.#markets;
  }

  /** Gives a market its index. A ticker that is already here keeps its index and gets the new description. */
  add(market: Market): MarketIndex {
    const known = this.#byTicker.get(market.ticker);
    if (known !== undefined) {
      this.#markets[known] = market;
      return known;
    }
    const index = marketIndex(this.#markets.length);
    this.#markets.push(market);
    this.#byTicker.set(market.ticker, index);
    return index;
  }

  indexOf(ticker: string): MarketIndex | null {
    return this.#byTicker.get(ticker) ?? null;
  }

  market(index: MarketIndex): Market {
    const market = this.#markets[index];
    assert(market !== undefined, `market index ${index} is not in the table of ${this.#markets.length} markets`);
    return market;
  }

  tickerOf(index: MarketIndex): Ticker {
    return this.market(index).ticker;
  }
}
